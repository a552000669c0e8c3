"""Corrections after the fact: what was known on a day judges as it did on that day."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ktt_policy import Rulebook
from ktt_policy.cases.run import run_cases
from ktt_policy.cli import main
from ktt_policy.diagnostics import ProblemError
from ktt_policy.mutation.trial import mutate
from ktt_policy.reporters.json_ import encode
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode
from tests import small

INVOICE = Path(__file__).parents[2] / "fixtures/conforming/invoices/2026-02.json"
PUBLISHED = date(2026, 3, 15)
LATE = 'parameters: {limit: {"2026-01-01": {value: 0, reference: late, published_on: 2026-08-01}}}'
FILES = {
    "invoice/I901-quantity/2026-01-01@2026-03-15.yaml": small.RULE.replace("<=", "<"),
    "parameters/limit.yaml": small.PARAMETER
    + '  "2026-01-01@2026-04-01":\n    value: 40\n    reference: a misprint mended\n',
    "clauses/2026-01-01@2026-03-15.yaml": small.REGISTRY.replace("fi: Arvo | summa", "fi: Arvo"),
}


def invoice(quantity: str) -> Any:
    tree = parse(decode(INVOICE.read_bytes(), "invoice"))
    tree["lines"] = [{**tree["lines"][0], "quantity": Decimal(quantity), "service_date": "2026-02-10"}]
    return tree


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write(tmp_path_factory.mktemp("known"), FILES)


@pytest.mark.parametrize(
    ("known_on", "quantity", "code"),
    [
        (date(2026, 3, 14), "30", 0),  # at most 30
        (date(2026, 3, 14), "30.5", 1),
        (PUBLISHED, "30", 1),  # less than 30
        (PUBLISHED, "29.5", 0),
        (date(2026, 4, 1), "39.5", 0),  # less than 40
        (None, "39.5", 0),
        (None, "40", 1),
    ],
)
def test_a_verdict_is_replayed_as_of_a_day(folder: Path, known_on: date | None, quantity: str, code: int) -> None:
    book = Rulebook.load(folder, known_on)
    for compiled in (True, False):
        report = book.check([invoice(quantity)], date(2026, 12, 1), select=["I901"], compiled=compiled)
        assert report.exit_code() == code
    assert {v.start for r in book.data.rules for v in r.versions} == {date(2026, 1, 1)}


def test_a_report_says_by_which_publications_it_was_made(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "invoice.json"
    path.write_text(encode(invoice("50")), "utf-8")

    def found(*arguments: str) -> str:
        command = ["check", str(path), "--rulebook", str(folder), "--select", "I901", "--lang", "en", *arguments]
        return CliRunner().invoke(main, command).output

    now = json.loads(found("--format", "json"))["findings"][0]
    assert (now["version"], now["published_on"]) == ("2026-01-01", "2026-03-15")
    assert [p["published_on"] for p in now["parameters"]] == ["2026-04-01"]
    text = found("--format", "text")
    assert "(published 2026-03-15)" in text
    assert "limit = 40 (since 2026-01-01, published 2026-04-01)" in text
    before = json.loads(found("--format", "json", "--known-on", "2026-03-14"))
    assert "published_on" not in before["findings"][0]
    assert "published_on" not in before["findings"][0]["parameters"][0]
    note = "the rulebook is as it was known on 2026-03-14, without the corrections published later"
    for form in ("text", "markdown", "html", "sarif", "json"):
        assert note in found("--format", form, "--known-on", "2026-03-14")
        assert note not in found("--format", form)


def test_timeline_and_explain_say_as_of_when(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "invoice.json"
    path.write_text(encode(invoice("50")), "utf-8")

    def told(*arguments: str) -> str:
        return CliRunner().invoke(main, [*arguments, "--rulebook", str(folder), "--lang", "en"]).output

    note = "note: the rulebook is as it was known on 2026-03-14, without the corrections published later"
    on = ("--on", "2026-12-01")
    for command in (["timeline"], ["timeline", "--format", "markdown"], ["explain", "I901", *on], ["explain", "6.m1"]):
        assert note in told(*command, "--known-on", "2026-03-14").splitlines()
        assert "as it was known" not in told(*command)
    for command in (["timeline"], ["explain", "I901"]):
        data = [json.loads(told(*command, "--format", "json", *on)) for on in ([], ["--known-on", "2026-03-14"])]
        assert [one["known_on"] for one in data] == [None, "2026-03-14"]
    corrected = "limit = 40 (since 2026-01-01, published 2026-04-01)"
    assert corrected in told("explain", "I901", *on)
    assert corrected in told("explain", "I901", *on, "--document", str(path))
    assert "limit = 30 (since 2026-01-01)" in told("explain", "I901", *on, "--known-on", "2026-03-14")


@pytest.mark.parametrize(
    ("keys", "expect", "fault"),
    [
        ("known_on: 2026-03-14", "passed", ""),
        ("known_on: 2026-03-15", "violated", ""),
        ("known_on: 2026-04-01", "passed", ""),
        ("complete: true", "passed", ""),
        (f"known_on: 2026-03-14, {LATE}", "passed", ""),
        (f"known_on: 2026-08-01, {LATE}", "violated", ""),
        ("known_on: 2026-03-15", "passed", "expected passed, came out violated"),
        ("known_on: 2026-02-30", "passed", "`2026-02-30` is no date"),
    ],
)
def test_a_case_of_what_was_known(folder: Path, keys: str, expect: str, fault: str) -> None:
    patch = "json_patch: [{op: replace, path: /lines/0/quantity, value: 30}]"
    case = f"{{name: one, base: {INVOICE.name}, on: 2026-12-01, expect: {expect}, {keys}, {patch}}}"
    (folder / "invoice/I901-quantity/cases.yaml").write_text(f"cases:\n  - {case}\n", "utf-8")
    book = Rulebook.load(folder)
    tested = run_cases(book, INVOICE.parent, ["I901"])
    assert [r.fault.partition(" (")[0] for r in tested.results] == [fault]
    if "known_on" in keys and not fault:  # it shows nothing of the rule as it is
        assert "no passed case" in [lack.what for lack in tested.lacks]
        assert mutate(book, INVOICE.parent, ["I901"]).killed == 0


def test_a_case_of_a_day_before_the_rule_was_known(tmp_path: Path) -> None:
    cases = f"cases: [{{name: a, base: {INVOICE.name}, on: 2026-12-01, known_on: 2026-03-14, expect: passed}}]\n"
    files = {"2026-02-01.yaml": small.RULE + "published_on: 2026-03-15\n", "cases.yaml": cases}
    folder = small.write(tmp_path, {f"invoice/I902-late/{name}": text for name, text in files.items()})
    tested = run_cases(Rulebook.load(folder), INVOICE.parent, ["I902"])
    assert [r.fault for r in tested.results] == ["the rule was not known on 2026-03-14"]


def test_the_registry_is_corrected_too(folder: Path) -> None:
    headings = [
        Rulebook.load(folder, day).data.editions[0].clauses["6.m1"].heading["fi"] for day in (date(2026, 3, 14), None)
    ]
    assert headings == ["Arvo | summa", "Arvo"]


def test_what_was_published_later_is_unknown_before(tmp_path: Path) -> None:
    files = {"invoice/I902-late/2026-02-01.yaml": small.RULE + "published_on: 2026-03-15\n"}
    folder = small.write(tmp_path, files)
    assert "I902" not in {r.code for r in Rulebook.load(folder, date(2026, 3, 14)).data.rules}
    assert "I902" in {r.code for r in Rulebook.load(folder, PUBLISHED).data.rules}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("2026-01-01@2026-13-01.yaml", small.RULE, "E202"),
        ("2026-01-01@.yaml", small.RULE, "E202"),
        ("2026-01-01@2026-03-15.yaml", small.RULE.replace("<=", "<") + "published_on: 2026-03-16\n", "E202"),
        ("2026-02-01.yaml", small.RULE + "published_on: 2026-02-30\n", "E407"),
    ],
)
def test_days_of_publication_that_will_not_do(tmp_path: Path, name: str, text: str, code: str) -> None:
    folder = small.write(tmp_path, {f"invoice/I901-quantity/{name}": text})
    with pytest.raises(ProblemError) as raised:
        Rulebook.load(folder)
    assert code in {d.code for d in raised.value.diagnostics}


def test_a_difference_tells_what_was_corrected(folder: Path, tmp_path: Path) -> None:
    document = tmp_path / "invoice.json"
    document.write_text(encode(invoice("30")), "utf-8")

    def diff(*arguments: str) -> Any:
        day = "2026-02-10"
        given = ["diff", day, day, "--rulebook", str(folder), "--documents", str(document), "--format", "json"]
        result = CliRunner().invoke(main, [*given, *arguments])
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    told = diff("--known-from", "2026-03-14")
    assert ([r["code"] for r in told["rules"]], [p["name"] for p in told["parameters"]]) == (["I901"], ["limit"])
    assert diff()["rules"] == diff("--known-from", "2026-04-01")["rules"] == []
