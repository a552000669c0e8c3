"""Documents with fields removed, nulled, broken or moved in time: both ways of judging say the same, and nothing
crashes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ktt_policy import Report, Rulebook
from ktt_policy.cli.options import read_parameters
from ktt_policy.expr.literals import read_date
from ktt_policy.reporters import render_report
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode

FIXTURES = Path(__file__).parents[2] / "fixtures"
BOOK = Rulebook.load()
CEILINGS = read_parameters(str(FIXTURES / "example-ceilings.yaml"))
ENGINE = BOOK.engine(CEILINGS)


def dossier() -> list[Any]:
    paths = [*sorted((FIXTURES / "conforming/vouchers").glob("*.json")), FIXTURES / "conforming/provider.json"]
    trees = [parse(decode(p.read_bytes(), str(p))) for p in (*paths, FIXTURES / "conforming/invoices/2026-02.json")]
    trees[-1]["lines"] = trees[-1]["lines"][:12]
    return trees


def places(tree: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*here, key)
        yield from places(value, (*here, key))


TREES = dossier()
PLACES = [(i, place) for i, tree in enumerate(TREES) for place in places(tree) if place[0] != "document_type"]


def run(trees: list[Any], compiled: bool) -> Report:
    from ktt_policy.documents import read_all

    return ENGINE.run(date(2026, 11, 24), compiled=compiled).check(read_all([trees], BOOK.reader, True))


@settings(derandomize=True, max_examples=120)
@given(st.sampled_from(PLACES), st.sampled_from(["removed", "nulled", "broken"]))
def test_one_field_at_a_time(where: tuple[int, tuple[Any, ...]], how: str) -> None:
    index, place = where
    trees = list(TREES)
    trees[index] = parent = copy.deepcopy(trees[index])
    for part in place[:-1]:
        parent = parent[part]
    if how == "removed":
        del parent[place[-1]]
    else:
        broken = "zzz" if isinstance(parent[place[-1]], Decimal) else Decimal(7)
        parent[place[-1]] = None if how == "nulled" else broken
    slow, fast = run(trees, compiled=False), run(trees, compiled=True)
    assert not slow.crashed
    assert slow.counts == fast.counts
    assert [(f.code, f.outcome, f.message, f.place.pointer, f.count) for f in slow.findings] == [
        (f.code, f.outcome, f.message, f.place.pointer, f.count) for f in fast.findings
    ]


AMENDED = Rulebook.load(FIXTURES / "rulebooks/amended-2027")
MOVED = [tree for path in sorted((FIXTURES / "rulebooks/amended-2027/documents").rglob("*.json"))
         for tree in [parse(decode(path.read_bytes(), str(path)))]]  # fmt: skip


def change(tree: Any, place: tuple[Any, ...], how: str, days: int) -> None:
    """In place; a place that an earlier change took away is left alone."""
    for part in place[:-1]:
        if not isinstance(tree, (dict, list)) or (isinstance(tree, list) and part >= len(tree)):
            return
        tree = tree[part] if isinstance(tree, list) else tree.get(part)
    last = place[-1]
    if not isinstance(tree, dict) or last not in tree:
        return
    day = read_date(tree[last]) if isinstance(tree[last], str) else None
    if day is not None:
        tree[last] = (day + timedelta(days)).isoformat()
    elif how == "removed":
        del tree[last]
    else:
        tree[last] = None if how == "nulled" else Decimal(days)


@settings(derandomize=True, max_examples=100)
@given(st.data())
def test_several_documents_over_time(data: st.DataObject) -> None:
    book = data.draw(st.sampled_from([BOOK, AMENDED]))
    trees = [copy.deepcopy(t) for t in data.draw(st.lists(st.sampled_from([*TREES, *MOVED]), min_size=1, max_size=6))]
    for _ in range(data.draw(st.integers(0, 4))):
        tree = data.draw(st.sampled_from(trees))
        place = data.draw(st.sampled_from([p for p in places(tree) if p[0] != "document_type"]))
        how = data.draw(st.sampled_from(["removed", "nulled", "broken"]))
        change(tree, place, how, data.draw(st.sampled_from([-400, -30, -1, 1, 30, 400])))
    context = trees[: data.draw(st.integers(0, len(trees) - 1))]
    on, complete = data.draw(st.sampled_from([date(2026, 11, 24), date(2027, 4, 20)])), data.draw(st.booleans())
    slow, fast = (
        book.check(trees[len(context) :], on, context, CEILINGS, complete, compiled=compiled)
        for compiled in (False, True)
    )
    assert not slow.crashed
    assert render_report(slow, "json", "en", 0) == render_report(fast, "json", "en", 0)


def test_the_last_day_of_the_calendar_is_a_day_like_any_other() -> None:
    trees = copy.deepcopy(TREES)
    trees[-1]["lines"][0]["service_date"] = "9999-12-31"
    trees[0]["valid_from"] = "9999-12-31"
    slow, fast = (
        BOOK.check(trees, date(9999, 12, 31), parameters=CEILINGS, complete=True, compiled=compiled)
        for compiled in (False, True)
    )
    assert render_report(slow, "json", "en", 0) == render_report(fast, "json", "en", 0)
    found = {(f.code, f.place.pointer) for f in slow.findings if f.outcome == "violated"}
    assert {("I501", "/lines/0/service_date"), ("I607", "/lines/0/service_date")} <= found
