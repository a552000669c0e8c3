"""Typed tree → text in the language: how a part reads that stands in no file (an altered one, say).

Where a tree has spelt out what was written (`in`, `between`), the longer form comes out. Names are as written:
what the checker added to make them unique is left out.
"""

from __future__ import annotations

import re
from typing import Any

from ktt_policy.expr import typed as t

# The strength of what a part is made by; a weaker part inside a stronger one stands in parentheses.
OPEN, OR, AND, COMPARISON, SUM, PRODUCT, POWER, UNARY, WHOLE = range(9)
# As the grammar has it: keywords are none.
NAME = r"(?!(if|then|else|for|return|satisfies|some|every|between|in|or|and|not|true|false|null|instance)\b)[^\W\d]\w*"
_ARITH = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}


def unparse(node: t.Tree, named: dict[str, t.Tree] | None = None) -> str:
    """The text of a tree. `named`: what the variables stand for that a `Bind` above the tree brings."""
    return _Writer(named or {}).text(node)


def name_of(variable: str) -> str:
    """A variable as written: `item'2` is `item`, `I601@2026-01-01.right` is `right`."""
    bare = variable.partition("'")[0]
    return bare.rpartition(".")[2] if "@" in bare else bare


class _Writer:
    def __init__(self, named: dict[str, t.Tree]) -> None:
        self.bound = dict(named)

    def text(self, node: t.Tree, least: int = OPEN) -> str:
        """The text of a part; in parentheses when it binds less than `least`."""
        written, strength = self.part(node)
        return f"({written})" if strength < least else written

    def texts(self, nodes: tuple[t.Tree, ...]) -> str:
        return ", ".join(self.text(n) for n in nodes)

    def part(self, node: t.Tree) -> tuple[str, int]:
        match node:
            case t.Const():
                return _constant(node)
            case t.Var():
                if node.name in self.bound:
                    return self.part(self.bound[node.name])
                return name_of(node.name), WHOLE
            case t.Param():
                return f"parameters.{node.name}", WHOLE
            case t.Field() | t.Prop() | t.Project():
                return f"{self.text(node.of, WHOLE)}.{node.name}", WHOLE
            case t.Filter():
                return f"{self.text(node.of, WHOLE)}[{self.text(node.predicate)}]", WHOLE
            case t.Index():
                return f"{self.text(node.of, WHOLE)}[{self.text(node.index)}]", WHOLE
            case t.Bind():
                self.bound[node.var] = node.value
                return self.part(node.body)
            case t.Define() | t.Call() | t.Not() | t.Defined() | t.Related() | t.Documents():
                return self.call(node), WHOLE
            case t.RangeOf():
                left, right = "(" if node.low_open else "[", ")" if node.high_open else "]"
                return f"{left}{self.text(node.low)}..{self.text(node.high)}{right}", WHOLE
            case t.ListOf():
                return f"[{self.texts(node.members)}]", WHOLE
            case t.ContextOf():
                entries = (f"{_key(k)}: {self.text(v)}" for k, v in zip(node.keys, node.values, strict=True))
                return "{" + ", ".join(entries) + "}", WHOLE
        return self.operator(node)

    def operator(self, node: t.Tree) -> tuple[str, int]:
        match node:
            case t.Neg():
                return f"-{self.text(node.operand, UNARY)}", UNARY
            case t.Arith():
                own = _ARITH[node.operator]
                left, right = self.text(node.left, own), self.text(node.right, own + 1)
                return f"{left} {node.operator} {right}", own
            case t.Compare():
                return self.compared(node.left, node.operator, node.right)
            case t.Equal():
                return self.compared(node.left, "!=" if node.negated else "=", node.right)
            case t.InRange():
                return self.compared(node.operand, "in", node.range)
            case t.InstanceOf():
                return f"{self.text(node.operand, SUM)} instance of {node.type}", COMPARISON
            case t.Logic():
                own = OR if node.operator == "or" else AND
                return f"{self.text(node.left, own)} {node.operator} {self.text(node.right, own + 1)}", own
        return self.open(node)

    def compared(self, left: t.Tree, operator: str, right: t.Tree) -> tuple[str, int]:
        return f"{self.text(left, SUM)} {operator} {self.text(right, SUM)}", COMPARISON

    def open(self, node: t.Tree) -> tuple[str, int]:
        match node:
            case t.If():
                condition, then = self.text(node.condition), self.text(node.then)
                return f"if {condition} then {then} else {self.text(node.otherwise)}", OPEN
            case t.For():
                heads, body = [f"{name_of(node.var)} in {self.text(node.domain)}"], node.body
                while node.flatten and isinstance(body, t.For):  # `for a in x, b in y`
                    heads.append(f"{name_of(body.var)} in {self.text(body.domain)}")
                    node, body = body, body.body
                return f"for {', '.join(heads)} return {self.text(body)}", OPEN
            case t.Quantified():
                head = f"{'some' if node.some else 'every'} {name_of(node.var)} in {self.text(node.domain)}"
                return f"{head} satisfies {self.text(node.body)}", OPEN
            case t.Steps():
                return f"{self.text(node.low, SUM)}..{self.text(node.high, SUM)}", OPEN
        raise TypeError(node.__class__.__name__)

    def call(self, node: t.Tree) -> str:
        match node:
            case t.Define():
                return f"{node.name}({self.texts(node.arguments)})"
            case t.Call():
                return f"{node.function}({self.texts(node.arguments)})"
            case t.Related():
                return f'related("{node.document}", {self.text(node.key)})'
            case t.Documents():
                return f'all documents("{node.document}")'
        name = "not" if isinstance(node, t.Not) else "is defined"
        inner: Any = node
        return f"{name}({self.text(inner.operand)})"


def _key(name: str) -> str:
    """The key of an entry, quoted where it is no name."""
    return name if re.fullmatch(NAME, name) else _quoted(name)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _constant(node: t.Const) -> tuple[str, int]:
    if node.kind == "string":
        return _quoted(node.text), WHOLE
    if node.kind in ("number", "boolean", "null"):
        return node.text, UNARY if node.text.startswith("-") else WHOLE
    return f'@"{node.text}"', WHOLE
