"""The typed tree: what the checker makes and both evaluators run.

Smaller than the syntax: names are resolved and unique, operators are chosen by type, definitions are inlined,
`in` and `between` are spelt out. It is data (msgspec structs), so that a checked rulebook can be kept in a cache.
`kind` and `nulls` are the node's type in short; `items` the null bits of a list's elements.

The annotations here and in `build.model` are evaluated as they are written: msgspec would evaluate those of every
class again, from their texts, before it reads the cache.
"""

from functools import cache, cached_property
from typing import Any, Literal, get_args

from msgspec import Raw, Struct
from msgspec.msgpack import Decoder, encode


class Node(Struct, frozen=True, tag_field="node", array_like=True):
    start: int
    end: int
    kind: str
    nulls: int


class Const(Node, frozen=True, tag="k"):
    """A constant as kind and text; `literals.constant` gives the value."""

    text: str


class Var(Node, frozen=True, tag="v"):
    """An iterator, `item`, a `let`, a group key, the document, `group`, `today` or `run.complete`."""

    name: str
    items: int = 0


class Param(Node, frozen=True, tag="p"):
    """`parameters.name`, resolved at the reference date."""

    name: str
    items: int = 0


class Field(Node, frozen=True, tag="f"):
    """`own` are the null bits of the field itself; `nulls` has those of what it is a field of as well."""

    of: "Tree"
    name: str
    record: bool
    items: int = 0
    own: int = 0


class Prop(Node, frozen=True, tag="q"):
    """A property of a date, time or duration: `.year`, `.weekday`, `.days` …"""

    of: "Tree"
    name: str


class Project(Node, frozen=True, tag="j"):
    """`list.name`: the field of every item."""

    of: "Tree"
    name: str
    record: bool
    items: int
    item_kind: str


class Filter(Node, frozen=True, tag="w"):
    of: "Tree"
    var: str
    predicate: "Tree"
    items: int


class Index(Node, frozen=True, tag="x"):
    of: "Tree"
    index: "Tree"
    items: int = 0


class Neg(Node, frozen=True, tag="n"):
    operand: "Tree"


class Not(Node, frozen=True, tag="!"):
    operand: "Tree"


class Arith(Node, frozen=True, tag="a"):
    """`mode` is the operator and the kinds of both operands: `+|number|number`, `-|date|date` …"""

    operator: str
    mode: str
    left: "Tree"
    right: "Tree"


class Compare(Node, frozen=True, tag="c"):
    """`<`, `<=`, `>`, `>=` on one ordered type."""

    operator: str
    left: "Tree"
    right: "Tree"


class Equal(Node, frozen=True, tag="e"):
    """`=` or `!=`; `deep` when the operands are lists, contexts, ranges or of unknown type."""

    negated: bool
    deep: bool
    left: "Tree"
    right: "Tree"


class Logic(Node, frozen=True, tag="l"):
    """`and` / `or`, three-valued."""

    operator: Literal["and", "or"]
    left: "Tree"
    right: "Tree"


class If(Node, frozen=True, tag="i"):
    condition: "Tree"
    then: "Tree"
    otherwise: "Tree"
    items: int = 0


class InRange(Node, frozen=True, tag="r"):
    operand: "Tree"
    range: "Tree"


class RangeOf(Node, frozen=True, tag="o"):
    low: "Tree"
    high: "Tree"
    low_open: bool
    high_open: bool


class ListOf(Node, frozen=True, tag="["):
    members: "tuple[Tree, ...]"
    items: int


class ContextOf(Node, frozen=True, tag="{"):
    keys: tuple[str, ...]
    values: "tuple[Tree, ...]"


class Steps(Node, frozen=True, tag="s"):
    """`low..high` as the domain of an iterator: whole numbers or days, either way."""

    low: "Tree"
    high: "Tree"


class For(Node, frozen=True, tag="4"):
    var: str
    domain: "Tree"
    body: "Tree"
    items: int
    flatten: bool = False


class Quantified(Node, frozen=True, tag="?"):
    some: bool
    var: str
    domain: "Tree"
    body: "Tree"


class Call(Node, frozen=True, tag="("):
    function: str
    arguments: "tuple[Tree, ...]"
    items: int = 0


class InstanceOf(Node, frozen=True, tag="t"):
    operand: "Tree"
    type: str


class Defined(Node, frozen=True, tag="d"):
    operand: "Tree"


class Related(Node, frozen=True, tag="R"):
    """`related(kind, key)`."""

    document: str
    key: "Tree"


class Documents(Node, frozen=True, tag="D"):
    """`all documents(kind)`."""

    document: str


class Bind(Node, frozen=True, tag="b"):
    """`value` named `var` inside `body`: the operand of `in` or `between`, so that it is evaluated once."""

    var: str
    value: "Tree"
    body: "Tree"


class Define(Node, frozen=True, tag=":"):
    """An inlined definition: `body` stands in the definition's own text, `arguments` in the caller's."""

    name: str
    variables: tuple[str, ...]
    arguments: "tuple[Tree, ...]"
    body: "Tree"
    text: str
    items: int = 0


Tree = (
    Const | Var | Param | Field | Prop | Project | Filter | Index | Neg | Not | Arith | Compare | Equal | Logic
    | If | InRange | RangeOf | ListOf | ContextOf | Steps | For | Quantified | Call | InstanceOf | Defined
    | Related | Documents | Bind | Define
)  # fmt: skip
_MEANT: dict[object, object] = {"Tree": Tree, "tuple[Tree, ...]": tuple[Tree, ...]}
# Names become what they stand for, or msgspec would compile them again at each of their places.
for _node in get_args(Tree):
    _node.__annotations__ = {field: _MEANT.get(meant, meant) for field, meant in _node.__annotations__.items()}


class Checked(Struct, frozen=True, array_like=True, dict=True):
    """A checked expression: the typed tree, the text that its offsets point into, the parameters that it reads.

    The tree stays packed until it is asked for: of a rulebook from the cache, a small run asks for few.
    """

    packed: Raw
    text: str
    parameters: tuple[str, ...]

    @classmethod
    def of(cls, tree: Tree, text: str) -> "Checked":
        read = {node.name for node in walk(tree) if isinstance(node, Param)}
        made = cls(Raw(encode(tree)), text, tuple(sorted(read)))
        made.__dict__["tree"] = tree
        return made

    @cached_property
    def tree(self) -> Tree:
        return _unpacker().decode(self.packed)


@cache
def _unpacker() -> "Decoder[Tree]":
    return Decoder(Tree)


def children(node: Node) -> list[Any]:
    """The child trees of a node, in written order."""
    found: list[Any] = []
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(v for v in value if isinstance(v, Node))
    return found


DEEPEST = 200  # levels of a whole tree, definitions included: what every evaluator goes down within Python's own limit


def depth(node: Node) -> int:
    """How many levels a tree has."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for one in level for child in children(one)]
    return deepest


LOOPED = 16  # loops within each other, each a block of compiled code, of which Python takes twenty


def loops(node: Node) -> int:
    """How many loops of a tree stand within each other."""
    inner = max(map(loops, children(node)), default=0)
    return inner + isinstance(node, (For, Quantified, Filter))


def walk(node: Node) -> list[Any]:
    """The node and all below it, parents first."""
    found = [node]
    for child in children(node):
        found.extend(walk(child))
    return found


def bound(node: Node) -> list[tuple[str, Any]]:
    """The variables that a node brings, each with the tree that it stands for, or for an item of."""
    match node:
        case Filter():
            return [(node.var, node.of)]
        case For() | Quantified():
            return [(node.var, node.domain)]
        case Bind():
            return [(node.var, node.value)]
        case Define():
            return list(zip(node.variables, node.arguments, strict=True))
    return []


def path_of(tree: Node) -> tuple[str, tuple[str, ...]]:
    """A plain path as its root variable and fields; an empty root when it is no path."""
    fields: list[str] = []
    while isinstance(tree, Field):
        fields.append(tree.name)
        tree = tree.of
    return (tree.name, tuple(reversed(fields))) if isinstance(tree, Var) else ("", ())


def key(node: Any) -> Any:
    """The node's meaning without its place: equal keys, equal values in one scope."""
    if isinstance(node, Node):
        fields = node.__struct_fields__[4:]
        return (node.__class__.__name__, node.kind, *(key(getattr(node, f)) for f in fields))
    if isinstance(node, tuple):
        return tuple(key(n) for n in node)
    return node
