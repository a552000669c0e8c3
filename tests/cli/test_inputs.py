"""What is given to `check`: nothing of it is passed over in silence."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from errno import EACCES
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from ktt_policy import Rulebook
from ktt_policy.cli import main
from ktt_policy.inputs import size_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
GOOD = FIXTURES / "conforming/provider.json"
BAD = FIXTURES / "violating/P101-company-offers-assessment.json"


def check(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", "--lang", "en", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "given"
    (made / "sub").mkdir(parents=True)
    shutil.copy(GOOD, made / "provider.json")
    return made


@pytest.mark.parametrize("name", ["sub/P101.json", "sub/P101.JSON"])
@pytest.mark.parametrize("pattern", ["", "*", "sub*", "**/*.[jJ]*"])
def test_a_document_in_a_folder_is_read_however_it_is_named(folder: Path, name: str, pattern: str) -> None:
    shutil.copy(BAD, folder / name)
    result = check(folder / pattern if pattern else folder, "--select", "P101")
    assert (result.exit_code, name in result.output) == (1, True)


def test_a_folder_behind_a_link_is_read_once(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(BAD, other)
    for link, to in (("linked", other), ("again", other), ("sub/up", folder), ("sub/top", tmp_path)):
        (folder / link).symlink_to(to)
    result = check(folder, "--select", "P101", "--format", "json")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["documents"]) == 2


def test_what_cannot_be_read_is_told(folder: Path) -> None:
    (folder / "gone.json").symlink_to("nowhere.json")
    (folder / "loop.json").symlink_to("loop.json")
    os.mkfifo(folder / "pipe.json")
    result = check(folder)
    assert result.exit_code == 2
    for name in ("gone", "loop", "pipe"):
        assert f"error[E101]: cannot read `{folder / name}.json`" in result.stderr


@pytest.mark.parametrize("pattern", ["", "**/*.json", "*/*.json", "s*/b.json"])
def test_a_folder_that_cannot_be_looked_into_is_told(
    folder: Path, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is to a user who may not, which root always may."""
    look = os.scandir

    def closed(path: Any) -> Any:
        if os.fspath(path) == str(folder / "sub"):
            raise PermissionError(EACCES, os.strerror(EACCES), str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", closed)
    result = check(folder / pattern if pattern else folder)
    assert result.exit_code == 2
    assert f"cannot read `{folder / 'sub'}`" in result.stderr


@pytest.mark.parametrize("arguments", [[""], [GOOD, "--parameters", ""], [GOOD, "--rulebook", ""]])
def test_an_empty_name_is_not_the_default(arguments: list[object]) -> None:
    assert check(*arguments).exit_code == 2


@pytest.mark.parametrize("space", ["\f", "\v", "\u00a0"])
def test_what_is_no_space_in_json_is_refused_and_the_rest_is_read(folder: Path, space: str) -> None:
    shutil.copy(BAD, folder)
    (folder / "provider.json").write_text(space + GOOD.read_text("utf-8"), "utf-8")
    result = check(folder, "--select", "P101")
    assert result.exit_code == 2
    assert "error[E103]" in result.stderr
    assert "P101" in result.stdout


def test_columns_of_an_indented_line_are_those_of_the_file(tmp_path: Path) -> None:
    line = json.dumps(json.loads(BAD.read_bytes()))
    file = tmp_path / "lines.ndjson"
    columns = []
    for indent in ("", "  \t "):
        file.write_text(f"{indent}{line}\n")
        result = check(file, "--select", "P101", "--format", "json")
        columns.append(json.loads(result.stdout)["findings"][0]["place"]["span"]["column"])
    assert columns[1] == columns[0] + 4


@pytest.mark.parametrize("taken", ["values.yaml", "broken.json", "known.json"])
def test_a_report_does_not_take_the_place_of_what_was_read(tmp_path: Path, taken: str) -> None:
    shutil.copy(FIXTURES / "example-ceilings.yaml", tmp_path / "values.yaml")
    (tmp_path / "broken.json").write_text('{"a": ')
    (tmp_path / "known.json").write_text('{"findings": []}')
    before = (tmp_path / taken).read_bytes()
    result = check(
        GOOD, tmp_path / "broken.json", "--parameters", tmp_path / "values.yaml", "--baseline", tmp_path / "known.json",
        "--output", f"json={tmp_path}/sub/../{taken}",
    )  # fmt: skip
    assert result.exit_code == 2
    assert "is read by this run" in result.stderr
    assert (tmp_path / taken).read_bytes() == before


def test_a_report_does_not_take_the_place_of_settings_or_rulebook(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "book"
    shutil.copytree(FIXTURES / "rulebooks/amended-2027", book)
    settings = tmp_path / "ktt-policy.toml"
    settings.write_text(f'rulebook = "{book}"\n')
    monkeypatch.chdir(tmp_path)
    cases = next(book.rglob("cases.yaml"))
    for taken in (settings, book / "rulebook.yaml", cases, next(book.glob("clauses/*.yaml"))):
        before = taken.read_bytes()
        result = check(folder, "--output", f"json={taken}")
        assert (result.exit_code, "would take its place" in result.stderr) == (2, True), taken
        assert taken.read_bytes() == before
    assert check(folder, "--output", f"json={book}/report.json").exit_code in (0, 1, 3)
    assert (book / "report.json").is_file()


def test_a_warning_fails_no_test_of_a_report(folder: Path) -> None:
    (folder / "README.md").write_text("no document")
    junit, tap = check(folder, "--format", "junit"), check(folder, "--format", "tap")
    assert (junit.exit_code, tap.exit_code) == (0, 0)
    suites = ElementTree.fromstring(junit.stdout)
    assert suites.get("errors") == "0"
    assert not list(suites.iter("error"))
    assert "W110" in junit.stdout
    assert "not ok" not in tap.stdout
    assert "# warning W110" in tap.stdout


def test_what_is_wrong_with_a_whole_file_names_it_in_every_format(folder: Path) -> None:
    (folder / "empty.json").write_text("")
    missing, empty = str(folder / "nowhere.json"), str(folder / "empty.json")

    def told(form: str) -> str:
        result = check(missing, empty, GOOD, "--select", "P101", "--format", form)
        assert result.exit_code == 2
        return result.stdout

    assert [(p["file"], p["span"]) for p in json.loads(told("json"))["problems"]] == [(missing, None), (empty, None)]
    notes = json.loads(told("sarif"))["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    places = [one["locations"][0]["physicalLocation"] for one in notes if one["level"] == "error"]
    assert places == [{"artifactLocation": {"uri": Path(file).as_uri()}} for file in (missing, empty)]
    assert [issue["location"]["path"] for issue in json.loads(told("gitlab"))] == [missing, empty]
    names = [case.get("name") for case in ElementTree.fromstring(told("junit")).iter("testcase")]
    assert {f"E101 {missing}", f"E108 {empty}"} <= set(names)


def test_the_hash_of_a_document_is_that_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "marked.json"
    file.write_bytes(b"\xef\xbb\xbf" + BAD.read_bytes())
    told = json.loads(check(file, "--select", "P101", "--format", "json").stdout)
    plain = json.loads(check(BAD, "--select", "P101", "--format", "json").stdout)
    assert told["documents"][0]["sha256"] == sha256(file.read_bytes()).hexdigest()
    assert told["findings"][0]["place"]["span"] == plain["findings"][0]["place"]["span"]


def test_a_pipe_is_read_by_one_process(tmp_path: Path) -> None:
    """What can be read once only is not shared: its size is not known."""
    file, pipe = tmp_path / "a.json", tmp_path / "pipe"
    file.write_text("{}", "utf-8")
    os.mkfifo(pipe)
    assert size_of([str(file)]) == 2
    assert size_of([str(file), str(tmp_path / "missing.json")]) == 2
    assert size_of([str(file), str(pipe)]) == 0


@pytest.mark.parametrize("kind", [str, Path, Path.read_bytes, lambda path: bytearray(path.read_bytes())])
def test_one_thing_given_is_one(kind: Any) -> None:
    voucher, invoice = FIXTURES / "conforming/vouchers/assessment.json", FIXTURES / "conforming/invoices/2026-02.json"
    report = Rulebook.load().check(kind(invoice), date(2026, 11, 24), context=kind(voucher))
    assert [(d.kind, d.judged) for d in report.documents] == [("invoice", True), ("voucher", False)]
    assert report.problems == []
