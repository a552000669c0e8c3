"""What is marked sensitive is read in no finding, not even through a `let`; what follows from it may be."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy import Rulebook, api
from ktt_policy.cli import main
from ktt_policy.reporters import render_report
from tests import small

ROOT = Path(__file__).parents[2]
VOUCHER = ROOT / "fixtures/conforming/vouchers/assessment.json"
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


def with_rule(folder: Path, text: str) -> Path:
    """The shipped rulebook with a rule V901 beside its own."""
    book = folder / "policies/book"
    shutil.copytree(ROOT / "policies/pohjois-savo-ktt", book)
    (book / "voucher/V901-leaks").mkdir()
    (book / "voucher/V901-leaks/2026-01-01.yaml").write_text(text, "utf-8")
    return book


# What loses the name of a sensitive field on the way.
NAMELESS = [
    "string(voucher.client)", 'get value(voucher.client, "birth_date")', "get entries(voucher.client)",
    "for e in get entries(voucher.client) return string(e.value)", "{born: voucher.client.birth_date}",
]  # fmt: skip


@pytest.mark.parametrize("expression", NAMELESS)
def test_sensitive_values_show_under_no_other_name(tmp_path: Path, expression: str) -> None:
    text = RULE.replace("born: voucher.client.birth_date", f"born: '{expression}'")
    leave_out = ('  age: age on(born, voucher.valid_from, "03-01")\n', " {age}", "{born} ", "age > 200 and born > ")
    for old in (*leave_out, '@"2020-01-01" and '):
        text = text.replace(old, "")
    folder = with_rule(tmp_path, text)
    report = Rulebook.load(folder).check([VOUCHER], date(2026, 11, 24), select=["V901"])
    (finding,) = report.findings
    assert finding.values["told"] == "•••"
    shown = render_report(report, "json", "en", 1)
    assert not [secret for secret in ("1991-04-13", "13.4.1991", "130491") if secret in shown]
    done = CliRunner().invoke(main, ["eval", "--rulebook", str(folder), "--context", str(VOUCHER), expression])
    assert done.output == '"•••"\n'


@pytest.mark.parametrize("compiled", [True, False])
def test_sensitive_values_show_nowhere(tmp_path: Path, compiled: bool) -> None:
    folder = with_rule(tmp_path, RULE)
    report = Rulebook.load(folder).check([VOUCHER], date(2026, 11, 24), select=["V901"], compiled=compiled)
    assert [f.message["en"] for f in report.findings] == ["••• ••• ••• 34"]
    for name in ("text", "json"):
        for lang in ("fi", "en"):
            shown = render_report(report, name, lang, 1)
            assert not [secret for secret in ("1991-04-13", "13.4.1991", "130491") if secret in shown]
            assert "34" in shown


def test_a_report_of_the_api_prints_no_text_of_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.pretty import pretty_repr

    monkeypatch.setattr(api, "WORTH_SHARING", 0)
    book = Rulebook.load()
    for report in (book.check([VOUCHER], cases=True), book.check([VOUCHER], jobs=2)):
        render_report(report, "text", "fi", 1)  # finds the lines
        for told in (repr(report), repr(report.findings), pretty_repr(report)):
            assert "DocumentEntry(" in told or "Place(" in told
            assert not [secret for secret in ("1991-04-13", "130491") if secret in told]


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
    folder = with_rule(tmp_path, GROUPED)
    (folder / "schemas").mkdir()
    marked = {"x-extends": "voucher", "properties": {"voucher_id": {"x-sensitive": True}}}
    (folder / "schemas/voucher.schema.json").write_text(json.dumps(marked), "utf-8")
    command = ["explain", "V901", "--document", str(VOUCHER), "--rulebook", str(folder), "--on", "2026-11-24"]
    shown = CliRunner().invoke(main, [*command, "--lang", "en"]).output
    assert 'group: born = "•••", measure = "day"' in shown
    assert 'group = [{voucher_id: "•••"}]' in shown
    whole = shown + CliRunner().invoke(main, [*command, "--format", "json"]).output
    assert not [secret for secret in ("1991-04-13", "PS-2026-0003") if secret in whole]


BOUND = """\
title: {fi: Otsikko, en: Title}
clauses: [1.m1]
severity: error
date: voucher.valid_from
group_by:
  born: voucher.client.birth_date
having: some v in group satisfies (CONDITION)
require: born > today
message: {fi: "{born}", en: "{born}"}
explanation: {fi: Syy, en: Reason}
"""


@pytest.mark.parametrize(
    "condition",
    [
        "not(late(v.client.birth_date))",
        "some d in [v.client.birth_date] satisfies d < today",
        "count([v.client.birth_date][string(item) != null]) > 0",
        'not(v.client.birth_date in (@"2020-01-01", @"2020-01-02"))',
        "count(for a in [v.client.birth_date], b in [a] return string(b)) > 0",
    ],
)
def test_a_variable_shows_no_more_than_what_it_stands_for(tmp_path: Path, condition: str) -> None:
    folder = with_rule(tmp_path, BOUND.replace("CONDITION", condition))
    with (folder / "definitions.yaml").open("a", encoding="utf-8") as definitions:
        definitions.write("  late:\n    title: {fi: x, en: x}\n    arguments: {d: date}\n    expression: d > today\n")
    options = ["--rulebook", str(folder), "--on", "2026-11-24", "--lang", "en"]
    found = CliRunner().invoke(main, ["check", str(VOUCHER), "--select", "V901", *options]).output
    assert "V901 error: •••\n" in found
    shown = CliRunner().invoke(main, ["explain", "V901", "--document", str(VOUCHER), *options]).output
    assert 'born = "•••"' in shown
    assert "    require\n" in shown
    assert "1991-04-13" not in found + shown


PAY = """\
title: {fi: Otsikko, en: Title}
clauses: [6.m1]
severity: error
let:
  pay: invoice.pay
require: invoice.pay <= 10 and pay <= 10 and get value(invoice, "pay") <= 10 and invoice.pay * 2 <= 20
message:
  fi: '{invoice.pay} {pay} {get value(invoice, "pay")} {invoice.pay * 2}'
  en: '{invoice.pay} {pay} {get value(invoice, "pay")} {invoice.pay * 2}'
explanation: {fi: Syy, en: Reason}
"""
OVERLAY = '{"x-extends": "invoice", "properties": {"pay": {"type": "number", "x-sensitive": true}}}'


def test_a_number_that_is_sensitive_itself_is_not_told(tmp_path: Path) -> None:
    folder = small.write(tmp_path, {"schemas/invoice.schema.json": OVERLAY, "invoice/I902-pay/2026-01-01.yaml": PAY})
    text = (ROOT / "fixtures/conforming/invoices/2026-02.json").read_text("utf-8")
    path = tmp_path / "invoice.json"
    path.write_text(text.replace('"document_type"', '"pay": 4321, "document_type"', 1), "utf-8")
    (finding,) = Rulebook.load(folder).check([path], date(2026, 11, 24), select=["I902"]).findings
    assert finding.message["en"] == "••• ••• ••• 8642"  # what is computed from it may be told
    assert "4321" not in str(finding.values)
    shown = CliRunner().invoke(main, ["eval", "invoice.pay", "--rulebook", str(folder), "--context", str(path)]).output
    assert shown == '"•••"\n'


def test_a_schema_fault_names_no_person(tmp_path: Path) -> None:
    tree = json.loads(VOUCHER.read_text("utf-8")) | {"010190-900P": True}
    path = tmp_path / "voucher.json"
    path.write_text(json.dumps(tree), "utf-8")
    faults = [f for f in Rulebook.load().check([path], date(2026, 11, 24)).findings if f.code == "S000"]
    assert [f.message["en"] for f in faults] == ["unknown field `•••`"]


SECRET = """{"x-extends": "invoice", "$defs": {"pname": {"type": "string", "maxLength": 3}}, "properties": {
    "pname": {"$ref": "#/$defs/pname", "x-sensitive": true},
    "plist": {"type": "array", "items": {"type": "string", "format": "date"}, "x-sensitive": true},
    "who": {"type": "object", "properties": {"first": {"type": "number"}}, "unevaluatedProperties": false,
            "x-sensitive": true}
}}"""


@pytest.mark.parametrize(
    "field",
    [
        '"pname": "SECRET"',
        '"plist": ["SECRET"]',
        '"who": {"first": "SECRET"}',
        '"who": {"SECRET": 1}',
        '"who": "SECRET"',
    ],
)
def test_a_schema_fault_shows_nothing_of_what_is_sensitive(tmp_path: Path, field: str) -> None:
    book = Rulebook.load(small.write(tmp_path, {"schemas/invoice.schema.json": SECRET}))
    text = (ROOT / "fixtures/conforming/invoices/2026-02.json").read_text("utf-8")
    raw = text.replace('"document_type"', f'{field}, "document_type"', 1).encode()
    (fault,) = [f for f in book.check([raw], date(2026, 11, 24)).findings if f.code == "S000"]
    assert "SECRET" not in str(fault.message)
    assert "•••" in fault.message["en"]
