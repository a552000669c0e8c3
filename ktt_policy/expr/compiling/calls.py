"""The compiler's part for calls: the functions that rules use most are written inline."""

from __future__ import annotations

import ast
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ktt_policy.expr import pyast as p
from ktt_policy.expr import typed as t
from ktt_policy.expr.compiling.emitter import Code, partial
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.expr.functions.dates import ISO_WEEKS, YEAR_MONTHS
from ktt_policy.expr.functions.lists import ZERO
from ktt_policy.expr.functions.numbers import EXPONENTS, ROUNDING
from ktt_policy.expr.typesystem import KNOWN, UNKNOWN
from ktt_policy.expr.values import is_null

if TYPE_CHECKING:
    from ktt_policy.expr.compiling.compiler import Emitter


class _Counts(dict[int, Decimal]):
    """Lengths as numbers; a run sees few different ones."""

    def __missing__(self, n: int) -> Decimal:
        return self.setdefault(n, Decimal(n))


COUNTS = _Counts()
HASHABLE = ("string", "number", "date", "boolean")


def emit_call(e: Emitter, n: t.Call) -> Code:
    """The code of a call: inline where this module knows how, else the function's body."""
    inline = _INLINE.get(n.function)
    if inline is not None:
        made: Code | None = inline(e, n)
        if made is not None:
            return made
    return _general(e, n)


def _general(e: Emitter, n: t.Call) -> Code:
    entry = BUILTINS[n.function]
    body: Any = entry.body
    if entry.partial or entry.own_nulls:
        body = partial(body)
    function = e.pool.name(body)
    arguments = [e.emit(a) for a in n.arguments]
    if entry.own_nulls:
        return Code(p.call(function, *(a.expr for a in arguments)), UNKNOWN, n.items)
    nulls = n.nulls & KNOWN | (UNKNOWN if entry.partial else 0)
    return _strict(e, n, arguments, lambda *values: p.call(function, *values), nulls, n.items)


def _strict(e: Emitter, n: t.Call, arguments: list[Code], build: Any, nulls: int = 0, items: int = 0) -> Code:
    """A call whose null arguments, and null items where the function wants none, make it unknown."""
    entry = BUILTINS[n.function]
    if not entry.strict_items or not any(a.items and _is_list(d) for a, d in zip(arguments, n.arguments, strict=True)):
        return e.guarded(arguments, build, nulls, items)
    arguments = [e.simple(a) for a in arguments]
    tests = [test for a in arguments for test in e.null_tests(a)]
    for argument, node in zip(arguments, n.arguments, strict=True):
        if argument.items and _is_list(node):
            tests.append(p.call(e.pool.name(has_null), argument.expr))
    made = build(*(a.expr for a in arguments))
    return Code(p.if_else(p.either(tests), p.name(p.UNSET), made), nulls | UNKNOWN, items)


def has_null(items: list[Any]) -> bool:
    return any(is_null(i) for i in items)


def _is_list(node: t.Tree) -> bool:
    return node.kind == "list"


def _count(e: Emitter, n: t.Call) -> Code | None:
    counts = e.pool.name(COUNTS)
    inner = n.arguments[0]
    if isinstance(inner, t.Call) and inner.function == "distinct values":
        values = inner.arguments[0]
        if isinstance(values, t.Project) and values.item_kind in HASHABLE:
            code = e.emit(values)
            if not code.items:
                if code.only is not None:
                    return _of_lone(code, counts_of(e, 1), counts_of(e, 0))
                distinct = lambda x: p.subscript(counts, p.call("len", p.call("set", x)))  # noqa: E731
                return e.guarded([code], distinct)
    code = e.emit(inner)
    if code.only is not None:
        return _of_lone(code, counts_of(e, 1), counts_of(e, 0))
    return e.guarded([code], lambda x: p.subscript(counts, p.call("len", x)))


def counts_of(e: Emitter, n: int) -> ast.expr:
    return e.pool.name(COUNTS[n])


def _of_lone(code: Code, value: ast.expr, otherwise: ast.expr, nulls: int = 0) -> Code:
    """What is made of a list with a single item, and of one that holds none; that may be null."""
    return Code(value) if code.when is None else Code(p.if_else(code.when, value, otherwise), nulls)


def _sum(e: Emitter, n: t.Call) -> Code | None:
    if len(n.arguments) != 1 or not _is_list(n.arguments[0]):
        return None
    zero = e.pool.name(ZERO)
    code = e.emit(n.arguments[0])
    if code.only is not None and not code.items:
        return _of_lone(code, code.only, zero)
    return _strict(e, n, [code], lambda x: p.call("sum", x, zero))


def _extreme(e: Emitter, n: t.Call) -> Code | None:
    if len(n.arguments) != 1 or not _is_list(n.arguments[0]):
        return None
    code = e.emit(n.arguments[0])
    if code.only is not None and not code.items:
        return _of_lone(code, code.only, p.constant(None), KNOWN)
    none = {"default": p.constant(None)}
    return _strict(e, n, [code], lambda x: p.call(n.function, x, **none), KNOWN)


def _round(e: Emitter, n: t.Call) -> Code | None:
    scale = n.arguments[1] if len(n.arguments) > 1 else None
    if scale is None:
        exponent = EXPONENTS[0]
    elif isinstance(scale, t.Const) and scale.text in ("0", "1", "2", "3", "4"):
        exponent = EXPONENTS[int(scale.text)]
    else:
        return None
    arguments = e.pool.name(exponent), p.constant(ROUNDING[n.function])
    return e.guarded([e.emit(n.arguments[0])], lambda x: p.call(p.attribute(x, "quantize"), *arguments))


def _memo(e: Emitter, n: t.Call) -> Code | None:
    table = ISO_WEEKS if n.function == "iso week" else YEAR_MONTHS
    return e.guarded([e.emit(n.arguments[0])], lambda x: p.subscript(e.pool.name(table), x))


def _contains(e: Emitter, n: t.Call) -> Code | None:
    """A constant list of texts becomes a set."""
    items = n.arguments[0]
    if n.arguments[1].kind not in ("string", "null"):
        return None
    values: list[Any] | None = None
    if isinstance(items, t.ListOf) and all(isinstance(m, t.Const) and m.kind == "string" for m in items.members):
        values = [m.text for m in items.members if isinstance(m, t.Const)]
    elif isinstance(items, t.Param):
        found = e.parameters.get(items.name)
        if isinstance(found, list) and all(isinstance(v, str) for v in found):
            values = found
    if values is None:
        return None
    members = e.pool.name(frozenset(values))
    element = e.emit(n.arguments[1])

    return e.guarded([Code(element.expr, element.nulls & UNKNOWN)], lambda x: ast.Compare(x, [ast.In()], [members]))


def _get_value(e: Emitter, n: t.Call) -> Code | None:
    table = n.arguments[0]
    if not isinstance(table, t.Param):
        return None
    unset = p.name(p.UNSET)
    return e.guarded(
        [e.emit(table), e.emit(n.arguments[1])],
        lambda x, key: p.call(p.attribute(x, "get"), key, unset), n.nulls & KNOWN | UNKNOWN, n.items,
    )  # fmt: skip


_INLINE: dict[str, Any] = {
    "count": _count, "sum": _sum, "min": _extreme, "max": _extreme, "round half up": _round,
    "round half down": _round, "round up": _round, "round down": _round, "decimal": _round, "floor": _round,
    "ceiling": _round, "iso week": _memo, "year month": _memo, "list contains": _contains, "get value": _get_value,
}  # fmt: skip
