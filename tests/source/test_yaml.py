"""YAML as policies are written: what is refused, and that expressions know where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from ktt_policy.source.yaml_ import excerpt, read_yaml


def read(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    return read_yaml(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "stands twice"),
        ("a: &x 1\nb: *x\n", "aliases are refused"),
        ("a: &x b > 1\n", "anchors are refused"),
        ("a: &x 'b'\n", "anchors are refused"),
        ("a: &x\n  b: 1\n", "anchors are refused"),
        ("a: &x\n- b\n", "anchors are refused"),
        ("&x a: 1\n", "anchors are refused"),
        ("b: 1\n&x a: 1\n", "anchors are refused"),
        ("a: &x\n", "anchors are refused"),
        ("a: !!python/name:os.system x\n", "tags are refused"),
        ("a: !!str b > 1\n", "tags are refused"),
        ("a: !foo 'x'\n", "tags are refused"),
        ("a: !foo |\n  x\n", "tags are refused"),
        ("a: !!seq [1]\n", "tags are refused"),
        ("--- !foo\na: 1\n", "tags are refused"),
        ("? !!str a\n: 1\n", "tags are refused"),
        ("a: [1\n", "not YAML"),
        ("", "empty"),
    ],
)
def test_refuses(tmp_path: Path, text: str, message: str) -> None:
    file, found = read(tmp_path, text)
    assert file is None
    assert {d.code for d in found} == {"E110"}
    assert message in found[-1].message


INDENT = "its indentation differs from that of the line above: keys of one mapping begin in one column"


@pytest.mark.parametrize(
    ("text", "place", "help"),
    [
        ("a:\n\tb: 1\n", (2, 1), "indent with spaces: YAML takes no tab"),
        ("ä: @x\n", (1, 4), "put the value in single quotes: it begins with `@`"),
        ("a: b: c\n", (1, 5), "put the value in single quotes: it holds a colon and a space"),
        ("a:\n  fi: x\n   en: y\n", (3, 6), INDENT),
        ("a:\n  fi: x\n\n    en: y\n", (4, 7), INDENT),
        ("a:\n  fi: x\n en: y\n", (3, 2), INDENT),
        ("a:\n  - b\n - c\n", (3, 2), INDENT),
        ("a:\n  fi: x\n  en: y: z\n", (3, 8), "put the value in single quotes: it holds a colon and a space"),
        ("ä: b\0c\n", (1, 5), "take it out"),
        ("b: 1\na: {b: 1\n\n", (2, 4), ""),  # where it began, and not the end of the file
        ("a: 'b\n", (1, 4), ""),
        ("a: [1,\n  2\nb: 1\nc: 2\n", (1, 4), ""),
        ("%YAML 3.0\na: 1\n", (1, 1), ""),
    ],
)
def test_a_syntax_error_has_its_place(tmp_path: Path, text: str, place: tuple[int, int], help: str) -> None:
    ((found,),) = read(tmp_path, text)[1:]
    assert found.span is not None
    assert (found.span.line, found.span.column) == place
    assert found.help == help


@pytest.mark.parametrize(("text", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")])
def test_depth_has_a_limit(tmp_path: Path, text: str, closing: str) -> None:
    deep = {depth: read(tmp_path, text * depth + "1" + closing * depth) for depth in (100, 101, 800, 5000)}
    assert {depth: [d.code for d in found] for depth, (_, found) in deep.items()} == {
        100: [], 101: ["E110"], 800: ["E110"], 5000: ["E110"],
    }  # fmt: skip
    assert deep[101][1][0].message == "nested deeper than 100 levels"
    assert deep[100][0] is not None


def test_values_are_what_they_look_like(tmp_path: Path) -> None:
    file, found = read(tmp_path, "a: no\nb: 1.10\nc: 2026-01-01\nd: true\ne:\nf: '1'\n")
    assert not found
    assert {k: str(v) for k, v in file.data.items()} == {
        "a": "no", "b": "1.10", "c": "2026-01-01", "d": "True", "e": "None", "f": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("ä: x\nrequire: a + bad\n", 2, 14),
        ("require: 'a + ''s'' + bad'\n", 1, 23),
        ("require: |\n  a +\n    bad\n", 3, 5),
    ],
)
def test_an_expression_knows_its_place_in_the_file(tmp_path: Path, text: str, line: int, column: int) -> None:
    file, _ = read(tmp_path, text)
    found, problems = excerpt(file, "/require")
    assert not problems
    at = found.text.index("bad")
    span = found.span(at, at + 3)
    assert (span.line, span.column, span.end_column) == (line, column, column + 3)


@pytest.mark.parametrize(
    "text",
    ['require: "a"\n', "require: >\n  a\n", "let: {x: a}\n", "require: a # comment\n", "require: a\n  b\n"],
)
def test_styles_that_hide_the_place_are_refused(tmp_path: Path, text: str) -> None:
    file, _ = read(tmp_path, text)
    found, problems = excerpt(file, "/let/x" if "let" in text else "/require")
    assert found is None
    assert problems[0].code == "E205"
