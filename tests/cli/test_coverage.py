"""`ktt-policy coverage`: the table in its three formats, and what makes it fail."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main
from tests.small import REGISTRY, RULE, VALUE, write

ROOT = Path(__file__).parents[2]
ON = "2026-11-24"


def coverage(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["coverage", *arguments])


TEXT = """\
small, painos 1.1.2026, tarkastuspäivä 24.11.2026

Kohdat:
  6  Luku
    määritelmä: Pelkkä otsikko.
  6.m1  Arvo | summa
    tarkastetaan säännöllä: I901; tapauksia 3
  6.m2  Hinta
    tarkastetaan ilmoituksesta: V901; tapauksia 3
  6.m2.k1  Hinnan osa
    tarkastetaan säännöllä: ylä- tai alakohdan säännöt V901; tapauksia 3

Säännöt:
  I901  Määrä on enintään raja
    kohta 6.m1; tapauksia 3 (kunnossa 1, rikkomus 2)
  V901  Hinta on ilmoitettu
    kohta 6.m2; tapauksia 3 (kunnossa 1, rikkomus 2)

Kohdat 4: tarkastetaan säännöllä 2; tarkastetaan ilmoituksesta 1; ei tarkastettavissa asiakirjoista 0; määritelmä 1; \
säädetty muualla 0; selvittämättä 0
Säännöt 2; tapauksia 6
"""

MARKDOWN = """\
# Coverage: Small rulebook

Edition 2026-01-01, evaluation date 2026-11-24

## Totals

| status | number |
| --- | --- |
| checked by rule | 2 |
| checked as stated | 1 |
| not machine-checkable | 0 |
| definition | 1 |
| set elsewhere | 0 |
| unaccounted for | 0 |
| **in all** | **4** |

## Clauses that are checked

| clause | heading | status | voucher | invoice | cases |
| --- | --- | --- | --- | --- | --- |
| 6.m1 | Value \\| sum | checked by rule |  | I901 | 3 |
| 6.m2 | Price | checked as stated | V901 |  | 3 |
| 6.m2.k1 | Part of the price | checked by rule | (V901) |  | 3 |

## Other clauses

| clause | heading | status | reason |
| --- | --- | --- | --- |
| 6 | Chapter | definition | Heading only. |

## Rules

| rule | heading | clauses | passed | violated | undecided | not applicable |
| --- | --- | --- | --- | --- | --- | --- |
| I901 | The quantity is at most the limit | 6.m1 | 1 | 2 | 0 | 0 |
| V901 | The price is stated | 6.m2 | 1 | 2 | 0 | 0 |
"""

COUNTS = {"passed": 1, "violated": 2, "undecided": 0, "not applicable": 0}
DATA = {
    "rulebook": {"id": "small", "title": "Small rulebook"},
    "edition": "2026-01-01",
    "on": "2026-11-24",
    "lang": "en",
    "totals": {
        "clauses": 4, "rule": 2, "attested": 1, "not machine-checkable": 0, "definition": 1, "elsewhere": 0,
        "unaccounted": 0, "rules": 2, "cases": 6,
    },
    "clauses": [
        {"clause": "6", "heading": "Chapter", "status": "definition", "reason": "Heading only.", "rules": [],
         "via": [], "cases": 0, "fault": ""},
        {"clause": "6.m1", "heading": "Value | sum", "status": "rule", "reason": None, "rules": ["I901"], "via": [],
         "cases": 3, "fault": ""},
        {"clause": "6.m2", "heading": "Price", "status": "attested", "reason": None, "rules": ["V901"], "via": [],
         "cases": 3, "fault": ""},
        {"clause": "6.m2.k1", "heading": "Part of the price", "status": "rule", "reason": None, "rules": [],
         "via": ["V901"], "cases": 3, "fault": ""},
    ],
    "rules": [
        {"code": "I901", "name": "quantity", "kind": "invoice", "title": "The quantity is at most the limit",
         "severity": "error", "version": "2026-01-01", "clauses": ["6.m1"], "cases": COUNTS},
        {"code": "V901", "name": "price", "kind": "voucher", "title": "The price is stated", "severity": "warning",
         "version": "2026-01-01", "clauses": ["6.m2"], "cases": COUNTS},
    ],
}  # fmt: skip


def test_the_table_as_text(tmp_path: Path) -> None:
    result = coverage("--rulebook", str(write(tmp_path)), "--on", ON)
    assert (result.output, result.exit_code) == (TEXT, 0)


def test_the_table_as_markdown(tmp_path: Path) -> None:
    result = coverage("--rulebook", str(write(tmp_path)), "--on", ON, "--format", "markdown", "--lang", "en")
    assert (result.output, result.exit_code) == (MARKDOWN, 0)


def test_the_table_as_json(tmp_path: Path) -> None:
    result = coverage("--rulebook", str(write(tmp_path)), "--on", ON, "--format", "json", "--lang", "en")
    data = json.loads(result.output)
    assert re.fullmatch("[0-9a-f]{64}", data["rulebook"].pop("sha256"))
    assert (data, result.exit_code) == (DATA, 0)


def test_a_clause_that_no_rule_names_fails(tmp_path: Path) -> None:
    folder = write(tmp_path, {"voucher/V901-price/2026-01-01.yaml": VALUE.replace("6.m2", "6.m1")})
    result = coverage("--rulebook", str(folder), "--on", ON, "--format", "json")
    assert result.exit_code == 1
    data = json.loads(result.output)
    faults = {row["clause"]: row["fault"] for row in data["clauses"] if row["fault"]}
    assert faults == {"6.m2": "no rule", "6.m2.k1": "no rule"}
    counts = {key: n for key, n in data["totals"].items() if n and key not in ("clauses", "rules", "cases")}
    assert counts == {"rule": 1, "definition": 1, "unaccounted": 2}
    text = coverage("--rulebook", str(folder), "--on", ON).output
    assert text.count("selvittämättä: mikään voimassa oleva sääntö ei nimeä kohtaa") == 2
    assert "**selvittämättä**" in coverage("--rulebook", str(folder), "--on", ON, "--format", "markdown").output


def test_a_clause_with_neither_rule_nor_reason_fails(tmp_path: Path) -> None:
    registry = REGISTRY.replace("    reason: {fi: Pelkkä otsikko., en: Heading only.}\n", "")
    folder = write(tmp_path, {"clauses/2026-01-01.yaml": registry})
    result = coverage("--rulebook", str(folder), "--on", ON, "--lang", "en")
    assert result.exit_code == 1
    assert "unaccounted for: the clause has neither a rule nor a reason" in result.output


def test_only_rules_in_force_on_the_day_count(tmp_path: Path) -> None:
    repeal = "clauses: [6.m1]\nrepealed: true\n"
    later = RULE.replace("[6.m1]", "[6.m2.k1]")
    files = {"invoice/I901-quantity/2027-01-01.yaml": repeal, "invoice/I902-later/2027-07-01.yaml": later}
    folder = str(write(tmp_path, dict(files)))

    def codes(on: str) -> tuple[int, list[str]]:
        result = coverage("--rulebook", folder, "--on", on, "--format", "json")
        return result.exit_code, [rule["code"] for rule in json.loads(result.output)["rules"]]

    assert codes("2026-12-31") == (0, ["I901", "V901"])
    assert codes("2027-01-01") == (1, ["V901"])
    assert codes("2027-07-01") == (1, ["I902", "V901"])


def test_several_clauses_of_a_rule_are_told_as_several(tmp_path: Path) -> None:
    folder = write(tmp_path, {"invoice/I901-quantity/2026-01-01.yaml": RULE.replace("[6.m1]", "[6.m1, 6.m2]")})
    assert "\n    kohdat 6.m1, 6.m2; " in coverage("--rulebook", str(folder), "--on", ON).output
    assert "\n    clauses 6.m1, 6.m2; " in coverage("--rulebook", str(folder), "--on", ON, "--lang", "en").output


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        ({"invoice/I901-quantity/2026-01-01.yaml": RULE.replace("line.quantity <=", "line.quantty <=")}, [], "E402"),
        ({"invoice/I901-quantity/cases.yaml": "cases: [{name: x}]\n"}, [], "E201"),
        ({}, ["2025-12-31"], "E502"),
    ],
)
def test_a_broken_rulebook_or_a_day_without_edition_exits_2(
    tmp_path: Path, files: dict[str, str], arguments: list[str], code: str
) -> None:
    result = coverage("--rulebook", str(write(tmp_path, dict(files))), "--on", *(arguments or [ON]))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"error[{code}]" in result.stderr
    assert coverage("--rulebook", str(tmp_path)).exit_code == 2


@pytest.mark.parametrize("lang", ["fi", "en"])
def test_the_shipped_rulebook_accounts_for_every_clause(lang: str) -> None:
    result = coverage("--on", ON, "--format", "json", "--lang", lang)
    assert result.exit_code == 0
    data = json.loads(result.output)
    listed = (ROOT / "tests/data/clause-ids-2026-01-01.txt").read_text("utf-8").split()
    assert [row["clause"] for row in data["clauses"]] == listed
    rules = {path.name[:4] for kind in ("provider", "voucher", "invoice")
             for path in (ROOT / "policies/pohjois-savo-ktt" / kind).iterdir()}  # fmt: skip
    assert {rule["code"] for rule in data["rules"]} == rules
    assert all(rule["cases"]["passed"] and rule["cases"]["violated"] for rule in data["rules"])
    named = {row["clause"]: row["rules"] for row in data["clauses"]}
    assert named["5.m3"] == ["I311", "I501", "I502", "I503", "I506", "I507", "I508", "I610"]
    assert all(row["rules"] or row["via"] or row["reason"] for row in data["clauses"])
    assert all(rule["code"] in named[clause] for rule in data["rules"] for clause in rule["clauses"])
