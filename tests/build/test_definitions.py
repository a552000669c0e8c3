"""Definitions are checked where they stand, once, whether a rule calls them or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from ktt_policy.build.assemble import build
from tests import small

ABOUT = "    title: {fi: Nimi, en: Name}\n"


def definition(name: str, expression: str, argument: str = "x: number") -> str:
    return f"definitions:\n  {name}:\n    arguments:\n      {argument}\n{ABOUT}    expression: {expression}\n"


WRONG = [
    # definition, code, line, column
    (definition("sum", "42", 'x: "list<number>"'), "E410", 2, 3),
    (definition("related", "42"), "E410", 2, 3),
    (definition("if", "42"), "E410", 2, 3),
    (definition("twice", "1", "today: number"), "E410", 4, 7),
    (definition("twice", "1", "date: number"), "E410", 4, 7),
    (definition("twice", "1", "if: number"), "E410", 4, 7),
    (definition("twice", "1", "x: numbr"), "E401", 4, 10),
    (definition("twice", "'x + \"a\"'"), "E405", 6, 18),
    (definition("twice", "nope(x)"), "E403", 6, 17),
    (definition("twice", "x.foo"), "E402", 6, 19),
    (definition("twice", "twice(x)"), "E413", 6, 17),
    (definition("twice", "x +"), "E301", 6, 20),
]


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "called"),
    [(*one, called) for one in WRONG for called in (False, True) if not called or "  twice:" in one[0]],
)
def test_an_error_stands_in_the_definition_alone(
    tmp_path: Path, text: str, code: str, line: int, column: int, called: bool
) -> None:
    rule = small.RULE.replace("require: line.quantity", "require: twice(line.quantity)") if called else small.RULE
    files = {"definitions.yaml": text, "invoice/I901-quantity/2026-01-01.yaml": rule}
    data, found = build(small.write(tmp_path, files), "x")
    assert data is None
    assert [(d.code, d.span.line if d.span else 0) for d in found] == [(code, line)], found
    assert found[0].span is not None
    assert Path(found[0].span.source).name == "definitions.yaml"
    assert found[0].span.column == column


def test_a_definition_may_use_others_that_follow(tmp_path: Path) -> None:
    more = "  half:\n    arguments:\n      x: number\n" + ABOUT + "    expression: x / 2\n"
    text = definition("quarter", "half(x) / 2") + more
    _, found = build(small.write(tmp_path, {"definitions.yaml": text}), "x")
    assert found == []
