"""What can never be true: found where it is plain, and never claimed of what was seen to be true."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ktt_policy.expr.checking.checker import compile_text
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.typesystem import BOOLEAN, DATE, KNOWN, NUMBER, UNKNOWN, Type, list_of
from ktt_policy.lint.worlds import Worlds
from ktt_policy.source.text import whole
from language import definition, reference
from msgspec import UNSET
from test_agreement import NO_VALUE, PARAMETERS, TYPES, check, environments, expressions, profile

ENUM = Type("string", members=("a", "b", "c"))
ITEM = Type("context", fields={"s": ENUM, "n": NUMBER, "part": Type("context", KNOWN, fields={"m": NUMBER})})
NAMES = {
    "s": ENUM, "k": ENUM.with_nulls(KNOWN), "u": ENUM.with_nulls(UNKNOWN), "n": NUMBER, "m": NUMBER.with_nulls(KNOWN),
    "d": DATE, "b": BOOLEAN, "kb": BOOLEAN.with_nulls(KNOWN), "xs": list_of(ITEM), "x": ITEM,
}  # fmt: skip
SCOPE = Scope(
    NAMES,
    parameters={"p": NUMBER, "mode": Type("string", members=("on", "off"))},
    definitions={
        "small": definition("small", {"v": "number"}, "v < 3"),
        "named": definition("named", {"i": "context"}, 'i.s = "a"'),
    },
)


def possible(text: str) -> bool:
    checked, _, found = compile_text(whole(text), SCOPE, ("boolean",))
    assert checked is not None, found
    return bool(Worlds({}, NAMES, {}, SCOPE.parameters or {}).of(checked.tree))


NEVER = [
    's = "a" and s = "b"', 's = "a" and not(s = "a")', 's != "a" and s != "b" and s != "c"',
    'not(s in ("a", "b", "c"))', 'not(s in ["a", "b", "c"])', 's in ("a", "b") and s = "c"',
    's = "a" and (s = "b" or s = "c")', 's != "a" and k = "b" and not(s in ("b", "c"))', "n > 5 and n < 3",
    "n > 5 and n <= 5", "n = 4 and n != 4", "n in [1..3] and n > 3", "n between 5 and 4", "n in (1..1)",
    'd < @"2026-01-01" and d >= @"2026-02-01"', "b and not(b)", "b = true and b = false", "b != true and b != false",
    "m = null and m > 3", "m != null and m = null", "n = null", "s = null", "k = null and k = \"a\"", "1 > 2",
    "not(1 = 1)", "null", "false", "n < null", "n + 1 > 3 and n + 1 < 2", "n < x.n and x.n < n",
    "n = x.n and n != x.n", "n > n", "n != n", "(if b then 1 else 2) = 1 and (if b then 1 else 2) = 2",
    "if b then n > 3 and n < 2 else false", "small(n) and n > 4", "small(n) and not(small(n))",
    "small(5)", 'named(x) and x.s = "b"', 'some i in xs satisfies i.s = "a" and i.s = "b"',
    "not(every i in xs satisfies i.n < 3 or i.n >= 3)", 'some i in xs satisfies s = "a" and s != "a"',
    'parameters.mode != "on" and parameters.mode != "off"', "parameters.p > 3 and parameters.p < 2",
    "is defined(m) and not(is defined(m))", "xs[1].n > 3 and xs[1].n < 3", "n in (> 5, > 6) and n < 5",
    "(b or s = \"a\") and not(b) and s != \"a\"", "x.part.m > 4 and x.part.m < 4",
]  # fmt: skip


@pytest.mark.parametrize("text", NEVER)
def test_never(text: str) -> None:
    assert not possible(text)


MAYBE = [
    's = "a" or s = "b"', 's != "a" and s != "b"', 'not(k in ("a", "b", "c"))', 'k != "a" and k != "b" and k != "c"',
    "n >= 5 and n <= 5", "n in [1..1]", "n > 5 or n < 3", "m = null", "x.part = null", "x.part.m = null",
    "kb != true and kb != false", "if kb then false else true",
    # each loop has its own item
    '(some i in xs satisfies i.s = "a") and (some i in xs satisfies i.s = "b")',
    "(some i in xs satisfies i.n > 3) and (some i in xs satisfies i.n < 3)",
    "not(every i in xs satisfies i.n < 3)", "every i in xs satisfies i.n < 3 and i.n > 3", "small(n) and small(x.n)",
    "small(n) and not(small(x.n))", "n < x.n and x.n > n", "n + 1 > 3 and n < 3", "xs[1].n > 3 and xs[2].n < 3",
    'xs[1].s != "a" and xs[1].s != "b" and xs[1].s != "c"', "today > d",
    "n > 5 and m < 3", "k = s and k != null", "n <= x.n and x.n <= n", "b = kb and b != false",
]  # fmt: skip


@pytest.mark.parametrize("text", MAYBE)
def test_maybe(text: str) -> None:
    assert possible(text)


def test_a_world_left_by_one_condition_judges_the_next() -> None:
    solver = Worlds({}, NAMES, {}, SCOPE.parameters or {})

    def tree(text: str) -> Any:
        checked, _, found = compile_text(whole(text), SCOPE)
        assert checked is not None, found
        return checked.tree

    worlds = solver.of(tree('s = "a" and parameters.p > 5'))
    assert not solver.of(tree('s = "b"'), worlds)
    assert not solver.of(tree("parameters.p < 5"), worlds)
    assert solver.of(tree("parameters.p < 5"), solver.without(worlds))
    assert not solver.of(tree('s = "b"'), solver.without(worlds))


def test_a_long_condition_says_less_and_ends() -> None:
    many = " and ".join(f'(n = {i} or s = "a" or k = "b")' for i in range(12))
    assert possible(many)
    assert possible(f"({many}) or n = 1")


# --- never claimed falsely ------------------------------------------------------------------------------

ATOMS = [
    's = "a"', 's != "b"', 's in ("a", "c")', 'k = "a"', 'k != "b"', "k = null", "k != null", 'k in ("b", "c")',
    'k in ["a", "b"]', "u = \"a\"", "u != \"a\"", "is defined(u)", "n < 2", "n <= 1", "n > 1", "n >= 2", "n = 1",
    "n in [1..2)", "n between 1 and 2", "m > 1", "m = null", "m != 1", "m < n", "n = m", "n != m", "n >= m", "b",
    "kb", "kb = true", "kb != false", "kb = null", "small(n)", "small(m)", "b = kb", "k = s", "s != u",
    "(some y in ys satisfies y > 1)", "(every y in ys satisfies y = n)", "(some y in ys satisfies y != n)", "true",
    "n + 1 > 2", "m + 1 > 2", "n in (> 1, 0)", "n in ys", "not(m in [0..1])",
]  # fmt: skip
SMALL: dict[str, list[Any]] = {
    "s": ["a", "b", "c"], "k": ["a", "b", "c", None], "u": ["a", "b", UNSET],
    "n": [Decimal(0), Decimal(1), Decimal(2), Decimal("1.5")], "m": [Decimal(1), Decimal(2), None],
    "b": [True, False], "kb": [True, False, None],
}  # fmt: skip
LISTS: list[Any] = [[], [Decimal(1)], [Decimal(0), Decimal(2)]]
SMALL_SCOPE = Scope({**NAMES, "ys": list_of(NUMBER)}, parameters=SCOPE.parameters, definitions=SCOPE.definitions)

parts = st.recursive(
    st.sampled_from(ATOMS),
    lambda of: st.one_of(
        st.tuples(of, of).map(" and ".join).map("({})".format),
        st.tuples(of, of).map(" or ".join).map("({})".format),
        of.map("not({})".format),
        st.tuples(of, of, of).map(lambda p: f"(if {p[0]} then {p[1]} else {p[2]})"),
    ),
    max_leaves=4,
)
conditions = st.lists(parts, min_size=2, max_size=5).map(" and ".join)


@settings(profile, max_examples=150)
@given(conditions, st.randoms(use_true_random=False))
def test_what_came_out_true_has_a_world(text: str, random: Any) -> None:
    checked, _, found = compile_text(whole(text), SMALL_SCOPE, ("boolean",))
    assert checked is not None, found
    if Worlds({}, SMALL_SCOPE.names, {}, {}).of(checked.tree):
        return
    used = [name for name in SMALL if name in text.replace("(", " ").replace(")", " ").split()]
    rows = list(product(*(SMALL[name] for name in used), LISTS))
    for row in random.sample(rows, min(len(rows), 400)):
        values = {**{name: of[0] for name, of in SMALL.items()}, **dict(zip([*used, "ys"], row, strict=True))}
        assert reference(checked, values) is not True, (text, values)


def test_that_test_has_something_to_hold_against() -> None:
    """Enough of what is generated is said never to be true, and enough comes out true."""
    never: list[bool] = []

    @settings(profile, max_examples=150)
    @given(conditions)
    def collect(text: str) -> None:
        checked, _, _ = compile_text(whole(text), SMALL_SCOPE)
        assert checked is not None
        never.append(not Worlds({}, SMALL_SCOPE.names, {}, {}).of(checked.tree))

    collect()
    assert len(never) * 0.1 <= sum(never) <= len(never) * 0.9


@settings(profile, max_examples=300)
@given(expressions("boolean", 3), environments)
def test_any_expression_that_came_out_true_has_a_world(text: str, env: dict[str, Any]) -> None:
    checked, _ = check(text)
    if checked is None or reference(checked, env, PARAMETERS | {"gone": NO_VALUE}) is not True:
        return
    assert Worlds({}, TYPES, {}, {}).of(checked.tree), text
