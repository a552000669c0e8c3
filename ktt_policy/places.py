"""Where the values of a document stand, and the source lines there with whatever is sensitive blotted out."""

from __future__ import annotations

from functools import partial

from msgspec import Struct, field

from ktt_policy.diagnostics import Span
from ktt_policy.documents import Document
from ktt_policy.masking import blot, revealed
from ktt_policy.report import Place
from ktt_policy.source.spans import Spans
from ktt_policy.source.text import Text, decode


def place(document: Document, pointer: str, sensitive: frozenset[str]) -> Place:
    """The place of a value of a document; what stands there is looked up when it is asked for."""
    return Place(document.file, pointer, partial(_found, document, sensitive))


def _found(document: Document, sensitive: frozenset[str], pointer: str) -> tuple[Span, str] | None:
    raw = document.text()
    if raw is None:
        return None
    span = _spans(raw, document.file, document.line)[pointer]
    return span, _shown(raw, document.file, document.line, sensitive).line(span.line)


def around(document: Document, number: int, sensitive: frozenset[str]) -> dict[int, str]:
    """Line number → text: a line of the text that a document was read from, and its neighbours."""
    raw = document.text()
    if raw is None:
        return {}
    text = _shown(raw, document.file, document.line, sensitive)
    if not text.has_line(number):
        return {}
    return {at: text.line(at) for at in range(number - 1, number + 2) if text.has_line(at)}


KEPT = 8 * 1024 * 1024  # bytes of texts


class Seen(Struct):
    """The text of a document with what was found in it. `shown`: as it may be shown, by what is sensitive in it, and
    whether even that is shown."""

    spans: Spans
    shown: dict[tuple[frozenset[str], bool], Text] = field(default_factory=dict)


class Memory:
    """The texts asked for last, since a report goes through its documents again for each rule."""

    def __init__(self) -> None:
        self.seen: dict[tuple[bytes, str, int], Seen] = {}
        self.size = 0

    def read(self, raw: bytes, file: str, line: int) -> Seen:
        key = raw, file, line
        seen = self.seen.pop(key, None)
        if seen is None:
            seen = Seen(Spans(decode(raw, file, line)))
            self.size += len(raw)
        self.seen[key] = seen  # behind all others
        while self.size > KEPT and len(self.seen) > 1:
            oldest = next(iter(self.seen))
            self.size -= len(oldest[0])
            del self.seen[oldest]
        return seen


_memory = Memory()


def _spans(raw: bytes, file: str, line: int) -> Spans:
    return _memory.read(raw, file, line).spans


def _shown(raw: bytes, file: str, line: int, sensitive: frozenset[str]) -> Text:
    seen, key = _memory.read(raw, file, line), (sensitive, revealed())
    if key not in seen.shown:
        seen.shown[key] = Text(file, blot(seen.spans.text.text, sensitive), line)
    return seen.shown[key]
