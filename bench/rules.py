"""What every engine judges: the twelve rules, their limits, and the form of a violation.

A case is one JSON array: vouchers, then the invoice that bills them. A violation is `(rule, key)`:

| rule | a violation when                                                                         | key                        |
| ---- | ---------------------------------------------------------------------------------------- | -------------------------- |
| 1    | line.amount differs from quantity * unit_price, rounded half up to the cent              | line_id                    |
| 2    | invoice.total differs from the sum of line.amount                                        | empty                      |
| 3    | no voucher of the case has the line's voucher_id                                         | line_id                    |
| 4    | service_date lies outside the voucher's valid_from..valid_to (no voucher: not judged)    | line_id                    |
| 5    | service_date lies outside invoice.period                                                 | line_id                    |
| 6    | individual_coaching: the quantities billed on a voucher exceed 30                        | voucher_id                 |
| 7    | group_coaching: more than 2 distinct delivered days by client and ISO week               | client_ref, week           |
| 8    | assessment, work_ability: more than 4 distinct delivered days by client, service, week   | client_ref, service, week  |
| 9    | missed visits: by voucher and month, their amounts exceed the highest unit_price of them | voucher_id, month          |
| 10   | unit_price exceeds the service's ceiling in force on service_date                        | line_id                    |
| 11   | voucher.total_value differs from granted_units * unit_price, rounded half up             | voucher_id                 |
| 12   | more than one line with quantity > 0 for one client, service and day                     | client_ref, service, date  |

Several parts of a key are joined by `|`; a week is `2026-W07`, a month `2026-02`, a date `2026-02-09`.
"""

from datetime import date
from functools import cache

Violation = tuple[int, str]

RULES: dict[int, str] = {
    1: "line arithmetic",
    2: "invoice total",
    3: "voucher exists",
    4: "within validity",
    5: "within period",
    6: "30 hours",
    7: "2 days a week",
    8: "4 days a week",
    9: "one missed visit a month",
    10: "ceiling by date",
    11: "voucher value",
    12: "duplicates",
}
# The rules that judge an amount: the half-cent sets hinge on them.
AMOUNT_RULES = frozenset({1, 2, 11})

HOURS_LIMIT = 30
GROUP_DAYS = 2
WORK_DAYS = 4

# Invented amounts: the real annex is not public. From each date on; texts, so that every engine reads them its own way.
CEILINGS: dict[str, list[tuple[str, str]]] = {
    "individual_coaching": [("2024-01-01", "62.00"), ("2026-04-01", "65.50")],
    "group_coaching": [("2024-01-01", "83.50"), ("2026-04-01", "88.00")],
    "assessment": [("2024-01-01", "71.40"), ("2026-04-01", "75.20")],
    "work_ability": [("2024-01-01", "66.80"), ("2026-04-01", "70.90")],
}


@cache
def week_of(day: str) -> str:
    """The ISO week of an ISO date; cached, since a year has few days and an invoice many lines."""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"
