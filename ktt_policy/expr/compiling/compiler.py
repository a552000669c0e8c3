"""Typed tree → Python `ast` → code object. Never through source text.

The emitter writes statements: `emit` appends what must run first to the current block and returns an expression
for the value. So loops stay loops, `and`, `or` and `if` guard what stands in their branches, and a part that was
computed in an enclosing block is not computed again. Null checks are written only where null can come in.

Compiled code takes the common road. Where it raises (a number beyond 34 digits, a date beyond the calendar, a
record that broke its schema), the caller asks the interpreter, which is the reference.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any

from msgspec import UNSET

from ktt_policy.expr import pyast as p
from ktt_policy.expr import typed as t
from ktt_policy.expr.compiling import lists
from ktt_policy.expr.compiling.calls import emit_call
from ktt_policy.expr.compiling.emitter import Code, Writer, access, partial
from ktt_policy.expr.instances import is_instance
from ktt_policy.expr.literals import constant
from ktt_policy.expr.operators import PROPERTIES, negated, operation
from ktt_policy.expr.typesystem import KNOWN, UNKNOWN
from ktt_policy.expr.values import Range, equal, is_null

INLINE = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult}
NATIVE = {
    "+": ("number|number", "string|string", "date|days and time duration"),
    "-": ("number|number", "date|date"),
    "*": ("number|number",),
}
COMPARE: dict[str, tuple[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    "<": (ast.Lt, lt), "<=": (ast.LtE, le), ">": (ast.Gt, gt), ">=": (ast.GtE, ge),
}  # fmt: skip


class Emitter(Writer):
    """Writes the code of typed trees into one function: a method for each kind of node; those of lists are in
    `lists`, those of calls in `calls`."""

    def emit(self, node: t.Tree) -> Code:
        if isinstance(node, (t.Related, t.Call)):
            key = self.key(node)
            known = self.kept(key)
            if known is None:
                known = self.simple(self._emit(node))
                self.caches[-1][key] = known
            return known
        return self._emit(node)

    def _emit(self, node: t.Tree) -> Code:
        return _EMITTERS[node.__class__](self, node)

    def on_const(self, n: t.Const) -> Code:
        if n.kind in ("string", "boolean", "null"):
            value = constant(n.kind, n.text)
            return Code(p.constant(value), KNOWN if value is None else 0)
        return Code(self.pool.name(_constants.setdefault((n.kind, n.text), constant(n.kind, n.text))))

    def on_var(self, n: t.Var) -> Code:
        bound = self.variables[n.name]
        if isinstance(bound, Code):
            if n.items & ~bound.items:
                # An item of a list of lists: code knows the nulls of one level, the type of each.
                return Code(bound.expr, bound.nulls, bound.items | n.items)
            return bound
        key = ("let", n.name)
        known = self.kept(key)
        if known is None:
            # A loop around this first use must keep its own variables.
            outer, self.variables = self.variables, dict(self.variables)
            known = self.simple(self.emit(bound.tree))
            self.variables = outer
            self.caches[-1][key] = known
        return known

    def on_param(self, n: t.Param) -> Code:
        value = self.parameters.get(n.name, UNSET)
        if is_null(value):
            return Code(p.name(p.UNSET), UNKNOWN)
        if isinstance(value, (str, bool)):
            return Code(p.constant(value))
        return Code(self.pool.name(value))

    def on_field(self, n: t.Field) -> Code:
        of = self.emit(n.of)
        if of.nulls:
            of = self.simple(of)
        made = access(of.expr, n.name, n.record, n.nulls)
        tests = self.null_tests(of)
        if tests:
            made = p.if_else(p.either(tests), of.expr, made)
        return Code(made, n.own | of.nulls, n.items)

    def on_prop(self, n: t.Prop) -> Code:
        body = PROPERTIES[n.of.kind][n.name]
        return self.guarded([self.emit(n.of)], lambda of: p.call(self.pool.name(body), of))

    def on_neg(self, n: t.Neg) -> Code:
        if n.kind == "years and months duration":
            return self.guarded([self.emit(n.operand)], lambda x: p.call(self.pool.name(negated), x))
        return self.guarded([self.emit(n.operand)], lambda x: ast.UnaryOp(ast.USub(), x))

    def on_not(self, n: t.Not) -> Code:
        return self.guarded([self.emit(n.operand)], p.not_)

    def on_arith(self, n: t.Arith) -> Code:
        operands = [self.emit(n.left), self.emit(n.right)]
        operator, kinds = n.mode.split("|", 1)
        if kinds in NATIVE.get(operator, ()):
            return self.guarded(operands, lambda a, b: ast.BinOp(a, INLINE[operator](), b))
        body = operation(n.mode)
        if operator in ("/", "**"):
            body = partial(body)
            return self.guarded(operands, lambda a, b: p.call(self.pool.name(body), a, b), UNKNOWN)
        return self.guarded(operands, lambda a, b: p.call(self.pool.name(body), a, b))

    def on_compare(self, n: t.Compare) -> Code:
        operands = [self.emit(n.left), self.emit(n.right)]
        written, compare = COMPARE[n.operator]
        constants = [self.pool.constants.get(o.expr.id) for o in operands if isinstance(o.expr, ast.Name)]
        if len(constants) == 2 and None not in constants:
            return Code(p.constant(compare(*constants)))
        return self.guarded(operands, lambda a, b: ast.Compare(a, [written()], [b]))

    def on_equal(self, n: t.Equal) -> Code:
        left, right = self.emit(n.left), self.emit(n.right)
        null = isinstance(n.right, t.Const) and n.right.kind == "null"
        if n.deep and not null:
            helper = _differs if n.negated else equal
            return Code(p.call(self.pool.name(helper), left.expr, right.expr), UNKNOWN)
        if null:
            if isinstance(left.expr, (ast.Name, ast.Constant)) and not left.nulls:
                return Code(p.constant(n.negated))
            written: type[ast.cmpop] = ast.IsNot if n.negated else ast.Is
        else:
            written = ast.NotEq if n.negated else ast.Eq
        sides = [Code(c.expr, c.nulls & UNKNOWN) for c in (left, right)]
        return self.guarded(sides, lambda a, b: ast.Compare(a, [written()], [b]))

    def on_logic(self, n: t.Logic) -> Code:
        decisive = n.operator == "or"
        left = self.emit(n.left)
        if isinstance(left.expr, ast.Constant) and not left.nulls:
            if left.expr.value is decisive:
                return left
            right = self.simple(self.emit(n.right))
            return Code(self._joined(decisive, left.expr, 0, right), UNKNOWN if right.nulls else 0)
        with self.block() as body:
            right = self.emit(n.right)
            if not (left.nulls or right.nulls) and not body:
                connective = ast.Or() if decisive else ast.And()
                return Code(ast.BoolOp(connective, [left.expr, right.expr]))
            result = self.fresh()
            if right.nulls:
                right = self.simple(right)
            self.add(p.assign(result, self._joined(decisive, p.name(result), left.nulls, right)))
        self.add(p.assign(result, left.expr))
        known = p.not_(p.name(result)) if decisive else p.name(result)
        self.add(p.if_(p.is_not(p.name(result), p.constant(decisive)) if left.nulls else known, body))
        return Code(p.name(result), UNKNOWN if left.nulls or right.nulls else 0)

    def _joined(self, decisive: bool, left: ast.expr, left_nulls: int, right: Code) -> ast.expr:
        """`and`/`or` once the left side is known not to decide."""
        unset = p.name(p.UNSET)
        if not left_nulls:
            if right.nulls & KNOWN:
                return p.if_else(p.is_(right.expr, p.constant(None)), unset, right.expr)
            return right.expr
        undecided = p.if_else(p.is_(left, p.constant(not decisive)), right.expr, unset)
        if right.nulls & KNOWN:
            settled = p.both(p.is_(left, p.constant(not decisive)), p.is_(right.expr, p.constant(not decisive)))
            undecided = p.if_else(settled, p.constant(not decisive), unset)
        right_decides = (
            p.is_(right.expr, p.constant(decisive)) if right.nulls else (right.expr if decisive else p.not_(right.expr))
        )
        return p.if_else(right_decides, p.constant(decisive), undecided)

    def on_if(self, n: t.If) -> Code:
        condition = self.emit(n.condition)
        if condition.nulls:
            condition = self.simple(condition)
        result = self.fresh()
        branches = []
        nulls = items = 0
        for branch in (n.then, n.otherwise):
            with self.block() as body:
                code = self.emit(branch)
                self.add(p.assign(result, code.expr))
            branches.append(body)
            nulls |= code.nulls
            items |= code.items
        test = p.is_(condition.expr, p.constant(True)) if condition.nulls else condition.expr
        choose = p.if_(test, *branches)
        if condition.nulls & UNKNOWN:
            unknown = p.is_(condition.expr, p.name(p.UNSET))
            choose = p.if_(unknown, [p.assign(result, p.name(p.UNSET))], [choose])
            nulls |= UNKNOWN
        self.add(choose)
        return Code(p.name(result), nulls, items)

    def on_in_range(self, n: t.InRange) -> Code:
        x = self.emit(n.operand)
        if isinstance(n.range, t.RangeOf):
            low, high = self.emit(n.range.low), self.emit(n.range.high)
            above = ast.Lt() if n.range.low_open else ast.LtE()
            below = ast.Lt() if n.range.high_open else ast.LtE()
            return self.guarded([low, x, high], lambda a, b, c: ast.Compare(a, [above, below], [b, c]))
        return self.guarded([x, self.emit(n.range)], lambda a, b: ast.Compare(a, [ast.In()], [b]))

    def on_range(self, n: t.RangeOf) -> Code:
        flags = [p.constant(n.low_open), p.constant(n.high_open)]
        return self.guarded(
            [self.emit(n.low), self.emit(n.high)], lambda a, b: p.call(self.pool.name(Range), a, b, *flags)
        )

    def on_context(self, n: t.ContextOf) -> Code:
        values = [self.emit(v).expr for v in n.values]
        return Code(ast.Dict([p.constant(k) for k in n.keys], values))

    def on_instance_of(self, n: t.InstanceOf) -> Code:
        x = self.emit(n.operand)
        known = Code(x.expr, x.nulls & UNKNOWN)
        helper = self.pool.name(is_instance)
        return self.guarded([known], lambda value: p.call(helper, value, p.constant(n.type)), n.nulls)

    def on_defined(self, n: t.Defined) -> Code:
        x = self.emit(n.operand)
        return Code(p.is_not(x.expr, p.name(p.UNSET)) if x.nulls & UNKNOWN else p.constant(True))

    # --- documents and names ----------------------------------------------------------------------------

    def on_related(self, n: t.Related) -> Code:
        lookup = self.variables[f"related {n.document}"]
        assert isinstance(lookup, Code)
        made = self.guarded([self.emit(n.key)], lambda key: p.subscript(lookup.expr, key))
        return Code(made.expr, KNOWN | UNKNOWN)

    def on_documents(self, n: t.Documents) -> Code:
        documents = self.variables[f"documents {n.document}"]
        assert isinstance(documents, Code)
        return documents

    def on_bind(self, n: t.Bind) -> Code:
        self.variables[n.var] = self.simple(self.emit(n.value))
        return self.emit(n.body)

    def on_define(self, n: t.Define) -> Code:
        values = [self.simple(self.emit(a)) for a in n.arguments]
        for variable, value in zip(n.variables, values, strict=True):
            self.variables[variable] = value
        return self.emit(n.body)


_constants: dict[tuple[str, str], Any] = {}


def _differs(a: Any, b: Any) -> Any:
    same = equal(a, b)
    return same if same is UNSET else not same


_EMITTERS: dict[type, Callable[[Emitter, Any], Code]] = {
    t.Const: Emitter.on_const, t.Var: Emitter.on_var, t.Param: Emitter.on_param, t.Field: Emitter.on_field,
    t.Prop: Emitter.on_prop, t.Project: lists.emit_project, t.Filter: lists.emit_filter,
    t.Index: lists.emit_index, t.Neg: Emitter.on_neg, t.Not: Emitter.on_not, t.Arith: Emitter.on_arith,
    t.Compare: Emitter.on_compare, t.Equal: Emitter.on_equal, t.Logic: Emitter.on_logic, t.If: Emitter.on_if,
    t.InRange: Emitter.on_in_range, t.RangeOf: Emitter.on_range, t.ListOf: lists.emit_list,
    t.ContextOf: Emitter.on_context, t.InstanceOf: Emitter.on_instance_of, t.Defined: Emitter.on_defined,
    t.Steps: lists.emit_steps, t.For: lists.emit_for, t.Quantified: lists.emit_quantified,
    t.Call: emit_call, t.Related: Emitter.on_related, t.Documents: Emitter.on_documents,
    t.Bind: Emitter.on_bind, t.Define: Emitter.on_define,
}  # fmt: skip
