"""The Containerfile: its instructions, and the page's commands with a stand-in for the container program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path, PurePosixPath

import pytest
from pages import PAGES, ROOT, blocks

from shell import Shell

TEXT = (ROOT / "Containerfile").read_text("utf-8")


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", "", TEXT)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def final_stage() -> list[tuple[str, str]]:
    found = instructions()
    start = max(n for n, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


def sources() -> list[str]:
    return [source for name, rest in instructions() if name == "COPY" for source in rest.split()[:-1]]


def test_two_stages_of_one_slim_base() -> None:
    bases = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim", bases[0])
    assert {name for name, _ in instructions()} <= {
        "FROM", "WORKDIR", "COPY", "RUN", "LABEL", "ENV", "USER", "ENTRYPOINT", "CMD",
    }  # fmt: skip


def test_the_sources_exist_and_are_not_ignored() -> None:
    assert {"pyproject.toml", "ktt_policy", "policies", "schemas"} <= set(sources())
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert sorted(kept) == sorted(sources())
    for source in sources():
        assert (ROOT / source).exists(), source


def test_the_sources_are_all_that_the_wheel_is_built_from() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {project["project"]["readme"], *wheel["packages"], *wheel["force-include"]}
    assert wanted <= set(sources())


def test_it_runs_as_nobody_from_the_wheel_without_an_index() -> None:
    stage = final_stage()
    assert not [rest for name, rest in stage if name == "COPY"]
    user = next(rest for name, rest in stage if name == "USER")
    assert all(int(part) > 0 for part in user.split(":"))
    assert [name for name, _ in stage].index("USER") > max(n for n, (name, _) in enumerate(stage) if name == "RUN")
    install = next(rest for name, rest in stage if name == "RUN")
    assert "--no-index" in install
    assert dict(stage)["ENTRYPOINT"] == '["ktt-policy"]'


# `build` is noted; `run` runs what the image would, in the folder that is mounted as its working folder
STAND_IN = """#!/bin/bash
[ "$1" = run ] || exit 0
shift
while [[ "$1" == --* ]]; do
  case "$1" in --network) shift;; --volume) shift; folder="${1%%:/data:ro}";; esac
  shift
done
[ "$1" = ktt-policy ] || exit 125
cd "$folder" && exec "$@"
"""


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_page(page: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.dossier()
    program = shell.programs / "podman"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    block = next(block for block in blocks(page, "sh") if block.startswith("podman"))
    build, run = block.splitlines()
    assert shlex.split(build) == ["podman", "build", "--tag", "ktt-policy", "."]
    done = shell.run(run)
    assert done.returncode == 0, done.stdout + done.stderr
    mount = PurePosixPath(next(rest for name, rest in final_stage() if name == "WORKDIR"))
    assert f":{mount}:ro" in run


@pytest.mark.parametrize("page", PAGES)
def test_the_lines_for_shells_run(page: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    scripts = [block for block in blocks(page, "sh") if "completion" in block]
    assert len(scripts) == 3
    for script in scripts:
        if "zsh" not in script:  # bash would not know what zsh is told
            done = shell.run(script, "-e", HOME=str(tmp_path))
            assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / ".config/fish/completions/ktt-policy.fish").stat().st_size > 100
