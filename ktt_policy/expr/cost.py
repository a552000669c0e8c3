"""How deep an expression's loops nest over documents: its cost is at most the product of those lists.

`for`, `some`, `every` and filters count when their list comes from a document or a group; lists that are written
out or come from a parameter are constant.
"""

from __future__ import annotations

from ktt_policy.expr import typed as t


def degree(node: t.Tree, constant: frozenset[str] = frozenset()) -> int:
    """The nesting degree; `constant` are the variables that range over constant lists."""
    if isinstance(node, (t.For, t.Quantified, t.Filter)):
        domain = node.of if isinstance(node, t.Filter) else node.domain
        body = node.predicate if isinstance(node, t.Filter) else node.body
        fixed = _is_constant(domain, constant)
        inner = degree(body, constant | {node.var} if fixed else constant - {node.var})
        walked = 0 if fixed or isinstance(domain, t.ListOf) else 1
        return max(degree(domain, constant), inner + walked)
    if isinstance(node, t.Bind):
        names = constant | {node.var} if _is_constant(node.value, constant) else constant - {node.var}
        return max(degree(node.value, constant), degree(node.body, names))
    if isinstance(node, t.Define):
        fixed_names = frozenset(
            v for v, a in zip(node.variables, node.arguments, strict=True) if _is_constant(a, constant)
        )
        arguments = max((degree(a, constant) for a in node.arguments), default=0)
        return max(arguments, degree(node.body, constant | fixed_names))
    return max((degree(child, constant) for child in t.children(node)), default=0)


def outermost(node: t.Tree) -> t.Tree:
    """The loop, or the call of a definition, that nests as deep as the whole."""
    while not isinstance(node, (t.For, t.Quantified, t.Filter, t.Define)) and t.children(node):
        node = max(t.children(node), key=degree)
    return node


def _is_constant(node: t.Tree, constant: frozenset[str]) -> bool:
    """True when the value depends on literals and parameters only."""
    if isinstance(node, (t.Related, t.Documents)):
        return False
    if isinstance(node, t.Var):
        return node.name in constant
    bound = {node.var} if isinstance(node, (t.For, t.Quantified, t.Filter, t.Bind)) else set()
    if isinstance(node, t.Define):
        bound = set(node.variables)
    return all(_is_constant(child, constant | bound) for child in t.children(node))
