"""`--jobs`: several processes say what one says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ktt_policy import Report, Rulebook
from ktt_policy.engine import run, shares
from ktt_policy.reporters import Settings, render_report

FIXTURES = Path(__file__).parents[2] / "fixtures"
DOSSIERS = [FIXTURES / "conforming", FIXTURES / "everything-wrong", FIXTURES / "violating"]
AMENDED = FIXTURES / "rulebooks/amended-2027"
ON = date(2027, 4, 20)

pytestmark = pytest.mark.skipif(not shares.POSSIBLE, reason="processes cannot be forked here")


def told(report: Report) -> str:
    return render_report(report, "json", "en", report.exit_code(), Settings("en", report.exit_code()))


@pytest.fixture(autouse=True)
def worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "WORTH_SHARING", 0)


@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.parametrize(
    ("rulebook", "paths"),
    [(None, DOSSIERS[:1]), (None, DOSSIERS[1:2]), (None, DOSSIERS), (AMENDED, [AMENDED / "documents"])],
)
def test_several_processes_say_what_one_says(rulebook: Path | None, paths: list[Path], jobs: int) -> None:
    book = Rulebook.load(rulebook)
    one, several = (book.check(paths, ON, compiled=True, jobs=n) for n in (1, jobs))
    assert told(one) == told(several)


@pytest.mark.parametrize("every", [2, 3])
def test_context_documents_are_counted_by_none(every: int) -> None:
    book = Rulebook.load()
    files = sorted(path for folder in DOSSIERS[:2] for path in folder.rglob("*.json"))
    judged, context = files[::every], [path for at, path in enumerate(files) if at % every]
    reference, *others = (
        told(book.check(judged, ON, context=context, compiled=compiled, jobs=jobs))
        for compiled, jobs in ((False, 1), (True, 1), (True, 2))
    )
    assert others == [reference, reference]


def test_a_process_that_fails_is_stood_in_for(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Rulebook.load()
    expected = told(book.check(DOSSIERS[1:2], ON, compiled=True))

    def fail(*_: object) -> None:
        raise OSError("no room left")

    monkeypatch.setattr(shares.pickle, "dumps", fail)
    assert told(book.check(DOSSIERS[1:2], ON, compiled=True, jobs=2)) == expected


def test_every_rule_of_the_whole_run_is_in_one_share() -> None:
    rules = list(Rulebook.load().data.rules)
    whole = sorted(r.code for r in rules if any(v.grouped and v.run for v in r.versions))
    assert whole
    for jobs in (1, 2, 5, 200):
        made = shares.divided(rules, jobs)
        assert sorted(r.code for share in made for r in share.rules) == whole
        assert [(share.number, share.of) for share in made] == [(n, jobs) for n in range(jobs)]
