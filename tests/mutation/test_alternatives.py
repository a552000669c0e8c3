"""What each part of an expression is altered to."""

from __future__ import annotations

from datetime import date

import pytest
from ktt_policy import Rulebook
from ktt_policy.build.parameters import type_of
from ktt_policy.expr import typed as t
from ktt_policy.expr.checking.checker import compile_text
from ktt_policy.expr.scope import Scope
from ktt_policy.mutation.alternatives import Chooser, moved
from ktt_policy.mutation.mutants import changes
from ktt_policy.mutation.shapes import Shapes
from ktt_policy.schemas.types import type_of as document_type
from ktt_policy.source.text import whole

NAMED = "list contains(parameters.qualifying_benefits"

# Expression → every alteration of its parts, as `original -> mutated`.
TABLE: dict[str, list[str]] = {
    "line.quantity < 3": [
        "line.quantity < 3 -> line.quantity <= 3", "line.quantity < 3 -> line.quantity > 3",
        "line.quantity -> line.unit_price", "3 -> 4", "3 -> 2",
    ],
    "today >= today": ["today >= today -> today > today", "today >= today -> today <= today"],
    "run.complete and today = today or run.complete": [
        "run.complete and today = today or run.complete -> run.complete and today = today and run.complete",
        "run.complete and today = today or run.complete -> run.complete and today = today",
        "run.complete and today = today or run.complete -> run.complete",
        "run.complete and today = today -> run.complete or today = today",
        "run.complete and today = today -> run.complete",
        "run.complete and today = today -> today = today",
        "run.complete -> not(run.complete)", "today = today -> today != today", "run.complete -> not(run.complete)",
    ],
    "not(run.complete)": ["not(run.complete) -> run.complete"],
    "is defined(line.remote)": [
        "is defined(line.remote) -> not(is defined(line.remote))",
    ],
    'line.event = "delivered"': [
        'line.event = "delivered" -> line.event != "delivered"',
        'line.event = "delivered" -> line.event = "cancelled_same_day_by_client"',
    ],
    'line.unit in ("hour", "day")': [
        'line.unit = "hour" or line.unit = "day" -> line.unit = "hour" and line.unit = "day"',
        'line.unit = "hour" or line.unit = "day" -> line.unit = "hour"',
        'line.unit = "hour" or line.unit = "day" -> line.unit = "day"',
        'line.unit = "hour" -> line.unit != "hour"', 'line.unit = "hour" -> line.unit = "day"',
        'line.unit = "day" -> line.unit != "day"', 'line.unit = "day" -> line.unit = "hour"',
    ],
    'today + @"P2D"': [
        'today + @"P2D" -> today - @"P2D"', 'today + @"P2D" -> today', '@"P2D" -> @"P3D"', '@"P2D" -> @"P1D"',
    ],
    'today - @"P1Y"': [
        'today - @"P1Y" -> today + @"P1Y"', 'today - @"P1Y" -> today', '@"P1Y" -> @"P1Y1M"', '@"P1Y" -> @"P11M"',
    ],
    "1 + 2 * 3": [
        "1 + 2 * 3 -> 1 - 2 * 3", "1 + 2 * 3 -> 1", "1 + 2 * 3 -> 2 * 3", "1 -> 2", "1 -> 0",
        "2 * 3 -> 2 / 3", "2 -> 3", "2 -> 1", "3 -> 4", "3 -> 2",
    ],
    'today in [today..@"2026-01-31")': [
        'today in [today..@"2026-01-31") -> not(today in [today..@"2026-01-31"))',
        '[today..@"2026-01-31") -> (today..@"2026-01-31")', '[today..@"2026-01-31") -> [today..@"2026-01-31"]',
        '@"2026-01-31" -> @"2026-02-01"', '@"2026-01-31" -> @"2026-01-30"',
    ],
    "every l in invoice.lines satisfies l.remote": [
        "every l in invoice.lines satisfies l.remote -> some l in invoice.lines satisfies l.remote",
        "every l in invoice.lines satisfies l.remote -> not(every l in invoice.lines satisfies l.remote)",
        "l.remote -> not(l.remote)",
    ],
    'count(invoice.lines[item.unit = "hour"])': [
        'invoice.lines[item.unit = "hour"] -> invoice.lines',
        'item.unit = "hour" -> item.unit != "hour"', 'item.unit = "hour" -> item.unit = "day"',
    ],
    "sum(invoice.lines.amount)": [
        "sum(invoice.lines.amount) -> count(invoice.lines.amount)",
        "sum(invoice.lines.amount) -> max(invoice.lines.amount)",
        "invoice.lines.amount -> invoice.lines.hours",
    ],
    "max(invoice.lines.service_date)": ["max(invoice.lines.service_date) -> min(invoice.lines.service_date)"],
    "count(distinct values(invoice.lines.service_date))": [
        "distinct values(invoice.lines.service_date) -> invoice.lines.service_date",
    ],
    "iso week(today)": ["iso week(today) -> year month(today)"],
    "period end(today, parameters.max_period)": [
        "period end(today, parameters.max_period) -> today + parameters.max_period",
    ],
    "round half up(line.quantity, 2)": [
        "round half up(line.quantity, 2) -> round half down(line.quantity, 2)",
        "round half up(line.quantity, 2) -> round up(line.quantity, 2)",
        "round half up(line.quantity, 2) -> round down(line.quantity, 2)",
        "line.quantity -> line.unit_price", "2 -> 3", "2 -> 1",
    ],
    'if run.complete then line.hours else null': [
        "if run.complete then line.hours else null -> if run.complete then null else line.hours",
        "run.complete -> not(run.complete)", "line.hours -> line.quantity",
    ],
    f'{NAMED}, "none")': [
        f'{NAMED}, "none") -> {NAMED}, "labour_market_subsidy")', f'{NAMED}, "none") -> not({NAMED}, "none"))',
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load()


def altered(book: Rulebook, text: str) -> list[str]:
    data = book.data
    version = next(rule for rule in data.rules if rule.code == "I601").versions[0]
    documents = {kind.name: document_type(kind) for kind in data.kinds}
    invoice = documents["invoice"]
    assert invoice.fields is not None
    line = invoice.fields["lines"].item
    assert line is not None
    names = {"invoice": invoice, "line": line}
    scope = Scope(names, {}, {p.name: type_of(p, "") for p in data.parameters}, documents, {}, True)
    checked, _, found = compile_text(whole(text), scope)
    assert checked is not None, found
    made = changes(checked.tree, Chooser(Shapes(data, "invoice", version), checked.tree))
    meanings = [t.key(change.tree) for change in made]
    assert len(set(map(repr, [*meanings, t.key(checked.tree)]))) == len(made) + 1
    return [f"{change.original} -> {change.mutated}" for change in made]


@pytest.mark.parametrize("text", TABLE)
def test_every_alteration_of_an_expression(book: Rulebook, text: str) -> None:
    assert altered(book, text) == TABLE[text]


def test_there_is_no_day_beyond_the_last() -> None:
    assert moved("date", date.max) == ["9999-12-30"]
    assert moved("date", date.min) == ["0001-01-02"]
