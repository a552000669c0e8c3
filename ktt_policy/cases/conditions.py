"""Condition coverage: whether each condition of a rule was seen both true and false by its cases.

The conditions of a version are its `when`, `having`, `require` and its lets that are true or false, and within
them, inlined definitions included, every operand of `and` and `or`. `in (a, b)` and `between` count as the `or` and
the `and` that they stand for.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ktt_policy.build.model import Rule, Version
from ktt_policy.engine.context import Context
from ktt_policy.engine.judge import Judge
from ktt_policy.expr import typed as t
from ktt_policy.expr.interpreter import Interpreter, Recorder
from ktt_policy.expr.unparse import unparse

PLACES = ("when", "having", "require")


class Condition(Struct):
    """A condition, and which values it was seen to have."""

    version: Version
    place: str
    definition: str
    node: t.Tree
    text: str
    seen: set[bool]


class Unseen(Struct, frozen=True):
    """A condition that never had a value."""

    version: Version
    place: str
    definition: str
    node: t.Tree
    text: str
    value: bool


class Conditions:
    """The conditions of a rule, in order; `note` is the recorder of an interpreter."""

    def __init__(self, rule: Rule) -> None:
        self.all = [c for version in rule.versions if not version.repealed for c in _of_version(version)]
        self._by_node = {id(c.node): c for c in self.all}

    def note(self, node: t.Tree, text: str, value: Any) -> None:
        known = self._by_node.get(id(node))
        if known is not None and value.__class__ is bool:
            known.seen.add(value)

    def unseen(self) -> list[Unseen]:
        return [
            Unseen(c.version, c.place, c.definition, c.node, c.text, value)
            for c in self.all
            for value in (True, False)
            if value not in c.seen
        ]


def _of_version(version: Version) -> list[Condition]:
    found = []
    for written in version.expressions:
        tree = written.checked.tree
        named = written.place in PLACES or written.place.startswith("let.")
        found.extend(_conditions(version, written.place, tree, root=named and tree.kind == "boolean"))
    return found


def _conditions(version: Version, place: str, tree: t.Tree, root: bool) -> list[Condition]:
    """The whole expression, when it is a condition, and every operand of `and` and `or` within it."""
    found = []

    def add(node: t.Tree, bound: dict[str, t.Tree], definition: str) -> None:
        if not isinstance(node, t.Const):
            found.append(Condition(version, place, definition, node, unparse(node, bound), set()))

    def visit(node: t.Tree, bound: dict[str, t.Tree], definition: str) -> None:
        if isinstance(node, t.Bind):
            bound = {**bound, node.var: node.value}
        if isinstance(node, t.Logic):
            for side in (node.left, node.right):
                # `a and b and c` has three operands, and `a and b` is none of them.
                if not (isinstance(side, t.Logic) and side.operator == node.operator):
                    add(side, bound, definition)
        for child in t.children(node):
            inside = node.name if isinstance(node, t.Define) and child is node.body else definition
            visit(child, bound, inside)

    if root:
        add(tree, {}, "")
    visit(tree, {}, "")
    return found


class RecordingJudge(Judge):
    """A judge whose interpreters report every value."""

    def __init__(self, context: Context, recorder: Recorder) -> None:
        super().__init__(context)
        self.recorder = recorder

    def interpreter(
        self, version: Version, names: dict[str, Any], parameters: dict[str, Any], recorder: Recorder | None = None
    ) -> Interpreter:
        return super().interpreter(version, names, parameters, recorder or self.recorder)
