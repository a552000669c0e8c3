"""The parameters of a rulebook: what their files may say, and what may be laid over them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ktt_policy.build.assemble import build
from ktt_policy.build.model import Parameter, ParameterValue
from ktt_policy.build.parameters import Given, overlay
from tests import small
from tests.build.test_rules import RULE, problems, rulebook


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("thirty", "`thirty` is no number"),
        ("true", "`true` is no number"),
        ("[30]", "`[30]` is no number"),
        ('"30.5"', '"30.5" is a text: a number stands without quotes'),
        ("{a: 30}", "`{a: 30}` is no number"),
        ("1" * 35, "at most 34 digits"),
        ("010", "without zeros before it"),
    ],
)
def test_a_parameter_must_have_its_type(tmp_path: Path, value: str, text: str) -> None:
    folder = rulebook(tmp_path)
    (folder / "parameters/limit.yaml").write_text(small.PARAMETER.replace("value: 30", f"value: {value}"), "utf-8")
    assert text in problems(folder)[0].message


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("list", "[30]", "a list holds texts unless `items` says otherwise"),
        ("record", "{a: 30}", "`fields` does not say"),
    ],
)
def test_a_parameter_that_holds_others_says_what(tmp_path: Path, kind: str, value: str, text: str) -> None:
    folder = rulebook(tmp_path)
    written = small.PARAMETER.replace("type: number", f"type: {kind}").replace("value: 30", f"value: {value}")
    (folder / "parameters/limit.yaml").write_text(written, "utf-8")
    assert text in problems(folder)[0].message


EVENTS = """\
title: {fi: Tapahtumat, en: Events}
clause: 6.m1
type: list
items: string
%svalues:
  2026-01-01: {value: [%s], reference: here}
"""


@pytest.mark.parametrize("require", ["line.event in parameters.events", "list contains(parameters.events, line.event)"])
@pytest.mark.parametrize(
    ("members", "value", "helps"),
    [
        ("", "no_show, delivered", []),
        ("", "delivered, noshow", ["did you mean `no_show`?"]),
        ("", "delivered, day", []),  # which may be for another field
        ("", "day, hour", ["known here: "]),  # of which none fits
        ("members: [no_show, noshow]\n", "no_show", []),
    ],
)
def test_texts_of_a_parameter_are_values_of_the_field(
    tmp_path: Path, require: str, members: str, value: str, helps: list[str]
) -> None:
    folder = rulebook(tmp_path, RULE.replace("line.quantity <= parameters.limit", require))
    (folder / "parameters/events.yaml").write_text(EVENTS % (members, value), "utf-8")
    found = problems(folder)
    assert [d.code for d in found] == ["E406"] * len(helps)
    assert all(d.help.startswith(help) for d, help in zip(found, helps, strict=True))


@pytest.mark.parametrize(
    ("by", "key", "helps"),
    [
        ("service_type", "group_coaching", []),
        ("service_type", "group_coachng", ["did you mean `group_coaching`?"]),
        ("service_type", "assessment/day", []),  # made by an expression
        ("anything", "group_coachng", []),  # no field of a document: any key
        ("line_id", "group_coachng", []),  # a field that may have any value
    ],
)
def test_the_keys_of_a_table_are_the_values_of_its_field(tmp_path: Path, by: str, key: str, helps: list[str]) -> None:
    table = small.PARAMETER.replace("values:", f"by: {by}\nvalues:").replace("value: 30", f"value: {{{key}: 30}}")
    (folder := rulebook(tmp_path)).joinpath("parameters/table.yaml").write_text(table, "utf-8")
    assert [(d.code, d.help) for d in problems(folder)] == [("E408", help) for help in helps]


@pytest.mark.parametrize(
    ("fields", "entry", "value"),
    [
        ({"value": "number"}, {"value": Decimal(50)}, {"value": "50"}),
        ({"value": "number"}, {"value": {"value": Decimal(50)}, "reference": "x"}, {"value": "50"}),
        ({"value": "number", "reference": "string"}, {"value": Decimal(50), "reference": "x"},
         {"value": "50", "reference": "x"}),
        ({"hours": "number"}, {"value": {"hours": Decimal(50)}, "reference": "x"}, {"hours": "50"}),
        ({"hours": "number"}, {"value": None, "verified_on": "2026-01-01"}, None),
    ],
)  # fmt: skip
def test_a_record_is_given_plainly_or_in_the_long_form(fields: dict[str, str], entry: Any, value: Any) -> None:
    record = Parameter("cap", {}, "1", "record", (), fields=fields)
    (made,), found = overlay((record,), Given({"cap": {"2026-01-01": entry}}))
    assert not found
    assert [v.value for v in made.values] == [value]


def test_the_long_form_gives_what_a_parameters_file_gives() -> None:
    table = Parameter("cap", {}, "1", "number", (), by="service_type")
    entry = {"value": {"a": Decimal(50)}, "reference": "Decision 12", "verified_on": "2026-01-03",
             "published_on": "2026-02-01"}  # fmt: skip
    (made,), found = overlay((table,), Given({"cap": {"2026-01-01": entry}}))
    assert not found
    (value,) = made.values
    assert (value.value, value.reference) == ({"a": "50"}, "Decision 12")
    assert (value.verified_on, value.published_on) == (date(2026, 1, 3), date(2026, 2, 1))
    (unknown,), _ = overlay((table,), Given({"cap": {"2026-01-01": entry}}), date(2026, 1, 31))
    assert unknown.values == ()
    _, wrong = overlay((table,), Given({"cap": {"2026-01-01": {**entry, "verified_on": "2026-99-01"}}}))
    assert [d.code for d in wrong] == ["E111"]


@pytest.mark.parametrize(
    ("known_on", "value", "published"),
    [
        (None, "70", date(2026, 6, 30)),
        (date(2026, 6, 29), "60", date(2026, 5, 20)),
        (date(2026, 5, 19), "50", None),
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_correction_stands_beside_what_it_corrects(
    known_on: date | None, value: str, published: date | None, reverse: bool
) -> None:
    plain = Parameter("cap", {}, "1", "number", (ParameterValue(date(2026, 1, 1), "40", "shipped"),))
    values = {
        "2026-01-01": Decimal(50),
        "2026-01-01@2026-05-20": Decimal(60),
        "2026-01-01@2026-06-30": {"value": Decimal(70), "reference": "Decision 12"},
    }
    given = Given({"cap": dict(sorted(values.items(), reverse=reverse))})
    (made,), found = overlay((plain,), given, known_on)
    assert not found
    assert [(v.value, v.published_on) for v in made.values] == [(value, published)]


def test_a_correction_is_published_on_one_day() -> None:
    plain = Parameter("cap", {}, "1", "number", ())
    entry = {"value": Decimal(60), "reference": "Decision 12", "published_on": "2026-06-01"}
    _, found = overlay((plain,), Given({"cap": {"2026-01-01@2026-05-20": entry}}))
    assert [(d.code, "2026-06-01" in d.message) for d in found] == [("E111", True)]
    _, found = overlay((plain,), Given({"cap": {"2026-01-01@2026-06-01": entry}}))
    assert not found


def test_a_parameter_without_its_value_is_told(tmp_path: Path) -> None:
    folder = rulebook(tmp_path)
    (folder / "parameters/limit.yaml").write_text(small.PARAMETER.replace("    value: 30", "    valeu: 30"), "utf-8")
    told = [(d.code, d.span.line if d.span else 0, d.help) for d in problems(folder)]
    assert ("E201", 6, "did you mean `value`?") in told


@pytest.mark.parametrize(
    ("key", "code"),
    [('"assessment"', None), ('"assesment"', "E406"), ("line.service_type", None), ("line.unit", "E406"),
     ("line.line_id", None)],
)  # fmt: skip
def test_keys_that_a_table_never_has(tmp_path: Path, key: str, code: str | None) -> None:
    table = small.PARAMETER.replace("type: number", "type: number\nby: service_type")
    rule = RULE.replace("<= parameters.limit", f"<= get value(parameters.limit, {key})")
    folder = rulebook(tmp_path, rule.replace("{parameters.limit}", "{line.unit}"))
    (folder / "parameters/limit.yaml").write_text(table.replace("value: 30", "value: {assessment: 30}"), "utf-8")
    found = problems(folder)
    assert [d.code for d in found] == ([code] if code else []), found


@pytest.mark.parametrize(
    "when", ["line.event in parameters.events", "some e in parameters.events satisfies e = line.event"]
)
@pytest.mark.parametrize(
    "shipped", [EVENTS % ("", "no_show"), (EVENTS % ("", "")).split("values:")[0] + "values: {}\n"]
)
@pytest.mark.parametrize(("given", "said"), [("no_shw", "did you mean `no_show`?"), ("no_show", ""), ("delivered", "")])
def test_a_text_that_is_given_is_held_against_what_rules_compare_it_with(
    tmp_path: Path, when: str, shipped: str, given: str, said: str
) -> None:
    folder = rulebook(tmp_path, RULE.replace("require:", f"when: {when}\nrequire:"))
    (folder / "parameters/events.yaml").write_text(shipped, "utf-8")
    data, found = build(folder, "x")
    assert data is not None, found
    _, found = overlay(data.parameters, Given({"events": {"2026-01-01": [given]}}))
    assert [(d.code, d.help) for d in found] == ([("E111", said)] if said else [])


def test_a_text_may_be_meant_for_either_of_two_fields(tmp_path: Path) -> None:
    when = "line.event in parameters.events or line.unit in parameters.events"
    folder = rulebook(tmp_path, RULE.replace("require:", f"when: {when}\nrequire:"))
    (folder / "parameters/events.yaml").write_text(EVENTS % ("", "no_show, hour"), "utf-8")
    data, found = build(folder, "x")
    assert data is not None, found
    for given, codes in (("hour", []), ("delivered", []), ("huor", ["E111"])):
        assert [d.code for d in overlay(data.parameters, Given({"events": {"2026-01-01": [given]}}))[1]] == codes


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("type: string\nvalues:\n  2026-01-01: {value: monday-saturday, reference: here}\n", ""),
        ("type: string\nvalues:\n  2026-01-01: {value: mon-fri, reference: here}\n", "`mon-fri` is not among monday-"),
        ("type: string\nmembers: [monday-friday, weekend]\nvalues: {}\n", "`weekend` is no working week"),
        ("type: number\nvalues:\n  2026-01-01: {value: 5, reference: here}\n", "a string, one of monday-friday, mon"),
        ("type: string\nby: unit\nvalues: {}\n", "a string, one of monday-friday, monday-saturday"),
    ],
)
def test_the_working_week_is_one_that_functions_know(tmp_path: Path, written: str, fault: str) -> None:
    folder = rulebook(tmp_path)
    text = f"title: {{fi: Viikko, en: Week}}\nclause: 6.m1\n{written}"
    (folder / "parameters/working_week.yaml").write_text(text, "utf-8")
    found = problems(folder)
    assert [d.message for d in found if fault and fault in d.message] == [d.message for d in found][:1], found
    assert bool(found) is bool(fault)


@pytest.mark.parametrize(("value", "fault"), [("P2M", ""), ("P60D", "`P60D` is in days; without a value in its file")])
def test_the_first_duration_given_is_of_the_kind_that_rules_took(value: str, fault: str) -> None:
    cap = Parameter("cap", {"fi": "K", "en": "C"}, "6.m1", "duration", ())
    _, found = overlay((cap,), Given({"cap": {"2026-01-01": value}}))
    assert [fault in d.message for d in found] == ([True] if fault else [])
