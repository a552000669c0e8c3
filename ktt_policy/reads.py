"""What a version of a rule reads: fields of documents by their path, parameters, other documents, functions."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ktt_policy.build.model import Rule, Version
from ktt_policy.expr import typed as t
from ktt_policy.expr.unparse import name_of
from ktt_policy.schemas.model import FieldInfo, RecordInfo

Path = tuple[str, ...]
Place = tuple[str, Path]  # the kind of a document, and the fields to a value in it


class Reads(Struct):
    """`fields` are those that are read themselves, not the records on the way to them."""

    fields: list[Place]
    parameters: list[str]
    related: list[str]


class Where:
    """Knows which field of which document a part of a version's expressions speaks of."""

    def __init__(self, rule: Rule, version: Version) -> None:
        self.named: dict[str, Any] = {rule.kind: (rule.kind, ())}
        self.each = [iterator.variable for iterator in version.iterators]
        self.parts: list[str] = []  # of an item of `group`, where several iterators make it
        for iterator in version.iterators:
            self.named[iterator.variable] = self.of(iterator.domain.tree)
        match version.iterators:
            case ():
                self.named["group"] = (rule.kind, ())
            case (one,):
                self.named["group"] = self.named[one.variable]
            case _:
                self.parts = self.each
        for let in version.lets:
            self.named[let.unique] = let.expression.tree
        for name, checked in version.group_by:
            self.named.setdefault(name, checked.tree)

    def of(self, node: Any) -> Place | None:
        """The field, or the document, that a part stands for; None for what is computed."""
        match node:
            case t.Var():
                found = self.named.get(node.name, self.named.get(name_of(node.name)))
                return found if isinstance(found, tuple) or found is None else self.of(found)
            case t.Field() | t.Project():
                if node.name in self.parts and isinstance(node.of, t.Var) and node.of.name == "group":
                    return self.of(t.Var(0, 0, "", 0, node.name))
                of = self.of(node.of)
                return (of[0], (*of[1], node.name)) if of is not None else None
            case t.Filter() | t.Index():
                return self.of(node.of)
            case t.Related() | t.Documents():
                return node.document, ()
            case t.If():
                return self.of(node.then) or self.of(node.otherwise)
            case t.Define() | t.Bind():
                self.bind(node)
                return self.of(node.body)
        return None

    def bind(self, node: Any) -> None:
        """Take in the names that a part brings."""
        self.named.update(t.bound(node))


def reads_of(rule: Rule, version: Version) -> Reads:
    """All that decides the outcome of the version."""
    where = Where(rule, version)
    fields: dict[Place, None] = {}
    parameters: dict[str, None] = {}
    related: dict[str, None] = {}
    for written in version.expressions:
        for node in t.walk(written.checked.tree):
            where.bind(node)
            match node:
                case t.Field() | t.Project():
                    place = where.of(node)
                    if place is not None:
                        fields[place] = None
                case t.Param():
                    parameters[node.name] = None
                case t.Related() | t.Documents():
                    related[node.document] = None
    return Reads(_leaves(list(fields)), list(parameters), list(related))


def _leaves(places: list[Place]) -> list[Place]:
    return [
        (kind, path)
        for kind, path in places
        if not any(k == kind and len(p) > len(path) and p[: len(path)] == path for k, p in places)
    ]


def functions_of(version: Version) -> set[str]:
    """The built-in functions that the version calls."""
    trees = [node for w in version.expressions for node in t.walk(w.checked.tree)]
    return {node.function for node in trees if isinstance(node, t.Call)}


def field_at(record: RecordInfo, path: Path) -> FieldInfo | None:
    """The field at a path of a record; list items are passed through."""
    found = None
    inner: RecordInfo | None = record
    for name in path:
        found = next((f for f in inner.fields if f.name == name), None) if inner is not None else None
        if found is None:
            return None
        inner = found.record or (found.item.record if found.item is not None else None)
    return found
