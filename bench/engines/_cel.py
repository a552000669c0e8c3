"""The rules in CEL: each expression lists the keys of its violations.

`SIMPLE` is for both runtimes. `GROUPS` needs no extension but `distinct`: nested loops over the groups.

`total` is a host function: CEL cannot fold a list. Amounts are compared in whole cents, as doubles must be.
"""

from bench.rules import CEILINGS, GROUP_DAYS, HOURS_LIMIT, WORK_DAYS

LINES = "invoice.lines"


def cents(value: str) -> str:
    return f"math.round({value} * 100.0)"


def product(quantity: str, price: str) -> str:
    return f"double({quantity}) * double({price})"


def groups(which: str, key: str, value: str, broken: str) -> tuple[str, str]:
    """The (key, value) pairs of the lines; the distinct keys of `pairs` for whose `values` `broken` holds."""
    pairs = f"{LINES}.filter(l, {which}).map(l, [{key}, {value}])"
    bound = broken.replace("values", "pairs.filter(p, p[0] == k).map(p, p[1])")
    return pairs, f"pairs.map(p, p[0]).distinct().filter(k, {bound})"


def ceiling() -> str:
    """The ceiling as a chain of conditions on the date, the latest first, over a literal map."""
    dates = sorted({start for steps in CEILINGS.values() for start, _ in steps}, reverse=True)
    text = "{}[l.service_type]"
    chain = ""
    for start in dates:
        table = ", ".join(f'"{service}": {dict(steps)[start]}' for service, steps in CEILINGS.items())
        chain += f'l.service_date >= "{start}" ? {text.format("{" + table + "}")} : '
    return f"({chain} 0.0)"


DELIVERED = 'l.event == "delivered"'
MISSED = 'l.event in ["cancelled_same_day_by_client", "no_show"]'
WORK = 'l.service_type in ["assessment", "work_ability"]'

SIMPLE: dict[int, str] = {
    1: f"{LINES}.filter(l, {cents(product('l.quantity', 'l.unit_price'))} != {cents('double(l.amount)')})"
    ".map(l, l.line_id)",
    2: f"{cents(f'total({LINES}.map(l, double(l.amount)))')} != {cents('double(invoice.total)')} ? [''] : []",
    3: f"{LINES}.filter(l, !(l.voucher_id in vouchers)).map(l, l.line_id)",
    4: f"{LINES}.filter(l, l.voucher_id in vouchers && (l.service_date < vouchers[l.voucher_id].valid_from"
    " || l.service_date > vouchers[l.voucher_id].valid_to)).map(l, l.line_id)",
    5: f"{LINES}.filter(l, l.service_date < invoice.period.starts || l.service_date > invoice.period.ends)"
    ".map(l, l.line_id)",
    10: f"{LINES}.filter(l, double(l.unit_price) > {ceiling()}).map(l, l.line_id)",
    11: "vouchers.map(v, v).filter(v, "
    + cents(product("vouchers[v].granted_units", "vouchers[v].unit_price"))
    + f" != {cents('double(vouchers[v].total_value)')})",
}

GROUPS: dict[int, tuple[str, str]] = {
    6: groups(
        'l.service_type == "individual_coaching"',
        "l.voucher_id",
        "double(l.quantity)",
        f"total(values) > {HOURS_LIMIT}.0",
    ),
    7: groups(
        f'l.service_type == "group_coaching" && {DELIVERED}',
        'l.client_ref + "|" + l.week',
        "l.service_date",
        f"values.distinct().size() > {GROUP_DAYS}",
    ),
    8: groups(
        f"{WORK} && {DELIVERED}",
        'l.client_ref + "|" + l.service_type + "|" + l.week',
        "l.service_date",
        f"values.distinct().size() > {WORK_DAYS}",
    ),
    9: groups(
        MISSED,
        'l.voucher_id + "|" + l.month',
        "l",
        "total(values.map(v, double(v.amount))) > math.greatest(values.map(v, double(v.unit_price)))",
    ),
    12: groups(
        "double(l.quantity) > 0.0",
        'l.client_ref + "|" + l.service_type + "|" + l.service_date',
        "l",
        "values.size() > 1",
    ),
}
