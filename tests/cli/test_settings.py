"""Settings: the file, the environment, the flags; suppressions; what must not pass in silence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main
from ktt_policy.reporters import FORMATS
from ktt_policy.settings import json_schema

ROOT = Path(__file__).parents[2]
VIOLATING = ROOT / "fixtures/violating/I601-line-amount.json"
CONFORMING = ROOT / "fixtures/conforming"
ON = ("--on", "2026-11-24")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project/deep"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return tmp_path / "project"


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], env=environment)


def report(*arguments: str | Path, **environment: str) -> Any:
    result = run("check", *arguments, *ON, "--format", "json", **environment)
    return {"exit": result.exit_code, **json.loads(result.stdout)}


def test_flags_win_over_the_environment_and_that_over_the_file(here: Path) -> None:
    path = CONFORMING / "vouchers/assessment.json"
    assert report(path)["lang"] == "fi"
    (here / "ktt-policy.toml").write_text('lang = "en"\nselect = ["V601", "V305"]\n', "utf-8")
    found = report(path)
    assert (found["lang"], sorted(found["rules"])) == ("en", ["V305", "V601"])
    found = report(path, KTT_POLICY_LANG="fi", KTT_POLICY_SELECT="V601")
    assert (found["lang"], sorted(found["rules"])) == ("fi", ["V601"])
    found = report(path, "--lang", "en", "--select", "V305", KTT_POLICY_LANG="fi", KTT_POLICY_SELECT="V601")
    assert (found["lang"], sorted(found["rules"])) == ("en", ["V305"])
    assert json.loads(run("--no-settings", "check", path, *ON, "--format", "json").stdout)["lang"] == "fi"


def test_a_table_of_pyproject_and_paths_relative_to_the_file(here: Path) -> None:
    (here / "ceilings.yaml").write_bytes((ROOT / "fixtures/example-ceilings.yaml").read_bytes())
    text = '[tool.ktt-policy]\nparameters = "ceilings.yaml"\noutput = {sarif = "out.sarif"}\nselect = ["I611"]\n'
    (here / "pyproject.toml").write_text(text, "utf-8")
    found = report(CONFORMING)
    assert found["exit"] == 0
    assert found["summary"]["undecided"] == 0
    assert json.loads((here / "out.sarif").read_text("utf-8"))["version"] == "2.1.0"


ENTRY = '[[suppress]]\ncode = "I601"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('languge = "en"\n', "unknown setting `languge`"),
        ("lang = \n", "is not TOML"),
        ('select = "A102"', 'select: a list of texts is needed: select = ["A102"]'),
        ("ignore = true", 'ignore: a list of texts is needed: ignore = ["…"]'),
        ("select = [1]", "select[0]: a text is needed, in quotes"),
        ('select = [""]', "select[0]: a text of the list is empty"),
        ('complete = "yes"', "complete: true or false is needed, without quotes"),
        ('lang = "sv"', 'lang: one of these is needed: "en", "fi"'),
        ('jobs = "2"', "jobs: a whole number is needed, without quotes"),
        ("jobs = 0", "jobs: the number must be at least 1"),
        ('output = "x"', 'output: a table is needed: output = {sarif = "report.sarif"}'),
        ('[suppress]\ncode = "I601"', "suppress: each entry stands under a heading of its own, [[suppress]]"),
        (ENTRY + "until = 2027-01-01", "suppress[0]: `reason` is missing"),
        (ENTRY + 'reason = " \\t"\nuntil = 2027-01-01', "suppress[0].reason: the reason is empty"),
        (ENTRY + 'reason = "x"\nuntil = "soon"', "suppress[0].until: a day is needed, without quotes"),
        ('[[suppress]]\ncode = "I601"\nreason = "x"\nuntil = 2026-12-01\nrule = "y"\n', "unknown setting `rule`"),
    ],
)
def test_settings_that_are_wrong_stop_the_run(here: Path, text: str, said: str) -> None:
    (here / "ktt-policy.toml").write_text(text, "utf-8")
    result = run("check", VIOLATING, *ON)
    assert result.exit_code == 2
    assert result.output.startswith("error[E113]: ")
    assert said in result.output
    assert "help:" in result.output


@pytest.mark.parametrize("arguments", [["schema", "settings"], ["completion", "bash"], ["check", "--help"], ["--help"]])
def test_what_helps_with_wrong_settings_works_with_them(here: Path, arguments: list[str]) -> None:
    (here / "ktt-policy.toml").write_text('lang = "sv"\n', "utf-8")
    result = run(*arguments, KTT_POLICY_JOBZ="1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert run("timeline").exit_code == 2


def test_a_switch_of_the_settings_can_be_turned_off(here: Path) -> None:
    (here / "notes.txt").write_text("x", "utf-8")
    shutil.copy(CONFORMING / "invoices/2026-02.json", here)
    (here / "ktt-policy.toml").write_text("allow-undecided = true\ncomplete = true\nstrict-input = true\n", "utf-8")
    chosen = (here, "--select", "I603", "--no-strict-input")
    assert report(here, "--select", "I603")["exit"] == 2
    assert report(*chosen)["exit"] == 1
    assert report(*chosen, "--no-complete")["exit"] == 0
    assert report(*chosen, "--no-complete", "--no-allow-undecided")["exit"] == 3


def test_the_format_is_set_for_every_command_that_has_it(here: Path) -> None:
    commands = [("timeline",), ("explain", "I601"), ("diff", "2026-01-01", "2026-12-01"), ("coverage",)]
    for command in commands:
        for variable in ("KTT_POLICY_FORMAT", f"KTT_POLICY_{command[0].upper()}_FORMAT"):
            result = run(*command, **{variable: "json"})
            assert (json.loads(result.stdout) != {}, result.stderr) == (True, "")
    assert json.loads(run("check", VIOLATING, *ON, KTT_POLICY_CHECK_FORMAT="json").stdout)["exit_code"] == 1
    (here / "ktt-policy.toml").write_text('format = "sarif"\ncontext = ["there"]\n', "utf-8")
    for command in [*commands, ("eval", "1 + 1")]:
        assert run(*command).exit_code == 0
    assert run("timeline", KTT_POLICY_FORMAT="jsn").exit_code == 2


def test_a_group_of_commands_takes_the_settings(here: Path) -> None:
    (here / "ktt-policy.toml").write_text('rulebook = "nowhere"\n', "utf-8")
    for command in (["docs", "build", "--check"], ["new", "rule", "I999-x", "2027-01-01"]):
        assert "there is no rulebook `nowhere`" in run(*command).stderr


@pytest.mark.parametrize("code", ["S000", "S001"])
def test_what_makes_a_document_untrustworthy_cannot_be_suppressed(here: Path, code: str) -> None:
    suppress(here, code=code, reason="We know", until="2027-01-01")
    result = run("check", ROOT / "fixtures/violating/S000-unknown-field.json", *ON)
    assert result.exit_code == 2
    assert f"error[E113]: `{code}` cannot be suppressed" in result.output
    assert "help: it says that a document cannot be trusted; correct the document" in result.output


def test_a_slip_of_the_keyboard_is_recognised(here: Path) -> None:
    (here / "ktt-policy.toml").write_text('languge = "en"\n', "utf-8")
    assert "did you mean `lang`?" in run("check", VIOLATING, *ON).output
    assert "cannot read" in run("--settings", "no-such.toml", "check", VIOLATING).output


def test_a_wrong_value_is_told_with_where_it_was_written(here: Path) -> None:
    path = here / "ktt-policy.toml"
    for text, where in (('format = "jsn"', "format"), ('output = {jsn = "x"}', "output")):
        path.write_text(text, "utf-8")
        told = run("check", VIOLATING)
        assert (told.exit_code, f"`{where}` in `{path}`" in told.stderr) == (2, True)
        assert f"--{where}" not in told.stderr
    path.unlink()
    for name in ("KTT_POLICY_FORMAT", "KTT_POLICY_OUTPUT", "KTT_POLICY_CHECK_FORMAT", "KTT_POLICY_JOBS"):
        told = run("check", VIOLATING, **{name: "jsn"})
        assert (told.exit_code, f"`{name}`" in told.stderr) == (2, True), told.stderr
    for option in ("--format", "--output", "--jobs"):
        assert option in run("check", VIOLATING, option, "jsn").stderr


def suppress(here: Path, **entry: str) -> None:
    lines = [f'{key} = "{value}"' if key != "until" else f"until = {value}" for key, value in entry.items()]
    (here / "ktt-policy.toml").write_text("[[suppress]]\n" + "\n".join(lines) + "\n", "utf-8")


def test_a_suppression_holds_until_its_day(here: Path) -> None:
    assert report(VIOLATING, "--select", "I601")["exit"] == 1
    suppress(here, code="I601", reason="Agreed with the county", until="2026-11-24")
    found = report(VIOLATING, "--select", "I601")
    assert found["exit"] == 0
    assert [(f["known"], f["accepted"]) for f in found["findings"]] == [(True, "Agreed with the county")]
    assert found["summary"]["known"] == 1
    assert found["summary"]["violated"] == 0
    for form in FORMATS:
        told = run("check", VIOLATING, *ON, "--select", "I601", "--lang", "en", "--format", form).output
        assert "Agreed with the county" in told, form
        assert form in ("json", "ndjson", "sarif") or "accepted for now" in told, form  # these have a field for it
    suppress(here, code="I601", reason="Agreed with the county", until="2026-11-23")
    found = report(VIOLATING, "--select", "I601")
    assert found["exit"] == 2
    assert [p["code"] for p in found["problems"]] == ["E114"]
    assert [f["known"] for f in found["findings"]] == [False]


def test_a_variable_of_the_environment_that_sets_nothing_is_told(here: Path) -> None:
    command = ("check", VIOLATING, *ON, "--select", "I601", "--lang", "en")
    told = run(*command, KTT_POLICY_LANGUAGE="en", KTT_POLICY_CHECK_QUIET="1", KTT_POLICY_CHECK_LAN="en")
    assert told.exit_code == 1
    assert "`KTT_POLICY_CHECK_LAN` sets nothing" in told.stderr
    assert "warning[W112]: the environment variable `KTT_POLICY_LANGUAGE` sets nothing" in told.stderr
    assert "did you mean `KTT_POLICY_LANG`" in told.stderr
    assert "QUIET" not in told.stderr
    assert run(*command, KTT_POLICY_JOBS="1").stderr == ""
    refused = run("check", VIOLATING, KTT_POLICY_CHECK_ON="bad")
    assert refused.exit_code == 2
    assert "`bad` is no date" in refused.stderr


@pytest.mark.parametrize("written", ["[tool]\nktt-policy = {lang = 'en'}", '[tool."ktt-policy"]\nlang = "en"'])
def test_the_table_is_found_however_it_is_written(here: Path, written: str) -> None:
    (here / "pyproject.toml").write_text(written)
    assert "Result:" in run("check", VIOLATING, *ON, "--select", "I601").output


@pytest.mark.parametrize("written", ["tool.ktt-policy = 3", "[tool]\nktt-policy = 3", "# tool.ktt-policy\ntool = 3"])
def test_a_table_that_is_none_is_no_internal_error(here: Path, written: str) -> None:
    (here / "pyproject.toml").write_text(written)
    done = run("check", VIOLATING, *ON, "--select", "I601")
    assert "internal error" not in done.stderr
    assert done.exit_code == (1 if written.startswith("#") else 2)


def test_a_suppression_of_one_document(here: Path) -> None:
    number = report(VIOLATING, "--select", "I601")["findings"][0]["document"]["key"]
    suppress(here, code="I601", document=number, reason="x", until="2027-01-01")
    assert report(VIOLATING, "--select", "I601")["exit"] == 0
    suppress(here, code="I601", document="another", reason="x", until="2027-01-01")
    assert report(VIOLATING, "--select", "I601")["exit"] == 1


FITS_NOTHING = "the suppression of I601 2026-002 fits no finding"


@pytest.mark.parametrize(
    ("suppression", "select", "told"),
    [
        ({"code": "I601", "document": "2026-002"}, "I601", [FITS_NOTHING]),
        ({"code": "I601", "document": "2026-003"}, "I601", []),  # which is not given
        ({"code": "I611"}, "I601", []),  # which is not chosen
        ({"code": "I699"}, "I601", ["the suppression of I699 names no rule"]),
    ],
)
def test_a_suppression_is_idle_where_its_rule_judged_its_document(
    here: Path, suppression: dict[str, str], select: str, told: list[str]
) -> None:
    suppress(here, reason="x", until="2027-01-01", **suppression)
    found = report(VIOLATING, CONFORMING / "invoices/2026-02.json", "--select", select)
    assert [p["message"] for p in found["problems"] if p["code"] == "W111"] == told


def test_a_suppression_of_what_a_baseline_knows_too_is_not_idle(here: Path) -> None:
    run("check", VIOLATING, *ON, "--select", "I601", "--output", f"json={here / 'base.json'}")
    suppress(here, code="I601", reason="x", until="2027-01-01")
    found = report(VIOLATING, "--select", "I601", "--baseline", here / "base.json")
    assert [p["code"] for p in found["problems"]] == []


def test_settings_may_begin_with_a_mark(here: Path) -> None:
    (here / "pyproject.toml").write_text('\ufeff[tool.ktt-policy]\nselect = ["I601"]\n', "utf-8")
    assert report(VIOLATING)["exit"] == 1
    (here / "pyproject.toml").write_text('\ufeff[tool.ktt-policy]\nselekt = ["I601"]\n', "utf-8")
    assert run("check", VIOLATING, *ON).exit_code == 2


def test_a_suppression_takes_the_undecided_of_one_document_only(here: Path) -> None:
    invoices = sorted((CONFORMING / "invoices").glob("*.json"))[:2]
    found = report(*invoices, "--select", "I603")
    assert found["exit"] == 3
    number = next(d["key"] for d in found["documents"])
    suppress(here, code="I603", document=number, reason="x", until="2027-01-01")
    after = report(*invoices, "--select", "I603")
    assert after["exit"] == 3
    assert 0 < after["summary"]["undecided"] < found["summary"]["undecided"]
    assert after["summary"]["undecided"] + after["summary"]["known"] == found["summary"]["undecided"]


def test_what_is_left_out_of_a_folder_is_told_or_refused(here: Path) -> None:
    (here / "documents").mkdir()
    (here / "documents/a.json").write_bytes((CONFORMING / "vouchers/assessment.json").read_bytes())
    (here / "documents/notes.txt").write_text("x", "utf-8")
    found = report(here / "documents", "--select", "V601")
    assert (found["exit"], [p["code"] for p in found["problems"]]) == (0, ["W110"])
    found = report(here / "documents", "--select", "V601", "--strict-input")
    assert (found["exit"], [p["code"] for p in found["problems"]]) == (2, ["E109"])


def test_the_schema_of_settings_is_shipped() -> None:
    result = run("schema", "settings")
    assert result.exit_code == 0
    assert json.loads(result.output) == json_schema()


def test_a_suppression_of_a_document_is_of_one_issuer(here: Path) -> None:
    """Each provider numbers its own invoices."""
    documents = json.loads(VIOLATING.read_text("utf-8"), parse_float=str)
    text = VIOLATING.read_text("utf-8")
    number = documents[-1]["invoice_number"]
    other = here / "other.json"
    other.write_text(text.replace(documents[-1]["provider"]["business_id"], "9012351-3"), "utf-8")
    suppress(here, code="I601", document=number, reason="x", until="2027-01-01")
    assert report(VIOLATING, "--select", "I601")["exit"] == 0
    both = report(VIOLATING, other, "--select", "I601")
    assert both["exit"] == 1
    assert "names documents of several issuers" in both["problems"][0]["message"]
    fingerprint = next(f["fingerprint"] for f in both["findings"] if f["code"] == "I601")
    suppress(here, code="I601", document=number, fingerprint=fingerprint, reason="x", until="2027-01-01")
    findings = report(VIOLATING, other, "--select", "I601")["findings"]
    assert sorted(f["known"] for f in findings if f["code"] == "I601") == [False, True]
