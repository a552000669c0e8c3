"""Can a condition be true at all? An abstract evaluation over the typed tree.

A *world* is what must hold of the values that a condition reads for it to be true: for each value the texts or
bounds that are left to it, for each pair of values how they compare. `and` narrows a world, `or` makes two; where a
world has nothing left for some value it is impossible, and a condition without any world can never be true. What is
not understood narrows nothing, so "never" is never claimed falsely; that a condition has a world proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from ktt_policy.expr import typed as t
from ktt_policy.expr.literals import constant
from ktt_policy.expr.typesystem import ANY, KNOWN, Type, list_of, union

Tagged = tuple[str, Any]  # kind and value: true and 1 are not the same
World = dict[Any, Any]  # a value's key → Domain; a pair of keys → how they may compare
MANY, LONG = 64, 5000

BELOW, SAME, ABOVE, OTHER = "<", "=", ">", "other"
HOLDS = {"<": {BELOW}, "<=": {BELOW, SAME}, ">": {ABOVE}, ">=": {ABOVE, SAME}}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", BELOW: ABOVE, ABOVE: BELOW, SAME: SAME, OTHER: OTHER}
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Domain(Struct, frozen=True):
    """What is left to a value. `values` is None where it may be anything; a bound is a value and whether it is open."""

    null: bool = True
    values: frozenset[Tagged] | None = None
    banned: frozenset[Tagged] = frozenset()
    low: tuple[Tagged, bool] | None = None
    high: tuple[Tagged, bool] | None = None

    @property
    def empty(self) -> bool:
        if self.null:
            return False
        if self.values is not None:
            return not any(self.admits(value) for value in self.values)
        if self.low is None or self.high is None or self.low[0][0] != self.high[0][0]:
            return False
        low, high = self.low[0][1], self.high[0][1]
        if low == high:
            return self.low[1] or self.high[1] or self.low[0] in self.banned
        return bool(low > high)

    def admits(self, value: Tagged) -> bool:
        if value in self.banned:
            return False
        kind, plain = value
        for bound, below in ((self.low, True), (self.high, False)):
            if bound is not None and bound[0][0] == kind:
                limit, is_open = bound[0][1], bound[1]
                if (is_open and plain == limit) or (plain < limit if below else plain > limit):
                    return False
        return True


class Names(Struct, frozen=True):
    """What variables stand for here: arguments of definitions and operands, and the types of loop variables."""

    bound: Mapping[str, tuple[t.Tree, Any]] = {}
    types: Mapping[str, Type] = {}


ROOT = Names()


class Worlds:
    """`lets` are names for other trees (lets, group keys); `types` those of the document, of iterators and `group`."""

    def __init__(
        self,
        lets: Mapping[str, t.Tree],
        types: Mapping[str, Type],
        documents: Mapping[str, Type],
        parameters: Mapping[str, Type],
    ) -> None:
        self.lets, self.types, self.documents, self.parameters = lets, types, documents, parameters
        self.numbers: dict[Any, int] = {}
        self.read: dict[int, frozenset[str]] = {}  # the variables in the value of that number
        self.known: dict[int, tuple[t.Tree, int]] = {}  # nodes outside definitions, by identity, with their numbers
        self.left = LONG

    def of(self, tree: t.Tree, worlds: list[World] | None = None, names: Names = ROOT) -> list[World]:
        """The worlds, out of those given, in which the condition is true."""
        self.left = LONG
        return self._each(worlds or [{}], lambda world: self.worlds(tree, True, world, names))

    def without(self, worlds: list[World], parameters: str = "parameters") -> list[World]:
        """The worlds without what they say of parameters, whose values another day may change."""
        return [{k: v for k, v in world.items() if not self._mentions(k, parameters)} for world in worlds]

    # --- conditions -------------------------------------------------------------------------------------

    def worlds(self, node: t.Tree, truth: bool, world: World, names: Names) -> list[World]:
        """The world, narrowed so that the node comes out as `truth`: none, one or several."""
        self.left -= 1
        if self.left < 0:
            return [world]
        node, names = self.resolve(node, names)
        if isinstance(node, t.Const):
            return [world] if node.kind == "boolean" and (node.text == "true") is truth else []
        if isinstance(node, t.Not):
            return self.worlds(node.operand, not truth, world, names)
        if isinstance(node, t.Logic):
            if (node.operator == "and") is truth:
                left = self.worlds(node.left, truth, world, names)
                return self._each(left, lambda one: self.worlds(node.right, truth, one, names), world)
            return self._some(node.left, node.right, truth, world, names)
        if isinstance(node, t.If):
            return self._if(node, truth, world, names)
        if isinstance(node, t.Equal):
            return self._equal(node, truth is not node.negated, world, names)
        if isinstance(node, t.Compare):
            operator = node.operator if truth else NEGATED[node.operator]
            return self._compare(operator, (node.left, names), (node.right, names), world)
        if isinstance(node, t.InRange):
            return self._in_range(node, truth, world, names)
        if isinstance(node, t.Call) and node.function == "list contains":
            return self._contains(node, truth, world, names)
        if isinstance(node, t.Quantified) and node.some is truth and not self._body(node, truth, world, names):
            return []
        return self._narrow(node, names, world, null=False, values={("boolean", truth)})

    def _each(
        self, worlds: list[World], step: Callable[[World], list[World]], given: World | None = None
    ) -> list[World]:
        """All that a step makes of the worlds; too many of them are forgotten, which only says less."""
        made = [found for world in worlds for found in step(world)]
        return made if len(made) <= MANY else [given if given is not None else {}]

    def _some(self, left: t.Tree, right: t.Tree, truth: bool, world: World, names: Names) -> list[World]:
        found = [*self.worlds(left, truth, world, names), *self.worlds(right, truth, world, names)]
        return found if len(found) <= MANY else [world]

    def _if(self, node: t.If, truth: bool, world: World, names: Names) -> list[World]:
        yes = self.worlds(node.condition, True, world, names)
        found = self._each(yes, lambda one: self.worlds(node.then, truth, one, names), world)
        # A stated null takes the other branch as well.
        no = [world] if self.may_be_null(node.condition, names) else self.worlds(node.condition, False, world, names)
        found += self._each(no, lambda one: self.worlds(node.otherwise, truth, one, names), world)
        return found if len(found) <= MANY else [world]

    def _body(self, node: t.Quantified, truth: bool, world: World, names: Names) -> list[World]:
        outer = {k: v for k, v in world.items() if not self._mentions(k, node.var)}
        return self.worlds(node.body, truth, outer, self.inside(node.var, node.domain, names))

    def inside(self, variable: str, domain: t.Tree, names: Names) -> Names:
        """The names inside a loop over the domain."""
        bound = {name: entry for name, entry in names.bound.items() if name != variable}
        return Names(bound, {**names.types, variable: self.type_of(domain, names).item or ANY})

    # --- comparisons ------------------------------------------------------------------------------------

    def _equal(self, node: t.Equal, same: bool, world: World, names: Names) -> list[World]:
        (left, ln), (right, rn) = self.resolve(node.left, names), self.resolve(node.right, names)
        if isinstance(left, t.Const) and isinstance(right, t.Const):
            return [world] if (_tagged(left) == _tagged(right)) is same else []
        if isinstance(left, t.Const):
            (left, ln), (right, rn) = (right, rn), (left, ln)
        if not isinstance(right, t.Const):
            return self._order(left, ln, right, rn, {SAME} if same else {BELOW, ABOVE, OTHER}, world)
        if right.kind == "null":
            return self._narrow(left, ln, world, values=set()) if same else self._narrow(left, ln, world, null=False)
        if same:
            return self._narrow(left, ln, world, null=False, values={_tagged(right)})
        return self._narrow(left, ln, world, banned={_tagged(right)})

    def _compare(
        self, operator: str, left: tuple[t.Tree, Names], right: tuple[t.Tree, Names], world: World
    ) -> list[World]:
        (a, an), (b, bn) = self.resolve(*left), self.resolve(*right)
        if isinstance(a, t.Const) and isinstance(b, t.Const):
            one, other = _tagged(a), _tagged(b)
            if "null" in (a.kind, b.kind) or one[0] != other[0]:
                return []
            order = SAME if one[1] == other[1] else BELOW if one[1] < other[1] else ABOVE
            return [world] if order in HOLDS[operator] else []
        if isinstance(a, t.Const):
            a, an, b, bn, operator = b, bn, a, an, FLIPPED[operator]
        if not isinstance(b, t.Const):
            return self._order(a, an, b, bn, HOLDS[operator], world)
        if b.kind == "null":
            return []
        bound = (_tagged(b), operator in "<>")
        if operator in ("<", "<="):
            return self._narrow(a, an, world, null=False, high=bound)
        return self._narrow(a, an, world, null=False, low=bound)

    def _order(self, a: t.Tree, an: Names, b: t.Tree, bn: Names, allowed: set[str], world: World) -> list[World]:
        one, other = self.key(a, an), self.key(b, bn)
        if one > other:
            one, other, allowed = other, one, {FLIPPED[order] for order in allowed}
        left = world.get((one, other), frozenset((BELOW, SAME, ABOVE, OTHER))) & allowed
        if one == other:
            left &= {SAME}
        return [{**world, (one, other): left}] if left else []

    def _in_range(self, node: t.InRange, truth: bool, world: World, names: Names) -> list[World]:
        span, inner = self.resolve(node.range, names)
        if not isinstance(span, t.RangeOf):
            return self._narrow(node, names, world, null=False, values={("boolean", truth)})
        operand = (node.operand, names)
        low = ">" if span.low_open else ">="
        high = "<" if span.high_open else "<="
        if truth:
            above = self._compare(low, operand, (span.low, inner), world)
            return self._each(above, lambda one: self._compare(high, operand, (span.high, inner), one), world)
        found = self._compare(NEGATED[low], operand, (span.low, inner), world)
        return found + self._compare(NEGATED[high], operand, (span.high, inner), world)

    def _contains(self, node: t.Call, truth: bool, world: World, names: Names) -> list[World]:
        members, _ = self.resolve(node.arguments[0], names)
        item, inner = self.resolve(node.arguments[1], names)
        if not isinstance(members, t.ListOf) or isinstance(item, t.Const):
            return self._narrow(node, names, world, null=False, values={("boolean", truth)})
        constants = [m for m in members.members if isinstance(m, t.Const)]
        values = {_tagged(m) for m in constants if m.kind != "null"}
        if not truth:
            return self._narrow(item, inner, world, banned=values)
        if len(constants) < len(members.members):
            return [world]
        null = any(m.kind == "null" for m in constants)
        return self._narrow(item, inner, world, null=null, values=values)

    # --- values -----------------------------------------------------------------------------------------

    def _narrow(
        self, node: t.Tree, names: Names, world: World, null: bool = True, values: set[Tagged] | None = None,
        banned: set[Tagged] | None = None, low: tuple[Tagged, bool] | None = None,
        high: tuple[Tagged, bool] | None = None,
    ) -> list[World]:  # fmt: skip
        """The world with less left to a value: no world where nothing is."""
        key = self.key(node, names)
        was = world.get(key)
        if was is None:
            members = self.members(node, names)
            was = Domain(self.may_be_null(node, names), members)
        allowed = was.values
        if values is not None:
            allowed = frozenset(values) if allowed is None else allowed & values
        now = Domain(
            was.null and null, allowed, was.banned | (banned or set()), _tighter(was.low, low, lambda a, b: a > b),
            _tighter(was.high, high, lambda a, b: a < b),
        )  # fmt: skip
        return [] if now.empty else [{**world, key: now}]

    def members(self, node: t.Tree, names: Names) -> frozenset[Tagged] | None:
        if node.kind == "boolean":
            return frozenset((("boolean", True), ("boolean", False)))
        found = self.type_of(node, names).members
        return frozenset(("string", member) for member in found) if found is not None else None

    def may_be_null(self, node: t.Tree, names: Names) -> bool:
        """True when the value may be a stated null."""
        node, names = self.resolve(node, names)
        if isinstance(node, t.Field):
            return bool(node.own & KNOWN) or self.may_be_null(node.of, names)
        return bool(node.nulls & KNOWN)

    def type_of(self, node: t.Tree, names: Names) -> Type:
        """The type of a path, from the schemas; `any` for what is none."""
        node, names = self.resolve(node, names)
        if isinstance(node, t.Var):
            return names.types.get(node.name) or self.types.get(node.name) or ANY
        if isinstance(node, t.Field):
            return (self.type_of(node.of, names).fields or {}).get(node.name, ANY)
        if isinstance(node, t.Project):
            item = self.type_of(node.of, names).item or ANY
            return list_of((item.fields or {}).get(node.name, ANY))
        if isinstance(node, t.Filter):
            return self.type_of(node.of, names)
        if isinstance(node, t.Index):
            return self.type_of(node.of, names).item or ANY
        if isinstance(node, t.If):
            return union(self.type_of(node.then, names), self.type_of(node.otherwise, names))
        if isinstance(node, t.Param):
            return self.parameters.get(node.name, ANY)
        if isinstance(node, t.Related):
            return self.documents[node.document]
        return list_of(self.documents[node.document]) if isinstance(node, t.Documents) else ANY

    def resolve(self, node: t.Tree, names: Names) -> tuple[t.Tree, Names]:
        """The node that a name, a definition or a binding stands for, and the names that hold there."""
        while True:
            if isinstance(node, t.Var) and node.name in names.bound:
                node, names = names.bound[node.name]
            elif isinstance(node, t.Var) and node.name in self.lets and node.name not in names.types:
                node, names = self.lets[node.name], ROOT
            elif isinstance(node, t.Bind):
                bound = {**names.bound, node.var: (node.value, names)}
                node, names = node.body, Names(bound, names.types)
            elif isinstance(node, t.Define):
                arguments = zip(node.variables, node.arguments, strict=True)
                node, names = node.body, Names({v: (a, names) for v, a in arguments})
            else:
                return node, names

    def key(self, node: t.Tree, names: Names) -> int:
        """A number for a value: the same number, the same value."""
        node, names = self.resolve(node, names)
        if names is ROOT and id(node) in self.known:
            return self.known[id(node)][1]
        read: set[str] = set()

        def part(value: Any) -> Any:
            if isinstance(value, t.Node):
                number = self.key(value, names)  # type: ignore[arg-type]
                read.update(self.read[number])
                return number
            return ("", *map(part, value)) if isinstance(value, tuple) else value

        if isinstance(node, t.Var):
            read.add(node.name)
        if isinstance(node, t.Param):
            read.add("parameters")
        written = (node.__class__.__name__, node.kind, *(part(getattr(node, f)) for f in node.__struct_fields__[4:]))
        number = self.numbers.setdefault(written, len(self.numbers))
        self.read[number] = frozenset(read)
        if names is ROOT:
            self.known[id(node)] = (node, number)
        return number

    def _mentions(self, key: Any, name: str) -> bool:
        return any(name in self.read[number] for number in (key if isinstance(key, tuple) else (key,)))


def _tagged(node: t.Const) -> Tagged:
    return node.kind, constant(node.kind, node.text)


def _tighter(
    one: tuple[Tagged, bool] | None, other: tuple[Tagged, bool] | None, inside: Callable[[Any, Any], bool]
) -> tuple[Tagged, bool] | None:
    """The bound that leaves less; of two alike the open one."""
    if one is None or other is None or one[0][0] != other[0][0]:
        return one if other is None else other
    if one[0][1] == other[0][1]:
        return one[0], one[1] or other[1]
    return one if inside(one[0][1], other[0][1]) else other
