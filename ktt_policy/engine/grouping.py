"""Versions of group rules → one Python function that judges their groups over some days."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import Version
from ktt_policy.engine.fusion import bind_environment, environment
from ktt_policy.engine.verdicts import STRIDE
from ktt_policy.expr import pyast as p
from ktt_policy.expr.compiling.compiler import Emitter
from ktt_policy.expr.compiling.emitter import Code, Pool, lone

JudgeGroups = Callable[..., None]


class Gathered(Struct, frozen=True):
    """A version whose groups are judged: its number in the program, the first and last day of its code, and the values
    of the parameters in them."""

    number: int
    version: Version
    days: tuple[date, date]
    parameters: dict[str, Any]


def compile_groups(gathered: list[Gathered], kinds: list[str]) -> JudgeGroups:
    """`judge(tables, wary, wrong, unsure, later, passed, left_out, *environment)`. `tables`: number of a version → its
    groups; `passed` and `left_out` have a place for each version, and are added to when all groups were judged.

    (number, key) of violated groups goes to `wrong`, that of undecided ones to `unsure`; those whose `group_date` is
    outside of the days go to `later`, with it. `wary(key, group)`, where given, says what to do beforehand: 0 judge,
    1 leave out, 2 unsure.
    """
    pool = Pool()
    e = Emitter(pool, {})
    bind_environment(e, kinds)
    for one in gathered:
        e.parameters = one.parameters
        with e.block() as walk:
            _walk(e, one)
        e.add(*walk)
    for one in gathered:
        e.add(p.add_at("passed", one.number, p.name(f"passed{one.number}")))
        if one.version.having is not None:
            e.add(p.add_at("left_out", one.number, p.name(f"left_out{one.number}")))
    parameters_of = ["tables", "wary", "wrong", "unsure", "later", "passed", "left_out", *environment(kinds)]
    made: JudgeGroups = p.assemble(p.function("judge", parameters_of, e.body), pool.globals)
    return made


def _walk(e: Emitter, one: Gathered) -> None:
    """The loop over the groups of one version."""
    number, version = one.number, one.version
    names = [f"key{i}" for i in range(len(version.group_by))]
    for name, (written, _) in zip(names, version.group_by, strict=True):
        e.variables[written] = Code(p.name(name))
    for let in version.lets:
        e.variables[let.unique] = let.expression
    with e.block() as body:
        _before(e, number)
        # Most groups have one item: for these the code needs no lists.
        with e.block() as single:
            e.add(p.assign("item", p.subscript(p.name("g"), p.constant(0))))
            e.variables["group"] = lone(p.name("item"))
            _judge(e, one)
        with e.block() as several:
            every = ast.Slice(None, None, p.constant(STRIDE))
            e.add(p.assign("group", p.subscript(p.name("g"), every)))
            e.variables["group"] = Code(p.name("group"))
            _judge(e, one)
        judged = p.if_(ast.Compare(p.call("len", p.name("g")), [ast.Eq()], [p.constant(STRIDE)]), single, several)
        read = {node.id for node in ast.walk(judged) if isinstance(node, ast.Name)}
        e.add(*(p.assign(n, p.subscript(p.name("key"), p.constant(i))) for i, n in enumerate(names) if n in read))
        e.add(judged)
    e.add(p.assign(f"passed{number}", p.constant(0)), p.assign(f"left_out{number}", p.constant(0)))
    pairs = ast.Tuple([ast.Name("key", ast.Store()), ast.Name("g", ast.Store())], ast.Store())
    table = p.subscript(p.name("tables"), p.constant(number))
    e.add(ast.For(pairs, p.call(p.attribute(table, "items")), body, []))


def _judge(e: Emitter, one: Gathered) -> None:
    """What becomes of one group."""
    number, version = one.number, one.version
    if version.group_date is not None:
        _dated(e, one)
    if version.having is not None:
        code = e.simple(e.emit(version.having.tree))
        skip = [p.count_up(f"left_out{number}"), ast.Continue()]
        unknown = p.if_(p.is_not(code.expr, p.constant(True)), [_tell("unsure", number), ast.Continue()])
        if code.nulls:
            e.add(p.if_(p.is_(code.expr, p.constant(False)), skip, [unknown]))
        else:
            e.add(p.if_(p.not_(code.expr), skip))
    assert version.require is not None
    code = e.simple(e.emit(version.require.tree))
    failed: list[ast.stmt] = [_tell("wrong", number)]
    if code.nulls:
        failed = [p.if_(p.is_(code.expr, p.constant(False)), failed, [_tell("unsure", number)])]
    test = p.is_(code.expr, p.constant(True)) if code.nulls else code.expr
    e.add(p.if_(test, [p.count_up(f"passed{number}")], failed))


def _tell(where: str, number: int) -> ast.stmt:
    told = ast.Tuple([p.constant(number), p.name("key")], ast.Load())
    return p.statement(p.call(p.attribute(p.name(where), "append"), told))


def _before(e: Emitter, number: int) -> None:
    """Ask `wary`, where there is one, before a group is judged."""
    asked = p.assign("caution", p.call("wary", p.name("key"), p.name("g")))
    two = ast.Compare(p.name("caution"), [ast.Eq()], [p.constant(2)])
    act = p.if_(p.name("caution"), [p.if_(two, [_tell("unsure", number)]), ast.Continue()])
    e.add(p.if_(p.is_not(p.name("wary"), p.constant(None)), [asked, act]))


def _dated(e: Emitter, one: Gathered) -> None:
    """Set aside groups whose date lies outside of the days."""
    assert one.version.group_date is not None
    code = e.simple(e.emit(one.version.group_date.tree))
    if code.nulls:
        e.add(p.if_(p.either(e.null_tests(code)), [_tell("unsure", one.number), ast.Continue()]))
    inside = ast.Compare(e.pool.name(one.days[0]), [ast.LtE(), ast.LtE()], [code.expr, e.pool.name(one.days[1])])
    entry = ast.Tuple([p.constant(one.number), code.expr, p.name("key")], ast.Load())
    add = p.statement(p.call(p.attribute(p.name("later"), "append"), entry))
    e.add(p.if_(p.not_(inside), [add, ast.Continue()]))
