"""`explain`: what a rule says, and why it came out as it did."""

from __future__ import annotations

import json
import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main
from tests import small

ROOT = Path(__file__).parents[2]
CONFORMING = ROOT / "fixtures/conforming"
VOUCHER = CONFORMING / "vouchers/assessment.json"
MISSED = ROOT / "fixtures/violating/I502-two-missed-visits.json"
ON = ("--on", "2026-11-24")


def explain(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["explain", *(str(a) for a in arguments)])


def test_a_rule_is_told_in_both_languages() -> None:
    finnish, english = explain("I502", *ON), explain("I502", "--lang", "en", *ON)
    assert finnish.exit_code == english.exit_code == 0
    for said in ("Kohdat:\n  5.m3: ", "tulkinta: ", "1.1.2026 alkaen (voimassa)", "Lukee:\n  invoice.lines.amount\n"):
        assert said in finnish.output
    for said in (
        "for_each: line in invoice.lines\n",
        "require: billed - rounding <= most\n",
        "missed_units_a_month = 1 (since",
    ):
        assert said in english.output


def test_items_without_a_place_are_told_apart_by_what_they_are() -> None:
    verdicts = json.loads(explain("V309", "--document", VOUCHER, "--format", "json", *ON).output)["verdicts"]
    items = [verdict["parts"][0] for verdict in verdicts]
    assert {item["name"] for item in items} == {"for_each.full_month"}
    assert [item["step"]["value"] for item in items] == ["2026-03", "2026-04"]


def test_a_clause_is_told_with_its_rules() -> None:
    output = explain("5.m3", "--lang", "en", *ON).output
    assert output.startswith("5.m3: Billing of delivered and missed visits\n")
    assert "  Rules: I311, I501, I502" in output
    assert "\nI502 one-missed-visit-a-month: " in output


def test_severity_and_status_are_said_in_the_language() -> None:
    assert "\nvakavuus: varoitus\n" in explain("V503", *ON).output
    assert "\nseverity: warning\n" in explain("V503", "--lang", "en", *ON).output
    assert "\n  käsittely: määritelmä\n" in explain("5", *ON).output
    assert "\n  status: definition\n" in explain("5", "--lang", "en", *ON).output


def test_the_fields_that_a_rule_reads_are_those_of_its_documents() -> None:
    """Through iterators, `let`, `related` and filters, each field once, and no record on the way to one."""
    data = json.loads(explain("I608", "--format", "json", *ON).output)
    assert data["rules"][0]["in_force"]["reads"] == [
        "invoice.lines.service_date", "invoice.lines.unit_price", "invoice.lines.voucher_id", "voucher.unit_price",
    ]  # fmt: skip
    reads = json.loads(explain("V204", "--format", "json", *ON).output)["rules"][0]["in_force"]["reads"]
    assert {"voucher.reports.type", "voucher.reports.returned_on", "voucher.valid_from"} <= set(reads)
    assert "voucher.contract" not in reads


def test_why_it_is_violated() -> None:
    output = explain("I502", "--document", MISSED, "--lang", "en", *ON).output
    assert "/2/lines/1: violated (version from 2026-01-01, reference date 2026-02-03)" in output
    assert 'group: voucher_id = "PS-2026-0004", month = "2026-02"' in output
    lines = [line.strip() for line in output.split("\n")]
    for said in (
        "billed - rounding <= most = false",
        "sum(group.amount) = 131.50",
        "parameters.missed_units_a_month = 1 (since 2026-01-01)",
    ):
        assert said in lines


def test_in_finnish_days_are_written_in_one_way() -> None:
    output = explain("I502", "--document", MISSED, *ON).output
    assert "/2/lines/1: rikkomus (versio 1.1.2026 alkaen, viitepäivä 3.2.2026)" in output
    assert "parameters.missed_units_a_month = 1 (alkaen 1.1.2026)" in output


def test_a_rule_that_is_repealed_goes_by_its_last_title(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(ROOT / "fixtures/rulebooks/kuulasmaa-kotipalvelu", folder)
    (folder / "invoice/L302-shortest-visit/2027-01-01.yaml").write_text("clauses: [3.m2]\nrepealed: true\n", "utf-8")
    output = explain("L302", "--rulebook", folder, "--on", "2027-02-01", "--lang", "en").output
    assert output.startswith("L302 shortest-visit: A visit billed by the hour lasts an hour at least, in full quarters")
    assert "no version in force" in output


def test_why_it_did_not_apply_or_is_undecided() -> None:
    path = CONFORMING / "invoices/2026-02.json"
    output = explain("I303", "--document", path, "--lang", "en", *ON).output
    assert "/lines/0: not applicable" in output
    assert 'line.service_type = "individual_coaching" = false' in output
    output = explain("I603", "--document", path, "--lang", "en", *ON).output
    assert "/lines/0: undecided: not given: voucher PS-2026-0003" in output
    assert "/lines/0: passed" in explain("I603", "--document", path, "--context", VOUCHER, "--lang", "en", *ON).output


def test_the_tree_as_data_is_exact() -> None:
    result = explain("V601", "--document", VOUCHER, "--format", "json", *ON)
    data = json.loads(result.output, parse_float=Decimal)
    (verdict,) = data["verdicts"]
    assert (verdict["code"], verdict["outcome"], verdict["pointer"]) == ("V601", "passed", "")
    require = {part["name"]: part["step"] for part in verdict["parts"]}["require"]
    assert require["value"] is True
    total, right = require["children"]
    assert (total["text"], total["value"]) == ("voucher.total_value", Decimal("3372.00"))
    assert right["children"][0]["text"] == "round half up(voucher.granted_units * voucher.unit_price, 2)"


def test_parts_are_as_exact_as_the_verdict(tmp_path: Path) -> None:
    """34 digits, where Python has 28 of its own."""
    least = f"0.{'0' * 29}1"
    rule = small.RULE.replace("line.quantity <= parameters.limit", f"(invoice.total + {least}) = invoice.total")
    folder = small.write(tmp_path, {"invoice/I901-quantity/2026-01-01.yaml": rule})
    path = CONFORMING / "invoices/2026-02.json"
    output = explain("I901", "--document", path, "--rulebook", folder, "--lang", "en", *ON).output
    assert "/lines/0: violated" in output
    assert f"(invoice.total + {least}) = invoice.total = false" in output
    assert "000000001\n" in output.partition(f"invoice.total + {least} = ")[2]


def test_sensitive_values_are_not_shown(tmp_path: Path) -> None:
    tree = json.loads(VOUCHER.read_text("utf-8"))
    tree["client"]["birth_date"] = "1987-03-21"
    path = tmp_path / "voucher.json"
    path.write_text(json.dumps(tree), "utf-8")
    for code in ("V101", "1.m1"):
        for form in ("text", "json"):
            output = explain(code, "--document", path, "--format", form, *ON).output
            assert "1987-03-21" not in output
            assert "•••" in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("I50",), "did you mean `I508`?"),
        (("S000", "--document", VOUCHER), "it has no conditions to explain"),
        (("I502", "--document", "no-such-file.json"), "error[E101]"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], said: str) -> None:
    result = explain(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_code_of_the_checker_s_own_is_explained() -> None:
    assert explain("S001", "--lang", "en").output == (
        "S001 one-document-a-key: A key belongs to one document of its kind\n"
        "Why: When several documents have one key, nothing can rest on any of them.\n"
    )
    (rule,) = json.loads(explain("S000", "--format", "json").output)["rules"]
    assert (rule["code"], rule["title"]["fi"]) == ("S000", "Asiakirja noudattaa skeemaansa")


def test_an_unreadable_document_is_not_said_to_be_of_no_concern() -> None:
    result = CliRunner().invoke(main, ["explain", "I601", "--document", "nowhere.json", "--lang", "en"])
    assert result.exit_code == 2
    assert "E101" in result.stderr
    assert "concern" not in result.stdout


def test_a_file_whose_name_is_no_text_is_explained(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.json"
    Path(os.fsdecode(path)).write_bytes(MISSED.read_bytes())
    found = explain("I502", "--document", os.fsdecode(path), "--format", "json", *ON)
    assert found.exit_code == 0, found.output
    assert json.loads(found.output)["verdicts"]


def test_it_tells_which_clause_holds_when_and_how_far_groups_reach() -> None:
    output = explain("I305", "--lang", "en", *ON).output
    assert (
        "  4.2.3.k5: Individual coaching as part of the assessment\n    when: list contains(work.service_type" in output
    )
    assert "\nscope: run\n" in output
    data = json.loads(explain("I305", "--format", "json", *ON).output)
    version = data["rules"][0]["in_force"]
    assert version["scope"] == "run"
    assert set(version["clauses_when"]) == {"4.2.3.k5", "4.2.4.k5"}
    assert "scope" not in explain("I601", *ON).output


def test_a_sensitive_condition_is_told_masked_and_gone_by(tmp_path: Path) -> None:
    overlay = '{"x-extends": "invoice", "properties": {"vip": {"type": "boolean", "x-sensitive": true}}}'
    rule = small.RULE.replace("for_each: line in invoice.lines\ndate: line.service_date\n", "when: invoice.vip\n")
    rule = rule.replace("line.quantity", "invoice.total")
    files = {"schemas/invoice.schema.json": overlay, "invoice/I901-quantity/2026-01-01.yaml": rule}
    folder, document = small.write(tmp_path, files), tmp_path / "invoice.json"
    text = (ROOT / "fixtures/conforming/invoices/2026-02.json").read_text("utf-8")
    document.write_text(text.replace('"document_type"', '"vip": true, "document_type"', 1), "utf-8")
    arguments = ["explain", "I901", "--document", str(document), "--rulebook", str(folder), "--lang", "en"]
    output = CliRunner().invoke(main, [*arguments, "--on", "2026-11-24"]).output
    assert 'when\n      invoice.vip = "•••"' in output
    assert "require\n      invoice.total <= parameters.limit = false" in output
