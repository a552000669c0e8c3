"""A rulebook that changes on a date: each line is judged by the version of its own day."""

from __future__ import annotations

import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ktt_policy import Report, Rulebook, api
from ktt_policy.engine import shares
from ktt_policy.reporters.json_ import encode
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode
from tests import small

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
ON = date(2027, 6, 1)


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """From 2027: amounts are rounded down (I601), I609 is repealed, I502 counts units, and I612 is new."""
    folder = tmp_path_factory.mktemp("rulebooks") / "amended"
    shutil.copytree(ROOT / "policies/pohjois-savo-ktt", folder)
    rules = {path.name[:4]: path for path in (folder / "invoice").iterdir()}
    line = (rules["I601"] / "2026-01-01.yaml").read_text("utf-8")
    (rules["I601"] / "2027-01-01.yaml").write_text(line.replace("round half up(", "round down("), "utf-8")
    (rules["I609"] / "2027-01-01.yaml").write_text("clauses: [6.m4]\nrepealed: true\n")
    missed = (rules["I502"] / "2026-01-01.yaml").read_text("utf-8")
    changed = re.sub(r"(?m)^  billed: .*$", "  billed: sum(group.quantity)", missed)
    changed = re.sub(r"(?m)^  most: .*$", "  most: 1 + 0 * max(group.unit_price)", changed)
    (rules["I502"] / "2027-01-01.yaml").write_text(changed, "utf-8")
    new = folder / "invoice/I612-new-rule"
    new.mkdir()
    (new / "2027-01-01.yaml").write_text(line.replace("line.amount = right", "line.quantity <= 1"), "utf-8")
    return Rulebook.load(folder)


def both(book: Rulebook, tree: Any, **options: Any) -> Report:
    slow = book.check([tree], ON, compiled=False, **options)
    fast = book.check([tree], ON, compiled=True, **options)
    assert slow.counts == fast.counts
    assert [(f.code, f.place.pointer, f.version) for f in slow.findings] == [
        (f.code, f.place.pointer, f.version) for f in fast.findings
    ]
    assert not slow.crashed
    return slow


def invoice(*lines: dict[str, Any]) -> Any:
    path = FIXTURES / "conforming/invoices/2026-02.json"
    tree = parse(decode(path.read_bytes(), str(path)))
    base = tree["lines"][8]
    tree["lines"] = [{**base, "line_id": str(i), **line} for i, line in enumerate(lines)]
    return tree


HALF = {"quantity": Decimal("0.25"), "unit_price": Decimal("62.90")}


def test_lines_across_an_amendment_are_judged_each_by_its_day(amended: Rulebook) -> None:
    up, down = Decimal("15.73"), Decimal("15.72")
    report = both(
        amended,
        invoice(
            {**HALF, "service_date": "2026-12-31", "amount": up},
            {**HALF, "service_date": "2026-12-31", "amount": down},
            {**HALF, "service_date": "2027-01-01", "amount": up},
            {**HALF, "service_date": "2027-01-01", "amount": down},
            {**HALF, "service_date": "2025-12-31", "amount": down},
        ),
        select=["I601"],
    )
    found = [(f.place.pointer, f.version) for f in report.findings if f.outcome == "violated"]
    assert found == [("/lines/1/amount", date(2026, 1, 1)), ("/lines/2/amount", date(2027, 1, 1))]
    assert report.counts["I601"] == {"passed": 2, "violated": 2, "not applicable": 0, "undecided": 1}


def test_a_new_rule_does_not_apply_before_its_day(amended: Rulebook) -> None:
    two = {"quantity": Decimal(2)}
    lines = [{**two, "service_date": day} for day in ("2026-12-31", "2027-01-01")]
    report = both(amended, invoice(*lines), select=["I612"])
    assert [f.place.pointer for f in report.findings] == ["/lines/1/amount"]
    assert report.counts["I612"] == {"passed": 0, "violated": 1, "not applicable": 1, "undecided": 0}


@pytest.mark.parametrize(("ends", "violated"), [("2026-12-31", 1), ("2027-01-01", 0)])
def test_a_repealed_rule_does_not_apply_from_its_day(amended: Rulebook, ends: str, violated: int) -> None:
    tree = invoice({})
    tree["period"]["ends"] = ends
    tree["other_charges"] = [{"description": "x", "amount": Decimal(5), "charged_to": "client"}]
    report = both(amended, tree, select=["I609"])
    assert report.counts["I609"] == {
        "passed": 0, "violated": violated, "not applicable": 1 - violated, "undecided": 0,
    }  # fmt: skip


def test_groups_gather_items_of_one_version(amended: Rulebook) -> None:
    miss = {"event": "no_show", "quantity": Decimal(1), "unit_price": Decimal(60), "amount": Decimal(60)}
    days = ("2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02")
    report = both(amended, invoice(*({**miss, "service_date": day} for day in days)), select=["I502"])
    assert [(f.place.pointer, f.version) for f in report.findings] == [
        ("/lines/1", date(2026, 1, 1)),
        ("/lines/3", date(2027, 1, 1)),
    ]
    assert [f.values["billed"] for f in report.findings] == [Decimal(120), Decimal(2)]


@pytest.mark.parametrize("narrower", ["2026-01-01", "2027-03-01"])
def test_a_group_whose_versions_gather_other_items_is_judged_by_one_of_them(
    tmp_path: Path, narrower: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version in force on the latest day that any of them sees."""
    folder = tmp_path / "amended"
    shutil.copytree(ROOT / "policies/pohjois-savo-ktt", folder)
    rule = next((folder / "invoice").glob("I303-*"))
    text = (rule / "2026-01-01.yaml").read_text("utf-8")
    for start in ("2026-01-01", "2027-03-01"):
        when = " and not(line.remote)" if start == narrower else ""
        changed = text.replace('"individual_coaching"\n', f'"individual_coaching"{when}\n')
        assert when in changed
        (rule / f"{start}.yaml").write_text(changed, "utf-8")
    book = Rulebook.load(folder)
    february = {"service_date": "2027-02-08", "quantity": Decimal(40), "remote": False}
    march = {"service_date": "2027-03-01", "quantity": Decimal(2), "remote": True}
    report = both(book, invoice(february, march), select=["I303"])
    assert [(f.code, f.version) for f in report.findings] == [("I303", date(2027, 3, 1))]
    assert report.findings[0].values["billed"] == (40 if narrower == "2027-03-01" else 42)
    # The same in shares, each of which has one of the documents.
    monkeypatch.setattr(api, "WORTH_SHARING", 0)
    monkeypatch.setattr(shares, "SHARE", 1)
    files = []
    for number, line in enumerate((february, march)):
        tree = invoice(line)
        tree["invoice_number"] = f"2027-{number}"
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(encode(tree), "utf-8")
    apart = book.check(files, ON, select=["I303"], jobs=2)
    assert [(f.code, f.version, f.values) for f in apart.findings] == [
        (f.code, f.version, f.values) for f in report.findings
    ]
    # A group that ends before the amendment is the earlier version's.
    report = both(book, invoice(february), select=["I303"])
    assert [f.version for f in report.findings] == [date(2026, 1, 1)]


@pytest.mark.parametrize(("on", "outcome"), [(date(2027, 7, 31), "not applicable"), (date(2027, 8, 1), "undecided")])
def test_a_list_that_is_not_given_concerns_no_rule_to_come(tmp_path: Path, on: date, outcome: str) -> None:
    folder = tmp_path / "amended"
    shutil.copytree(ROOT / "policies/pohjois-savo-ktt", folder)
    known = next((folder / "voucher").glob("V502-*")) / "2026-01-01.yaml"
    (folder / "voucher/V901-new").mkdir()
    (folder / "voucher/V901-new/2027-08-01.yaml").write_text(known.read_text("utf-8"), "utf-8")
    path = FIXTURES / "conforming/vouchers/individual-coaching.json"
    tree = parse(decode(path.read_bytes(), str(path)))
    del tree["absences"]
    book = Rulebook.load(folder)
    for compiled in (True, False):
        report = book.check([tree], on, select=["V901"], compiled=compiled)
        assert {o: n for o, n in report.counts["V901"].items() if n} == {outcome: 1}
    # A voucher of later is asked for it whenever it is checked.
    later = {**tree, "valid_from": "2027-09-01", "valid_to": "2027-12-31"}
    report = book.check([later], date(2027, 7, 31), select=["V901"])
    assert report.counts["V901"]["undecided"] == 1
    # The version of today says so, whatever is to come.
    (folder / "voucher/V502-absence-recorded-and-reported/2028-01-01.yaml").write_text(
        known.read_text("utf-8").replace("error", "warning"), "utf-8"
    )
    report = Rulebook.load(folder).check([tree], on, select=["V502"])
    assert [(f.code, f.severity, f.outcome) for f in report.findings] == [("V502", "error", "undecided")]


SCOPED = """\
title: {fi: Kerran, en: Once}
clauses: [6.m1]
severity: error
for_each: line in invoice.lines
date: line.service_date
group_by:
  voucher: line.voucher_id
require: count(group) <= 1
message: {fi: "{count(group)}", en: "{count(group)}"}
explanation: {fi: Syy, en: Reason}
"""


@pytest.mark.parametrize("later", [SCOPED, SCOPED.replace("group_by:\n  voucher: line.voucher_id\n", "").replace(
    "count(group)", "line.quantity").replace("<= 1", "<= 0")], ids=["a document's groups", "each line"])  # fmt: skip
def test_context_items_of_a_day_on_which_the_run_was_grouped_are_counted(
    tmp_path: Path, later: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the version in force on the context document's own day gathers them, if at all."""
    monkeypatch.setattr(api, "WORTH_SHARING", 0)
    files = {"2026-01-01": SCOPED.replace("require", "scope: run\nrequire"), "2026-03-01": later}
    folder = small.write(tmp_path, {f"invoice/I901-quantity/{day}.yaml": text for day, text in files.items()})
    paths = []
    for name, ends, days in (("a", "2026-02-28", ["2026-02-26"]), ("c", "2026-03-10", ["2026-02-27", "2026-03-05"])):
        tree = invoice(*({"service_date": day, "quantity": Decimal(1)} for day in days))
        tree |= {"invoice_number": name, "period": {"starts": "2026-02-20", "ends": ends}}
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(encode(tree), "utf-8")
    book = Rulebook.load(folder)
    for options in ({"compiled": False}, {"compiled": True}, {"jobs": 2}):
        report = book.check(paths[:1], ON, context=paths[1:], select=["I901"], **options)
        assert report.counts["I901"] == {"passed": 0, "violated": 1, "not applicable": 0, "undecided": 0}
        assert [f.message["en"] for f in report.findings] == ["2"]


def test_what_has_no_date_is_told_by_the_version_begun_last(tmp_path: Path) -> None:
    rule = small.RULE.replace("date: line.service_date", "date: invoice.due_date")
    files = {f"invoice/I901-quantity/{day}.yaml": rule for day in ("2026-01-01", "2027-03-01")}
    files["invoice/I901-quantity/2027-03-01.yaml"] = rule.replace("<=", "<")
    book = Rulebook.load(small.write(tmp_path, files))
    tree = invoice({})
    del tree["due_date"]
    report = both(book, tree, select=["I901"])
    assert [(f.outcome, f.version) for f in report.findings] == [("undecided", date(2027, 3, 1))]


WHOLE = SCOPED.replace("date: line.service_date\n", "").replace(
    "require: count(group) <= 1", "scope: run\ngroup_date: max(group.service_date)\nrequire: sum(group.quantity) <= 10"
).replace("count(group)", "sum(group.quantity)")  # fmt: skip
NARROWER = WHOLE.replace("in invoice.lines", "in invoice.lines[item.remote]")


@pytest.mark.parametrize(("first", "second", "total"), [(WHOLE, NARROWER, "20"), (NARROWER, WHOLE, "21")])
def test_a_group_leaves_its_share_with_what_other_versions_have_gathered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str, total: str
) -> None:
    """Though one of them says by a field which share has a group, and the other cannot."""
    monkeypatch.setattr(api, "WORTH_SHARING", 0)
    monkeypatch.setattr(shares, "WORTH_A_PROCESS", 0)
    files = {"invoice/I901-quantity/2026-01-01.yaml": first, "invoice/I901-quantity/2026-03-01.yaml": second}
    book = Rulebook.load(small.write(tmp_path, files))
    february = {"service_date": "2026-02-10", "quantity": Decimal(20), "remote": True}
    march = {"service_date": "2026-03-05", "quantity": Decimal(1), "remote": False}
    lines = {"a": february, "b": march, "f": {**march, "voucher_id": "F"}, "g": {**march, "voucher_id": "G"}}
    paths = []
    for name, line in lines.items():
        paths.append(tmp_path / f"{len(paths)}.json")
        paths[-1].write_text(encode(invoice(line) | {"invoice_number": name}), "utf-8")
    ways: list[dict[str, Any]] = [{"compiled": False}, {"compiled": True}, {"jobs": 2}]
    found = [book.check(paths, ON, select=["I901"], **options) for options in ways]
    told = [[(f.version, f.message["en"], f.fingerprint) for f in report.findings] for report in found]
    assert [one[:2] for one in told[0]] == [(date(2026, 3, 1), total)]
    assert told[1:] == told[:1] * 2
    assert found[0].counts == found[1].counts == found[2].counts


@pytest.mark.parametrize("files", [
    {"2026-03-01": WHOLE}, {"2026-01-01": WHOLE, "2026-02-01": "clauses: [6.m1]\nrepealed: true\n"},
], ids=["before it began", "after its end"])  # fmt: skip
@pytest.mark.parametrize("compiled", [True, False])
def test_a_group_of_a_time_without_the_rule_is_not_applicable(
    tmp_path: Path, files: dict[str, str], compiled: bool
) -> None:
    folder = small.write(tmp_path, {f"invoice/I902-whole/{day}.yaml": text for day, text in files.items()})
    tree = invoice({"service_date": "2026-02-10"})
    report = Rulebook.load(folder).check([tree], ON, select=["I902"], compiled=compiled)
    assert report.counts["I902"] == {"passed": 0, "violated": 0, "not applicable": 1, "undecided": 0}
    assert report.exit_code() == 0


def test_a_group_over_the_run_is_known_in_whatever_order_the_documents_come(tmp_path: Path) -> None:
    files = {"invoice/I901-quantity/2026-01-01.yaml": SCOPED.replace("require", "scope: run\nrequire")}
    book = Rulebook.load(small.write(tmp_path, files))

    def prints(*days: str) -> set[str]:
        trees = [invoice({"service_date": day}) | {"invoice_number": day} for day in days]
        return {f.fingerprint for f in book.check(trees, ON, select=["I901"]).findings}

    known = prints("2026-02-12", "2026-02-10")
    assert len(known) == 1
    assert prints("2026-02-10", "2026-02-12") == prints("2026-02-10", "2026-02-12", "2026-02-11") == known
    # What is billed later was not in what was accepted.
    assert prints("2026-02-12", "2026-02-10", "2026-02-13").isdisjoint(known)
