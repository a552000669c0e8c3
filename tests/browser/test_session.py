"""What the page's worker runs, run here: the command line's own report, without its folders, YAML and grammar."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from ktt_policy import ProblemError, Rulebook
from ktt_policy.browser.session import Session
from ktt_policy.browser.site import engine_archive
from ktt_policy.cli import main
from ktt_policy.version import __version__

FIXTURES = Path(__file__).parents[2] / "fixtures"
ON = "2026-11-24"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(Rulebook.load().to_bytes())


def asked(names: list[str], **more: Any) -> str:
    documents = [{"name": name, "judged": True} for name in names]
    request = {"documents": documents, "on": ON, "lang": "fi", "complete": False, "parameters": None}
    return json.dumps({**request, **more})


def test_the_report_is_the_command_lines(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = FIXTURES / "conforming"
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.json"))]
    answer = json.loads(session.check(asked(names, lang="en"), [(folder / name).read_bytes() for name in names]))
    monkeypatch.chdir(folder)
    said = CliRunner().invoke(main, ["check", *names, "--on", ON, "--format", "json", "--lang", "en"])
    assert answer["report"] == said.stdout
    assert said.exit_code == 3
    assert len(answer["shown"]) == len(json.loads(said.stdout)["findings"])
    assert answer["refused"] == []


def test_numbers_are_shown_as_they_were_computed(session: Session) -> None:
    raw = (FIXTURES / "violating/I601-line-amount.json").read_bytes()
    answer = json.loads(session.check(asked(["a.json"]), [raw]))
    codes = [finding["code"] for finding in json.loads(answer["report"])["findings"]]
    shown = answer["shown"][codes.index("I601")]
    assert ["line.amount", "92.26"] in shown["values"]
    assert "92.26" in shown["excerpt"]


def test_parameters_are_laid_over(session: Session) -> None:
    raw = (FIXTURES / "violating/I601-line-amount.json").read_bytes()
    unfit = json.loads(session.check(asked(["a.json"], parameters='{"nothing": {}}'), [raw]))
    assert [problem["code"] for problem in unfit["refused"]] == ["E412"]
    broken = json.loads(session.check(asked(["a.json"], parameters='{"nothing": '), [raw]))
    assert [(said["code"], said["span"]) for said in broken["refused"]] == [("E103", {"line": 1, "column": 13})]
    assert "report" not in broken


def test_a_day_that_is_none_is_refused(session: Session) -> None:
    answer = json.loads(session.check(asked(["a.json"], on="2026-02-30"), [b"{}"]))
    assert [problem["code"] for problem in answer["refused"]] == ["E501"]


def test_no_name_leads_out_of_the_folder(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["../../a.json", "/b/c.json", "-", "*.json"]
    answer = json.loads(session.check(asked(names), [b"{"] * 4))
    files = [problem["file"] for problem in json.loads(answer["report"])["problems"]]
    assert files == ["a.json", "b/c.json", "-", "*.json"]
    assert list(tmp_path.iterdir()) == []
    assert Path.cwd() == tmp_path


def test_bytes_of_another_make_are_no_rulebook() -> None:
    raw = Rulebook.load().to_bytes()
    assert Rulebook.from_bytes(raw).data == Rulebook.load().data
    other_version = raw.replace(__version__.encode(), b"9" * len(__version__), 1)
    # Within the tree of an expression, which nothing looks at until the rule is judged.
    damaged = raw.replace(b"voucher_id", b"voucher\xc1id", 1)
    for other in (b"", b"{}", raw[:-1], other_version, damaged):
        with pytest.raises(ProblemError, match="no checked rulebook"):
            Rulebook.from_bytes(other)


def test_it_takes_nothing_that_the_page_does_not_bring(tmp_path: Path) -> None:
    """Only the archive of the engine, and a document that is judged by careful reading too."""
    (tmp_path / "engine.zip").write_bytes(engine_archive())
    (tmp_path / "rulebook").write_bytes(Rulebook.load().to_bytes())
    script = f"""
import sys
from importlib.abc import MetaPathFinder
class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("yaml", "_yaml", "lark", "click"):
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
sys.path.insert(0, {str(tmp_path / "engine.zip")!r})
import ktt_policy
assert "engine.zip" in ktt_policy.__file__
from pathlib import Path
from ktt_policy.browser.session import Session
session = Session(Path({str(tmp_path / "rulebook")!r}).read_bytes())
names = ("S000-unknown-field.json", "I602-total.json")
raw = [Path({str(FIXTURES)!r}, "violating", name).read_bytes() for name in names]
print(session.check({asked(["a.json", "b.json"])!r}, raw))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    codes = {finding["code"] for finding in json.loads(json.loads(done.stdout)["report"])["findings"]}
    assert {"S000", "I602"} <= codes


def test_the_archive_is_the_same_whenever_it_is_made() -> None:
    made = engine_archive()
    assert made == engine_archive()
    with ZipFile(BytesIO(made)) as archive:
        names = archive.namelist()
    assert "ktt_policy/api.py" in names
    assert not [name for name in names if not name.endswith(".py") or "/cli/" in name or "/data/" in name]
