"""What build systems do with their files, as far as these tests need it: variables, steps, outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from pages import ROOT, read

from shell import Shell

# writes down how it was called; as `python -m venv DIR` it makes a DIR/bin/python like itself
STUB = """#!/bin/bash
printf '%s' "${0##*/}" >> "$CALLS"; printf ' %q' "$@" >> "$CALLS"; echo >> "$CALLS"
if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi
"""


def stub(shell: Shell, name: str) -> Path:
    """A program that only writes down how it was called, in `calls`."""
    program = shell.programs / name
    program.write_text(STUB)
    program.chmod(0o755)
    shell.environment["CALLS"] = str(shell.programs.parent / "calls")
    return program


def calls(shell: Shell) -> list[str]:
    path = shell.programs.parent / "calls"
    return path.read_text().splitlines() if path.exists() else []


class Ran(NamedTuple):
    code: int
    outputs: dict[str, str]
    summary: str
    log: str


def run_action(shell: Shell, **inputs: str) -> Ran:
    """The steps of `action.yml` as GitHub's runner does them: `${{ }}` filled in, bash, files for what they hand on."""
    action = read((ROOT / "action.yml").read_text("utf-8"))
    unknown = inputs.keys() - action["inputs"].keys()
    assert not unknown
    values = {f"inputs.{name}": inputs.get(name, str(one.get("default", ""))) for name, one in action["inputs"].items()}
    values["github.action_path"] = "/the/action"
    values["steps.python.outputs.python-path"] = str(stub(shell, "python"))
    temporary = shell.programs.parent / "runner"
    temporary.mkdir(exist_ok=True)
    names = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")
    handed = {name: temporary / name for name in names}
    for path in handed.values():
        path.write_text("")
    runner = {"RUNNER_TEMP": str(temporary), **{name: str(path) for name, path in handed.items()}}
    code, log = 0, ""
    for step in action["runs"]["steps"]:
        if "run" not in step:
            continue
        assert "${{" not in step["run"], "what users give must come by the environment, or the shell would run it"
        environment = {name: _fill(value, values) for name, value in step.get("env", {}).items()}
        done = shell.run(step["run"], "--noprofile", "--norc", "-eo", "pipefail", **runner, **environment)
        log += done.stdout + done.stderr
        code = done.returncode
        for line in handed["GITHUB_OUTPUT"].read_text().splitlines():
            name, _, value = line.partition("=")
            values[f"steps.{step.get('id')}.outputs.{name}"] = value
        handed["GITHUB_OUTPUT"].write_text("")
        if code:
            break
    outputs = {name: _fill(one["value"], values) for name, one in action["outputs"].items()}
    return Ran(code, outputs, handed["GITHUB_STEP_SUMMARY"].read_text("utf-8"), log)


def _fill(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: values.get(found[1], ""), text)


def job_of_gitlab(jobs: dict[str, Any], name: str) -> dict[str, Any]:
    """A job with what it extends, as GitLab merges them."""
    job = dict(jobs[name])
    if "extends" not in job:
        return job
    base = job_of_gitlab(jobs, job.pop("extends"))
    return {**base, **job, "variables": base.get("variables", {}) | job.get("variables", {})}
