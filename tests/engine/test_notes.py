"""What a report says beside its findings: what changes soon, and what nobody has looked at for long."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ktt_policy import Rulebook
from tests import small

INVOICE = Path(__file__).parents[2] / "fixtures/conforming/invoices/2026-02.json"
VERIFIED = "    reference: here\n    verified_on: 2026-01-10\n"
LATER = "  2026-09-01:\n    value: 20\n    reference: here\n"


def told(folder: Path, on: date, kind: str) -> list[str]:
    return [note.message["en"] for note in Rulebook.load(folder).check([INVOICE], on).notes if note.kind == kind]


@pytest.mark.parametrize(
    ("on", "is_told"),
    [(date(2026, 8, 1), False), (date(2026, 8, 2), True), (date(2026, 8, 31), True), (date(2026, 9, 1), False)],
)
def test_what_changes_within_thirty_days(tmp_path: Path, on: date, is_told: bool) -> None:
    files = {
        "invoice/I901-quantity/2026-09-01.yaml": small.RULE.replace("<=", "<"),
        "parameters/limit.yaml": small.PARAMETER + LATER,
    }
    expected = ["from 2026-09-01 this changes: I901, limit"] if is_told else []
    assert told(small.write(tmp_path, files), on, "upcoming") == expected


@pytest.mark.parametrize(("on", "is_told"), [(date(2027, 1, 10), False), (date(2027, 1, 11), True)])
def test_what_was_verified_more_than_a_year_ago(tmp_path: Path, on: date, is_told: bool) -> None:
    files = {"parameters/limit.yaml": small.PARAMETER.replace("    reference: here\n", VERIFIED)}
    expected = ["the parameter limit was last verified against its source on 2026-01-10"] if is_told else []
    assert told(small.write(tmp_path, files), on, "stale") == expected
