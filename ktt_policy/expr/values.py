"""The values of the language at run time, and what is exact about them.

number = `Decimal` (34 digits, half even), string = `str`, boolean = `bool`, date = `date`, time = `time`,
date and time = `datetime`, days and time duration = `timedelta`, years and months duration = `YearsMonths`,
list = `list`, context = a record (msgspec struct) or `dict`, range = `Range`.

Two nulls. `None` is a *known* null: stated in the document, or the answer of a function ("no such item").
`UNSET` (compiled code) and `Unknown` (interpreter, with the reason) are a value that is *not known*:
comparisons and rules that need it are undecided.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from msgspec import UNSET, Struct

from ktt_policy.source.limits import DIGITS

CONTEXT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
LONGEST = 12 * 10**9  # months


class Reason(Struct, frozen=True):
    """Why a value is not known: a code of `reasons.REASONS`, what it speaks of, in which other document if in one."""

    code: str
    about: tuple[str, ...] = ()
    document: str = ""


class Unknown(Struct, frozen=True):
    """A value that is not known, with the reason: the interpreter's form of `UNSET`."""

    reason: Reason


class UndefinedError(Exception):
    """Raised by a function body that has no answer: the result is not known."""

    def __init__(self, code: str, *about: str) -> None:
        self.reason = Reason(code, about)
        super().__init__(code, *about)


class YearsMonths(Struct, frozen=True, order=True):
    """A duration of calendar months; `str()` is ISO 8601 (`P1Y2M`). OverflowError beyond a billion years."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > LONGEST:
            raise OverflowError

    def __str__(self) -> str:
        sign, months = ("-", -self.months) if self.months < 0 else ("", self.months)
        years, months = divmod(months, 12)
        if not years and not months:
            return "P0M"
        return f"{sign}P{f'{years}Y' if years else ''}{f'{months}M' if months else ''}"


class DaysTime(timedelta):
    """A duration of days, hours, minutes and seconds; `str()` is ISO 8601 (`P1DT4H`)."""

    def __str__(self) -> str:
        return duration_text(self)


class Range(Struct, frozen=True):
    """`[low..high]`; an open end leaves its point out. Ends are of one ordered type."""

    low: Any
    high: Any
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, x: Any) -> bool:
        above = x > self.low if self.low_open else x >= self.low
        below = x < self.high if self.high_open else x <= self.high
        return bool(above and below)


def is_unknown(value: Any) -> bool:
    return value is UNSET or value.__class__ is Unknown


def is_null(value: Any) -> bool:
    return value is None or value is UNSET or value.__class__ is Unknown


def equal(a: Any, b: Any) -> Any:
    """Three-valued equality, deep: True, False, or UNSET where an unknown decides."""
    if is_unknown(a) or is_unknown(b):
        return UNSET
    if a.__class__ is list and b.__class__ is list:
        if len(a) != len(b):
            return False
        return every(equal(x, y) for x, y in zip(a, b, strict=True))
    if is_context(a) and is_context(b):
        left, right = fields_of(a), fields_of(b)
        if left.keys() != right.keys():
            return False
        return every(equal(left[k], right[k]) for k in left)
    if a.__class__ is bool or b.__class__ is bool:
        return a is b
    return bool(a == b)


def is_context(value: Any) -> bool:
    return isinstance(value, (dict, Struct)) and not isinstance(value, (YearsMonths, Range))


def is_whole(value: Any) -> bool:
    """True when nothing in a value is unknown; the absent fields of a record are no part of it."""
    if is_unknown(value):
        return False
    if isinstance(value, list):
        return all(map(is_whole, value))
    return not is_context(value) or all(map(is_whole, fields_of(value).values()))


def every(results: Iterable[Any]) -> Any:
    """Kleene conjunction of True, False and null."""
    unknown = False
    for result in results:
        if result is False:
            return False
        if result is not True:
            unknown = True
    return UNSET if unknown else True


def fields_of(context: Any) -> dict[str, Any]:
    """The stated entries of a record, by name; a dict has all that was written, unknown ones included."""
    if isinstance(context, dict):
        return context
    return {k: v for k in context.__struct_fields__ if (v := getattr(context, k)) is not UNSET}


def add_months(day: date, months: int) -> date:
    """The day of the same number so many months later, or that month's last day where it has none."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


def duration_text(d: timedelta) -> str:
    """ISO 8601: `P14D`, `PT4H30M`, `-P1D`, `PT0S`."""
    sign, d = ("-", -d) if d < timedelta(0) else ("", d)
    hours, rest = divmod(d.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    second = f"{seconds}.{d.microseconds:06d}".rstrip("0") if d.microseconds else str(seconds)
    clock = f"{f'{hours}H' if hours else ''}{f'{minutes}M' if minutes else ''}"
    if second != "0":
        clock += f"{second}S"
    if not d.days and not clock:
        return "PT0S"
    return f"{sign}P{f'{d.days}D' if d.days else ''}{f'T{clock}' if clock else ''}"


def number_text(n: Decimal) -> str:
    """Plain notation, never an exponent, the digits as computed: `62.90` stays `62.90`."""
    if n == 0:
        n = abs(n)
    return f"{n:f}"


def time_text(t: time | datetime) -> str:
    """ISO 8601, a part of a second only as far as it goes: `10:00:01.5`."""
    return t.isoformat().rstrip("0") if t.microsecond else t.isoformat()


def to_text(value: Any) -> str:
    """FEEL's `string()` of a value that is not null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        return value
    if isinstance(value, (datetime, time)):
        return time_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, YearsMonths):
        return str(value)
    if isinstance(value, Range):
        left, right = "(" if value.low_open else "[", ")" if value.high_open else "]"
        return f"{left}{to_nested(value.low)}..{to_nested(value.high)}{right}"
    if isinstance(value, list):
        return "[" + ", ".join(to_nested(v) for v in value) + "]"
    if is_null(value):
        return "null"
    return "{" + ", ".join(f"{k}: {to_nested(v)}" for k, v in fields_of(value).items()) + "}"


def to_nested(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return to_text(value)


def to_python(value: Any) -> Any:
    """The value as the Python API returns it: unknown becomes None, durations print as ISO 8601."""
    if is_null(value):
        return None
    if isinstance(value, timedelta):
        return DaysTime(days=value.days, seconds=value.seconds, microseconds=value.microseconds)
    if isinstance(value, Decimal):
        return value if value else value.copy_abs()
    if isinstance(value, Range):
        return Range(to_python(value.low), to_python(value.high), value.low_open, value.high_open)
    if isinstance(value, list):
        return [to_python(v) for v in value]
    if is_context(value):
        return {k: to_python(v) for k, v in fields_of(value).items()}
    return value


def to_json(value: Any) -> Any:
    """The value as JSON-ready data; numbers stay `Decimal` for an encoder that writes them exactly."""
    if is_null(value):
        return None
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        return value if value else value.copy_abs()
    if isinstance(value, list):
        return [to_json(v) for v in value]
    if is_context(value):
        return {k: to_json(v) for k, v in fields_of(value).items()}
    return to_text(value)
