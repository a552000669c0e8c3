"""Checked expressions in plain words: values as phrases, conditions as nested lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from ktt_policy.docs.page import Page, anchor, code, plain
from ktt_policy.docs.site import Site
from ktt_policy.docs.texts.phrases import CALLS, PHRASES
from ktt_policy.engine.wording import worded
from ktt_policy.expr import typed as t
from ktt_policy.expr.literals import constant
from ktt_policy.expr.unparse import name_of, unparse
from ktt_policy.reads import Where, field_at
from ktt_policy.schemas.model import FieldInfo

SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷", "**": "^"}
DAYS = ("date", "time", "date and time")


class Prose:
    """Words the expressions of one version on one page."""

    def __init__(self, site: Site, page: Page, where: Where) -> None:
        self.site = site
        self.page = page
        self.where = where
        self.at = 0 if page.lang == "fi" else 1
        self.loops: set[str] = set()  # variables of loops within one another: a field of one says whose it is

    def phrase(self, key: str, *slots: str) -> str:
        return PHRASES[key][self.at].format(*slots)

    @contextmanager
    def inside(self, mixed: set[str]) -> Iterator[None]:
        """The words of the body of a loop, or of what a filter asks: fields of these say whose they are."""
        before = self.loops
        self.loops = before | mixed
        yield
        self.loops = before

    # --- conditions, as lists ---------------------------------------------------------------------------

    def lines(self, node: Any, depth: int = 0) -> list[str]:
        """A condition as the lines of a nested list."""
        pad = "    " * depth
        match node:
            case t.Logic() if self.choice(node) is None:
                lines = [f"{pad}- {self.phrase(node.operator)}"]
                for part in self.joined(node):
                    lines += self.lines(part, depth + 1)
                return lines
            case t.Quantified():
                self.where.bind(node)
                head = self.phrase("some" if node.some else "every", code(name_of(node.var)), self.value(node.domain))
                with self.inside(mixed_loops(node, self.where.each)):
                    return [f"{pad}- {head}", *self.lines(node.body, depth + 1)]
            case t.Not() if isinstance(node.operand, (t.Logic, t.Quantified)):
                return [f"{pad}- {self.phrase('not')}", *self.lines(node.operand, depth + 1)]
            case t.Bind():
                self.where.bind(node)
                return self.lines(node.body, depth)
        return [f"{pad}- {self.condition(node)}"]

    def joined(self, node: t.Logic) -> Iterator[Any]:
        """What an `and` or `or` joins; both ends of a `between` among the rest."""
        for part in operands(node):
            inner = part.body if isinstance(part, t.Bind) else part
            if inner is not part and isinstance(inner, t.Logic) and inner.operator == node.operator:
                self.where.bind(part)
                yield from self.joined(inner)
            else:
                yield part

    def condition(self, node: Any) -> str:
        """A condition in one phrase."""
        self.where.bind(node)
        match node:
            case t.Logic():
                choice = self.choice(node)
                if choice is not None:
                    return choice
                joint = self.phrase(f"{node.operator} inline")
                return joint.join(self.inner(part, node.operator) for part in operands(node))
            case t.Not():
                if isinstance(node.operand, (t.Var, t.Field)):
                    return self.phrase("no", self.value(node.operand))
                if isinstance(node.operand, t.Define):
                    return self.phrase("not holds", self.value(node.operand))
                return self.phrase("not inline", self.condition(node.operand))
            case t.Equal():
                return self.equal(node)
            case t.Compare():
                days = "day " if node.left.kind in DAYS else ""
                return self.phrase(days + node.operator, self.value(node.left), self.value(node.right))
            case t.Defined():
                return self.phrase("defined", self.value(node.operand))
            case t.InRange():
                return self.ranged(node)
            case t.Call() if node.function == "list contains":
                return self.phrase("on the list", self.value(node.arguments[1]), self.value(node.arguments[0]))
            case t.Quantified():
                key = "some inline" if node.some else "every inline"
                domain = self.value(node.domain)
                with self.inside(mixed_loops(node, self.where.each)):
                    return self.phrase(key, code(name_of(node.var)), domain, self.condition(node.body))
            case t.Define():
                return self.phrase("holds", self.value(node))
            case t.Bind():
                return self.condition(node.body)
            case t.Field() | t.Var() if node.kind == "boolean" and node.name != "run.complete":
                return self.phrase("yes", self.value(node))
        return self.value(node)

    def inner(self, node: Any, operator: str) -> str:
        text = self.condition(node)
        mixed = isinstance(node, t.Logic) and node.operator != operator and self.choice(node) is None
        return f"({text})" if mixed else text

    def choice(self, node: t.Logic) -> str | None:
        """`x = a or x = b` as one phrase."""
        parts = operands(node)
        if node.operator != "or" or not all(isinstance(p, t.Equal) and not p.negated for p in parts):
            return None
        if len({repr(t.key(p.left)) for p in parts}) != 1 or any(p.right.kind == "null" for p in parts):
            return None
        said = ", ".join(self.beside(p.right, p.left) for p in parts)
        return self.phrase("one of", self.value(parts[0].left), said)

    def equal(self, node: t.Equal) -> str:
        left, right = node.left, node.right
        if isinstance(right, t.Const) and right.kind == "null":
            return self.phrase("is not null" if node.negated else "is null", self.value(left))
        if isinstance(right, t.Const) and right.kind == "boolean":
            return self.phrase("yes" if (right.text == "true") != node.negated else "no", self.value(left))
        return self.phrase("!=" if node.negated else "=", self.value(left), self.beside(right, left))

    def beside(self, node: Any, other: Any) -> str:
        """A value that another is compared with: a member of its enumeration goes by the name that it has there."""
        info = self.info(other)
        names = info.schema.get("x-enum", {}) if info is not None else {}
        if isinstance(node, t.Const) and node.text in names:
            return self.quoted(names[node.text][self.page.lang])
        return self.value(node)

    def ranged(self, node: t.InRange) -> str:
        ends = node.range
        if isinstance(ends, t.RangeOf) and not (ends.low_open or ends.high_open):
            key = "day between" if node.operand.kind in DAYS else "between"
            return self.phrase(key, self.value(node.operand), self.value(ends.low), self.value(ends.high))
        return self.phrase("within", self.value(node.operand), self.value(ends))

    # --- values -----------------------------------------------------------------------------------------

    def value(self, node: Any) -> str:
        """A value as a phrase, fields and parameters by their titles."""
        self.where.bind(node)
        match node:
            case t.Const():
                return self.constant(node)
            case t.Var():
                return self.variable(node)
            case t.Param():
                known = self.site.parameters[node.name]
                return self.page.link(plain(known.title[self.page.lang]), f"parameters.md#{node.name}")
            case t.Field() | t.Project():
                return self.field(node)
            case t.Filter():
                chosen = self.value(node.of)
                with self.inside(mixed_items(node)):
                    return self.phrase("filter", chosen, self.condition(node.predicate))
            case t.If():
                return self.phrase(
                    "if", self.condition(node.condition), self.value(node.then), self.value(node.otherwise)
                )
            case t.Arith():
                tight = node.operator not in "+-"
                left, right = self.operand(node.left, tight), self.operand(node.right, tight or node.operator == "-")
                return f"{left} {SIGNS[node.operator]} {right}"
            case t.Neg():
                return f"−{self.operand(node.operand, True)}"
            case t.Related():
                return self.phrase("related", self.site.kind(node.document, self.page.lang), self.value(node.key))
            case t.Documents():
                return self.phrase("documents", self.site.kind(node.document, self.page.lang))
            case t.Define():
                return f"*{plain(self.site.definition_title(node.name, self.page.lang))}*"
            case t.Bind():
                return self.value(node.body)
            case t.For():
                return self.phrase("for", self.value(node.body), self.value(node.domain))
            case t.ListOf():
                return ", ".join(self.value(m) for m in node.members)
            case t.Call():
                return self.call(node)
            case t.Logic() | t.Not() | t.Equal() | t.Compare() | t.Defined() | t.Quantified() | t.InRange():
                return self.condition(node)
        return code(unparse(node))

    def operand(self, node: Any, tight: bool) -> str:
        """An operand; in parentheses where it would be read otherwise. `tight`: a sum needs them too."""
        text = self.value(node)
        total = tight and isinstance(node, t.Arith) and node.operator in "+-"
        loose = isinstance(node, t.If) or total or self.trails(node)
        return f"({text})" if loose else text

    def trails(self, node: Any) -> bool:
        """True for a call whose words come behind its argument: `a × b rounded to 2 decimals`."""
        return isinstance(node, t.Call) and CALLS.get(node.function, ("", ""))[self.at].startswith("{0}")

    def call(self, node: t.Call) -> str:
        if node.function == "list contains":
            return self.condition(node)
        arguments = [self.value(a) for a in node.arguments]
        if node.function == "get value":
            return self.phrase("get value", *arguments)
        days = f"day {node.function}" if node.kind in DAYS and f"day {node.function}" in CALLS else node.function
        written = CALLS[days][self.at]
        return written.format(*arguments) if "{1}" in written else written.format("; ".join(arguments))

    def constant(self, node: t.Const) -> str:
        if node.kind == "null":
            return self.phrase("none")
        if node.kind == "boolean":
            return self.phrase(node.text)
        if node.kind == "string":
            names = self.site.names
            return self.quoted(names[node.text][self.page.lang] if node.text in names else node.text)
        return plain(worded(constant(node.kind, node.text), self.page.lang))

    def variable(self, node: t.Var) -> str:
        if node.name in ("today", "run.complete", "group"):
            return self.phrase(node.name)
        if node.name in self.site.kinds:
            return self.site.kind(node.name, self.page.lang)
        bound = self.where.named.get(node.name)
        if "'" in node.name and isinstance(bound, t.Node):
            return self.value(bound)  # an argument, or the operand of `in`
        return code(name_of(node.name))

    def field(self, node: Any) -> str:
        place = self.where.of(node)
        info = self.info(node)
        if place is None or info is None:
            return code(unparse(node))
        title = self.site.title(info.schema, self.page.lang, otherwise=info.name)
        link = self.page.link(plain(title), f"fields/{place[0]}.md#{anchor(place[1])}")
        owner = owner_of(node)
        return self.phrase("field of", link, code(name_of(owner))) if owner in self.loops else link

    def info(self, node: Any) -> FieldInfo | None:
        """The field that a part stands for."""
        place = self.where.of(node)
        return field_at(self.site.kinds[place[0]].record, place[1]) if place is not None and place[1] else None

    def quoted(self, text: str) -> str:
        return f"”{plain(text)}”" if self.page.lang == "fi" else f"“{plain(text)}”"


def owner_of(node: Any) -> str:
    """The variable that a field is a field of."""
    while isinstance(node, (t.Field, t.Project)):
        node = node.of
    return node.name if isinstance(node, t.Var) else ""


def mixed_loops(node: t.Quantified, each: Collection[str]) -> set[str]:
    """The loops whose fields the body may mix up: this one, those in it, and those of `for_each` that it reads."""
    inside = list(t.walk(node.body))
    inner = {n.var for n in inside if isinstance(n, t.Quantified)}
    outer = {owner_of(n) for n in inside if isinstance(n, t.Field)}.intersection(each)
    nested = inner or outer or any(isinstance(n, t.Filter) for n in inside)
    return {node.var} | inner | outer if nested else set()


def mixed_items(node: t.Filter) -> set[str]:
    """The item of a filter and the loops in it that speak of it as well as of their own."""
    loops = [n for n in t.walk(node.predicate) if isinstance(n, t.Quantified)]
    mixing = {n.var for n in loops if node.var in map(owner_of, t.walk(n.body))}
    return {node.var} | mixing if mixing else set()


def operands(node: t.Logic) -> list[Any]:
    """The parts of a chain of one operator."""
    found: list[Any] = []
    for part in (node.left, node.right):
        found += operands(part) if isinstance(part, t.Logic) and part.operator == node.operator else [part]
    return found
