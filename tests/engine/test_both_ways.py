"""A dossier with one field removed, nulled or broken: both ways of judging say the same, and nothing crashes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ktt_policy import Report, Rulebook
from ktt_policy.cli.options import read_parameters
from ktt_policy.source.json_ import decode, parse

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

    return ENGINE.check(read_all([trees], BOOK.reader, True), date(2026, 11, 24), compiled=compiled)


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
