"""The reporters: JSON keeps its published schema, text tells what the report says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ktt_policy import Report, Rulebook
from ktt_policy.expr.values import Reason
from ktt_policy.reasons import reason_text
from ktt_policy.reporters import render_report

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/report.schema.json").read_text("utf-8")))
ON = date(2026, 11, 24)


def report_of(name: str, tmp_path: Path) -> Report:
    book = Rulebook.load()
    if name == "broken file":
        (tmp_path / "x.json").write_text("{")
        return book.check([tmp_path / "x.json"], ON)
    return book.check([FIXTURES / name], ON)


NAMES = [
    "conforming", "violating/I601-line-amount.json", "violating/S000-unknown-field.json",
    "violating/S001-two-with-one-key.json", "broken file",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["fi", "en"])
def test_json_keeps_its_schema_and_text_tells_the_same(name: str, lang: str, tmp_path: Path) -> None:
    report = report_of(name, tmp_path)
    code = report.exit_code()
    data = json.loads(render_report(report, "json", lang, code))
    assert [e.message for e in SCHEMA.iter_errors(data)] == []
    assert data["exit_code"] == code
    text = render_report(report, "text", lang, code)
    for finding in data["findings"]:
        assert finding["code"] in text
        assert finding["message"] in text


GOLDEN = """\
I601 error: Line 1: the amount is 92.26 €, but 1.5 × 61.50 € is 92.25 €. The difference is 0.01 €.
  --> fixtures/violating/I601-line-amount.json:419:19 /2/lines/0/amount
   418 |         "unit_price": 61.50,
   419 |         "amount": 92.26,
       |                   ^^^^^
   420 |         "starts_at": "09:00",
  document: invoice 2026-V
  clause pohjois-savo-ktt@2026-01-01 6.m1: Value of the voucher  https://ktt-policy.example/clauses/6.m1/
  values: right = 92.25; line.amount = 92.26

Service-specific rulebook for rehabilitative work of the Pohjois-Savo wellbeing services county (pohjois-savo-ktt), \
evaluation date 2026-11-24
rule  violated  undecided  passed
I601         1          0       1  A line's amount is quantity times unit price
3 documents read, 3 judged, 1 × provider, 1 × voucher, 1 × invoice
1 passed, 1 violated, 0 undecided, 0 not applicable
note: only chosen rules were checked: I601
Result: rules are violated (exit code 1)
"""


def test_a_finding_as_it_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = Rulebook.load().check(["fixtures/violating/I601-line-amount.json"], ON, select=["I601"])
    assert render_report(report, "text", "en", 1) == GOLDEN


@pytest.mark.parametrize(
    ("reason", "fi", "en"),
    [
        (
            Reason("no parameter", ("ceilings", "2026-01-01")),
            "parametrilla `ceilings` ei ole arvoa päivästä 1.1.2026 alkaen",
            "the parameter `ceilings` has no value from 2026-01-01 on",
        ),
        (
            Reason("no parameter", ("ceilings", "")),
            "parametrilla `ceilings` ei ole arvoa",
            "the parameter `ceilings` has no value",
        ),
        (
            Reason("no edition", ("2025-12-31",)),
            "mikään sääntökirjan painos ei ole voimassa 31.12.2025",
            "no edition in force on 2025-12-31",
        ),
    ],
)
def test_a_reason_tells_days_as_its_language_writes_them(reason: Reason, fi: str, en: str) -> None:
    assert (reason_text(reason, "fi"), reason_text(reason, "en")) == (fi, en)


def test_a_document_that_is_not_given_goes_by_its_finnish_title_in_finnish() -> None:
    report = Rulebook.load().check([FIXTURES / "conforming/invoices/2026-02.json"], ON)
    reasons = [f.reason for f in report.findings if f.subject.startswith("not given|voucher|PS-")]
    assert reasons
    for reason in reasons:
        assert reason is not None
        assert reason["fi"].startswith("asiakirjaa ei ole annettu: Palvelusetelin tiedot PS-")
        assert reason["en"].startswith("not given: voucher PS-")
