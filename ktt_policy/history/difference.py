"""What differs between a rulebook on one day and the same, or another one, on another day. Only data."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from ktt_policy.build.model import Clause, ClauseRef, Edition, Parameter, ParameterValue, Rule, RulebookData, Version
from ktt_policy.diagnostics import Texts
from ktt_policy.expr import typed as t
from ktt_policy.history.schemas import differences

Kind = Literal["added", "changed", "repealed", "removed", "renumbered"]
_START = re.compile(r"@\d{4}-\d{2}-\d{2}\.")


class Part(Struct, frozen=True):
    """A part of a rule or clause before and after; None where there was or is none.

    `judging` parts can change a verdict; texts cannot. `definition` is set where the text is the same and a
    definition that it uses has changed.
    """

    name: str
    before: str | None
    after: str | None
    judging: bool
    definition: bool = False


class Step(Struct, frozen=True):
    """What became of a rule on a day."""

    start: date
    kind: Kind


class RuleChange(Struct, frozen=True):
    """`starts`: the first days of the versions before and after. `parameters`: those that either of them reads.

    `steps`: all changes between the two days, where there are several; they may come to nothing.
    """

    code: str
    name: str
    kind: Kind
    title: Texts
    clauses: list[str]
    starts: tuple[date | None, date | None]
    parts: list[Part]
    parameters: list[str]
    steps: list[Step]


class Value(Struct, frozen=True):
    start: date
    value: Any
    reference: str
    published_on: date | None


class ParameterChange(Struct, frozen=True):
    """`values`: the value before (if any), all that start until the second day, and the value after."""

    name: str
    kind: Kind
    title: Texts
    clause: str
    unit: str
    before: Value | None
    after: Value | None
    values: list[Value]


class ClauseChange(Struct, frozen=True):
    """`was` is the earlier id of a renumbered clause."""

    id: str
    kind: Kind
    heading: Texts
    parts: list[Part]
    was: str = ""


class SchemaChange(Struct, frozen=True):
    """What documents of a kind must be. `places`: JSON Pointers into its schema, the shipped one and what is laid over
    it taken together, to what differs."""

    document: str
    kind: Kind
    places: list[str]


class Side(Struct, frozen=True):
    rulebook: str
    digest: str
    day: date


class Difference(Struct, frozen=True):
    """Everything that differs. Empty lists: nothing does."""

    before: Side
    after: Side
    rules: list[RuleChange]
    parameters: list[ParameterChange]
    clauses: list[ClauseChange]
    schemas: list[SchemaChange]

    @property
    def empty(self) -> bool:
        return not (self.rules or self.parameters or self.clauses or self.schemas)


def difference(a: RulebookData, start: date, b: RulebookData, end: date) -> Difference:
    """What differs between `a` on one day and `b` on another; both may be the same rulebook."""
    return Difference(
        Side(a.id, a.digest, start),
        Side(b.id, b.digest, end),
        list(_rules(a, start, b, end)),
        list(_parameters(a, start, b, end)),
        _clauses(a.edition_at(start), b.edition_at(end)),
        _schemas(a, b),
    )


# --- rules --------------------------------------------------------------------------------------------------


def _rules(a: RulebookData, start: date, b: RulebookData, end: date) -> list[RuleChange]:
    before, after = {r.code: r for r in a.rules}, {r.code: r for r in b.rules}
    changes = []
    for code in sorted({*before, *after}):
        change = _rule(before.get(code), start, after.get(code), end)
        if change is not None:
            changes.append(change)
    return changes


def _rule(a: Rule | None, start: date, b: Rule | None, end: date) -> RuleChange | None:
    old, new = (r.at(day) if r is not None else None for r, day in ((a, start), (b, end)))
    rule, version = (b, new) if b is not None and new is not None else (a, old)
    if rule is None or version is None:
        return None
    before, after = parts_of(old), parts_of(new)
    parts = [p for name in {**before, **after} if (p := _part(name, before.get(name), after.get(name))) is not None]
    steps = _steps(rule, old, start, end) if a is b else []
    if old is None or new is None:
        kind: Kind = "added" if old is None else "repealed" if b is not None and _begun(b, end) else "removed"
    elif parts or steps:
        kind = "changed"
    else:
        return None
    clauses = [ref.clause for ref in version.clauses]
    starts = (old.start if old is not None else None, new.start if new is not None else _repeal(b, end))
    read = sorted({name for v in (old, new) if v is not None for name in v.parameters})
    return RuleChange(rule.code, rule.name, kind, version.title, clauses, starts, parts, read, steps)


def _steps(rule: Rule, before: Version | None, start: date, end: date) -> list[Step]:
    """The changes of a rule after one day and until another; none where there is one only, which the rest tells."""
    steps: list[Step] = []
    for one in rule.versions:
        if not start < one.start <= end:
            continue
        version = rule.at(one.start)
        if parts_of(version) != parts_of(before):
            kind: Kind = "added" if before is None else "repealed" if version is None else "changed"
            steps.append(Step(one.start, kind))
        before = version
    return steps if len(steps) > 1 else []


def _begun(rule: Rule, day: date) -> bool:
    return any(v.start <= day for v in rule.versions)


def _repeal(rule: Rule | None, day: date) -> date | None:
    begun = [v for v in rule.versions if v.start <= day] if rule is not None else []
    return begun[-1].start if begun else None


Written = tuple[str, str, bool]  # as written, what it means, whether it can change a verdict


def parts_of(version: Version | None) -> dict[str, Written]:
    """Name → the parts of a version as its file words them, in their order there."""
    if version is None:
        return {}
    parts: dict[str, Written] = {}

    def text(name: str, value: str) -> None:
        parts[name] = (value, value, False)

    def expression(name: str, checked: t.Checked, judging: bool = True) -> None:
        parts[name] = (" ".join(checked.text.split()), _meaning(checked), judging)

    for lang, title in version.title.items():
        text(f"title.{lang}", title)
    text("clauses", ", ".join(map(_cited, version.clauses)))
    text("severity", version.severity)
    for number, iterator in enumerate(version.iterators):
        name = f"for_each.{number + 1}" if number else "for_each"
        parts[name] = (iterator.written, iterator.variable + _meaning(iterator.domain), True)
    if version.grouped:
        scope = "run" if version.run else "document"
        parts["scope"] = (scope, scope, True)
    for one in version.expressions:
        if one.place != "for_each":
            expression(one.place, one.checked)
    for lang, message in version.message.items():
        written = "".join(p if isinstance(p, str) else "{" + " ".join(p.text.split()) + "}" for p in message)
        text(f"message.{lang}", written)
    if version.at is not None:
        expression("at", version.at, judging=False)
    for lang, why in version.explanation.items():
        text(f"explanation.{lang}", why)
    return parts


def _cited(ref: ClauseRef) -> str:
    """A clause, and when it is the one that is at issue."""
    return ref.clause if ref.when is None else f"{ref.clause} ({' '.join(ref.when.text.split())})"


def _meaning(checked: t.Checked) -> str:
    """The typed tree as text: equal for versions that say the same, definitions included."""
    return _START.sub(".", repr(t.key(checked.tree)))


def _part(name: str, before: Written | None, after: Written | None) -> Part | None:
    if before is not None and after is not None and before[:2] == after[:2]:
        return None
    judging = (after or before or ("", "", False))[2] or name == "severity"
    old, new = before[0] if before else None, after[0] if after else None
    return Part(name, old, new, judging, old == new)


# --- parameters ---------------------------------------------------------------------------------------------


def _parameters(a: RulebookData, start: date, b: RulebookData, end: date) -> list[ParameterChange]:
    before, after = {p.name: p for p in a.parameters}, {p.name: p for p in b.parameters}
    changes = []
    for name in sorted({*before, *after}):
        old, new = _value_at(before.get(name), start), _value_at(after.get(name), end)
        between = [v for v in _values(after.get(name)) if start < v.start <= end]
        if _same(old, new) and not (a is b and _moved(old, between)):
            continue
        known = after.get(name) or before[name]
        kind: Kind = "added" if old is None else "removed" if new is None else "changed"
        values = [v for v in (old, *between) if v is not None]
        if new is not None and new not in between:  # of the same days, or of earlier ones, by another publication
            values.append(new)
        change = ParameterChange(name, kind, known.title, known.clause, known.unit, old, new, values)
        changes.append(change)
    return changes


def _values(parameter: Parameter | None) -> list[Value]:
    return [_value(v) for v in parameter.values] if parameter is not None else []


def _value(value: ParameterValue) -> Value:
    return Value(value.start, value.value, value.reference, value.published_on)


def _value_at(parameter: Parameter | None, day: date) -> Value | None:
    begun = [v for v in _values(parameter) if v.start <= day]
    return begun[-1] if begun and begun[-1].value is not None else None


def _same(a: Value | None, b: Value | None) -> bool:
    return (a is None and b is None) or (a is not None and b is not None and a.value == b.value)


def _moved(old: Value | None, between: list[Value]) -> bool:
    """True when a value went away and came back between the two days."""
    return any(not _same(old, v) for v in between)


# --- clauses ------------------------------------------------------------------------------------------------

_TEXTS = ("heading", "summary", "reason", "interpretation", "note")


def _clauses(a: Edition | None, b: Edition | None) -> list[ClauseChange]:
    before = a.clauses if a is not None else {}
    after = b.clauses if b is not None else {}
    moved = {}
    if a is not None and b is not None:
        moved = {new: c for c in before.values() if (new := b.new_id(c, a)) is not None}
    changes = []
    for clause in after.values():
        there = before.get(clause.id)
        old = moved.get(clause.id, there if there not in moved.values() else None)
        parts = _clause_parts(old, clause)
        if old is None:
            changes.append(ClauseChange(clause.id, "added", clause.heading, parts))
        elif old.id != clause.id:
            changes.append(ClauseChange(clause.id, "renumbered", clause.heading, parts, old.id))
        elif parts:
            changes.append(ClauseChange(clause.id, "changed", clause.heading, parts))
    kept = {*after, *(c.id for c in moved.values())}
    removed = [c for c in before.values() if c.id not in kept]
    return [*changes, *(ClauseChange(c.id, "removed", c.heading, _clause_parts(c, None)) for c in removed)]


def _clause_parts(before: Clause | None, after: Clause | None) -> list[Part]:
    old, new = (_clause_texts(c) if c is not None else {} for c in (before, after))
    names = {**old, **new}
    return [Part(n, old.get(n), new.get(n), False) for n in names if old.get(n) != new.get(n)]


def _clause_texts(clause: Clause) -> dict[str, str]:
    found = {"status": clause.status}
    for name in _TEXTS:
        for lang, text in (getattr(clause, name) or {}).items():
            found[f"{name}.{lang}"] = " ".join(text.split())
    return found


# --- schemas ------------------------------------------------------------------------------------------------


def _schemas(a: RulebookData, b: RulebookData) -> list[SchemaChange]:
    if a is b:
        return []
    before, after = ({kind.name: kind.schema for kind in side.kinds} for side in (a, b))
    changes = [SchemaChange(name, "added", []) for name in after if name not in before]
    changes += [SchemaChange(name, "removed", []) for name in before if name not in after]
    for name in before.keys() & after.keys():
        places = [asked.pointer for asked in differences(before[name], after[name])]
        if places:
            changes.append(SchemaChange(name, "changed", places))
    return sorted(changes, key=lambda change: change.document)
