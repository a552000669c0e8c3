"""What the fast road has read before: texts and numbers of JSON → values, each made and checked once.

A run sees few of them, many times. What is unusual raises `NotPlainError` and goes to the careful road.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from ktt_policy.expr.literals import read_time
from ktt_policy.schemas.formats import FORMATS, PLAIN, pattern
from ktt_policy.source.limits import LONGEST

MOST = Decimal("999999999999.99")
REMEMBERED = 100_000


class NotPlainError(Exception):
    """The document needs the careful road; it may still be sound."""


class Fractions(dict[str, Decimal]):
    """JSON texts of usual numbers (0 to MOST, at most two decimals) → Decimal; a run sees few, many times."""

    def __missing__(self, text: str) -> Decimal:
        if len(text) > LONGEST:
            raise NotPlainError
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise NotPlainError from None
        exponent = value.as_tuple().exponent
        if not 0 <= value <= MOST or not isinstance(exponent, int) or exponent < -2 or exponent > 0:
            raise NotPlainError
        if len(self) > REMEMBERED:
            self.clear()
        self[text] = value
        return value


class Wholes(dict[int, Decimal]):
    def __missing__(self, n: int) -> Decimal:
        if n.__class__ is not int or not 0 <= n <= MOST:
            raise NotPlainError
        if len(self) > REMEMBERED:
            self.clear()
        value = self[n] = Decimal(n)
        return value


class Times(dict[str, time]):
    """Texts of times of day that match a pattern → time."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.matches = pattern(written)

    def __missing__(self, text: str) -> time:
        value = read_time(text) if self.matches(text) else None
        if value is None:
            raise NotPlainError
        self[text] = value
        return value


class Held(dict[str, bool]):
    """Texts that were found to pass a test."""

    def __init__(self, *tests: Callable[[str], object]) -> None:
        super().__init__()
        self.tests = tests

    def __missing__(self, text: str) -> bool:
        if not any(test(text) for test in self.tests):
            raise NotPlainError
        if len(self) > REMEMBERED:
            self.clear()
        self[text] = True
        return True


FRACTIONS, WHOLES = Fractions(), Wholes()
FORMATTED = {name: Held(*filter(None, [PLAIN.get(name)]), holds) for name, holds in FORMATS.items()}


@lru_cache
def times(written: str) -> Times:
    return Times(written)


@lru_cache
def matched(written: str) -> Held:
    return Held(pattern(written))
