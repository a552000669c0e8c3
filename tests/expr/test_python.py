"""`evaluate` from Python: what may be given, and what comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from ktt_policy import ProblemError, Rulebook, evaluate


def nested(levels: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(levels):
        made = [made]
    return made


@pytest.mark.parametrize(
    "value",
    [
        1.5, Decimal("NaN"), Decimal("Infinity"), Decimal("1." + "1" * 34), Decimal("1E+9999"),
        datetime(2026, 1, 1, tzinfo=UTC), time(9, tzinfo=UTC), {1, 2}, nested(3000),
    ],
    ids=["float", "nan", "infinity", "35 digits", "exponent", "zone", "zoned time", "set", "nested"],
)  # fmt: skip
def test_what_is_no_value_of_the_language_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        evaluate("x", {"x": value})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + x", Decimal(6)),
        ("[x, null]", [Decimal(5), None]),
        ("{a: x}", {"a": Decimal(5)}),
        ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
        ("0 * -1", Decimal(0)),
        ("y", None),
    ],
)
def test_what_comes_back(text: str, value: Any) -> None:
    found = evaluate(text, {"x": 5, "y": None})
    assert (found, str(found)) == (value, str(value))


def test_durations_are_written_as_iso_8601() -> None:
    assert str(evaluate('@"P14M"')) == "P1Y2M"
    assert str(evaluate("x * 2", {"x": timedelta(hours=30)})) == "P2DT12H"
    assert str(evaluate('[@"P1D"..@"P2D"]').high) == "P2D"


def test_the_evaluation_date_is_not_a_name_of_the_context() -> None:
    on = date(2026, 1, 1)
    assert evaluate("today", on=on) == evaluate("today()", {"today": 5}, on) == on
    assert evaluate("today", {"today": 5}, on) == 5
    assert evaluate('today < @"2026-01-02"', on=datetime(2026, 1, 1, 12)) is True


def test_a_document_type_that_is_no_text_is_a_field_like_any_other() -> None:
    assert evaluate("document_type[1]", {"document_type": ["a"]}) == "a"


@pytest.mark.parametrize(
    "path", ["a.b", "a.b.c", "zz", "zz.b", "rows.q", "rows[1].b", "a.k.b"]
)  # fmt: skip
def test_what_data_without_a_schema_lacks_is_not_defined(path: str) -> None:
    context = {"a": {"k": 1}, "rows": [{}, {"b": 2}]}
    assert evaluate(f"is defined({path})", context) is False
    if path != "rows[1].b":
        with pytest.raises(ProblemError):
            evaluate(path, context)


@pytest.mark.parametrize("text", ["is defined(zz)", "is defined(a.b)"])
def test_a_path_is_unknown_where_no_data_is_given(text: str) -> None:
    with pytest.raises(ProblemError, match="unknown name"):
        evaluate(text)


def test_a_mistake_within_a_path_is_none_of_its_end() -> None:
    with pytest.raises(ProblemError, match="E405"):
        evaluate('is defined(a[1 + "x"].b)', {"a": [{"k": 1}]})


def test_a_date_as_text_is_refused() -> None:
    text: Any = "2026-11-24"
    with pytest.raises(TypeError, match="the evaluation date is a str"):
        evaluate("1", on=text)
    with pytest.raises(TypeError, match="the evaluation date is a str"):
        Rulebook.load().check([], on=text)


def test_one_code_may_be_given_by_itself() -> None:
    book = Rulebook.load()
    assert [rule.code for rule in book.choose("I601")] == ["I601"]
    assert "I601" not in {rule.code for rule in book.choose(ignore="I601")}
    assert book.check([], select="I601").basis.select == ("I601",)
