"""A version of a group rule → a Python function that judges its groups over some days."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from typing import Any

from ktt_policy.build.model import Version
from ktt_policy.engine.fusion import bind_environment, environment
from ktt_policy.engine.judge import STRIDE
from ktt_policy.expr import pyast as p
from ktt_policy.expr.compiler import Emitter, assemble
from ktt_policy.expr.emitter import Code, Pool


def compile_groups(
    version: Version, parameters: dict[str, Any], days: tuple[date, date], kinds: list[str]
) -> Callable[..., tuple[int, int]]:
    """`judge(table, wary, wrong, unsure, later, *environment)` → how many groups passed, and how many the rule
    did not apply to.

    Keys of violated groups go to `wrong`, those of undecided ones to `unsure`; those whose `group_date` is outside
    of `days` go to `later`, with it. `wary(key, group)`, where given, says what to do beforehand: 0 judge,
    1 leave out, 2 unsure.
    """
    pool = Pool()
    e = Emitter(pool, parameters)
    bind_environment(e, kinds)
    e.variables["group"] = Code(p.name("group"))
    names = [f"key{i}" for i in range(len(version.group_by))]
    for name, (written, _) in zip(names, version.group_by, strict=True):
        e.variables[written] = Code(p.name(name))
    for let in version.lets:
        e.variables[let.unique] = let.expression
    with e.block() as body:
        _before(e)
        targets: list[ast.expr] = [ast.Name(n, ast.Store()) for n in names]
        if not version.run:
            targets.append(ast.Name("document", ast.Store()))
        e.add(ast.Assign([ast.Tuple(targets, ast.Store())], p.name("key")))
        every = ast.Slice(None, None, p.constant(STRIDE))
        e.add(p.assign("group", p.subscript(p.name("g"), every)))
        if version.group_date is not None:
            _dated(e, version, days)
        if version.having is not None:
            code = e.simple(e.emit(version.having.tree))
            skip = [ast.AugAssign(ast.Name("left_out", ast.Store()), ast.Add(), p.constant(1)), ast.Continue()]
            unknown = p.if_(p.is_not(code.expr, p.constant(True)), [_tell("unsure"), ast.Continue()])
            e.add(p.if_(p.is_(code.expr, p.constant(False)), skip, [unknown]))
        assert version.require is not None
        code = e.simple(e.emit(version.require.tree))
        count = ast.AugAssign(ast.Name("passed", ast.Store()), ast.Add(), p.constant(1))
        failed: list[ast.stmt] = [_tell("wrong")]
        if code.nulls:
            failed = [p.if_(p.is_(code.expr, p.constant(False)), failed, [_tell("unsure")])]
        e.add(p.if_(p.is_(code.expr, p.constant(True)) if code.nulls else code.expr, [count], failed))
    e.add(p.assign("passed", p.constant(0)), p.assign("left_out", p.constant(0)))
    pairs = ast.Tuple([ast.Name("key", ast.Store()), ast.Name("g", ast.Store())], ast.Store())
    e.add(ast.For(pairs, p.call(p.attribute(p.name("table"), "items")), body, []))
    e.add(ast.Return(ast.Tuple([p.name("passed"), p.name("left_out")], ast.Load())))
    parameters_of = ["table", "wary", "wrong", "unsure", "later", *environment(kinds)]
    made: Callable[..., tuple[int, int]] = assemble([p.function("judge", parameters_of, e.body)], pool)["judge"]
    return made


def _tell(where: str) -> ast.stmt:
    return p.statement(p.call(p.attribute(p.name(where), "append"), p.name("key")))


def _before(e: Emitter) -> None:
    """Ask `wary`, where there is one, before a group is judged."""
    asked = p.assign("caution", p.call("wary", p.name("key"), p.name("g")))
    two = ast.Compare(p.name("caution"), [ast.Eq()], [p.constant(2)])
    act = p.if_(p.name("caution"), [p.if_(two, [_tell("unsure")]), ast.Continue()])
    e.add(p.if_(p.is_not(p.name("wary"), p.constant(None)), [asked, act]))


def _dated(e: Emitter, version: Version, days: tuple[date, date]) -> None:
    """Set aside groups whose date lies outside of the days."""
    assert version.group_date is not None
    code = e.simple(e.emit(version.group_date.tree))
    if code.nulls:
        e.add(p.if_(p.either(e.null_tests(code)), [_tell("unsure"), ast.Continue()]))
    inside = ast.Compare(e.pool.name(days[0]), [ast.LtE(), ast.Lt()], [code.expr, e.pool.name(days[1])])
    entry = ast.Tuple([code.expr, p.name("key")], ast.Load())
    add = p.statement(p.call(p.attribute(p.name("later"), "append"), entry))
    e.add(p.if_(p.not_(inside), [add, ast.Continue()]))
