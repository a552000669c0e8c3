"""What one node of a typed tree may be altered to, as a careless edit would: always well-typed, never itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from ktt_policy.expr import typed as t
from ktt_policy.expr.literals import constant
from ktt_policy.expr.operators import DAYS, MONTHS, OPERATIONS
from ktt_policy.expr.values import YearsMonths, duration_text
from ktt_policy.mutation.shapes import Shapes
from ktt_policy.schemas.model import FieldInfo, RecordInfo

Alternatives = Iterator[t.Tree]

COMPARISONS = {"<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<=")}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*"}
# Functions that take and give the same types.
SWAPPED = {
    "min": ("max",), "max": ("min",), "all": ("any",), "any": ("all",),
    "iso week": ("year month",), "year month": ("iso week",),
    "full months": ("full weeks",), "full weeks": ("full months",),
    "round half up": ("round half down", "round up", "round down"),
    "round half down": ("round half up", "round up", "round down"),
    "round up": ("round half up", "round down"), "round down": ("round half up", "round up"),
    "floor": ("ceiling",), "ceiling": ("floor",), "even": ("odd",), "odd": ("even",),
    "day of week": ("month of year",), "month of year": ("day of week",),
    "day of year": ("week of year",), "week of year": ("day of year",),
    "starts with": ("ends with",), "ends with": ("starts with",),
    "before": ("after",), "after": ("before",),
}  # fmt: skip
AGGREGATES = ("sum", "max", "min")
SAME_LIST = ("distinct values", "reverse", "sort")


class Chooser:
    """Alternatives within one expression. `mentioned` are the texts that it speaks of; `bound` what the variables
    stand for that were made to evaluate an operand once.
    """

    def __init__(self, shapes: Shapes, tree: t.Tree) -> None:
        self.shapes = shapes
        self.bound: dict[str, t.Tree] = {}
        self.mentioned = {n.text for n in t.walk(tree) if isinstance(n, t.Const) and n.kind == "string"}

    def enter(self, node: t.Tree) -> None:
        """Learn the names that a node brings; called for each node on the way down."""
        self.shapes.enter(node)
        if isinstance(node, t.Bind):
            self.bound[node.var] = node.value

    def of(self, node: t.Tree) -> Alternatives:
        """The alternatives of a node, without those of the parts below it."""
        handler = _HANDLERS.get(node.__class__)
        if handler is not None:
            yield from handler(self, node)
        if node.kind == "boolean" and isinstance(node, CONDITIONS):
            yield t.Not(node.start, node.end, "boolean", node.nulls, node)

    def const(self, n: t.Const) -> Alternatives:
        if n.kind == "number":
            yield from (replace(n, text=f"{Decimal(n.text) + step:f}") for step in (1, -1))
        elif n.kind in (DAYS, MONTHS, "date"):
            yield from (replace(n, text=text) for text in moved(n.kind, constant(n.kind, n.text)))
        elif n.kind == "boolean":
            yield replace(n, text="false" if n.text == "true" else "true")

    def compare(self, n: t.Compare) -> Alternatives:
        yield from (replace(n, operator=operator) for operator in COMPARISONS[n.operator])

    def equal(self, n: t.Equal) -> Alternatives:
        yield replace(n, negated=not n.negated)
        for literal, other, side in ((n.left, n.right, "left"), (n.right, n.left, "right")):
            for text in self.another(literal, self.shapes.of(other).members):
                yield replace(n, **{side: text})

    def another(self, literal: t.Tree, members: tuple[str, ...] | None) -> Alternatives:
        """The next value of the enum that the expression does not speak of, or simply the next."""
        if isinstance(literal, t.Const) and literal.kind == "string" and members and literal.text in members:
            at = members.index(literal.text)
            others = (*members[at + 1 :], *members[:at])
            chosen = next((m for m in others if m not in self.mentioned), others[0] if others else None)
            if chosen is not None:
                yield replace(literal, text=chosen)

    def logic(self, n: t.Logic) -> Alternatives:
        yield replace(n, operator="and" if n.operator == "or" else "or")
        yield n.left
        # In a chain `a and b and c` each operand is dropped once: the last but one by the node on the left.
        if not (isinstance(n.left, t.Logic) and n.left.operator == n.operator):
            yield n.right

    def negation(self, n: t.Not) -> Alternatives:
        yield n.operand

    def minus(self, n: t.Neg) -> Alternatives:
        yield n.operand

    def arithmetic(self, n: t.Arith) -> Alternatives:
        operator, (_, left, right) = ARITHMETIC.get(n.operator, ""), n.mode.split("|")
        entry = OPERATIONS.get((operator, left, right))
        if entry is not None and entry[0] == n.kind:
            yield replace(n, operator=operator, mode=f"{operator}|{left}|{right}")
        if n.operator in ("+", "-"):
            yield from (
                side for side in (n.left, n.right) if side.kind == n.kind and (n.operator == "+" or side is n.left)
            )

    def conditional(self, n: t.If) -> Alternatives:
        yield replace(n, then=n.otherwise, otherwise=n.then)

    def range(self, n: t.RangeOf) -> Alternatives:
        yield replace(n, low_open=not n.low_open)
        yield replace(n, high_open=not n.high_open)

    def filter(self, n: t.Filter) -> Alternatives:
        yield n.of

    def quantified(self, n: t.Quantified) -> Alternatives:
        yield replace(n, some=not n.some)

    def list(self, n: t.ListOf) -> Alternatives:
        for i in range(len(n.members)):
            yield replace(n, members=(*n.members[:i], *n.members[i + 1 :]))

    def call(self, n: t.Call) -> Alternatives:
        for name in SWAPPED.get(n.function, ()):
            yield replace(n, function=name)
        one = n.arguments[0] if len(n.arguments) == 1 else None
        if n.function in SAME_LIST and one is not None:
            yield one
        if one is not None and one.kind == "list" and n.kind == "number":
            numbers = isinstance(one, t.Project) and one.item_kind == "number"
            if n.function in AGGREGATES and n.function != "sum":
                yield replace(n, function="sum")
            if n.function in AGGREGATES:
                yield replace(n, function="count")
            if n.function == "sum" or (n.function == "count" and numbers):
                yield replace(n, function="max")
            if n.function == "count" and numbers:
                yield replace(n, function="sum")
        if n.function == "list contains":
            yield from self.contained(n)
        elif n.function in ("period end", "add working days"):
            yield plain_sum(n)

    def field(self, n: t.Field) -> Alternatives:
        yield from self.neighbour(n, self.shapes.of(n.of).record)

    def project(self, n: t.Project) -> Alternatives:
        item = self.shapes.of(n.of).item
        yield from self.neighbour(n, item.record if item is not None else None)

    def neighbour(self, n: t.Field | t.Project, record: RecordInfo | None) -> Alternatives:
        """The next field of the record that has the same type."""
        names = [f.name for f in record.fields] if record is not None else []
        own = next((f for f in record.fields if f.name == n.name), None) if record is not None else None
        if record is None or own is None or own.record is not None:
            return
        at = names.index(n.name)
        for other in (*record.fields[at + 1 :], *record.fields[:at]):
            if alike(own, other):
                yield replace(n, name=other.name)
                return

    def contained(self, n: t.Call) -> Alternatives:
        items, element = n.arguments
        item = self.shapes.of(items).item
        for text in self.another(element, item.members if item is not None else None):
            yield replace(n, arguments=(items, text))


def alike(one: FieldInfo, other: FieldInfo) -> bool:
    """True for fields of one type; texts of an enum are alike when they share a value."""
    if one.kind != other.kind or (one.members is None) != (other.members is None):
        return False
    if one.item is not None and other.item is not None:
        return one.item.record is None and alike(one.item, other.item)
    return one.members is None or other.members is None or bool(set(one.members) & set(other.members))


def plain_sum(n: t.Call) -> t.Tree:
    """`start + duration` for a function of the calendar."""
    start, length = n.arguments[:2]
    if n.function == "add working days":
        day = t.Const(length.start, length.end, DAYS, 0, "P1D")
        length = t.Arith(length.start, length.end, DAYS, length.nulls, "*", f"*|{DAYS}|number", day, length)
    return t.Arith(n.start, n.end, "date", n.nulls, "+", f"+|date|{length.kind}", start, length)


def moved(kind: str, value: Any) -> list[str]:
    """A date or duration one step more and one less, as text: a day, or for calendar months a month."""
    made = []
    for step in (1, -1):
        with suppress(OverflowError):  # there is no day beyond the last
            if kind == MONTHS:
                made.append(str(YearsMonths(value.months + step)))
            elif kind == DAYS:
                made.append(duration_text(value + timedelta(days=step)))
            else:
                made.append((value + timedelta(days=step)).isoformat())
    return made


# What `not` may be put around; comparisons have their own opposites.
CONDITIONS = (t.Var, t.Field, t.Call, t.Defined, t.Quantified, t.InRange, t.InstanceOf, t.Define)

_HANDLERS: dict[type, Callable[[Chooser, Any], Alternatives]] = {
    t.Const: Chooser.const, t.Compare: Chooser.compare, t.Equal: Chooser.equal, t.Not: Chooser.negation,
    t.Neg: Chooser.minus, t.Arith: Chooser.arithmetic, t.If: Chooser.conditional, t.RangeOf: Chooser.range,
    t.Filter: Chooser.filter, t.Quantified: Chooser.quantified, t.ListOf: Chooser.list, t.Call: Chooser.call,
    t.Logic: Chooser.logic, t.Field: Chooser.field, t.Project: Chooser.project,
}  # fmt: skip
