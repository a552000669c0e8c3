"""`ktt-policy lint --since`: what was in force by the day of a commit is not rewritten afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main

ROOT = Path(__file__).parents[2]
VISIT = "invoice/L302-shortest-visit"
CEILINGS = "parameters/ceilings.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The invented rulebook, committed on 15 July 2026: its rules of March are in force, those of September are not."""
    made = tmp_path / "county"
    shutil.copytree(ROOT / "fixtures/rulebooks/kuulasmaa-kotipalvelu", made)
    day = "2026-07-15T12:00:00+00:00"
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
    who = ["-c", "user.name=Kokeilija", "-c", "user.email=kokeilija@example.invalid"]
    for arguments in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, env={**os.environ, **own}, check=True)
    return made


def since(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["lint", str(folder), "--since", "HEAD", *arguments])


def codes(result: Result) -> list[str]:
    return [found["code"] for found in json.loads(result.output)["diagnostics"]]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (f"{VISIT}/2026-03-01.yaml", "line.quantity >= 1", "line.quantity >= 2", ["E210"]),
        (f"{VISIT}/2026-03-01.yaml", "line.quantity >= 1", "line.quantity  >=  1", ["W508"]),
        (f"{VISIT}/2026-03-01.yaml", "lasts an hour at least", "takes an hour or more", ["W508"]),
        (f"{VISIT}/2026-09-01.yaml", "line.quantity >= 1", "line.quantity >= 2", []),
        (CEILINGS, "cleaning: 57.00", "cleaning: 58.00", ["E210"]),
        (CEILINGS, "  2026-07-01:", "  2026-07-10:", ["E210", "E210"]),
        ("definitions.yaml", "done <= due", "done < due", ["E210"]),
        ("schemas/home_voucher.schema.json", '"minItems": 1', '"minItems": 2', ["E210"]),
        ("schemas/home_voucher.schema.json", '"title": "Carers who visit the family"', '"title": "Carers"', []),
        ("clauses/2026-03-01.yaml", "An invoice is made within ten", "It is made within ten", ["W508"]),
    ],
)
def test_a_change(folder: Path, file: str, old: str, new: str, expected: list[str]) -> None:
    change(folder / file, old, new)
    result = since(folder, "--format", "json")
    assert codes(result) == expected
    assert result.exit_code == (2 if "E210" in expected else 0)
    assert since(folder, "--strict").exit_code == (2 if "E210" in expected else 1 if expected else 0)


def test_nothing_was_changed(folder: Path) -> None:
    result = since(folder, "--strict")
    assert result.exit_code == 0
    assert result.output == "county: 0 errors, 0 warnings\n"


def test_it_says_what_was_changed_where_and_what_to_do(folder: Path) -> None:
    change(folder / VISIT / "2026-03-01.yaml", "line.quantity >= 1", "line.quantity >= 2")
    output = since(folder).output
    assert "`require` of L302 (2026-03-01) was changed; it was in force before 2026-07-15" in output
    assert f"{VISIT}/2026-03-01.yaml:11:10" in output
    assert "`2026-03-01@YYYY-MM-DD.yaml`" in output


def test_a_version_that_is_gone_and_one_that_came_too_late(folder: Path) -> None:
    (folder / VISIT / "2026-03-01.yaml").rename(folder / VISIT / "2026-04-01.yaml")
    output = since(folder).output
    assert "the version 2026-03-01 of L302 is gone" in output
    assert "L302 has a new version from 2026-04-01, in the past" in output


def test_a_ref_that_git_does_not_know(folder: Path) -> None:
    result = CliRunner().invoke(main, ["lint", str(folder), "--since", "no-such-branch"])
    assert result.exit_code == 2
    assert "E501" in result.stderr
    assert "give a branch, tag or commit that exists there" in result.stderr
