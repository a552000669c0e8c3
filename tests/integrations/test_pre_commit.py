"""The hooks run under pre-commit itself, with the page's configurations.

A hook's `language` is overridden, so that pre-commit runs the `ktt-policy` on PATH and installs nothing.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import yaml
from pages import ROOT, example, read

from shell import Shell

HOOKS = ROOT / ".pre-commit-hooks.yaml"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A git repository with documents and a rulebook, and a repository of hooks beside it."""
    made = Shell(tmp_path)
    made.environment["PRE_COMMIT_HOME"] = str(tmp_path / "pre-commit")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    shutil.copy(HOOKS, hooks)
    done = made.run(f"cd {hooks} && git init -q && git add . && git commit -q -m hooks && git tag v0.1.0")
    assert done.returncode == 0, done.stderr
    made.dossier()
    made.rulebook()
    return made


def pre_commit(shell: Shell, configuration: str, arguments: str = "--all-files") -> tuple[int, str]:
    data = read(configuration)
    for repository in data["repos"]:
        repository["repo"] = str(shell.folder.parent / "hooks")
        for hook in repository["hooks"]:
            hook["language"] = "unsupported"
    (shell.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(data), "utf-8")
    shell.commit()
    done = shell.run(f'"{sys.executable}" -m pre_commit run --verbose {arguments}')
    return done.returncode, done.stdout + done.stderr


def test_documents_that_conform_pass(shell: Shell) -> None:
    code, output = pre_commit(shell, example(".pre-commit-config.yaml"))
    assert code == 0, output
    assert "check documents against the rulebook" in output
    assert "Passed" in output


def test_a_violation_stops_the_commit(shell: Shell) -> None:
    shutil.copy(ROOT / "fixtures/violating/I601-line-amount.json", shell.folder / "invoices")
    code, output = pre_commit(shell, example(".pre-commit-config.yaml"))
    assert code == 1
    assert "I601 error:" in output
    assert "- exit code: 1" in output


def test_only_the_files_that_change_are_checked_and_context_counts_once(shell: Shell) -> None:
    shutil.copy(ROOT / "fixtures/violating/I601-line-amount.json", shell.folder / "invoices")
    configuration = example(".pre-commit-config.yaml").replace("--lang, en]", "--lang, en, --context, invoices]")
    code, output = pre_commit(shell, configuration, "--files invoices/2026-03.json")
    assert code == 0, output
    assert "Passed" in output
    code, output = pre_commit(shell, configuration, "--files README.md")
    assert "no files to check" in output


def test_a_rulebook_is_linted_and_tested(shell: Shell) -> None:
    configuration = example(".pre-commit-config.yaml", 1)
    code, output = pre_commit(shell, configuration)
    assert code == 0, output
    assert output.count("Passed") == 2
    rule = shell.folder / "rulebook/invoice/I601-line-amount/2026-01-01.yaml"
    rule.write_text(rule.read_text("utf-8").replace("line.amount = right", "line.amount <= right"), "utf-8")
    code, output = pre_commit(shell, configuration)
    assert code == 1
    assert "FAILED I601" in output
    rule.write_text("title: 5\n", "utf-8")
    code, output = pre_commit(shell, configuration)
    assert "- exit code: 2" in output


def test_every_hook_is_used_in_the_page() -> None:
    repositories = [repo for n in (0, 1) for repo in read(example(".pre-commit-config.yaml", n))["repos"]]
    used = [hook["id"] for repo in repositories for hook in repo["hooks"]]
    assert sorted(used) == sorted(hook["id"] for hook in read(HOOKS.read_text("utf-8")))
