"""Interpreter = compiler, on generated well-typed expressions and matching values, nulls and all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ktt_policy.expr.checker import compile_text
from ktt_policy.expr.compiler import compile_expression
from ktt_policy.expr.interpreter import Interpreter
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.typesystem import BOOLEAN, DATE, KNOWN, NUMBER, STRING, UNKNOWN, Type, list_of
from ktt_policy.expr.values import CONTEXT, Reason, Unknown, fields_of, is_unknown, to_nested
from ktt_policy.source.text import whole
from msgspec import UNSET, Struct, UnsetType


class Row(Struct, gc=False):
    """A record as documents have it: required, nullable and optional fields."""

    n: Decimal
    s: str
    d: date
    b: bool
    kn: Decimal | None
    un: Decimal | UnsetType | None = UNSET
    ub: bool | UnsetType = UNSET


FIELDS = {
    "n": NUMBER, "s": Type("string", members=("a", "b", "c")), "d": DATE, "b": BOOLEAN,
    "kn": NUMBER.with_nulls(KNOWN), "un": NUMBER.with_nulls(KNOWN | UNKNOWN), "ub": BOOLEAN.with_nulls(UNKNOWN),
}  # fmt: skip
RECORD = Type("context", fields=FIELDS, record=True, name="row")
DICT = Type("context", fields=FIELDS)
TYPES = {
    "r": RECORD, "rows": list_of(RECORD), "c": DICT, "dicts": list_of(DICT), "x": NUMBER,
    "kx": NUMBER.with_nulls(KNOWN), "ux": NUMBER.with_nulls(UNKNOWN), "t": STRING, "ub": BOOLEAN.with_nulls(UNKNOWN),
    "xs": list_of(NUMBER), "nxs": list_of(NUMBER.with_nulls(KNOWN | UNKNOWN)), "d": DATE,
    "ud": DATE.with_nulls(UNKNOWN), "urows": list_of(RECORD).with_nulls(KNOWN | UNKNOWN),
}  # fmt: skip

numbers = st.sampled_from([Decimal(v) for v in ("0", "1", "2", "3", "-1", "0.5", "2.005", "15.725", "1e30", "9" * 34)])
dates = st.dates(date(2025, 12, 25), date(2026, 3, 2))
letters = st.sampled_from(["a", "b", "c"])
maybe = lambda s: st.one_of(s, st.just(UNSET))  # noqa: E731
nullable = lambda s: st.one_of(s, st.none())  # noqa: E731
rows = st.builds(
    Row, n=numbers, s=letters, d=dates, b=st.booleans(), kn=nullable(numbers), un=maybe(nullable(numbers)),
    ub=maybe(st.booleans()),
)  # fmt: skip
dicts = rows.map(fields_of)
environments = st.fixed_dictionaries(
    {
        "r": rows, "rows": st.lists(rows, max_size=3), "c": dicts, "dicts": st.lists(dicts, max_size=3), "x": numbers,
        "kx": nullable(numbers), "ux": maybe(numbers), "t": letters, "ub": maybe(st.booleans()),
        "xs": st.lists(numbers, max_size=3), "nxs": st.lists(maybe(nullable(numbers)), max_size=3), "d": dates,
        "ud": maybe(dates), "urows": maybe(nullable(st.lists(rows, max_size=2))),
    }
)  # fmt: skip


@st.composite
def number_texts(draw: Any, depth: int, names: tuple[str, ...]) -> str:
    leaves = ["0", "1", "2.5", "30", "x", "kx", "ux", "r.n", "r.kn", "r.un", "c.n", "c.un", *names]
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(leaves))
    a, b = (draw(number_texts(depth - 1, names)) for _ in range(2))
    form = draw(st.integers(0, 11))
    if form < 5:
        return f"({a} {draw(st.sampled_from(['+', '-', '*', '/', '**']))} {b})"
    if form == 5:
        return f"(if {draw(boolean_texts(depth - 1, names))} then {a} else {b})"
    if form == 6:
        function = draw(st.sampled_from(["sum", "count", "min", "max", "mean", "product"]))
        return f"{function}({draw(list_texts(depth - 1, names))})"
    if form == 7:
        rounding = draw(st.sampled_from(["round half up", "decimal", "round down", "floor", "ceiling"]))
        return f"{rounding}({a}, {draw(st.sampled_from(['0', '2', 'x']))})"
    if form == 8:
        return f"{draw(list_texts(depth - 1, names))}[{draw(st.sampled_from(['1', '-1', '2', 'x', 'ux']))}]"
    if form == 9:
        return draw(st.sampled_from(["d.weekday", "ud.day", "(d - ud).days", "r.d.month", "-ux", "-x", "modulo(x, 2)"]))
    if form == 10:
        return f"count(distinct values({draw(st.sampled_from(['rows.s', 'rows.d', 'dicts.n', 'nxs']))}))"
    return f"get value({{a: {a}, b: {b}}}, {draw(st.sampled_from(['t', chr(34) + 'a' + chr(34)]))})"


@st.composite
def list_texts(draw: Any, depth: int, names: tuple[str, ...]) -> str:
    leaves = ["xs", "nxs", "rows.n", "rows.kn", "rows.un", "dicts.n", "dicts.un", "urows.n", "[1, 2]", "[]"]
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(leaves))
    form = draw(st.integers(0, 4))
    source = draw(list_texts(depth - 1, names))
    if form == 0:
        return f"{source}[item > {draw(number_texts(depth - 1, names))}]"
    if form == 1:
        of = draw(st.sampled_from(["rows", "dicts", "urows"]))
        condition = draw(st.sampled_from(["n > kn", "item.ub", 's = "a" and item.ub', "item.un = null", "item.d < d"]))
        return f"{of}[{condition.replace('n > kn', 'item.n > item.kn').replace('s =', 'item.s =')}].n"
    name = f"i{len(names)}"
    if form == 2:
        return f"(for {name} in {source} return {draw(number_texts(depth - 1, (*names, name)))})"
    if form == 3:
        return f"(for {name} in 1..3, j{name} in {source} return {name} + j{name})"
    return f"[{draw(number_texts(depth - 1, names))}, {draw(number_texts(depth - 1, names))}]"


@st.composite
def boolean_texts(draw: Any, depth: int, names: tuple[str, ...]) -> str:
    leaves = ["true", "false", "null", "ub", "r.b", "r.ub", "c.ub", 'r.s = "a"', "is defined(r.un)", "is defined(ux)"]
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(leaves))
    form = draw(st.integers(0, 9))
    if form < 3:
        a, b = (draw(boolean_texts(depth - 1, names)) for _ in range(2))
        return f"({a} {draw(st.sampled_from(['and', 'or', 'and', 'or', '=']))} {b})"
    a, b = (draw(number_texts(depth - 1, names)) for _ in range(2))
    if form == 3:
        return f"({a} {draw(st.sampled_from(['<', '<=', '>', '>=', '=', '!=']))} {b})"
    if form == 4:
        return f"not({draw(boolean_texts(depth - 1, names))})"
    if form == 5:
        quantifier, name = draw(st.sampled_from(["some", "every"])), f"q{len(names)}"
        source = draw(list_texts(depth - 1, names))
        return f"({quantifier} {name} in {source} satisfies {draw(boolean_texts(depth - 1, (*names, name)))})"
    if form == 6:
        test = draw(st.sampled_from([f"[{a}..{b}]", f"({a}..{b})", f"({a}, {b})", f"({a}, > {b})", "xs", "nxs"]))
        return f"(x in {test})"
    if form == 7:
        return f"({a} between {b} and {draw(number_texts(depth - 1, names))})"
    if form == 8:
        return draw(
            st.sampled_from(
                [
                    'list contains(["a", "b"], t)', "list contains(nxs, kx)", "r = c", "rows = dicts", "nxs = xs",
                    "kx = null",
                    "ux != null", "r.un = null", "all([ub, true])", "any([ub, r.ub])", "urows = null", "d in [d..ud]",
                    'r.s in ("a", "c")', "xs[1] = null", "iso week(ud) = iso week(d)", "x instance of number",
                    'd + @"P1M" > ud', "some w in urows satisfies w.ub", "every w in rows satisfies w.un > x",
                ]
            )
        )  # fmt: skip
    return f"(if {draw(boolean_texts(depth - 1, names))} then {draw(boolean_texts(depth - 1, names))} else ub)"


texts = st.one_of(number_texts(3, ()), boolean_texts(3, ()), list_texts(3, ()))
NULLS = {n: (t.nulls, t.item.nulls if t.item is not None else 0) for n, t in TYPES.items()}


def unknown(value: Any) -> Any:
    """UNSET as the interpreter has it, in lists too."""
    if value is UNSET:
        return Unknown(Reason("not stated", ("?",)))
    return [unknown(v) for v in value] if isinstance(value, list) else value


def shown(value: Any) -> str:
    if is_unknown(value):
        return "unknown"
    return "[" + ", ".join(shown(v) for v in value) + "]" if isinstance(value, list) else to_nested(value)


@settings(max_examples=400, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts, environments)
def test_both_evaluators_agree(text: str, env: dict[str, Any]) -> None:
    checked, _, found = compile_text(whole(text), Scope(TYPES))
    if checked is None:
        # Not every combination of parts is well-typed (`[]` has no item to compare).
        assert {d.code for d in found} <= {"E302", "E405", "E408", "E409"}, found
        return
    with localcontext(CONTEXT):
        reference = Interpreter({k: unknown(v) for k, v in env.items()}).run(checked)
        try:
            compiled = compile_expression(checked, NULLS)(**env)
        except (ArithmeticError, OverflowError, ValueError):
            # The engine asks the reference then; it must have met the same limit somewhere.
            return
        assert shown(compiled) == shown(reference)


def test_the_generator_makes_well_typed_expressions_mostly() -> None:
    made = []

    @settings(max_examples=100, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(texts)
    def collect(text: str) -> None:
        made.append(compile_text(whole(text), Scope(TYPES))[0] is not None)

    collect()
    assert sum(made) > len(made) * 0.7
