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
from ktt_policy.engine.judge import Entry
from ktt_policy.expr import pyast as p
from ktt_policy.expr import typed as t
from ktt_policy.expr.compiler import MISSING, Code, Emitter, Pool, assemble

VIOLATED, UNDECIDED, GATHER, ABSENT = 0, 1, 2, 3
PASSED, NOT_APPLICABLE = 4, 5
SHARED_WORTH = (t.Related, t.Call)


class Chosen(Struct, frozen=True):
    """A rule and its version in the stretch, numbered for `sink` and `na`."""

    number: int
    rule: Rule
    version: Version


class Unit(Struct, frozen=True):
    """Rules fused into one loop. `judge(root, doc, first, sink, na, total, later, groups, *environment)`."""

    judge: Callable[..., None]
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
    parameters_of = ["root", "doc", "first", "sink", "na", "total", "later", "groups", *environment(kinds)]
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
            slot = p.subscript(p.name("na"), p.constant(c.number))
            store = ast.Subscript(slot.value, slot.slice, ast.Store())  # type: ignore[attr-defined]
            e.add(p.if_(p.name(self.na(c)), [ast.AugAssign(store, ast.Add(), p.name(self.na(c)))]))
            total = ast.Subscript(p.name("total"), p.constant(c.number), ast.Store())
            e.add(ast.AugAssign(total, ast.Add(), p.name("items")))

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
        entry = p.call(e.pool.name(Entry), item, p.name("doc"), self.position, day)
        key, known = e.fresh(), e.fresh()
        add: list[ast.stmt] = [
            p.assign(key, ast.Tuple(parts, ast.Load())),
            p.assign(known, p.call(p.attribute(table, "get"), p.name(key))),
            p.if_(
                p.is_(p.name(known), p.constant(None)),
                [ast.Assign([ast.Subscript(table, p.name(key), ast.Store())], ast.List([entry], ast.Load()))],
                [p.statement(p.call(p.attribute(p.name(known), "append"), entry))],
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


def compile_group(version: Version, parameters: dict[str, Any], kinds: list[str]) -> Callable[..., int]:
    """`judge(group, *keys, *environment)` → PASSED, VIOLATED, UNDECIDED or NOT_APPLICABLE."""
    pool = Pool()
    e = Emitter(pool, parameters)
    _bind_group(e, version, kinds)
    if version.having is not None:
        code = e.simple(e.emit(version.having.tree))
        unknown = p.if_(p.is_not(code.expr, p.constant(True)), [ast.Return(p.constant(UNDECIDED))])
        e.add(p.if_(p.is_(code.expr, p.constant(False)), [ast.Return(p.constant(NOT_APPLICABLE))], [unknown]))
    assert version.require is not None
    code = e.simple(e.emit(version.require.tree))
    undecided = p.if_else(p.is_(code.expr, p.constant(False)), p.constant(VIOLATED), p.constant(UNDECIDED))
    e.add(ast.Return(p.if_else(p.is_(code.expr, p.constant(True)), p.constant(PASSED), undecided)))
    return _group_function(version, e, pool, kinds)


def compile_group_date(version: Version, kinds: list[str]) -> Callable[..., Any]:
    """`judge(group, *keys, *environment)` → the reference date of a whole group."""
    assert version.group_date is not None
    pool = Pool()
    e = Emitter(pool, {})
    _bind_group(e, version, kinds)
    e.add(ast.Return(e.emit(version.group_date.tree).expr))
    return _group_function(version, e, pool, kinds)


def _bind_group(e: Emitter, version: Version, kinds: list[str]) -> None:
    _bind_environment(e, kinds)
    e.variables["group"] = Code(p.name("group"))
    for i, (name, _) in enumerate(version.group_by):
        e.variables[name] = Code(p.name(f"key{i}"))
    for let in version.lets:
        e.variables[let.unique] = let.expression


def _group_function(version: Version, e: Emitter, pool: Pool, kinds: list[str]) -> Callable[..., Any]:
    keys = [f"key{i}" for i in range(len(version.group_by))]
    made: Callable[..., Any] = assemble([p.function("judge", ["group", *keys, *environment(kinds)], e.body)], pool)[
        "judge"
    ]
    return made
