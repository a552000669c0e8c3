"""Parameters: files and overlays → values by date, and their types in the expression language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from ktt_policy.build.model import Parameter, ParameterValue
from ktt_policy.diagnostics import Diagnostic, Span, did_you_mean, slip
from ktt_policy.expr.functions.calendar import WEEKS, WORKING_WEEK
from ktt_policy.expr.literals import READERS, read_date, read_days, read_months
from ktt_policy.expr.typesystem import Origin, Type, strange_among
from ktt_policy.expr.values import to_text
from ktt_policy.schemas.model import KindInfo, fields_of
from ktt_policy.source.limits import DIGITS, LARGEST_EXPONENT, is_readable
from ktt_policy.source.spans import pointer
from ktt_policy.timeline import read_start

if TYPE_CHECKING:
    from ktt_policy.source.yaml_ import YamlFile


LONG = ("value", "reference", "verified_on", "published_on")


def read_parameter(name: str, file: YamlFile, kinds: list[KindInfo], found: list[Diagnostic]) -> Parameter:
    """The parameter of a file; values that are not of its type are reported, and days that will not do."""
    # Imported where a rulebook is built: a checked one has its parameters read, and needs no YAML.
    from ktt_policy.policies import day_in, published

    data = file.data
    by = data.get("by", "")
    made = Parameter(
        name, data["title"], str(data["clause"]), data["type"], (), data.get("items", ""), data.get("fields"),
        tuple(data["members"]) if "members" in data else None, by, _members(by, kinds), data.get("unit", ""),
        data.get("interpretation"),
    )  # fmt: skip
    names = sorted({one.name for kind in kinds for one in fields_of(kind.record)})
    if by and slip(by, names):
        found.append(file.problem("E402", "/by", f"no document has a field `{by}`", did_you_mean(by, names)))
    if name == WORKING_WEEK:
        made = _working_week(made, file, found)
    values: list[ParameterValue] = []
    dated(file, "/values", found)
    for start, entry in sorted(data["values"].items()):
        when = read_start(start)
        if when is None:
            continue
        at = f"/values/{start}"
        if file.nodes[f"{at}/value"].value == "" and entry["value"] is None:
            message, help = (
                f"the value of `{name}` from {start} is blank",
                "write null where there is none from that day",
            )
            found.append(file.problem("E201", f"{at}/value", message, help))
        fault = _fault(_with_values(made, values), entry["value"]) if entry["value"] is not None else ""
        if fault:
            where = f"{at}/value{_inside(made, entry['value'])}"
            found.append(file.problem("E408", where, f"`{name}` from {start}: {fault}"))
            continue
        if (strange := _strange_key(made, entry["value"])) is not None:
            message, help = f"unknown key `{strange}` of `{name}` from {start}", did_you_mean(strange, made.keys or ())
            found.append(file.problem("E408", f"{at}/value{pointer(strange)}", message, help, key=True))
            continue
        verified, known = day_in(file, at, entry, "verified_on", found), published(when, file, at, entry, found)
        if any((v.start, v.published_on) == (when.day, known) for v in values):
            message = f"there are two values from {when.day}, published on the same day"
            found.append(file.problem("E206", at, message, "keep one of them", key=True))
        corrected = max((v.published_on for v in values if v.start == when.day and v.published_on), default=None)
        if when.published is not None and corrected is not None and when.published < corrected:
            message = f"the correction {start} was published before what it corrects, on {corrected}"
            found.append(file.problem("E206", at, message, "name it by the day on which it is published", key=True))
        values.append(ParameterValue(when.day, _as_text(entry["value"]), entry["reference"], verified, known))
    return _with_values(made, values)


def _working_week(made: Parameter, file: YamlFile, found: list[Diagnostic]) -> Parameter:
    """The parameter that functions of working days read by themselves: one of the weeks that they know."""
    weeks = ", ".join(WEEKS)
    if made.type != "string" or made.by:
        message = f"`{WORKING_WEEK}` is what working days are counted by: a string, one of {weeks}"
        found.append(file.problem("E408", "/type", message, "give the parameter another name, if it is another thing"))
    strange = [member for member in made.members or () if member not in WEEKS]
    if strange:
        at = f"/members/{(made.members or ()).index(strange[0])}"
        found.append(file.problem("E406", at, f"`{strange[0]}` is no working week", f"known are {weeks}"))
    return replace(made, members=made.members or tuple(WEEKS))


def _members(field: str, kinds: list[KindInfo]) -> tuple[str, ...] | None:
    """The values that the fields of a name may have; None where there is no such field, or one that may have any."""
    found = [one.members for kind in kinds for one in fields_of(kind.record) if one.name == field]
    known = [members for members in found if members is not None]
    return tuple(dict.fromkeys(chain(*known))) if known and len(known) == len(found) else None


def _strange_key(p: Parameter, value: Any) -> str | None:
    """The first key of a table that was meant to be another: expressions may ask for others than the field's values."""
    if p.keys is None or not isinstance(value, dict):
        return None
    return next((key for key in value if slip(key, p.keys)), None)


def dated(file: YamlFile, at: str, found: list[Diagnostic]) -> None:
    """The keys of the mapping at a pointer are days of the calendar, and in order: a timeline reads downwards."""
    last = None
    for key in file.data[at.removeprefix("/")]:
        place, start = f"{at}/{key}", read_start(key)
        if start is None:
            message = f"`{key}` is no day of the calendar"
            found.append(file.problem("E407", place, message, "days are written 2026-02-28", key=True))
            continue
        order = (start.day, start.published or date.min)
        if last is not None and order < last:
            help = "write the entries in the order of their days"
            found.append(file.problem("E206", place, f"{key} stands after {last[0]}", help, key=True))
        else:
            last = order


def _with_values(p: Parameter, values: list[ParameterValue]) -> Parameter:
    ordered = tuple(sorted(values, key=lambda v: v.start))
    return replace(p, values=ordered)


class Given(Struct):
    """Parameter values as they are given: name → date → value. `place` finds what stands at a JSON Pointer, or the key
    that it ends with, in the file that they are from: the span and its first line. `text`: the bytes of that file."""

    data: Any
    source: str = "<parameters>"
    text: bytes | None = None
    place: Callable[[str, bool], tuple[Span, str]] | None = None

    def problem(self, code: str, pointer: str, message: str, help: str = "", key: bool = False) -> Diagnostic:
        if self.place is None:
            return Diagnostic(code, f"{self.source}: {message}", help=help)
        span, excerpt = self.place(pointer, key)
        return Diagnostic(code, message, span, help=help, pointer=pointer, excerpt=excerpt)


def overlay(
    parameters: tuple[Parameter, ...], given: Given, known_on: date | None = None
) -> tuple[tuple[Parameter, ...], list[Diagnostic]]:
    """The parameters with given values added, or put in place of those of the same day; without what was published
    after `known_on`."""
    found: list[Diagnostic] = []
    by_name = {p.name: p for p in parameters}
    if not isinstance(given.data, dict):
        return parameters, [given.problem("E111", "", "this is no mapping of parameter → date → value")]
    for name, values in given.data.items():
        known, at = by_name.get(name), pointer(name)
        if known is None:
            help = did_you_mean(name, list(by_name))
            found.append(given.problem("E412", at, f"unknown parameter `{name}`", help, key=True))
            continue
        if not isinstance(values, dict):
            found.append(given.problem("E111", at, f"the value of `{name}` is no mapping of date → value"))
            continue
        kept = {v.start: v for v in known.values}
        last: dict[date, date] = {}  # of what was given from a day, when the last was published: it counts
        for start, entry in values.items():
            entry_at, long = at + pointer(start), _is_long(known, entry)
            value = entry["value"] if long else entry
            strange = next((k for k in entry if k not in LONG), None) if long else _strange_key(known, value)
            when = read_start(str(start))
            if strange is not None:
                help = did_you_mean(strange, LONG if long else known.keys or ())
                message = f"unknown key `{strange}` of `{name}` from {start}"
                found.append(given.problem("E111", entry_at + pointer(strange), message, help, key=True))
            elif when is None:
                message = f"`{start}` of `{name}` is no date"
                help = "written 2026-02-28, a correction 2026-02-28@2026-05-31"
                found.append(given.problem("E111", entry_at, message, help, key=True))
            elif value is not None and (fault := _fault(known, value) or _unknown_kind(known, value)):
                where = entry_at + ("/value" if long else "") + _inside(known, value)
                found.append(given.problem("E111", where, f"`{name}` from {start}: {fault}"))
            elif (misspelt := _misspelt(known, value)) is not None:
                message = f'`{name}` from {start}: "{misspelt}" is not among the values that rules compare it with'
                found.append(given.problem("E111", entry_at, message, did_you_mean(misspelt, known.compared)))
            else:
                dates = _dates(given, entry, entry_at, f"`{name}` from {start}", found) if long else {}
                day, stated = when.day, dates.get("published_on")
                published = when.published or stated
                if stated not in (None, published):
                    message = f"`{name}`: published on {stated}, but its key says {published}"
                    help = "give one day in both places"
                    found.append(given.problem("E111", f"{entry_at}/published_on", message, help))
                in_time = known_on is None or published is None or published <= known_on
                if in_time and last.get(day, date.min) <= (published or date.min):
                    last[day] = published or date.min
                    reference = str(entry.get("reference") or given.source) if long else given.source
                    kept[day] = ParameterValue(day, _as_text(value), reference, dates.get("verified_on"), published)
        by_name[name] = _with_values(known, list(kept.values()))
    return tuple(by_name.values()), found


def _misspelt(p: Parameter, value: Any) -> str | None:
    """A text of a value that the fields which rules compare it with never have."""
    texts = _texts_of(p, [value]) or ()
    return strange_among(texts, p.compared) if p.compared else None


def _dates(given: Given, entry: dict[str, Any], at: str, of: str, found: list[Diagnostic]) -> dict[str, date | None]:
    """The days that an entry in the long form states."""
    dates = {}
    for key in ("verified_on", "published_on"):
        if entry.get(key) is not None:
            dates[key] = read_date(str(entry[key]))
            if dates[key] is None:
                message = f"`{entry[key]}` is no date, as `{key}` of {of}"
                found.append(given.problem("E111", f"{at}/{key}", message, "written 2026-02-28"))
    return dates


def _is_long(p: Parameter, entry: Any) -> bool:
    """Whether an entry is written as in a parameter's file, with its value under `value`: not where that is a key of a
    table, or a field of the record (whose fields are plain)."""
    if not isinstance(entry, dict) or "value" not in entry:
        return False
    if p.by:
        return isinstance(entry["value"], dict) and entry.keys() <= set(LONG)
    return p.type != "record" or "value" not in (p.fields or {}) or isinstance(entry["value"], dict)


def _inside(p: Parameter, value: Any) -> str:
    """The pointer within a table to its first entry that is at fault."""
    entries = value.items() if p.by and isinstance(value, dict) else ()
    return next((pointer(key) for key, entry in entries if _entry_fault(p, entry)), "")


def _as_text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {k: _as_text(v) for k, v in value.items()}
    return [_as_text(v) for v in value] if isinstance(value, list) else value


def _fault(p: Parameter, value: Any) -> str:
    """Why a value does not fit a parameter and the values that it has already; nothing when it does."""
    return _shape_fault(p, value) or _kind_fault(p, value)


def _kind_fault(p: Parameter, value: Any) -> str:
    known = _leaves(v.value for v in p.values)
    if p.type != "duration" or not known:
        return ""
    months = read_months(known[0]) is not None
    other = [v for v in _leaves([value]) if (read_months(v) is not None) != months]
    return f"`{other[0]}` is a duration of another kind than `{known[0]}`" if other else ""


def _unknown_kind(p: Parameter, value: Any) -> str:
    """Why a duration cannot be the first value of a parameter whose file has none."""
    days = [v for v in _leaves([value]) if p.type == "duration" and not p.values and read_months(v) is None]
    return f"`{days[0]}` is in days; without a value in its file, the parameter is one in months" if days else ""


def _leaves(values: Iterable[Any]) -> list[str]:
    """Plain values, those of tables one by one; what is stated as null left out."""
    flat = [leaf for v in values for leaf in (v.values() if isinstance(v, dict) else [v])]
    return [leaf for leaf in flat if leaf is not None]


def _shape_fault(p: Parameter, value: Any) -> str:
    if p.by:
        if not isinstance(value, dict):
            return f"a table by {p.by} is needed: one value for each key"
        return next((f"{k}: {fault}" for k, v in value.items() if (fault := _entry_fault(p, v))), "")
    return _entry_fault(p, value)


def _entry_fault(p: Parameter, value: Any) -> str:
    if p.type == "list":
        if not isinstance(value, list):
            return "a list is needed"
        fault = next((f for v in value if (f := _scalar_fault(p.items or "string", v, p.members))), "")
        return f"{fault}: a list holds texts unless `items` says otherwise" if fault and not p.items else fault
    if p.type == "record":
        fields = p.fields or {}
        if not fields:
            return "`fields` does not say what a record of it holds"
        if not isinstance(value, dict) or set(value) != set(fields):
            return f"a record of {', '.join(fields)} is needed"
        return next((f"{k}: {f}" for k, v in value.items() if (f := _scalar_fault(fields[k], v, None))), "")
    return _scalar_fault(p.type, value, p.members)


def _scalar_fault(kind: str, value: Any, members: tuple[str, ...] | None) -> str:
    wanted: dict[str, Any] = {"number": Decimal, "boolean": bool}
    if not isinstance(value, wanted.get(kind, str)):
        quoted = kind == "number" and isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value)
        return (
            f'"{value}" is a text: a number stands without quotes and without zeros before it'
            if quoted
            else f"`{to_text(value)}` is no {kind}"
        )
    if kind == "number" and not is_readable(value):
        return f"a number has at most {DIGITS} digits and an exponent within ±{LARGEST_EXPONENT}"
    if kind == "date" and read_date(value) is None:
        return f"`{value}` is no date"
    if kind == "duration" and read_months(value) is None and read_days(value) is None:
        return f"`{value}` is no duration (written P4M, P14D)"
    if members is not None and value not in members:
        return f"`{value}` is not among {', '.join(members)}"
    return ""


def read_value(p: Parameter, value: Any) -> Any:
    """The run-time value of plain data."""
    if value is None:
        return None
    if p.by:
        return {k: _read_entry(p, v) for k, v in value.items()}
    return _read_entry(p, value)


def _read_entry(p: Parameter, value: Any) -> Any:
    if p.type == "list":
        return [_read_scalar(p.items or "string", v) for v in value]
    if p.type == "record":
        return {k: _read_scalar((p.fields or {})[k], v) for k, v in value.items()}
    return _read_scalar(p.type, value)


def _read_scalar(kind: str, value: Any) -> Any:
    if kind == "number":
        return Decimal(value)
    if kind == "date":
        return READERS["date"](value)
    if kind == "duration":
        months = read_months(value)
        return months if months is not None else read_days(value)
    return value


def type_of(p: Parameter, file: str) -> Type:
    """The parameter's type: a table is a context whose keys are not known beforehand (`item` holds its values)."""
    origin = Origin(file, "/type")
    if p.type == "list":
        item = Type(p.items or "string", members=p.members, values=_texts(p), parameter=p.name)
        entry = Type("list", 0, item, origin=origin)
    elif p.type == "record":
        entry = Type("context", fields={k: Type(v) for k, v in (p.fields or {}).items()}, origin=origin)
    elif p.type == "duration":
        months = all(read_months(v) is not None for v in _leaves(v.value for v in p.values))
        entry = Type("years and months duration" if months else "days and time duration", origin=origin)
    else:
        entry = Type(p.type, members=p.members, origin=origin, values=_texts(p), parameter=p.name)
    if not p.by:
        return entry
    used = [key for value in p.values if isinstance(value.value, dict) for key in value.value]
    keys = tuple(dict.fromkeys((*p.keys, *used))) if p.keys is not None else None
    return Type("context", item=entry, name=f"table `{p.name}`", members=keys, origin=origin)


def _texts(p: Parameter) -> tuple[str, ...] | None:
    """All texts that a parameter has on some day."""
    return _texts_of(p, [v.value for v in p.values])


def _texts_of(p: Parameter, values: list[Any]) -> tuple[str, ...] | None:
    """The texts in some values of a parameter; None where it has none."""
    if (p.items or "string" if p.type == "list" else p.type) != "string":
        return None
    found = [v for leaf in _leaves(values) for v in (leaf if isinstance(leaf, list) else [leaf])]
    return tuple(dict.fromkeys(found))
