"""`ktt-policy new version`: what is drafted is sound from the start, and nothing is written that would not be."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main
from tests import small

ROOT = Path(__file__).parents[2]
KEPT = {"I606", "P401", "V302"}
RULE = "invoice/I901-quantity"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def new(folder: Path, *arguments: str) -> str:
    """What a command that works says."""
    result = run("new", "version", *arguments, "--rulebook", folder)
    assert result.exit_code == 0, result.output
    return result.output


def faults(folder: Path, code: str) -> list[str]:
    """The cases of a rule that fail, and the days for which it has none."""
    data = json.loads(run("test", code, "--rulebook", folder, "--format", "json").output)
    missing = [lack["what"] for lack in data["lacking"] if "of the version" in lack["what"]]
    return [failure["name"] for failure in data["cases"]["failures"]] + missing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small rulebook, beside a document that its rule on invoices passes."""
    (tmp_path / "fixtures").mkdir()
    shutil.copy(ROOT / "fixtures/conforming/invoices/2026-02.json", tmp_path / "fixtures/x.json")
    cases = "cases:\n  - {name: one, base: x.json, on: 2026-11-24, expect: passed}\n"
    return small.write(tmp_path, {f"{RULE}/cases.yaml": cases})


@pytest.mark.parametrize("repeal", [[], ["--repeal"]])
@pytest.mark.parametrize(
    ("rulebook", "code"),
    [
        ("policies/pohjois-savo-ktt", "I606"),  # group_date: max(group.service_date)
        ("policies/pohjois-savo-ktt", "P401"),  # date: if … then … else …
        ("policies/pohjois-savo-ktt", "V302"),  # date: a definition
        ("fixtures/rulebooks/kuulasmaa-kotipalvelu", "L402"),
        ("fixtures/rulebooks/kuulasmaa-kotipalvelu", "L302"),  # several lines
    ],
)
def test_the_reference_date_is_moved(tmp_path: Path, rulebook: str, code: str, repeal: list[str]) -> None:
    def others(at: str, names: list[str]) -> list[str]:
        return [n for n in names if re.match(r"[PVI]\d{3}-", n) and n[:4] not in KEPT]

    shutil.copytree(ROOT / "fixtures", tmp_path / "fixtures")
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=others)
    new(tmp_path / rulebook, code, "2027-06-01", *repeal)
    assert faults(tmp_path / rulebook, code) == []


def test_drafts_that_are_to_be_finished_are_told(folder: Path) -> None:
    """Of a rule that no line of a later day passes."""
    tied = 'require: line.quantity <= parameters.limit and line.service_date < @"2026-12-01"'
    (folder / RULE / "2026-01-01.yaml").write_text(
        small.RULE.replace("require: line.quantity <= parameters.limit", tied), "utf-8"
    )
    assert "at the end of" in new(folder, "I901", "2026-06-01")
    told = new(folder, "I901", "2027-06-01")
    cases = folder / RULE / "cases.yaml"
    assert f"finish the cases of 2027-06-01 and 2027-05-31 at the end of {cases} by hand: none of the rule's" in told


CASE = "name: one\n{0}base: x.json\n{0}on: 2026-11-24\n{0}expect: passed\n"
OWN = "json_patch:\n{0}- {{op: replace, path: /lines/0/quantity, value: 2}}\n"
STYLES = {
    "the list is not indented": "cases:\n- " + CASE.format("  "),
    "the list is indented far": "cases:\n      - " + CASE.format("        "),
    "another key comes first": "cases:\n  - base: x.json\n    name: one\n    expect: passed\n    on: 2026-11-24\n",
    "keys in quotes": "cases:\n  - 'name': one\n    \"base\": x.json\n    'on': 2026-11-24\n    expect: passed\n",
    "in braces": "cases:\n  - {name: one, base: x.json, 'on': 2026-11-24, expect: passed, patch: {total: 1}}\n",
    "its own operations": "cases:\n- " + CASE.format("  ") + "  " + OWN.format("  "),
    "its own operations, far in": "cases:\n  - " + CASE.format("    ") + "    " + OWN.format("          "),
    "operations in brackets": "cases:\n- " + CASE.format("  ") + "  json_patch: [{op: add, path: /total, value: 0}]\n",
    "comments": "cases:\n  # the first\n  - " + CASE.format("    ") + "    patch:\n      total: 1 # so\n\n# and more\n",
    "lines end as on Windows": ("cases:\n- " + CASE.format("  ") + "  patch:\n    total: 1\n").replace("\n", "\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_cases_are_added_however_the_file_is_written(folder: Path, text: str) -> None:
    path = folder / RULE / "cases.yaml"
    path.write_bytes(text.encode())
    new(folder, "I901", "2027-01-01")
    written = path.read_bytes().decode()
    assert written.startswith(text.rstrip())
    assert ("\r\n" in text) == ("\r\n" in written[len(text) :])
    assert [fault for fault in faults(folder, "I901") if "2026-01-01" not in fault] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cases: [{name: one, base: x.json, on: 2026-11-24, expect: passed}]\n", "no case can be added to"),
        ("cases:\n- " + CASE.format("  ") + "...\n", "no case can be added to"),
        ("cases: []\n", "has no case to copy"),
        ("cases:\n- name: one\n", "`base` is missing"),
    ],
)
def test_nothing_is_written_where_cases_cannot_be_added(folder: Path, text: str, said: str) -> None:
    path = folder / RULE / "cases.yaml"
    path.write_text(text, "utf-8")
    result = run("new", "version", "I901", "2027-01-01", "--rulebook", folder)
    assert result.exit_code == 2
    assert said in result.output
    assert path.read_text("utf-8") == text
    assert not (folder / RULE / "2027-01-01.yaml").exists()


def test_the_first_case_that_passes_on_the_new_days_is_copied(folder: Path) -> None:
    """Neither what is violated, nor what a value of its own lets pass on earlier days only."""
    first = "  - {name: a, base: x.json, on: 2026-11-24, expect: violated}\n"
    second = "  - {name: b, base: x.json, on: 2026-11-24, expect: passed, parameters: {limit: {2026-12-01: 0}}}\n"
    third = "  - {name: c, base: x.json, on: 2026-11-24, expect: passed, complete: true}\n"
    (folder / RULE / "cases.yaml").write_text("cases:\n" + first + second + third, "utf-8")
    new(folder, "I901", "2027-01-01")
    assert (folder / RULE / "cases.yaml").read_text("utf-8").count("complete: true") == 3


def test_a_group_of_several_iterators(folder: Path) -> None:
    changes = {
        "line in invoice.lines": "line in invoice.lines, other in invoice.lines",
        "date: line.service_date": "group_by:\n  id: line.line_id\ngroup_date: max(group.line.service_date)",
        "line.quantity <= parameters.limit": "count(group) > 0",
        "line.quantity": "count(group)",
    }
    rule = small.RULE
    for old, made in changes.items():
        rule = rule.replace(old, made)
    (folder / RULE / "2026-01-01.yaml").write_text(rule, "utf-8")
    new(folder, "I901", "2027-01-01")
    assert [fault for fault in faults(folder, "I901") if "2026-01-01" not in fault] == []


def test_a_base_document_that_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "fixtures").rename(tmp_path / "elsewhere")
    new(folder, "I901", "2027-01-01")
    assert "path: /lines/0/service_date" in (folder / RULE / "cases.yaml").read_text("utf-8")
    new(folder, "I901", "2027-06-01", "--fixtures", str(tmp_path / "elsewhere"))
    assert "path: /lines/1/service_date" in (folder / RULE / "cases.yaml").read_text("utf-8")


def test_a_version_after_a_repeal(folder: Path) -> None:
    new(folder, "I901", "2027-01-01", "--repeal")
    again = run("new", "version", "I901", "2027-03-01", "--repeal", "--rulebook", folder)
    assert again.exit_code == 2
    assert "error[E501]: I901 is repealed from 2027-01-01 on already" in again.output
    new(folder, "I901", "2027-06-01")
    assert (folder / RULE / "2027-06-01.yaml").read_text("utf-8") == small.RULE
    cases = (folder / RULE / "cases.yaml").read_text("utf-8")
    assert re.findall(r"name: on (\S+), .*\n.*\n +expect: (.*)", cases) == [
        ("2027-01-01", "not applicable"), ("2026-12-31", "passed"), ("2027-06-01", "passed"),
        ("2027-05-31", "not applicable"),
    ]  # fmt: skip
    assert [fault for fault in faults(folder, "I901") if "2026-01-01" not in fault] == []


def test_a_correction_says_what_to_do_with_cases(folder: Path) -> None:
    new(folder, "I901", "2027-01-01", "--published-on", "2026-12-15")
    said = new(folder, "I901", "2026-01-01", "--published-on", "2026-03-15")
    cases = folder / RULE / "cases.yaml"
    assert said.splitlines()[1:] == [
        "next:",
        f"  1. amend {folder / RULE / '2026-01-01@2026-03-15.yaml'}",
        f"  2. ktt-policy test I901 --rulebook {folder}",
        (
            f"  3. rewrite the cases with a reference date from 2026-01-01 to 2026-12-31 that fail now, in {cases}; "
            "a copy with `known_on: 2026-03-14` shows what came out before"
        ),
        (
            f"  4. ktt-policy check DOCUMENTS --known-on 2026-03-14 --rulebook {folder}, "
            "and without --known-on, to see before and after"
        ),
        f"  5. ktt-policy lint --since HEAD --rulebook {folder}",
    ]


def test_a_copy_is_not_published_when_its_original_was(folder: Path) -> None:
    (folder / RULE / "2026-01-01.yaml").write_text("published_on: 2026-02-01\n" + small.RULE, "utf-8")
    new(folder, "I901", "2026-01-01", "--published-on", "2026-03-15")
    assert (folder / RULE / "2026-01-01@2026-03-15.yaml").read_text("utf-8") == small.RULE


def test_lint_tells_what_a_draft_leaves_to_write(folder: Path) -> None:
    made = CliRunner().invoke(main, ["new", "rule", "I902-more", "2027-01-01", "--rulebook", str(folder)])
    assert made.exit_code == 0, made.output
    found = CliRunner().invoke(main, ["lint", str(folder), "--format", "json"]).stdout
    places = [one["pointer"] for one in json.loads(found)["diagnostics"] if one["code"] == "W511"]
    texts = [f"/{key}/{lang}" for key in ("title", "explanation", "message") for lang in ("fi", "en")]
    assert places == ["/require", *texts]


def test_drafts_name_their_schema_where_it_stands_in_the_same_working_tree(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_lines(code: str) -> list[str]:
        assert run("new", "rule", f"{code}-more", "2027-01-01", "--rulebook", folder).exit_code == 0
        new(folder, code, "2028-01-01", "--repeal")
        made = sorted((folder / f"invoice/{code}-more").iterdir())
        return [path.read_text("utf-8").partition("\n")[0] for path in made]

    assert not any("schema" in line for line in first_lines("I902"))
    monkeypatch.setattr("ktt_policy.scaffold.data_folder", lambda: folder.parents[1])
    kinds = [line.partition("/schemas/policy/")[2] for line in first_lines("I903")]
    assert kinds == ["rule.schema.json", "rule.schema.json", "cases.schema.json"]


@pytest.mark.parametrize("without", ["at|group_date", "group_by|  (?!given).*|scope|having|group_date", "at|date"])
@pytest.mark.parametrize(
    ("rulebook", "kind"),
    [("policies/pohjois-savo-ktt", kind) for kind in ("provider", "voucher", "invoice")]
    + [("fixtures/rulebooks/kuulasmaa-kotipalvelu", "home_voucher")],
)
def test_what_a_new_rule_shows_can_be_uncommented(tmp_path: Path, rulebook: str, kind: str, without: str) -> None:
    book = tmp_path / "book"
    shutil.copytree(ROOT / rulebook, book)
    result = run("new", "rule", "X901-shown", "2028-01-01", "--kind", kind, "--rulebook", book)
    assert result.exit_code == 0, result.output
    path = book / kind / "X901-shown/2028-01-01.yaml"
    taken = re.sub(rf"(?m)^# (?!(?:{without}):)((?:  )?[a-z_]+:)", r"\1", path.read_text("utf-8"))
    assert taken.count("\nfor_each: ") == 1
    path.write_text(taken, "utf-8")
    told = json.loads(run("lint", "--rulebook", book, "--format", "json").output)
    assert [one for one in told["diagnostics"] if one["code"].startswith("E")] == []


@pytest.mark.parametrize("repeal", [[], ["--repeal"]])
def test_a_rule_without_cases_gets_its_version(folder: Path, repeal: list[str]) -> None:
    (folder / f"{RULE}/cases.yaml").unlink()
    told = new(folder, "I901", "2027-01-01", *repeal)
    assert "the rule has no cases yet" in told
    assert (folder / f"{RULE}/2027-01-01.yaml").exists()
    assert not (folder / f"{RULE}/cases.yaml").exists()
