"""The checker's part for operators: arithmetic, comparisons, `in`, `between`, `and` and `or`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ktt_policy.diagnostics import did_you_mean
from ktt_policy.expr import syntax as s
from ktt_policy.expr import typed as t
from ktt_policy.expr.operators import OPERATIONS
from ktt_policy.expr.scope import Frame, Scope
from ktt_policy.expr.typesystem import ORDERED, UNKNOWN, Type, alike, an, holds_unknown, strange_among

Result = tuple[t.Tree, Type]


class OperatorChecks:
    """Mixed into `checker.Checker`, which gives the rest."""

    scope: Scope

    if TYPE_CHECKING:

        def report(self, code: str, message: str, node: Any, help: str = "", origin: Type | None = None) -> None: ...
        def expression(self, node: s.Node, frame: Frame) -> Result: ...
        def failed(self, node: s.Node) -> Result: ...
        def fresh(self, name: str) -> str: ...

    def on_Unary(self, n: s.Unary, frame: Frame) -> Result:  # noqa: N802
        node, found = self.expression(n.operand, frame)
        if found.kind == "error":
            return self.failed(n)
        if found.kind not in ("number", "days and time duration", "years and months duration", "null"):
            self.report("E405", f"`-` needs a number or a duration, and this is {an(found)}", n.operand, origin=found)
            return self.failed(n)
        nulls = UNKNOWN if found.nulls else 0
        return t.Neg(n.start, n.end, found.kind, nulls, node), Type(found.kind, nulls)

    def on_Binary(self, n: s.Binary, frame: Frame) -> Result:  # noqa: N802
        left, right = self.expression(n.left, frame), self.expression(n.right, frame)
        if n.operator in ("and", "or"):
            return self._logic(n, left, right)
        if "error" in (left[1].kind, right[1].kind):
            return self.failed(n)
        if n.operator in ("=", "!="):
            return self.equality(n, n.operator == "!=", left, right)
        if n.operator in ("<", "<=", ">", ">="):
            return self._comparison(n, n.operator, left, right)
        return self._arithmetic(n, left, right)

    def _logic(self, n: s.Binary, left: Result, right: Result) -> Result:
        for side, written in ((left, n.left), (right, n.right)):
            if side[1].kind not in ("boolean", "null", "error"):
                message = f"`{n.operator}` needs conditions, and this is {an(side[1])}"
                self.report("E405", message, written, origin=side[1])
                return self.failed(n)
        if "error" in (left[1].kind, right[1].kind):
            return self.failed(n)
        nulls = UNKNOWN if left[1].nulls or right[1].nulls else 0
        operator: Literal["and", "or"] = "and" if n.operator == "and" else "or"
        return t.Logic(n.start, n.end, "boolean", nulls, operator, left[0], right[0]), Type("boolean", nulls)

    def equality(self, n: s.Node, negated: bool, left: Result, right: Result) -> Result:
        a, b = left[1], right[1]
        if not alike(a, b):
            self.unlike(n, a, b)
            return self.failed(n)
        self.members(left, right)
        if a.kind == b.kind == "list" and a.item is not None and b.item is not None:
            for (node, listed), other in (((left[0], a.item), right), ((right[0], b.item), left)):
                if not _is_written_out(node):
                    self.among((node, listed), other)
        unknown = (a.nulls | b.nulls) & UNKNOWN
        deep = any(x.kind in ("list", "context", "range", "any") for x in (a, b))
        if deep and "null" not in (a.kind, b.kind) and (holds_unknown(a) or holds_unknown(b)):
            unknown = UNKNOWN
        node = t.Equal(n.start, n.end, "boolean", unknown, negated, deep, left[0], right[0])
        return node, Type("boolean", unknown)

    def unlike(self, n: s.Node, a: Type, b: Type) -> None:
        help = ""
        if {a.kind, b.kind} == {"date", "string"}:
            help = 'a date is written @"2026-01-31", or date(text) makes one'
        elif {a.kind, b.kind} == {"number", "string"}:
            help = "number(text) and string(number) convert"
        known = a if a.origin is not None else b
        self.report("E405", f"{an(a)} and {an(b)} cannot be compared", n, help, origin=known)

    def members(self, left: Result, right: Result) -> None:
        """A text that the other side never has can never be equal to it: a literal, or the value of a parameter."""
        for (node, one), (other_node, other) in ((left, right), (right, left)):
            if other.members is None or isinstance(other_node, t.Const):
                continue
            literal = isinstance(node, t.Const) and one.members is not None
            strange = None
            if literal:
                strange = next((text for text in one.members or () if text not in other.members), None)
            elif one.values is not None and other.values is None:
                if other.origin is not None:
                    self.scope.compared.setdefault(one.parameter, set()).update(other.members)
                strange = strange_among(one.values, other.members)
            if strange is not None:
                what = f'"{strange}"' if literal else f'"{strange}", a value of the parameter,'
                where = "the values of the field" if other.origin is not None else "the values that it is compared with"
                help = did_you_mean(strange, other.members)
                self.report("E406", f"{what} is not among {where}", (node.start, node.end), help, origin=other)
                return
        (node, one), (_, other) = left, right
        fields = one.origin is not None and other.origin is not None
        if fields and one.members and other.members and not set(one.members) & set(other.members):
            help = f"its values are {', '.join(one.members)}"
            what = "this is never one of the values of the field that it is compared with"
            self.report("E406", what, (node.start, node.end), help, origin=other)

    def among(self, element: Result, listed: Result) -> None:
        """What is looked for in a list, held against each of its elements, or all of them at once."""
        node, found = listed
        if isinstance(node, t.ListOf):
            for member in node.members:
                self.members(element, (member, Type(member.kind, members=_literal(member))))
            if found.item is not None and not _is_written_out(node):
                self.members(element, (node, found.item))
        elif found.item is not None:
            self.members(element, (node, found.item))

    def _comparison(self, n: s.Node, operator: str, left: Result, right: Result) -> Result:
        a, b = left[1], right[1]
        if "null" not in (a.kind, b.kind) and a.kind != b.kind:
            self.unlike(n, a, b)
            return self.failed(n)
        if a.kind not in (*ORDERED, "null") or b.kind not in (*ORDERED, "null"):
            self.report("E405", f"`{operator}` needs an order, and {an(a)} has none", n, origin=a)
            return self.failed(n)
        nulls = UNKNOWN if a.nulls or b.nulls else 0
        return t.Compare(n.start, n.end, "boolean", nulls, operator, left[0], right[0]), Type("boolean", nulls)

    def _arithmetic(self, n: s.Binary, left: Result, right: Result) -> Result:
        a, b = left[1], right[1]
        if "null" in (a.kind, b.kind) and (kinds := _kinds_with_null(n.operator, a.kind, b.kind)):
            kind = kinds.pop() if len(kinds) == 1 else "null"
            mode = f"{n.operator}|number|number"
            return t.Arith(n.start, n.end, kind, UNKNOWN, n.operator, mode, left[0], right[0]), Type(kind, UNKNOWN)
        entry = OPERATIONS.get((n.operator, a.kind, b.kind))
        if entry is None:
            help = ""
            if n.operator == "+" and "string" in (a.kind, b.kind):
                help = "string(x) makes a text of a value"
            elif {a.kind, b.kind} == {"date", "number"}:
                help = 'days are a duration: @"P14D", or @"P1D" * n'
            known = a if a.origin is not None else b
            self.report("E405", f"`{n.operator}` does not go between {an(a)} and {an(b)}", n, help, origin=known)
            return self.failed(n)
        kind, partial, _ = entry
        nulls = UNKNOWN if a.nulls or b.nulls or partial else 0
        mode = f"{n.operator}|{a.kind}|{b.kind}"
        return t.Arith(n.start, n.end, kind, nulls, n.operator, mode, left[0], right[0]), Type(kind, nulls)

    def on_Between(self, n: s.Between, frame: Frame) -> Result:  # noqa: N802
        operand = self.expression(n.operand, frame)
        low, high = self.expression(n.low, frame), self.expression(n.high, frame)
        if "error" in (operand[1].kind, low[1].kind, high[1].kind):
            return self.failed(n)
        bound, bind = self._once(operand)
        left = self._comparison(n, ">=", bound, low)
        right = self._comparison(n, "<=", bound, high) if left[1].kind != "error" else left
        if "error" in (left[1].kind, right[1].kind):
            return self.failed(n)
        nulls = left[1].nulls | right[1].nulls
        return bind(t.Logic(n.start, n.end, "boolean", nulls, "and", left[0], right[0])), Type("boolean", nulls)

    def on_In(self, n: s.In, frame: Frame) -> Result:  # noqa: N802
        operand = self.expression(n.operand, frame)
        if operand[1].kind == "error":
            for test in n.test.tests if isinstance(n.test, s.Tests) else (n.test,):
                self.expression(test.right if isinstance(test, s.Comparison) else test, frame)
            return self.failed(n)
        bound, bind = self._once(operand)
        tests = n.test.tests if isinstance(n.test, s.Tests) else (n.test,)
        results = [self._test(n, bound, test, frame) for test in tests]
        if any(found.kind == "error" for _, found in results):
            return self.failed(n)
        node, found = _any_of(results)
        return bind(node), found

    def _test(self, n: s.In, operand: Result, test: s.Node, frame: Frame) -> Result:
        if isinstance(test, s.Comparison):
            right = self.expression(test.right, frame)
            if right[1].kind == "error":
                return self.failed(test)
            if test.operator in ("=", "!="):
                return self.equality(test, test.operator == "!=", operand, right)
            return self._comparison(test, test.operator, operand, right)
        node, found = self.expression(test, frame)
        if found.kind == "error":
            return self.failed(test)
        if found.kind == "range" and found.item is not None:
            if operand[1].kind not in (found.item.kind, "null"):
                self.unlike(n, operand[1], found.item)
                return self.failed(test)
            nulls = UNKNOWN if operand[1].nulls or found.nulls else 0
            return t.InRange(n.start, test.end, "boolean", nulls, operand[0], node), Type("boolean", nulls)
        among = found.kind == "list" and (operand[1].kind != "list" or not alike(operand[1], found))
        if among and found.item is not None:
            if not alike(operand[1], found.item):
                self.unlike(n, operand[1], found.item)
                return self.failed(test)
            self.among(operand, (node, found))
            unknown = holds_unknown(operand[1]) or holds_unknown(found)
            nulls = UNKNOWN if found.nulls or operand[1].nulls & UNKNOWN or unknown else 0
            call = t.Call(n.start, test.end, "boolean", nulls, "list contains", (node, operand[0]))
            return call, Type("boolean", nulls)
        return self.equality(n, False, operand, (node, found))

    def _once(self, operand: Result) -> tuple[Result, _Wrap]:
        """The operand by a name, so that it is evaluated once; a plain variable or constant is its own name."""
        node, found = operand
        if isinstance(node, (t.Var, t.Const, t.Param)):
            return operand, _Wrap(None)
        variable = self.fresh("x")
        items = found.item.nulls if found.item is not None else 0
        name = t.Var(node.start, node.end, node.kind, node.nulls, variable, items)
        return (name, found), _Wrap((variable, node))

    def on_Tests(self, n: s.Tests, frame: Frame) -> Result:  # noqa: N802
        self.report("E301", "`(a, b)` stands only behind `in`", n, "a list is written `[a, b]`")
        return self.failed(n)

    def on_Comparison(self, n: s.Comparison, frame: Frame) -> Result:  # noqa: N802
        self.report("E301", "a comparison without a left side stands only in `in (...)`", n)
        return self.failed(n)


def _kinds_with_null(operator: str, left: str, right: str) -> set[str]:
    """What an operation may give where a null stands on one side, or on both."""
    return {
        kind
        for (symbol, a, b), (kind, *_) in OPERATIONS.items()
        if symbol == operator and left in (a, "null") and right in (b, "null")
    }


def _any_of(results: list[Result]) -> Result:
    """`or` between all, in pairs of pairs, so that a long list of tests does not nest deeply."""
    if len(results) == 1:
        return results[0]
    middle = (len(results) + 1) // 2
    left, right = _any_of(results[:middle]), _any_of(results[middle:])
    nulls = left[1].nulls | right[1].nulls
    node = t.Logic(left[0].start, right[0].end, "boolean", nulls, "or", left[0], right[0])
    return node, Type("boolean", nulls)


class _Wrap:
    """Puts a `Bind` around a tree that names its operand; does nothing where no name was needed."""

    def __init__(self, bound: tuple[str, t.Tree] | None) -> None:
        self.bound = bound

    def __call__(self, tree: t.Tree) -> t.Tree:
        if self.bound is None:
            return tree
        variable, value = self.bound
        return t.Bind(tree.start, tree.end, tree.kind, tree.nulls, variable, value, tree)


def _is_written_out(node: t.Tree) -> bool:
    """True for a list of literals."""
    return isinstance(node, t.ListOf) and all(isinstance(member, t.Const) for member in node.members)


def _literal(node: t.Tree) -> tuple[str, ...] | None:
    return (node.text,) if isinstance(node, t.Const) and node.kind == "string" else None
