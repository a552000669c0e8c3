"""Every command of the pages on formats runs and does what the page says; both languages tell of the same."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy.cli import main
from ktt_policy.cli.check import command
from ktt_policy.docs.config import GUIDES
from ktt_policy.reporters import FORMATS
from read_back import read_back

ROOT = Path(__file__).parents[2]
PAGES = ["en/formats.md", "fi/formats.md"]


def commands(page: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("page", PAGES)
def test_its_commands_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    invoice = ROOT / "fixtures/violating/I601-line-amount.json"
    shutil.copy(invoice, "invoice.json")
    Path("invoices").mkdir()
    shutil.copy(invoice, "invoices")
    seen = set()
    for line in commands(page):
        program, *arguments = shlex.split(line)
        assert program == "ktt-policy"
        result = CliRunner().invoke(
            main, [*arguments, "--on", "2026-11-24", *([] if "--lang" in line else ["--lang=en"])]
        )
        known = "--baseline" in arguments
        assert result.exit_code == (0 if known else 1), (line, result.output)
        written = [a.partition("=") for a in arguments if "=" in a]
        for format_, _, file in written:
            assert read_back(format_, Path(file).read_bytes().decode()).violated["I601"] == 1
        if "--format" in arguments:
            format_ = arguments[arguments.index("--format") + 1]
            assert read_back(format_, result.stdout).violated["I601"] == 1
            seen.add(format_)
        seen |= {format_ for format_, _, _ in written}
    assert seen | {"text"} == set(FORMATS)


@pytest.mark.parametrize("page", PAGES)
def test_it_names_every_format(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(FORMATS)


def test_help_names_every_format() -> None:
    assert command.help is not None
    assert f"Formats: {', '.join(FORMATS)}." in command.help


def test_the_pages_are_in_the_navigation() -> None:
    assert "formats.md" in GUIDES
