"""Versions by the day they start. An end is the next start, so nothing can overlap.

A timeline is half-open: the version of a day is the last one that starts on or before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
_START = r"(\d{4}-\d{2}-\d{2})(?:@(\d{4}-\d{2}-\d{2}))?\Z"


class Start(NamedTuple):
    """When something comes into force, as files and keys are named by it: `2026-01-01`.

    `2026-01-01@2026-03-15` is in force from the first day and was published on the second, in place of what had
    stood there: a correction after the fact.
    """

    day: date
    published: date | None


def read_start(name: str) -> Start | None:
    """The start that a file or key is named by; None when it is not named so."""
    found = re.match(_START, name, re.ASCII)
    try:
        return found and Start(date.fromisoformat(found[1]), date.fromisoformat(found[2]) if found[2] else None)
    except ValueError:
        return None


class Timeline(Generic[T]):
    """Values by start date, in order. Immutable."""

    __slots__ = ("_starts", "_values")

    def __init__(self, entries: dict[date, T]) -> None:
        self._starts = sorted(entries)
        self._values = [entries[start] for start in self._starts]

    @property
    def starts(self) -> list[date]:
        return list(self._starts)

    def at(self, day: date) -> T | None:
        """The value in force on the day; None before the first."""
        index = bisect_right(self._starts, day)
        return self._values[index - 1] if index else None

    def start_at(self, day: date) -> date | None:
        """The start of the value in force on the day."""
        index = bisect_right(self._starts, day)
        return self._starts[index - 1] if index else None

    def end_at(self, day: date) -> date | None:
        """The first day on which the value in force on the day no longer is; None when it has no end."""
        index = bisect_right(self._starts, day)
        return self._starts[index] if index < len(self._starts) else None
