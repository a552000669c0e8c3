"""Documents that break their schemas in every way that a field can, made from a sound one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"
SOUND = ("provider.json", "vouchers/assessment.json", "invoices/2026-03.json")
OTHERS: tuple[Any, ...] = (
    None, True, 0, -1, 3.14159, 1e15, "", " ", "x" * 300, "2026-02-30", "131052-308T", "1234567-8", [], {}, ["x"],
    {"x": 1},
)  # fmt: skip


def documents() -> list[Path]:
    return [FIXTURES / "conforming" / name for name in SOUND]


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document; of a list its first item only, as the others are like it."""
    if here:
        yield here
    inner: list[Any] = list(value) if isinstance(value, dict) else [0] if isinstance(value, list) and value else []
    for key in inner:
        yield from places(value[key], (*here, key))


def broken(sound: Any) -> Iterator[Any]:
    """The document with one place after another taken out, replaced by each of OTHERS, or joined by a stranger.

    Its `document_type` stays: without it there is no schema to break.
    """
    for place in places(sound):
        if place == ("document_type",):
            continue
        for other in (..., *OTHERS):
            made = copy.deepcopy(sound)
            at = made
            for key in place[:-1]:
                at = at[key]
            if other is ...:
                del at[place[-1]]
            else:
                at[place[-1]] = other
            yield made
        if isinstance(place[-1], str):
            made = copy.deepcopy(sound)
            at = made
            for key in place[:-1]:
                at = at[key]
            at[f"{place[-1]}x"] = 1
            yield made


def texts(path: Path) -> list[str]:
    return [json.dumps(one, ensure_ascii=False) for one in broken(json.loads(path.read_bytes()))]
