"""Which version applies: the day of each item decides."""

from __future__ import annotations

import copy
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ktt_policy import Rulebook
from ktt_policy.reporters.json_ import encode
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load()


def invoice() -> Any:
    path = FIXTURES / "conforming/invoices/2026-02.json"
    tree = parse(decode(path.read_bytes(), str(path)))
    tree["lines"] = tree["lines"][:2]
    return tree


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize(("day", "undecided"), [("2025-12-31", 1), ("2026-01-01", 0), ("2026-01-02", 0)])
def test_a_line_before_the_first_edition_is_undecided(book: Rulebook, day: str, undecided: int, compiled: bool) -> None:
    tree = invoice()
    tree["lines"][0]["service_date"] = day
    report = book.check([tree], date(2026, 11, 24), select=["I601"], compiled=compiled)
    assert report.counts["I601"] == {
        "passed": 2 - undecided,
        "violated": 0,
        "not applicable": 0,
        "undecided": undecided,
    }
    for finding in report.findings:
        assert finding.reason is not None
        assert finding.reason["en"] == "no edition in force on 2025-12-31"


@pytest.mark.parametrize("compiled", [True, False])
def test_parameters_are_those_of_the_lines_day(book: Rulebook, compiled: bool) -> None:
    tree = invoice()
    for line, day in zip(tree["lines"], ("2026-03-31", "2026-04-01"), strict=True):
        line.update(service_date=day, unit_price=Decimal("75"), service_type="assessment")
    ceilings = {"ceilings": {"2024-01-01": {"assessment": 70}, "2026-04-01": {"assessment": 75}}}
    report = book.check([tree], date(2026, 11, 24), parameters=ceilings, select=["I611"], compiled=compiled)
    assert [f.place.pointer for f in report.findings] == ["/lines/0/unit_price"]
    used = report.findings[0].parameters[0]
    assert (used.name, used.start) == ("ceilings", date(2024, 1, 1))


def test_the_same_content_twice_is_a_duplicate_but_not_as_context(book: Rulebook) -> None:
    tree = invoice()
    twice = book.check([tree, copy.deepcopy(tree)], date(2026, 11, 24), select=["I601"])
    assert [f.code for f in twice.findings] == ["S001"]
    context = book.check([tree], date(2026, 11, 24), context=[copy.deepcopy(tree)], select=["I601"])
    assert context.findings == []


@pytest.mark.parametrize("compiled", [True, False])
def test_each_provider_numbers_its_own_invoices(book: Rulebook, compiled: bool) -> None:
    tree, others, broken = (copy.deepcopy(invoice()) for _ in range(3))
    others["provider"]["business_id"] = "9012351-3"
    del broken["provider"]["business_id"]
    report = book.check([tree, others], date(2026, 11, 24), select=["I601"], compiled=compiled)
    assert report.findings == []
    report = book.check([tree, others, copy.deepcopy(others)], date(2026, 11, 24), select=["I601"], compiled=compiled)
    assert [(f.code, f.document, len(f.related)) for f in report.findings] == [("S001", 2, 1)]
    report = book.check([tree, broken, copy.deepcopy(broken)], date(2026, 11, 24), select=["I601"], compiled=compiled)
    assert [f.code for f in report.findings] == ["S000", "S000", "S001"]


def test_a_time_stands_for_its_day_and_no_file_is_read_twice(book: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(encode(invoice()), "utf-8")
    other = {**invoice(), "invoice_number": "another"}
    report = book.check([path, other, path], datetime(2026, 11, 24, 23, 59), select=["I601"])
    assert report.on == date(2026, 11, 24)
    assert [d.key for d in report.documents] == [invoice()["invoice_number"], "another"]
    assert report.findings == []


def test_no_document_at_all_is_not_a_document_that_conforms(book: Rulebook) -> None:
    report = book.check([])
    assert (report.exit_code(), [p.code for p in report.problems]) == (2, ["E108"])
