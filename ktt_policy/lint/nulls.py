"""Order and arithmetic with a value that may be a stated null are undecided: `x != null` says what is meant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import typed as t
from ktt_policy.expr.typesystem import KNOWN
from ktt_policy.lint.subject import Subject

JUDGED = ("when", "having", "require", "let.")


def unguarded(subject: Subject) -> Iterator[Diagnostic]:
    """W402. A guard is a comparison with null, anywhere in the version or in a definition that it uses, of the value or
    of what it is a field of."""
    version = subject.version
    names = {let.unique: let.expression.tree for let in version.lets}
    everywhere = [node for written in (*version.expressions, *version.telling) for node in t.walk(written.checked.tree)]
    for node in everywhere:
        if isinstance(node, (t.Define, t.Bind)):
            names.update(t.bound(node))
    equal = [pair for node in everywhere if isinstance(node, t.Equal) for pair in permutations((node.left, node.right))]
    guarded = {_paths(side, names)[0] for side, other in equal if isinstance(other, t.Const) and other.kind == "null"}
    for written in version.expressions:
        if not written.place.startswith(JUDGED):
            continue
        text, nodes = written.checked.text, t.walk(written.checked.tree)
        # An inlined definition stands in its own text, and is judged where it is written.
        inlined = {id(inner) for node in nodes if isinstance(node, t.Define) for inner in t.walk(node.body)}
        told: dict[tuple[int, int], t.Tree] = {}  # by its place: what is named once may be compared twice
        for node in nodes:
            for side in _compared(node) if id(node) not in inlined else ():
                path = isinstance(names.get(side.name, side) if isinstance(side, t.Var) else side, t.Field)
                if path and side.nulls & KNOWN and not guarded & set(_paths(side, names)):
                    told[side.start, side.end] = side
        for side in told.values():
            value = text[side.start : side.end]
            message = f"`{value}` may be null where it is compared"
            help = f"ask `{value} != null` first, if null is to decide"
            yield subject.warning("W402", written.pointer, message, help, side)


def _compared(node: t.Tree) -> list[t.Tree]:
    """What a part puts in order, or counts with."""
    match node:
        case t.Compare() | t.Arith():
            return [node.left, node.right]
        case t.InRange():
            ends = [node.range.low, node.range.high] if isinstance(node.range, t.RangeOf) else []
            return [node.operand, *ends]
    return []


def _paths(node: t.Tree, names: dict[str, t.Tree]) -> list[Any]:
    """A value's path and those of all that it is a field of; a `let` or an argument stands for its expression."""
    if isinstance(node, t.Var) and node.name in names:
        return _paths(names[node.name], names)
    if isinstance(node, t.Field):
        within = _paths(node.of, names)
        return [(within[0], node.name), *within]
    return [t.key(node)]
