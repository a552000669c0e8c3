"""The syntax tree, as written: one frozen node a construct. `start` and `end` are offsets into the text."""

from __future__ import annotations

from msgspec import Struct

PLACES = ("start", "end", "name_start", "name_end")


class Node(Struct, frozen=True):
    start: int
    end: int


class Number(Node, frozen=True):
    text: str


class String(Node, frozen=True):
    value: str


class Boolean(Node, frozen=True):
    value: bool


class Null(Node, frozen=True):
    pass


class At(Node, frozen=True):
    """`@"2026-01-01"`: the type is read off the text."""

    text: str


class Name(Node, frozen=True):
    name: str


class Path(Node, frozen=True):
    """`of.name`: a field of a context, a projection over a list, or a property of a date or duration."""

    of: Node
    name: str
    name_start: int


class Subscript(Node, frozen=True):
    """`of[inner]`: a filter or an index, which one the checker decides by type."""

    of: Node
    inner: Node


class Call(Node, frozen=True):
    function: str
    arguments: tuple[Node, ...]
    name_end: int


class Unary(Node, frozen=True):
    operand: Node


class Binary(Node, frozen=True):
    operator: str
    left: Node
    right: Node


class Between(Node, frozen=True):
    operand: Node
    low: Node
    high: Node


class In(Node, frozen=True):
    operand: Node
    test: Node


class Comparison(Node, frozen=True):
    """`< 5` behind `in`, or as one of the tests of `in (...)`."""

    operator: str
    right: Node


class Tests(Node, frozen=True):
    """`(a, < b, c)`: only behind `in`."""

    tests: tuple[Node, ...]


class InstanceOf(Node, frozen=True):
    operand: Node
    type: str


class If(Node, frozen=True):
    condition: Node
    then: Node
    otherwise: Node


class Steps(Node, frozen=True):
    """`low..high` as the domain of an iterator."""

    low: Node
    high: Node


class Iterator(Node, frozen=True):
    name: str
    domain: Node


class For(Node, frozen=True):
    iterators: tuple[Iterator, ...]
    body: Node


class Quantified(Node, frozen=True):
    quantifier: str
    iterators: tuple[Iterator, ...]
    body: Node


class Range(Node, frozen=True):
    low: Node
    high: Node
    low_open: bool
    high_open: bool


class ListOf(Node, frozen=True):
    items: tuple[Node, ...]


class Entry(Node, frozen=True):
    key: str
    value: Node


class ContextOf(Node, frozen=True):
    entries: tuple[Entry, ...]


def depth(node: Node) -> int:
    """How many nodes stand below one another; a chain `a + b + c` is as deep as it is long."""
    deepest, level = 0, list[Node]((node,))
    while level:
        deepest += 1
        level = [child for one in level for child in _children(one)]
    return deepest


def _children(node: Node) -> list[Node]:
    found: list[Node] = []
    for name in node.__struct_fields__:
        value = getattr(node, name)
        parts = value if isinstance(value, tuple) else (value,)
        found.extend(part for part in parts if isinstance(part, Node))
    return found


def key(node: object) -> object:
    """The tree without its places: equal for texts that differ in spaces, comments and parentheses only."""
    if isinstance(node, Node):
        return type(node).__name__, *(key(getattr(node, f)) for f in node.__struct_fields__ if f not in PLACES)
    return tuple(map(key, node)) if isinstance(node, tuple) else node
