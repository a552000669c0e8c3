"""The GitHub action and the workflows of the page do what they say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builds import calls, run_action, stub
from pages import ROOT, example, read
from read_back import read_back

from shell import Shell

VIOLATING = ROOT / "fixtures/violating/I601-line-amount.json"
GIVEN = {"context": "vouchers\nprovider.json", "parameters": "ceilings.yaml", "on": "2026-11-24", "lang": "en"}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made.dossier()
    return made


def test_what_conforms_passes(shell: Shell) -> None:
    ran = run_action(shell, paths="invoices", **GIVEN)
    assert ran.code == 0, ran.log
    assert ran.outputs == {"exit-code": "0", "sarif": "ktt-policy.sarif"}
    assert read_back("markdown", ran.summary).violated == {}
    assert (shell.folder / "ktt-policy.sarif").is_file()


def test_a_violation_fails_after_the_reports(shell: Shell) -> None:
    shutil.copy(VIOLATING, shell.folder / "one wrong.json")
    ran = run_action(shell, paths="invoices\none wrong.json\n", **GIVEN, sarif="out/../a b.sarif", select="I601,I602")
    assert ran.outputs["exit-code"] == "2", "the folder of the report is not there"
    ran = run_action(shell, paths="invoices\none wrong.json\n", **GIVEN, sarif="a b.sarif", select="I601,I602")
    assert ran.code == 1
    assert ran.outputs == {"exit-code": "1", "sarif": "a b.sarif"}
    assert "::error file=one wrong.json,line=" in ran.log
    assert read_back("markdown", ran.summary).violated == {"I601": 1}
    assert read_back("sarif", (shell.folder / "a b.sarif").read_text("utf-8")).violated == {"I601": 1}


def test_undecided_fails_unless_allowed(shell: Shell) -> None:
    ran = run_action(shell, paths="invoice.json", on="2026-11-24")
    assert (ran.code, ran.outputs["exit-code"]) == (3, "3")
    ran = run_action(shell, paths="invoice.json", on="2026-11-24", **{"allow-undecided": "true"})
    assert (ran.code, ran.outputs["exit-code"]) == (0, "0")


def test_complete_select_ignore_rulebook_fail_on_and_baseline_reach_the_check(shell: Shell) -> None:
    shell.rulebook()
    shutil.copy(VIOLATING, shell.folder / "wrong.json")
    assert run_action(shell, paths="invoice.json", select="I603", complete="true", on="2026-11-24").code == 1
    assert run_action(shell, paths="wrong.json", **GIVEN, select="I601").code == 1
    assert run_action(shell, paths="wrong.json", **GIVEN, select="I601,I602", ignore="I601").code == 0
    made = shell.run("ktt-policy check wrong.json --select I601 --on 2026-11-24 --output json=known.json")
    assert made.returncode == 1
    assert run_action(shell, paths="wrong.json", **GIVEN, select="I601", baseline="known.json").code == 0
    own = run_action(shell, paths="wrong.json", rulebook="rulebook", **GIVEN, select="I307")
    assert "amended" in own.summary
    assert run_action(shell, paths="invoices", **GIVEN, **{"fail-on": "never"}).code == 2


def test_empty_inputs_leave_the_settings(shell: Shell) -> None:
    shutil.copy(VIOLATING, shell.folder / "wrong.json")
    (shell.folder / "ktt-policy.toml").write_text('lang = "en"\nselect = ["I601"]\nparameters = "ceilings.yaml"\n')
    ran = run_action(shell, paths="wrong.json", on="2026-11-24")
    assert ran.code == 1
    assert "the amount is" in ran.log
    assert run_action(shell, paths="wrong.json", on="2026-11-24", select="I602").code == 0


def test_a_switch_that_is_false_wins_over_the_settings(shell: Shell) -> None:
    (shell.folder / "ktt-policy.toml").write_text("complete = true\nallow-undecided = true\n")
    chosen = {"paths": "invoice.json", "select": "I603", "on": "2026-11-24"}
    assert run_action(shell, **chosen).code == 1
    assert run_action(shell, **chosen, complete="false").code == 0
    assert run_action(shell, **chosen, **{"complete": "false", "allow-undecided": "false"}).code == 3


def test_what_cannot_be_checked_fails_as_such(shell: Shell) -> None:
    missing = run_action(shell, paths="nowhere.json")
    assert (missing.code, missing.outputs["exit-code"]) == (2, "2")
    wrong = run_action(shell, paths="invoices", on="yesterday")
    assert wrong.code == 2
    assert wrong.outputs == {"exit-code": "2", "sarif": ""}
    assert run_action(shell, paths="\n").code == 2


def test_a_report_of_an_earlier_run_is_not_taken_for_this_one(shell: Shell) -> None:
    assert run_action(shell, paths="invoices", **GIVEN).outputs["sarif"] == "ktt-policy.sarif"
    again = run_action(shell, paths="invoices", on="yesterday")
    assert again.outputs["sarif"] == ""
    assert again.summary == ""


@pytest.mark.parametrize("evil", ["$(touch broken)", "`touch broken`", '"; touch broken; "', "--version", "${{ x }}"])
def test_what_users_give_is_never_run(evil: str, shell: Shell) -> None:
    for name in ("paths", "context", "parameters", "select", "on", "rulebook", "lang"):
        ran = run_action(shell, **({"paths": "invoice.json"} | {name: evil}))
        assert ran.code == 2, (name, ran.log)
    assert not (shell.folder / "broken").exists()


def test_it_installs_itself_or_the_version_asked_for(shell: Shell) -> None:
    run_action(shell, paths="invoices", **GIVEN)
    run_action(shell, paths="invoices", **GIVEN, version="0.1.0")
    installs = [line for line in calls(shell) if " pip " in line]
    assert [line.split()[-1] for line in installs] == ["/the/action", "ktt-policy==0.1.0"]
    on_path = (shell.programs.parent / "runner/GITHUB_PATH").read_text().strip()
    assert on_path.endswith("runner/ktt-policy/bin")


def test_the_workflow_of_documents(shell: Shell) -> None:
    workflow = read(example(".github/workflows/documents.yml"))
    _, ours, upload = workflow["jobs"]["check"]["steps"]
    ran = run_action(shell, **ours["with"], on="2026-11-24")
    assert ran.code == 0, ran.log
    assert (shell.folder / upload["with"]["sarif_file"]).is_file()
    assert upload["with"]["sarif_file"] in upload["if"]
    assert workflow["permissions"]["security-events"] == "write"


def test_the_workflow_of_a_rulebook(shell: Shell) -> None:
    shell.rulebook()
    shell.commit()
    stub(shell, "pip")
    assert shell.run("git update-ref refs/remotes/origin/main HEAD").returncode == 0
    steps = read(example(".github/workflows/rulebook.yml"))["jobs"]["rulebook"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0  # `--since` reads what was
    lines = [step["run"] for step in steps if "run" in step]
    for line in lines:
        done = shell.run(line, "-e", GITHUB_BASE_REF="main")
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    assert calls(shell) == ["pip install git+https://git.example.org/ktt-policy@v0.1.0"]
    rule = shell.folder / "rulebook/invoice/I601-line-amount/2026-01-01.yaml"
    rule.write_text(rule.read_text("utf-8").replace("line.amount = right", "line.amount <= right"), "utf-8")
    assert [shell.run(line, "-e", GITHUB_BASE_REF="main").returncode for line in lines] == [0, 2, 1]
