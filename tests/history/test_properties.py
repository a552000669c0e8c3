"""For any set of versions: one answer a date, no difference of a day with itself, and steps that add up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ktt_policy import Rulebook
from ktt_policy.build.model import RulebookData
from ktt_policy.documents import read_all
from ktt_policy.engine.run import Engine
from ktt_policy.history.difference import Difference, difference
from ktt_policy.history.moment import moment
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode
from msgspec.structs import replace
from tests import small

INVOICE = Path(__file__).parents[2] / "fixtures/conforming/invoices/2026-02.json"
DAYS = st.dates(date(2025, 11, 1), date(2027, 12, 31))
WORDINGS = {
    "2026-01-01": small.RULE,
    "2026-02-01": small.RULE.replace("<=", "<"),
    "2026-03-01": small.RULE.replace("parameters.limit\nmessage", "2 * parameters.limit\nmessage"),
    "2026-04-01": "clauses: [6.m1]\nrepealed: true\n",
}
PROPERTY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    files = {f"invoice/I901-quantity/{day}.yaml": text for day, text in WORDINGS.items()}
    return Rulebook.load(small.write(tmp_path_factory.mktemp("properties"), files))


@st.composite
def timelines(draw: st.DrawFn) -> tuple[list[tuple[date, int]], list[tuple[date, str]]]:
    """Starts of a rule's versions (each one of the wordings), and of a parameter's values."""
    starts = sorted(draw(st.sets(DAYS, min_size=1, max_size=5)))
    versions = [(day, draw(st.integers(0, 3))) for day in starts]
    values = [(day, draw(st.sampled_from(["30", "31", None]))) for day in sorted(draw(st.sets(DAYS, max_size=4)))]
    return versions, values  # type: ignore[return-value]


def dated(book: Rulebook, drawn: Any) -> RulebookData:
    versions, values = drawn
    rules = []
    for rule in book.data.rules:
        if rule.code == "I901":
            rule = replace(rule, versions=tuple(replace(rule.versions[n], start=day) for day, n in versions))
        rules.append(rule)
    (limit,) = book.data.parameters
    made = tuple(replace(limit.values[0], start=day, value=value) for day, value in values)
    return replace(book.data, rules=tuple(rules), parameters=(replace(limit, values=made),))


@PROPERTY
@example(([(date(2025, 11, 1), 0)], [(date(2025, 11, 1), "30")]), date(2025, 11, 1))
@given(timelines(), DAYS)
def test_a_date_has_exactly_one_answer(book: Rulebook, drawn: Any, day: date) -> None:
    data = dated(book, drawn)
    tree = parse(decode(INVOICE.read_bytes(), "invoice"))
    tree["lines"] = [{**tree["lines"][0], "service_date": day.isoformat()}]
    rules = [r for r in data.rules if r.code == "I901"]
    counts = []
    for compiled in (True, False):
        read = read_all([tree], book.reader, True)
        report = Engine(data, rules=rules).run(date(2027, 12, 31), False, compiled).check(read)
        counts.append(report.counts["I901"])
    assert counts[0] == counts[1]
    assert sum(counts[0].values()) == 1
    first_edition = data.editions[0].start
    if day < first_edition and not all(v.repealed for v in rules[0].versions):
        assert counts[0]["passed"] == counts[0]["violated"] == 0


@PROPERTY
@given(timelines(), DAYS)
def test_a_day_does_not_differ_from_itself(book: Rulebook, drawn: Any, day: date) -> None:
    assert difference(dated(book, drawn), day, dated(book, drawn), day).empty


def ends(found: Difference) -> dict[Any, tuple[Any, Any]]:
    """What changed → before and after, whole."""
    rules = {("rule", r.code, p.name): (p.before, p.after) for r in found.rules for p in r.parts}
    values = {
        ("value", p.name, ""): (p.before and p.before.value, p.after and p.after.value)
        for p in found.parameters
        if (p.before and p.before.value) != (p.after and p.after.value)
    }
    return {**rules, **values}


@PROPERTY
@given(timelines(), DAYS, DAYS, DAYS)
def test_two_steps_explain_the_whole_way(book: Rulebook, drawn: Any, a: date, b: date, c: date) -> None:
    data = dated(book, drawn)
    first, second, whole = (ends(difference(data, x, data, y)) for x, y in ((a, b), (b, c), (a, c)))
    joined = {}
    for key in {**first, **second}:
        before = first[key][0] if key in first else second[key][0]
        after = second[key][1] if key in second else first[key][1]
        if before != after:
            joined[key] = (before, after)
    assert joined == whole


@PROPERTY
@given(timelines(), st.dates(date(2026, 1, 1), date(2027, 12, 31)), DAYS)
def test_a_moment_judges_every_date_alike(book: Rulebook, drawn: Any, day: date, other: date) -> None:
    """What a moment says of any date is what the rulebook says of an item of the day."""
    data = dated(book, drawn)
    still = moment(data, day)
    for days in (day, other):
        rule = next((r for r in still.rules if r.code == "I901"), None)
        version = next(r for r in data.rules if r.code == "I901").at(day)
        found = rule.at(days) if rule is not None else None
        assert (found and found.file) == (version and version.file)


@PROPERTY
@given(timelines(), st.lists(st.none() | st.dates(date(2025, 1, 1), date(2026, 11, 24)), min_size=9, max_size=9))
def test_what_is_known_today_is_what_is_known(book: Rulebook, drawn: Any, days: list[date | None]) -> None:
    data = dated(book, drawn)
    left = iter(days)
    rules = []
    for rule in data.rules:
        versions = tuple(replace(v, published_on=next(left, None)) for v in rule.versions)
        rules.append(replace(rule, versions=versions))
    data = replace(data, rules=tuple(rules))
    today = date(2026, 11, 24)
    assert data.known_on(today) == data.known_on(None)
    for rule in data.known_on(today).rules:
        assert len({v.start for v in rule.versions}) == len(rule.versions)
