"""Values in messages, by language: `62,88` and `1.2.2026` in Finnish, `62.88` and `2026-02-01` in English.

Values of an enumeration are named as its schema names them (`x-enum`).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ktt_policy.expr.values import CONTEXT, YearsMonths, duration_text, fields_of, is_null, number_text
from ktt_policy.masking import mask
from ktt_policy.schemas.model import FieldInfo

WORDS = {
    "fi": {True: "kyllä", False: "ei", None: "puuttuu"},
    "en": {True: "yes", False: "no", None: "none"},
}
NOT_KNOWN = {"fi": "ei tiedossa", "en": "not known"}
Names = dict[str, dict[str, str]]  # value of an enumeration → language → name


def worded(value: Any, lang: str, names: Names | None = None) -> str:
    """The value as a reader of the language writes it; identity codes are masked."""
    if value is None:
        return WORDS[lang][None]
    if is_null(value):
        return NOT_KNOWN[lang]
    if isinstance(value, bool):
        return WORDS[lang][value]
    if isinstance(value, Decimal):
        text = number_text(_shortened(value))
        return text.replace(".", ",") if lang == "fi" else text
    if isinstance(value, datetime):
        return f"{worded(value.date(), lang)} {worded(value.time(), lang)}"
    if isinstance(value, date):
        return f"{value.day}.{value.month}.{value.year}" if lang == "fi" else value.isoformat()
    if isinstance(value, time):
        text = value.isoformat("seconds" if value.second else "minutes")
        return f"{value.hour}{text[2:].replace(':', '.')}" if lang == "fi" else text
    if isinstance(value, YearsMonths):
        return _months(value.months, lang)
    if isinstance(value, timedelta):
        days = value.days
        if value.seconds or value.microseconds:
            return duration_text(value)
        return f"{days} {'päivä' if days == 1 else 'päivää'}" if lang == "fi" else f"{days} day{'s'[: days != 1]}"
    if isinstance(value, list):
        return ", ".join(worded(v, lang, names) for v in value) or "–"
    if isinstance(value, str):
        return names[value][lang] if names and value in names else mask(value)
    return ", ".join(f"{k}: {worded(v, lang)}" for k, v in fields_of(value).items())


def _shortened(value: Decimal) -> Decimal:
    """Without the zeros at its end that arithmetic leaves; two decimals are kept, as of money."""
    return value if value.as_tuple().exponent in (0, -2) else value.normalize(CONTEXT)


def _months(n: int, lang: str) -> str:
    if lang == "fi":
        return f"{n} {'kuukausi' if n == 1 else 'kuukautta'}"
    return f"{n} month{'s'[: n != 1]}"


def enum_names(fields: list[FieldInfo]) -> Names:
    """The names of the values of some fields; none of a value that has several."""
    made: Names = {}
    unclear = set()
    for field in fields:
        for value, names in field.schema.get("x-enum", {}).items():
            if made.setdefault(value, names) != names:
                unclear.add(value)
    return {value: names for value, names in made.items() if value not in unclear}
