"""Places, held against a writer that knows where it put everything: whatever spaces, escapes, line ends or marks."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ktt_policy import Rulebook
from ktt_policy.documents import Document
from ktt_policy.places import place
from ktt_policy.reporters import FORMATS, render_report
from ktt_policy.source.spans import pointer
from read_back import read_back
from scenarios import HERE, ON

BOOK = Rulebook.load(HERE / "rulebook")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
# A document with fields that its schema does not know: S000 names the place of each.
DOCUMENTS = st.dictionaries(TEXTS.map(lambda t: "x" + t), VALUES, min_size=1, max_size=3)

Spans = dict[str, tuple[int, int, int, int]]


class Writer:
    """Writes JSON with spaces and escapes of its own choice, and counts lines and characters as it goes."""

    def __init__(self, choose: Any, newline: str, line: int) -> None:
        self.choose, self.newline = choose, newline
        self.out: list[str] = []
        self.line, self.column = line, 1
        self.spans: Spans = {}

    def put(self, text: str) -> None:
        self.out.append(text)
        self.column += len(text)

    def space(self) -> None:
        for kind in self.choose(st.lists(st.sampled_from([" ", "\t", "n"]), max_size=2)):
            if kind == "n" and self.newline:
                self.out.append(self.newline)
                self.line, self.column = self.line + 1, 1
            elif kind != "n":
                self.put(kind)

    def string(self, text: str) -> None:
        if self.choose(st.booleans()):
            self.put(json.dumps(text, ensure_ascii=False))
        else:
            units = text.encode("utf-16-be")
            self.put('"' + "".join(f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2)) + '"')

    def value(self, value: Any, here: str) -> None:
        start = (self.line, self.column)
        if isinstance(value, dict):
            self.nested("{}", list(value.items()), here)
        elif isinstance(value, list):
            self.nested("[]", list(enumerate(value)), here)
        elif isinstance(value, str):
            self.string(value)
        else:
            self.put(json.dumps(value))
        self.spans[here] = (*start, self.line, self.column)

    def nested(self, marks: str, entries: list[tuple[Any, Any]], here: str) -> None:
        self.put(marks[0])
        self.space()
        for number, (key, inner) in enumerate(entries):
            if number:
                self.put(",")
                self.space()
            if marks == "{}":
                self.string(key)
                self.space()
                self.put(":")
                self.space()
            self.value(inner, here + pointer(key))
            self.space()
        self.put(marks[1])


def written(choose: Any, trees: list[dict[str, Any]], shape: str) -> tuple[bytes, list[Spans]]:
    """A file of documents as an array, as lines, or of one; and for each document the spans of its values."""
    newline = choose(st.sampled_from(["\n", "\r\n"]))
    documents = [{"document_type": "invoice", "invoice_number": str(i), **tree} for i, tree in enumerate(trees)]
    if shape == "lines":
        text, line, found = "", 1, []
        for document in documents:
            blank = choose(st.integers(0, 2))
            line += blank
            writer = Writer(choose, "", line)
            writer.value(document, "")
            text += newline * blank + "".join(writer.out) + newline
            found.append(writer.spans)
            line += 1
    else:
        writer = Writer(choose, newline, 1)
        writer.space()
        writer.value(documents if shape == "array" else documents[0], "")
        writer.space()
        text, found = "".join(writer.out), [writer.spans] * len(documents)
    mark = b"\xef\xbb\xbf" if choose(st.booleans()) else b""
    return mark + text.encode(), found


@given(st.data(), st.lists(DOCUMENTS, min_size=1, max_size=3), st.sampled_from(["array", "lines", "one"]))
@settings(max_examples=150)
def test_places_are_where_the_values_were_written(data: Any, trees: list[dict[str, Any]], shape: str) -> None:
    trees = trees[:1] if shape == "one" else trees
    raw, spans = written(data.draw, trees, shape)
    report = BOOK.check([raw], ON, cases=True)
    # A line of its own may look like a whole file of one line: then there is one document all the same.
    assert [d.key for d in report.documents] == [str(i) for i in range(len(trees))]
    told = json.loads(render_report(report, "json", "en", 1))
    places = [f["place"] for f in told["findings"] if f["code"] == "S000" and "/x" in f["place"]["pointer"]]
    expected = []
    for index, tree in enumerate(trees):
        prefix = f"/{index}" if shape == "array" else ""
        for key in tree:
            span = spans[index][prefix + pointer(key)]
            expected.append(
                (prefix + pointer(key), dict(zip(("line", "column", "end_line", "end_column"), span, strict=True)))
            )
    assert sorted([(p["pointer"], p["span"]) for p in places], key=str) == sorted(expected, key=str)
    story = read_back("json", render_report(report, "json", "en", 1))
    for format_ in FORMATS:
        assert read_back(format_, render_report(report, format_, "en", 1)).places == story.places, format_


@given(st.data(), DOCUMENTS)
def test_every_value_of_a_document_has_its_place(data: Any, tree: dict[str, Any]) -> None:
    raw, (spans,) = written(data.draw, [tree], "one")
    document = Document("invoice", "0", None, "x", raw, 1, None, True)
    for at, span in spans.items():
        found = place(document, at, frozenset()).span
        assert found is not None
        assert (found.line, found.column, found.end_line, found.end_column) == span, at
