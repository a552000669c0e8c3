"""Where the values of a document stand, and the source lines there with whatever is sensitive blotted out."""

from __future__ import annotations

from functools import lru_cache, partial

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
    return span, _shown(raw, document.file, document.line, sensitive, revealed()).line(span.line)


def around(document: Document, number: int, sensitive: frozenset[str]) -> dict[int, str]:
    """Line number → text: a line of the text that a document was read from, and its neighbours."""
    raw = document.text()
    if raw is None:
        return {}
    text = _shown(raw, document.file, document.line, sensitive, revealed())
    if not text.has_line(number):
        return {}
    return {at: text.line(at) for at in range(number - 1, number + 2) if text.has_line(at)}


# A report goes from document to document: the texts of the last ones are kept, with what was found in them.


@lru_cache(maxsize=8)
def _spans(raw: bytes, file: str, line: int) -> Spans:
    return Spans(decode(raw, file, line))


@lru_cache(maxsize=8)
def _shown(raw: bytes, file: str, line: int, sensitive: frozenset[str], plainly: bool) -> Text:
    """The text as it may be shown; `plainly`: sensitive values too."""
    return Text(file, blot(_spans(raw, file, line).text.text, sensitive), line)
