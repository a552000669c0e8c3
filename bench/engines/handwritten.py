"""Hand-written Python: orjson, `Decimal(str(x))`, dates compared as ISO text, one pass over the lines.

This is the yardstick: what a programmer would write for these twelve rules alone, without a rule language.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson

from bench.rules import CEILINGS, GROUP_DAYS, HOURS_LIMIT, WORK_DAYS, Violation, week_of

PACKAGE = "orjson"
CENT = Decimal("0.01")
ZERO = Decimal(0)
MISSES = frozenset({"cancelled_same_day_by_client", "no_show"})
# Latest first, so that the first date not after the service date is the one in force.
TABLE: dict[str, list[tuple[str, Decimal]]] = {
    service: [(start, Decimal(amount)) for start, amount in reversed(steps)] for service, steps in CEILINGS.items()
}


def prepare() -> None:
    """Nothing to compile."""


def judge(raw: bytes) -> set[Violation]:
    vouchers: dict[str, dict[str, Any]] = {}
    invoices: list[dict[str, Any]] = []
    found: set[Violation] = set()
    for document in orjson.loads(raw):
        if document["document_type"] == "voucher":
            vouchers[document["voucher_id"]] = document
            price = Decimal(str(document["unit_price"]))
            value = (Decimal(str(document["granted_units"])) * price).quantize(CENT, ROUND_HALF_UP)
            if value != Decimal(str(document["total_value"])):
                found.add((11, document["voucher_id"]))
        elif document["document_type"] == "invoice":
            invoices.append(document)
    for invoice in invoices:
        judge_invoice(invoice, vouchers, found)
    return found


def judge_invoice(invoice: dict[str, Any], vouchers: dict[str, dict[str, Any]], found: set[Violation]) -> None:
    starts, ends = invoice["period"]["starts"], invoice["period"]["ends"]
    total = ZERO
    hours: dict[str, Decimal] = defaultdict(lambda: ZERO)
    group_days: dict[tuple[str, str], set[str]] = defaultdict(set)
    work_days: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    misses: dict[tuple[str, str], list[tuple[Decimal, Decimal]]] = defaultdict(list)
    billed: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in invoice["lines"]:
        line_id, voucher_id, client = line["line_id"], line["voucher_id"], line["client_ref"]
        service, day, event = line["service_type"], line["service_date"], line["event"]
        quantity = Decimal(str(line["quantity"]))
        price = Decimal(str(line["unit_price"]))
        amount = Decimal(str(line["amount"]))
        if (quantity * price).quantize(CENT, ROUND_HALF_UP) != amount:
            found.add((1, line_id))
        total += amount
        voucher = vouchers.get(voucher_id)
        if voucher is None:
            found.add((3, line_id))
        elif not voucher["valid_from"] <= day <= voucher["valid_to"]:
            found.add((4, line_id))
        if not starts <= day <= ends:
            found.add((5, line_id))
        if service == "individual_coaching":
            hours[voucher_id] += quantity
        elif event == "delivered":
            if service == "group_coaching":
                group_days[client, week_of(day)].add(day)
            else:
                work_days[client, service, week_of(day)].add(day)
        if event in MISSES:
            misses[voucher_id, day[:7]].append((amount, price))
        for start, ceiling in TABLE[service]:
            if start <= day:
                if price > ceiling:
                    found.add((10, line_id))
                break
        if quantity:
            billed[client, service, day] += 1
    if total != Decimal(str(invoice["total"])):
        found.add((2, ""))
    found.update((6, voucher_id) for voucher_id, billed_hours in hours.items() if billed_hours > HOURS_LIMIT)
    found.update((7, "|".join(key)) for key, days in group_days.items() if len(days) > GROUP_DAYS)
    found.update((8, "|".join(key)) for key, days in work_days.items() if len(days) > WORK_DAYS)
    for key, visits in misses.items():
        if sum(amount for amount, _ in visits) > max(price for _, price in visits):
            found.add((9, "|".join(key)))
    found.update((12, "|".join(key)) for key, times in billed.items() if times > 1)
