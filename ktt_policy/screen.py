"""Text of others on a reader's screen: nothing in it steers a terminal or a build; carets stand under its words."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

# Code points that are no characters, and never will be: HTML and XML may not hold them.
NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
# Control characters, lone surrogates, and signs that turn the direction of text or break lines unseen.
_UNSAFE = f"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff{NO_CHARACTERS}]"
# What a build's log would take as a command, wherever in a line it stands.
COMMAND = re.compile(r"##(?=vso\[|\[)", re.IGNORECASE)
WIDEST = 160  # cells of a line that is shown


def plain(text: str) -> str:
    """The text on one line, with control characters written out and commands to build logs broken up."""
    if not text.isprintable():  # none of the unsafe is
        text = re.sub(_UNSAFE, lambda m: ascii(m[0])[1:-1], text)
    return COMMAND.sub("# #", text) if "##" in text else text


class Window(Struct, frozen=True):
    """The part of source lines that has room: from the character `cut` on."""

    cut: int
    room: int

    @classmethod
    def around(cls, text: str, start: int, room: int) -> Window:
        """The one in which a place of a line is seen; lines that have room are not cut."""
        return cls(max(0, start - room // 3) if len(text) > room and cells(text[: 2 * room]) > room else 0, room)

    def line(self, text: str) -> str:
        """What is shown of a line, with `…` where it goes on."""
        left = "…" if self.cut and text else ""
        return left + _clipped(_shown(text[self.cut : self.cut + self.room + 1]), self.room - len(left))

    def marks(self, text: str, start: int, end: int) -> str:
        """Carets for a stretch of a line, to stand under what `line` shows of it."""
        before = cells(("…" if self.cut else "") + _shown(text[self.cut : start]))
        under = min(cells(_shown(text[start : min(end, start + self.room)])), max(1, cells(self.line(text)) - before))
        return " " * before + "^" * max(1, under)


def _shown(text: str) -> str:
    """Tabs as single spaces, control characters and commands to build logs as `?`: places stay where they are."""
    text = text.replace("##", "?#") if "##[" in text or "##vso[" in text.lower() else text
    if text.isprintable():
        return text
    text = re.sub(f"[{NO_CHARACTERS}]", "?", text)
    return "".join(" " if c == "\t" else c if unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "?" for c in text)


def _clipped(text: str, room: int) -> str:
    """As much of a text as has room, with `…` where it goes on."""
    if text.isascii():
        return text if len(text) <= room else text[:room] + "…"
    for end, character in enumerate(text):
        room -= cells(character)
        if room < 0:
            return text[:end] + "…"
    return text


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)
