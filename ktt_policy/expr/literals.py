"""Texts of dates, times and durations ↔ values: one reader for at-literals, functions and parameters."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ktt_policy.expr.values import YearsMonths
from ktt_policy.source.limits import DIGITS

# Compiled when they are needed: a small run reads few of them.
_DATE = r"\d{4}-\d{2}-\d{2}\Z"
# Session times are local: a zone is refused.
_TIME = r"(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?\Z"
_MONTHS = r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?\Z"
_DAYS = r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(\.\d{1,6})?S)?)?\Z"


def number_literal(written: str) -> str:
    """A number of an expression with its zero before the point, and without an exponent where there is room."""
    if "e" not in written.lower():
        return f"0{written}" if written.startswith(".") else written
    value = Decimal(written)
    plain = f"{value:f}" if abs(value.adjusted()) < DIGITS else ""
    return plain if plain and len(Decimal(plain).as_tuple().digits) <= DIGITS else str(value)


def read_date(text: str) -> date | None:
    if not re.match(_DATE, text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    m = re.match(_TIME, text, re.ASCII)
    if not m:
        return None
    micro = int(Decimal(m[4]) * 1_000_000) if m[4] else 0
    try:
        return time(int(m[1]), int(m[2]), int(m[3] or 0), micro)
    except ValueError:
        return None


def read_date_and_time(text: str) -> datetime | None:
    day, mark, clock = text.partition("T")
    d = read_date(day)
    if d is None:
        return None
    if not mark:
        return datetime.combine(d, time())
    t = read_time(clock)
    return None if t is None else datetime.combine(d, t)


def read_months(text: str) -> YearsMonths | None:
    m = re.match(_MONTHS, text, re.ASCII)
    if not m or (m[2] is None and m[3] is None):
        return None
    try:
        months = int(m[2] or 0) * 12 + int(m[3] or 0)
        return YearsMonths(-months if m[1] else months)
    except (OverflowError, ValueError):  # longer than the type holds
        return None


def read_days(text: str) -> timedelta | None:
    m = re.match(_DAYS, text, re.ASCII)
    if not m or text.endswith(("T", "P")):
        return None
    micro = int(Decimal(m[6]) * 1_000_000) if m[6] else 0
    try:
        days, hours, minutes, seconds = (int(part or 0) for part in m.group(2, 3, 4, 5))
        d = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)
        return -d if m[1] else d
    except (OverflowError, ValueError):  # longer than the type holds
        return None


READERS: dict[str, Any] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_date_and_time,
    "years and months duration": read_months,
    "days and time duration": read_days,
}


def kind_of(text: str) -> str:
    """The type that an at-literal's text has by its shape; it may still name an impossible day."""
    if text.lstrip("-").startswith("P"):
        return (
            "years and months duration"
            if re.match(_MONTHS, text, re.ASCII) and "T" not in text
            else "days and time duration"
        )
    if re.match(r"\d{4}-\d{2}-\d{2}T", text):
        return "date and time"
    return "time" if re.match(r"\d{1,2}:", text) else "date"


def constant(kind: str, text: str) -> Any:
    """The value of a constant of the typed tree: its kind and its text."""
    if kind == "number":
        return Decimal(text)
    if kind == "string":
        return text
    if kind == "boolean":
        return text == "true"
    if kind == "null":
        return None
    return READERS[kind](text)
