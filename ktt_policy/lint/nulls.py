"""Order and arithmetic with a value that may be a stated null are undecided: `x != null` says what is meant."""

from __future__ import annotations

from collections.abc import Iterator
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
        if isinstance(node, t.Define):
            names.update(zip(node.variables, node.arguments, strict=True))
    guarded = {
        _paths(node.left, names)[0]
        for node in everywhere
        if isinstance(node, t.Equal) and isinstance(node.right, t.Const) and node.right.kind == "null"
    }
    for written in version.expressions:
        if not written.place.startswith(JUDGED):
            continue
        text, nodes = written.checked.text, t.walk(written.checked.tree)
        # An inlined definition stands in its own text, and is judged where it is written.
        inlined = {id(inner) for node in nodes if isinstance(node, t.Define) for inner in t.walk(node.body)}
        for node in nodes:
            if isinstance(node, (t.Compare, t.Arith)) and id(node) not in inlined:
                for side in (node.left, node.right):
                    path = isinstance(names.get(side.name, side) if isinstance(side, t.Var) else side, t.Field)
                    if path and side.nulls & KNOWN and not guarded & set(_paths(side, names)):
                        value = text[side.start : side.end]
                        message = f"`{value}` may be null where it is compared"
                        help = f"ask `{value} != null` first, if null is to decide"
                        yield subject.warning("W402", written.pointer, message, help, side)


def _paths(node: t.Tree, names: dict[str, t.Tree]) -> list[Any]:
    """A value's path and those of all that it is a field of; a `let` or an argument stands for its expression."""
    if isinstance(node, t.Var) and node.name in names:
        return _paths(names[node.name], names)
    if isinstance(node, t.Field):
        within = _paths(node.of, names)
        return [(within[0], node.name), *within]
    return [t.key(node)]
