"""Two wordings of a text → the same, with the words marked that only one of them has."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# A word, a clause (`6.m2.k1`), a number, a run of signs, or white space: the smallest parts that a reader sees change.
_PARTS = re.compile(
    r'"(?:[^"\\]|\\.)*"|@"[^"]*"|\d+(?:\.[a-z]\w*)+|[^\W\d][\w.]*|\d+(?:\.\d+)?|\s+|[<>=!*]+|.', re.DOTALL
)
Piece = tuple[str, bool]  # text, and whether the other side lacks it


def marked(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """The pieces of both; joined, they are the texts again."""
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        changed = tag != "equal"
        if a < b:
            left.append(("".join(old[a:b]), changed))
        if c < d:
            right.append(("".join(new[c:d]), changed))
    return _joined(left), _joined(right)


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Changed pieces with only white space between them as one."""
    made: list[Piece] = []
    for number, (text, changed) in enumerate(pieces):
        between = text.isspace() and 0 < number < len(pieces) - 1 and pieces[number - 1][1] and pieces[number + 1][1]
        if made and made[-1][1] and (changed or between):
            made[-1] = (made[-1][0] + text, True)
        else:
            made.append((text, changed))
    return made


def wrapped(pieces: list[Piece], opening: str, closing: str) -> str:
    """The text with the changed pieces between two marks."""
    return "".join(f"{opening}{text}{closing}" if changed else text for text, changed in pieces)
