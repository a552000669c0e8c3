"""Which values of an enum a part of a typed tree may have: what the tree itself no longer says.

A shape follows paths through the schemas, parameters, loops and lets. Where it is lost, no members are known.
"""

from __future__ import annotations

from msgspec import Struct

from ktt_policy.build.model import Parameter, RulebookData, Version
from ktt_policy.expr import typed as t
from ktt_policy.schemas.model import FieldInfo, RecordInfo


class Shape(Struct, frozen=True):
    """Of a record its fields, of a list its items, of a text its members; all absent when nothing is known."""

    record: RecordInfo | None = None
    item: Shape | None = None
    members: tuple[str, ...] | None = None


NONE = Shape()


class Shapes:
    """The shapes of one version's names; loops and inlined definitions add theirs as they are entered."""

    def __init__(self, data: RulebookData, kind: str, version: Version) -> None:
        self.kinds = {k.name: Shape(k.record) for k in data.kinds}
        self.parameters = {p.name: _of_parameter(p) for p in data.parameters}
        self.names = {kind: self.kinds[kind]}
        for iterator in version.iterators:
            self.learn(iterator.domain.tree)
            self.names[iterator.variable] = self.of(iterator.domain.tree).item or NONE
        items = [self.names[i.variable] for i in version.iterators]
        self.names["group"] = Shape(item=items[0] if len(items) == 1 else NONE)
        for let in version.lets:
            if not let.group:
                self._let(let.unique, let.expression.tree)
        for name, key in version.group_by:
            self._let(name, key.tree)
        for let in version.lets:
            if let.group:
                self._let(let.unique, let.expression.tree)

    def _let(self, name: str, tree: t.Tree) -> None:
        self.learn(tree)
        self.names[name] = self.of(tree)

    def learn(self, tree: t.Tree) -> None:
        """The names that loops, filters and definitions of a whole tree bring, outer ones first."""
        for node in t.walk(tree):
            self.enter(node)

    def enter(self, node: t.Tree) -> None:
        """The names that one node brings to the parts below it."""
        walked = isinstance(node, (t.For, t.Quantified, t.Filter))
        for name, tree in t.bound(node):
            shape = self.of(tree)
            self.names[name] = (shape.item or NONE) if walked else shape

    def of(self, node: t.Tree) -> Shape:
        match node:
            case t.Var():
                return self.names.get(node.name, NONE)
            case t.Param():
                return self.parameters[node.name]
            case t.Field():
                return _field(self.of(node.of), node.name)
            case t.Project():
                return Shape(item=_field(self.of(node.of).item or NONE, node.name))
            case t.Filter():
                return self.of(node.of)
            case t.Index():
                return self.of(node.of).item or NONE
            case t.Related():
                return self.kinds[node.document]
            case t.Documents():
                return Shape(item=self.kinds[node.document])
            case t.If():
                then = self.of(node.then)
                return then if then != NONE else self.of(node.otherwise)
            case t.Bind() | t.Define():
                return self.of(node.body)
        return NONE


def _field(of: Shape, name: str) -> Shape:
    fields = of.record.fields if of.record is not None else ()
    return next((_of_field(f) for f in fields if f.name == name), NONE)


def _of_field(field: FieldInfo) -> Shape:
    return Shape(field.record, _of_field(field.item) if field.item is not None else None, field.members)


def _of_parameter(parameter: Parameter) -> Shape:
    plain = Shape(members=parameter.members)
    return Shape(item=plain) if parameter.type == "list" else plain
