"""JSON text → values, strictly: the careful reader, which refuses what a document must not hold and says where.

Numbers become `Decimal`.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.source.limits import DEEPEST, DIGITS, LARGEST_EXPONENT, LONGEST, is_readable
from ktt_policy.source.text import JsonError, Text

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"')
_LITERALS = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"[A-Za-z+-][A-Za-z0-9]*")


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
        if not is_readable(value) or len(found[0]) > LONGEST:
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
