"""Conditions that can never be true, by the schemas' values and by what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator

from ktt_policy.build.model import RulebookData, Version
from ktt_policy.build.parameters import type_of as parameter_type
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import typed as t
from ktt_policy.expr.typesystem import ANY, Type, list_of
from ktt_policy.lint.subject import Subject
from ktt_policy.lint.worlds import ROOT, Names, Worlds
from ktt_policy.schemas.types import type_of as document_type


def conditions(subject: Subject, data: RulebookData) -> Iterator[Diagnostic]:
    """W404. Each part is judged within what the parts before it leave: `having` for groups that `when` lets in."""
    version = subject.version
    solver = _solver(subject, data)
    whole = []
    worlds = solver.of(version.when.tree) if version.when is not None else [{}]
    if not worlds:
        whole.append(("/when", "the rule applies to nothing"))
    if version.grouped:
        # Of a group, parameters have the values of its last day.
        worlds = solver.without(worlds)
    if worlds and version.having is not None:
        worlds = solver.of(version.having.tree, worlds)
        if not worlds:
            whole.append(("/having", "the rule applies to no group"))
    for i, clause in enumerate(version.clauses):
        if worlds and clause.when is not None and not solver.of(clause.when.tree, worlds):
            whole.append((f"/clauses/{i}/when", f"the rule never names clause {clause.clause}"))
    help = "look for parts that exclude each other, or for values that the schema does not know"
    for at, effect in whole:
        what = f"`{at.rpartition('/')[2]}` can never be true: {effect}"
        yield subject.warning("W404", at, what, help)
    told = {at for at, _ in whole}
    for written in (*version.expressions, *version.telling):
        if written.pointer in told or written.place.startswith("message."):
            continue
        for node in _impossible(written.checked.tree, solver, ROOT):
            part = " ".join(written.checked.text[node.start : node.end].split())
            yield subject.warning("W404", written.pointer, f"`{part}` can never be true", help, node)


def _solver(subject: Subject, data: RulebookData) -> Worlds:
    version = subject.version
    documents = {kind.name: document_type(kind) for kind in data.kinds}
    parameters = {p.name: parameter_type(p, "") for p in data.parameters}
    lets = {let.unique: let.expression.tree for let in version.lets}
    types: dict[str, Type] = {subject.rule.kind: documents[subject.rule.kind]}
    item = documents[subject.rule.kind]
    for iterator in version.iterators:
        item = Worlds(lets, types, documents, parameters).type_of(iterator.domain.tree, ROOT).item or ANY
        types[iterator.variable] = item
    if version.grouped:
        types["group"] = list_of(item if len(version.iterators) <= 1 else _together(version, types))
        for key, expression in version.group_by:
            # A key is what it is of each item, but of a parameter on the item's own day.
            if not _dated(expression.tree, lets, set()):
                lets[key] = expression.tree
    return Worlds(lets, types, documents, parameters)


def _together(version: Version, types: dict[str, Type]) -> Type:
    return Type("context", fields={i.variable: types[i.variable] for i in version.iterators})


def _dated(tree: t.Tree, lets: dict[str, t.Tree], seen: set[str]) -> bool:
    """True when the tree, or a let that it names, reads a parameter."""
    for node in t.walk(tree):
        if isinstance(node, t.Param):
            return True
        if isinstance(node, t.Var) and node.name in lets and node.name not in seen:
            seen.add(node.name)
            if _dated(lets[node.name], lets, seen):
                return True
    return False


def _impossible(node: t.Tree, solver: Worlds, names: Names) -> Iterator[t.Tree]:
    """Parts that stand as conditions and can never be true; not what is inside them, nor inside definitions."""
    parts: list[t.Tree] = []
    inner = names
    if isinstance(node, t.Logic) and node.operator == "or":
        parts = [node.left, node.right]
    elif isinstance(node, t.If):
        parts = [node.condition]
    elif isinstance(node, t.Filter):
        parts, inner = [node.predicate], solver.inside(node.var, node.of, names)
    elif isinstance(node, t.Quantified):
        parts, inner = [node.body] if node.some else [], solver.inside(node.var, node.domain, names)
    elif isinstance(node, t.For):
        inner = solver.inside(node.var, node.domain, names)
    elif isinstance(node, t.Bind):
        inner = Names({**names.bound, node.var: (node.value, names)}, names.types)
    elif isinstance(node, t.Define):
        for argument in node.arguments:
            yield from _impossible(argument, solver, names)
        return
    for child in t.children(node):
        if (
            any(child is part for part in parts)
            and not isinstance(child, t.Const)
            and not solver.of(child, None, inner)
        ):
            yield child
        else:
            yield from _impossible(child, solver, inner)
