"""Groups that reach over the shares of a run: out of the process that gathered them, and back where all are judged.

Of an item goes what the rule's groups read. A group with an item that the reference has gathered, or with one of which
more is read than plain values, goes as the numbers of its documents alone: the reference gathers it again from them.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import defstruct

from ktt_policy.build.model import Version
from ktt_policy.engine.stock import Wanted
from ktt_policy.engine.verdicts import STRIDE, Group, Positions
from ktt_policy.expr import typed as t
from ktt_policy.schemas.model import KindInfo, RecordInfo

PLAIN = frozenset(("string", "number", "integer", "boolean", "date", "time"))
WHOLE = ("context", "list")
# What takes items or lists of them apart, or only gives them a name.
HARMLESS = (t.Field, t.Project, t.Filter, t.Index, t.For, t.Quantified, t.Bind, t.Define, t.If, t.Defined)

# Of a group: the number of its version in the program and its key; for each item the number of its document, its
# positions and its date, and what is read of it: None for a group that the reference must gather again.
Spilled = tuple[
    int, tuple[Any, ...], list[int], list[Positions], list[date | None], list[tuple[Any, ...]] | None
]  # fmt: skip


class Items:
    """What the groups of a version read of their items: `fields`, or None where that cannot be told.

    `told_by` is the first part of their keys that is a text of the items, by its place in the key: it tells which
    shares may have items of a group. None where no part is.
    """

    def __init__(self, kind: KindInfo, version: Version) -> None:
        self.fields = _fields(kind, version)
        self.told_by = _told_by(kind, version)
        self.make: Callable[..., Any] = defstruct("Item", [(name, Any) for name in self.fields or ()], gc=False)

    def row(self, item: Any) -> tuple[Any, ...]:
        return tuple(getattr(item, name) for name in self.fields or ())


def _fields(kind: KindInfo, version: Version) -> tuple[str, ...] | None:
    """The fields of its items that the groups of a version may read, where all of them are plain values."""
    record = _record(kind, version)
    judging = [version.group_date, version.having, version.require, *(x.expression for x in version.lets if x.group)]
    nodes = [node for e in judging if e is not None for node in t.walk(e.tree)]
    if record is None or any(_keeps_whole(node) for node in nodes):
        return None
    named = {n.name for n in nodes if isinstance(n, (t.Field, t.Project))}
    read = [field for field in record.fields if field.name in named]
    return tuple(f.name for f in read) if all(f.kind in PLAIN for f in read) else None


def _told_by(kind: KindInfo, version: Version) -> tuple[int, Wanted] | None:
    record = _record(kind, version)
    item = version.iterators[0].variable if version.iterators else kind.name
    path = version.iterators[0].path if version.iterators else ()
    texts = {field.name for field in record.fields if field.kind == "string"} if record is not None else set()
    for place, (_, expression) in enumerate(version.group_by):
        match expression.tree:
            case t.Field(of=t.Var(name=variable), name=name) if variable == item and name in texts:
                return place, Wanted(kind.name, path, name)
    return None


def _record(kind: KindInfo, version: Version) -> RecordInfo | None:
    """What a group's items are; None where `for_each` follows no path."""
    record: RecordInfo | None = kind.record
    for iterator in version.iterators:
        if len(version.iterators) > 1 or iterator.base != kind.name:
            return None
        for name in iterator.path:
            field = next((f for f in record.fields if f.name == name), None) if record is not None else None
            inner = field.item if field is not None and field.item is not None else field
            record = inner.record if inner is not None else None
    return record


def _keeps_whole(node: t.Node) -> bool:
    """True for a node that may compare, count apart or hand on items as a whole, not just their fields."""
    whole = [c for c in t.children(node) if c.kind in WHOLE and not isinstance(c, t.Param)]
    if not whole or isinstance(node, HARMLESS):
        return False
    if isinstance(node, t.Equal):
        return not any(isinstance(c, t.Const) for c in t.children(node))  # with null
    if isinstance(node, t.Call):
        return node.function != "count" and not all(_of_plain(child) for child in whole)
    return True


def _of_plain(node: t.Node) -> bool:
    if isinstance(node, t.Project):
        return node.item_kind not in WHOLE
    return isinstance(node, t.For) and node.body.kind not in WHOLE and not node.flatten


# --- out and back -------------------------------------------------------------------------------------------


class Spill:
    """A file of groups, in parts: all items of a group, by whatever version, are in the same part of every process's
    file."""

    def __init__(self, path: Path, parts: int) -> None:
        self.path = path
        self.parts: list[list[Spilled]] = [[] for _ in range(parts)]
        self.starts: list[int] = []

    def add(self, number: int, key: tuple[Any, ...], group: Group, items: Items | None) -> None:
        """`items` is None for what the reference has gathered."""
        numbers = [document.number for document in group[1::STRIDE]]
        rows = None if items is None or items.fields is None else list(map(items.row, group[::STRIDE]))
        positions, days = list(group[2::STRIDE]), list(group[3::STRIDE])
        self.parts[hash(key) % len(self.parts)].append((number, key, numbers, positions, days, rows))

    def write(self) -> None:
        with self.path.open("wb") as file:
            for part in self.parts:
                self.starts.append(file.tell())
                file.write(pickle.dumps(part))
            self.starts.append(file.tell())
        self.parts = []

    def read(self, part: int) -> list[Spilled]:
        with self.path.open("rb") as file:
            file.seek(self.starts[part])
            # From a process that this one has forked: as much to be trusted as itself.
            made: list[Spilled] = pickle.loads(file.read(self.starts[part + 1] - self.starts[part]))
        return made
