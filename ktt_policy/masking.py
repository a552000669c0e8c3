"""What must not be read in any output: values of sensitive fields, and whatever looks like an identity code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

MASK = "•••"
# Whatever reads as a hyphen to those who type or typeset, and to the library that knows an identity code.
_DASHES = (
    r"\-\u00ad\u00af\u02d7\u058a\u05be\u1680\u180a\u2010-\u2015\u203e\u2043\u207b\u208b\u2212\u23af\u23ba-\u23bd\u23e4"
    r"\ufe58\ufe63\uff0d\uffe3"
)
_FORM = rf"(?=(\d{{6}}[{_DASHES}+A-FU-Ya-fu-y]\d{{3}}[\dA-Ya-y\u017f]))"  # wherever it begins: they may overlap
_TOUCHING = r"[0-9A-Za-z]"
_DIGEST = r"[0-9a-f]{32,128}"
# Most texts hold nothing of this shape, and the full pattern takes a millisecond to compile.
_SHAPE = re.compile(r"\d{6}.\d{3}")

_revealed: ContextVar[bool] = ContextVar("revealed", default=False)


def reveal() -> None:
    """Show the values of sensitive fields from now on, in this context; identity codes stay masked."""
    _revealed.set(True)


def revealed() -> bool:
    return _revealed.get()


def mask(text: str) -> str:
    """The text without anything that looks like a Finnish personal identity code."""
    parts: list[str] = []
    done = 0
    for start, end in _codes(text):
        if start >= done:
            parts += [text[done:start], MASK]
        done = end
    return "".join((*parts, text[done:])) if done else text


def _codes(text: str) -> list[tuple[int, int]]:
    """The spans of what looks like an identity code: by its form where it stands alone; amid letters and digits what is
    one by its date and check character, but not in a digest, which may hold one by chance."""
    if not _SHAPE.search(text):
        return []
    found = (match.span(1) for match in re.finditer(_FORM, text))
    return [(start, end) for start, end in found if _alone(text, start, end) or _within(text, start, end)]


def _alone(text: str, start: int, end: int) -> bool:
    return not re.search(_TOUCHING, text[max(0, start - 1) : start] + text[end : end + 1])


def _within(text: str, start: int, end: int) -> bool:
    digests = re.finditer(_DIGEST, text[max(0, start - 128) : end + 128])
    offset = max(0, start - 128)
    inside = any(one.start() + offset <= start and end <= one.end() + offset for one in digests)
    return not inside and _is_code(text[start:end])


def _is_code(text: str) -> bool:
    from stdnum.fi import hetu

    valid: bool = hetu.is_valid(text, allow_temporary=True)
    return valid


def blot(text: str, fields: frozenset[str]) -> str:
    """JSON text with the values of sensitive fields and identity codes blotted out, every place kept.

    A field counts in whatever way its name is written: `birth_date`, `birthDate`, `birth\\u005fdate`.
    """
    hidden = fields and not revealed()
    spans = list(_values(text, frozenset(_folded(f) for f in fields))) if hidden else []
    spans.extend(_codes(text))
    if "\\u" in text:
        escaped = (found for found in re.finditer(_STRING, text) if "\\u" in found[0])
        spans.extend(_between_quotes(found) for found in escaped if _codes(_unescaped(found[0])))
    if not spans:
        return text
    parts: list[str] = []
    done = 0
    for start, end in sorted(spans):
        start = max(start, done)
        if end > start:
            parts += [text[done:start], re.sub(_INK, "•", text[start:end])]
            done = end
    return "".join((*parts, text[done:]))


_INK = r"[^\r\n]"
_STRING = r'"(?:[^"\\\r\n]|\\.)*(?:"|$)'
_KEY = rf"({_STRING})\s*:\s*"
_VALUE = rf"({_STRING})|([\[{{])|([\]}}])|[^\s,:\[\]{{}}\"]+"


_ESCAPE = r"\\(?:u([0-9a-fA-F]{4})|(.))"
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _between_quotes(string: re.Match[str]) -> tuple[int, int]:
    return string.start() + 1, string.end() - string[0].endswith('"')


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _values(text: str, fields: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The spans of the values of the fields: what stands between the quotes, numbers, and all that is nested."""
    escaped = "\\" in text
    plain = "" if escaped else _folded(text)
    if not escaped and not any(field in plain for field in fields):
        return
    names = "|".join("[_-]?".join(map(re.escape, f)) for f in sorted(fields))
    key = _KEY if escaped else rf'(?i:("(?:{names})"))\s*:\s*'
    value = re.compile(_VALUE)
    for found in re.finditer(key, text):
        if escaped and _folded(_unescaped(found[1][1:-1])) not in fields:
            continue
        depth, at = 0, found.end()
        while (token := value.search(text, at)) is not None:
            at = token.end()
            if token[2]:
                depth += 1
            elif token[3]:
                depth -= 1
            elif token[1]:
                yield _between_quotes(token)
            elif token[0] != "null":
                yield token.span()
            if depth <= 0:
                break


def _unescaped(name: str) -> str:
    return re.sub(_ESCAPE, lambda m: chr(int(m[1], 16)) if m[1] else _ESCAPED.get(m[2], m[2]), name)


TEXTS = ("locate", "_found", "raw")  # fields that hold the text of a document, or lead to it


class Discreet:
    """A repr without the text of a document: the caller's log must not hold what is sensitive."""

    __slots__ = ()
    __struct_fields__: tuple[str, ...]

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in TEXTS]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"
