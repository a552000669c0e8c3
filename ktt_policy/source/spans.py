"""Where the values of a JSON text stand, by their JSON Pointers (RFC 6901)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ktt_policy.diagnostics import Span
from ktt_policy.source.text import Text

_SPACE = re.compile(r"[ \t\n\r]*")


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
