"""What findings may show of the versions of a rulebook's rules: the same in every run, so worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import RulebookData, Version
from ktt_policy.engine.wording import Names, enum_names
from ktt_policy.expr import typed as t
from ktt_policy.expr.typed import Checked
from ktt_policy.masking import MASK, mask, revealed
from ktt_policy.schemas.model import FieldInfo, RecordInfo, fields_of

SCALAR = frozenset((
    "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
    "years and months duration", "null", "any",
))  # fmt: skip

# What takes a record apart or writes it out: its values no longer stand under the names of their fields.
NAMELESS = frozenset(("string", "get value", "get entries"))
RECORDS = frozenset(("context", "list", "any"))


class Part(Struct, frozen=True):
    """A part of a condition that tells why: as written, the text that it stands in, and its tree."""

    written: str
    text: str
    node: t.Tree


class Telling:
    """Kept by an engine. Answers are remembered by node: the rulebook outlives every run."""

    def __init__(self, data: RulebookData) -> None:
        self._kinds = {kind.name: kind for kind in data.kinds}
        self._names: dict[int, tuple[t.Tree, Names]] = {}
        self._sensitive: dict[int, tuple[t.Tree, bool]] = {}
        self._variables: dict[int, tuple[Version, frozenset[str]]] = {}
        self._parts: dict[int, tuple[Version, list[Part]]] = {}

    @cached_property
    def sensitive(self) -> frozenset[str]:
        """The names of the fields that the schemas mark as sensitive."""
        return frozenset(name for kind in self._kinds.values() for name in kind.sensitive)

    @cached_property
    def fields(self) -> list[FieldInfo]:
        """The fields of all kinds of document."""
        return [field for kind in self._kinds.values() for field in fields_of(kind.record)]

    @cached_property
    def titles(self) -> dict[str, dict[str, str]]:
        """Language → kind of document → its title, where it does not go by its name, which is English."""
        return {"fi": {kind.name: kind.title for kind in self._kinds.values()}}

    def names(self, node: t.Tree, version: Version) -> Names:
        """The names of the values that an expression takes from enumerations, through lets, group keys and iterators.

        A field is the one that its path leads to; where that is not plain, any of its name. A parameter does not say
        whose values it lists. Of several fields, only what all agree on is a name.
        """
        if id(node) not in self._names:
            self._names[id(node)] = node, self._find_names(node, version)
        return self._names[id(node)][1]

    def _find_names(self, node: t.Tree, version: Version) -> Names:
        inner = {let.unique: let.expression.tree for let in version.lets}
        inner.update((key, expression.tree) for key, expression in version.group_by)
        inner.update((iterator.variable, iterator.domain.tree) for iterator in version.iterators)
        parts, seen = [node], set()
        found: list[FieldInfo] = []
        named: set[str] | None = set()
        while parts:
            for part in t.walk(parts.pop()):
                if isinstance(part, t.Var) and part.name in inner and part.name not in seen:
                    seen.add(part.name)
                    parts.append(inner[part.name])
                elif isinstance(part, (t.Field, t.Project)) and named is not None:
                    field = self._field(part, inner) if isinstance(part, t.Field) else None
                    if field is not None:
                        found += [field] if field.item is None else [field, field.item]
                    else:
                        named.add(part.name)
                elif isinstance(part, t.Param):
                    named = None
        return enum_names(self.fields if named is None else [*found, *(f for f in self.fields if f.name in named)])

    def _field(self, node: t.Field, inner: dict[str, t.Tree]) -> FieldInfo | None:
        """The field that a path leads to, where it begins with a document or an iterator."""
        record = self._record(node.of, inner)
        return next((f for f in record.fields if f.name == node.name), None) if record is not None else None

    def _record(self, node: t.Tree, inner: dict[str, t.Tree]) -> RecordInfo | None:
        if isinstance(node, t.Related):
            return self._kinds[node.document].record
        if isinstance(node, t.Var) and node.name in self._kinds:
            return self._kinds[node.name].record
        tree = inner.get(node.name) if isinstance(node, t.Var) else node
        if not isinstance(tree, t.Field):
            return None
        field = self._field(tree, inner)
        if field is None:
            return None
        return field.record if field.item is None else field.item.record

    def hides(self, node: t.Tree, version: Version) -> bool:
        """True when the value is that of a sensitive field, or a text or a date made from one.

        Numbers and conditions made from one (an age, a comparison) are shown: they are what a finding is about.
        """
        if id(node) not in self._sensitive:
            self._sensitive[id(node)] = node, self._is_sensitive(node, self._sensitive_names(version))
        return self._sensitive[id(node)][1] and not revealed()

    def masked(self, node: t.Tree, data: Any) -> Any:
        """The plain data that an expression outside of rules has given, without what is sensitive."""
        if data is not None and self._is_sensitive(node, frozenset()) and not revealed():
            return MASK
        return self.shown(data)

    def shown(self, data: Any) -> Any:
        """Plain data without the values of sensitive fields, and without identity codes anywhere."""
        if isinstance(data, str):
            return mask(data)
        if isinstance(data, dict):
            hidden = frozenset() if revealed() else self.sensitive
            return {k: MASK if k in hidden and v is not None else self.shown(v) for k, v in data.items()}
        return [self.shown(v) for v in data] if isinstance(data, list) else data

    def _sensitive_names(self, version: Version) -> frozenset[str]:
        """The lets, group keys, iterators and variables within expressions that stand for what is sensitive."""
        if id(version) not in self._variables:
            bound: list[tuple[str, t.Tree]] = [(i.variable, i.domain.tree) for i in version.iterators]
            bound += [(let.unique, let.expression.tree) for let in version.lets]
            bound += [(key, expression.tree) for key, expression in version.group_by]
            for written in (*version.expressions, *version.telling):
                bound += [pair for node in t.walk(written.checked.tree) for pair in t.bound(node)]
            found: frozenset[str] = frozenset()
            while more := {name for name, tree in bound if name not in found and self._is_sensitive(tree, found)}:
                found |= more
            self._variables[id(version)] = version, found
        return self._variables[id(version)][1]

    def _is_sensitive(self, node: t.Tree, names: frozenset[str]) -> bool:
        counted = node.kind in ("number", "boolean")  # what is computed from something sensitive may be told
        for part in [node] if counted else t.walk(node):
            if isinstance(part, (t.Field, t.Project)) and part.name in self.sensitive:
                return True
            if isinstance(part, t.Var) and part.name in names:
                return True
            if isinstance(part, t.Call) and part.function in NAMELESS and part.arguments[0].kind in RECORDS:
                keys = [a.text for a in part.arguments[1:] if isinstance(a, t.Const)]
                if not counted or not self.sensitive.isdisjoint(keys):
                    return True
        return False

    def parts(self, version: Version) -> list[Part]:
        """What the conditions of a version rest on, lets left out: they go by their own names."""
        if id(version) not in self._parts:
            roots: list[Checked | None] = [None if version.grouped else version.when, version.having, version.require]
            lets = {let.unique for let in version.lets}
            found = [
                Part(" ".join(root.text[node.start : node.end].split()), root.text, node)
                for root in roots
                if root is not None
                for node in _telling(root.tree)
                if not (isinstance(node, t.Var) and node.name in lets)
            ]
            self._parts[id(version)] = version, found
        return self._parts[id(version)][1]


def _telling(node: t.Tree) -> list[t.Tree]:
    """The parts of a condition that tell why: whole paths, parameters, variables and calls, loops left out."""
    if isinstance(node, (t.Field, t.Prop, t.Var, t.Call, t.Param)):
        if isinstance(node, t.Call) and node.kind not in SCALAR:
            return [part for a in node.arguments for part in _telling(a)]
        own: list[t.Tree] = [node] if node.kind in SCALAR else []
        inner = [part for a in node.arguments for part in _telling(a)] if isinstance(node, t.Call) else []
        return own + inner
    if isinstance(node, (t.For, t.Quantified, t.Filter, t.Project, t.Define)):
        return []
    if isinstance(node, t.Arith):
        return [node, *_telling(node.left), *_telling(node.right)]
    return [part for child in t.children(node) for part in _telling(child)]
