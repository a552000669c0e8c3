"""Text → type, or all that is wrong with it, each with its place and a hint."""

from __future__ import annotations

import pytest
from ktt_policy.diagnostics import Span
from ktt_policy.expr.checking.checker import compile_text
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.typesystem import BOOLEAN, DATE, KNOWN, NUMBER, STRING, UNKNOWN, Origin, Type, list_of
from ktt_policy.source.text import whole
from language import Case, definition, label, matches, table

EVENT = Type("string", members=("delivered", "no_show"), origin=Origin("line.schema.json", "/event"))
GRADE = Type("string", members=("light", "heavy"), origin=Origin("line.schema.json", "/grade"))
FORM = Type("context", UNKNOWN, fields={"remote": BOOLEAN.with_nulls(UNKNOWN)}, record=True, name="form")
LINE = Type(
    "context", record=True, name="line",
    fields={
        "amount": NUMBER, "qty": NUMBER, "discount": NUMBER.with_nulls(KNOWN),
        "note": STRING.with_nulls(UNKNOWN), "day": DATE, "event": EVENT, "form": FORM,
    },
)  # fmt: skip
SCOPE = Scope(
    {
        "line": LINE, "lines": list_of(LINE), "n": NUMBER, "amount": NUMBER, "s": STRING, "b": BOOLEAN,
        "d": DATE, "xs": list_of(NUMBER), "maybe": NUMBER.with_nulls(UNKNOWN), "grade": GRADE,
    },
    parameters={"rate": NUMBER},
    documents={"voucher": LINE},
    definitions={
        "limit": definition("limit", {"x": "number"}, "x > parameters.rate"),
        "again": definition("again", {"x": "number"}, "again(x)"),
        "ping": definition("ping", {"x": "number"}, "pong(x)"),
        "pong": definition("pong", {"x": "number"}, "ping(x)"),
        "broken": definition("broken", {"x": "number"}, "nowhere + x"),
    },
    run=True,
    locate=lambda origin: Span(origin.file, 7, 3, 7, 9),
)  # fmt: skip


@pytest.mark.parametrize("case", table("types.yaml"), ids=label)
def test_type(case: Case) -> None:
    text = case["text"]
    expect = (case["expect"],) if "expect" in case else ()
    checked, found, diagnostics = compile_text(whole(text), SCOPE, expect)
    if "type" in case:
        assert checked is not None, diagnostics
        assert f"{found}{'?' if found.nulls else ''}" == case["type"]
        return
    assert checked is None
    expected = case.get("errors") or [case["error"]]
    assert len(diagnostics) == len(expected), diagnostics
    for one, wanted in zip(diagnostics, expected, strict=True):
        matches(text, one, wanted)


def test_a_type_error_tells_where_the_type_comes_from() -> None:
    _, _, found = compile_text(whole('line.event = "late"'), SCOPE)
    assert [str(r.span) for r in found[0].related] == ["line.schema.json:7:3"]


def test_without_parameters_and_run_there_are_none() -> None:
    for text in ("parameters.rate", "run.complete"):
        _, _, found = compile_text(whole(text), Scope())
        assert [(d.code, d.help) for d in found] == [("E401", "give one with `--rulebook`")]


def test_a_function_is_shown_once_in_each_way_of_writing_it() -> None:
    for text, help in (("before(1)", "`before(a, b)`"), ("date(b)", "`date(from)` or `date(year, month, day)`")):
        _, _, found = compile_text(whole(text), SCOPE)
        assert [d.help for d in found] == [f"written {help}"]
