"""Text → value, from the interpreter and from compiled code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from ktt_policy import evaluate
from ktt_policy.expr.checking.checker import compile_text
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.typed import Checked
from ktt_policy.expr.typesystem import BOOLEAN, DATE, KNOWN, NUMBER, STRING, UNKNOWN, Type, list_of
from ktt_policy.expr.values import Reason, Unknown, to_text
from ktt_policy.reasons import reason_text
from ktt_policy.source.text import whole
from language import Case, compiler_of, definition, label, reference, shown, table
from msgspec import UNSET

ROW = Type("context", fields={"a": NUMBER, "b": STRING.with_nulls(UNKNOWN), "k": NUMBER.with_nulls(KNOWN)})
PAIR = Type("context", fields={"a": NUMBER, "b": NUMBER.with_nulls(UNKNOWN)})
TYPES = {
    "n": NUMBER, "s": STRING, "t": BOOLEAN, "d": DATE, "leap": STRING, "xs": list_of(NUMBER), "c": PAIR,
    "known": NUMBER.with_nulls(KNOWN), "knownb": BOOLEAN.with_nulls(KNOWN),
    "surely": BOOLEAN.with_nulls(KNOWN | UNKNOWN), "hardly": BOOLEAN.with_nulls(KNOWN | UNKNOWN),
    "absent": NUMBER.with_nulls(UNKNOWN), "absentb": BOOLEAN.with_nulls(UNKNOWN),
    "absentd": DATE.with_nulls(UNKNOWN), "absents": list_of(NUMBER, UNKNOWN),
    "gaps": list_of(NUMBER.with_nulls(KNOWN | UNKNOWN)), "rows": list_of(ROW),
}  # fmt: skip
ONE, TWO, THREE = Decimal(1), Decimal(2), Decimal(3)
VALUES: dict[str, Any] = {
    "n": Decimal(5), "s": "Ääni", "t": True, "d": date(2026, 1, 31), "leap": "03-01", "xs": [ONE, TWO, THREE],
    "c": {"a": ONE}, "known": None, "knownb": None, "surely": True, "hardly": False,
    "absent": UNSET, "absentb": UNSET, "absentd": UNSET, "absents": UNSET, "gaps": [ONE, None, THREE, UNSET],
    "rows": [{"a": ONE, "b": "x", "k": None}, {"a": TWO, "k": Decimal(4)}],
}  # fmt: skip
PARAMETERS = {"rate": Decimal("0.255"), "table": {"a": ONE}}
SCOPE = Scope(
    TYPES,
    parameters={"rate": NUMBER, "missing": NUMBER, "table": Type("context", item=NUMBER)},
    definitions={
        "double": definition("double", {"x": "number"}, "x + x"),
        "near": definition("near", {"x": "number", "ys": "list<number>"}, "x + 1 in ys"),
        "close": definition("close", {"x": "number"}, "x + 1 in [2, 3]"),
        "outer": definition("outer", {"x": "number"}, "double(x) + double(x + 1)"),
    },
)


def checked(text: str) -> Checked:
    made, _, found = compile_text(whole(text), SCOPE)
    assert made is not None, found
    return made


@pytest.mark.parametrize("case", table("values.yaml"), ids=label)
def test_value(case: Case) -> None:
    expression = checked(case["text"])
    missing = Unknown(Reason("no parameter", ("missing", "2026-11-24")))
    value = reference(expression, VALUES, {**PARAMETERS, "missing": missing})
    assert shown(value) == case["value"]
    if "reason" in case:
        assert case["reason"] in reason_text(value.reason, "en")
    try:
        fast = compiler_of(expression, TYPES, PARAMETERS)(VALUES)
    except (ArithmeticError, OverflowError, ValueError):
        return  # beyond the limits of numbers and dates: the engine asks the reference then
    assert shown(fast) == case["value"]


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_the_example_of_each_function_holds(name: str) -> None:
    text, expected = BUILTINS[name].example
    assert to_text(evaluate(text)) == expected
    assert BUILTINS[name].fi != BUILTINS[name].en
    assert shown(compiler_of(checked(text), TYPES)(VALUES)) == shown(reference(checked(text), VALUES))


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_a_null_argument_makes_every_function_unknown(name: str) -> None:
    """But for `append`, whose list may hold nulls, and `list contains` and `index of`, which may look for one."""
    literals, tried = BUILTINS[name].literals, 0
    for count in range(1, 5):
        arguments = ['"x"' if at in literals else "null" for at in range(count)]
        made, found, _ = compile_text(whole(f"{name}({', '.join(arguments)})"), SCOPE)
        if made is not None and "null" in arguments:
            tried += 1
            assert shown(reference(made, {})) == shown(compiler_of(made, {})({})) == "unknown"
            assert found.nulls & UNKNOWN
    # Of a function whose every argument is a literal, or that takes none, there is nothing to try.
    assert tried or name in ("duration",)
