"""Each doubt and each fault of a rulebook with its place, its hint and its code; and the command's exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main
from ktt_policy.diagnostics import CODES, render
from ktt_policy.lint import lint
from tests.small import CASES, PARAMETER, REGISTRY, RULE, RULEBOOK, VALUE, write

ROOT = Path(__file__).parents[2]
QUANTITY = "invoice/I901-quantity/2026-01-01.yaml"
QUANTITY_CASES = QUANTITY.replace("2026-01-01", "cases")
PRICE = "voucher/V901-price/2026-01-01.yaml"
CLAUSES = "clauses/2026-01-01.yaml"
LIMIT = "parameters/limit.yaml"
NEXT = RULEBOOK + "  2027-01-01:\n    source: {fi: Lähde, en: Source}\n"
NEXT_CLAUSES, NEXT_REGISTRY = "clauses/2027-01-01.yaml", REGISTRY.replace("2026-01-01", "2027-01-01")
GATHERED = "group_by:\n  v: line.voucher_id\ngroup_date: max(group.service_date)\nscope: run\n"
WHOLE = RULE.replace("date: line.service_date\n", GATHERED).replace("line.quantity", "sum(group.quantity)")
REPEAL = "clauses: [6.m1]\nrepealed: true\n"

Place = tuple[str, int, int]


def when(condition: str, extra: str = "") -> dict[str, str]:
    return {QUANTITY: RULE.replace("require:", f"when: |\n  {condition}\n{extra}require:")}


GROUPED = (
    "group_by:\n  service: line.service_type\n  low: line.quantity < parameters.limit\nlet:\n  most: count(group)\n"
    "{having}require: most <= parameters.limit"
)


def grouped(condition: str, having: str = "", clauses: str = "[6.m1]") -> dict[str, str]:
    rule = RULE.replace("require: line.quantity <= parameters.limit", "when: " + condition + "\n" + GROUPED)
    rule = rule.replace("{having}", f"having: {having}\n" if having else "").replace("[6.m1]", clauses)
    return {QUANTITY: rule.replace("{line.quantity}", "{most}")}


UNREAD = [
    ("invoice/I901-quantity/2026-06-01.yml", "name it `2026-06-01.yaml`"),
    ("invoice/I901-quantity/2026-06-01.YAML", "name it `2026-06-01.yaml`"),
    ("invoice/I901-quantity/cases.yml", "name it `cases.yaml`"),
    ("invoice/I901-quantity/sub/2026-06-01.yaml", "read are"),
    ("invoice/2026-01-01.yaml", "read are"),
    ("invoice/cases.yaml", "read are"),
    ("invoice/I902-more.yaml", "read are"),
    ("rules/invoice/I902-more/2026-01-01.yaml", "read are"),
    ("definition.yaml", "read are"),
    ("Definitions.yaml", "read are"),
    ("clause/2026-01-01.yaml", "read are"),
    ("clauses/2027-01-01.YAML", "name it `2027-01-01.yaml`"),
    ("parameter/x.yaml", "read are"),
    ("parameters/x/b.yaml", "read are"),
    ("parameters/b.YAML", "name it `b.yaml`"),
    ("parameters/b.json", "write it as YAML, `b.yaml`"),
]

FOUND: list[tuple[str, dict[str, str], str, Place, str, str]] = [
    # what, files, code, place, in the message, in the hint
    ("a clause that is in no registry", {QUANTITY: RULE.replace("[6.m1]", "[6.m9]")}, "E203", (QUANTITY, 2, 11),
     "unknown clause `6.m9`", "did you mean `6.m"),
    ("a parameter of a clause in no registry", {LIMIT: PARAMETER.replace("6.m1", "7.m1")}, "E203", (LIMIT, 2, 9),
     "unknown clause `7.m1`", "did you mean"),
    ("a clause that no rule names", {PRICE: VALUE.replace("6.m2", "6.m1")}, "W502", (CLAUSES, 12, 3),
     "clause 6.m2 has the status `attested` and no rule names it", "name it in the `clauses`"),
    ("a clause without a reason",
     {CLAUSES: REGISTRY.replace("    reason: {fi: Pelkkä otsikko., en: Heading only.}\n", "")}, "W502",
     (CLAUSES, 3, 3), "clause 6 has neither a rule nor a reason", "add a `reason`"),
    ("a clause that loses its rule in the next edition",
     {"rulebook.yaml": NEXT, NEXT_CLAUSES: NEXT_REGISTRY, "invoice/I901-quantity/2027-01-01.yaml": REPEAL}, "W502",
     (NEXT_CLAUSES, 8, 3), "clause 6.m1 has the status `rule`", "(2027-01-01 on)"),
    ("a clause that loses its rule within an edition", {"invoice/I901-quantity/2027-01-01.yaml": REPEAL}, "W502",
     (CLAUSES, 8, 3), "clause 6.m1 has the status `rule` and from 2027-01-01 no rule names it", "(2027-01-01 on)"),
    ("a parameter that nothing reads", {"parameters/other.yaml": PARAMETER}, "W501", ("parameters/other.yaml", 1, 1),
     "no rule reads the parameter `other`", "take it out"),
    ("a parameter that begins after the rule", {LIMIT: PARAMETER.replace("2026-01-01", "2026-07-01")}, "W505",
     (LIMIT, 5, 3), "`limit` has no value before 2026-07-01; I901 (2026-01-01) reads it from 2026-01-01",
     "give the value of 2026-01-01"),
    ("a parameter without any value", {LIMIT: PARAMETER.split("values:")[0] + "values: {}\n"}, "W505", (LIMIT, 4, 9),
     "`limit` has no value", "`interpretation`"),
    ("a parameter value without a day", {LIMIT: PARAMETER.split("values:")[0] + "values:\n  value: 30\n"}, "E201",
     (LIMIT, 5, 3), "`value` is not written as it must be", "The day from which"),
    ("a parameter value of an impossible day", {LIMIT: PARAMETER.replace("2026-01-01", "2026-02-29")}, "E407",
     (LIMIT, 5, 3), "`2026-02-29` is no day of the calendar", "2026-02-28"),
    ("a value published on an impossible day", {LIMIT: PARAMETER + "    published_on: 2026-02-30\n"}, "E407",
     (LIMIT, 8, 19), "no such day", ""),
    ("a value verified on an impossible day", {LIMIT: PARAMETER + "    verified_on: 2026-02-30\n"}, "E407",
     (LIMIT, 8, 18), "no such day", ""),
    ("a value published on two days",
     {LIMIT: PARAMETER.replace("2026-01-01", "2026-01-01@2026-03-15") + "    published_on: 2026-05-15\n"}, "E202",
     (LIMIT, 8, 19), "published on 2026-05-15, but its key says 2026-03-15", "give one day in both places"),
    ("two values from one day, published on one day",
     {LIMIT: PARAMETER + "    published_on: 2026-03-15\n  2026-01-01@2026-03-15: {value: 1, reference: x}\n"}, "E206",
     (LIMIT, 9, 3), "two values from 2026-01-01, published on the same day", "keep one of them"),
    ("a message that misses a language", {QUANTITY: RULE.replace('  en: "The quantity', '  # "The quantity')}, "E201",
     (QUANTITY, 8, 3), "`en` is missing", "add `en:`"),
    ("a message without a value", {QUANTITY: RULE.replace("{line.quantity}, the limit {parameters.limit}", "wrong")},
     "W503", (QUANTITY, 9, 7), "the message in `en` names no value", "in braces"),
    ("a message without a value at fault",
     {QUANTITY: RULE.replace("{line.quantity}, raja {parameters.limit}", "{line.line_id}")}, "W503", (QUANTITY, 8, 7),
     "the message in `fi` names no value that the rule decides by", "what `require` reads"),
    ("a message that names less than the other", {QUANTITY: RULE.replace(", raja {parameters.limit}", "")}, "W503",
     (QUANTITY, 8, 7), "does not name `{parameters.limit}`", "same values"),
    ("two texts for one value", when('line.service_type = "assessment" and line.service_type = "work_ability"'), "W404",
     (QUANTITY, 6, 7), "`when` can never be true: the rule applies to nothing", "exclude each other"),
    ("bounds that leave nothing", when("line.quantity > 5 and line.quantity < 3"), "W404", (QUANTITY, 6, 7),
     "`when` can never be true", ""),
    ("all values of the schema ruled out", when('not(line.unit in ("hour", "day"))'), "W404", (QUANTITY, 6, 7),
     "`when` can never be true", ""),
    ("a null that cannot be", when("line.quantity = null"), "W404", (QUANTITY, 6, 7), "`when` can never be true", ""),
    ("by way of a let",
     when('hourly and line.unit = "day"', 'let:\n  hourly: line.unit = "hour"\n'), "W404", (QUANTITY, 6, 7),
     "`when` can never be true", ""),
    ("an alternative",
     when('line.remote or (line.unit = "day" and line.unit = "hour")'), "W404", (QUANTITY, 7, 19),
     '`line.unit = "day" and line.unit = "hour"` can never be true', ""),
    ("the condition of a filter",
     when("count(invoice.lines[item.quantity > 3 and item.quantity < 2]) > 0"), "W404", (QUANTITY, 7, 23),
     "`item.quantity > 3 and item.quantity < 2` can never be true", ""),
    ("groups that `when` keeps out", grouped('line.service_type = "assessment"', 'service = "work_ability"'), "W404",
     (QUANTITY, 12, 9), "`having` can never be true: the rule applies to no group", ""),
    ("a clause that is never named",
     grouped('line.service_type = "assessment"',
             clauses='\n  - 6.m1\n  - clause: 6.m1\n    when: service = "work_ability"'),
     "W404", (QUANTITY, 5, 11), "`when` can never be true: the rule never names clause 6.m1", ""),
    ("a repeal that says more", {"invoice/I901-quantity/2026-06-01.yaml": REPEAL + "require: fooo\n"}, "E201",
     ("invoice/I901-quantity/2026-06-01.yaml", 3, 1), "unknown key `require`", "a repeal says no more than `clauses`"),
    ("a repeal with a condition", {"invoice/I901-quantity/2026-06-01.yaml":
                                   "repealed: true\nclauses:\n  - clause: 6.m1\n    when: fooo\n"}, "E201",
     ("invoice/I901-quantity/2026-06-01.yaml", 3, 5), "must be a text or a number, not a mapping", ""),
    ("a clause of another edition",
     {"rulebook.yaml": NEXT, NEXT_CLAUSES: NEXT_REGISTRY.replace(
         "  6.m2:", "  6.m3:\n    heading: {fi: Uusi, en: New}\n    summary: {fi: Uusi, en: New}\n    status: rule\n"
         "  6.m2:"), PRICE: VALUE.replace("6.m2", "6.m3")}, "E209", (PRICE, 2, 11),
     "clause `6.m3` is not in force on 2026-01-01", "the edition of 2027-01-01"),
    ("a version before the first edition", {"voucher/V901-price/2025-12-31.yaml": VALUE}, "E209",
     ("voucher/V901-price/2025-12-31.yaml", 2, 11), "clause `6.m2` is not in force on 2025-12-31",
     "the edition of 2026-01-01"),
    ("a clause that goes while the version stays",
     {"rulebook.yaml": NEXT, NEXT_CLAUSES: NEXT_REGISTRY.replace("6.m2", "6.m4")}, "W507",
     (PRICE, 2, 11), "clause 6.m2 is not in the edition of 2027-01-01", "repealed: true"),
    ("values out of order",
     {LIMIT: PARAMETER + "  2025-01-01:\n    value: 20\n    reference: here\n"}, "E206", (LIMIT, 8, 3),
     "2025-01-01 stands after 2026-01-01", "in the order of their days"),
    ("editions out of order",
     {"rulebook.yaml": NEXT.replace("2027-01-01", "2025-01-01")}, "E206", ("rulebook.yaml", 8, 3),
     "2025-01-01 stands after 2026-01-01", "in the order of their days"),
    ("a registry of no edition", {"clauses/2026-06-01.yaml": REGISTRY}, "E202", ("clauses/2026-06-01.yaml", 1, 10),
     "belongs to no edition", "`rulebook.yaml`"),
    ("an edition without a registry", {"rulebook.yaml": NEXT}, "E202", ("rulebook.yaml", 8, 3),
     "the edition of 2027-01-01 has no registry", "write `clauses/2027-01-01.yaml`"),
    ("an edition with nothing but a correction of its registry",
     {"rulebook.yaml": NEXT, "clauses/2027-01-01@2027-03-15.yaml": NEXT_REGISTRY}, "E202", ("rulebook.yaml", 8, 3),
     "the edition of 2027-01-01 has no registry", ""),
    ("a registry of another day", {CLAUSES: REGISTRY.replace("2026-01-01", "2026-02-01")}, "E202", (CLAUSES, 1, 10),
     "`2026-02-01` is not the day in the name of the file", "write 2026-01-01"),
    ("a rule not in kebab case", {"invoice/I902-Two_words/2026-01-01.yaml": RULE}, "E202",
     ("invoice/I902-Two_words", 1, 1), "is not named as a rule", "words in small letters"),
    ("a rulebook not in kebab case", {"rulebook.yaml": RULEBOOK.replace("id: small", "id: Small_One")}, "E201",
     ("rulebook.yaml", 1, 5), "Small_One", "Small letters"),
    ("a parameter that no expression can name", {"parameters/max-age.yaml": PARAMETER}, "E202",
     ("parameters/max-age.yaml", 1, 1), "is not named as a parameter", "`max_age.yaml`"),
    ("a version that is not named by a day", {"invoice/I901-quantity/january.yaml": RULE}, "E202",
     ("invoice/I901-quantity/january.yaml", 1, 1), "is not named by a date", "2026-01-01.yaml"),
    *(("a file that nothing reads", {name: RULE}, "E202", (name, 1, 1), "is not read", hint) for name, hint in UNREAD),
    ("rules in a folder of no kind", {"invoices/I902-more/2026-01-01.yaml": RULE}, "E202",
     ("rulebook.yaml", 4, 12), "holds rules, and `invoices` is not among the `documents`", "list it there"),
    ("a code used twice", {"voucher/I901-again/2026-01-01.yaml": VALUE}, "E204", (QUANTITY, 1, 1),
     "the code I901 is taken by `I901-again`", "next free number"),
    ("a version that changes nothing", {"invoice/I901-quantity/2026-06-01.yaml": f"# again\n{RULE}"}, "W506",
     ("invoice/I901-quantity/2026-06-01.yaml", 2, 1), "I901 (2026-06-01) says what the version of 2026-01-01 says",
     "take the later file out"),
    ("a correction that changes nothing", {"invoice/I901-quantity/2026-01-01@2026-06-01.yaml": RULE}, "W506",
     ("invoice/I901-quantity/2026-01-01@2026-06-01.yaml", 1, 1),
     "I901 (2026-01-01@2026-06-01) says what the version of 2026-01-01 says", "take the later file out"),
    ("a correction of a later version that changes nothing",
     {"invoice/I901-quantity/2026-06-01.yaml": RULE.replace("<=", "<"),
      "invoice/I901-quantity/2026-06-01@2026-05-01.yaml": RULE.replace("<=", "<")}, "W506",
     ("invoice/I901-quantity/2026-06-01@2026-05-01.yaml", 1, 1),
     "I901 (2026-06-01@2026-05-01) says what the version of 2026-06-01 says", "take the later file out"),
    ("two versions from one day, published on one day",
     {"invoice/I901-quantity/2026-01-01@2026-06-01.yaml": RULE.replace("[6.m1]", "[6.m2]"),
      QUANTITY: f"{RULE}published_on: 2026-06-01\n"}, "E206",
     ("invoice/I901-quantity/2026-01-01@2026-06-01.yaml", 1, 1),
     "is in force from the same day, published on the same day, as", "keep one of them"),
    ("a repeal of what is not in force",
     {QUANTITY: REPEAL, "invoice/I901-quantity/2026-06-01.yaml": RULE}, "W506",
     (QUANTITY, 1, 1), "repeals a rule that is not in force", "take the file out"),
    ("a rule that is nothing but repealed", {"invoice/I902-new/2026-01-01.yaml": REPEAL}, "E206",
     ("invoice/I902-new/2026-01-01.yaml", 2, 11), "I902 is repealed, and was never in force", "take it out"),
    ("a rule without cases", {"invoice/I902-new/2026-01-01.yaml": RULE}, "W504",
     ("invoice/I902-new/2026-01-01.yaml", 1, 1), "I902 has no cases", "`cases.yaml`"),
    ("an empty list of cases", {QUANTITY_CASES: "cases: []\n"}, "W504", (QUANTITY, 1, 1), "has no cases",
     "`cases.yaml`"),
    ("cases that are no YAML", {QUANTITY_CASES: "cases: [\n"}, "E110", (QUANTITY_CASES, 2, 1), "not YAML", ""),
    ("a key of cases that is none", {QUANTITY_CASES: "cases: []\ncasez: []\n"}, "E201", (QUANTITY_CASES, 2, 1),
     "unknown key `casez`", "`cases`"),
    ("a key of exceptions that is none", {QUANTITY_CASES.replace("cases", "exceptions"): "mutant: []\n"}, "E201",
     (QUANTITY_CASES.replace("cases", "exceptions"), 1, 1), "unknown key `mutant`", "`mutants`"),
    ("a blank value", {LIMIT: PARAMETER.replace("value: 30", "value:")}, "E201", (LIMIT, 6, 11),
     "the value of `limit` from 2026-01-01 is blank", "write null"),
    ("a table by a field that is slipped",
     {LIMIT: PARAMETER.replace("type: number", "type: number\nby: servicetype").replace("30", "{x: 1}")}, "E402",
     (LIMIT, 4, 5), "no document has a field `servicetype`", "`service_type`"),
    ("a table that loses a key",
     {"parameters/table.yaml": PARAMETER.replace("type: number", "type: number\nby: x").replace("30", "{a: 1, b: 2}")
      + "  2026-06-01:\n    value: {a: 1}\n    reference: here\n"},
     "W505", ("parameters/table.yaml", 9, 3), "`table` has no entry `b` from 2026-06-01 on", "or null if it ends"),
    ("a version that goes by another date",
     {"invoice/I901-quantity/2026-06-01.yaml": RULE.replace("date: line.service_date\n", "")}, "W509",
     ("invoice/I901-quantity/2026-06-01.yaml", 1, 1), "goes by another date than the version of 2026-01-01", "keep it"),
    ("a version that gathers over another scope",
     {QUANTITY: WHOLE, "invoice/I901-quantity/2026-06-01.yaml": WHOLE.replace("scope: run\n", "")}, "W509",
     ("invoice/I901-quantity/2026-06-01.yaml", 7, 13), "by other keys or scope than the version of 2026-01-01", "keep"),
    ("a clause that is a definition", {QUANTITY: RULE.replace("[6.m1]", "['6']")}, "W510", (QUANTITY, 2, 11),
     "clause 6 has the status `definition`, and the rule checks it", "`status: rule`"),
    ("a clause named twice", {QUANTITY: RULE.replace("[6.m1]", "[6.m1, 6.m1]")}, "W512", (QUANTITY, 2, 17),
     "clause 6.m1 is named twice", "take one out"),
    ("two cases of one name", {QUANTITY_CASES: CASES.replace("two", "one")}, "W512", (QUANTITY_CASES, 3, 12),
     "two cases are named", "tells this one apart"),
    ("a rule that nothing violates", {QUANTITY: RULE.replace("line.quantity <= parameters.limit", "'true'")}, "W511",
     (QUANTITY, 6, 10), "`require` is always true", "write what must hold"),
    ("a text of a draft", {QUANTITY: RULE.replace("fi: Syy", "fi: 'TODO: syy'")}, "W511", (QUANTITY, 10, 19),
     "the text of a draft is still there", "write it"),
    ("a null compared without a guard", when("invoice.due_date > line.service_date"), "W402", (QUANTITY, 7, 3),
     "`invoice.due_date` may be null", "invoice.due_date != null"),
    ("a null between others", when("invoice.due_date between line.service_date and today"), "W402", (QUANTITY, 7, 3),
     "`invoice.due_date` may be null", "invoice.due_date != null"),
    ("a null in a range", when("invoice.due_date in [line.service_date..today]"), "W402", (QUANTITY, 7, 3),
     "`invoice.due_date` may be null", "invoice.due_date != null"),
    ("a null at the end of a range", when("today in [line.service_date..invoice.due_date]"), "W402", (QUANTITY, 7, 32),
     "`invoice.due_date` may be null", "invoice.due_date != null"),
    ("a null in a test", when("invoice.due_date in (< today, > line.service_date)"), "W402", (QUANTITY, 7, 3),
     "`invoice.due_date` may be null", "invoice.due_date != null"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "files", "code", "place", "message", "hint"), FOUND, ids=[f[0] for f in FOUND])
def test_a_fault_has_its_code_place_and_hint(
    tmp_path: Path, what: str, files: dict[str, str], code: str, place: Place, message: str, hint: str
) -> None:
    found = [d for d in lint(write(tmp_path, dict(files))) if d.code == code]
    assert found, what
    first = found[0]
    assert first.span is not None
    assert (first.span.source, first.span.line, first.span.column) == (f"policies/small/{place[0]}", *place[1:]), (
        render(first)
    )
    assert message in first.message
    assert hint in first.help, first.help
    assert code in CODES


def test_a_sound_rulebook_raises_no_doubt(tmp_path: Path) -> None:
    assert lint(write(tmp_path)) == []


FINE: list[tuple[str, dict[str, str]]] = [
    ("a condition that holds for some", when('line.unit = "hour" or line.quantity in [1..3)')),
    ("a stated null", when("invoice.due_date = null")),
    ("a guard, either way round",
     when("null = invoice.due_date or invoice.due_date between line.service_date and today")),
    ("files that are no policies",
     dict.fromkeys(("fixtures/a.yaml", "docs/b.yml", "schemas/c.yaml", ".d/e.yaml", "f/.g/h.yaml", ".i.yml", "j.json",
                    "parameters/README.md"), "x")),
    ("a parameter's other day: `when` by the item, `having` by the group",
     grouped("line.quantity > parameters.limit", "most > 2 and parameters.limit > 3 and low")),
    ("a parameter given from outside",
     {LIMIT: PARAMETER.split("values:")[0] + "interpretation: {fi: Annetaan., en: Given.}\nvalues: {}\n"}),
    ("a null that ends a value", {LIMIT: PARAMETER + "  2027-01-01:\n    value: null\n    reference: here\n"}),
    ("a message about what is not there",
     {PRICE: VALUE.replace("voucher.unit_price > 0", "voucher.contract != null").replace(
         "{voucher.unit_price}", "{voucher.voucher_id}")}),
    ("a repeal that names a clause of the edition before",
     {"rulebook.yaml": NEXT, "voucher/V901-price/2027-01-01.yaml": REPEAL.replace("6.m1", "6.m2"),
      NEXT_CLAUSES: "\n".join(NEXT_REGISTRY.split("\n")[:11]) + "\n"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "files"), FINE, ids=[f[0] for f in FINE])
def test_what_only_looks_wrong_raises_none(tmp_path: Path, what: str, files: dict[str, str]) -> None:
    assert [render(d) for d in lint(write(tmp_path, dict(files)))] == []


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["lint", *arguments])


def test_exit_codes_and_json(tmp_path: Path) -> None:
    sound = str(write(tmp_path / "sound"))
    assert command(sound, "--fail-on", "warning").exit_code == 0
    doubted = str(write(tmp_path / "doubted", {"parameters/other.yaml": PARAMETER}))
    assert command(doubted).exit_code == 0
    assert command(doubted, "--fail-on", "warning").exit_code == command(doubted, "--strict").exit_code == 1
    broken = str(write(tmp_path / "broken", {QUANTITY: RULE.replace("[6.m1]", "[6.m9]")}))
    result = command(broken, "--format", "json")
    assert result.exit_code == 2
    data = json.loads(result.output)
    assert (data["rulebook"], data["exit_code"], data["errors"], data["warnings"]) == ("small", 2, 1, 0)
    (found,) = data["diagnostics"]
    assert (found["code"], found["title"], found["severity"]) == ("E203", "unknown clause", "error")
    assert found["span"] == {
        "source": f"policies/small/{QUANTITY}", "line": 2, "column": 11, "end_line": 2, "end_column": 15,
    }  # fmt: skip
    assert found["pointer"] == "/clauses/0"
    assert "did you mean" in found["help"]


def test_the_shipped_rulebook_has_no_fault() -> None:
    assert [render(d) for d in lint(ROOT / "policies/pohjois-savo-ktt")] == []


def test_every_code_of_a_rulebook_is_shown_by_a_test() -> None:
    shown = {code for _, _, code, *_ in FOUND}
    texts = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*") if path.suffix in (".py", ".yaml"))
    assert [code for code in CODES if code[:2] in ("E2", "W4", "W5") and code not in shown and code not in texts] == []


def test_cases_beside_a_rule_are_read(tmp_path: Path) -> None:
    """The small rulebook's own cases keep their schema: `lint` looks for the file, `coverage` and `test` read it."""
    from ktt_policy.policies import read_file

    path = tmp_path / "cases.yaml"
    path.write_text(CASES, "utf-8")
    assert read_file(path, "cases", tmp_path)[1] == []
