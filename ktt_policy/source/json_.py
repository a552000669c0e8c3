"""JSON text → values, strictly, with the place of everything.

`parse` is the careful reader: it refuses what a document must not hold and says where. `Spans` finds
values without reading the rest slowly. Numbers become `Decimal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from ktt_policy.diagnostics import Diagnostic, Span
from ktt_policy.source.text import Text

DEEPEST = 100
DIGITS = 34
LARGEST_EXPONENT = 100

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"')
_LITERALS = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"[A-Za-z+-][A-Za-z0-9]*")


def is_readable(value: Decimal) -> bool:
    """True for a number of the language: so many digits at most, and an exponent within reason."""
    if not value.is_finite() or len(value.as_tuple().digits) > DIGITS:
        return False
    return abs(value.adjusted()) <= LARGEST_EXPONENT


class JsonError(Exception):
    """Carries the diagnostic of the first thing that is wrong with the text."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def decode(raw: bytes, name: str, first_line: int = 1) -> Text:
    """The bytes as text, a byte-order mark left out; raises JsonError when they are not UTF-8."""
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    try:
        return Text(name, raw.decode("utf-8"), first_line)
    except UnicodeDecodeError as error:
        before = Text(name, raw[: error.start].decode("utf-8", "replace"), first_line)
        place = before.span(len(before.text), len(before.text))
        encoding = "UTF-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        message = f"not UTF-8: byte {raw[error.start]:#04x} is no part of a character"
        help = f"this looks like {encoding}; save the file as UTF-8" if encoding else "save the file as UTF-8"
        raise JsonError(Diagnostic("E102", message, place, help=help)) from None


def parse(text: Text) -> Any:
    """The one value of the text; raises JsonError with its first fault."""
    reader = _Reader(text)
    value, end = reader.value(reader.space(0), 0)
    end = reader.space(end)
    if end < len(text.text):
        reader.fail("E103", "there is more behind the document", end, end + 1,
                    "several documents stand in an array, or one on each line (NDJSON)")  # fmt: skip
    return value


class _Reader:
    def __init__(self, text: Text) -> None:
        self.source = text
        self.text = text.text

    def fail(self, code: str, message: str, start: int, end: int, help: str = "") -> None:
        # Without the source line: it may hold what must not be shown, and a broken text has no fields to mask.
        raise JsonError(Diagnostic(code, message, self.source.span(start, end), help=help))

    def space(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        assert found is not None
        return found.end()

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        character = self.text[at : at + 1]
        if character in "{[" and character:
            if depth >= DEEPEST:
                self.fail("E106", f"nested deeper than {DEEPEST} levels", at, at + 1)
            return self.object(at, depth) if character == "{" else self.array(at, depth)
        if character == '"':
            return self.string(at)
        found = _NUMBER.match(self.text, at)
        if found and not re.match(r"[0-9A-Za-z.+-]", self.text[found.end() : found.end() + 1]):
            return self.number(found), found.end()
        return self.word(at)

    def word(self, at: int) -> tuple[Any, int]:
        found = _WORD.match(self.text, at)
        word = found[0] if found else ""
        end = at + max(len(word), 1)
        if word in _LITERALS:
            return _LITERALS[word], end
        if word.lstrip("+-") in ("NaN", "Infinity", "nan", "inf", "Inf"):
            self.fail("E105", f"`{word}` is not a number in JSON", at, end, "leave the field out, or write null")
        if at >= len(self.text):
            self.fail("E103", "the text ends too early", at, at, "is the file complete?")
        known = self.text[at]
        hints = {"'": "strings stand in double quotes", "/": "JSON has no comments", "]": "a comma too many?",
                 "}": "a comma too many?", ",": "a value is missing"}  # fmt: skip
        hint = "numbers are written `12.50`" if known in "0123456789.+-" else hints.get(known, "")
        self.fail("E103", f"unexpected `{word or known}`", at, end, hint)
        raise AssertionError

    def number(self, found: re.Match[str]) -> Decimal:
        try:
            value = Decimal(found[0])
        except InvalidOperation:  # an exponent that no Decimal has
            value = Decimal("NaN")
        if not is_readable(value) or len(found[0]) > 200:
            message = f"a number has at most {DIGITS} digits and an exponent within ±{LARGEST_EXPONENT}"
            self.fail("E105", message, found.start(), found.end())
        return value

    def string(self, at: int) -> tuple[str, int]:
        found = _STRING.match(self.text, at)
        if found is None:
            self._bad_string(at)
            raise AssertionError
        inner = found[1]
        if "\\" not in inner:
            return inner, found.end()
        import json

        value: str = json.loads(found[0])
        if any("\ud800" <= c <= "\udfff" for c in value):
            self.fail("E103", "half of a surrogate pair", at, found.end(), "is the text cut short?")
        return value, found.end()

    def _bad_string(self, at: int) -> None:
        good = re.match(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*', self.text[at:])
        end = at + (good.end() if good else 1)
        character = self.text[end : end + 1]
        if character == "\\":
            self.fail("E103", f"unknown escape `{self.text[end : end + 2]}`", end, end + 2)
        if character in ("\n", "\r", ""):
            self.fail("E103", "the string is not closed on its line", at, end)
        self.fail("E103", "a control character in a string", end, end + 1, "write it as an escape")

    def object(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        made: dict[str, Any] = {}
        end = self.space(at + 1)
        if self.text[end : end + 1] == "}":
            return made, end + 1
        while True:
            if self.text[end : end + 1] != '"':
                self._expected("a field name in double quotes", end)
            start = end
            key, end = self.string(end)
            if key in made:
                self.fail("E104", f"the field `{key}` stands twice", start, end, "keep one of them")
            end = self.space(end)
            if self.text[end : end + 1] != ":":
                self._expected("`:`", end)
            made[key], end = self.value(self.space(end + 1), depth + 1)
            end = self.space(end)
            mark = self.text[end : end + 1]
            if mark == "}":
                return made, end + 1
            if mark != ",":
                self._expected("`,` or `}`", end)
            end = self.space(end + 1)

    def array(self, at: int, depth: int) -> tuple[list[Any], int]:
        made: list[Any] = []
        end = self.space(at + 1)
        if self.text[end : end + 1] == "]":
            return made, end + 1
        while True:
            item, end = self.value(end, depth + 1)
            made.append(item)
            end = self.space(end)
            mark = self.text[end : end + 1]
            if mark == "]":
                return made, end + 1
            if mark != ",":
                self._expected("`,` or `]`", end)
            end = self.space(end + 1)

    def _expected(self, what: str, at: int) -> None:
        if at >= len(self.text):
            self.fail("E103", f"the text ends where {what} should stand", at, at, "is the file complete?")
        self.fail("E103", f"expected {what}, found `{self.text[at]}`", at, at + 1)


# --- places ---------------------------------------------------------------------------------------------


def _skip(text: str, at: int) -> tuple[Any, int]:
    """The value at an offset and the offset behind it, by the C scanner."""
    global _scan
    if _scan is None:
        import json

        _scan = json.JSONDecoder().raw_decode
    found: tuple[Any, int] = _scan(text, at)
    return found


_scan: Any = None


def pointer(*parts: str | int) -> str:
    """A JSON Pointer (RFC 6901) of the parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


class Spans:
    """The spans of values of a text that `parse` takes, by their pointers.

    Values off the way are skipped by the C scanner, and what was walked once is not walked again.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        self._members: dict[int, dict[str, tuple[int, int]]] = {}

    def __getitem__(self, pointer: str) -> Span:
        """The span of the value at a pointer; where it leads to nothing, of the nearest value above it."""
        return self.text.span(*self.offsets(pointer))

    def offsets(self, pointer: str) -> tuple[int, int]:
        """Start and end offset of the same."""
        text = self.text.text
        start, end = _space(text, 0), -1
        for part in parts(pointer):
            known = self._members.get(start)
            if known is None:
                known = self._members[start] = dict(members(text, start))
            if part not in known:
                break
            start, end = known[part]
        return start, _skip(text, start)[1] if end < 0 else end


def members(text: str, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Key, start and end offset of each member of the object or array at an offset; none of anything else."""
    opening = text[at]
    if opening not in "{[":
        return
    end = _space(text, at + 1)
    index = 0
    while text[end] not in "}]":
        if opening == "{":
            key, end = _skip(text, end)
            end = _space(text, _space(text, end) + 1)
        else:
            key = str(index)
            index += 1
        start = end
        end = _skip(text, start)[1]
        yield key, (start, end)
        end = _space(text, end)
        if text[end] == ",":
            end = _space(text, end + 1)


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()
