"""Functions of dates, times and durations (FEEL), and of weeks and months (ours)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ktt_policy.expr.functions.registry import builtin
from ktt_policy.expr.literals import read_date, read_date_and_time, read_days, read_months, read_time
from ktt_policy.expr.values import UndefinedError, YearsMonths, add_months, days_in_month

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def _known(value: Any, code: str) -> Any:
    if value is None:
        raise UndefinedError(code)
    return value


@builtin(
    "date", "from: string -> date", "from: date and time -> date", "from: date -> date",
    "year: number, month: number, day: number -> date", partial=True,
    fi="Päivä tekstistä, aikaleimasta tai luvuista.", en="A date from text, a date and time, or numbers.",
    example=("date(2026, 1, 31)", "2026-01-31"),
)  # fmt: skip
def date_(*parts: Any) -> date:
    first = parts[0]
    if isinstance(first, str):
        return _known(read_date(first), "not a date")  # type: ignore[no-any-return]
    if isinstance(first, datetime):
        return first.date()
    if isinstance(first, date):
        return first
    if any(n != int(n) for n in parts):
        raise UndefinedError("not a date")
    try:
        return date(*(int(n) for n in parts))
    except ValueError:
        raise UndefinedError("not a date") from None


@builtin(
    "time", "from: string -> time", "from: date and time -> time", "from: time -> time",
    "hour: number, minute: number, second: number -> time", partial=True,
    fi="Kellonaika tekstistä, aikaleimasta tai luvuista.", en="A time from text, a date and time, or numbers.",
    example=('time("09:30:00")', "09:30:00"),
)  # fmt: skip
def time_(*parts: Any) -> time:
    first = parts[0]
    if isinstance(first, str):
        return _known(read_time(first), "not a time")  # type: ignore[no-any-return]
    if isinstance(first, datetime):
        return first.timetz()
    if isinstance(first, time):
        return first
    if any(n != int(n) for n in parts):
        raise UndefinedError("not a time")
    try:
        hour, minute, second = (int(n) for n in parts)
        return time(hour, minute, second)
    except ValueError:
        raise UndefinedError("not a time") from None


@builtin(
    "date and time", "date: date, time: time -> date and time",
    "date: date and time, time: time -> date and time", "from: string -> date and time", partial=True,
    fi="Aikaleima tekstistä tai päivästä ja kellonajasta.", en="A date and time from text, or from a date and a time.",
    example=('date and time(@"2026-01-31", @"09:30:00")', "2026-01-31T09:30:00"),
)  # fmt: skip
def date_and_time(*parts: Any) -> datetime:
    if len(parts) == 2:
        return datetime.combine(*parts)
    return _known(read_date_and_time(parts[0]), "not a date and time")  # type: ignore[no-any-return]


@builtin(
    "duration", "from: string -> days and time duration", partial=True, literals=(0,),
    fi="Kesto tekstistä (ISO 8601).", en="A duration from text (ISO 8601).", example=('duration("PT4H")', "PT4H"),
)  # fmt: skip
def duration(text: str) -> Any:
    months = read_months(text)
    return months if months is not None else _known(read_days(text), "not a duration")


@builtin(
    "years and months duration", "from: date, to: date -> years and months duration",
    "from: date and time, to: date and time -> years and months duration",
    fi="Täydet kuukaudet päivien tai aikaleimojen välissä.",
    en="The whole months between two dates, or dates and times.",
    example=('years and months duration(@"2026-01-15", @"2027-03-14")', "P1Y1M"),
)  # fmt: skip
def years_and_months_duration(start: date, end: date) -> YearsMonths:
    if end < start:
        return YearsMonths(-years_and_months_duration(end, start).months)
    months = (end.year - start.year) * 12 + end.month - start.month
    # In one and the same month, the days and times of day are left to compare.
    return YearsMonths(months - (end.replace(year=1, month=1) < start.replace(year=1, month=1)))


@builtin(
    "day of week", "date: date -> string", "date: date and time -> string",
    fi="Viikonpäivän englanninkielinen nimi.", en="The name of the weekday, in English.",
    example=('day of week(@"2026-01-01")', "Thursday"),
)  # fmt: skip
def day_of_week(day: date) -> str:
    return DAYS[day.weekday()]


@builtin(
    "day of year", "date: date -> number", "date: date and time -> number",
    fi="Päivän järjestysnumero vuodessa.", en="The number of the day in its year.",
    example=('day of year(@"2026-02-01")', "32"),
)  # fmt: skip
def day_of_year(day: date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@builtin(
    "month of year", "date: date -> string", "date: date and time -> string",
    fi="Kuukauden englanninkielinen nimi.", en="The name of the month, in English.",
    example=('month of year(@"2026-02-01")', "February"),
)  # fmt: skip
def month_of_year(day: date) -> str:
    return MONTHS[day.month - 1]


@builtin(
    "week of year", "date: date -> number", "date: date and time -> number",
    fi="ISO-viikon numero.", en="The number of the ISO week.", example=('week of year(@"2027-01-01")', "53"),
)  # fmt: skip
def week_of_year(day: date) -> Decimal:
    return Decimal(day.isocalendar()[1])


class _IsoWeeks(dict[date, str]):
    """Memo of ISO weeks by date: a run sees few dates, many times."""

    def __missing__(self, day: date) -> str:
        year, week, _ = day.isocalendar()
        text = self[day] = f"{year:04d}-W{week:02d}"
        return text


class _YearMonths(dict[date, str]):
    def __missing__(self, day: date) -> str:
        text = self[day] = f"{day.year:04d}-{day.month:02d}"
        return text


ISO_WEEKS = _IsoWeeks()
YEAR_MONTHS = _YearMonths()


@builtin(
    "iso week", "date: date -> string", extension=True,
    fi='Päivän ISO-viikko, maanantaista sunnuntaihin: "2026-W07".',
    en='The ISO week of a date, Monday to Sunday: "2026-W07".',
    example=('iso week(@"2027-01-01")', "2026-W53"),
)  # fmt: skip
def iso_week(day: date) -> str:
    return ISO_WEEKS[day]


@builtin(
    "year month", "date: date -> string", extension=True,
    fi='Päivän kalenterikuukausi: "2026-02".', en='The calendar month of a date: "2026-02".',
    example=('year month(@"2026-02-28")', "2026-02"),
)  # fmt: skip
def year_month(day: date) -> str:
    return YEAR_MONTHS[day]


@builtin(
    "period end", "start: date, duration: years and months duration -> date", partial=True, extension=True,
    fi="Kuukausissa annetun jakson viimeinen päivä: samannumeroista päivää edeltävä päivä, tai kuukauden viimeinen,"
    " jos sellaista päivää ei ole (laki 150/1930, 3 §).",
    en="The last day of a period of months: the day before the day of the same number, or the month's last day"
    " where it has no such day (Act 150/1930, section 3).",
    example=('period end(@"2026-10-31", @"P4M")', "2027-02-28"),
)  # fmt: skip
def period_end(start: date, length: YearsMonths) -> date:
    if length.months < 1:
        raise UndefinedError("not a period")
    try:
        same = add_months(start, length.months)
    except ValueError:
        raise UndefinedError("not a date") from None
    return same if same.day < start.day else same - timedelta(days=1)


@builtin(
    "full months", "from: date, to: date -> list<string>", extension=True,
    fi="Kalenterikuukaudet, jotka ovat kokonaan päivien välissä (molemmat mukaan lukien).",
    en="The calendar months that lie wholly between two dates, both included.",
    example=('full months(@"2026-01-15", @"2026-03-31")', '["2026-02", "2026-03"]'),
)  # fmt: skip
def full_months(start: date, end: date) -> list[str]:
    # Months are counted from the year 0, as there may be no day behind the last one.
    first = start.year * 12 + start.month - 1 + (start.day > 1)
    behind = end.year * 12 + end.month - 1 + (end.day == days_in_month(end.year, end.month))
    return [YEAR_MONTHS[date(n // 12, n % 12 + 1, 1)] for n in range(first, behind)]


@builtin(
    "full weeks", "from: date, to: date -> list<string>", extension=True,
    fi="ISO-viikot, jotka ovat kokonaan päivien välissä (molemmat mukaan lukien).",
    en="The ISO weeks that lie wholly between two dates, both included.",
    example=('full weeks(@"2026-02-04", @"2026-02-22")', '["2026-W07", "2026-W08"]'),
)  # fmt: skip
def full_weeks(start: date, end: date) -> list[str]:
    monday = start.toordinal() + -start.weekday() % 7
    return [ISO_WEEKS[date.fromordinal(n)] for n in range(monday, end.toordinal() - 5, 7)]


@builtin(
    "age on", "birth date: date, date: date, leap day: string -> number", partial=True, extension=True,
    fi='Ikä täysinä vuosina annettuna päivänä. Karkauspäivänä syntynyt täyttää vuosia tavallisena vuonna päivänä'
    ' `leap day`: "02-28" tai "03-01".',
    en='The age in whole years on a date. A person born on 29 February grows older in common years on `leap day`:'
    ' "02-28" or "03-01".',
    example=('age on(@"2008-02-29", @"2026-02-28", "02-28")', "18"),
)  # fmt: skip
def age_on(birth: date, day: date, leap_day: str) -> Decimal:
    if leap_day not in ("02-28", "03-01"):
        raise UndefinedError("not a leap day")
    if day < birth:
        raise UndefinedError("not born yet")
    month, number = birth.month, birth.day
    if (month, number) == (2, 29) and days_in_month(day.year, 2) == 28:
        month, number = (2, 28) if leap_day == "02-28" else (3, 1)
    return Decimal(day.year - birth.year - ((day.month, day.day) < (month, number)))


@builtin(
    "birth date", "identity code: string -> date", partial=True, extension=True,
    fi="Syntymäaika suomalaisesta henkilötunnuksesta.", en="The birth date in a Finnish personal identity code.",
    example=('birth date("010190-900P")', "1990-01-01"),
)  # fmt: skip
def birth_date(code: str) -> date:
    from stdnum.exceptions import ValidationError
    from stdnum.fi import hetu

    try:
        compact = hetu.validate(code, allow_temporary=True)
    except ValidationError:
        raise UndefinedError("not an identity code") from None
    century = {"+": 1800}.get(compact[6], 2000 if compact[6] in "ABCDEF" else 1900)
    return date(century + int(compact[4:6]), int(compact[2:4]), int(compact[0:2]))
