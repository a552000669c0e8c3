"""An invented rulebook amended on 2027-01-01, with ceilings that change on 2027-03-15: every item has its own law.

The documents lie on both sides of the days and across them. What is violated is listed whole: the rule, the item, the
version that judged it, the values that it read, each with its start, and the clause with its edition.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from ktt_policy import Report, Rulebook
from ktt_policy.build.cache import digest_of
from ktt_policy.cases.run import run_cases
from ktt_policy.documents import read_all
from ktt_policy.engine.run import Run
from ktt_policy.lint import lint
from ktt_policy.report import Finding

FIXTURES = Path(__file__).parents[2] / "fixtures"
FOLDER = FIXTURES / "rulebooks/amended-2027"
DOCUMENTS = FOLDER / "documents"
ON = date(2027, 6, 1)
FIRST, AMENDED, CEILINGS = date(2026, 1, 1), date(2027, 1, 1), date(2027, 3, 15)

# (rule, document, place) → (version, reference date, parameter → start of its value, clause).
VIOLATED = {
    ("I307", "2027-900", "/lines/10"): (AMENDED, date(2027, 1, 2), {"max_days_a_week": AMENDED}, "3.m1"),
    ("I601", "2027-900", "/lines/12/amount"): (AMENDED, date(2027, 1, 1), {}, "5.m1"),
    ("I309", "2027-900", "/lines/14/quantity"): (AMENDED, date(2027, 1, 1), {"max_remote_hours": AMENDED}, "3.m3"),
    ("I308", "2026-901", "/lines/0/hours"): (
        FIRST, date(2026, 12, 1), {"max_day_hours": FIRST, "min_day_hours": FIRST}, "3.m2",
    ),
    ("I308", "2026-901", "/lines/1/hours"): (
        FIRST, date(2026, 12, 2), {"max_day_hours": FIRST, "min_day_hours": FIRST}, "3.m2",
    ),
    ("I601", "2026-901", "/lines/3/amount"): (FIRST, date(2026, 12, 4), {}, "5.m1"),
    ("I502", "2026-901", "/lines/5"): (FIRST, date(2026, 12, 17), {"missed_units_a_month": FIRST}, "4.m2"),
    ("I606", "2026-901", "/lines/8"): (FIRST, date(2026, 12, 22), {}, "2.m2"),
    ("I609", "2026-901", "/other_charges/0/amount"): (FIRST, date(2026, 12, 31), {}, "6.m1"),
    # The rule on the shortest day changed, its value did not.
    ("I308", "2027-901", "/lines/1/hours"): (AMENDED, date(2027, 1, 12), {"min_day_hours": FIRST}, "3.m2"),
    ("I601", "2027-901", "/lines/2/amount"): (AMENDED, date(2027, 1, 13), {}, "5.m1"),
    ("I309", "2027-901", "/lines/6/quantity"): (AMENDED, date(2027, 1, 19), {"max_remote_hours": AMENDED}, "3.m3"),
    # The rule on ceilings did not change, its values did.
    ("I611", "2027-902", "/lines/0/unit_price"): (FIRST, date(2027, 3, 14), {"ceilings": FIRST}, "5.m2"),
    ("I611", "2027-902", "/lines/2/unit_price"): (FIRST, date(2027, 3, 16), {"ceilings": CEILINGS}, "5.m2"),
    ("I611", "2027-902", "/lines/4/unit_price"): (FIRST, date(2027, 3, 15), {"ceilings": CEILINGS}, "5.m2"),
    ("V305", "AM-04", "/valid_to"): (FIRST, date(2026, 12, 15), {"max_period": FIRST}, "2.m1"),
    ("V305", "AM-06", "/valid_to"): (AMENDED, date(2027, 1, 15), {"max_period": FIRST}, "2.m1"),
}  # fmt: skip

# What is wrong before the amendment and right after it, or the other way round: (rule, document, item) → outcome.
TURNED = [
    ("I308", ("2026-901", 0, "violated"), ("2027-901", 0, "passed")),
    ("I601", ("2026-901", 2, "passed"), ("2027-901", 2, "violated")),
    ("I601", ("2026-901", 3, "violated"), ("2027-901", 3, "passed")),
    ("I601", ("2027-900", 11, "passed"), ("2027-900", 12, "violated")),
    ("I309", ("2026-901", 6, "not applicable"), ("2027-901", 6, "violated")),
    ("I309", ("2027-900", 13, "not applicable"), ("2027-900", 14, "violated")),
    ("I609", ("2026-901", 0, "violated"), ("2027-901", 0, "not applicable")),
    ("I611", ("2027-902", 0, "violated"), ("2027-902", 1, "passed")),
    ("I611", ("2027-902", 3, "passed"), ("2027-902", 4, "violated")),
]

# Passed, violated, not applicable, undecided; counted by hand. There are 37 lines.
COUNTS = {
    "I307": (8, 1, 20, 0),  # weeks: four of work activity and five of group coaching, week 53 in two parts each
    "I308": (7, 3, 27, 0),
    "I309": (0, 2, 35, 0),
    "I502": (3, 1, 31, 0),  # two vouchers in two months
    "I601": (34, 3, 0, 0),
    "I606": (4, 1, 0, 0),  # AM-02 and AM-03 are billed more than granted: the spare unit of their last day covers it
    "I609": (0, 1, 3, 0),  # three charges, and an invoice without any
    "I611": (34, 3, 0, 0),
    "P206": (1, 0, 0, 0),
    "V305": (6, 2, 0, 0),
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(FOLDER)


@pytest.fixture(scope="module", params=[True, False], ids=["compiled", "interpreted"])
def report(request: pytest.FixtureRequest, book: Rulebook) -> Report:
    return book.check([DOCUMENTS], ON, compiled=request.param)


def key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.document_key, finding.place.pointer


def test_each_item_is_judged_by_the_law_of_its_day(report: Report) -> None:
    found = {
        key(f): (f.version, f.reference_date, {p.name: p.start for p in f.parameters}, f.clauses[0].clause)
        for f in report.findings
    }
    assert found == VIOLATED
    assert len(report.findings) == len(VIOLATED)
    assert {f.outcome for f in report.findings} == {"violated"}
    assert report.exit_code() == 1


def test_findings_name_the_edition_of_their_day(report: Report) -> None:
    """Also where the version is older than the edition."""
    for finding in report.findings:
        assert finding.reference_date is not None
        edition = AMENDED if finding.reference_date >= AMENDED else FIRST
        assert [c.edition for c in finding.clauses] == [edition.isoformat()], key(finding)
        assert all(c.heading["en"] for c in finding.clauses)


def test_how_many_items_passed(report: Report) -> None:
    def counts(code: str) -> tuple[int, ...]:
        return tuple(report.counts[code][o] for o in ("passed", "violated", "not applicable", "undecided"))

    assert {code: counts(code) for code in report.counts} == COUNTS


def test_verdicts_turn_with_the_amendment(book: Rulebook) -> None:
    """Item by item, those that pass as well."""
    run = Run(book.engine(), ON)
    run.check(read_all([DOCUMENTS], book.reader, True), keep_all=True)
    assert run.kept is not None
    outcomes = {(v.rule.code, v.document.key, v.positions): v.outcome for v in run.kept if v.entries is None}
    for code, *sides in TURNED:
        for document, item, outcome in sides:
            assert outcomes[code, document, (item,)] == outcome, (code, document, item)


def test_a_clause_that_moved_is_cited_where_it_stands(book: Rulebook) -> None:
    """Missed visits: the same rule, clause 4.m2 until the amendment and 5.m3 from it on."""
    old, new = (edition.clauses for edition in book.data.editions)
    assert (old["4.m2"].heading, old["4.m2"].summary) == (new["5.m3"].heading, new["5.m3"].summary)
    assert "4.m2" not in new
    assert "5.m3" not in old
    rule = next(r for r in book.data.rules if r.code == "I502")
    assert [v.clauses[0].clause for v in rule.versions] == ["4.m2", "5.m3"]
    assert rule in book.choose(["4.m2"])
    assert rule in book.choose(["5.m3"])


@pytest.mark.parametrize(("clause", "known"), [("6.m1", True), ("5.m2", True), ("9.m9", False)])
def test_a_repeal_may_name_the_clause_that_ended_with_the_rule(tmp_path: Path, clause: str, known: bool) -> None:
    copy = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, copy)
    (copy / "invoice/I609-no-other-charges/2027-01-01.yaml").write_text(f"clauses: [{clause}]\nrepealed: true\n")
    assert [d.code for d in lint(copy)] == ([] if known else ["E203"])


def test_a_rule_in_force_may_not_name_a_clause_that_ended(tmp_path: Path) -> None:
    copy = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, copy)
    file = copy / "invoice/I601-line-amount/2027-01-01.yaml"
    file.write_text(file.read_text("utf-8").replace("[5.m1]", "[6.m1]"), "utf-8")
    assert [d.code for d in lint(copy)] == ["E209"]


def test_the_documents_are_no_policies(tmp_path: Path) -> None:
    copy = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("documents"))
    assert digest_of(copy) == digest_of(FOLDER)
    assert Rulebook.load(copy).data == Rulebook.load(FOLDER).data


def test_the_rulebook_is_sound_and_its_cases_are_complete(book: Rulebook) -> None:
    assert lint(FOLDER) == []
    tested = run_cases(book, FIXTURES)
    assert [r for r in tested.results if r.fault] == []
    assert tested.lacks == []
    assert tested.unseen == []
    assert tested.stale == []
    assert tested.problems == []
    assert {r.code for r in tested.results} == {rule.code for rule in book.data.rules}


@pytest.mark.parametrize("code", [rule.code for rule in Rulebook.load(FOLDER).data.rules])
@pytest.mark.parametrize("on", [date(2026, 12, 20), date(2027, 4, 20)])
def test_a_rule_alone_says_what_it_says_among_others(code: str, on: date) -> None:
    book = Rulebook.load(FOLDER)
    whole = book.check([DOCUMENTS], on, compiled=False).counts[code]
    for compiled in (True, False):
        assert book.check([DOCUMENTS], on, compiled=compiled, select=[code]).counts[code] == whole
