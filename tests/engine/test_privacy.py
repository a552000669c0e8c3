"""What is marked sensitive is read in no finding, not even through a `let`; what follows from it may be."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy import Rulebook
from ktt_policy.cli import main
from ktt_policy.reporters import render_report

ROOT = Path(__file__).parents[2]
RULE = """\
title: {fi: Otsikko, en: Title}
clauses: [1.m1]
severity: error
date: voucher.valid_from
let:
  born: voucher.client.birth_date
  told: '"born " + string(born)'
  age: age on(born, voucher.valid_from, "03-01")
require: age > 200 and born > @"2020-01-01" and told = "x"
message:
  fi: "{born} {told} {voucher.client.personal_identity_code} {age}"
  en: "{born} {told} {voucher.client.personal_identity_code} {age}"
at: voucher.client.birth_date
explanation: {fi: Syy, en: Reason}
"""


@pytest.mark.parametrize("compiled", [True, False])
def test_sensitive_values_show_nowhere(tmp_path: Path, compiled: bool) -> None:
    folder = tmp_path / "policies/book"
    shutil.copytree(ROOT / "policies/pohjois-savo-ktt", folder)
    rule = folder / "voucher/V901-leaks"
    rule.mkdir()
    (rule / "2026-01-01.yaml").write_text(RULE, "utf-8")
    path = ROOT / "fixtures/conforming/vouchers/assessment.json"
    report = Rulebook.load(folder).check([path], date(2026, 11, 24), select=["V901"], compiled=compiled)
    assert [f.message["en"] for f in report.findings] == ["••• ••• ••• 34"]
    for name in ("text", "json"):
        for lang in ("fi", "en"):
            shown = render_report(report, name, lang, 1)
            assert not [secret for secret in ("1991-04-13", "13.4.1991", "130491") if secret in shown]
            assert "34" in shown


GROUPED = """\
title: {fi: Otsikko, en: Title}
clauses: [1.m1]
severity: error
date: voucher.valid_from
group_by:
  born: voucher.client.birth_date
  measure: voucher.unit
having: count(group) > 0
require: count(group[item.unit = measure]) > 1
message: {fi: Viesti, en: Message}
explanation: {fi: Syy, en: Reason}
"""


def test_an_explanation_masks_group_keys_and_the_identifiers_of_records(tmp_path: Path) -> None:
    folder = tmp_path / "policies/book"
    shutil.copytree(ROOT / "policies/pohjois-savo-ktt", folder)
    (folder / "voucher/V901-leaks").mkdir()
    (folder / "voucher/V901-leaks/2026-01-01.yaml").write_text(GROUPED, "utf-8")
    (folder / "schemas").mkdir()
    marked = {"x-extends": "voucher", "properties": {"voucher_id": {"x-sensitive": True}}}
    (folder / "schemas/voucher.schema.json").write_text(json.dumps(marked), "utf-8")
    path = ROOT / "fixtures/conforming/vouchers/assessment.json"
    command = ["explain", "V901", "--document", str(path), "--rulebook", str(folder), "--on", "2026-11-24"]
    shown = CliRunner().invoke(main, [*command, "--lang", "en"]).output
    assert 'group: born = "•••", measure = "day"' in shown
    assert 'group = [{voucher_id: "•••"}]' in shown
    whole = shown + CliRunner().invoke(main, [*command, "--format", "json"]).output
    assert not [secret for secret in ("1991-04-13", "PS-2026-0003") if secret in whole]
