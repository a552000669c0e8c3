"""`rule-engine` (Python): exact decimals by nature (its FLOAT is a Decimal), rules on objects, `filter` for
a rule on a line.

It has comprehensions, sets and `$sum`, but no ISO week, no names for values within a rule and no way to
build a mapping: each line gets its week, its month and its voucher from Python. A group rule is two rules:
the key and value of each line it concerns, then the distinct keys with those pairs again for each. Rounding
is written with floor division. Typed objects (its OBJECT type, here msgspec structs) spare it the copy that
it makes of every dict it touches.
"""

from decimal import Decimal
from typing import Any

import msgspec
import rule_engine
from rule_engine import Context, DataType, Rule

from bench.rules import CEILINGS, GROUP_DAYS, HOURS_LIMIT, WORK_DAYS, Violation, week_of

PACKAGE = "rule-engine"


class Voucher(msgspec.Struct, tag="voucher", tag_field="document_type"):
    voucher_id: str
    valid_from: str
    valid_to: str
    granted_units: Decimal
    unit_price: Decimal
    total_value: Decimal


class Period(msgspec.Struct):
    starts: str
    ends: str


class Line(msgspec.Struct):
    line_id: str
    voucher_id: str
    client_ref: str
    service_type: str
    service_date: str
    event: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    week: str = ""
    month: str = ""
    voucher: Voucher | None = None
    period: Period | None = None


class Invoice(msgspec.Struct, tag="invoice", tag_field="document_type"):
    period: Period
    lines: list[Line]
    total: Decimal


DECODE = msgspec.json.Decoder(list[Voucher | Invoice]).decode

DELIVERED = "event == 'delivered'"
MISSED = "event in ['cancelled_same_day_by_client', 'no_show']"


def half_up(product: str) -> str:
    return f"({product} * 100 + 0.5) // 1 / 100"


def ceiling() -> str:
    """The ceiling as a chain of conditions on the date, the latest first, over a literal mapping."""
    chain = "0"
    for start in sorted({start for steps in CEILINGS.values() for start, _ in steps}):
        table = ", ".join(f"'{service}': {dict(steps)[start]}" for service, steps in CEILINGS.items())
        chain = f"(service_date >= '{start}' ? {{{table}}}[service_type] : {chain})"
    return chain


ON_VOUCHERS = f"{half_up('granted_units * unit_price')} != total_value"
ON_INVOICE = "$sum([line.amount for line in lines]) != total"
ON_LINES: dict[int, str] = {
    1: f"{half_up('quantity * unit_price')} != amount",
    3: "voucher == null",
    # Its type checker wants an answer for a line without a voucher; that is rule 3's, so: never outside.
    4: "service_date < (voucher&.valid_from ?? '') or service_date > (voucher&.valid_to ?? '9999-12-31')",
    5: "service_date < period.starts or service_date > period.ends",
    10: f"unit_price > {ceiling()}",
}
# Which lines, the pair of key and value, and what a group's values must not be.
ON_GROUPS: dict[int, tuple[str, str, str]] = {
    6: ("service_type == 'individual_coaching'", "[voucher_id, quantity]", f"$sum(VALUES) > {HOURS_LIMIT}"),
    7: (
        f"service_type == 'group_coaching' and {DELIVERED}",
        "[client_ref + '|' + week, service_date]",
        f"VALUES.to_set.length > {GROUP_DAYS}",
    ),
    8: (
        f"service_type in ['assessment', 'work_ability'] and {DELIVERED}",
        "[client_ref + '|' + service_type + '|' + week, service_date]",
        f"VALUES.to_set.length > {WORK_DAYS}",
    ),
    9: (
        MISSED,
        "[voucher_id + '|' + month, [amount, unit_price]]",
        "$sum([v[0] for v in VALUES]) > $max([v[1] for v in VALUES])",
    ),
    12: (
        "quantity > 0",
        "[client_ref + '|' + service_type + '|' + service_date, line_id]",
        "VALUES.length > 1",
    ),
}
VALUES = "[p[1] for p in pairs if p[0] == k]"

on_vouchers: Any
on_invoice: Any
on_lines: dict[int, Any]
on_groups: dict[int, tuple[Any, Any, Any]]


def prepare() -> None:
    global on_vouchers, on_invoice, on_lines, on_groups
    text, number = DataType.STRING, DataType.FLOAT

    def attributes(struct: type[msgspec.Struct], **others: Any) -> dict[str, Any]:
        types = {field.name: number if field.type is Decimal else text for field in msgspec.structs.fields(struct)}
        return types | others

    voucher = attributes(Voucher)
    period = DataType.OBJECT("period", attributes=attributes(Period))
    nullable = DataType.NULLABLE(DataType.OBJECT("voucher", attributes=voucher))
    line = attributes(Line, voucher=nullable, period=period)
    lines = DataType.ARRAY(DataType.OBJECT("line", attributes=line))

    def compiler(types: dict[str, Any]) -> Any:
        resolver = rule_engine.type_resolver_from_dict(types)
        context = Context(resolver=rule_engine.resolve_attribute, type_resolver=resolver)
        return lambda source: Rule(source, context=context)

    on_vouchers = compiler(voucher)(ON_VOUCHERS)
    on_invoice = compiler(attributes(Invoice, period=period, lines=lines))(ON_INVOICE)
    on_line = compiler(line)
    on_lines = {rule: on_line(source) for rule, source in ON_LINES.items()}
    on_groups = {
        rule: (
            on_line(which),
            on_line(pair),
            Rule(f"[k for k in keys if {broken.replace('VALUES', VALUES)}]"),
        )
        for rule, (which, pair, broken) in ON_GROUPS.items()
    }


def judge(raw: bytes) -> set[Violation]:
    documents = DECODE(raw)
    vouchers = {document.voucher_id: document for document in documents if isinstance(document, Voucher)}
    [invoice] = [document for document in documents if isinstance(document, Invoice)]
    for line in invoice.lines:
        line.voucher, line.period = vouchers.get(line.voucher_id), invoice.period
        line.week, line.month = week_of(line.service_date), line.service_date[:7]
    found: set[Violation] = {(11, voucher.voucher_id) for voucher in on_vouchers.filter(vouchers.values())}
    if on_invoice.matches(invoice):
        found.add((2, ""))
    for rule, concerns in on_lines.items():
        found.update((rule, line.line_id) for line in concerns.filter(invoice.lines))
    for rule, (which, pair, broken) in on_groups.items():
        pairs = [pair.evaluate(line) for line in which.filter(invoice.lines)]
        keys = list(dict.fromkeys(key for key, _ in pairs))
        found.update((rule, key) for key in broken.evaluate({"pairs": pairs, "keys": keys}))
    return found
