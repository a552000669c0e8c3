"""Rules that go by the order of a group's items, or by a related document as a whole: all ways of judging agree."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from ktt_policy import Report, Rulebook, api
from ktt_policy.engine import shares
from ktt_policy.report import Finding
from ktt_policy.reporters.json_ import encode
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode
from tests import small

CONFORMING = Path(__file__).parents[2] / "fixtures" / "conforming"
ON = date(2026, 11, 24)
ORDERED = """\
title: {fi: Kasvava, en: Rising}
clauses: [6.m1]
severity: error
for_each: line in invoice.lines
date: line.service_date
group_by:
  client: line.client_ref
scope: run
require: group[1].quantity <= group[-1].quantity
message: {fi: "{group[1].quantity} {group[-1].quantity}", en: "{group[1].quantity} {group[-1].quantity}"}
explanation: {fi: Syy, en: Reason}
"""
CHANGING = small.PARAMETER + "  2026-06-01:\n    value: 31\n    reference: here\n"


def invoice(number: str, ends: str, *lines: tuple[str, int]) -> Any:
    """An invoice of the month that ends then, of the first line of a conforming one with other days and quantities."""
    tree: Any = parse(decode((CONFORMING / "invoices/2026-02.json").read_bytes(), "invoice"))
    line = tree["lines"][0]
    tree |= {"invoice_number": number, "period": {"starts": f"{ends[:8]}01", "ends": ends}}
    tree["lines"] = [
        {**copy.deepcopy(line), "line_id": str(at), "service_date": day, "quantity": Decimal(quantity)}
        for at, (day, quantity) in enumerate(lines, 1)
    ]
    return tree


def told(report: Report) -> Any:
    code = next(iter(report.counts))
    return report.counts[code], [f.message["en"] for f in report.findings if f.code == code]


JUNE, MAY = "2026-06-30", "2026-05-31"
INVOICES = [
    invoice("A", JUNE, ("2026-06-10", 2)),
    invoice("B", MAY, ("2026-05-10", 3), ("2026-06-01", 1)),  # the second one is of another stretch of days
    invoice("C", JUNE, ("2026-06-11", 2), ("2026-05-20", 4)),
]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_items_stand_in_the_order_given(
    order: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "WORTH_SHARING", 0)
    monkeypatch.setattr(shares, "SHARE", 1)
    files = {"invoice/I901-quantity/2026-01-01.yaml": ORDERED, "parameters/limit.yaml": CHANGING}
    # Another rule reads the parameter, so that the loops of the days before it changes and after are not the same.
    files["invoice/I902-limit/2026-01-01.yaml"] = small.RULE
    book = Rulebook.load(small.write(tmp_path, files))
    paths = []
    for at in order:
        paths.append(tmp_path / f"{len(paths)}.json")
        paths[-1].write_text(encode(INVOICES[at]), "utf-8")
    quantities = [line["quantity"] for at in order for line in INVOICES[at]["lines"]]
    first, last = quantities[0], quantities[-1]
    expected = [] if first <= last else [f"{first} {last}"]
    for more in ({"compiled": False}, {"compiled": True}, {"jobs": 2}):
        counts, messages = told(book.check(paths, ON, select=["I901"], **more))  # type: ignore[arg-type]
        assert (counts["violated"], messages) == (len(expected), expected), more
    # Those before the last one are not judged: the items of a group stand where they were given all the same.
    mixed = [told(book.check(paths[-1:], ON, paths[:-1], select=["I901"], compiled=way)) for way in (False, True)]
    assert mixed[0] == mixed[1]


@pytest.mark.parametrize(
    "require",
    [
        'related("voucher", "one") = related("voucher", "two")',
        'related("voucher", "one") != related("voucher", "two")',
        'related("voucher", "one") instance of context',
        'related("voucher", "one") = null',
        'related("voucher", "one").unit_price > 0',
        'related("voucher", "one").unit = "day"',
    ],
)
def test_documents_that_broke_their_schemas_are_told_apart(tmp_path: Path, require: str) -> None:
    rule = small.RULE.replace("line.quantity <= parameters.limit", require)
    book = Rulebook.load(small.write(tmp_path, {"invoice/I901-quantity/2026-01-01.yaml": rule}))
    voucher: Any = parse(decode((CONFORMING / "vouchers/work-ability.json").read_bytes(), "voucher"))
    one, two = {**voucher, "voucher_id": "one", "unit": "month"}, {**voucher, "voucher_id": "two", "plan": None}
    ways = [told(book.check([INVOICES[0]], ON, [one, two], select=["I901"], compiled=way)) for way in (False, True)]
    assert ways[0] == ways[1]
    assert sum(ways[0][0].values()) == 1


@pytest.mark.parametrize(
    "require",
    [
        'count(all documents("invoice")[item.invoice_number = "N1"]) <= 1',
        'every i in all documents("invoice") satisfies i.invoice_number != "N1"',
        'not("N1" in all documents("invoice").invoice_number)',
        'not(list contains(all documents("invoice").invoice_number, "N1"))',
        'count(all documents("invoice")) = 1',
        'all documents("invoice") = all documents("invoice")',
    ],
)
@pytest.mark.parametrize("broken", [Decimal(5), None, "taken out"])
def test_documents_that_broke_their_schemas_are_among_all(tmp_path: Path, require: str, broken: Any) -> None:
    rule = small.VALUE.replace("voucher.unit_price > 0", f"'{require}'").replace("{voucher.unit_price}", "{today}")
    book = Rulebook.load(small.write(tmp_path, {"voucher/V901-price/2026-01-01.yaml": rule}))
    voucher = CONFORMING / "vouchers/work-ability.json"
    other = {**INVOICES[0], "invoice_number": broken}
    if broken == "taken out":
        del other["invoice_number"]
    for context, judged in (([other], []), ([], [other])):
        ways = [
            told(book.check([voucher, *judged], ON, context, select=["V901"], compiled=way)) for way in (False, True)
        ]
        assert ways[0] == ways[1]


def test_the_first_item_that_leaves_a_group_undecided_says_why(tmp_path: Path) -> None:
    """Though broken documents are judged after the sound ones."""
    book = Rulebook.load(small.write(tmp_path, {
        "invoice/I901-quantity/2026-01-01.yaml": ORDERED.replace("group_by", "when: line.remote\ngroup_by"),
    }))  # fmt: skip
    broken, sound = invoice("A", JUNE, ("2026-06-10", 2)), invoice("B", JUNE, ("2026-06-11", 2))
    broken["lines"][0]["remote"] = "x"
    del sound["lines"][0]["remote"]
    reports = [book.check([broken, sound], ON, compiled=compiled) for compiled in (False, True)]
    for report in reports:
        found = next(f for f in report.findings if f.outcome == "undecided")
        assert found.reason is not None
        assert "schema" in found.reason["en"]
    assert told(reports[0]) == told(reports[1])


def test_a_number_is_one_key_however_it_is_written(tmp_path: Path) -> None:
    rule = ORDERED.replace("client: line.client_ref", "quantity: line.quantity").replace("<= group[-1]", "> group[-1]")
    book = Rulebook.load(small.write(tmp_path, {"invoice/I901-quantity/2026-01-01.yaml": rule}))
    prints = set()
    for written in ("10", "10.0", "1e1"):
        tree = invoice("A", JUNE, ("2026-06-10", 1))
        tree["lines"][0]["quantity"] = Decimal(written)
        prints.update(f.fingerprint for f in book.check([tree], ON).findings)
    assert len(prints) == 1


@pytest.mark.parametrize("code", ["I606", "I302"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_group_over_the_run_stands_in_the_document_of_its_latest_item(
    code: str, jobs: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(api, "WORTH_SHARING", 0)
    monkeypatch.setattr(shares, "SHARE", 1)
    book = Rulebook.load()
    made = [
        invoice("C", "2026-02-28", ("2026-02-10", 1)),
        invoice("A", "2026-02-28", ("2026-02-11", 20), ("2026-02-02", 20)),  # the latest, whatever its number
        invoice("B", "2026-02-28", ("2026-02-09", 20)),
    ]
    for tree in made:
        (tmp_path / f"{tree['invoice_number']}.json").write_text(encode(tree), "utf-8")
    found = set()
    for order in permutations(sorted(tmp_path.iterdir())):
        report = book.check(order, ON, select=[code], jobs=jobs, compiled=jobs == 1 or None)
        found |= {(f.outcome, f.fingerprint, *documents_of(report, f)) for f in report.findings}
    assert found
    assert len(found) == 1


def documents_of(report: Report, finding: Finding) -> list[str]:
    """The keys of the documents that a finding is about."""
    return [report.documents[part.document].key for part in finding.parts] or [finding.document_key]


@pytest.mark.parametrize("code", ["I305", "I307", "I606", "I610"])
def test_the_reason_is_the_same_in_any_order(code: str) -> None:
    unstated, broken, sound = (invoice(number, "2026-02-28", ("2026-02-10", 1)) for number in "ABC")
    del unstated["lines"][0]["service_date"]
    broken["lines"][0]["service_date"] = "2026-02-31"
    found = set()
    for order in permutations((unstated, broken, sound)):
        for compiled in (True, False):
            report = Rulebook.load().check(list(order), ON, select=[code], compiled=compiled)
            found.add(frozenset((f.fingerprint, f.count) for f in report.findings if f.code == code))
    assert len(found) == 1
    assert found != {frozenset()}
