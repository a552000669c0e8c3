"""Fingerprints stay over time; what a baseline knows passes, and nothing else does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ktt_policy import Report, Rulebook
from ktt_policy.baseline import apply_baseline, read_baseline
from ktt_policy.cli import main
from ktt_policy.reporters import FORMATS, render_report
from scenarios import HERE, ON
from tests import small

SEVERAL = HERE / "documents/several.json"


def check(*arguments: str | Path) -> Result:
    given = [str(a) for a in arguments]
    return CliRunner().invoke(
        main, ["check", "--on", str(ON), "--rulebook", str(HERE / "rulebook"), "--lang", "en", *given]
    )


def marks(path: Path, *rules: str, book: Path = HERE / "rulebook") -> list[str]:
    return [f.fingerprint for f in Rulebook.load(book).check([path], ON, select=rules or ["T101", "T103"]).findings]


def changed(tmp_path: Path, change: Callable[[Any], None], name: str = "x.json") -> Path:
    tree = json.loads(SEVERAL.read_text("utf-8"))
    change(tree)
    path = tmp_path / name
    path.write_text(json.dumps(tree, indent=7), "utf-8")
    return path


def another_line(tree: Any) -> None:
    tree["lines"].insert(0, {**tree["lines"][0], "line_id": "0", "amount": 92.25})


def test_a_fingerprint_stays_when_lines_move_and_others_come(tmp_path: Path) -> None:
    assert marks(changed(tmp_path, another_line)) == marks(SEVERAL)
    assert len(set(marks(SEVERAL))) == 2


def test_a_schema_fault_is_known_by_the_id_of_its_line(tmp_path: Path) -> None:
    def broken(tree: Any) -> None:
        tree["lines"][1]["unit"] = "huor"

    def moved(tree: Any) -> None:
        broken(tree)
        another_line(tree)

    before, after = (marks(changed(tmp_path, change), "T101") for change in (broken, moved))
    assert before == after
    assert len(set(before)) == 2
    elsewhere = marks(changed(tmp_path, lambda t: t["lines"][0].update(unit="huor")), "T101")
    assert len(set(before) & set(elsewhere)) == 1  # T101 of the first line


def test_a_fingerprint_stays_when_a_message_or_a_title_is_reworded(tmp_path: Path) -> None:
    book = tmp_path / "rulebook"
    shutil.copytree(HERE / "rulebook", book)
    path = book / "invoice/T101-line-amount/2026-01-01.yaml"
    path.write_text(path.read_text("utf-8").replace("the amount is", "it says").replace("is right", "fits"), "utf-8")
    assert marks(SEVERAL, book=book) == marks(SEVERAL)


def test_a_fingerprint_goes_with_rule_document_and_item(tmp_path: Path) -> None:
    both = changed(tmp_path, lambda t: t["lines"][1].update(amount=1))
    assert len(set(marks(both, "T101"))) == 2
    other = changed(tmp_path, lambda t: t.update(invoice_number="another"), "y.json")
    assert not set(marks(other)) & set(marks(SEVERAL))


def test_items_that_state_no_id_are_known_by_their_position(tmp_path: Path) -> None:
    required = ["voucher_id", "client_ref", "service_type", "service_date", "event", "quantity", "unit", "unit_price"]
    schema = {"x-extends": "invoice", "$defs": {"line": {"required": [*required, "amount"]}}}
    rule = small.RULE.replace("<= parameters.limit", "<= 2")
    book = small.write(tmp_path, {
        "schemas/invoice.schema.json": json.dumps(schema), "invoice/I901-quantity/2026-01-01.yaml": rule,
    })  # fmt: skip

    def found(*quantities: int) -> list[str]:
        tree = json.loads(SEVERAL.read_text("utf-8"))
        tree["lines"] = [{**tree["lines"][0], "quantity": quantity} for quantity in quantities]
        for line in tree["lines"]:
            del line["line_id"]
        report = Rulebook.load(book).check([json.dumps(tree).encode()], ON)
        return [f.fingerprint for f in report.findings if f.code == "I901"]

    first, second = found(5, 5)
    assert first != second
    assert (found(5, 1), found(1, 5)) == ([first], [second])


def test_what_is_known_of_one_provider_is_not_known_of_another(tmp_path: Path) -> None:
    def others(tree: Any) -> None:
        tree["provider"]["business_id"] = "9012351-3"

    theirs = changed(tmp_path, others)
    assert marks(theirs)
    assert not set(marks(theirs)) & set(marks(SEVERAL))
    base = tmp_path / "base.json"
    check(SEVERAL, "--output", f"json={base}")
    known, new = (
        json.loads(check(path, "--baseline", base, "--format", "json").stdout)["summary"] for path in (SEVERAL, theirs)
    )
    assert (known["violated"], known["undecided"]) == (0, 0)
    assert new["violated"] > 0 < new["undecided"]
    assert (known["known"], new["known"]) == (new["violated"] + new["undecided"], 0)


def test_what_is_known_passes_and_is_told(tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    assert check(SEVERAL, "--select", "T101,T103", "--output", f"json={base}").exit_code == 1
    moved = changed(tmp_path, another_line)
    result = check(moved, "--select", "T101,T103", "--baseline", base, "--format", "json")
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert data["summary"] | {"violated": 0, "known": 2, "gone": 0} == data["summary"]
    assert [f["known"] for f in data["findings"]] == [True, True]
    assert data["rules"]["T101"] == {"passed": 2, "violated": 0, "undecided": 0, "not_applicable": 0, "known": 1}
    for format_ in FORMATS:
        command = [moved, "--select", "T101,T103", "--format", format_]
        new, known = check(*command), check(*command, "--baseline", base)
        assert (new.exit_code, known.exit_code) == (1, 0), format_
        word = "unchanged" if format_ == "sarif" else "known"
        assert known.stdout.count(word) > new.stdout.count(word), format_
    sarif = json.loads(check(moved, "--select", "T101", "--baseline", base, "--format", "sarif").stdout)
    (known,) = sarif["runs"][0]["results"]
    assert known["baselineState"] == "unchanged"
    assert known["suppressions"][0]["status"] == "accepted"
    assert "::notice" in check(moved, "--select", "T101", "--baseline", base, "--format", "github").stdout
    assert "# TODO" in check(moved, "--select", "T101", "--baseline", base, "--format", "tap").stdout
    assert '<skipped type="known"' in check(moved, "--select", "T101", "--baseline", base, "--format", "junit").stdout


def test_what_is_new_is_held_against_the_run(tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    check(SEVERAL, "--select", "T101,T103", "--output", f"json={base}")
    worse = changed(tmp_path, lambda t: t["lines"][1].update(amount=1))
    result = check(worse, "--select", "T101,T103", "--baseline", base, "--format", "json")
    assert result.exit_code == 1
    told = [(f["code"], f["known"]) for f in json.loads(result.stdout)["findings"]]
    assert sorted(told) == [("T101", False), ("T101", True), ("T103", True)]


def test_an_undecided_finding_is_known_document_by_document(tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    assert check(SEVERAL, "--select", "T102", "--output", f"json={base}").exit_code == 3
    assert check(SEVERAL, "--select", "T102", "--baseline", base).exit_code == 0
    other = changed(tmp_path, lambda t: t.update(invoice_number="another"))
    result = check(SEVERAL, other, "--select", "T102", "--baseline", base, "--format", "json")
    assert result.exit_code == 3
    new, known = json.loads(result.stdout)["findings"]
    assert (new["known"], new["count"], new["place"]["file"]) == (False, 2, str(other))
    assert (known["known"], known["count"], known["place"]["file"]) == (True, 2, str(SEVERAL))
    assert "(2 items)" in new["message"]


def test_one_more_of_the_same_is_new(tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    check(SEVERAL, "--select", "T102", "--output", f"json={base}")
    result = check(changed(tmp_path, another_line), "--select", "T102", "--baseline", base, "--format", "json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["summary"] | {"undecided": 1, "known": 2} == json.loads(result.stdout)["summary"]


def test_what_is_gone_is_counted(tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    check(SEVERAL, "--select", "T101,T103", "--output", f"json={base}")
    clean = json.loads((HERE / "documents/clean.json").read_text("utf-8"))
    mended = changed(tmp_path, lambda t: t.update({**clean, "invoice_number": t["invoice_number"]}))
    result = check(mended, "--select", "T101,T103", "--baseline", base)
    assert result.exit_code == 0
    assert "2 findings of the baseline are gone" in result.stdout


def test_what_was_not_judged_is_not_gone(tmp_path: Path) -> None:
    def gone(*arguments: str | Path) -> int:
        result = check(*arguments, "--baseline", base, "--format", "json")
        found: int = json.loads(result.stdout)["summary"]["gone"]
        return found

    base = tmp_path / "base.json"
    other = changed(tmp_path, lambda t: t.update(invoice_number="110203-985R"))
    keyless = changed(tmp_path, lambda t: t.pop("invoice_number"), "keyless.json")
    check(SEVERAL, other, keyless, "--output", f"json={base}")
    assert gone(SEVERAL, other, keyless) == 0
    assert [gone(one) for one in (SEVERAL, other, keyless)] == [0, 0, 0]
    assert gone(SEVERAL, other, keyless, "--select", "T103") == 0
    mended = changed(tmp_path, lambda t: t.update(invoice_number="110203-985R", lines=[]))
    assert gone(mended, "--select", "T101") == 1
    assert gone(mended, "--select", "T102") > 1


def test_a_report_made_with_a_baseline_is_a_baseline(tmp_path: Path) -> None:
    base, again = tmp_path / "base.json", tmp_path / "again.json"
    check(SEVERAL, "--select", "T101,T102", "--output", f"json={base}")
    assert check(SEVERAL, "--select", "T101,T102", "--baseline", base, "--output", f"json={again}").exit_code == 0
    first, second = read_baseline(str(base)), read_baseline(str(again))
    assert (first.counts, first.about) == (second.counts, second.about)
    assert json.loads(second.text)["baseline"]["file"] == str(base)


def test_a_baseline_opens_no_gate_for_what_cannot_be_read(tmp_path: Path) -> None:
    base, broken = tmp_path / "base.json", tmp_path / "broken.json"
    broken.write_bytes(b"{")
    assert check(broken, "--output", f"json={base}").exit_code == 2
    assert check(broken, "--baseline", base).exit_code == 2


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"{}", b"\xff", b'{"findings": 1}', b'{"findings": [1]}', b'{"findings": [{"outcome": 1}]}',
     b'{"findings": [{"outcome": "violated"}]}', b'{"findings": [{"outcome": "violated", "fingerprint": 1}]}',
     b'{"findings": [{"outcome": "undecided", "parts": [1]}]}', b'{"findings": [{"outcome": "undecided", "parts": 3}]}',
     b'{"findings": [{"outcome": "violated", "fingerprint": "a", "count": -5}]}',
     b'{"findings": [{"outcome": "violated", "fingerprint": "a", "count": true}]}', b"[" * 100_000],
)  # fmt: skip
def test_a_baseline_that_cannot_be_read_is_exit_2(raw: bytes, tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    base.write_bytes(raw)
    result = check(SEVERAL, "--baseline", base)
    assert result.exit_code == 2
    assert "error[E112]" in result.stderr
    assert "help: " in result.stderr
    assert result.stdout == ""


def test_a_baseline_that_is_not_there_is_exit_2(tmp_path: Path) -> None:
    assert "cannot read the baseline" in check(SEVERAL, "--baseline", tmp_path / "none.json").stderr


def test_the_api_has_it_too(tmp_path: Path) -> None:
    report: Report = Rulebook.load(HERE / "rulebook").check([SEVERAL], ON, select=["T101"])
    base = tmp_path / "base.json"
    base.write_text(render_report(report, "json", "en", 1), "utf-8")
    apply_baseline(report, read_baseline(str(base)))
    assert report.exit_code() == 0
    assert report.baseline is not None
    assert report.baseline.known == 1
