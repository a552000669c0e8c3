"""Runs the `console` blocks of hand-written pages: lines after `$ ` (and `> `) are commands, the rest is their output.

`python -m tests.docs.console` writes what the commands print into the pages; the tests compare.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
MARK = "\x01"
PROGRAM = 'ktt-policy() { "$KTT_PYTHON" -m ktt_policy "$@"; }\n'


def pages() -> list[Path]:
    """The hand-written pages with commands in them."""
    return [p for p in sorted((ROOT / "docs").rglob("*.md")) if "```console" in p.read_text("utf-8")]


def commands(block: str) -> list[str]:
    """The commands of a block; a command goes on in lines that begin with `> `."""
    found: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif line.startswith("> ") and found:
            found[-1] += "\n" + line[2:]
    return found


def run(page: str) -> str:
    """The page with the output of its commands, run one after the other in a copy of the source's data."""
    written = [c for block in BLOCK.findall(page) for c in commands(block)]
    with tempfile.TemporaryDirectory() as folder:
        outputs = iter(_run(written, Path(folder)))

    def filled(block: re.Match[str]) -> str:
        lines = []
        for command in commands(block[1]):
            shown = "$ " + command.replace("\n", "\n> ")
            lines.append(f"{shown}\n{next(outputs)}")
        return f"```console\n{''.join(lines)}```"

    return BLOCK.sub(filled, page)


def _run(written: list[str], folder: Path) -> list[str]:
    for name in ("fixtures", "policies", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    # The exit code of a command is still there for `echo $?` after the mark.
    script = PROGRAM + "".join(f"{c}\ncode=$?; printf '{MARK}'; (exit $code)\n" for c in written)
    environment = {**os.environ, "KTT_PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    environment |= {
        f"GIT_{who}_{what}": "docs@example.fi" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    for git in (["init", "-q"], ["add", "policies"], ["commit", "-qm", "rulebook"]):
        subprocess.run(["git", *git], cwd=folder, env=environment, check=True)
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, text=True, encoding="utf-8", check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout.split(MARK)[: len(written)]


def main() -> None:
    for path in pages():
        path.write_text(run(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
