"""A run in shares, which several processes judge (`--jobs`) or which are to take little memory, says what one says."""

from __future__ import annotations

import copy
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ktt_policy import Report, Rulebook, api
from ktt_policy.cli import main
from ktt_policy.cli.options import read_parameters
from ktt_policy.cli.progress import Progress
from ktt_policy.engine import closing, judge, shares, spill, stock, workers
from ktt_policy.reporters import Settings, render_report
from tests import small
from tests.engine.test_both_ways import MOVED, TREES, change
from tests.engine.test_both_ways import places as places_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
DOSSIERS = [FIXTURES / "conforming", FIXTURES / "everything-wrong", FIXTURES / "violating"]
AMENDED = FIXTURES / "rulebooks/amended-2027"
CEILINGS = read_parameters(str(FIXTURES / "example-ceilings.yaml"))
ON = date(2027, 4, 20)


def told(report: Report) -> str:
    return render_report(report, "json", "en", report.exit_code(), Settings("en", report.exit_code()))


@pytest.fixture(autouse=True)
def divided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small runs are divided too, into more shares than processes."""
    monkeypatch.setattr(api, "WORTH_SHARING", 0)
    monkeypatch.setattr(shares, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(shares, "SHARE", 25_000)


@pytest.fixture(params=[25_000, 10**9])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many shares as processes, too."""
    monkeypatch.setattr(shares, "SHARE", request.param)


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.parametrize(
    ("rulebook", "paths"),
    [(None, DOSSIERS[:1]), (None, DOSSIERS[1:2]), (None, DOSSIERS), (AMENDED, [AMENDED / "documents"])],
)
def test_shares_say_what_one_process_says(rulebook: Path | None, paths: list[Path], jobs: int) -> None:
    book = Rulebook.load(rulebook)
    one = book.check(paths, ON, compiled=True, max_bytes=10**8)
    several = book.check(paths, ON, jobs=jobs)
    assert told(one) == told(several)


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize("every", [2, 3])
def test_context_documents_are_counted_by_none(every: int) -> None:
    book = Rulebook.load()
    files = sorted(path for folder in DOSSIERS[:2] for path in folder.rglob("*.json"))
    judged, context = files[::every], [path for at, path in enumerate(files) if at % every]
    reference = told(book.check(judged, ON, context=context, compiled=False))
    assert told(book.check(judged, ON, context=context, jobs=2)) == reference


@pytest.mark.usefixtures("sizes")
def test_what_cannot_be_read_stands_where_it_was_given(tmp_path: Path) -> None:
    """Faults of files, of lines and of documents, keys that several have, and copies of a document in the context."""
    good = [path.read_text("utf-8") for path in sorted((FIXTURES / "conforming/vouchers").glob("*.json"))]
    lines = [json.dumps(json.loads(text)) for text in good]
    twice = lines[0].replace('{"document_type"', '{"voucher_id": "V-1", "document_type"', 1)
    (tmp_path / "a.ndjson").write_text(
        "\n".join([*lines, "{", twice, lines[1], '{"document_type": "voucher"}']), "utf-8"
    )
    (tmp_path / "b.json").write_text("[" + ",".join([*good, "7", '{"document_type": "bill"}']) + "]", "utf-8")
    (tmp_path / "c.json").write_text("", "utf-8")
    (tmp_path / "d.txt").write_text("", "utf-8")
    invoice = json.loads((FIXTURES / "conforming/invoices/2026-02.json").read_text("utf-8"))
    invoice["lines"][0] |= {"client_ref": [], "voucher_id": None}
    invoice["lines"][1] |= {"client_ref": {}, "service_date": 7}
    (tmp_path / "c2.json").write_text(json.dumps([invoice, {**invoice, "invoice_number": "2", "lines": {}}]), "utf-8")
    (tmp_path / "e.ndjson").write_text("\n".join(lines[:2]), "utf-8")
    given, context = [tmp_path, tmp_path / "none.json"], [tmp_path / "e.ndjson", FIXTURES / "conforming"]
    book = Rulebook.load()
    for complete in (False, True):
        one = book.check(given, ON, context, CEILINGS, complete, compiled=True)
        assert {"E101", "E103", "E104", "E108", "E109"} <= {p.code for p in one.problems}
        assert told(book.check(given, ON, context, CEILINGS, complete, jobs=2)) == told(one)


@pytest.mark.usefixtures("sizes")
def test_nothing_follows_from_what_is_missing_when_a_fault_turns_up_late(tmp_path: Path) -> None:
    """A key that stands twice is no fault of a text that is read for its keys alone."""
    invoice = json.loads((FIXTURES / "conforming/invoices/2026-02.json").read_text("utf-8"))
    (tmp_path / "a.json").write_text(json.dumps(invoice), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(invoice)[:-1] + ', "total": 1}', "utf-8")
    book = Rulebook.load()
    one = book.check([tmp_path], ON, complete=True, compiled=True)
    assert any(note.kind == "not complete" for note in one.notes)
    assert told(book.check([tmp_path], ON, complete=True, jobs=2)) == told(one)


@pytest.mark.usefixtures("sizes")
@pytest.mark.skipif(not workers.POSSIBLE, reason="processes cannot be forked here")
@pytest.mark.parametrize("where", [(stock.Stock, "heads"), (shares, "judge_share"), (shares, "_close")])
def test_a_process_that_fails_is_stood_in_for(monkeypatch: pytest.MonkeyPatch, where: tuple[Any, str]) -> None:
    book = Rulebook.load()
    expected = told(book.check(DOSSIERS[1:2], ON, compiled=True))
    work, parent, done = getattr(*where), os.getpid(), []

    def failing(*arguments: Any) -> Any:
        if os.getpid() != parent:
            os._exit(1)
        done.append(where)
        return work(*arguments)

    monkeypatch.setattr(*where, failing)
    assert told(book.check(DOSSIERS[1:2], ON, jobs=2)) == expected
    assert done


def test_without_processes_shares_are_judged_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Rulebook.load()
    expected = told(book.check(DOSSIERS[1:2], ON, compiled=True))
    monkeypatch.setattr(workers, "POSSIBLE", False)
    assert told(book.check(DOSSIERS[1:2], ON, jobs=2)) == expected


def test_a_run_too_large_for_one_process_is_divided_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Rulebook.load()
    expected = told(book.check(DOSSIERS[1:2], ON, compiled=True))
    stages: dict[str, int] = {}
    monkeypatch.setattr(api, "LARGE", 0)
    report = book.check(DOSSIERS[1:2], ON, tell=lambda stage, done, total: stages.update({stage: total}))
    assert told(report) == expected
    assert stages["judge"] > 0


def test_an_array_is_read_once_however_many_of_its_documents_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vouchers = [path.read_text("utf-8") for path in sorted((FIXTURES / "conforming/vouchers").glob("*.json"))]
    (tmp_path / "vouchers.json").write_text("[" + ",".join(vouchers) + "]", "utf-8")
    given, context = [FIXTURES / "conforming/invoices"], [tmp_path / "vouchers.json"]
    read: list[int] = []
    text = stock.Stock.text

    def counted(self: stock.Stock, number: int) -> bytes:
        read.append(number)
        return text(self, number)

    monkeypatch.setattr(stock.Stock, "text", counted)
    monkeypatch.setattr(api, "LARGE", 0)
    monkeypatch.setattr(shares, "SHARE", 1)
    report = Rulebook.load().check(given, ON, context)
    assert len(report.documents) > len(vouchers)
    # For its keys, in the trial, for what is asked for, and in the share that it is in.
    assert read.count(len(report.documents) - len(vouchers)) == 4


@pytest.mark.parametrize("crash", ["when all is gathered", "before", "never, but nothing is found"])
def test_a_document_that_the_reference_cannot_gather_again_lets_nothing_pass(
    monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    work = judge.Judge.document

    def crashing(self: judge.Judge, rule: Any, document: Any) -> Any:
        if crash.startswith("when"):
            yield from work(self, rule, document)
        if not crash.startswith("never"):
            raise RuntimeError

    monkeypatch.setattr(closing, "Judge", type("Judge", (judge.Judge,), {"document": crashing}))
    report = Rulebook.load().check(DOSSIERS, ON, jobs=2)
    assert "E503" in {problem.code for problem in report.problems}
    assert report.exit_code() == 2


def test_where_nothing_can_be_written_one_process_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Rulebook.load()
    expected = told(book.check(DOSSIERS[1:2], ON, compiled=True))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shares.Spill, "write", full)
    assert told(book.check(DOSSIERS[1:2], ON, jobs=2)) == expected


def test_files_without_a_text_are_told_of_as_ever(tmp_path: Path) -> None:
    (tmp_path / "large.json").write_text("[" + " " * 100 + "]", "utf-8")
    one, two = (Rulebook.load().check([tmp_path], ON, max_bytes=50, jobs=n) for n in (1, 2))
    assert [p.code for p in two.problems] == ["E107"]
    assert told(one) == told(two)


def written(folder: Path, trees: list[Any]) -> list[Path]:
    """Some documents a line, some in an array, some alone."""
    plain = [json.dumps(tree, default=float) for tree in trees]
    (folder / "a.ndjson").write_text("\n".join(plain[0::3]), "utf-8")
    (folder / "b.json").write_text("[" + ",".join(plain[1::3]) + "]", "utf-8")
    for number, text in enumerate(plain[2::3]):
        (folder / f"c{number}.json").write_text(text, "utf-8")
    return sorted(folder.iterdir())


@pytest.mark.usefixtures("sizes")
@settings(derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_documents_in_any_order(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole, book = data.draw(st.sampled_from([(TREES, Rulebook.load()), (MOVED, Rulebook.load(AMENDED))]))
    trees = copy.deepcopy(data.draw(st.permutations(whole)))
    for _ in range(data.draw(st.integers(0, 4))):
        tree = data.draw(st.sampled_from(trees))
        place = data.draw(st.sampled_from([p for p in places_of(tree) if p[0] != "document_type"] or [()]))
        if place:
            change(
                tree,
                place,
                data.draw(st.sampled_from(["removed", "nulled", "broken"])),
                data.draw(st.integers(-400, 400)),
            )
    files = written(tmp_path_factory.mktemp("given"), trees)
    cut = data.draw(st.integers(1, len(files)))
    parameters = CEILINGS if whole is TREES else None
    complete = data.draw(st.booleans())
    one = book.check(files[:cut], ON, files[cut:], parameters, complete, compiled=True)
    several = book.check(files[:cut], ON, files[cut:], parameters, complete, jobs=data.draw(st.integers(2, 4)))
    assert told(several) == told(one)


def test_only_groups_that_several_shares_have_leave_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever in the key the part stands by which they are known: `group_id` is the second one of I310."""
    left: list[tuple[Any, ...]] = []
    add = spill.Spill.add

    def noted(self: spill.Spill, number: int, key: tuple[Any, ...], *group: Any) -> None:
        left.append(key)
        add(self, number, key, *group)

    monkeypatch.setattr(spill.Spill, "add", noted)
    monkeypatch.setattr(workers, "POSSIBLE", False)  # here, where it is noted
    invoice = json.loads((FIXTURES / "violating/I310-thirteen-in-a-group.json").read_text("utf-8"))[-1]
    lines = invoice["lines"]
    for half, some in enumerate((lines[:7], lines[7:])):
        some = [*some, {**lines[0], "group_id": f"of {half} alone"}]
        (tmp_path / f"{half}.json").write_text(json.dumps({**invoice, "invoice_number": f"{half}", "lines": some}))
    book = Rulebook.load()
    one = book.check([tmp_path], ON, select=["I310"], compiled=True)
    several = book.check([tmp_path], ON, select=["I310"], jobs=2)
    assert one.tally["I310"]["violated"] == 1
    assert told(one) == told(several)
    assert {key[1] for key in left} == {lines[0]["group_id"]}


def test_a_key_that_is_empty_is_none(tmp_path: Path) -> None:
    folder = small.write(tmp_path, {
        "schemas/voucher.schema.json": '{"x-extends": "voucher", "properties": {"voucher_id": {"minLength": null}}}',
    })  # fmt: skip
    tree = json.loads((FIXTURES / "conforming/vouchers/assessment.json").read_text("utf-8"))
    for number in range(2):
        path = tmp_path / f"documents/{number}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({**tree, "voucher_id": "", "granted_units": 30 + number}), "utf-8")
    book = Rulebook.load(folder)
    one = book.check([path.parent], ON, compiled=True, complete=True)
    assert one.exit_code() == 0
    assert told(one) == told(book.check([path.parent], ON, jobs=2, complete=True))


def test_a_file_that_is_gone_when_its_lines_are_shown_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.ndjson"
    invoices = sorted((FIXTURES / "conforming/invoices").glob("*.json"))
    path.write_text("\n".join(json.dumps(json.loads(one.read_text("utf-8"))) for one in invoices), "utf-8")
    stage = Progress.stage

    def changing(self: Progress, name: str, *rest: int) -> None:
        if name == "report":
            path.write_text("{}", "utf-8")
        stage(self, name, *rest)

    monkeypatch.setattr(Progress, "stage", changing)
    result = CliRunner().invoke(main, ["check", str(path), "--jobs", "2", "--on", str(ON)])
    assert result.exit_code == 2
    assert f"error[E101]: cannot read `{path}`: it was changed while it was being checked" in result.stderr


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are told by /proc")
def test_no_file_stays_open() -> None:
    book = Rulebook.load()
    told(book.check(DOSSIERS[:1], ON, jobs=2))
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    reports = [book.check(DOSSIERS, ON, jobs=2) for _ in range(2)]
    assert [told(report) for report in reports]
    assert len(os.listdir("/proc/self/fd")) == len(before)  # noqa: PTH208


def test_a_line_shows_no_more_in_shares(tmp_path: Path) -> None:
    """Of an array, several shares know a part: what one knows of it is not put in the place of what another does."""
    voucher = json.loads((FIXTURES / "conforming/vouchers/assessment.json").read_text("utf-8"))
    first, second = {"one": "SECRET1", **voucher}, {"other": "SECRET2", **voucher, "voucher_id": "another"}
    (tmp_path / "a.json").write_text(json.dumps([first, second], indent=1), "utf-8")
    invoice = json.loads((FIXTURES / "conforming/invoices/2026-02.json").read_text("utf-8"))
    line = {**invoice["lines"][0], "voucher_id": voucher["voucher_id"]}
    for number in range(40):
        tree = {**invoice, "invoice_number": str(number), "lines": [line] * 8}
        (tmp_path / f"b{number}.json").write_text(json.dumps(tree), "utf-8")
    report = Rulebook.load().check([tmp_path], ON, jobs=2)
    assert "S000" in {finding.code for finding in report.findings}
    assert "SECRET" not in render_report(report, "text", "en", 1, Settings("en", 1))


def test_a_key_that_only_unreadable_documents_have_is_not_given(tmp_path: Path) -> None:
    raw = (FIXTURES / "conforming/vouchers/assessment.json").read_text("utf-8")
    for number in range(2):
        twice = raw.replace('"unit_price"', '"unit_price": 1, "unit_price"', 1) + " " * number
        (tmp_path / f"{number}.json").write_text(twice, "utf-8")
    book, invoices = Rulebook.load(), sorted((FIXTURES / "conforming/invoices").glob("*.json"))
    one = book.check(invoices, ON, context=[tmp_path], compiled=True)
    assert [p.code for p in one.problems] == ["E104", "E104"]
    assert told(one) == told(book.check(invoices, ON, context=[tmp_path], jobs=2))


@pytest.mark.parametrize("lost", ["no key", "no file"])
def test_nothing_is_known_to_be_missing_where_a_document_could_not_be_read(tmp_path: Path, lost: str) -> None:
    """One may be the very voucher looked for, whichever share it is in."""
    for path in (FIXTURES / "conforming/invoices").glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    if lost == "no key":
        (tmp_path / "z.json").write_text('{"document_type": "voucher"}', "utf-8")
    else:
        (tmp_path / "z.json").symlink_to("nowhere.json")
    book = Rulebook.load()
    one = book.check([tmp_path], ON, complete=True, compiled=True)
    two = book.check([tmp_path], ON, complete=True, jobs=2)
    assert one.counts["I603"]["violated"] == 0
    assert one.counts["I603"]["undecided"] > 0
    assert two.counts == one.counts
