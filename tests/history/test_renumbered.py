"""A clause that goes on under another number: what names it by the old one, and where it is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main
from tests import small

ROOT = Path(__file__).parents[2]
VERSION = "invoice/I901-quantity/2026-01-01.yaml"
CASES = """\
cases:
  - {name: one, base: conforming/invoices/2026-02.json, 'on': 2026-11-24, expect: passed}
"""
FILES = {
    "rulebook.yaml": small.RULEBOOK + "  2027-01-01:\n    source: {fi: Lähde, en: Source}\n",
    "clauses/2027-01-01.yaml": small.REGISTRY.replace('"2026-01-01"', '"2027-01-01"').replace("6.m2.k1", "6.m2.k2"),
    VERSION: small.RULE.replace("[6.m1]", "[6.m1, 6.m2.k1]"),
    "invoice/I901-quantity/cases.yaml": CASES,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path, FILES)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_lint_names_the_new_number(folder: Path) -> None:
    help = "add `2027-01-01.yaml`: the rule under clause 6.m2.k2, which says the same, or `repealed: true`"
    assert help in run("lint", folder).output
    (folder / "invoice/I901-quantity/2027-02-01.yaml").write_text(FILES[VERSION], "utf-8")
    found = run("lint", folder).output
    assert "error[E209]: clause `6.m2.k1` is not in force on 2027-02-01, the version's day" in found
    assert "help: write `6.m2.k2`: what 6.m2.k1 says in the edition of 2026-01-01" in found


@pytest.mark.parametrize(
    ("clauses", "written"),
    [
        ("[6.m1, 6.m2.k1]", "[6.m1, 6.m2.k2]"),
        (
            '\n  - 6.m1\n  - clause: "6.m2.k1"\n    when: line.quantity > 0',
            "\n  - 6.m1\n  - clause: 6.m2.k2\n    when: line.quantity > 0",
        ),
    ],
)
def test_a_new_version_is_drafted_under_it(tmp_path: Path, clauses: str, written: str) -> None:
    rule = small.RULE.replace("[6.m1]", clauses)
    folder = small.write(tmp_path, {**FILES, VERSION: rule})
    made = run("new", "version", "I901", "2027-03-15", "--rulebook", folder, "--fixtures", ROOT / "fixtures")
    assert made.exit_code == 0, made.output
    text = (folder / "invoice/I901-quantity/2027-03-15.yaml").read_text("utf-8")
    assert text == small.RULE.replace("[6.m1]", written)
    assert "0 errors" in run("lint", folder).output


@pytest.mark.parametrize(
    ("rule", "drafted"),
    [
        ("\ufeff" + FILES[VERSION], small.RULE.replace("[6.m1]", "[6.m1, 6.m2.k2]")),
        (FILES[VERSION].replace("\n", "\r\n"), small.RULE.replace("[6.m1]", "[6.m1, 6.m2.k2]").replace("\n", "\r\n")),
        # written so that it cannot be altered: left as it is, and told
        (small.RULE.replace("[6.m1]", "\n  - |-\n    6.m2.k1"), small.RULE.replace("[6.m1]", "\n  - |-\n    6.m2.k1")),
    ],
)
def test_a_draft_keeps_how_its_file_is_written(tmp_path: Path, rule: str, drafted: str) -> None:
    folder = small.write(tmp_path, {**FILES, VERSION: None})
    (folder / VERSION).write_bytes(rule.encode())
    made = run("new", "version", "I901", "2027-03-15", "--rulebook", folder, "--fixtures", ROOT / "fixtures")
    assert made.exit_code == 0, made.output
    assert (folder / "invoice/I901-quantity/2027-03-15.yaml").read_bytes() == drafted.encode()
    left = "name 6.m2.k2 in place of 6.m2.k1, which is not in the edition of 2027-01-01"
    assert (left in made.output) == ("6.m2.k1" in drafted)


def test_one_that_is_gone_is_left_to_the_owner(tmp_path: Path) -> None:
    registry = FILES["clauses/2027-01-01.yaml"].replace("Hinnan osa", "Muu").replace("Part of the price", "Other")
    folder = small.write(tmp_path, {**FILES, "clauses/2027-01-01.yaml": registry})
    made = run("new", "version", "I901", "2027-03-15", "--rulebook", folder, "--fixtures", ROOT / "fixtures")
    assert "name another clause in place of 6.m2.k1, which is not in the edition of 2027-01-01" in made.output


def test_it_is_read_where_it_stands(folder: Path) -> None:
    arguments = ("--rulebook", folder, "--lang", "en")
    assert run("explain", "6.m2.k2", *arguments, "--on", "2026-11-24").output.startswith(
        "6.m2.k2: Part of the price\n  Not in force on 2026-11-24; shown as in the edition of 2027-01-01. "
        "The clause that says the same is 6.m2.k1.\n"
    )
    gone = run("explain", "6.m2.k1", *arguments, "--on", "2027-02-01").output
    assert "Not in force on 2027-02-01; shown as in the edition of 2026-01-01." in gone
    assert "Rules: I901" in gone
    assert json.loads(run("explain", "6.m2.k1", *arguments, "--format", "json").output)["edition"] == "2026-01-01"
    assert run("explain", "6.m9", *arguments).exit_code == 2


def test_a_finding_cites_the_edition_that_has_it(folder: Path, tmp_path: Path) -> None:
    text = (ROOT / "fixtures/conforming/invoices/2026-02.json").read_text("utf-8").replace("2026-", "2027-")
    document = tmp_path / "invoice.json"
    document.write_text(text.replace('"quantity": 1,', '"quantity": 31,', 1), "utf-8")
    found = run("check", document, "--rulebook", folder, "--select", "I901", "--lang", "en", "--on", "2027-11-24")
    assert found.exit_code == 1
    assert "clause small@2027-01-01 6.m1: Value | sum" in found.output
    assert "clause small@2026-01-01 6.m2.k1: Part of the price" in found.output


def test_a_clause_that_says_what_another_says_is_gone_all_the_same(tmp_path: Path) -> None:
    """Both were there before, so that none was renumbered."""
    same = "  '8': {heading: {fi: Varattu, en: Reserved}, summary: {fi: V, en: R}, status: definition}\n"
    both = small.REGISTRY + same + same.replace("'8'", "'7'")
    files = {
        **FILES,
        "clauses/2026-01-01.yaml": both,
        "clauses/2027-01-01.yaml": FILES["clauses/2027-01-01.yaml"] + same,
    }
    found = run("diff", "2026-06-01", "2027-06-01", "--rulebook", small.write(tmp_path, files), "--lang", "en")
    assert "  7 removed: Reserved\n" in found.output


@pytest.fixture
def shifted(tmp_path: Path) -> Path:
    """An edition with a new first paragraph: 6.m1 goes on as 6.m2, and 6.m2 as 6.m3."""
    texts = {
        "6.m1": ("Uusi", "New"), "6.m2": ("Arvo | summa", "Value | sum"), "6.m3": ("Hinta", "Price"),
        "6.m2.k1": ("Hinnan osa", "Part of the price"),
    }  # fmt: skip
    new = small.REGISTRY.split("  6.m1:")[0].replace('"2026-01-01"', '"2027-01-01"') + "".join(
        f"  {id}:\n    heading: {{fi: {fi}, en: {en}}}\n    summary: {{fi: Yhteenveto, en: Summary}}\n"
        f"    status: {'attested' if id == '6.m3' else 'rule'}\n"
        for id, (fi, en) in texts.items()
    )
    return small.write(tmp_path, {**FILES, "clauses/2027-01-01.yaml": new, VERSION: small.RULE})


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize(
    ("lang", "part", "old", "new"),
    [
        ("fi", "käsittely", "tarkastetaan säännöllä", "määritelmä"),
        ("en", "status", "checked by rule", "definition"),
    ],
)
def test_a_status_is_told_as_coverage_calls_it(
    tmp_path: Path, form: str, lang: str, part: str, old: str, new: str
) -> None:
    late = FILES["clauses/2027-01-01.yaml"].replace("status: rule", "status: definition", 1)
    folder = small.write(tmp_path, {**FILES, "clauses/2027-01-01.yaml": late})
    told = run("diff", "2026-06-01", "2027-06-01", "--rulebook", folder, "--lang", lang, "--format", form).output
    if form == "markdown":
        assert f"| {part} | <del>{old}</del> | <ins>{new}</ins> |" in told
    else:
        assert f"    {part}\n      - [-{old}-]\n      + {{+{new}+}}\n" in told


def test_an_inserted_paragraph_moves_those_behind_it(shifted: Path) -> None:
    found = run("lint", shifted).output
    assert "clause 6.m1 is another one in the edition of 2027-01-01, and the version goes on" in found
    assert "the rule under clause 6.m2, which says the same" in found
    told = run("diff", "2026-06-01", "2027-06-01", "--rulebook", shifted, "--format", "json").output
    changes = {change["id"]: change["kind"] for change in json.loads(told)["clauses"]}
    assert changes == {"6.m1": "added", "6.m2": "renumbered", "6.m3": "renumbered"}
    made = run("new", "version", "I901", "2027-03-15", "--rulebook", shifted, "--fixtures", ROOT / "fixtures")
    assert made.exit_code == 0, made.output
    assert "clauses: [6.m2]" in (shifted / "invoice/I901-quantity/2027-03-15.yaml").read_text("utf-8")
