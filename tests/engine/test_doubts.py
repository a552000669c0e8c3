"""An item that cannot be placed leaves the groups undecided that it may be in, however it is judged."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ktt_policy import Report, Rulebook, api
from ktt_policy.engine import shares
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode
from tests import small
from tests.engine.test_shares import told

FIXTURES = Path(__file__).parents[2] / "fixtures"
ON = date(2026, 11, 24)
GROUPED = small.RULE.replace(
    "require: line.quantity <= parameters.limit",
    "group_by:\n  voucher_id: line.voucher_id\nrequire: sum(group.quantity) <= parameters.limit",
).replace("line.quantity", "sum(group.quantity)")


def invoice(number: str, *lines: dict[str, Any]) -> dict[str, Any]:
    path = FIXTURES / "conforming/invoices/2026-02.json"
    tree: dict[str, Any] = parse(decode(path.read_bytes(), str(path)))
    base = tree["lines"][8]
    made = [{**base, "line_id": str(i), "voucher_id": "V1", **line} for i, line in enumerate(lines)]
    return {**tree, "invoice_number": number, "lines": [{k: v for k, v in x.items() if v != "-"} for x in made]}


def quantity(number: int, **more: Any) -> dict[str, Any]:
    return {"quantity": Decimal(number), **more}


LINES = "lines"
TABLE = [
    # scope, documents, context documents, outcomes of items and groups
    ("document", [[quantity(20), quantity(11, service_date="x")]], [], {"undecided": 2}),
    ("document", [[quantity(20), quantity(11, service_date="x", voucher_id="V2")]], [], {"passed": 1, "undecided": 1}),
    ("document", [[quantity(20), quantity(1, voucher_id="-")]], [], {"undecided": 2}),
    ("document", [[quantity(31), quantity(1, voucher_id="-")]], [], {"violated": 1, "undecided": 1}),
    ("document", [[quantity(20)], [quantity(1, voucher_id="-")]], [], {"passed": 1, "undecided": 1}),
    ("run", [[quantity(20)], [quantity(1, voucher_id="-")]], [], {"undecided": 2}),
    ("run", [[quantity(20)], [quantity(11, service_date="x")]], [], {"undecided": 2}),
    ("run", [[quantity(20)]], [[quantity(1)]], {"passed": 1}),
    ("run", [[quantity(20)]], [[quantity(11)]], {"violated": 1}),
    ("run", [[quantity(20)]], [[quantity(1, service_date="x")]], {"undecided": 1}),
    ("run", [[quantity(20)]], [[quantity(1, service_date="x", voucher_id="V2")]], {"passed": 1}),
    ("run", [[quantity(20)]], [[quantity(1, voucher_id="-")]], {"undecided": 1}),
    ("run", [[quantity(20)]], [LINES], {"undecided": 1}),
    ("run", [[quantity(31)]], [LINES], {"violated": 1}),
    ("document", [[quantity(20)]], [LINES], {"passed": 1}),
]


def made(number: str, lines: Any) -> dict[str, Any]:
    return {**invoice(number), "lines": "x"} if lines == LINES else invoice(number, *lines)


@pytest.mark.parametrize(("scope", "documents", "context", "expected"), TABLE)
def test_a_group_that_may_have_more_items_does_not_pass(
    tmp_path: Path, scope: str, documents: list[Any], context: list[Any], expected: dict[str, int]
) -> None:
    rule = GROUPED.replace("require:", f"scope: {scope}\nrequire:")
    book = Rulebook.load(small.write(tmp_path, {"invoice/I901-quantity/2026-01-01.yaml": rule}))
    given = [made(f"A{i}", lines) for i, lines in enumerate(documents)]
    behind = [made(f"B{i}", lines) for i, lines in enumerate(context)]
    for compiled in (False, True):
        report = book.check(given, ON, context=behind, compiled=compiled, select=["I901"])
        assert {k: n for k, n in report.counts["I901"].items() if n} == expected, compiled
        assert report.exit_code() != 0 or expected == {"passed": 1}


def report_of(jobs: int, files: list[Path], context: list[Path]) -> Report:
    return Rulebook.load().check(files, ON, context=context, compiled=None if jobs else True, jobs=jobs or 1)


@pytest.mark.parametrize("field", ["lines", "voucher_id", "service_date"])
def test_shares_know_of_what_another_cannot_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    """One context invoice is broken: the groups of the run that it may belong to are undecided in every share."""
    broken = json.loads((FIXTURES / "conforming/invoices/2026-03.json").read_text("utf-8"))
    broken["invoice_number"] = "broken"
    if field == "lines":
        broken["lines"] = "x"
    else:
        broken["lines"] = [{**broken["lines"][0], field: 5}]
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken), "utf-8")
    files = sorted((FIXTURES / "conforming").rglob("*.json"))
    one = report_of(0, files, [path])
    monkeypatch.setattr(api, "WORTH_SHARING", 0)
    monkeypatch.setattr(shares, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(shares, "SHARE", 25_000)
    several = report_of(2, files, [path])
    assert told(one) == told(several)
    assert one.counts["I606"]["undecided"] > 0
    assert [note.kind for note in one.notes] == ["broken context"]
    assert one.exit_code() != 0


ABSENCES = """\
title: {{fi: Poissaoloja on vähän, en: There are few absences}}
clauses: [6.m1]
severity: error
for_each: absence in voucher.absences
date: absence.ends
group_by:
  voucher_id: voucher.voucher_id
require: count(group) <= {most}
message: {{fi: Liikaa., en: Too many.}}
explanation: {{fi: Syy, en: Reason}}
"""


def test_an_item_without_a_date_may_be_of_any_version(tmp_path: Path) -> None:
    """Whichever version the document's own day leads to."""
    folder = "voucher/V902-absences"
    files = {f"{folder}/{day}.yaml": ABSENCES.format(most=n) for n, day in enumerate(("2026-01-01", "2026-06-01"), 1)}
    book = Rulebook.load(small.write(tmp_path, files))
    path = FIXTURES / "conforming/vouchers/individual-coaching.json"
    tree = parse(decode(path.read_bytes(), str(path)))
    for days in (("2026-03-02", None), ("2026-07-02", None)):
        tree["absences"] = [{"starts": "2026-02-10", "ends": day, "reason": "sickness"} for day in days]
        for compiled in (False, True):
            counts = book.check([tree], ON, compiled=compiled, select=["V902"]).counts["V902"]
            assert {k: n for k, n in counts.items() if n} == {"undecided": 2}, (days, compiled)


def test_items_and_groups_that_are_undecided_for_one_reason_are_one_finding(tmp_path: Path) -> None:
    """An item without its date leaves its group undecided, to which a line of another document belongs."""
    rule = GROUPED.replace("require:", "scope: run\nrequire:")
    book = Rulebook.load(small.write(tmp_path, {"invoice/I901-quantity/2026-01-01.yaml": rule}))
    given = [invoice("A", quantity(1, service_date="-")), invoice("B", quantity(1)), invoice("C", quantity(1))]
    given[2]["lines"][0]["voucher_id"] = "V2"
    report = book.check(given, ON, select=["I901"])
    (finding,) = [f for f in report.findings if f.code == "I901"]
    assert (finding.outcome, finding.count) == ("undecided", 2)
    assert [(report.documents[p.document].key, p.count) for p in finding.parts] == [("A", 1), ("B", 1)]
    assert finding.reason is not None
    assert finding.reason["en"] == "not stated: line.service_date"
