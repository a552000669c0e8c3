"""Folders of made files: an earlier run's give way, a reader's own never do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy.cli import main
from ktt_policy.diagnostics import ProblemError
from ktt_policy.folders import LIST, write
from tests import small


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name[0] != "." and path.is_file()}


def test_what_was_made_before_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    write({"fi/a.md": b"1", "fi/old/b.md": b"1", "c.yml": b"1"}, tmp_path / "out")
    (tmp_path / "out/fi/mine.md").write_text("mine")
    (tmp_path / "one").write_text("1")
    write({"fi/a.md": b"2", "d.yml": tmp_path / "one", "c.yml": b"2"}, tmp_path / "out")
    assert names(tmp_path / "out") == {"fi/a.md", "c.yml", "d.yml", "fi/mine.md"}
    assert (tmp_path / "out/fi/a.md").read_bytes() == b"2"
    assert not (tmp_path / "out/fi/old").exists()


def test_what_others_wrote_stops_it_before_anything_is_changed(tmp_path: Path) -> None:
    write({"a": b"1"}, tmp_path)
    (tmp_path / "b").write_text("mine")
    with pytest.raises(ProblemError, match="was not made by this command"):
        write({"a": b"2", "b": b"2"}, tmp_path)
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "b").read_bytes()) == (b"1", b"mine")


def test_pages_do_not_go_into_the_folder_of_a_rulebook(tmp_path: Path) -> None:
    book = small.write(tmp_path)
    made = CliRunner().invoke(main, ["docs", "build", "--rulebook", str(book), "--out", str(book / "site")])
    assert (made.exit_code, "lies in the rulebook's folder" in made.stderr) == (2, True)


def test_a_run_that_was_broken_off_can_be_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        if self.name == "b":
            raise OSError
        return real(self, data)

    real = Path.write_bytes
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError):  # noqa: PT011
            write({"a": b"1", "b": b"1"}, tmp_path)
    write({"a": b"2", "c": b"2"}, tmp_path)
    assert names(tmp_path) == {"a", "c"}


@pytest.mark.parametrize("name", ["../mine.txt", "/etc/mine.txt", "a/../../mine.txt", "", "\0"])
def test_a_list_that_leads_elsewhere_is_not_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    write({"a": b"1"}, tmp_path / "out")
    (tmp_path / "out" / LIST).write_text(f"a\n{name}\n")
    with pytest.raises(ProblemError, match="was not written by this command"):
        write({"a": b"2"}, tmp_path / "out")
    assert (tmp_path / "out/a").read_bytes() == b"1"
    assert (tmp_path / "mine.txt").read_text() == "mine"
