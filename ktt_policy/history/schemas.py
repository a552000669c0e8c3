"""What the schema of a kind of document asks, before and after."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct

from ktt_policy.source.spans import pointer

# What a reader sees and no verdict depends on.
TEXTS = {"title", "description", "x-fi", "x-enum", "x-sensitive", "x-amount", "examples", "$id", "$comment"}
UNORDERED = ("required", "enum", "type")  # lists whose order says nothing
NAMED = ("properties", "$defs")  # what they hold goes by names, which are no keywords


class Asked(Struct, frozen=True):
    """A place where two schemas differ. `added`: a field, definition or value of a list that is new: no document of
    before has it, and none must."""

    pointer: str
    added: bool


def differences(before: dict[str, Any], after: dict[str, Any], at: str = "", named: bool = False) -> list[Asked]:
    """The places where two schemas ask for something else, texts left out; the outermost ones."""
    found: list[Asked] = []
    for key in {**before, **after}:
        here, old, new = at + pointer(key), before.get(key, UNSET), after.get(key, UNSET)
        if isinstance(old, dict) and isinstance(new, dict):
            found += differences(old, new, here, not named and key in NAMED) if named or key not in TEXTS else []
        elif (named or key not in TEXTS) and _plain(key, old) != _plain(key, new):
            found += [Asked(here, (named and old is UNSET) or (key == "enum" and not named and _wider(old, new)))]
    return found


def _wider(old: Any, new: Any) -> bool:
    return isinstance(old, list) and isinstance(new, list) and all(member in new for member in old)


def _plain(keyword: str, value: Any) -> Any:
    return sorted(value, key=str) if keyword in UNORDERED and isinstance(value, list) else value
