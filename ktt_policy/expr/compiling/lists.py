"""The compiler's part for lists: what is asked of their items, filters, `for` and quantifiers, as loops."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from ktt_policy.expr import pyast as p
from ktt_policy.expr import typed as t
from ktt_policy.expr.compiling.emitter import Code, access, lone, partial
from ktt_policy.expr.operators import steps
from ktt_policy.expr.typesystem import UNKNOWN

if TYPE_CHECKING:
    from ktt_policy.expr.compiling.compiler import Emitter


def index(items: list[Any], n: Any) -> Any:
    if n != int(n) or n == 0 or abs(n) > len(items):
        return None
    return items[int(n) - 1 if n > 0 else int(n)]


def emit_project(e: Emitter, n: t.Project) -> Code:
    of, done = _filtered(e, n.of, n) if isinstance(n.of, t.Filter) else (e.emit(n.of), False)
    if done:
        return of
    if of.only is not None:
        return lone(_item_access(e, Code(of.only, of.items), n), of.when, n.items)
    of = e.simple(of)
    variable = e.fresh("i")
    made = _item_access(e, Code(p.name(variable), of.items), n)
    made = p.comprehension(made, variable, of.expr)
    tests = e.null_tests(of)
    if tests:
        made = p.if_else(p.either(tests), of.expr, made)
    return Code(made, of.nulls, n.items)


def _item_access(e: Emitter, item: Code, n: t.Project) -> ast.expr:
    made = access(item.expr, n.name, n.record, n.items)
    tests = e.null_tests(item)
    return p.if_else(p.either(tests), item.expr, made) if tests else made


def emit_filter(e: Emitter, n: t.Filter) -> Code:
    return _filtered(e, n, None)[0]


def _filtered(e: Emitter, n: t.Filter, project: t.Project | None) -> tuple[Code, bool]:
    """The items that a condition keeps; and True, when what is asked of each could be taken in the same walk."""
    done = False

    def build(domain: ast.expr, result: str) -> None:
        nonlocal done
        variable = e.fresh("i")
        e.variables[n.var] = Code(p.name(variable), items.items)
        with e.block() as body:
            test = e.emit(n.predicate)
            keep = p.statement(p.call(p.attribute(p.name(result), "append"), p.name(variable)))
            if test.nulls:
                test = e.simple(test)
                drop = p.if_(
                    p.is_not(test.expr, p.constant(False)),
                    [p.assign(result, p.name(p.UNSET)), ast.Break()],
                )
                e.add(p.if_(p.is_(test.expr, p.constant(True)), [keep], [drop]))
            elif not body:
                item: ast.expr = p.name(variable)
                if project is not None and not items.items:
                    item, done = access(item, project.name, project.record, project.items), True
                outer.append(p.assign(result, p.comprehension(item, variable, domain, test.expr)))
                return
            else:
                e.add(p.if_(test.expr, [keep]))
        outer.extend([p.assign(result, ast.List([], ast.Load())), p.loop(variable, domain, body)])
        nulls.append(test.nulls)

    given = e.emit(n.of)
    chosen = _chosen(e, n, given)
    if chosen is not None:
        return chosen, False
    items = e.simple(given)
    nulls: list[int] = []
    result = e.fresh()
    outer: list[ast.stmt] = []
    build(items.expr, result)
    _when_known(e, [items], result, outer)
    unknown = UNKNOWN if items.nulls or any(nulls) else 0
    return Code(p.name(result), unknown, project.items if project is not None and done else items.items), done


def _chosen(e: Emitter, n: t.Filter, of: Code) -> Code | None:
    """A single item, where the condition keeps it; None for other lists, and where the condition may be null."""
    if of.only is None or of.when is not None:
        return None
    e.variables[n.var] = Code(of.only, of.items)
    with e.block() as body:
        test = e.emit(n.predicate)
    if test.nulls:
        return None
    e.add(*body)
    return lone(of.only, e.simple(test).expr, of.items)


def _when_known(e: Emitter, operands: list[Code], result: str, statements: list[ast.stmt]) -> None:
    tests = [test for o in operands for test in e.null_tests(o)]
    if tests:
        e.add(p.if_(p.either(tests), [p.assign(result, p.name(p.UNSET))], statements))
    else:
        e.add(*statements)


def emit_index(e: Emitter, n: t.Index) -> Code:
    of = e.emit(n.of)
    made = e.guarded([of, e.emit(n.index)], lambda items, at: p.call(e.pool.name(index), items, at))
    return Code(made.expr, n.nulls, n.items)


def emit_list(e: Emitter, n: t.ListOf) -> Code:
    members = [e.emit(m) for m in n.members]
    if len(members) == 1:
        only = e.simple(members[0])
        return lone(only.expr, None, only.nulls)
    items = 0
    for member in members:
        items |= member.nulls
    return Code(ast.List([m.expr for m in members], ast.Load()), 0, items)


def emit_steps(e: Emitter, n: t.Steps) -> Code:
    body = partial(steps)
    return e.guarded([e.emit(n.low), e.emit(n.high)], lambda a, b: p.call(e.pool.name(body), a, b), UNKNOWN)


def emit_for(e: Emitter, n: t.For) -> Code:
    domain = e.simple(e.emit(n.domain))
    result, variable = e.fresh(), e.fresh("i")
    e.variables[n.var] = Code(p.name(variable), domain.items)
    with e.block() as body:
        code = e.emit(n.body)
        if n.flatten:
            code = e.simple(code)
            extend = p.statement(p.call(p.attribute(p.name(result), "extend"), code.expr))
            tests = e.null_tests(code)
            stop = [p.assign(result, p.name(p.UNSET)), ast.Break()]
            e.add(p.if_(p.either(tests), stop, [extend]) if tests else extend)
        else:
            e.add(p.statement(p.call(p.attribute(p.name(result), "append"), code.expr)))
    start = p.assign(result, ast.List([], ast.Load()))
    _when_known(e, [domain], result, [start, p.loop(variable, domain.expr, body)])
    unknown = UNKNOWN if domain.nulls or (n.flatten and code.nulls) else 0
    return Code(p.name(result), unknown, code.items if n.flatten else code.nulls)


def emit_quantified(e: Emitter, n: t.Quantified) -> Code:
    domain = e.simple(e.emit(n.domain))
    result, variable = e.fresh(), e.fresh("i")
    e.variables[n.var] = Code(p.name(variable), domain.items)
    decide: list[ast.stmt] = [p.assign(result, p.constant(n.some)), ast.Break()]
    with e.block() as body:
        test = e.emit(n.body)
        if test.nulls:
            test = e.simple(test)
            undecided = p.if_(p.is_not(test.expr, p.constant(not n.some)), [p.assign(result, p.name(p.UNSET))])
            e.add(p.if_(p.is_(test.expr, p.constant(n.some)), decide, [undecided]))
        else:
            e.add(p.if_(test.expr if n.some else p.not_(test.expr), decide))
    start = p.assign(result, p.constant(not n.some))
    _when_known(e, [domain], result, [start, p.loop(variable, domain.expr, body)])
    return Code(p.name(result), UNKNOWN if domain.nulls or test.nulls else 0)
