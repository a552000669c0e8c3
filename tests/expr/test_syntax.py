"""Text → syntax tree, or one error with its place and a hint."""

from __future__ import annotations

import pytest
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.expr.parser import DEEPEST, LONGEST, SPECIAL_FORMS, parse
from ktt_policy.expr.syntax import PLACES, Call, Node
from ktt_policy.source.text import whole
from language import Case, label, matches, table

KEYWORDS = [
    "if", "then", "else", "for", "return", "satisfies", "some", "every", "between", "in", "or", "and", "not", "true",
    "false", "null", "instance",
]  # fmt: skip


def to_sexp(node: object) -> str:
    """The tree as an s-expression without positions."""
    if isinstance(node, Node):
        parts = [to_sexp(getattr(node, field)) for field in node.__struct_fields__ if field not in PLACES]
        return f"({' '.join([type(node).__name__, *parts])})"
    if isinstance(node, tuple):
        return f"[{' '.join(to_sexp(part) for part in node)}]"
    if isinstance(node, bool):
        return str(node).lower()
    return str(node)


@pytest.mark.parametrize("case", table("syntax.yaml"), ids=label)
def test_syntax(case: Case) -> None:
    tree, found = parse(whole(case["text"]))
    if "tree" in case:
        assert tree is not None, found
        assert to_sexp(tree) == case["tree"]
        assert not found
        return
    assert tree is None
    assert len(found) == 1
    matches(case["text"], found[0], case["error"])


@pytest.mark.parametrize("word", KEYWORDS)
def test_a_keyword_is_no_name(word: str) -> None:
    assert parse(whole(f"some {word} in xs satisfies true"))[0] is None
    assert parse(whole(f"a.{word}"))[0] is None


@pytest.mark.parametrize("name", sorted({*BUILTINS, *SPECIAL_FORMS}))
def test_every_function_is_called_by_its_name_in_any_white_space(name: str) -> None:
    tree, found = parse(whole(name.replace(" ", " \n\t ") + " (a)"))
    assert isinstance(tree, Call), found
    assert tree.function == name


@pytest.mark.parametrize(
    "text",
    [
        "(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1),
        "[" * 200_000,
        "1" + " + 1" * DEEPEST,
        "a" + ".a" * DEEPEST,
        "-" * (DEEPEST + 1) + "1",
        "not(" * DEEPEST + "a" + ")" * DEEPEST,
        "if a then b else " * DEEPEST + "c",
        "1" + " " * LONGEST,
    ],
    ids=lambda text: text[:12],
)
def test_too_long_or_too_deep_is_one_error(text: str) -> None:
    tree, found = parse(whole(text))
    assert tree is None
    assert [d.code for d in found] == ["E303"]
    assert "let" in found[0].help


def test_a_long_list_is_not_deep() -> None:
    members = ", ".join(str(n) for n in range(2_000))
    for text in (f"[{members}]", f"x in ({members})", f"max({members})"):
        assert parse(whole(text))[0] is not None


def test_places_are_told_by_line_and_column() -> None:
    _, found = parse(whole("a and\n  b ==\n  c"))
    assert str(found[0].span) == "<expression>:2:5"
    assert found[0].excerpt == "  b =="
