"""The dossier passes whole, each violating file violates its rule, and both ways of judging say the same."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ktt_policy import Report, Rulebook
from ktt_policy.cli.options import read_parameters

FIXTURES = Path(__file__).parents[2] / "fixtures"
ON = date(2026, 11, 24)
# What a file violates beside its own rule, by the nature of the rules.
BESIDES = {"I303": {"V306"}, "I304": {"V317"}, "I309": {"V322"}, "I611": {"V603"}}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load()


@pytest.fixture(scope="module")
def ceilings() -> Any:
    return read_parameters(str(FIXTURES / "example-ceilings.yaml"))


def told(report: Report) -> list[Any]:
    return [
        (f.code, f.outcome, f.message, f.place.pointer, f.count, f.values, f.version, f.reference_date)
        for f in report.findings
    ]


def both(book: Rulebook, paths: list[Path], **options: Any) -> Report:
    """The report, the same from the interpreter and from compiled code."""
    slow = book.check(paths, ON, compiled=False, **options)
    fast = book.check(paths, ON, compiled=True, **options)
    assert told(slow) == told(fast)
    assert slow.counts == fast.counts
    assert not slow.problems
    return slow


def test_the_dossier_conforms(book: Rulebook, ceilings: Any) -> None:
    report = both(book, [FIXTURES / "conforming"], parameters=ceilings)
    assert report.findings == []
    assert report.exit_code() == 0
    assert all(d.sound and d.judged for d in report.documents)


def test_without_ceilings_the_price_is_undecided_not_passed(book: Rulebook) -> None:
    report = both(book, [FIXTURES / "conforming"])
    assert {f.code for f in report.findings} == {"I611", "V603"}
    assert {f.outcome for f in report.findings} == {"undecided"}
    assert report.exit_code() == 3
    assert report.exit_code(allow_undecided=True) == 0


@pytest.mark.parametrize("path", sorted((FIXTURES / "violating").glob("*.json")), ids=lambda p: p.name)
def test_each_violating_file_violates_its_rule(book: Rulebook, ceilings: Any, path: Path) -> None:
    code = path.name[:4]
    report = both(book, [path], parameters=ceilings, complete=True)
    violated = {f.code for f in report.findings if f.outcome == "violated"}
    assert violated == {code} | BESIDES.get(code, set())
    assert report.exit_code(fail_on="warning") == 1
    finding = next(f for f in report.findings if f.code == code)
    assert finding.place.span is not None
    assert report.exit_code() == (1 if finding.severity == "error" else 0)
    assert all(finding.message[lang] for lang in ("fi", "en"))


@pytest.mark.parametrize("name", ["provider.json", "vouchers/assessment.json"])
def test_a_missing_related_document_leaves_undecided(book: Rulebook, ceilings: Any, name: str, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "dossier"
    shutil.copytree(FIXTURES / "conforming", folder)
    (folder / name).unlink()
    report = both(book, [folder], parameters=ceilings)
    assert {f.outcome for f in report.findings} == {"undecided"}
    assert report.exit_code() == 3
    complete = both(book, [folder], parameters=ceilings, complete=True)
    if name.startswith("vouchers"):
        assert {f.code for f in complete.findings if f.outcome == "violated"} == {"I603"}


def test_context_documents_count_in_sums_but_are_not_judged(book: Rulebook, ceilings: Any) -> None:
    dossier = FIXTURES / "conforming"
    alone = both(book, [dossier / "invoices/2026-05.json"], parameters=ceilings, select=["I606"])
    assert {f.outcome for f in alone.findings} == {"undecided"}
    context = [dossier / "vouchers", dossier / "invoices/2026-02.json"]
    together = both(book, [dossier / "invoices/2026-05.json"], context=context, parameters=ceilings, select=["I606"])
    assert together.findings == []
    assert [d.judged for d in together.documents].count(True) == 1


def test_sound_documents_are_judged_by_compiled_code(
    book: Rulebook, ceilings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fallback to the interpreter must not be what runs in the common case."""
    from ktt_policy.engine.run import Run

    asked: list[str] = []

    def careful(self: Run, rule: Any, document: Any) -> None:
        # Left to the interpreter: lists in lists, which are short, and lists that depend on the date of their items.
        if all(len(v.iterators) < 2 and not any(i.dated for i in v.iterators) for v in rule.versions):
            asked.append(f"{rule.code} {document.file}")

    def group(self: Run, groups: Any, key: Any) -> None:
        asked.append(f"{groups.rule.code} {key}")

    monkeypatch.setattr(Run, "judge_carefully", careful)
    monkeypatch.setattr(Run, "judge_group", group)
    report = book.check([FIXTURES / "conforming"], ON, parameters=ceilings, compiled=True)
    assert asked == []
    assert report.totals["passed"] > 1000


@pytest.mark.parametrize(
    ("file", "days", "clauses"),
    [
        ("group-coaching", 0, ["4.2.2.m4"]), ("group-coaching", 3, ["4.2.2.m4", "6.rv.k2"]),
        ("assessment", 0, ["4.2.3.m3"]), ("assessment", 5, ["4.2.3.m3", "6.kk.k2"]),
        ("work-ability", 0, ["4.2.4.m3"]), ("work-ability", 5, ["4.2.4.m3", "6.tt.k2"]),
    ],
)  # fmt: skip
def test_chapter_6_is_named_only_where_its_upper_limit_is_exceeded(
    book: Rulebook, file: str, days: int, clauses: list[str]
) -> None:
    text = (FIXTURES / f"conforming/vouchers/{file}.json").read_text("utf-8")
    voucher = json.loads(text, parse_float=Decimal)
    report = book.check([{**voucher, "days_per_week": days}], ON, select=["V310"])
    assert [[c.clause for c in f.clauses] for f in report.findings] == [clauses]
