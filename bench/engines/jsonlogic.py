"""JSONLogic in Rust (`datalogic-py`): all twelve rules in one template, whose keys are the rules.

It reads the JSON text itself and formats ISO weeks, so nothing is derived in Python. It has neither names
for values nor an index: the invoice is bound by a `map` over a list of one, a line's voucher is searched
for among all of them, and `group_by` scans its groups, all quadratic. Numbers are IEEE doubles; amounts are
compared in whole cents.
"""

from typing import Any

import orjson
from datalogic_py import Engine, Rule, Session

from bench.rules import CEILINGS, GROUP_DAYS, HOURS_LIMIT, WORK_DAYS, Violation

PACKAGE = "datalogic-py"
session: Session
program: Rule

Logic = Any
LINES: Logic = {"var": "lines"}


def var(name: str) -> Logic:
    return {"var": name}


def of_type(name: str, documents: Logic) -> Logic:
    return {"filter": [documents, {"==": [var("document_type"), name]}]}


def cents(value: Logic) -> Logic:
    return {"floor": {"+": [{"*": [value, 100]}, 0.5]}}


def total(items: Logic, field: str) -> Logic:
    return {"+": {"map": [items, var(field)]}}


def lines_where(condition: Logic) -> Logic:
    return {"map": [{"filter": [LINES, condition]}, var("line_id")]}


def groups(condition: Logic, key: list[Logic], broken: Logic, lines: Logic = LINES) -> Logic:
    """The keys of the groups of lines for which `broken` holds; their lines are `items`."""
    grouped = {"group_by": [lines if condition is True else {"filter": [lines, condition]}, {"cat": key}]}
    return {"map": [{"filter": [grouped, broken]}, var("key")]}


def ceiling() -> Logic:
    """The ceiling by date, the latest first, then by service."""
    branches: list[Logic] = []
    for start in sorted({start for steps in CEILINGS.values() for start, _ in steps}, reverse=True):
        table = [[service, float(dict(steps)[start])] for service, steps in CEILINGS.items()]
        branches += [{">=": [var("service_date"), start]}, {"switch": [var("service_type"), table]}]
    return {"if": [*branches, 0]}


# Within the lines' `filter`, two steps lead from a line to the invoice, two more to the list that binds it.
DOCUMENTS: Logic = {"val": [[4]]}
# The invoice is among the documents too, but has no voucher_id.
OWN_VOUCHER: Logic = {"==": [var("voucher_id"), {"val": [[2], "voucher_id"]}]}
WEEK: Logic = {"format_date": [{"parse_date": [var("service_date"), "yyyy-MM-dd"]}, "%G-W%V"]}
DELIVERED: Logic = {"==": [var("event"), "delivered"]}
DAYS: Logic = {"length": {"distinct": {"map": [var("items"), var("service_date")]}}}

RULES: dict[str, Logic] = {
    "1": lines_where({"!=": [cents({"*": [var("quantity"), var("unit_price")]}), cents(var("amount"))]}),
    "2": {"if": [{"!=": [cents(total(LINES, "amount")), cents(var("total"))]}, [""], []]},
    "3": lines_where({"none": [DOCUMENTS, OWN_VOUCHER]}),
    "4": lines_where(
        {
            "some": [
                DOCUMENTS,
                {
                    "and": [
                        OWN_VOUCHER,
                        {"!": {"<=": [var("valid_from"), {"val": [[2], "service_date"]}, var("valid_to")]}},
                    ]
                },
            ]
        }
    ),
    "5": lines_where(
        {
            "!": {
                "<=": [
                    {"val": [[2], "period", "starts"]},
                    var("service_date"),
                    {"val": [[2], "period", "ends"]},
                ]
            }
        }
    ),
    "6": groups(
        {"==": [var("service_type"), "individual_coaching"]},
        [var("voucher_id")],
        {">": [total(var("items"), "quantity"), HOURS_LIMIT]},
    ),
    "7": groups(
        {"and": [{"==": [var("service_type"), "group_coaching"]}, DELIVERED]},
        [var("client_ref"), "|", WEEK],
        {">": [DAYS, GROUP_DAYS]},
    ),
    "8": groups(
        {"and": [{"in": [var("service_type"), ["assessment", "work_ability"]]}, DELIVERED]},
        [var("client_ref"), "|", var("service_type"), "|", WEEK],
        {">": [DAYS, WORK_DAYS]},
    ),
    "9": groups(
        {"in": [var("event"), ["cancelled_same_day_by_client", "no_show"]]},
        [var("voucher_id"), "|", {"substr": [var("service_date"), 0, 7]}],
        {">": [total(var("items"), "amount"), {"max": {"map": [var("items"), var("unit_price")]}}]},
    ),
    "10": lines_where({">": [var("unit_price"), ceiling()]}),
    "11": {
        "map": [
            {
                "filter": [
                    of_type("voucher", {"val": [[2]]}),
                    {
                        "!=": [
                            cents({"*": [var("granted_units"), var("unit_price")]}),
                            cents(var("total_value")),
                        ]
                    },
                ]
            },
            var("voucher_id"),
        ]
    },
    # In two steps, by client and then by day, since `group_by` compares every line with every group.
    "12": {
        "reduce": [
            {"group_by": [{"filter": [LINES, {">": [var("quantity"), 0]}]}, var("client_ref")]},
            {
                "merge": [
                    var("accumulator"),
                    groups(
                        True,
                        [var("client_ref"), "|", var("service_type"), "|", var("service_date")],
                        {">": [{"length": var("items")}, 1]},
                        lines=var("current.items"),
                    ),
                ]
            },
            [],
        ]
    },
}


def prepare() -> None:
    global session, program
    engine = Engine(templating=True)
    session = engine.session()
    program = engine.compile({"map": [of_type("invoice", var("")), RULES]})


def judge(raw: bytes) -> set[Violation]:
    [found] = orjson.loads(session.evaluate_str(program, raw.decode()))
    return {(int(rule), key) for rule, keys in found.items() for key in keys}
