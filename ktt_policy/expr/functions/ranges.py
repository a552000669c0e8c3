"""Relations of points and ranges (DMN 1.5, table 78)."""

from __future__ import annotations

from typing import Any

from ktt_policy.expr.functions.registry import builtin
from ktt_policy.expr.values import Range


def as_range(x: Any) -> Range:
    """A point is the closed range of itself."""
    return x if isinstance(x, Range) else Range(x, x)


PAIRS = (
    "a: O, b: O -> boolean",
    "a: O, b: range<O> -> boolean",
    "a: range<O>, b: O -> boolean",
    "a: range<O>, b: range<O> -> boolean",
)
RANGES = ("a: range<O>, b: range<O> -> boolean",)
IN_RANGE = ("a: O, b: range<O> -> boolean", "a: range<O>, b: range<O> -> boolean")


@builtin(
    "before", *PAIRS, fi="Tosi, kun a on kokonaan ennen b:tä.", en="True when a lies wholly before b.",
    example=("before([1..5], 6)", "true"),
)  # fmt: skip
def before(a: Any, b: Any) -> bool:
    a, b = as_range(a), as_range(b)
    return bool(a.high < b.low or (a.high == b.low and (a.high_open or b.low_open)))


@builtin(
    "after", *PAIRS, fi="Tosi, kun a on kokonaan b:n jälkeen.", en="True when a lies wholly after b.",
    example=("after(6, [1..5])", "true"),
)  # fmt: skip
def after(a: Any, b: Any) -> bool:
    return bool(before(b, a))


@builtin(
    "meets", *RANGES, fi="Tosi, kun a päättyy siihen, mistä b alkaa.", en="True when a ends where b begins.",
    example=("meets([1..5], [5..10])", "true"),
)  # fmt: skip
def meets(a: Range, b: Range) -> bool:
    return bool(a.high == b.low and not a.high_open and not b.low_open)


@builtin(
    "overlaps", *RANGES, fi="Tosi, kun väleillä on yhteinen kohta.", en="True when the ranges share a point.",
    example=("overlaps([1..5], [5..8])", "true"),
)  # fmt: skip
def overlaps(a: Range, b: Range) -> bool:
    return not before(a, b) and not before(b, a)


@builtin(
    "includes", "a: range<O>, b: O -> boolean", *RANGES,
    fi="Tosi, kun b on kokonaan a:n sisällä.", en="True when b lies wholly within a.",
    example=("includes([1..10], 5)", "true"),
)  # fmt: skip
def includes(a: Range, b: Any) -> bool:
    b = as_range(b)
    low = a.low < b.low or (a.low == b.low and (not a.low_open or b.low_open))
    high = b.high < a.high or (a.high == b.high and (not a.high_open or b.high_open))
    return bool(low and high)


@builtin(
    "during", *IN_RANGE, fi="Tosi, kun a on kokonaan b:n sisällä.", en="True when a lies wholly within b.",
    example=("during(5, [1..10])", "true"),
)  # fmt: skip
def during(a: Any, b: Range) -> bool:
    return bool(includes(b, a))


@builtin(
    "starts", *IN_RANGE, fi="Tosi, kun a on b:n alussa.", en="True when a stands at the beginning of b.",
    example=("starts(1, [1..10])", "true"),
)  # fmt: skip
def starts(a: Any, b: Range) -> bool:
    a = as_range(a)
    high = a.high < b.high or (a.high == b.high and (a.high_open or not b.high_open))
    return bool(a.low == b.low and a.low_open == b.low_open and high)


@builtin(
    "finishes", *IN_RANGE, fi="Tosi, kun a on b:n lopussa.", en="True when a stands at the end of b.",
    example=("finishes(10, [1..10])", "true"),
)  # fmt: skip
def finishes(a: Any, b: Range) -> bool:
    a = as_range(a)
    low = b.low < a.low or (a.low == b.low and (a.low_open or not b.low_open))
    return bool(a.high == b.high and a.high_open == b.high_open and low)


@builtin(
    "coincides", "a: O, b: O -> boolean", *RANGES,
    fi="Tosi, kun a ja b ovat samat.", en="True when a and b are the same.",
    example=("coincides([1..5], [1..5])", "true"),
)  # fmt: skip
def coincides(a: Any, b: Any) -> bool:
    return bool(a == b)
