"""The Finnish calendar against a table of its own, and what the calendar's functions promise for any day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ktt_policy.expr.functions.calendar import (
    add_working_days,
    days_off,
    easter,
    is_working_day,
    working_days_between,
)
from ktt_policy.expr.functions.dates import age_on, full_months, full_weeks, period_end
from ktt_policy.expr.values import YearsMonths, add_months

# Easter Sunday, Ascension Day, Whit Sunday, Midsummer Eve, All Saints' Day: the days that move.
MOVING = {
    2020: ("04-12", "05-21", "05-31", "06-19", "10-31"),
    2021: ("04-04", "05-13", "05-23", "06-25", "11-06"),
    2022: ("04-17", "05-26", "06-05", "06-24", "11-05"),
    2023: ("04-09", "05-18", "05-28", "06-23", "11-04"),
    2024: ("03-31", "05-09", "05-19", "06-21", "11-02"),
    2025: ("04-20", "05-29", "06-08", "06-20", "11-01"),
    2026: ("04-05", "05-14", "05-24", "06-19", "10-31"),
    2027: ("03-28", "05-06", "05-16", "06-25", "11-06"),
    2028: ("04-16", "05-25", "06-04", "06-23", "11-04"),
    2029: ("04-01", "05-10", "05-20", "06-22", "11-03"),
    2030: ("04-21", "05-30", "06-09", "06-21", "11-02"),
}
FIXED = ("01-01", "01-06", "05-01", "12-06", "12-24", "12-25", "12-26")
# Good Friday and Easter Monday, written out.
AROUND_EASTER = {
    2020: ("04-10", "04-13"), 2021: ("04-02", "04-05"), 2022: ("04-15", "04-18"), 2023: ("04-07", "04-10"),
    2024: ("03-29", "04-01"), 2025: ("04-18", "04-21"), 2026: ("04-03", "04-06"), 2027: ("03-26", "03-29"),
    2028: ("04-14", "04-17"), 2029: ("03-30", "04-02"), 2030: ("04-19", "04-22"),
}  # fmt: skip
MIDSUMMER_DAY = {
    2020: "06-20", 2021: "06-26", 2022: "06-25", 2023: "06-24", 2024: "06-22", 2025: "06-21", 2026: "06-20",
    2027: "06-26", 2028: "06-24", 2029: "06-23", 2030: "06-22",
}  # fmt: skip


@pytest.mark.parametrize("year", MOVING)
def test_days_off(year: int) -> None:
    written = {*MOVING[year], *FIXED, *AROUND_EASTER[year], MIDSUMMER_DAY[year]}
    assert {day.strftime("%m-%d") for day in days_off(year)} == written
    assert all(day.year == year for day in days_off(year))


@pytest.mark.parametrize(
    ("year", "day"),
    [(1818, "03-22"), (1943, "04-25"), (1954, "04-18"), (1981, "04-19"), (2008, "03-23"), (2038, "04-25"),
     (2049, "04-18"), (2076, "04-19"), (2285, "03-22")],
)  # fmt: skip
def test_easter_at_its_edges(year: int, day: str) -> None:
    assert easter(year).isoformat() == f"{year}-{day}"


days = st.dates(date(2019, 1, 1), date(2031, 12, 31))
weeks = st.sampled_from(["monday-friday", "monday-saturday"])
profile = settings(max_examples=100, derandomize=True, database=None)


@profile
@given(days, st.integers(-40, 40), weeks)
def test_adding_and_counting_working_days_are_inverse(day: date, n: int, week: str) -> None:
    end = add_working_days(day, Decimal(n), week)
    # Backwards the days count from the later end, so the first day counts when it is one.
    same = Decimal(n) if n >= 0 else Decimal(n - is_working_day(day, week) + 1)
    assert working_days_between(day, end, week) == same
    assert n == 0 or is_working_day(end, week)


@profile
@given(days, days, weeks)
def test_working_days_between_is_antisymmetric(a: date, b: date, week: str) -> None:
    assert working_days_between(a, b, week) == -working_days_between(b, a, week)


@profile
@given(days, st.integers(1, 60))
def test_a_period_ends_before_the_next_begins(start: date, months: int) -> None:
    end = period_end(start, YearsMonths(months))
    following = end + timedelta(days=1)
    if start.day <= 28:
        assert following == add_months(start, months)
    else:
        assert following in (add_months(start, months), add_months(start, months) + timedelta(days=1))


@profile
@given(days, st.integers(0, 500))
def test_full_weeks_and_months_lie_between(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    for text in full_weeks(start, end):
        year, week = text.split("-W")
        assert start <= date.fromisocalendar(int(year), int(week), 1)
        assert date.fromisocalendar(int(year), int(week), 7) <= end
    assert length - 12 <= len(full_weeks(start, end)) * 7 <= length + 1
    for text in full_months(start, end):
        first = date.fromisoformat(text + "-01")
        assert start <= first
        assert add_months(first, 1) - timedelta(days=1) <= end


@profile
@given(days, days, st.sampled_from(["02-28", "03-01"]))
def test_age_grows_by_one_a_year(birth: date, day: date, leap_day: str) -> None:
    if day < birth:
        birth, day = day, birth
    later = add_months(day, 12)
    if (day.month, day.day) not in ((2, 28), (2, 29)):
        assert age_on(birth, later, leap_day) == age_on(birth, day, leap_day) + 1
