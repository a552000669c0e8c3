"""What the typed tree is written as can be read again, and means the same."""

from __future__ import annotations

import pytest
from ktt_policy.expr import typed as t
from ktt_policy.expr.checking.checker import compile_text
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.typesystem import BOOLEAN, DATE, NUMBER, STRING, Type, list_of
from ktt_policy.expr.unparse import unparse
from ktt_policy.source.text import whole

ROW = Type("context", fields={"n": NUMBER, "s": STRING, "ok": BOOLEAN, "day": DATE, "tags": list_of(STRING)})
SCOPE = Scope({"a": BOOLEAN, "b": BOOLEAN, "c": BOOLEAN, "n": NUMBER, "day": DATE, "s": STRING, "rows": list_of(ROW)})

SAME = [
    "a and b or c", "a and (b or c)", "not(a) and not(b and c)", "a or b and c", "(a or b) and c",
    "n + 1 - (2 - n)", "n * (1 + 2) / 3", "-n ** 2", "-(n ** 2)", "2 ** (n + 1)", "n - -1", "(2 * n) ** 2",
    'day + @"P1D" * 3', 'day - @"P4M"', 'day = @"2026-01-31"', 'rows[1].s = "a \\"b\\" \\\\ c"',
    "n <= 3 and n != 4", "(n < 3) = a", "rows[item.n > 2].s", "count(rows[item.ok and a]) = 1", "rows.tags",
    "rows[-1].day", "if a then n else 2", "(if a then n else 2) + 1", "1 + (if a then n else 2)",
    "some r in rows satisfies r.ok and a", "(some r in rows satisfies r.ok) and a",
    "every r in rows satisfies some x in r.tags satisfies x = s", "for r in rows return r.n + 1",
    "for i in 1..n return i * 2", "for i in 1..n, j in 1..i return i * j", '{"a b": 1, "if": 2, "": n}',
    "day in [day..today]", "n in (1..3]", "[1, n, 3]", '{x: 1, y: "z"}.x',
    "is defined(s)", "day.year + 1", "n instance of number", "max([1, n]) > min(n, 2)",
]  # fmt: skip

SPELT_OUT = {
    "(-n) ** 2": "-n ** 2",
    "a and (b and (c))": "a and (b and c)",
    "n between 1 and 3": "n >= 1 and n <= 3",
    "n + 1 between 1 and 3": "n + 1 >= 1 and n + 1 <= 3",
    'not(s in ("a", "b"))': 'not(s = "a" or s = "b")',
    'rows[1].s in ("a", "b")': 'rows[1].s = "a" or rows[1].s = "b"',
    's in ["a", "b"]': 'list contains(["a", "b"], s)',
}


def tree(text: str) -> t.Tree:
    checked, _, found = compile_text(whole(text), SCOPE)
    assert checked is not None, found
    return checked.tree


@pytest.mark.parametrize("text", SAME)
def test_it_is_written_as_it_was(text: str) -> None:
    assert unparse(tree(text)) == text


@pytest.mark.parametrize(("text", "written"), SPELT_OUT.items())
def test_what_the_tree_has_spelt_out_is_written_so(text: str, written: str) -> None:
    assert unparse(tree(text)) == written
    assert unparse(tree(written)) == written
