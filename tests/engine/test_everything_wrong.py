"""Every rule of the shipped rulebook fires on the dossier in which everything is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ktt_policy import Report, Rulebook
from ktt_policy.cli.options import read_parameters

FIXTURES = Path(__file__).parents[2] / "fixtures"
ON = date(2026, 11, 24)
BOOK = Rulebook.load()
CODES = sorted(rule.code for rule in BOOK.data.rules)


@pytest.fixture(scope="module", params=["interpreted", "compiled"])
def report(request: pytest.FixtureRequest) -> Report:
    return BOOK.check(
        [FIXTURES / "everything-wrong"],
        ON,
        parameters=read_parameters(str(FIXTURES / "example-ceilings.yaml")),
        complete=True,
        compiled=request.param == "compiled",
    )


@pytest.mark.parametrize("code", CODES)
def test_each_rule_is_violated(report: Report, code: str) -> None:
    found = [f for f in report.findings if f.code == code and f.outcome == "violated"]
    assert found, f"{code} is violated nowhere in fixtures/everything-wrong"
    for finding in found:
        assert finding.place.span is not None
        assert all(finding.message[lang].strip() for lang in ("fi", "en"))


def test_the_documents_are_sound_and_nothing_is_undecided(report: Report) -> None:
    """What is wrong there is wrong by the rules, not by the schema and not for want of data."""
    assert not report.problems
    assert all(document.sound and document.judged for document in report.documents)
    assert {f.outcome for f in report.findings} == {"violated"}
    assert {f.code for f in report.findings} == set(CODES)
    assert report.exit_code() == 1
