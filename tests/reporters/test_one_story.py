"""All formats and the exit code tell one story, of all that can come out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy.cli import main
from ktt_policy.reporters import FORMATS
from read_back import Story, read_back

ROOT = Path(__file__).parents[2]
CEILINGS = ["--parameters", "fixtures/example-ceilings.yaml"]
CORPUS = {
    "conforming": (0, ["fixtures/conforming", *CEILINGS]),
    "one violation": (1, ["fixtures/violating/I601-line-amount.json", *CEILINGS]),
    "all the violating ones together": (1, ["fixtures/violating", *CEILINGS]),
    "undecided": (3, ["fixtures/conforming"]),
    "violated and undecided": (1, ["fixtures/violating/I601-line-amount.json"]),
    "schema broken": (1, ["fixtures/violating/S000-unknown-field.json", *CEILINGS]),
    "one key twice": (1, ["fixtures/violating/S001-two-with-one-key.json", *CEILINGS]),
    "a broken file": (2, ["broken.json", "fixtures/violating/I601-line-amount.json", *CEILINGS]),
    "nothing": (2, ["broken.json"]),
}


@pytest.mark.parametrize("name", CORPUS)
def test_all_formats_and_the_exit_code_tell_one_story(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    code, arguments = CORPUS[name]
    broken = tmp_path / "broken.json"
    broken.write_bytes(b'{"document_type": ')
    given = [str(broken) if a == "broken.json" else a for a in arguments]
    outputs = [f"--output={format_}={tmp_path / format_}" for format_ in FORMATS]
    result = CliRunner().invoke(main, ["check", "--on", "2026-11-24", "--lang", "en", *given, *outputs])
    assert result.exit_code == code, result.output
    stories: dict[str, Story] = {}
    for format_ in FORMATS:
        stories[format_] = read_back(format_, (tmp_path / format_).read_bytes().decode())
        assert stories[format_].exit_code == code, format_
    told = stories["json"]
    if code in (1, 3):
        assert told.violated or told.undecided
    for format_, story in stories.items():
        assert story == told, format_


def test_what_goes_to_stdout_is_what_goes_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for format_ in FORMATS:
        file = tmp_path / format_
        arguments = ["check", "--on", "2026-11-24", "fixtures/violating/I601-line-amount.json"]
        result = CliRunner().invoke(main, [*arguments, "--format", format_, "--output", f"{format_}={file}"])
        assert result.stdout_bytes == file.read_bytes(), format_


def test_what_is_allowed_is_not_called_conforming(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --allow-undecided the exit code is 0, and still nothing undecided is shown as passed."""
    monkeypatch.chdir(ROOT)
    for format_ in FORMATS:
        arguments = ["check", "--on", "2026-11-24", "--lang", "en", "fixtures/conforming", "--allow-undecided"]
        result = CliRunner().invoke(main, [*arguments, "--format", format_])
        assert result.exit_code == 0, result.output
        assert "conform" not in result.stdout.replace("fixtures/conforming", "")
        assert "undecided" in result.stdout
        if format_ == "github":
            assert "::warning" in result.stdout
            assert "::error" not in result.stdout
        if format_ == "tap":
            assert "\nnot ok" in result.stdout
        if format_ == "junit":
            assert 'type="undecided"' in result.stdout
