"""The README tells of the commands, formats and exit codes that there are, and its lines run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from ktt_policy.cli import COMMANDS, main
from ktt_policy.reporters import FORMATS

from shell import ROOT, Shell

README = (ROOT / "README.md").read_text("utf-8")


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def rows(text: str) -> list[str]:
    """The first cells of a table, without its head."""
    return [line.split(" | ")[0].removeprefix("| ") for line in text.splitlines() if line.startswith("| ")][2:]


def usage(argument: click.Parameter) -> str:
    name = argument.metavar or argument.human_readable_name
    return name if argument.required or name.startswith("[") else f"[{name}]"


def test_it_lists_the_commands_with_their_arguments() -> None:
    listed = {}
    for row in rows(section("Commands")):
        for given in re.findall(r"`([^`]+)`", row):
            name, *arguments = given.split()
            listed.setdefault(name, []).append(" ".join(arguments))
    assert list(listed) == list(COMMANDS)
    context = click.Context(main)
    for name, usages in listed.items():
        command = main.get_command(context, name)  # type: ignore[attr-defined]
        assert command is not None
        if isinstance(command, click.Group):
            assert usages == list(command.commands)
            continue
        arguments = [usage(param) for param in command.params if isinstance(param, click.Argument)]
        assert usages == [" ".join(arguments)]


def test_it_lists_the_formats() -> None:
    found = re.search(r"^Reports: (.*?),\s+one with", section("Commands"), re.DOTALL | re.MULTILINE)
    assert found is not None
    assert re.findall(r"`(\w+)`", found[1]) == list(FORMATS)


def test_it_lists_the_exit_codes_of_check() -> None:
    listed = rows(section("Exit codes"))
    help_ = " ".join(CliRunner().invoke(main, ["check", "--help"]).output.split())
    stated = re.search(r"Exit codes: (.*?)\.", help_)
    assert stated is not None
    assert listed == re.findall(r"(?:^|; )(\d) ", stated[1])


def test_its_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_its_finding_is_what_its_first_line_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    first = re.search(r"\.venv/bin/ktt-policy (check .*)$", README, re.MULTILINE)
    shown = re.search(r"```\n(.*?)\n```", section("A finding"), re.DOTALL)
    assert first is not None
    assert shown is not None
    done = CliRunner().invoke(main, shlex.split(first[1]))
    assert done.exit_code == 1
    assert shown[1] == done.stdout.split("\n\n")[0]


# the exit code of each line, in order
SECTIONS = {
    "Why did it come out so?": [0],
    "As a gate": [1, 0],
    "Amending the rulebook": [0, 0, 0, 0],
}


@pytest.mark.parametrize("title", SECTIONS)
def test_its_lines_run(title: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.dossier()
    shell.rulebook()
    shell.run(f"cp -r {ROOT}/fixtures/violating fixtures/")
    shell.commit()
    lines = [line for block in re.findall(r"```sh\n(.*?)```", section(title), re.DOTALL) for line in block.splitlines()]
    done = [shell.run(line) for line in lines]
    assert [one.returncode for one in done] == SECTIONS[title], [one.stdout[-500:] + one.stderr for one in done]


def test_the_other_command_lines_are_in_such_a_section() -> None:
    others = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
    known = {line for title in SECTIONS for line in section(title).splitlines()}
    assert [line for line in others if line not in known and not line.startswith("python3 -m venv")] == []
