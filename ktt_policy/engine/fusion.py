"""Rules in force over one stretch of dates → Python functions, fused by what they loop over.

Rules that judge the same items by the same reference date share one loop; what several of them look up is looked
up once an item. "Passed" writes nothing: a verdict that must be told is appended to `sink` as (rule number,
code, position), and the interpreter tells the rest.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import Rule, Version
from ktt_policy.engine.judge import Group
from ktt_policy.expr import pyast as p
from ktt_policy.expr import typed as t
from ktt_policy.expr.compiler import MISSING, Emitter, assemble
from ktt_policy.expr.emitter import Code, Pool

VIOLATED, UNDECIDED, GATHER, ABSENT = 0, 1, 2, 3
SHARED_WORTH = (t.Related, t.Call)


class Chosen(Struct, frozen=True):
    """A rule and its version in the stretch, numbered for `sink` and `na`."""

    number: int
    rule: Rule
    version: Version


class Unit(Struct, frozen=True):
    """Rules fused into one loop. `judge(root, doc, first, sink, pending, later, groups, *environment)`
    gives how many items it has judged; what did not apply goes to `pending` as (rule number, count)."""

    judge: Callable[..., int]
    chosen: tuple[Chosen, ...]


def environment(kinds: list[str]) -> list[str]:
    """The parameters of every generated function that differ from run to run."""
    return [
        "today",
        "complete",
        MISSING,
        *(f"related_{k}" for k in kinds),
        *(f"documents_{k}" for k in kinds),
    ]


def _bind_environment(emitter: Emitter, kinds: list[str]) -> None:
    emitter.variables["today"] = Code(p.name("today"))
    emitter.variables["run.complete"] = Code(p.name("complete"))
    for kind in kinds:
        emitter.variables[f"related {kind}"] = Code(p.name(f"related_{kind}"))
        emitter.variables[f"documents {kind}"] = Code(p.name(f"documents_{kind}"))


def fusible(version: Version) -> bool:
    return not version.repealed and len(version.iterators) <= 1


def fusion_key(version: Version) -> Any:
    """Versions with equal keys run in one loop."""
    loop = tuple((i.variable, t.key(i.domain.tree)) for i in version.iterators)
    return loop, t.key(version.date.tree) if version.date is not None else None


def compile_unit(
    kind: str, chosen: list[Chosen], parameters: dict[str, Any], days: tuple[date, date], kinds: list[str]
) -> Unit:
    """One fused loop of versions with equal fusion keys."""
    pool = Pool()
    emitter = Emitter(pool, parameters)
    _bind_environment(emitter, kinds)
    emitter.variables[kind] = Code(p.name("root"))
    writer = _UnitWriter(emitter, chosen, days)
    writer.write()
    parameters_of = ["root", "doc", "first", "sink", "pending", "later", "groups", *environment(kinds)]
    made = assemble([p.function("judge", parameters_of, emitter.body)], pool)["judge"]
    return Unit(made, tuple(chosen))


class _UnitWriter:
    def __init__(self, emitter: Emitter, chosen: list[Chosen], days: tuple[date, date]) -> None:
        self.e = emitter
        self.chosen = chosen
        self.days = days
        self.iterators = chosen[0].version.iterators
        self.date = chosen[0].version.date
        self.position: ast.expr = ast.Tuple([], ast.Load())

    def write(self) -> None:
        e = self.e
        e.add(*(p.assign(self.na(c), p.constant(0)) for c in self.chosen))
        e.add(p.assign("items", p.constant(0)))
        if not self.iterators:
            with e.block() as body:
                self.item()
            # One turn of a loop, so that an item of another stretch can be left with `continue`.
            e.add(p.loop("turn", ast.Tuple([p.constant(0)], ast.Load()), body))
        else:
            self.loop()
        for c in self.chosen:
            left = ast.Tuple([p.constant(c.number), p.name(self.na(c))], ast.Load())
            e.add(p.if_(p.name(self.na(c)), [p.statement(p.call(p.attribute(p.name("pending"), "append"), left))]))
        e.add(ast.Return(p.name("items")))

    def na(self, c: Chosen) -> str:
        return f"na{c.number}"

    def loop(self) -> None:
        e, iterator = self.e, self.iterators[0]
        domain = e.simple(e.emit(iterator.domain.tree))
        e.variables[iterator.variable] = Code(p.name("it"), domain.items)
        with e.block() as body:
            e.add(p.assign("at", ast.Tuple([p.name("n")], ast.Load())))
            self.position = p.name("at")
            self.item()
        body.pop(0)
        self._inline_position(body)
        walk = ast.For(
            ast.Tuple([ast.Name("n", ast.Store()), ast.Name("it", ast.Store())], ast.Store()),
            p.call("enumerate", domain.expr), body, [],
        )  # fmt: skip
        absent = [self.tell(c, ABSENT, ast.Tuple([], ast.Load())) for c in self.chosen]
        nothing = [self.count_na(c) for c in self.chosen]
        counted: list[ast.stmt] = [ast.AugAssign(ast.Name("items", ast.Store()), ast.Add(), p.constant(1))]
        tests: ast.stmt = walk
        empty = p.if_(p.name("first"), [*counted, *nothing])
        tests = p.if_(domain.expr, [walk], [empty])
        if domain.nulls & 2:
            told = p.if_(p.name("first"), [*counted, *absent])
            tests = p.if_(p.is_(domain.expr, p.name(p.UNSET)), [told], [tests])
        e.add(tests)

    def _inline_position(self, body: list[ast.stmt]) -> None:
        """Write `(n,)` where the position is told: told items are few."""

        class Replace(ast.NodeTransformer):
            def visit_Name(self, node: ast.Name) -> ast.AST:
                return ast.Tuple([p.name("n")], ast.Load()) if node.id == "at" else node

        for i, statement in enumerate(body):
            body[i] = Replace().visit(statement)

    def item(self) -> None:
        e = self.e
        day: ast.expr = p.constant(None)
        if self.date is not None:
            code = e.simple(e.emit(self.date.tree))
            day = code.expr
            if code.nulls:
                unknown = [self.tell(c, UNDECIDED, self.position) for c in self.chosen]
                counted = ast.AugAssign(ast.Name("items", ast.Store()), ast.Add(), p.constant(1))
                e.add(
                    p.if_(
                        p.either(e.null_tests(code)),
                        [p.if_(p.name("first"), [counted, *unknown]), ast.Continue()],
                    )
                )
            low, high = e.pool.name(self.days[0]), e.pool.name(self.days[1])
            inside = ast.Compare(low, [ast.LtE(), ast.Lt()], [day, high])
            add = p.statement(p.call(p.attribute(p.name("later"), "add"), day))
            e.add(p.if_(p.not_(inside), [add, ast.Continue()]))
        else:
            e.add(p.if_(p.not_(p.name("first")), [ast.Continue()]))
        e.add(ast.AugAssign(ast.Name("items", ast.Store()), ast.Add(), p.constant(1)))
        for c in self.chosen:
            for let in c.version.lets:
                e.variables[let.unique] = let.expression
        self.share()
        for c in self.chosen:
            with e.block() as body:
                self.rule(c, day)
            e.add(*body)

    def share(self) -> None:
        """Look up once what several rules ask of the item."""
        found: Counter[Any] = Counter()
        nodes: dict[Any, t.Tree] = {}
        for c in self.chosen:
            v = c.version
            asked = [
                v.when,
                *(x for _, x in v.group_by),
                *(let.expression for let in v.lets if not let.group),
            ]
            if not v.grouped:
                asked.append(v.require)
            mine: dict[Any, t.Tree] = {}
            for expression in asked:
                for node in t.walk(expression.tree) if expression is not None else ():
                    if isinstance(node, SHARED_WORTH) and self.free(node):
                        mine[t.key(node)] = node
            for key, node in mine.items():
                found[key] += 1
                nodes[key] = node
        for key, times in found.items():
            if times > 1:
                self.e.emit(nodes[key])

    def free(self, node: t.Tree) -> bool:
        """True when the node speaks of the item and the document only, outside of any inner loop or let."""
        known = {self.chosen[0].rule.kind, "today", *(i.variable for i in self.iterators)}
        bound = {n.var for n in t.walk(node) if hasattr(n, "var")}
        return all(n.name in known | bound for n in t.walk(node) if isinstance(n, t.Var)) and not any(
            isinstance(n, t.Define) for n in t.walk(node)
        )

    def rule(self, c: Chosen, day: ast.expr) -> None:
        e, version = self.e, c.version
        if version.when is None:
            self.applies(c, day)
            return
        code = e.emit(version.when.tree)
        if code.nulls:
            code = e.simple(code)
        with e.block() as body:
            e.narrow(version.when.tree)
            self.applies(c, day)
        otherwise = [self.count_na(c)]
        if code.nulls:
            unknown = self.tell(c, GATHER if version.grouped else UNDECIDED, self.position)
            otherwise = [p.if_(p.is_(code.expr, p.constant(False)), otherwise, [unknown])]
            e.add(p.if_(p.is_(code.expr, p.constant(True)), body, otherwise))
        else:
            e.add(p.if_(code.expr, body, otherwise))

    def applies(self, c: Chosen, day: ast.expr) -> None:
        e, version = self.e, c.version
        if version.grouped:
            self.gather(c, day)
            return
        assert version.require is not None
        code = e.emit(version.require.tree)
        if not code.nulls:
            e.add(p.if_(p.not_(code.expr), [self.tell(c, VIOLATED, self.position)]))
            return
        code = e.simple(code)
        which = p.if_else(p.is_(code.expr, p.constant(False)), p.constant(VIOLATED), p.constant(UNDECIDED))
        told = self.append(ast.Tuple([p.constant(c.number), which, self.position], ast.Load()))
        e.add(p.if_(p.is_not(code.expr, p.constant(True)), [told]))

    def gather(self, c: Chosen, day: ast.expr) -> None:
        e, version = self.e, c.version
        keys = [e.emit(expression.tree) for _, expression in version.group_by]
        keys = [e.simple(k) if k.nulls else k for k in keys]
        parts = [k.expr for k in keys]
        if not version.run:
            parts.append(p.call("id", p.name("doc")))
        table = p.subscript(p.name("groups"), p.constant(c.number))
        item = p.name("it") if self.iterators else p.name("root")
        place = ast.Tuple([p.name("doc"), self.position, day], ast.Load())
        key, known = e.fresh(), e.fresh()
        made = p.call(e.pool.name(Group), ast.List([item], ast.Load()), ast.List([place], ast.Load()))

        def added(field: str, value: ast.expr) -> ast.stmt:
            return p.statement(p.call(p.attribute(p.attribute(p.name(known), field), "append"), value))

        add: list[ast.stmt] = [
            p.assign(key, ast.Tuple(parts, ast.Load())),
            p.assign(known, p.call(p.attribute(table, "get"), p.name(key))),
            p.if_(
                p.is_(p.name(known), p.constant(None)),
                [ast.Assign([ast.Subscript(table, p.name(key), ast.Store())], made)],
                [added("items", item), added("places", place)],
            ),
        ]
        tests = [test for k in keys for test in e.null_tests(k)]
        if tests:
            e.add(p.if_(p.either(tests), [self.tell(c, GATHER, self.position)], add))
        else:
            e.add(*add)

    def count_na(self, c: Chosen) -> ast.stmt:
        return ast.AugAssign(ast.Name(self.na(c), ast.Store()), ast.Add(), p.constant(1))

    def tell(self, c: Chosen, code: int, position: ast.expr) -> ast.stmt:
        return self.append(ast.Tuple([p.constant(c.number), p.constant(code), position], ast.Load()))

    def append(self, entry: ast.expr) -> ast.stmt:
        return p.statement(p.call(p.attribute(p.name("sink"), "append"), entry))


def compile_groups(
    version: Version, parameters: dict[str, Any], days: tuple[date, date], kinds: list[str]
) -> Callable[..., tuple[int, int]]:
    """`judge(table, wary, told, later, *environment)` → how many groups passed, and how many the rule did not apply to.

    Keys of the others go to `told`; those whose `group_date` is outside of `days` go to `later`, with it.
    `wary(key, group)`, where given, says what to do beforehand: 0 judge, 1 leave out, 2 tell.
    """
    pool = Pool()
    e = Emitter(pool, parameters)
    _bind_environment(e, kinds)
    e.variables["group"] = Code(p.name("group"))
    names = [f"key{i}" for i in range(len(version.group_by))]
    for name, (written, _) in zip(names, version.group_by, strict=True):
        e.variables[written] = Code(p.name(name))
    for let in version.lets:
        e.variables[let.unique] = let.expression
    tell = p.statement(p.call(p.attribute(p.name("told"), "append"), p.name("key")))
    with e.block() as body:
        _before(e)
        targets: list[ast.expr] = [ast.Name(n, ast.Store()) for n in names]
        if not version.run:
            targets.append(ast.Name("document", ast.Store()))
        e.add(ast.Assign([ast.Tuple(targets, ast.Store())], p.name("key")))
        e.add(p.assign("group", p.attribute(p.name("g"), "items")))
        if version.group_date is not None:
            _dated_group(e, version, days)
        if version.having is not None:
            code = e.simple(e.emit(version.having.tree))
            skip = [ast.AugAssign(ast.Name("left_out", ast.Store()), ast.Add(), p.constant(1)), ast.Continue()]
            unknown = p.if_(p.is_not(code.expr, p.constant(True)), [tell, ast.Continue()])
            e.add(p.if_(p.is_(code.expr, p.constant(False)), skip, [unknown]))
        assert version.require is not None
        code = e.emit(version.require.tree)
        count = ast.AugAssign(ast.Name("passed", ast.Store()), ast.Add(), p.constant(1))
        e.add(p.if_(p.is_(code.expr, p.constant(True)), [count], [tell]))
    e.add(p.assign("passed", p.constant(0)), p.assign("left_out", p.constant(0)))
    pairs = ast.Tuple([ast.Name("key", ast.Store()), ast.Name("g", ast.Store())], ast.Store())
    e.add(ast.For(pairs, p.call(p.attribute(p.name("table"), "items")), body, []))
    e.add(ast.Return(ast.Tuple([p.name("passed"), p.name("left_out")], ast.Load())))
    parameters_of = ["table", "wary", "told", "later", *environment(kinds)]
    made: Callable[..., tuple[int, int]] = assemble([p.function("judge", parameters_of, e.body)], pool)["judge"]
    return made


def _before(e: Emitter) -> None:
    """Ask `wary`, where there is one, before a group is judged."""
    tell = p.statement(p.call(p.attribute(p.name("told"), "append"), p.name("key")))
    asked = p.assign("caution", p.call("wary", p.name("key"), p.name("g")))
    two = ast.Compare(p.name("caution"), [ast.Eq()], [p.constant(2)])
    act = p.if_(p.name("caution"), [p.if_(two, [tell]), ast.Continue()])
    e.add(p.if_(p.is_not(p.name("wary"), p.constant(None)), [asked, act]))


def _dated_group(e: Emitter, version: Version, days: tuple[date, date]) -> None:
    assert version.group_date is not None
    code = e.simple(e.emit(version.group_date.tree))
    tell = p.statement(p.call(p.attribute(p.name("told"), "append"), p.name("key")))
    if code.nulls:
        e.add(p.if_(p.either(e.null_tests(code)), [tell, ast.Continue()]))
    inside = ast.Compare(e.pool.name(days[0]), [ast.LtE(), ast.Lt()], [code.expr, e.pool.name(days[1])])
    entry = ast.Tuple([code.expr, p.name("key")], ast.Load())
    add = p.statement(p.call(p.attribute(p.name("later"), "append"), entry))
    e.add(p.if_(p.not_(inside), [add, ast.Continue()]))
