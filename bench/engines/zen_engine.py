"""GoRules ZEN (`zen-engine`, Rust): all twelve rules in one ZEN expression, an object of lists.

The engine counts in exact decimals and formats ISO weeks, so nothing is derived in Python; it takes the
JSON bytes as they are. Texts have no order in ZEN, so every date is parsed where it is compared. There is
no grouping function: groups are objects put together with `mergeDeep`, whose keys are distinct by nature.
"""

from typing import Any

import zen

from bench.rules import CEILINGS, GROUP_DAYS, HOURS_LIMIT, WORK_DAYS, Violation

PACKAGE = "zen-engine"
program: Any


def lines_where(condition: str) -> str:
    return f"map(filter(lines as l, {condition}) as l, l.line_id)"


def grouped(condition: str, key: str, member: str, value: str) -> str:
    """An object by group whose values are objects by member."""
    return f"mergeDeep(map(filter(lines as l, {condition}) as l, {{[{key}]: {{[{member}]: {value}}}}}))"


# The ceilings: an object by service for each date, the latest first (a literal cannot be indexed, so they have names).
STEPS = sorted({start for steps in CEILINGS.values() for start, _ in steps}, reverse=True)
TABLES = "\n".join(
    f"ceilings{at} = {{" + ", ".join(f"{service}: {dict(steps)[start]}" for service, steps in CEILINGS.items()) + "};"
    for at, start in enumerate(STEPS)
)
CEILING = " : ".join(
    f"date(l.service_date) >= date('{start}') ? ceilings{at}[l.service_type]" for at, start in enumerate(STEPS)
)
DELIVERED = "l.event == 'delivered'"
MISSED = "l.event in ['cancelled_same_day_by_client', 'no_show']"
WORK = "l.service_type in ['assessment', 'work_ability']"
WEEK = "d(l.service_date).format('%G-W%V')"

PROGRAM = f"""
{TABLES}
invoice = filter(documents as t, t.document_type == 'invoice')[0];
lines = invoice.lines;
vouchers = merge(map(filter(documents as t, t.document_type == 'voucher') as v, {{[v.voucher_id]: v}}));
starts = date(invoice.period.starts);
ends = date(invoice.period.ends);
hours = {grouped("l.service_type == 'individual_coaching'", "l.voucher_id", "l.line_id", "l.quantity")};
group = {
    grouped(
        f"l.service_type == 'group_coaching' and {DELIVERED}",
        f"l.client_ref + '|' + {WEEK}",
        "l.service_date",
        "1",
    )
};
work = {
    grouped(
        f"{WORK} and {DELIVERED}",
        f"l.client_ref + '|' + l.service_type + '|' + {WEEK}",
        "l.service_date",
        "1",
    )
};
missed = {grouped(MISSED, "l.voucher_id + '|' + d(l.service_date).format('%Y-%m')", "l.line_id", "l")};
billed = {grouped("l.quantity > 0", "l.client_ref + '|' + l.service_type + '|' + l.service_date", "l.line_id", "1")};
{{
  r1: {lines_where("round(l.quantity * l.unit_price, 2) != l.amount")},
  r2: sum(map(lines as l, l.amount)) != invoice.total ? [''] : [],
  r3: {lines_where("vouchers[l.voucher_id] == null")},
  r4: {
    lines_where(
        "vouchers[l.voucher_id] != null and (date(l.service_date) < date(vouchers[l.voucher_id].valid_from)"
        " or date(l.service_date) > date(vouchers[l.voucher_id].valid_to))"
    )
},
  r5: {lines_where("date(l.service_date) < starts or date(l.service_date) > ends")},
  r6: filter(keys(hours) as k, sum(values(hours[k])) > {HOURS_LIMIT}),
  r7: filter(keys(group) as k, len(keys(group[k])) > {GROUP_DAYS}),
  r8: filter(keys(work) as k, len(keys(work[k])) > {WORK_DAYS}),
  r9: filter(keys(missed) as k,
    sum(map(values(missed[k]) as v, v.amount)) > max(map(values(missed[k]) as v, v.unit_price))),
  r10: {lines_where(f"l.unit_price > ({CEILING} : 0)")},
  r11: filter(keys(vouchers) as k,
    round(vouchers[k].granted_units * vouchers[k].unit_price, 2) != vouchers[k].total_value),
  r12: filter(keys(billed) as k, len(keys(billed[k])) > 1)
}}
"""


def prepare() -> None:
    global program
    program = zen.compile_expression(PROGRAM)


def judge(raw: bytes) -> set[Violation]:
    return {
        (int(rule[1:]), key) for rule, keys in program.evaluate(b'{"documents":' + raw + b"}").items() for key in keys
    }
