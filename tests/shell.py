"""Running `ktt-policy` as people and builds do: by its name, in a shell, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONFORMING = ROOT / "fixtures/conforming"
AMENDED = ROOT / "fixtures/rulebooks/amended-2027"


class Shell:
    """A folder in which shell scripts run with this checkout's `ktt-policy` on PATH, without network or settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "here"
        self.folder.mkdir()
        programs = folder / "programs"
        programs.mkdir()
        program = programs / "ktt-policy"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ktt_policy "$@"\n')
        program.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KTT_", "GITHUB_", "GIT_"))}
        self.programs = programs
        self.environment = {
            **kept,
            "KTT_POLICY_CACHE": os.environ["KTT_POLICY_CACHE"],
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.org",
            "GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@example.org",
        }  # fmt: skip

    def run(self, script: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", *options, "-c", script],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def dossier(self) -> None:
        """An invoice, a folder of them, one of their vouchers, their provider, invented ceilings: all conforming."""
        shutil.copytree(CONFORMING / "invoices", self.folder / "invoices")
        shutil.copytree(CONFORMING / "vouchers", self.folder / "vouchers")
        shutil.copy(CONFORMING / "provider.json", self.folder)
        shutil.copy(CONFORMING / "invoices/2026-02.json", self.folder / "invoice.json")
        shutil.copy(ROOT / "fixtures/example-ceilings.yaml", self.folder / "ceilings.yaml")

    def rulebook(self) -> None:
        """A rulebook in `rulebook/`: the invented one that is amended. Its cases' documents are in `fixtures/`."""
        shutil.copytree(AMENDED, self.folder / "rulebook")
        shutil.copytree(AMENDED / "documents", self.folder / "fixtures/rulebooks/amended-2027/documents")

    def commit(self) -> None:
        """Everything so far is in git."""
        made = self.run("git init -q -b main && git add . && git commit -q --allow-empty -m all")
        assert made.returncode == 0, made.stderr
