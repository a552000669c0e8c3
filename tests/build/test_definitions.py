"""Definitions are checked where they stand, once, whether a rule calls them or not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ktt_policy import Rulebook
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


@pytest.mark.parametrize(("links", "terms", "fits"), [(3, 62, True), (3, 90, False), (30, 90, False)])
def test_definitions_that_call_each_other_are_as_deep_as_they_can_be_judged(
    tmp_path: Path, links: int, terms: int, fits: bool
) -> None:
    text = "definitions:\n"
    for i in range(links):
        inner = f"d{i - 1}(x)" if i else "x"
        text += f"  d{i}:\n    title: {{fi: a, en: b}}\n    arguments: {{x: number}}\n"
        text += f"    expression: {' + '.join([inner, *['1'] * terms])}\n"
    rule = small.RULE.replace("line.quantity <=", f"d{links - 1}(line.quantity) <=")
    folder = small.write(tmp_path, {"definitions.yaml": text, "invoice/I901-quantity/2026-01-01.yaml": rule})
    _, found = build(folder, "x")
    assert [d.code for d in found][:1] == ([] if fits else ["E303"])
    if fits:
        document = Path(__file__).parents[2] / "fixtures/conforming/invoices/2026-02.json"
        for compiled in (True, False):
            report = Rulebook.load(folder).check([document], date(2026, 11, 24), select=["I901"], compiled=compiled)
            assert (report.counts["I901"]["violated"] > 0, report.crashed) == (True, False)
