"""`ktt-policy test`: what the cases leave out, what they would not notice, and what may stand as an exception."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cases.patches import PatchError, json_patch
from ktt_policy.cli import main
from ktt_policy.policies import read_file

ROOT = Path(__file__).parents[2]
KEPT = {"I502", "I504", "I601", "P502", "V101"}
RULE = "invoice/I504-interrupted-service-delivered-visits-only"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped rulebook with a few of its rules."""

    def others(at: str, names: list[str]) -> list[str]:
        return [n for n in names if re.match(r"[PVI]\d{3}-", n) and n[:4] not in KEPT]

    made = tmp_path / "policies" / "few"
    shutil.copytree(ROOT / "policies/pohjois-savo-ktt", made, ignore=others)
    return made


def test(folder: Path, *arguments: str) -> Result:
    fixtures = str(ROOT / "fixtures")
    return CliRunner().invoke(main, ["test", "--rulebook", str(folder), "--fixtures", fixtures, *arguments])


test.__test__ = False  # type: ignore[attr-defined]


def without(path: Path, *names: str) -> None:
    """Takes the cases of those names out of a file."""
    head, *cases = re.split(r"(?m)^(?=  - name: )", path.read_text("utf-8"))
    kept = [c for c in cases if not any(name in c.partition("\n")[0] for name in names)]
    assert len(cases) - len(kept) == len(names)
    path.write_text(head + "".join(kept), "utf-8")


EXCEPTION = """
mutants:
  - version: 2026-01-01
    at: {at}
    original: {original}
    mutated: {mutated}
    nth: {nth}
    reason: {{fi: koe, en: a trial}}
"""


def test_the_rules_notice_every_mutant(folder: Path) -> None:
    result = test(folder, "--mutate", "--strict")
    assert result.exit_code == 0, result.output
    found = re.search(r"mutation score (\d+)/(\d+); 0 survived; 1 equivalent, not counted\n\Z", result.output)
    assert found is not None
    assert found[1] == found[2]


def test_a_survivor_is_listed_with_its_place_and_fails(folder: Path) -> None:
    without(folder / RULE / "cases.yaml", "one cent without a quantity")
    result = test(folder, "--mutate", "--select", "I504")
    assert result.exit_code == 1
    expected = (
        f"SURVIVED I504: `when` (no. 2 of its kind)\n  --> policies/few/{RULE}/2026-01-01.yaml:11:43\n  - 0\n  + 1\n"
    )
    assert expected in result.output
    killed, total = map(int, re.search(r"mutation score (\d+)/(\d+); 1 survived", result.output).groups())  # type: ignore[union-attr]
    assert killed == total - 1


def test_the_order_is_always_the_same(folder: Path) -> None:
    without(folder / RULE / "cases.yaml", "one cent without a quantity", "a completed service", "nothing billed")
    first = test(folder, "--mutate", "I504", "I601")
    assert first.output.count("SURVIVED") > 1
    assert test(folder, "--mutate", "I504", "I601").output == first.output


def test_json(folder: Path) -> None:
    without(folder / RULE / "cases.yaml", "one cent without a quantity", "the voucher does not exist", "still running")
    result = test(folder, "--mutate", "--format", "json", "I504")
    data = json.loads(result.output)
    assert data["cases"] == {"passed": 13, "failed": 0, "failures": []}
    assert data["lacking"] == data["not_needed"] == []
    assert data["conditions"]["unseen"] == [
        {
            "code": "I504", "version": "2026-01-01", "at": "when", "definition": "", "condition": "ended != null",
            "never": False, "file": f"policies/few/{RULE}/2026-01-01.yaml", "line": 11, "column": 50,
        }
    ]  # fmt: skip
    mutation = data["mutation"]
    assert mutation["killed"] + len(mutation["survivors"]) == mutation["total"]
    survivor = next(s for s in mutation["survivors"] if s["original"] == "0")
    assert survivor == {
        "code": "I504", "version": "2026-01-01", "at": "when", "definition": "", "original": "0", "mutated": "1",
        "nth": 2, "file": f"policies/few/{RULE}/2026-01-01.yaml", "line": 11, "column": 43,
    }  # fmt: skip


def test_a_parameter_that_no_case_pins(folder: Path) -> None:
    path = folder / "voucher/V101-client-of-working-age/cases.yaml"
    text = path.read_text("utf-8")
    names = re.findall(r"(?m)^  - name: (.*)$", text)
    without(path, *(n for n in names if "64" in n or "65" in n))
    path.write_text(re.sub(r"(?m)^    message: .*\n", "", path.read_text("utf-8")), "utf-8")
    result = test(folder, "--mutate", "V101")
    expected = "SURVIVED V101: `parameters.max_age`\n  --> policies/few/parameters/max_age.yaml:13:12\n  - 64\n  + 65\n"
    assert expected in result.output


CASE = """\
  - name: {name}
    base: conforming/invoices/2026-02.json
    'on': 2026-11-24
    expect: {expect}
    json_patch: [{{op: add, path: {path}, value: {value}}}]
"""


@pytest.mark.parametrize(
    ("path", "value", "expect", "told"),
    [
        ("/lines/1/service_date", "2026-01-01", "passed", []),  # a day is shown by any line of the document
        ("/lines/1/service_date", "2026-01-02", "passed", ["no case on the day of the version 2026-01-01"]),
        ("/lines/1/quantiti", "0", "passed",
         ["sound documents for `it`: /lines/1/quantiti: unknown field `quantiti`; did you mean `quantity`?",
          "no case on the day of the version 2026-01-01"]),
        ("/lines/1/amount", "none", "undecided", ["no case on the day of the version 2026-01-01"]),
    ],
)  # fmt: skip
def test_what_a_case_shows(folder: Path, path: str, value: str, expect: str, told: list[str]) -> None:
    cases = folder / "invoice/I601-line-amount/cases.yaml"
    without(cases, "on the day the edition")
    cases.write_text(cases.read_text("utf-8") + CASE.format(name="it", path=path, value=value, expect=expect), "utf-8")
    data = json.loads(test(folder, "I601", "--format", "json").output)
    assert data["cases"]["failed"] == 0
    assert [lack["what"] for lack in data["lacking"]] == told


def test_conditions_that_were_never_seen(folder: Path) -> None:
    (folder / "provider/P502-postponement-within-ten-days/exceptions.yaml").unlink()
    result = test(folder, "P502")
    assert result.exit_code == 0
    lines = (folder / "definitions.yaml").read_text("utf-8").split("\n")
    line = next(n for n, text in enumerate(lines, 1) if 'outcome in ("cancelled"' in text)
    expected = (
        "lacking P502: never true, in `when` by `moved`\n"
        f"  --> policies/few/definitions.yaml:{line}:12\n"
        '  g.outcome = "cancelled"\n'
    )
    assert expected in result.output
    assert result.output.endswith("0 excepted; 1 lacking\n")
    assert test(folder, "P502", "--strict").exit_code == 1


def test_places_in_a_correction_are_in_its_own_file(folder: Path) -> None:
    rule = "invoice/I502-one-missed-visit-a-month"
    corrected = "# a correction\n" + (folder / rule / "2026-01-01.yaml").read_text("utf-8")
    (folder / rule / "2026-01-01@2026-03-15.yaml").write_text(corrected, "utf-8")
    head, first, *_ = re.split(r"(?m)^(?=  - name: )", (folder / rule / "cases.yaml").read_text("utf-8"))
    (folder / rule / "cases.yaml").write_text(head + first, "utf-8")
    data = json.loads(test(folder, "--mutate", "--format", "json", "I502").output)
    places = [*data["conditions"]["unseen"], *data["mutation"]["survivors"]]
    found = {p["at"]: p for p in places if not p["at"].startswith("parameters.")}
    assert {p["file"] for p in found.values()} == {f"policies/few/{rule}/2026-01-01@2026-03-15.yaml"}
    lines = corrected.split("\n")
    assert all(lines[found[at]["line"] - 1].startswith(f"{at}: ") for at in ("require", "scope"))


def test_a_mutant_that_a_case_notices_is_no_exception(folder: Path) -> None:
    entry = EXCEPTION.format(at="require", original="invoice.invoice_date < ended.on",
                             mutated="invoice.invoice_date <= ended.on", nth=1)  # fmt: skip
    (folder / RULE / "exceptions.yaml").write_text(entry, "utf-8")
    result = test(folder, "--mutate", "I504")
    assert result.exit_code == 1
    assert "error[E208]: I504: a case notices the mutant that is listed as equivalent" in result.output
    assert "help: take the entry out" in result.output


@pytest.mark.parametrize("change", [{"nth": 2}, {"at": "having"}, {"mutated": "invoice.invoice_date = ended.on"}])
def test_an_exception_for_no_mutant(folder: Path, change: dict[str, Any]) -> None:
    entry = {"at": "require", "original": "invoice.invoice_date < ended.on",
             "mutated": "invoice.invoice_date <= ended.on", "nth": 1, **change}  # fmt: skip
    (folder / RULE / "exceptions.yaml").write_text(EXCEPTION.format(**entry), "utf-8")
    result = test(folder, "--mutate", "I504")
    assert result.exit_code == 1
    assert "error[E208]: I504: there is no such mutant" in result.output


def test_an_exception_for_a_condition_that_is_seen(folder: Path) -> None:
    text = """
conditions:
  - version: 2026-01-01
    at: when
    condition: ended != null
    never: false
    reason: {fi: koe, en: a trial}
"""
    (folder / RULE / "exceptions.yaml").write_text(text, "utf-8")
    result = test(folder, "I504")
    assert result.exit_code == 1
    assert "the exception is not needed: `ended != null` is no condition that is never false" in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mutant: []\n", "did you mean `mutants`?"),
        ("conditions:\n  - version: 2026-01-01\n    at: when\n    condition: x\n    never: true\n", "`reason`"),
        (EXCEPTION.format(at="when", original="a", mutated="b", nth=0), "`nth` must be at least 1, not 0"),
        (EXCEPTION.format(at="when", original="35.00", mutated="b", nth=1), "`original` must be a text, not 35\n"),
        (EXCEPTION.format(at="when", original="35.00", mutated="b", nth=1), "help: put it in quotes; The part before"),
        (EXCEPTION.format(at="when", original="a", mutated="b", nth=1).replace("2026-01", "2027-01"),
         "error[E203]: the rule has no version `2027-01-01`"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_exceptions_says_where(folder: Path, text: str, message: str) -> None:
    (folder / RULE / "exceptions.yaml").write_text(text, "utf-8")
    result = test(folder, "I504")
    assert result.exit_code == 2
    assert message in result.output
    assert f"policies/few/{RULE}/exceptions.yaml:" in result.output


def test_an_exception_for_a_value_goes_by_the_day_of_the_value(folder: Path) -> None:
    path = folder / "parameters/max_age.yaml"
    path.write_text(path.read_text("utf-8") + "  2026-07-01:\n    value: 64\n    reference: koe\n", "utf-8")
    text = EXCEPTION.format(at="parameters.max_age", original="'64'", mutated="'65'", nth=1)
    text = text.replace("2026-01-01", "2026-07-01")
    (folder / "voucher/V101-client-of-working-age/exceptions.yaml").write_text(text, "utf-8")
    result = test(folder, "V101", "--mutate")
    assert "E203" not in result.output
    assert "error[E208]: V101: a case notices the mutant" in result.output


PATCHES = [
    # written in a case, the place in it, in the message
    ("json_patch: [5]", "/json_patch/0", "must be a mapping of keys to values, not 5"),
    ("json_patch: [{path: /a}]", "/json_patch/0", "`op` is missing"),
    ("json_patch: [{op: replce, path: /a, value: 1}]", "/json_patch/0/op", "`op` must be one of `add`"),
    ("json_patch: [{op: replace, path: /a}]", "/json_patch/0", "`value` is missing"),
    ("json_patch: [{op: test, path: /a}]", "/json_patch/0", "`value` is missing"),
    ("json_patch: [{op: move, path: /a}]", "/json_patch/0", "`from` is missing"),
    ("json_patch: [{op: copy, path: /a, from: b}]", "/json_patch/0/from", "`b` is not written as it must be"),
    ("json_patch: [{op: remove, path: lines}]", "/json_patch/0/path", "`lines` is not written as it must be"),
    ("json_patch: [{op: add, path: /a, vaule: 1}]", "/json_patch/0/vaule", "unknown key `vaule`"),
    ("patch: x", "/patch", "`patch` must be a mapping of keys to values, not the text `x`"),
    (
        "with: [{base: x.json, patch: x}]",
        "/with/0/patch",
        "`patch` must be a mapping of keys to values, not the text `x`",
    ),
    ("with: [{base: x.json, json_patch: [5]}]", "/with/0/json_patch/0", "must be a mapping of keys to values, not 5"),
]


@pytest.mark.parametrize(("written", "at", "message"), PATCHES)
def test_a_wrong_patch_is_told_with_its_place(tmp_path: Path, written: str, at: str, message: str) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(f"cases:\n  - name: a\n    base: x.json\n    on: 2026-01-01\n    expect: passed\n    {written}\n")
    file, found = read_file(path, "cases", tmp_path)
    assert file is None
    assert (found[0].code, found[0].pointer) == ("E201", f"/cases/0{at}")
    assert message in found[0].message


TREE = {"lines": [1, 2], "a": {"b": None}}
OPERATIONS: list[tuple[dict[str, Any], Any]] = [
    ({"op": "replace", "path": "/a/b", "value": None}, TREE),
    ({"op": "add", "path": "/lines/-", "value": 3}, {**TREE, "lines": [1, 2, 3]}),
    ({"op": "move", "path": "/lines/0", "from": "/lines/1"}, {**TREE, "lines": [2, 1]}),
    ({"op": "copy", "path": "/c", "from": "/lines/1"}, {**TREE, "c": 2}),
    ({"op": "test", "path": "/lines/1", "value": 2}, TREE),
    ({"op": "test", "path": "/lines/-1", "value": 2}, "nothing at `/lines/-1`"),
    ({"op": "copy", "path": "/c", "from": "/lines/01"}, "nothing at `/lines/01`"),
    ({"op": "remove", "path": "/lines/²"}, "no item `²` to remove"),
    ({"op": "replace", "path": "/lines/2", "value": 3}, "no item `2` to replace"),
    ({"op": "add", "path": "/lines/3", "value": 3}, "no item `3` to add"),
]


@pytest.mark.parametrize(("operation", "made"), OPERATIONS)
def test_an_operation_of_a_json_patch(operation: dict[str, Any], made: Any) -> None:
    if isinstance(made, str):
        with pytest.raises(PatchError, match=made):
            json_patch(TREE, operation)
    else:
        assert json_patch(TREE, operation) == made


def test_nothing_is_mutated_where_a_case_fails(folder: Path) -> None:
    path = folder / RULE / "cases.yaml"
    path.write_text(path.read_text("utf-8").replace("expect: violated", "expect: passed", 1), "utf-8")
    result = test(folder, "--mutate", "I504")
    assert result.exit_code == 1
    assert "FAILED I504 the day after the end" in result.output
    assert "mutation score" not in result.output
    assert "no mutation" in result.output


@pytest.mark.parametrize("above", ["policies/", ""])
def test_every_command_names_a_file_alike(folder: Path, tmp_path: Path, above: str) -> None:
    moved = folder.rename(tmp_path / above / "few")
    (moved / RULE / "cases.yaml").write_text("case: []\n", "utf-8")
    shown = f"--> {above}few/{RULE}/cases.yaml:1:1"
    assert shown in test(moved, "I504").output
    assert shown in CliRunner().invoke(main, ["coverage", "--rulebook", str(moved), "--on", "2026-11-24"]).output
