"""Where the compiler writes: code with its null bits, the constants' pool, blocks, temporaries and null guards.

`emit` of the nodes is `compiler`'s; here is what every node needs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from msgspec import UNSET, Struct

from ktt_policy.expr import pyast as p
from ktt_policy.expr import typed as t
from ktt_policy.expr.typesystem import KNOWN, UNKNOWN
from ktt_policy.expr.values import UndefinedError, is_null


class Code(Struct, frozen=True):
    """An expression of the generated code, with the null bits of its value and of its items.

    A list that is known to hold a single item has that in `only`; with `when`, it holds none where that is false.
    """

    expr: ast.expr
    nulls: int = 0
    items: int = 0
    only: ast.expr | None = None
    when: ast.expr | None = None


@cache
def partial(body: Callable[..., Any]) -> Callable[..., Any]:
    """A body that may have no answer, as compiled code calls it: UNSET instead of an exception."""

    def guarded(*arguments: Any) -> Any:
        try:
            return body(*arguments)
        except UndefinedError:
            return UNSET

    return guarded


def access(of: ast.expr, field: str, record: bool, nulls: int) -> ast.expr:
    """A field of a record, or of a context, which may have no such key."""
    if record:
        return p.attribute(of, field)
    if nulls & UNKNOWN:
        return p.call(p.attribute(of, "get"), p.constant(field), p.name(p.UNSET))
    return p.subscript(of, p.constant(field))


def lone(item: ast.expr, when: ast.expr | None = None, items: int = 0) -> Code:
    """A list that holds a single item, or that one or none."""
    made: ast.expr = ast.List([item], ast.Load())
    if when is not None:
        made = p.if_else(when, made, ast.List([], ast.Load()))
    return Code(made, 0, items, item, when)


class Pool:
    """The constants and helpers of a generated module, by name; `globals` has beside them what every module needs."""

    def __init__(self) -> None:
        self.globals: dict[str, Any] = {"UNSET": UNSET, "is_null": is_null}
        self.constants: dict[str, Any] = {}
        self._names: dict[int, str] = {}

    def name(self, value: Any) -> ast.expr:
        known = self._names.get(id(value))
        if known is None:
            known = self._names[id(value)] = f"k{len(self._names)}"
            self.globals[known] = self.constants[known] = value
        return p.name(known)


class Writer:
    """Writes the code of typed trees into one function.

    `variables`: name in the tree → Code, or Checked for a `let`, which is written at its first use.
    `parameters`: name → value at the stretch of dates that this code is for; a missing one is not known.
    """

    def __init__(self, pool: Pool, parameters: Mapping[str, Any]) -> None:
        self.pool = pool
        self.parameters = parameters
        self.variables: dict[str, Code | t.Checked] = {}
        self.body: list[ast.stmt] = []
        self.caches: list[dict[Any, Code]] = [{}]
        self.count = 0

    # --- blocks, temporaries, guards --------------------------------------------------------------------

    def fresh(self, stem: str = "t") -> str:
        self.count += 1
        return f"{stem}{self.count}"

    @contextmanager
    def block(self) -> Iterator[list[ast.stmt]]:
        """A nested block: what it computes is forgotten behind it."""
        outer, self.body = self.body, []
        self.caches.append({})
        try:
            yield self.body
        finally:
            self.body = outer
            self.caches.pop()

    def add(self, *statements: ast.stmt) -> None:
        self.body.extend(statements)

    def simple(self, code: Code) -> Code:
        """The same value as a name or constant, so that it can be used twice."""
        if isinstance(code.expr, (ast.Name, ast.Constant)):
            return code
        temporary = self.fresh()
        self.add(p.assign(temporary, code.expr))
        return Code(p.name(temporary), code.nulls, code.items)

    def null_tests(self, code: Code) -> list[ast.expr]:
        tests = []
        if code.nulls & KNOWN:
            tests.append(p.is_(code.expr, p.constant(None)))
        if code.nulls & UNKNOWN:
            tests.append(p.is_(code.expr, p.name(p.UNSET)))
        return tests

    def guarded(self, operands: list[Code], build: Callable[..., ast.expr], nulls: int = 0, items: int = 0) -> Code:
        """`build(...)` of the operands, or unknown when one of them is null."""
        operands = [self.simple(o) if o.nulls else o for o in operands]
        tests = [test for o in operands for test in self.null_tests(o)]
        made = build(*(o.expr for o in operands))
        if not tests:
            return Code(made, nulls, items)
        return Code(p.if_else(p.either(tests), p.name(p.UNSET), made), nulls | UNKNOWN, items)

    def key(self, node: t.Tree) -> Any:
        """What the node means *here*: its key, with the code of the variables that it takes from outside.

        Names repeat: each text is checked by itself, a definition is inlined again at every call.
        """
        parts = t.walk(node)
        inner = {n.var for n in parts if isinstance(n, (t.For, t.Quantified, t.Filter, t.Bind))}
        inner.update(v for n in parts if isinstance(n, t.Define) for v in n.variables)
        free = {n.name for n in parts if isinstance(n, t.Var)} - inner
        return t.key(node), tuple((name, self._identity(name)) for name in sorted(free))

    def _identity(self, name: str) -> Any:
        bound = self.variables.get(name)
        if not isinstance(bound, Code):
            return id(bound)
        if isinstance(bound.expr, ast.Constant):
            return type(bound.expr.value), bound.expr.value
        return bound.expr.id if isinstance(bound.expr, ast.Name) else bound.expr

    def kept(self, key: Any) -> Code | None:
        for kept in reversed(self.caches):
            if key in kept:
                found: Code = kept[key]
                return found
        return None

    def narrow(self, condition: t.Tree) -> None:
        """In the block where a condition is true, what it says is not null needs no null check."""
        if isinstance(condition, t.Logic) and condition.operator == "and":
            self.narrow(condition.left)
            self.narrow(condition.right)
        elif isinstance(condition, t.Equal) and condition.negated and isinstance(condition.right, t.Const):
            subject = condition.left
            if condition.right.kind == "null" and isinstance(subject, (t.Var, t.Related)):
                key = ("let", subject.name) if isinstance(subject, t.Var) else self.key(subject)
                known = self.kept(key)
                if known is not None:
                    self.caches[-1][key] = Code(known.expr, 0, known.items)
