"""Items that are in no group, though they belong to one: their date, a key or the list that they stand in is not known.

A group that such an item may be in does not pass; one that it surely belongs to is undecided, whatever the rest says.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from ktt_policy.expr.values import Reason

# The code of a rule and the start of its version.
Of = tuple[str, date]
# Keys of a group, None for each that is not known.
Pattern = tuple[Any, ...]
# The number of the item's document, its positions, and why it is in no group.
Entry = tuple[int, tuple[int, ...], Reason]


def precedence(entry: Entry) -> Any:
    """The least one is told: by what it says, so that it is the same in whatever order the documents are given."""
    number, positions, reason = entry
    return reason.code, reason.about, reason.document, number, positions


class Doubts:
    """By version: patterns of keys, and an item of each."""

    def __init__(self) -> None:
        # The places of the keys that are known → these keys → the item.
        self._of: dict[Of, dict[tuple[int, ...], dict[Pattern, Entry]]] = {}

    def __bool__(self) -> bool:
        return bool(self._of)

    def add(self, of: Of, pattern: Pattern, entry: Entry) -> None:
        places = tuple(i for i, key in enumerate(pattern) if key is not None)
        self._enter(of, places, tuple(pattern[i] for i in places), entry)

    def _enter(self, of: Of, places: tuple[int, ...], keys: Pattern, entry: Entry) -> None:
        known = self._of.setdefault(of, {}).setdefault(places, {})
        known[keys] = min(entry, known.get(keys, entry), key=precedence)

    def about(self, of: Of, key: tuple[Any, ...]) -> tuple[Reason, bool] | None:
        """Why an item may be missing from the group of a key, and whether it surely is."""
        found: Entry | None = None
        for places, known in self._of.get(of, {}).items():
            entry = known.get(tuple(key[i] for i in places))
            if entry is not None and len(places) == len(key):
                return entry[2], True
            if entry is not None:
                found = min(entry, found or entry, key=precedence)
        return None if found is None else (found[2], False)

    def only(self, versions: set[Of]) -> Doubts:
        """Those about some versions."""
        made = Doubts()
        made._of = {of: patterns for of, patterns in self._of.items() if of in versions}
        return made

    def take(self, other: Doubts) -> None:
        """Add those of another."""
        for of, patterns in other._of.items():
            for places, known in patterns.items():
                for keys, entry in known.items():
                    self._enter(of, places, keys, entry)
