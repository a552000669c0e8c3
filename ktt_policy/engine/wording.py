"""Values in messages, by language: `62,88` and `1.2.2026` in Finnish, `62.88` and `2026-02-01` in English."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ktt_policy.expr.values import YearsMonths, duration_text, fields_of, is_null, number_text
from ktt_policy.masking import mask

WORDS = {
    "fi": {True: "kyllä", False: "ei", None: "ei tiedossa"},
    "en": {True: "yes", False: "no", None: "not known"},
}


def worded(value: Any, lang: str) -> str:
    """The value as a reader of the language writes it; identity codes are masked."""
    if is_null(value):
        return WORDS[lang][None]
    if isinstance(value, bool):
        return WORDS[lang][value]
    if isinstance(value, Decimal):
        text = number_text(value)
        return text.replace(".", ",") if lang == "fi" else text
    if isinstance(value, datetime):
        return f"{worded(value.date(), lang)} {worded(value.time(), lang)}"
    if isinstance(value, date):
        return f"{value.day}.{value.month}.{value.year}" if lang == "fi" else value.isoformat()
    if isinstance(value, time):
        text = value.isoformat("seconds" if value.second else "minutes")
        return text.replace(":", ".") if lang == "fi" else text
    if isinstance(value, YearsMonths):
        return _months(value.months, lang)
    if isinstance(value, timedelta):
        days = value.days
        if value.seconds or value.microseconds:
            return duration_text(value)
        return f"{days} {'päivä' if days == 1 else 'päivää'}" if lang == "fi" else f"{days} day{'s'[: days != 1]}"
    if isinstance(value, list):
        return ", ".join(worded(v, lang) for v in value) or "–"
    if isinstance(value, str):
        return mask(value)
    return ", ".join(f"{k}: {worded(v, lang)}" for k, v in fields_of(value).items())


def _months(n: int, lang: str) -> str:
    if lang == "fi":
        return f"{n} {'kuukausi' if n == 1 else 'kuukautta'}"
    return f"{n} month{'s'[: n != 1]}"
