"""Working days on the Finnish calendar (ours).

Working days are Monday to Friday (or Saturday: the rulebook's parameter `working_week`), less the public
holidays, Midsummer Eve and Christmas Eve. The checker adds that parameter as the last argument.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from ktt_policy.expr.functions.registry import builtin
from ktt_policy.expr.values import UndefinedError

WEEKS = {"monday-friday": 5, "monday-saturday": 6}
DEFAULT_WEEK = "monday-friday"
WORKING_WEEK = "working_week"  # the parameter
COUNTING = ("is working day", "working days between", "add working days")  # what takes it where no week is given
FARTHEST = 10_000


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    month, day = divmod(d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=512)
def days_off(year: int) -> frozenset[date]:
    """Public holidays of Finland, with Midsummer Eve and Christmas Eve, Sundays among them or not."""
    sunday = easter(year)
    midsummer_eve = _weekday_from(date(year, 6, 19), 4)
    return frozenset(
        (
            date(year, 1, 1), date(year, 1, 6), date(year, 5, 1), date(year, 12, 6),
            date(year, 12, 24), date(year, 12, 25), date(year, 12, 26),
            sunday - timedelta(days=2), sunday, sunday + timedelta(days=1),
            sunday + timedelta(days=39), sunday + timedelta(days=49),
            midsummer_eve, midsummer_eve + timedelta(days=1),
            _weekday_from(date(year, 10, 31), 5),
        )
    )  # fmt: skip


def _weekday_from(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


@builtin(
    "is working day", "date: date, working week?: string -> boolean", partial=True, extension=True,
    fi="Tosi arkipäivälle.", en="True for a working day.", example=('is working day(@"2026-06-19")', "false"),
)  # fmt: skip
def is_working_day(day: date, week: str = DEFAULT_WEEK) -> bool:
    if week not in WEEKS:
        raise UndefinedError("not a working week")
    return day.weekday() < WEEKS[week] and day not in days_off(day.year)


@builtin(
    "working days between", "from: date, to: date, working week?: string -> number", partial=True, extension=True,
    fi="Arkipäivät alkupäivän jälkeen loppupäivään asti, loppupäivä mukaan lukien.",
    en="The working days after the first date up to and including the second.",
    example=('working days between(@"2026-04-02", @"2026-04-07")', "1"),
)  # fmt: skip
def working_days_between(start: date, end: date, week: str = DEFAULT_WEEK) -> Decimal:
    if end < start:
        back: Decimal = working_days_between(end, start, week)
        return -back
    if (end - start).days > FARTHEST:
        raise UndefinedError("too many days")
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return Decimal(sum(is_working_day(day, week) for day in days))


@builtin(
    "add working days", "date: date, n: number, working week?: string -> date", partial=True, extension=True,
    fi="Päivä, joka on n arkipäivää annetun päivän jälkeen (alkupäivää ei lasketa).",
    en="The day that is n working days after a date (the first day does not count).",
    example=('add working days(@"2026-09-01", 10)', "2026-09-15"),
)  # fmt: skip
def add_working_days(day: date, n: Decimal, week: str = DEFAULT_WEEK) -> date:
    if n != int(n) or abs(n) > FARTHEST:
        raise UndefinedError("not a number of days")
    left, step = abs(int(n)), timedelta(days=1 if n > 0 else -1)
    while left:
        day += step
        left -= is_working_day(day, week)
    return day
