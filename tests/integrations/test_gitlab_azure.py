"""The GitLab template with the page's example, and the Azure example, run on fixtures."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from builds import calls, job_of_gitlab, stub
from pages import ROOT, example, read
from read_back import read_back

from shell import Shell

VIOLATING = ROOT / "fixtures/violating/I601-line-amount.json"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made.dossier()
    stub(made, "pip")
    return made


def gitlab() -> tuple[dict[str, Any], dict[str, str]]:
    mine = read(example(".gitlab-ci.yml"))
    assert (ROOT / mine["include"][0]["file"].lstrip("/")).is_file()
    return read((ROOT / "integrations/gitlab.yml").read_text("utf-8")) | mine, mine["variables"]


def run_job(shell: Shell, name: str, **variables: str) -> tuple[int, dict[str, str]]:
    """The exit code and the reports of a job, whose lines run in one shell as GitLab's runner has it."""
    jobs, shared = gitlab()
    job = job_of_gitlab(jobs, name)
    lines = [*job["before_script"], *job["script"]]
    environment = {k: str(v) for k, v in {**shared, **job["variables"], **variables}.items()}
    done = shell.run("\n".join(lines), "-eo", "pipefail", **environment)
    reports = job.get("artifacts", {}).get("reports", {})
    return done.returncode, {kind: (shell.folder / file).read_text("utf-8") for kind, file in reports.items()}


def test_the_documents_of_the_example_conform(shell: Shell) -> None:
    code, reports = run_job(shell, "documents")
    assert code == 0
    assert read_back("gitlab", reports["codequality"]).violated == {}
    assert calls(shell) == ["pip install --quiet git+https://git.example.org/ktt-policy@v0.1.0"]


def test_a_violation_fails_with_both_reports(shell: Shell) -> None:
    shutil.copy(VIOLATING, shell.folder / "invoices")
    code, reports = run_job(shell, "documents", KTT_OPTIONS="--select I601 --on 2026-11-24")
    assert code == 1
    assert read_back("gitlab", reports["codequality"]).violated == {"I601": 1}
    assert read_back("junit", reports["junit"]).violated == {"I601": 1}
    assert job_of_gitlab(gitlab()[0], "documents")["artifacts"]["when"] == "always"


def test_a_job_that_lacks_what_it_needs_fails(shell: Shell) -> None:
    jobs, _ = gitlab()
    before = "\n".join(job_of_gitlab(jobs, ".ktt-policy")["before_script"])
    assert "KTT_PACKAGE" in shell.run(before, "-eo", "pipefail").stderr
    script = "\n".join(job_of_gitlab(jobs, ".ktt-policy-check")["script"])
    done = shell.run(script, "-eo", "pipefail", KTT_OPTIONS="")
    assert done.returncode != 0
    assert "KTT_PATHS" in done.stderr


def test_the_rulebook_of_the_example(shell: Shell) -> None:
    shell.rulebook()
    assert run_job(shell, "rulebook") == (0, {})
    rule = shell.folder / "rulebook/invoice/I601-line-amount/2026-01-01.yaml"
    rule.write_text(rule.read_text("utf-8").replace("line.amount = right", "line.amount <= right"), "utf-8")
    assert run_job(shell, "rulebook")[0] == 1


def test_azure(shell: Shell) -> None:
    steps = read(example("azure-pipelines.yml"))["steps"]
    install, check = (step["bash"] for step in steps if "bash" in step)
    assert shell.run(install).returncode == 0
    assert calls(shell) == ["pip install git+https://git.example.org/ktt-policy@v0.1.0"]
    assert shell.run(check).returncode == 0
    shutil.copy(VIOLATING, shell.folder / "invoices")
    done = shell.run(f"{check} --select I601")
    assert done.returncode == 1
    assert read_back("azure", done.stdout).violated == {"I601": 1}
    publish = steps[-1]
    assert publish["condition"] == "succeededOrFailed()"
    report = (shell.folder / publish["inputs"]["testResultsFiles"]).read_text("utf-8")
    assert read_back("junit", report).violated == {"I601": 1}
