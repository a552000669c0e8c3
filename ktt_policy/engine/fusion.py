"""Rules in force over one stretch of dates → one Python function that judges documents of a kind.

Rules that judge the same items by the same reference date over the same days make a section; sections that walk
the same list share its loop. "Passed" writes nothing: a verdict that must be told is appended to `sink` as
(document, rule number, code, positions, reference date).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import Rule, Version
from ktt_policy.expr import pyast as p
from ktt_policy.expr import typed as t
from ktt_policy.expr.compiling.compiler import Emitter
from ktt_policy.expr.compiling.emitter import Code, Pool
from ktt_policy.expr.typesystem import UNKNOWN

VIOLATED, UNDECIDED, GATHER, ABSENT = 0, 1, 2, 3
SHARED_WORTH = (t.Related, t.Call)


class Chosen(Struct, frozen=True):
    """A rule and its version in the stretch; `number` is the version's in the program."""

    number: int
    rule: Rule
    version: Version


class Section(Struct, frozen=True):
    """Rules that judge the same items by the same reference date, and stay the same from one day to another."""

    chosen: tuple[Chosen, ...]
    days: tuple[date, date]


class Loops(Struct, frozen=True):
    """`judge(documents, sink, left, other, tables, passed, left_out, *environment)`: the last two have a place for
    each version, by its number, and are added to: items that passed unless they are told, and items left out.

    `other(document, days)` judges items whose dates lie in other stretches. Whatever raises sends the document to
    `left`, with nothing counted of it.
    """

    judge: Callable[..., None]
    sections: tuple[Section, ...]


def environment(kinds: list[str]) -> list[str]:
    """The parameters of every generated function that differ from run to run: `related_…` are `context.Records`."""
    return [
        "today",
        "complete",
        *(f"related_{k}" for k in kinds),
        *(f"documents_{k}" for k in kinds),
    ]


def bind_environment(emitter: Emitter, kinds: list[str]) -> None:
    """Let an emitter know the names of `environment`."""
    emitter.variables["today"] = Code(p.name("today"))
    emitter.variables["run.complete"] = Code(p.name("complete"))
    for kind in kinds:
        emitter.variables[f"related {kind}"] = Code(p.name(f"related_{kind}"))
        emitter.variables[f"documents {kind}"] = Code(p.name(f"documents_{kind}"))


def fusible(version: Version) -> bool:
    """True for what one loop can judge: a list that depends on the date of its items is the reference's to walk."""
    return not version.repealed and len(version.iterators) <= 1 and not any(i.dated for i in version.iterators)


def loop_key(version: Version) -> Any:
    """Versions with equal keys walk the same list."""
    return tuple((i.variable, t.key(i.domain.tree)) for i in version.iterators)


def fusion_key(version: Version) -> Any:
    """Versions with equal keys judge the same items by the same date."""
    return loop_key(version), t.key(version.date.tree) if version.date is not None else None


def compile_loops(
    kind: str, sections: list[Section], parameters: dict[str, Any], kinds: list[str], rest: bool = False
) -> Loops:
    """One function of all sections. `rest`: for what another stretch has left over, where the items of
    these days are judged and all others were seen to; errors are the caller's."""
    pool = Pool()
    emitter = Emitter(pool, parameters)
    bind_environment(emitter, kinds)
    emitter.variables[kind] = Code(p.name("root"))
    by_loop: dict[Any, list[Section]] = {}
    for section in sections:
        by_loop.setdefault(loop_key(section.chosen[0].version), []).append(section)
    ordered = [section for together in by_loop.values() for section in together]
    _LoopsWriter(emitter, ordered, rest).write(list(by_loop.values()))
    parameters_of = ["documents", "sink", "left", "other", "tables", "passed", "left_out", *environment(kinds)]
    made = p.assemble(p.function("judge", parameters_of, emitter.body), pool.globals)
    return Loops(made, tuple(ordered))


class _LoopsWriter:
    def __init__(self, emitter: Emitter, sections: list[Section], rest: bool) -> None:
        self.e = emitter
        self.rest = rest
        self.items = {id(s): f"items{i}" for i, s in enumerate(sections)}
        self.chosen = [(s, c) for s in sections for c in s.chosen]
        self.na: dict[int, str] = {}  # of the versions that may leave an item out
        self.position: ast.expr = ast.Tuple([], ast.Load())
        self.item: ast.expr = p.name("root")
        self.entry: ast.expr = p.name("entry")

    def write(self, loops: list[list[Section]]) -> None:
        e = self.e
        with e.block() as body:
            for sections in loops:
                if sections[0].chosen[0].version.iterators:
                    self.loop(sections)
                else:
                    for section in sections:
                        e.add(self.count_items(section, p.constant(1)))
                    self.sections(sections)
        counters = [*self.items.values(), *self.na.values()]
        if not self.rest:
            body = self.guarded(body, counters)
        e.add(*(p.assign(counter, p.constant(0)) for counter in counters))
        for _, c in self.chosen:
            if c.version.grouped:
                e.add(p.assign(f"table{c.number}", p.subscript(p.name("tables"), p.constant(c.number))))
        e.add(p.assign("later", p.call("set")))
        e.add(p.loop("doc", p.name("documents"), [p.assign("root", p.attribute(p.name("doc"), "record")), *body]))
        for section, c in self.chosen:
            na = p.name(self.na[c.number]) if c.number in self.na else None
            if not c.version.grouped:
                items: ast.expr = p.name(self.items[id(section)])
                e.add(p.add_at("passed", c.number, items if na is None else ast.BinOp(items, ast.Sub(), na)))
            if na is not None:
                e.add(p.add_at("left_out", c.number, na))

    def guarded(self, body: list[ast.stmt], counters: list[str]) -> list[ast.stmt]:
        """A document that raises is left to the reference, as if it had not been looked at."""
        clear = p.statement(p.call(p.attribute(p.name("later"), "clear")))
        others = p.if_(p.name("later"), [p.statement(p.call("other", p.name("doc"), p.name("later"))), clear])
        restore = ast.Assign(
            [ast.Tuple([ast.Name(c, ast.Store()) for c in counters], ast.Store())], p.name("held")
        )  # fmt: skip
        behind = ast.Subscript(p.name("sink"), ast.Slice(p.name("mark")), ast.Del())
        leave = p.statement(p.call(p.attribute(p.name("left"), "append"), p.name("doc")))
        handler = ast.ExceptHandler(p.name("Exception"), None, [restore, ast.Delete([behind]), clear, leave])
        return [
            p.assign("mark", p.call("len", p.name("sink"))),
            p.assign("held", ast.Tuple([p.name(c) for c in counters], ast.Load())),
            ast.Try([*body, others], [handler], [], []),
        ]

    def loop(self, sections: list[Section]) -> None:
        """One walk over the list of some sections."""
        e, iterator = self.e, sections[0].chosen[0].version.iterators[0]
        domain = e.simple(e.emit(iterator.domain.tree))
        e.variables[iterator.variable] = Code(p.name("it"), domain.items)
        outside, self.item = self.position, p.name("it")
        self.position = ast.Tuple([p.name("n")], ast.Load())
        with e.block() as body:
            if any(c.version.grouped for s in sections for c in s.chosen):
                e.add(p.assign("at", self.position))
                self.position = p.name("at")
            self.sections(sections)
        self.position, self.item = outside, p.name("root")
        pairs = ast.Tuple([ast.Name("n", ast.Store()), ast.Name("it", ast.Store())], ast.Store())
        size = p.call("len", domain.expr)
        walk = [
            *(self.count_items(section, size) for section in sections),
            ast.For(pairs, p.call("enumerate", domain.expr), body, []),
        ]
        # No list to walk is one item for each rule: undecided where it is not known, else not applicable.
        chosen = [c for section in sections for c in section.chosen]
        one = [] if self.rest else [self.count_items(section, p.constant(1)) for section in sections]
        empty = [] if self.rest else [*one, *(self.count_na(c) for c in chosen)]
        absent = [] if self.rest else [*one, *(self.tell(c, ABSENT, outside) for c in chosen)]
        test = p.if_(domain.expr, walk, empty)
        if domain.nulls & UNKNOWN:
            test = p.if_(p.is_(domain.expr, p.name(p.UNSET)), absent, [test])
        e.add(test)

    def sections(self, sections: list[Section]) -> None:
        """What is done with one item: by each section, where its reference date lies in the section's days."""
        e = self.e
        for section in sections:
            dated = section.chosen[0].version.date
            if dated is None:
                if not self.rest:
                    self.rules(section, p.constant(None))
                continue
            code = e.simple(e.emit(dated.tree))
            with e.block() as body:
                self.rules(section, code.expr)
            low, high = e.pool.name(section.days[0]), e.pool.name(section.days[1])
            inside = ast.Compare(low, [ast.LtE(), ast.LtE()], [code.expr, high])
            less = self.count_items(section, p.constant(-1))
            add = p.statement(p.call(p.attribute(p.name("later"), "add"), code.expr))
            test = p.if_(inside, body, [less] if self.rest else [less, add])
            if code.nulls:
                unknown = [less] if self.rest else [self.tell(c, UNDECIDED, self.position) for c in section.chosen]
                test = p.if_(p.either(e.null_tests(code)), unknown, [test])
            e.add(test)

    def rules(self, section: Section, day: ast.expr) -> None:
        e = self.e
        for c in section.chosen:
            for let in c.version.lets:
                e.variables[let.unique] = let.expression
        asked = self.share(section.chosen)
        self.entry = ast.Tuple([self.item, p.name("doc"), self.position, day], ast.Load())
        if sum(c.version.grouped for c in section.chosen) > 1:
            e.add(p.assign("entry", self.entry))
            self.entry = p.name("entry")
        node, readers = asked if asked is not None else (None, set())
        self.each([c for c in section.chosen if c.number not in readers], day)
        if node is not None:
            self.by_document(node, [c for c in section.chosen if c.number in readers], day)

    def by_document(self, node: t.Related, readers: list[Chosen], day: ast.expr) -> None:
        """Rules that ask for one document: once for when it is there, with hardly a null check, once for all else."""
        e = self.e
        key, record = e.key(node), e.emit(node)
        with e.block() as found:
            e.caches[-1][key] = Code(record.expr, 0, record.items)
            self.each(readers, day)
        with e.block() as missing:
            self.each(readers, day)
        e.add(p.if_(p.either(e.null_tests(record)), missing, found))

    def each(self, chosen: Iterable[Chosen], day: ast.expr) -> None:
        for c in chosen:
            with self.e.block() as body:
                self.rule(c, day)
            self.e.add(*body)

    def share(self, chosen: tuple[Chosen, ...]) -> tuple[t.Related, set[int]] | None:
        """Look up once what several rules ask of the item. Gives back the document that most of them ask for, and the
        numbers of these."""
        users: dict[Any, set[int]] = {}
        nodes: dict[Any, t.Tree] = {}
        for c in chosen:
            v = c.version
            asked = [
                v.when,
                *(x for _, x in v.group_by),
                *(let.expression for let in v.lets if not let.group),
            ]
            if not v.grouped:
                asked.append(v.require)
            for expression in asked:
                for node in t.walk(expression.tree) if expression is not None else ():
                    if isinstance(node, SHARED_WORTH) and self.free(c, node):
                        users.setdefault(t.key(node), set()).add(c.number)
                        nodes[t.key(node)] = node
        shared = [(nodes[key], numbers) for key, numbers in users.items() if len(numbers) > 1]
        for node, _ in shared:
            self.e.emit(node)
        related = [(node, numbers) for node, numbers in shared if isinstance(node, t.Related)]
        return max(related, key=lambda one: len(one[1]), default=None)

    def free(self, c: Chosen, node: t.Tree) -> bool:
        """True when the node speaks of the item and the document only, outside of any inner loop or let."""
        known = {c.rule.kind, "today", *(i.variable for i in c.version.iterators)}
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
            unknown = self.tell(c, GATHER if version.grouped else UNDECIDED, self.position, day)
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
            e.add(p.if_(p.not_(code.expr), [self.tell(c, VIOLATED, self.position, day)]))
            return
        code = e.simple(code)
        which = p.if_else(p.is_(code.expr, p.constant(False)), p.constant(VIOLATED), p.constant(UNDECIDED))
        e.add(p.if_(p.is_not(code.expr, p.constant(True)), [self.append(c, which, self.position, day)]))

    def gather(self, c: Chosen, day: ast.expr) -> None:
        """Put the item into its group: most have one item, whose entry all groups share that it is in."""
        e, version = self.e, c.version
        keys = [e.emit(expression.tree) for _, expression in version.group_by]
        keys = [e.simple(k) if k.nulls else k for k in keys]
        parts = [k.expr for k in keys]
        if not version.run:
            parts.append(p.call("id", p.name("doc")))
        table = p.name(f"table{c.number}")
        tests = [test for k in keys for test in e.null_tests(k)]
        with e.block() as add:
            key, entry, known = e.fresh(), e.simple(Code(self.entry)).expr, e.fresh()
            e.add(
                p.assign(key, ast.Tuple(parts, ast.Load())),
                p.assign(known, p.call(p.attribute(table, "setdefault"), p.name(key), entry)),
            )
            both = ast.List([ast.Starred(p.name(known), ast.Load()), ast.Starred(entry, ast.Load())], ast.Load())
            second = ast.Assign([ast.Subscript(table, p.name(key), ast.Store())], both)
            another = ast.AugAssign(ast.Name(known, ast.Store()), ast.Add(), entry)
            is_one = p.is_(p.attribute(p.name(known), "__class__"), p.name("tuple"))
            e.add(p.if_(p.is_not(p.name(known), entry), [p.if_(is_one, [second], [another])]))
        if tests:
            e.add(p.if_(p.either(tests), [self.tell(c, GATHER, self.position, day)], add))
        else:
            e.add(*add)

    def count_items(self, section: Section, amount: ast.expr) -> ast.stmt:
        return ast.AugAssign(ast.Name(self.items[id(section)], ast.Store()), ast.Add(), amount)

    def count_na(self, c: Chosen) -> ast.stmt:
        return p.count_up(self.na.setdefault(c.number, f"na{c.number}"))

    def tell(self, c: Chosen, code: int, position: ast.expr, day: ast.expr | None = None) -> ast.stmt:
        return self.append(c, p.constant(code), position, day or p.constant(None))

    def append(self, c: Chosen, code: ast.expr, position: ast.expr, day: ast.expr) -> ast.stmt:
        entry = ast.Tuple([p.name("doc"), p.constant(c.number), code, position, day], ast.Load())
        return p.statement(p.call(p.attribute(p.name("sink"), "append"), entry))
