"""Where a finding stands, by what its rule's `at` names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ktt_policy import Rulebook
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode
from tests import small

FIXTURES = Path(__file__).parents[2] / "fixtures"
RULE = """\
title: {{fi: Ei ilmoituksia, en: No notices}}
clauses: [6.m2]
severity: error
let:
  late: voucher.notices[item.case_worker_notified_on > item.occurred_on]
  told: for n in late return n.case_worker_notified_on
require: count(late) = 0 and count(told) = 0
message:
  fi: "Setelillä {{voucher.voucher_id}} on {{count(late)}} myöhäistä ilmoitusta."
  en: "There are {{count(late)}} late notices on voucher {{voucher.voucher_id}}."
at: {at}
explanation: {{fi: Syy, en: Reason}}
"""
NOTICES = [
    {"subject": "change", "occurred_on": "2026-03-01", "case_worker_notified_on": "2026-03-02"},
    {"subject": "change", "occurred_on": "2026-03-01", "case_worker_notified_on": "2026-03-01"},
    {"subject": "damage", "occurred_on": "2026-03-05", "case_worker_notified_on": "2026-03-09"},
]
TOLD = "case_worker_notified_on"


@pytest.mark.parametrize(
    ("at", "places"),
    [
        ("voucher.notices", ["/notices"]),
        ("late", ["/notices/0", "/notices/2"]),
        (f"late.{TOLD}", [f"/notices/0/{TOLD}", f"/notices/2/{TOLD}"]),
        (f'late[subject = "damage"].{TOLD}', [f"/notices/2/{TOLD}"]),
        ("voucher.notices[occurred_on = @\"2026-03-05\"]", ["/notices/2"]),
        ("voucher.notices.subject", [f"/notices/{n}/subject" for n in range(3)]),
        ("if count(late) > 1 then late else voucher.notices", ["/notices/0", "/notices/2"]),
        ('[voucher.valid_to, late[subject = "damage"]]', ["/valid_to", "/notices/2"]),
        # What chooses none leaves the document itself.
        ('late[subject = "interruption"]', [""]),
    ],
)  # fmt: skip
def test_the_place_is_what_at_names(tmp_path: Path, at: str, places: list[str]) -> None:
    folder = small.write(tmp_path, {"voucher/V909-notices/2026-01-01.yaml": RULE.format(at=f"'{at}'")})
    path = FIXTURES / "conforming/vouchers/assessment.json"
    tree = parse(decode(path.read_bytes(), str(path)))
    tree["notices"] = NOTICES
    for compiled in (True, False):
        report = Rulebook.load(folder).check([tree], date(2026, 11, 24), select=["V909"], compiled=compiled)
        (finding,) = report.findings
        assert [place.pointer for place in (finding.place, *finding.related)] == places
