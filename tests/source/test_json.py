"""The strict JSON reader: what it refuses, and where everything stands."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ktt_policy.source.json_ import parse
from ktt_policy.source.spans import Spans
from ktt_policy.source.text import JsonError, Text, decode

REFUSED = [
    # text, code, line, column, part of the message
    (b'{"a": 1,\n "a": 2}', "E104", 2, 2, "`a` stands twice"),
    (b'{"a": NaN}', "E105", 1, 7, "NaN"),
    (b'{"a": -Infinity}', "E105", 1, 7, "Infinity"),
    (b'{"a": 1e400}', "E105", 1, 7, "exponent"),
    (b'{"a": 0e-400}', "E105", 1, 7, "exponent"),
    (b'{"a": 1e99999999999999999999}', "E105", 1, 7, "exponent"),
    (b'{"a": -1e-99999999999999999999}', "E105", 1, 7, "exponent"),
    (b'{"a": 12345678901234567890123456789012345}', "E105", 1, 7, "34 digits"),
    (b"[" * 101 + b"]" * 101, "E106", 1, 101, "100 levels"),
    (b'{"a": 01}', "E103", 1, 7, "unexpected"),
    (b'{"a": .5}', "E103", 1, 7, "unexpected"),
    (b'{"a": 1,}', "E103", 1, 9, "expected a field name"),
    (b"[1,\n2,\n]", "E103", 3, 1, "unexpected `]`"),
    (b"{'a': 1}", "E103", 1, 2, "expected a field name"),
    (b'{"a" 1}', "E103", 1, 6, "expected `:`"),
    (b'{"a": "x', "E103", 1, 7, "not closed"),
    (b'{"a": "\x01"}', "E103", 1, 8, "control character"),
    (b'{"a": "\\q"}', "E103", 1, 8, "unknown escape"),
    (b'{"a": "\\ud800"}', "E103", 1, 7, "surrogate"),
    (b'{"a": 1} {', "E103", 1, 10, "more behind"),
    (b'{"a": tru}', "E103", 1, 7, "unexpected `tru`"),
    (b'{"a": 1', "E103", 1, 8, "ends where"),
    (b'{"a": "\xe4"}', "E102", 1, 8, "not UTF-8"),
    (b"\xff\xfe{\x00", "E102", 1, 1, "not UTF-8"),
]


@pytest.mark.parametrize(("raw", "code", "line", "column", "message"), REFUSED)
def test_refuses_with_its_place(raw: bytes, code: str, line: int, column: int, message: str) -> None:
    with pytest.raises(JsonError) as caught:
        parse(decode(raw, "x.json"))
    diagnostic = caught.value.diagnostic
    assert diagnostic.span is not None
    assert (diagnostic.code, diagnostic.span.line, diagnostic.span.column) == (code, line, column)
    assert message in diagnostic.message


def test_numbers_stay_exact() -> None:
    tree = parse(Text("x", '{"a": 0.10, "b": 12345678901234567890.12, "c": 1e2, "d": -0}'))
    assert [str(v) for v in tree.values()] == ["0.10", "12345678901234567890.12", "1E+2", "-0"]
    assert all(isinstance(v, Decimal) for v in tree.values())


def test_a_byte_order_mark_is_accepted() -> None:
    assert parse(decode(b'\xef\xbb\xbf{"a": "\xc3\xa4"}', "x")) == {"a": "ä"}


TEXT = '{"ä": [1, {"b/c": "x:y", "d~e": null}],\r\n "f": {"g": []}}'


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", TEXT),
        ("/ä", '[1, {"b/c": "x:y", "d~e": null}]'),
        ("/ä/0", "1"),
        ("/ä/1/b~1c", '"x:y"'),
        ("/ä/1/d~0e", "null"),
        ("/f/g", "[]"),
        ("/ä/1/missing", '{"b/c": "x:y", "d~e": null}'),
    ],
)
def test_locates_values_by_pointer(pointer: str, value: str) -> None:
    start, end = Spans(Text("x", TEXT)).offsets(pointer)
    assert TEXT[start:end] == value


def test_lines_and_columns_count_characters() -> None:
    span = Spans(Text("x", TEXT, first_line=7))["/f/g"]
    assert (span.line, span.column, span.end_line, span.end_column) == (8, 13, 8, 15)
