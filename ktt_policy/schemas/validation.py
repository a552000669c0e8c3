"""What is wrong with a document, by its JSON Schema: jsonschema finds it, this module says it in two languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from msgspec import Struct

from ktt_policy.diagnostics import Texts, closest
from ktt_policy.expr.literals import read_date, read_time
from ktt_policy.masking import MASK
from ktt_policy.schemas.formats import FORMATS, pattern
from ktt_policy.schemas.model import KindInfo, RecordInfo
from ktt_policy.source.limits import WIDE
from ktt_policy.source.spans import parts, pointer


class Fault(Struct, frozen=True):
    """One place where a document breaks its schema. `pointer` is in the document, `schema` in the schema."""

    pointer: str
    schema: str
    message: Texts
    breaks: bool = True  # the value at `pointer` cannot be read; False where something beside it is wrong
    unknown: frozenset[str] = frozenset()  # the names of fields there that the schema does not know


_types = Draft202012Validator.TYPE_CHECKER.redefine_many(
    {
        "number": lambda _, x: isinstance(x, Decimal),
        "integer": lambda _, x: isinstance(x, Decimal) and x == x.to_integral_value(),
    }
)
_formats = FormatChecker(formats=())
for _name, _holds in FORMATS.items():
    _formats.checks(_name)(lambda x, holds=_holds: not isinstance(x, str) or holds(x))
_formats.checks("date")(lambda x: not isinstance(x, str) or read_date(x) is not None)


def _pattern(_: Any, written: str, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not pattern(written)(value):
        yield ValidationError(f"{value!r} does not match {written!r}")


def _multiple_of(_: Any, step: Decimal, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, Decimal) and WIDE.remainder(value, step):
        yield ValidationError(f"{value} is not a multiple of {step}")


def _kind_of_text(_: Any, kind: Any, value: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    """A time of day, where no pattern says so already."""
    if isinstance(value, str) and "pattern" not in schema and read_time(value) is None:
        yield ValidationError(f"{value!r} is no {kind}")


_KEYWORDS = {"pattern": _pattern, "multipleOf": _multiple_of, "x-type": _kind_of_text}
_Validator: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, _KEYWORDS, type_checker=_types
)


REMEMBERED = 32
_validators: dict[int, tuple[KindInfo, Any]] = {}  # by the id of the kind, which no other has as long as it is kept


def _validator(kind: KindInfo) -> Any:
    if id(kind) not in _validators:
        if len(_validators) >= REMEMBERED:
            _validators.clear()
        _validators[id(kind)] = kind, _Validator(kind.schema, format_checker=_formats)
    return _validators[id(kind)][1]


def faults(kind: KindInfo, tree: Any) -> list[Fault]:
    """All faults of a document of the kind, in document order; empty for a sound one."""
    found = []
    for error in _validator(kind).iter_errors(tree):
        found.extend(_explain(error, _is_sensitive(kind.record, error)))
    return sorted(found, key=lambda f: [_order(part) for part in parts(f.pointer)])


def _order(part: str) -> tuple[int, str]:
    """Positions of items by their number: of two the longer is the larger."""
    return (len(part), part) if part.isascii() and part.isdigit() else (0, part)


def _is_sensitive(record: RecordInfo | None, error: Any) -> bool:
    """True for the value of a sensitive field, and for what is within one."""
    if isinstance(error.schema, dict) and error.schema.get("x-sensitive"):
        return True
    for part in error.absolute_path:
        if isinstance(part, int):
            continue
        field = next((one for one in record.fields if one.name == part), None) if record is not None else None
        if field is None or field.sensitive:
            return field is not None
        record = (field.item or field).record
    return False


def _names_in(value: Any) -> frozenset[str]:
    """The names of all fields in what stands where something else should."""
    if not isinstance(value, (dict, list)):
        return frozenset()
    inner = value.values() if isinstance(value, dict) else value
    return frozenset(value if isinstance(value, dict) else ()).union(*map(_names_in, inner))


def _explain(error: Any, sensitive: bool) -> list[Fault]:
    here = pointer(*error.absolute_path)
    schema = pointer(*error.absolute_schema_path)
    value, keyword, limit = error.instance, error.validator, error.validator_value
    field = _named(error.absolute_path)
    shown = MASK if sensitive else _shown(value)

    def fault(fi: str, en: str, at: str = here, unknown: Iterable[str] = ()) -> Fault:
        names = frozenset(unknown) or (_names_in(value) if keyword in ("type", "enum", "const") else frozenset())
        return Fault(at, schema, {"fi": fi, "en": en}, keyword != "required", names)

    if keyword == "required":
        missing = [name for name in limit if name not in value]
        name = next((m for m in missing if repr(m) in error.message), missing[0])
        return [fault(f"kenttä `{name}` puuttuu", f"the field `{name}` is missing")]
    if keyword in ("unevaluatedProperties", "additionalProperties"):
        known = list(error.schema.get("properties", ()))
        made = []
        for name in value:
            if name not in known:
                near = closest(name, known) if not sensitive else None
                said = MASK if sensitive else name
                fi = f"tuntematon kenttä `{said}`" + (f"; tarkoititko `{near}`?" if near else "")
                en = f"unknown field `{said}`" + (f"; did you mean `{near}`?" if near else "")
                made.append(fault(fi, en, here + pointer(name), [name]))
        return made
    if keyword == "type":
        date = error.schema.get("format") == "date"
        wanted = ["date" if date and w == "string" else w for w in ([limit] if isinstance(limit, str) else limit)]
        fi, en = " tai ".join(TYPES[w]["fi"] for w in wanted), " or ".join(TYPES[w]["en"] for w in wanted)
        return [fault(f"`{field}`: arvon on oltava {fi}, ei {shown}", f"`{field}` must be {en}, not {shown}")]
    if keyword in ("enum", "const"):
        members = [m for m in (limit if keyword == "enum" else [limit]) if m is not None]
        near = closest(value, members) if isinstance(value, str) else None
        listed = ", ".join(_shown(m) for m in members[:20])
        if not isinstance(value, str) and "type" not in error.schema:
            fi, en = ("jokin teksteistä", "one of the texts") if members[1:] else ("teksti", "the text")
            return [fault(f"`{field}`: arvon on oltava {fi} {listed}, ei {shown}",
                          f"`{field}` must be {en} {listed}, not {shown}")]  # fmt: skip
        fi = f"`{field}`: {shown} ei ole mikään näistä: {listed}" + (f"; tarkoititko {_shown(near)}?" if near else "")
        en = f"`{field}`: {shown} is none of {listed}" + (f"; did you mean {_shown(near)}?" if near else "")
        return [fault(fi, en)]
    if keyword == "format":
        return [
            fault(
                f"`{field}`: {shown} {FORMAT_TEXTS[limit]['fi']}",
                f"`{field}`: {shown} {FORMAT_TEXTS[limit]['en']}",
            )
        ]
    limits: dict[str, Texts] = {
        "minimum": {"fi": f"arvon on oltava vähintään {limit}", "en": f"must be at least {limit}"},
        "maximum": {"fi": f"arvo saa olla enintään {limit}", "en": f"must be at most {limit}"},
        "multipleOf": {"fi": f"arvon on oltava luvun {limit} monikerta", "en": f"must be a multiple of {limit}"},
        "minLength": {
            "fi": f"tekstin vähimmäispituus merkkeinä on {limit}", "en": f"must be at least {limit} characters"
        },
        "maxLength": {
            "fi": f"tekstin enimmäispituus merkkeinä on {limit}", "en": f"must be {limit} characters at most"
        },
        "minItems": {"fi": f"luettelon kohteiden vähimmäismäärä on {limit}", "en": f"must hold at least {limit}"},
        "pattern": {"fi": f"muodon on oltava {limit}", "en": f"must have the form {limit}"},
    }  # fmt: skip
    usual = USUAL.get((keyword, limit))
    text = usual or limits.get(keyword, {"fi": error.message, "en": error.message})
    return [fault(f"`{field}`: {text['fi']}; annettu arvo: {shown}", f"`{field}` {text['en']}; given: {shown}")]


TYPES: dict[str, Texts] = {
    "number": {"fi": "luku", "en": "a number"},
    "integer": {"fi": "kokonaisluku", "en": "a whole number"},
    "string": {"fi": "teksti", "en": "a text"},
    "date": {"fi": 'päivä ("VVVV-KK-PP")', "en": 'a date ("YYYY-MM-DD")'},  # a text of this format
    "boolean": {"fi": "true tai false", "en": "true or false"},
    "array": {"fi": "luettelo", "en": "an array"},
    "object": {"fi": "tietue", "en": "an object"},
    "null": {"fi": "null", "en": "null"},
}
# What the shipped schemas ask most is said in words.
USUAL: dict[tuple[str, Any], Texts] = {
    ("multipleOf", Decimal("0.01")): {
        "fi": "luvussa saa olla enintään kaksi desimaalia", "en": "must have at most two decimals",
    },
    ("x-type", "time"): {
        "fi": "arvon on oltava kellonaika, esimerkiksi 09:00", "en": "must be a time of day, such as 09:00",
    },
    ("minLength", 1): {"fi": "teksti ei saa olla tyhjä", "en": "must not be empty"},
}  # fmt: skip


def _named(path: Iterable[str | int]) -> str:
    """The field that a path leads to; an item by its list, `lines[0]`."""
    name = ""
    for part in path:
        name = f"{name}[{part}]" if isinstance(part, int) else part
    return name or "document"


FORMAT_TEXTS: dict[str, Texts] = {
    "date": {"fi": "ei ole päivä muodossa VVVV-KK-PP", "en": "is no date, YYYY-MM-DD"},
    "fi-business-id": {"fi": "ei ole Y-tunnus (1234567-8, tarkiste oikein)",
                       "en": "is no Finnish business id (1234567-8, with the right check digit)"},
    "fi-personal-identity-code": {"fi": "ei ole henkilötunnus", "en": "is no personal identity code"},
    "pseudonymous-reference": {"fi": "on henkilötunnus; käytä asiakkaan viitettä, josta henkilöä ei tunnista",
                               "en": "is a personal identity code; use a reference that names no person"},
    "iban": {"fi": "ei ole IBAN-tilinumero", "en": "is no IBAN"},
    "payment-reference": {"fi": "ei ole viitenumero eikä RF-viite", "en": "is no Finnish or RF reference"},
}  # fmt: skip


def _shown(value: Any) -> str:
    from ktt_policy.masking import mask

    if isinstance(value, str):
        value = mask(value)  # first: half a code would not be known as one
        return f'"{value if len(value) <= 60 else value[:57] + "…"}"'  # quotes: what looks like a number is a text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < 40 else str(value)
    return {type(None): "null", list: "[…]", dict: "{…}"}[type(value)]
