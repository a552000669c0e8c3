"""What the schema of a kind of document asks, before and after."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct

from ktt_policy.source.spans import pointer

# What a reader sees and no verdict depends on.
SAID = {"title", "description", "x-fi", "x-enum", "examples", "$id", "$comment"}
NAMED = ("properties", "$defs")  # what they hold goes by names, which are no keywords


class Asked(Struct, frozen=True):
    """A place where two schemas differ. `before` and `after` are what stands there; UNSET: nothing."""

    pointer: str
    before: Any
    after: Any

    @property
    def added(self) -> bool:
        """True for a field or definition that is new: no document of before has it, and none must."""
        return self.before is UNSET and self.pointer.split("/")[-2] in NAMED


def differences(before: Any, after: Any, at: str = "", named: bool = False) -> list[Asked]:
    """The places where two schemas ask for something else, texts left out; the outermost ones."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [] if _plain(before, at) == _plain(after, at) else [Asked(at, before, after)]
    found = []
    for key in {**before, **after}:
        if named or key not in SAID:
            inner = not named and key in NAMED
            found += differences(before.get(key, UNSET), after.get(key, UNSET), at + pointer(key), inner)
    return found


def _plain(value: Any, at: str) -> Any:
    """In which order fields are required says nothing."""
    return sorted(value) if isinstance(value, list) and at.endswith("/required") else value
