"""The commands of the page on publishing, as they stand there, run in a folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = "build/docs/site"
# The programs are this Python's, and what `pip` would install is there: no registry has what is being tested.
PROGRAMS = """
ktt-policy() { "$KTT_PYTHON" -m ktt_policy "$@"; }
mkdocs() { "$KTT_PYTHON" -m mkdocs "$@"; }
python3() { exec "$KTT_PYTHON" -u "$@"; }
pip() { [ "$*" = "install .[docs]" ]; }
set -e
"""


def blocks(lang: str, kind: str) -> list[str]:
    """The code blocks of a kind on the page."""
    page = (ROOT / "docs" / lang / "publish.md").read_text("utf-8")
    return re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)


def commands(lang: str) -> list[str]:
    """To build the site, to look at it, and to build that of a rulebook `my-county`."""
    return blocks(lang, "sh")


def start(script: str, folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "KTT_PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.Popen(
        ["bash", "-c", PROGRAMS + script], cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def run(script: str, folder: Path) -> None:
    """Each command must succeed."""
    with start(script, folder) as done:
        said = done.communicate()[0]
    assert done.returncode == 0, said
