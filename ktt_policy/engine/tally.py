"""How many items and groups had which outcome: by rule, and as compiled code counts them."""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ktt_policy.engine.program import Program


class Counts(dict[str, dict[str, int]]):
    """Rule code → outcome → how many."""

    def __missing__(self, code: str) -> dict[str, int]:
        made = self[code] = {"passed": 0, "violated": 0, "not applicable": 0, "undecided": 0}
        return made


class Tally:
    """How many items and groups passed, and how many were left out, by the number of the version in a program.

    Compiled code adds to the lists itself, so they stay the same ones.
    """

    def __init__(self, program: Program) -> None:
        self.versions = program.versions
        self.passed, self.left_out = [0] * len(self.versions), [0] * len(self.versions)

    def __bool__(self) -> bool:
        return any(self.passed) or any(self.left_out)

    def add(self, other: Tally) -> None:
        self.passed[:] = map(add, self.passed, other.passed)
        self.left_out[:] = map(add, self.left_out, other.left_out)

    def add_to(self, counts: Counts) -> None:
        for (rule, _), passed, left_out in zip(self.versions, self.passed, self.left_out, strict=True):
            if passed:
                counts[rule.code]["passed"] += passed
            if left_out:
                counts[rule.code]["not applicable"] += left_out
