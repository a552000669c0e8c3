"""A text that can tell line and column of any offset, and an excerpt of a text that can tell the file's."""

from __future__ import annotations

from bisect import bisect_right

from ktt_policy.diagnostics import Diagnostic, Span


class Text:
    """A decoded file. Offsets count characters; lines end at `\\n`, `\\r\\n` or `\\r`."""

    __slots__ = ("_starts", "first_line", "name", "text")

    def __init__(self, name: str, text: str, first_line: int = 1) -> None:
        self.name = name
        self.text = text
        self.first_line = first_line  # of the file, where the text is one line of an NDJSON stream
        self._starts: list[int] | None = None

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            import re

            self._starts = [0, *(m.end() for m in re.finditer(r"\r\n|\n|\r", self.text))]
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return line + self.first_line - 1, offset - starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        line, column = self.position(start)
        end_line, end_column = self.position(max(end, start))
        return Span(self.name, line, column, end_line, end_column)

    def has_line(self, number: int) -> bool:
        return self.first_line <= number < self.first_line + len(self._line_starts())

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its line end."""
        if not self.has_line(number):
            return ""
        starts = self._line_starts()
        number -= self.first_line - 1
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


class JsonError(Exception):
    """Carries the diagnostic of the first thing that is wrong with the text."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def decode(raw: bytes, name: str, first_line: int = 1) -> Text:
    """The bytes as text, a byte-order mark left out; raises JsonError when they are not UTF-8."""
    if (kind := _other(raw)) is not None:
        place = Span(name, first_line, 1, first_line, 1)
        raise JsonError(Diagnostic("E102", f"not UTF-8: this looks like {kind}", place, help="save it as UTF-8 text"))
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    try:
        return Text(name, raw.decode("utf-8"), first_line)
    except UnicodeDecodeError as error:
        before = Text(name, raw[: error.start].decode("utf-8", "replace"), first_line)
        place = before.span(len(before.text), len(before.text))
        message = f"not UTF-8: byte {raw[error.start]:#04x} is no part of a character"
        raise JsonError(Diagnostic("E102", message, place, help="save the file as UTF-8")) from None


def _other(raw: bytes) -> str | None:
    """What a file begins as that is no UTF-8 text; JSON begins with two characters of ASCII, or one."""
    if raw[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff") or raw[:3] == b"\0\0\0":
        return "UTF-32"
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or (len(raw) > 1 and 0 in raw[:2]):
        return "UTF-16"
    return "a gzip archive" if raw[:2] == b"\x1f\x8b" else None


class Excerpt:
    """An expression inside a file: its own text, and for each character where it stands in the file.

    `pieces` maps offsets of the excerpt to offsets of the file: (excerpt offset, file offset), ascending;
    between two of them both run in step.
    """

    __slots__ = ("file", "pieces", "text")

    def __init__(self, text: str, file: Text, pieces: list[tuple[int, int]]) -> None:
        self.text = text
        self.file = file
        self.pieces = pieces

    def offset(self, offset: int) -> int:
        index = bisect_right(self.pieces, (offset, 1 << 60)) - 1
        start, target = self.pieces[max(index, 0)]
        return target + offset - start

    def span(self, start: int, end: int) -> Span:
        last = self.offset(end - 1) + 1 if end > start else self.offset(start)
        return self.file.span(self.offset(start), last)

    def line_of(self, offset: int) -> str:
        return self.file.line(self.file.position(self.offset(offset))[0])


def whole(text: str) -> Excerpt:
    """An expression that is its own file."""
    return Excerpt(text, Text("<expression>", text), [(0, 0)])
