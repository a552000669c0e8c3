"""Folders of made files: an earlier run's give way, a reader's own never do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy.cli import main
from ktt_policy.diagnostics import ProblemError
from ktt_policy.folders import write


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
    made = CliRunner().invoke(main, ["docs", "build", "--out", "policies/pohjois-savo-ktt/site"])
    assert (made.exit_code, "lies in the rulebook's folder" in made.stderr) == (2, True)
