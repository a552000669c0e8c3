"""Typed tree → Python `ast` → code object. Never through source text.

The emitter writes statements: `emit` appends what must run first to the current block and returns an expression
for the value. So loops stay loops, `and`, `or` and `if` guard what stands in their branches, and a part that was
computed in an enclosing block is not computed again. Null checks are written only where null can come in.

Compiled code takes the common road. Where it raises (a number beyond 34 digits, a date beyond the calendar, a
record that broke its schema), the caller asks the interpreter, which is the reference.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from msgspec import UNSET

from ktt_policy.expr import pyast as p
from ktt_policy.expr import typed as t
from ktt_policy.expr.calling import emit_call
from ktt_policy.expr.emitter import Code, Pool, Writer
from ktt_policy.expr.interpreter import is_instance
from ktt_policy.expr.literals import constant
from ktt_policy.expr.operators import PROPERTIES, operation, steps
from ktt_policy.expr.typesystem import KNOWN, UNKNOWN
from ktt_policy.expr.values import Range, UndefinedError, YearsMonths, equal, is_null


def partial(body: Callable[..., Any]) -> Callable[..., Any]:
    """A body that may have no answer, as compiled code calls it: UNSET instead of an exception."""

    def guarded(*arguments: Any) -> Any:
        try:
            return body(*arguments)
        except UndefinedError:
            return UNSET

    return guarded


def lone(item: ast.expr, when: ast.expr | None = None, items: int = 0) -> Code:
    """A list that holds a single item, or that one or none."""
    made: ast.expr = ast.List([item], ast.Load())
    if when is not None:
        made = p.if_else(when, made, ast.List([], ast.Load()))
    return Code(made, 0, items, item, when)


def has_null(items: list[Any]) -> bool:
    return any(is_null(i) for i in items)


def index(items: list[Any], n: Any) -> Any:
    if n != int(n) or n == 0 or abs(n) > len(items):
        return None
    return items[int(n) - 1 if n > 0 else int(n)]


_guarded: dict[Any, Callable[..., Any]] = {}
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
    """Writes the code of typed trees into one function: a method for each kind of node."""

    # --- nodes ------------------------------------------------------------------------------------------

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
        made = self._access(of.expr, n.name, n.record, n.nulls)
        tests = self.null_tests(of)
        if tests:
            made = p.if_else(p.either(tests), of.expr, made)
        return Code(made, n.own | of.nulls, n.items)

    def _access(self, of: ast.expr, field: str, record: bool, nulls: int) -> ast.expr:
        if record:
            return p.attribute(of, field)
        if nulls & UNKNOWN:
            return p.call(p.attribute(of, "get"), p.constant(field), p.name(p.UNSET))
        return p.subscript(of, p.constant(field))

    def on_prop(self, n: t.Prop) -> Code:
        body = PROPERTIES[n.of.kind][n.name]
        return self.guarded([self.emit(n.of)], lambda of: p.call(self.pool.name(body), of))

    def on_project(self, n: t.Project) -> Code:
        of, done = self._filtered(n.of, n) if isinstance(n.of, t.Filter) else (self.emit(n.of), False)
        if done:
            return of
        if of.only is not None:
            return lone(self._item_access(Code(of.only, of.items), n), of.when, n.items)
        of = self.simple(of)
        variable = self.fresh("i")
        made = self._item_access(Code(p.name(variable), of.items), n)
        made = p.comprehension(made, variable, of.expr)
        tests = self.null_tests(of)
        if tests:
            made = p.if_else(p.either(tests), of.expr, made)
        return Code(made, of.nulls, n.items)

    def _item_access(self, item: Code, n: t.Project) -> ast.expr:
        made = self._access(item.expr, n.name, n.record, n.items)
        tests = self.null_tests(item)
        return p.if_else(p.either(tests), item.expr, made) if tests else made

    def on_filter(self, n: t.Filter) -> Code:
        return self._filtered(n, None)[0]

    def _filtered(self, n: t.Filter, project: t.Project | None) -> tuple[Code, bool]:
        """The items that a condition keeps; and True, when what is asked of each could be taken in the same walk."""
        done = False

        def build(domain: ast.expr, result: str) -> None:
            nonlocal done
            variable = self.fresh("i")
            self.variables[n.var] = Code(p.name(variable), items.items)
            with self.block() as body:
                test = self.emit(n.predicate)
                keep = p.statement(p.call(p.attribute(p.name(result), "append"), p.name(variable)))
                if test.nulls:
                    test = self.simple(test)
                    drop = p.if_(
                        p.is_not(test.expr, p.constant(False)),
                        [p.assign(result, p.name(p.UNSET)), ast.Break()],
                    )
                    self.add(p.if_(p.is_(test.expr, p.constant(True)), [keep], [drop]))
                elif not body:
                    item: ast.expr = p.name(variable)
                    if project is not None and not items.items:
                        item, done = self._access(item, project.name, project.record, project.items), True
                    outer.append(p.assign(result, p.comprehension(item, variable, domain, test.expr)))
                    return
                else:
                    self.add(p.if_(test.expr, [keep]))
            outer.extend([p.assign(result, ast.List([], ast.Load())), p.loop(variable, domain, body)])
            nulls.append(test.nulls)

        given = self.emit(n.of)
        chosen = self._chosen(n, given)
        if chosen is not None:
            return chosen, False
        items = self.simple(given)
        nulls: list[int] = []
        result = self.fresh()
        outer: list[ast.stmt] = []
        build(items.expr, result)
        self._when_known([items], result, outer)
        unknown = UNKNOWN if items.nulls or any(nulls) else 0
        return Code(p.name(result), unknown, project.items if project is not None and done else items.items), done

    def _chosen(self, n: t.Filter, of: Code) -> Code | None:
        """A single item, where the condition keeps it; None for other lists, and where the condition may be null."""
        if of.only is None or of.when is not None:
            return None
        self.variables[n.var] = Code(of.only, of.items)
        with self.block() as body:
            test = self.emit(n.predicate)
        if test.nulls:
            return None
        self.add(*body)
        return lone(of.only, self.simple(test).expr, of.items)

    def _when_known(self, operands: list[Code], result: str, statements: list[ast.stmt]) -> None:
        tests = [test for o in operands for test in self.null_tests(o)]
        if tests:
            self.add(p.if_(p.either(tests), [p.assign(result, p.name(p.UNSET))], statements))
        else:
            self.add(*statements)

    def on_index(self, n: t.Index) -> Code:
        of = self.emit(n.of)
        made = self.guarded([of, self.emit(n.index)], lambda items, at: p.call(self.pool.name(index), items, at))
        return Code(made.expr, n.nulls, n.items)

    def on_neg(self, n: t.Neg) -> Code:
        if n.kind == "years and months duration":
            negate = _negated_months
            return self.guarded([self.emit(n.operand)], lambda x: p.call(self.pool.name(negate), x))
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
            body = _guarded.setdefault(n.mode, partial(body))
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
            if isinstance(left.expr, ast.Name) and not left.nulls:
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

    def on_list(self, n: t.ListOf) -> Code:
        members = [self.emit(m) for m in n.members]
        if len(members) == 1:
            only = self.simple(members[0])
            return lone(only.expr, None, only.nulls)
        items = 0
        for member in members:
            items |= member.nulls
        return Code(ast.List([m.expr for m in members], ast.Load()), 0, items)

    def on_context(self, n: t.ContextOf) -> Code:
        values = [self.emit(v).expr for v in n.values]
        return Code(ast.Dict([p.constant(k) for k in n.keys], values))

    def on_instance_of(self, n: t.InstanceOf) -> Code:
        x = self.emit(n.operand)
        known = Code(x.expr, x.nulls & UNKNOWN)
        helper = self.pool.name(is_instance)
        return self.guarded([known], lambda value: p.call(helper, value, p.constant(n.type)))

    def on_defined(self, n: t.Defined) -> Code:
        x = self.emit(n.operand)
        return Code(p.is_not(x.expr, p.name(p.UNSET)) if x.nulls & UNKNOWN else p.constant(True))

    # --- iteration --------------------------------------------------------------------------------------

    def on_steps(self, n: t.Steps) -> Code:
        body = _guarded.setdefault("steps", partial(steps))
        return self.guarded(
            [self.emit(n.low), self.emit(n.high)], lambda a, b: p.call(self.pool.name(body), a, b), UNKNOWN
        )

    def on_for(self, n: t.For) -> Code:
        domain = self.simple(self.emit(n.domain))
        result, variable = self.fresh(), self.fresh("i")
        self.variables[n.var] = Code(p.name(variable), domain.items)
        with self.block() as body:
            code = self.emit(n.body)
            if n.flatten:
                code = self.simple(code)
                extend = p.statement(p.call(p.attribute(p.name(result), "extend"), code.expr))
                tests = self.null_tests(code)
                stop = [p.assign(result, p.name(p.UNSET)), ast.Break()]
                self.add(p.if_(p.either(tests), stop, [extend]) if tests else extend)
            else:
                self.add(p.statement(p.call(p.attribute(p.name(result), "append"), code.expr)))
        start = p.assign(result, ast.List([], ast.Load()))
        self._when_known([domain], result, [start, p.loop(variable, domain.expr, body)])
        unknown = UNKNOWN if domain.nulls or (n.flatten and code.nulls) else 0
        return Code(p.name(result), unknown, code.items if n.flatten else code.nulls)

    def on_quantified(self, n: t.Quantified) -> Code:
        domain = self.simple(self.emit(n.domain))
        result, variable = self.fresh(), self.fresh("i")
        self.variables[n.var] = Code(p.name(variable), domain.items)
        decide: list[ast.stmt] = [p.assign(result, p.constant(n.some)), ast.Break()]
        with self.block() as body:
            test = self.emit(n.body)
            if test.nulls:
                test = self.simple(test)
                undecided = p.if_(p.is_not(test.expr, p.constant(not n.some)), [p.assign(result, p.name(p.UNSET))])
                self.add(p.if_(p.is_(test.expr, p.constant(n.some)), decide, [undecided]))
            else:
                self.add(p.if_(test.expr if n.some else p.not_(test.expr), decide))
        start = p.assign(result, p.constant(not n.some))
        self._when_known([domain], result, [start, p.loop(variable, domain.expr, body)])
        return Code(p.name(result), UNKNOWN if domain.nulls or test.nulls else 0)

    # --- calls ------------------------------------------------------------------------------------------

    def on_call(self, n: t.Call) -> Code:
        return emit_call(self, n)

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


def _negated_months(m: YearsMonths) -> YearsMonths:
    return YearsMonths(-m.months)


def _differs(a: Any, b: Any) -> Any:
    same = equal(a, b)
    return same if same is UNSET else not same


_EMITTERS: dict[type, Callable[[Emitter, Any], Code]] = {
    t.Const: Emitter.on_const, t.Var: Emitter.on_var, t.Param: Emitter.on_param, t.Field: Emitter.on_field,
    t.Prop: Emitter.on_prop, t.Project: Emitter.on_project, t.Filter: Emitter.on_filter,
    t.Index: Emitter.on_index, t.Neg: Emitter.on_neg, t.Not: Emitter.on_not, t.Arith: Emitter.on_arith,
    t.Compare: Emitter.on_compare, t.Equal: Emitter.on_equal, t.Logic: Emitter.on_logic, t.If: Emitter.on_if,
    t.InRange: Emitter.on_in_range, t.RangeOf: Emitter.on_range, t.ListOf: Emitter.on_list,
    t.ContextOf: Emitter.on_context, t.InstanceOf: Emitter.on_instance_of, t.Defined: Emitter.on_defined,
    t.Steps: Emitter.on_steps, t.For: Emitter.on_for, t.Quantified: Emitter.on_quantified,
    t.Call: Emitter.on_call, t.Related: Emitter.on_related, t.Documents: Emitter.on_documents,
    t.Bind: Emitter.on_bind, t.Define: Emitter.on_define,
}  # fmt: skip


def assemble(functions: list[ast.FunctionDef], pool: Pool) -> dict[str, Any]:
    """The functions as callables, by name, with the pool as their globals."""
    module = ast.Module(list(functions), [])
    ast.fix_missing_locations(module)
    exec(compile(module, "<compiled rules>", "exec"), pool.globals)
    return {f.name: pool.globals[f.name] for f in functions}


def compile_expression(
    checked: t.Checked, variables: Mapping[str, tuple[int, int]], parameters: Mapping[str, Any] | None = None
) -> Callable[..., Any]:
    """One expression as a function of its variables, by keyword. `variables`: name → null bits, items' bits.

    Null comes back as None (known) or UNSET (not known). Raises what arithmetic raises beyond its limits.
    """
    pool = Pool()
    emitter = Emitter(pool, parameters or {})
    names = {name: f"v{i}" for i, name in enumerate(variables)}
    for name, (nulls, items) in variables.items():
        emitter.variables[name] = Code(p.name(names[name]), nulls, items)
    code = emitter.emit(checked.tree)
    emitter.add(ast.Return(code.expr))
    made = assemble([p.function("evaluate", list(names.values()), emitter.body)], pool)["evaluate"]

    def evaluate(**values: Any) -> Any:
        return made(**{names[k]: v for k, v in values.items()})

    return evaluate
