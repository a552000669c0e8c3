"""`diff`, `timeline` and `new`, as a rulebook owner uses them."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ktt_policy import Rulebook
from ktt_policy.cli import main
from ktt_policy.history.difference import difference
from ktt_policy.history.marking import marked, wrapped
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode
from tests import small

DIFF = ("diff", "2026-12-01", "2027-01-01")
START = date(2027, 1, 1)
INVOICE = Path(__file__).parents[2] / "fixtures/conforming/invoices/2026-02.json"
AMENDED = small.REGISTRY.replace('edition: "2026-01-01"', 'edition: "2027-01-01"').replace("6.m2.k1", "6.m2.k2")
FILES = {
    "rulebook.yaml": small.RULEBOOK + "  2027-01-01:\n    source: {fi: Lähde, en: Source}\n",
    "clauses/2027-01-01.yaml": AMENDED.replace(
        "status: attested", "status: attested\n    interpretation: {fi: Uusi, en: New}"
    ),
    "invoice/I901-quantity/2027-01-01.yaml": small.RULE.replace("<= parameters.limit", "< 2 * parameters.limit"),
    "invoice/I902-price/2027-01-01.yaml": small.RULE.replace("line.quantity <=", "line.unit_price <=").replace(
        "[6.m1]", "[6.m1, 6.m2]"
    ),
    "voucher/V901-price/2027-01-01.yaml": "repealed: true\nclauses: [6.m2]\n",
    "parameters/limit.yaml": small.PARAMETER + "  2026-12-15:\n    value: 20\n    reference: there\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write(tmp_path_factory.mktemp("diff"), FILES)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def invoices(folder: Path, *quantities: str) -> Path:
    tree: Any = parse(decode(INVOICE.read_bytes(), "invoice"))
    line = tree["lines"][0]
    lines = []
    for number, quantity in enumerate(quantities):
        one = {**line, "line_id": "1", "quantity": quantity, "service_date": "2026-02-10", "amount": "100.25"}
        lines.append(json.dumps({**tree, "invoice_number": f"N-{number}", "lines": [one]}, default=str))
    text = "\n".join(
        re.sub(r'"(quantity|amount|unit_price|hours|total|rate)": "([\d.]+)"', r'"\1": \2', t) for t in lines
    )
    path = folder / "invoices.ndjson"
    path.write_text(text + "\n", "utf-8")
    return path


def test_everything_that_differs_is_named(folder: Path) -> None:
    data = Rulebook.load(folder).data
    found = difference(data, date(2026, 12, 1), data, date(2027, 1, 1))
    assert [(r.code, r.kind, r.starts[1]) for r in found.rules] == [
        ("I901", "changed", START),
        ("I902", "added", START),
        ("V901", "repealed", START),
    ]
    (part,) = found.rules[0].parts
    assert (part.name, part.judging) == ("require", True)
    (parameter,) = found.parameters
    assert [(v.start, v.value) for v in parameter.values] == [(date(2026, 1, 1), "30"), (date(2026, 12, 15), "20")]
    assert [(c.id, c.kind, c.was) for c in found.clauses] == [
        ("6.m2", "changed", ""),
        ("6.m2.k2", "renumbered", "6.m2.k1"),
    ]


def test_one_of_a_unit_is_told_as_one(tmp_path: Path) -> None:
    text = small.PARAMETER.replace("type: number", "type: number\nunit: days") + (
        "  2026-06-01: {value: 1, reference: x}\n  2026-07-01: {value: null, reference: y}\n"
    )
    book = small.write(tmp_path, {"parameters/limit.yaml": text})
    finnish = run("diff", "2026-05-01", "2026-08-01", "--rulebook", book).output
    assert ": 30 päivää\n" in finnish
    assert ": 1 päivä\n" in finnish
    assert ": ei arvoa\n" in finnish
    assert ": 1 day\n" in run("diff", "2026-05-01", "2026-08-01", "--rulebook", book, "--lang", "en").output


def test_a_value_that_went_and_came_back_is_told(tmp_path: Path) -> None:
    text = small.PARAMETER + "  2026-06-01: {value: 1, reference: x}\n  2026-07-01: {value: 30, reference: y}\n"
    data = Rulebook.load(small.write(tmp_path, {"parameters/limit.yaml": text})).data
    (parameter,) = difference(data, date(2026, 5, 1), data, date(2026, 8, 1)).parameters
    assert [v.value for v in parameter.values] == ["30", "1", "30"]


def test_a_value_of_another_publication_is_told(tmp_path: Path) -> None:
    text = small.PARAMETER + '  "2026-01-01@2026-02-10": {value: 3, reference: y}\n'
    book = small.write(tmp_path, {"parameters/limit.yaml": text})
    found = run("diff", "2026-03-01", "2026-03-01", "--rulebook", book, "--known-from", "2026-02-01", "--lang", "en")
    assert "    from 2026-01-01: 30\n    from 2026-01-01 (published 2026-02-10): 3\n" in found.output


@pytest.mark.parametrize("between", ["repealed: true\nclauses: [6.m1]\n", small.RULE.replace("<=", "<")])
def test_a_version_that_went_and_came_back_is_told(tmp_path: Path, between: str) -> None:
    versions = {"2026-06-01": between, "2026-07-01": small.RULE}
    files = {f"invoice/I901-quantity/{start}.yaml": text for start, text in versions.items()}
    book = small.write(tmp_path, files)
    data = Rulebook.load(book).data
    (change,) = difference(data, date(2026, 5, 1), data, date(2026, 8, 1)).rules
    kinds = [(step.start, step.kind) for step in change.steps]
    gone = "repealed" in between
    assert kinds == [
        (date(2026, 6, 1), "repealed" if gone else "changed"),
        (date(2026, 7, 1), "added" if gone else "changed"),
    ]
    said = run("diff", "2026-05-01", "2026-08-01", "--rulebook", book, "--lang", "en").output
    words = ("repealed", "new") if gone else ("changed", "changed")
    assert "    from 2026-06-01: {}\n    from 2026-07-01: {}\n".format(*words) in said
    assert "Only texts change" not in said


def test_schemas_are_compared_and_each_side_reads_by_its_own(folder: Path, tmp_path: Path) -> None:
    overlay = '{"x-extends": "invoice", "$defs": {"line": {"properties": {"quantity": {"maximum": 20}}}}}'
    other = small.write(tmp_path, {**FILES, "schemas/invoice.schema.json": overlay})
    path = invoices(tmp_path, "10", "25")
    arguments = ("diff", "2026-05-01", "2026-05-01", "--rulebook", folder, "--against", other, "--documents", path)
    found = json.loads(run(*arguments, "--format", "json").output)
    place = "/$defs/line/properties/quantity/maximum"
    assert found["schemas"] == [{"document": "invoice", "kind": "changed", "places": [place]}]
    (changed,) = found["impact"]["changed"]
    assert (changed["key"], changed["before"], changed["after"]) == ("N-1", "passed", "violated")
    assert ("S000", "passed", "violated") in [(c["code"], c["before"], c["after"]) for c in changed["changes"]]
    text = run(*arguments, "--lang", "en").output
    assert f"\nSchemas\n  invoice changed\n    {place}\n" in text
    assert "    S000: passed → violated\n" in text
    assert f"- `{place}`" in run(*arguments, "--lang", "en", "--format", "markdown").output


def test_a_definition_that_changes_changes_the_rules_that_use_it(tmp_path: Path) -> None:
    rule = small.RULE.replace("<= parameters.limit", "<= most(parameters.limit)")
    text = (
        "definitions:\n  most:\n    title: {fi: Eniten, en: Most}\n    arguments: {n: number}\n    expression: n * 2\n"
    )
    files = {"invoice/I901-quantity/2026-01-01.yaml": rule, "definitions.yaml": text}
    one = Rulebook.load(small.write(tmp_path / "one", files)).data
    two = Rulebook.load(small.write(tmp_path / "two", {**files, "definitions.yaml": text.replace("* 2", "* 3")})).data
    day = date(2026, 5, 1)
    ((part,),) = [r.parts for r in difference(one, day, two, day).rules]
    assert (part.name, part.definition, part.judging) == ("require", True, True)
    assert "a definition that it uses has changed" in run(
        "diff", day, day, "--rulebook", tmp_path / "one/policies/small", "--against", tmp_path / "two/policies/small",
        "--lang", "en",
    ).output  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "left", "right"),
    [
        ("a <= 3", "a < 3", "a [<=] 3", "a [<] 3"),
        ("a <= 3", "a <= 2 * 3", "a <= 3", "a <= [2 * ]3"),
        ('x = "yes no"', 'x = "yes"', 'x = ["yes no"]', 'x = ["yes"]'),
        ("", "a", "", "[a]"),
        ("6.m1, 3.m4", "6.m1, 5.m1", "6.m1, [3.m4]", "6.m1, [5.m1]"),
        ("6.m2.k1", "6.m2.k2", "[6.m2.k1]", "[6.m2.k2]"),
    ],
)
def test_what_changed_in_a_text_is_marked(before: str, after: str, left: str, right: str) -> None:
    pieces = marked(before, after)
    assert [wrapped(p, "[", "]") for p in pieces] == [left, right]


def test_a_notice_in_both_languages_and_all_forms(folder: Path) -> None:
    finnish = run(*DIFF, "--rulebook", folder).output
    assert "I901 muuttunut, alkaen 1.1.2027" in finnish
    assert "- line.quantity [-<=-] parameters.limit" in finnish
    assert "+ line.quantity {+< 2 *+} parameters.limit" in finnish
    assert "V901 kumottu, alkaen 1.1.2027: Hinta on ilmoitettu (kohta 6.m2)" in finnish
    assert "I902 uusi, alkaen 1.1.2027: Määrä on enintään raja (kohdat 6.m1, 6.m2)" in finnish
    assert "alkaen 15.12.2026: 20" in finnish
    assert "6.m2.k2 numeroitu uudelleen (ennen 6.m2.k1)" in finnish
    english = run(*DIFF, "--rulebook", folder, "--lang", "en", "--format", "markdown").output
    assert english.startswith("# Changes in the rulebook 2026-12-01 → 2027-01-01\n\nSmall rulebook\n")
    assert "*new, from 2027-01-01; clauses 6.m1, 6.m2*" in english
    assert "| require | <code>line.quantity <del>&lt;=</del> parameters.limit</code> |" in english
    data = json.loads(run(*DIFF, "--rulebook", folder, "--format", "json").output)
    assert [r["kind"] for r in data["rules"]] == ["changed", "added", "repealed"]


def test_a_text_of_the_other_language(tmp_path: Path) -> None:
    registry = small.REGISTRY.replace("en: Price}", "en: The price}")
    one = small.write(tmp_path / "one")
    two = small.write(tmp_path / "two", {"clauses/2026-01-01.yaml": registry})
    arguments = ("diff", "2026-05-01", "2026-05-01", "--rulebook", one, "--against", two)
    assert "  6.m2 muuttunut: Hinta\n    Vain englanninkielinen teksti muuttuu.\n" in run(*arguments).output
    assert "\nVain englanninkielinen teksti muuttuu.\n" in run(*arguments, "--format", "markdown").output
    assert "Only the Finnish" not in run(*arguments, "--lang", "en").output


def test_nothing_differs(folder: Path) -> None:
    result = run("diff", "2026-05-01", "2026-05-02", "--rulebook", folder, "--lang", "en")
    assert (result.exit_code, result.output) == (0, "small: 2026-05-01 → 2026-05-02\nNothing changes.\n")


def test_whose_verdict_changes(folder: Path, tmp_path: Path) -> None:
    """From at most 30 to less than 40 (twice 20); prices may not exceed 20 any more."""
    path = invoices(tmp_path, "10", "31", "40")
    data = json.loads(run(*DIFF, "--rulebook", folder, "--documents", path, "--format", "json").output)["impact"]
    assert (data["documents"], data["undecided"]) == (3, 0)
    changes = {d["key"]: [(c["code"], c["before"], c["after"]) for c in d["changes"]] for d in data["changed"]}
    assert changes == {
        "N-0": [("I902", "passed", "violated")],
        "N-1": [("I901", "violated", "passed"), ("I902", "passed", "violated")],
        "N-2": [("I902", "passed", "violated")],
    }
    outcomes = [(d["before"], d["after"]) for d in data["changed"]]
    assert outcomes == [("passed", "violated"), ("violated", "violated"), ("violated", "violated")]
    assert Decimal(data["amount"]) == Decimal("100.25")  # N-1 and N-2 were at fault before
    assert Decimal(data["released"]) == 0
    rules = {r["code"]: (r["documents"], r["newly_violated"], r["no_longer"], r["amount"]) for r in data["rules"]}
    assert rules == {"I901": (1, 0, 1, 0), "I902": (3, 3, 0, Decimal("300.75"))}
    text = run(*DIFF, "--rulebook", folder, "--documents", path, "--lang", "en").output
    assert "3 documents judged, 3 documents whose verdict changes" in text
    assert "undecided on both days" not in text
    assert f"{path}:2 N-1: violated → violated" in text


def test_documents_undecided_on_both_days_are_counted(tmp_path: Path) -> None:
    """A voucher that is not given: the change of the rule that reads it does nothing that could be told."""
    voucher = 'let:\n  voucher: related("voucher", line.voucher_id)\nrequire: line.quantity <= voucher.granted_units'
    rule = small.RULE.replace("require: line.quantity <= parameters.limit", voucher)
    changed = rule.replace("<= voucher", "< voucher")
    files = {"invoice/I901-quantity/2026-01-01.yaml": rule, "invoice/I901-quantity/2027-01-01.yaml": changed}
    book = small.write(tmp_path, files)
    path = invoices(tmp_path, "10", "20")
    arguments = (*DIFF, "--rulebook", book, "--documents", path)
    found = json.loads(run(*arguments, "--format", "json").output)["impact"]
    assert (found["documents"], found["changed"], found["undecided"]) == (2, [], 2)
    said = "2 documents in which something is undecided on both days: the effect of the change is not known"
    assert f"  {said}\n" in run(*arguments, "--lang", "en").output
    assert f"- {said}\n" in run(*arguments, "--lang", "en", "--format", "markdown").output
    assert "2 asiakirjaa, joissa jokin jää ratkaisematta kumpanakin päivänä: " in run(*arguments).output


def test_a_key_is_told_from_a_position(tmp_path: Path) -> None:
    """Lines, and then groups by their quantity: what is about the second line is not about the group of one."""
    each = small.RULE.replace("<= parameters.limit", "< 2")
    group = each.replace("require: line.quantity < 2", "group_by:\n  quantity: line.quantity\nrequire: quantity > 1")
    group = re.sub(r"(?s)message:.*explanation", "message: {fi: '{quantity}', en: '{quantity}'}\nexplanation", group)
    files = {"invoice/I901-quantity/2026-01-01.yaml": each, "invoice/I901-quantity/2027-01-01.yaml": group}
    path = invoices(tmp_path, "1")
    data = json.loads(path.read_text("utf-8"))
    first = data["lines"][0]
    data["lines"] = [first, {**first, "line_id": "2", "quantity": 2}]
    path.write_text(json.dumps(data) + "\n", "utf-8")
    book = small.write(tmp_path, files)
    found = json.loads(run(*DIFF, "--rulebook", book, "--documents", path, "--format", "json").output)["impact"]
    changes = [(c["subject"], c["before"], c["after"]) for d in found["changed"] for c in d["changes"]]
    assert sorted(changes) == [("", "violated", "passed"), ("1", "passed", "violated")]


def test_a_rule_that_begins_in_between_is_compared(tmp_path: Path) -> None:
    book = small.write(tmp_path, {"invoice/I901-quantity/2027-01-01.yaml": small.RULE})
    (book / "invoice/I901-quantity/2026-01-01.yaml").unlink()
    arguments = ("--rulebook", book, "--documents", invoices(tmp_path, "31"))
    made = run(*DIFF, *arguments, "--format", "json")
    assert (made.exit_code, json.loads(made.output)["impact"]["problems"]) == (0, [])
    neither = run("diff", "2026-12-01", "2026-12-02", *arguments)
    assert (neither.exit_code, "E115" in neither.output) == (2, True)


def test_documents_that_cannot_be_read_fail_the_comparison(folder: Path, tmp_path: Path) -> None:
    path = invoices(tmp_path, "10")
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    result = run(*DIFF, "--rulebook", folder, "--documents", path)
    assert result.exit_code == 2
    assert result.output.count("error[") == result.output.count("error[E103]") == 1


def test_nothing_follows_from_documents_that_were_given_and_not_read(tmp_path: Path) -> None:
    asked = 'require: related("voucher", "S-1") != null'
    rule = small.RULE.replace("require: line.quantity <= parameters.limit", asked)
    changed = {"invoice/I901-quantity/2027-01-01.yaml": rule, "invoice/I901-quantity/2026-01-01.yaml": small.RULE}
    book, path = small.write(tmp_path, changed), invoices(tmp_path, "10")
    (broken := tmp_path / "broken.json").write_text("{", "utf-8")
    arguments = (*DIFF, "--rulebook", book, "--documents", path, "--complete", "--format", "json")
    outcomes = [
        [one["after"] for one in json.loads(run(*arguments, *more).stdout)["impact"]["changed"]]
        for more in ((), ("--context", broken))
    ]
    assert outcomes == [["violated"], ["undecided"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2025-01-01", "2026-01-02", "--documents", "x"), "no edition is in force on 2025-01-01"),
        (("2026-01-01", "2026-13-02"), "`2026-13-02` is no date"),
        (("2026-01-01", "2026-01-02", "--against", "no-such-ref"), "git: "),
        (("2026-01-01", "2026-01-02", "--against", "tests"), "the folder `tests` holds no rulebook"),
    ],
)
def test_wrong_use_says_what_is_wrong(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run("diff", *arguments, "--rulebook", folder)
    assert result.exit_code == 2
    assert said in result.output


def test_timeline(folder: Path) -> None:
    lines = run("timeline", "--rulebook", folder, "--on", "2026-12-31", "--lang", "en").output.split("\n")
    assert lines[0] == "small, evaluation date 2026-12-31"
    assert lines[2].split() == ["Name", "2026-01-01", "2026-12-15", "*", "2027-01-01", "Title"]
    table = {line.split()[0]: line.split()[1:] for line in lines[3:-3]}
    assert table["I901"][:3] == ["o", "-", "o"]
    assert table["I902"][:1] == ["o"]
    assert table["V901"][:3] == ["o", "-", "x"]
    assert table["limit"][:3] == ["o", "o", "-"]
    markdown = run("timeline", "--rulebook", folder, "--on", "2026-12-31", "--format", "markdown").output
    assert "| I902 |  |  | o |" in markdown


def test_timeline_calls_a_rule_as_the_version_in_force_does(tmp_path: Path) -> None:
    later = {"invoice/I901-quantity/2027-01-01.yaml": small.RULE.replace("at most", "less than")}
    folder = small.write(tmp_path, later)
    for day, title in (("2025-12-31", "less than"), ("2026-12-31", "at most"), ("2027-01-01", "less than")):
        told = run("timeline", "--rulebook", folder, "--on", day, "--lang", "en").output
        assert f"The quantity is {title} the limit" in told, day


def test_new_files_are_sound_from_the_start(tmp_path: Path) -> None:
    folder = small.write(tmp_path / "policies-of-mine")
    fixtures = INVOICE.parents[2]
    (folder / "invoice/I901-quantity/cases.yaml").write_text(
        "cases:\n  - name: one\n    base: conforming/invoices/2026-02.json\n    'on': 2026-11-24\n    expect: passed\n",
        "utf-8",
    )
    made = run("new", "rule", "I905-a-new-rule", "2026-06-01", "--rulebook", folder, "--fixtures", fixtures)
    assert made.exit_code == 0, made.output
    made = run("new", "version", "I901", "2027-01-01", "--rulebook", folder)
    assert "next:\n  1. amend " in made.output
    assert run("lint", folder).exit_code == 0
    for code in ("I905", "I901"):
        tested = run("test", code, "--rulebook", folder, "--fixtures", fixtures)
        assert tested.exit_code == 0, tested.output
        assert " 0 failed" in tested.output
    again = run("new", "version", "I901", "2027-01-01", "--rulebook", folder)
    assert again.exit_code == 2
    assert "is there already" in again.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rule", "i905-a", "2026-06-01"), "error[E202]: `i905-a` is no name of a rule"),
        (("rule", "I901-other", "2026-06-01"), "error[E204]: the code I901 is taken by `quantity`"),
        (("rule", "I905-a", "2026-06-01", "--clause", "6.m9"), "did you mean `6.m"),
        (("rule", "X905-a", "2026-06-01"), "give --kind, one of voucher, invoice"),
        (("rule", "X905-a", "2026-06-01", "--kind", "bill"), "`bill` is no kind of document"),
        (("rule", "S000-a", "2026-06-01", "--kind", "invoice"), "the code S000 is the checker's own"),
        (("rule", "I905-a", "2020-01-01"), "error[E209]: 2020-01-01 is before the first edition"),
        (("version", "I999", "2026-06-01"), "error[E502]: there is no rule `I999`"),
        (("version", "I901", "2025-06-01"), "error[E501]: I901 has no version on 2025-06-01 to amend"),
    ],
)
def test_new_says_what_will_not_do(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run("new", *arguments, "--rulebook", folder)
    assert result.exit_code == 2
    assert said in result.output


ORDER = {
    "type": "object", "x-key": "number", "x-date": "day", "additionalProperties": False,
    "properties": {
        "document_type": {"const": "order"}, "number": {"type": "string"}, "day": {"type": "string", "format": "date"},
        "sections": {"type": "array", "items": {
            "type": "object", "additionalProperties": False, "required": ["lines"],
            "properties": {"lines": {"type": "array", "items": {
                "type": "object", "additionalProperties": False, "required": ["amount", "client"],
                "properties": {"amount": {"type": "number", "x-amount": True}, "client": {"type": "string"}},
            }}},
        }},
    },
    "required": ["document_type", "number", "day", "sections"],
}  # fmt: skip
WALKED = small.RULE.replace("for_each: line in invoice.lines", "for_each: {}").replace("date: line.service_date\n", "")
NESTED = [
    # for_each, what is grouped, the requirement, the amount of what is newly at fault
    ("s in order.sections, l in s.lines", "", "l.amount <= parameters.limit", "680"),
    (
        "s in order.sections, l in s.lines",
        "group_by:\n  c: l.client\n",
        "sum(group.l.amount) <= parameters.limit",
        "700",
    ),
    ("s in order.sections", "", "sum(s.lines.amount) <= 10 * parameters.limit", "400"),
]


@pytest.mark.parametrize(("each", "grouped", "require", "amount"), NESTED)
def test_billed_amounts_stand_in_lists_within_lists(
    tmp_path: Path, each: str, grouped: str, require: str, amount: str
) -> None:
    rule = WALKED.replace("{}", each).replace("line.quantity <= parameters.limit", f"{require}\n{grouped}".rstrip("\n"))
    rule = re.sub(r'(?m)^  (fi|en): ".*"$', r'  \1: "{parameters.limit}"', rule)
    books = []
    for name, limit in (("before", "1000"), ("after", "30")):
        files = {
            "rulebook.yaml": small.RULEBOOK.replace("[voucher, invoice]", "[voucher, invoice, order]"),
            "schemas/order.schema.json": json.dumps(ORDER), "order/O901-amounts/2026-01-01.yaml": rule,
            "parameters/limit.yaml": small.PARAMETER.replace("30", limit),
        }  # fmt: skip
        books.append(small.write(tmp_path / name, files))
    lines = [{"amount": n, "client": "a"} for n in (20, 200, 80)], [{"amount": 400, "client": "a"}]
    order = {"document_type": "order", "number": "1", "day": "2026-05-01", "sections": [{"lines": x} for x in lines]}
    (tmp_path / "order.json").write_text(json.dumps(order), "utf-8")
    arguments = ("diff", "2026-05-01", "2026-05-01", "--against", books[1], "--rulebook", books[0], "--documents")
    data = json.loads(run(*arguments, tmp_path / "order.json", "--format", "json").output)["impact"]
    assert data["documents"] == 1
    assert Decimal(data["amount"]) == Decimal(amount)


def test_a_rule_that_is_gone_is_told_without_the_day_on_which_it_began(tmp_path: Path) -> None:
    with_it, without = (small.write(tmp_path / name, {}) for name in ("with", "without"))
    for path in (without / "invoice").iterdir():
        shutil.rmtree(path)
    result = run("diff", "2026-06-01", "2026-06-01", "--against", without, "--rulebook", with_it, "--lang", "en")
    assert "I901 removed: " in result.output
