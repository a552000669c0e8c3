"""The arithmetic operators by the kinds of their operands: one table for checker and evaluators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ktt_policy.expr.values import UndefinedError, YearsMonths, add_months

DAYS = "days and time duration"
MONTHS = "years and months duration"
STAMP = "date and time"

_MIDNIGHT = datetime(1, 1, 1)


def _divide(a: Decimal, b: Decimal) -> Decimal:
    if b == 0:
        raise UndefinedError("division by zero")
    return a / b


def _power(a: Decimal, b: Decimal) -> Decimal:
    if (a == 0 and b <= 0) or (a < 0 and b != int(b)):
        raise UndefinedError("no such power")
    return a**b


def _scaled(d: timedelta, n: Decimal) -> timedelta:
    micros = Decimal(d // timedelta(microseconds=1)) * n
    return timedelta(microseconds=int(micros.to_integral_value()))


def _shortened(d: timedelta, n: Decimal) -> timedelta:
    if n == 0:
        raise UndefinedError("division by zero")
    return _scaled(d, 1 / n) if n != int(n) else d / int(n)


def _ratio(a: timedelta, b: timedelta) -> Decimal:
    micro = timedelta(microseconds=1)
    return _divide(Decimal(a // micro), Decimal(b // micro))


def _clock(t: time, d: timedelta) -> time:
    moved = datetime.combine(_MIDNIGHT, t) + timedelta(days=1) + (d - timedelta(days=d.days))
    return moved.timetz()


def _between_times(a: time, b: time) -> timedelta:
    return datetime.combine(_MIDNIGHT, a) - datetime.combine(_MIDNIGHT, b)


def _moved_stamp(x: datetime, m: YearsMonths) -> datetime:
    return datetime.combine(add_months(x.date(), m.months), x.timetz())


def negated(x: Any) -> Any:
    """`-x` of a number or a duration."""
    return YearsMonths(-x.months) if isinstance(x, YearsMonths) else -x


Operation = Callable[[Any, Any], Any]

# A date plus a duration with hours is the date of midnight plus the duration, which is what Python's `date`
# does when it adds (when it subtracts it drops the hours, hence `a + -b`).
# (operator, left kind, right kind) -> (result kind, partial, operation)
OPERATIONS: dict[tuple[str, str, str], tuple[str, bool, Operation]] = {
    ("+", "number", "number"): ("number", False, lambda a, b: a + b),
    ("-", "number", "number"): ("number", False, lambda a, b: a - b),
    ("*", "number", "number"): ("number", False, lambda a, b: a * b),
    ("/", "number", "number"): ("number", True, _divide),
    ("**", "number", "number"): ("number", True, _power),
    ("+", "string", "string"): ("string", False, lambda a, b: a + b),
    ("+", "date", DAYS): ("date", False, lambda a, b: a + b),
    ("+", DAYS, "date"): ("date", False, lambda a, b: b + a),
    ("-", "date", DAYS): ("date", False, lambda a, b: a + -b),
    ("+", "date", MONTHS): ("date", False, lambda a, b: add_months(a, b.months)),
    ("+", MONTHS, "date"): ("date", False, lambda a, b: add_months(b, a.months)),
    ("-", "date", MONTHS): ("date", False, lambda a, b: add_months(a, -b.months)),
    ("-", "date", "date"): (DAYS, False, lambda a, b: a - b),
    ("+", STAMP, DAYS): (STAMP, False, lambda a, b: a + b),
    ("+", DAYS, STAMP): (STAMP, False, lambda a, b: b + a),
    ("-", STAMP, DAYS): (STAMP, False, lambda a, b: a - b),
    ("+", STAMP, MONTHS): (STAMP, False, _moved_stamp),
    ("+", MONTHS, STAMP): (STAMP, False, lambda a, b: _moved_stamp(b, a)),
    ("-", STAMP, MONTHS): (STAMP, False, lambda a, b: _moved_stamp(a, negated(b))),
    ("-", STAMP, STAMP): (DAYS, False, lambda a, b: a - b),
    ("+", "time", DAYS): ("time", False, _clock),
    ("-", "time", DAYS): ("time", False, lambda a, b: _clock(a, -b)),
    ("-", "time", "time"): (DAYS, False, _between_times),
    ("+", DAYS, DAYS): (DAYS, False, lambda a, b: a + b),
    ("-", DAYS, DAYS): (DAYS, False, lambda a, b: a - b),
    ("*", DAYS, "number"): (DAYS, False, _scaled),
    ("*", "number", DAYS): (DAYS, False, lambda a, b: _scaled(b, a)),
    ("/", DAYS, "number"): (DAYS, True, _shortened),
    ("/", DAYS, DAYS): ("number", True, _ratio),
    ("+", MONTHS, MONTHS): (MONTHS, False, lambda a, b: YearsMonths(a.months + b.months)),
    ("-", MONTHS, MONTHS): (MONTHS, False, lambda a, b: YearsMonths(a.months - b.months)),
    ("*", MONTHS, "number"): (MONTHS, False, lambda a, b: YearsMonths(int(a.months * b))),
    ("*", "number", MONTHS): (MONTHS, False, lambda a, b: YearsMonths(int(b.months * a))),
    ("/", MONTHS, "number"): (MONTHS, True, lambda a, b: YearsMonths(int(_divide(Decimal(a.months), b)))),
    ("/", MONTHS, MONTHS): ("number", True, lambda a, b: _divide(Decimal(a.months), Decimal(b.months))),
}


def operation(mode: str) -> Operation:
    """The operation of a typed node's `mode`, which is the three keys joined by `|`."""
    operator, left, right = mode.split("|")
    return OPERATIONS[operator, left, right][2]


# --- properties -----------------------------------------------------------------------------------------

PROPERTIES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "date": {
        "year": lambda d: Decimal(d.year),
        "month": lambda d: Decimal(d.month),
        "day": lambda d: Decimal(d.day),
        "weekday": lambda d: Decimal(d.isoweekday()),
    },
    "time": {
        "hour": lambda t: Decimal(t.hour),
        "minute": lambda t: Decimal(t.minute),
        "second": lambda t: Decimal(t.second),
    },
    DAYS: {
        "days": lambda d: _part(d, lambda a: a.days),
        "hours": lambda d: _part(d, lambda a: a.seconds // 3600),
        "minutes": lambda d: _part(d, lambda a: a.seconds // 60 % 60),
        "seconds": lambda d: _part(d, lambda a: a.seconds % 60),
    },
    MONTHS: {
        "years": lambda m: Decimal(abs(m.months) // 12 * (1 if m.months >= 0 else -1)),
        "months": lambda m: Decimal(abs(m.months) % 12 * (1 if m.months >= 0 else -1)),
    },
    "range": {"start": lambda r: r.low, "end": lambda r: r.high},
}
PROPERTIES[STAMP] = PROPERTIES["date"] | PROPERTIES["time"]


def _part(d: timedelta, of: Callable[[timedelta], int]) -> Decimal:
    return Decimal(of(abs(d)) * (1 if d >= timedelta(0) else -1))


def steps(low: Any, high: Any) -> list[Any]:
    """`low..high` as a list, either way: whole numbers or days, at most 10,000."""
    if isinstance(low, Decimal):
        if low != int(low) or high != int(high):
            raise UndefinedError("not a whole number")
        first, last = int(low), int(high)
    else:
        first, last = low.toordinal(), high.toordinal()
    if abs(last - first) >= 10_000:
        raise UndefinedError("too many steps")
    numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    if isinstance(low, Decimal):
        return [Decimal(n) for n in numbers]
    return [date.fromordinal(n) for n in numbers]
