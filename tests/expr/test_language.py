"""The language by tables: syntax, values (from both evaluators) and errors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
import yaml
from ktt_policy.expr.checker import compile_text
from ktt_policy.expr.compiler import compile_expression
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.expr.interpreter import Interpreter
from ktt_policy.expr.parser import parse
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.syntax import to_sexp
from ktt_policy.expr.typesystem import DATE, KNOWN, NUMBER, STRING, UNKNOWN, Type, list_of
from ktt_policy.expr.values import CONTEXT, Reason, Unknown, is_null, is_unknown, to_nested
from ktt_policy.report import reason_text
from ktt_policy.source.text import whole

HERE = Path(__file__).parent


def table(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text("utf-8"))


ROW = Type("context", fields={"a": NUMBER, "b": STRING.with_nulls(UNKNOWN)})
TYPES = {
    "n": NUMBER, "known": NUMBER.with_nulls(KNOWN), "absent": NUMBER.with_nulls(UNKNOWN), "xs": list_of(NUMBER),
    "d": DATE, "rows": list_of(ROW),
}  # fmt: skip
VALUES: dict[str, Any] = {
    "n": Decimal(5), "known": None, "absent": Unknown(Reason("not stated", ("absent",))),
    "xs": [Decimal(1), Decimal(2), Decimal(3)], "d": date(2026, 1, 31),
    "rows": [{"a": Decimal(1), "b": "x"}, {"a": Decimal(2)}],
}  # fmt: skip
CASES = [case for group in table("values.yaml").values() for case in group]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0])
def test_value(case: list[str]) -> None:
    text, expected, *reason = case
    checked, _, found = compile_text(whole(text), Scope(TYPES))
    assert checked is not None, found
    with localcontext(CONTEXT):
        value = Interpreter({"today": date(2026, 11, 24), **VALUES}).run(checked)
        shown = "unknown" if is_unknown(value) else to_nested(value)
        assert shown == expected
        for part in reason:
            assert part in reason_text(value.reason, "en")
        assert compiled_text(checked, text) == expected


def compiled_text(checked: Any, text: str) -> str:
    """What compiled code gives; the reference's answer where it gives up on arithmetic, as the engine does."""
    from msgspec import UNSET

    variables = {n: (t.nulls, t.item.nulls if t.item else 0) for n, t in TYPES.items()} | {"today": (0, 0)}
    values = {n: UNSET if isinstance(v, Unknown) else v for n, v in VALUES.items()} | {"today": date(2026, 11, 24)}
    try:
        value = compile_expression(checked, variables)(**values)
    except (ArithmeticError, OverflowError):
        value = Interpreter({"today": date(2026, 11, 24), **VALUES}).run(checked)
    return "unknown" if is_unknown(value) else "null" if is_null(value) else to_nested(value)


@pytest.mark.parametrize("case", table("syntax.yaml"), ids=lambda c: c[0])
def test_syntax(case: list[str]) -> None:
    tree, found = parse(whole(case[0]))
    assert tree is not None, found
    assert to_sexp(tree) == case[1]


EVENT = Type("string", members=("delivered", "no_show"))
LINE = Type("context", fields={"amount": NUMBER, "qty": NUMBER, "day": DATE, "event": EVENT}, record=True, name="line")
ERROR_SCOPE = Scope(
    {"line": LINE, "lines": list_of(LINE), "n": NUMBER, "a": NUMBER, "rows": list_of(ROW), "xs": list_of(NUMBER)},
    documents={"voucher": ROW},
)


@pytest.mark.parametrize("case", table("errors.yaml"), ids=lambda c: c[0])
def test_error_with_its_place_and_help(case: list[str]) -> None:
    text, code, under, help_ = case
    checked, _, found = compile_text(whole(text), ERROR_SCOPE)
    assert checked is None
    first = found[0]
    assert first.span is not None
    assert (first.code, text[first.span.column - 1 : first.span.end_column - 1]) == (code, under)
    assert help_ in first.help


def test_all_errors_are_told_at_once() -> None:
    _, _, found = compile_text(whole('nope + 1 > 2 and line.amunt = 3 or line.event = "x"'), ERROR_SCOPE)
    assert [d.code for d in found] == ["E401", "E402", "E406"]


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_the_example_of_each_function_holds(name: str) -> None:
    from ktt_policy import evaluate
    from ktt_policy.expr.values import to_text

    text, expected = BUILTINS[name].example
    assert to_text(evaluate(text)) == expected
    assert BUILTINS[name].fi != BUILTINS[name].en
