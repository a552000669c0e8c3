"""The command as a process: what it says arrives whole, and its exit code is that of what was found."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
COMMAND = [sys.executable, "-m", "ktt_policy"]


@pytest.mark.parametrize(("name", "code"), [("violating/I602-total.json", 1), ("nothing", 2)])
def test_all_of_a_report_arrives_through_a_pipe(name: str, code: int, tmp_path: Path) -> None:
    command = [*COMMAND, "check", str(FIXTURES / name), "--format", "json"]
    piped = subprocess.run(command, capture_output=True, text=True)
    with (tmp_path / "report.json").open("w") as file:
        stored = subprocess.run(command, stdout=file, stderr=subprocess.PIPE)
    assert (piped.returncode, stored.returncode) == (code, code)
    assert piped.stdout == (tmp_path / "report.json").read_text("utf-8")
    assert piped.stdout.endswith("}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [["--version"], ["check", str(FIXTURES / "conforming"), "--format", "json"]])
def test_an_output_that_cannot_be_written_fails(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: the output could not be written")
    assert "Traceback" not in done.stderr


def test_a_character_that_the_encoding_lacks_is_written_as_its_code() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([*COMMAND, "eval", '"ä€"'], capture_output=True, env=environment)
    assert (done.returncode, done.stdout) == (0, b'"\xe4\\u20ac"\n')


@pytest.mark.parametrize(
    ("closed", "arguments", "code", "said"),
    [
        ("2>&-", "check conforming/provider.json -q", 0, ""),
        ("2>&-", "check nothing.json -q", 2, ""),
        (">&-", "check conforming/provider.json", 2, "standard output is closed"),
        ("<&-", "check -", 2, "cannot read the standard input"),
    ],
)
def test_a_closed_stream_changes_no_verdict(closed: str, arguments: str, code: int, said: str) -> None:
    command = f"{shlex.join(COMMAND)} {arguments} {closed}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=FIXTURES)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
