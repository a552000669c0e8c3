"""The patterns of `matches` and `split`: XPath's regular expressions, written anew for Python.

A pattern is read by XPath's syntax, so nothing that only Python knows gets through, and what the two take otherwise
(`^` and `$`, `.`, `\\s`) is spelt out. Not part of the language: back-references, look-around, `\\w` (what it holds
differs), `\\p`, `\\i`, `\\c`, and classes with subtraction.

Python tries one way to match after the other. Which characters a part can begin with tells where it has a choice:
inside of a repetition there must be none, as time would grow exponentially; elsewhere few. The time then grows with
the third power of the text's length at worst; in proportion to it where a pattern begins with `^` and has no choice.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

DEEPEST = 20
ENDLESS = 100  # ways that a repetition counts as, at most
# Two repetitions without end may have a choice, and one where every place of a text is tried as the beginning.
MOST_WAYS, MOST_ANYWHERE = 100_000, 1_000

# Sets of characters are bits: one for each of Latin-1, and one for all that lie beyond.
BEYOND = 1 << 256
ALL = 2 * BEYOND - 1
VARIED = "iksµßåÿ"  # letters of Latin-1 that flag `i` takes for one beyond it, too

START, END = r"\A", r"\Z"
# A line feed that ends the text begins no line in XPath.
LINE_START, LINE_END = r"(?:\A|(?<=\n)(?!\Z))", r"(?:(?=\n)|(?<!\n)\Z)"


def _bits(low: str, high: str) -> int:
    first, last = ord(low), ord(high)
    return (1 << min(last, 255) + 1) - (1 << min(first, 256)) | (BEYOND if last > 255 else 0)


DIGIT = _bits("0", "9")
SPACE = _bits("\t", "\n") | _bits("\r", "\r") | _bits(" ", " ")
SINGLE = {c: c for c in r"\|.?*+(){}[]-^$"} | {"n": "\n", "r": "\r", "t": "\t"}
CLASSES = {
    "d": (r"\d", DIGIT | BEYOND),
    "D": (r"\D", ALL & ~DIGIT),
    "s": (r"\t\n\r ", SPACE),
    "S": (r"\x00-\x08\x0b\x0c\x0e-\x1f!-\U0010ffff", ALL & ~SPACE),
}
QUANTIFIER = re.compile(r"([?*+]|\{([0-9]+)(,([0-9]*))?\})\??")
BLANKS = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|[ \t\n\r]", re.DOTALL)


class PatternError(Exception):
    """Why a pattern is refused."""


class Part(Struct):
    """A part of a pattern, as Python writes it: what it can begin with, and whether it can match nothing."""

    python: str
    first: int
    empty: bool = False

    def ways(self, after: int) -> int:
        """In how many ways it could match, at most, where one of the characters `after` follows."""
        return 1

    def anchored(self) -> bool:
        """True when it matches at the start of a text only."""
        return self.python == START


class Sequence(Part, kw_only=True):
    parts: list[Part]

    def ways(self, after: int) -> int:
        made = 1
        for part in reversed(self.parts):
            made *= part.ways(after)
            after = part.first | (after if part.empty else 0)
        return made

    def anchored(self) -> bool:
        return bool(self.parts) and self.parts[0].anchored()


class Choice(Part, kw_only=True):
    branches: list[Part]

    def ways(self, after: int) -> int:
        made = [branch.ways(after) for branch in self.branches]
        seen, apart = 0, sum(branch.empty for branch in self.branches) < 2
        for branch in self.branches:
            begins = branch.first | (after if branch.empty else 0)
            apart = apart and not seen & begins
            seen |= begins
        return max(made) if apart else sum(made)

    def anchored(self) -> bool:
        return all(branch.anchored() for branch in self.branches)


class Repeat(Part, kw_only=True):
    body: Part
    least: int
    most: int | None

    def ways(self, after: int) -> int:
        again = self.most is None or self.most > 1
        made = self.body.ways(after | self.body.first if again else after)
        if again and (made > 1 or self.body.empty):
            raise PatternError(
                "what is repeated must match in one way: in it, the next character has to tell which part goes on"
            )
        if self.least == self.most or not (self.body.empty or self.body.first & after):
            return made
        return made * (ENDLESS if self.most is None else min(self.most - self.least + 1, ENDLESS))


class Reader:
    """Reads a pattern by XPath's grammar; raises PatternError where it is not of it."""

    def __init__(self, text: str, flags: str) -> None:
        self.text, self.flags = text, flags
        self.at = self.depth = 0

    def whole(self) -> Part:
        made = self.choice()
        if self.at < len(self.text):
            raise PatternError("a `)` closes nothing")
        return made

    def ahead(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def skip(self, sign: str) -> bool:
        found = self.ahead(sign)
        self.at += len(sign) if found else 0
        return found

    def next(self) -> str:
        self.at += 1
        return self.text[self.at - 1 : self.at]

    def choice(self) -> Part:
        branches = [self.sequence()]
        while self.skip("|"):
            branches.append(self.sequence())
        if len(branches) == 1:
            return branches[0]
        first = 0
        for branch in branches:
            first |= branch.first
        empty = any(branch.empty for branch in branches)
        return Choice("|".join(branch.python for branch in branches), first, empty, branches=branches)

    def sequence(self) -> Part:
        parts: list[Part] = []
        first, empty = 0, True
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            part = self.piece()
            parts.append(part)
            first |= part.first if empty else 0
            empty = empty and part.empty
        return Sequence("".join(part.python for part in parts), first, empty, parts=parts)

    def piece(self) -> Part:
        body = self.atom()
        found = QUANTIFIER.match(self.text, self.at)
        if found is None:
            return body
        self.at = found.end()
        least, most = 0, None
        if found[2]:
            least = int(found[2])
            most = least if not found[3] else int(found[4]) if found[4] else None
        elif found[1] == "+":
            least = 1
        elif found[1] == "?":
            most = 1
        python = body.python + found[0]
        return Repeat(python, body.first, not least or body.empty, body=body, least=least, most=most)

    def atom(self) -> Part:
        character = self.next()
        if character == "(":
            return self.group()
        if character == "[":
            return self.members()
        if character == "\\":
            one, python, bits = self.escape()
            return self.single(one) if one else Part(f"[{python}]", bits)
        if character == ".":
            return (
                Part(".", ALL) if "s" in self.flags else Part(r"[^\n\r]", ALL & ~_bits("\n", "\n") & ~_bits("\r", "\r"))
            )
        if character == "^":
            return Part(LINE_START if "m" in self.flags else START, 0, empty=True)
        if character == "$":
            return Part(LINE_END if "m" in self.flags else END, 0, empty=True)
        if character in "?*+{}]":
            raise PatternError(f"`{character}` has nothing to repeat or close here; the sign itself is `\\{character}`")
        return self.single(character)

    def single(self, character: str) -> Part:
        return Part(re.escape(character), self.any_case(_bits(character, character)))

    def group(self) -> Part:
        if self.ahead("?") and not self.skip("?:"):
            raise PatternError("look-around and flags inside of a pattern are not part of the language")
        self.depth += 1
        if self.depth > DEEPEST:
            raise PatternError(f"groups nest deeper than {DEEPEST}")
        inside = self.choice()
        if not self.skip(")"):
            raise PatternError("a `(` is not closed")
        self.depth -= 1
        inside.python = f"(?:{inside.python})"
        return inside

    def escape(self) -> tuple[str, str, int]:
        """The character that is meant, or none where it is a class; as Python writes it in one; its bits."""
        sign = self.next()
        if sign in SINGLE:
            one = SINGLE[sign]
            return one, re.escape(one), _bits(one, one)
        if sign in CLASSES:
            return "", *CLASSES[sign]
        if sign in ("w", "W"):
            raise PatternError(
                f"`\\{sign}` is not part of the language: write the class out, as in `[A-Za-zÅÄÖåäö0-9]`"
            )
        if sign and sign in "123456789pPiIcC":
            raise PatternError("back-references and the classes \\p \\i \\c are not part of the language")
        raise PatternError(f"XPath has no `\\{sign}`")

    def members(self) -> Part:
        """A class, behind its `[`."""
        negated = self.skip("^")
        if self.ahead("]"):
            raise PatternError("a class is empty; the sign `]` in it is written `\\]`")
        begin, python, bits = self.at, "", 0
        while not self.skip("]"):
            dash = self.ahead("-")
            if dash and self.at > begin and not self.ahead("-]"):
                raise PatternError("the sign `-` in the middle of a class is written `\\-`")
            low, written, found = self.member()
            if not dash and self.ahead("-") and not self.ahead("-]"):
                self.at += 1
                high, end, _ = self.member()
                if not low or not high:
                    raise PatternError("a range in a class has one character at each end")
                written, found = f"{written}-{end}", _bits(low, high)
            python += written
            bits |= found
        if negated:
            # Of what lies beyond Latin-1, some is left.
            return Part(f"[^{python}]", ALL & ~bits | BEYOND)
        return Part(f"[{python}]", self.any_case(bits))

    def member(self) -> tuple[str, str, int]:
        character = self.next()
        if character == "\\":
            return self.escape()
        if not character:
            raise PatternError("a `[` is not closed")
        if character == "[":
            raise PatternError("the sign `[` in a class is written `\\[`; subtraction is not part of the language")
        return character, re.escape(character), _bits(character, character)

    def any_case(self, bits: int) -> int:
        if "i" not in self.flags:
            return bits
        if bits & BEYOND:
            for letter in VARIED:
                bits |= _bits(letter, letter)
        for code in range(256):
            if bits >> code & 1:
                for variant in (chr(code).lower(), chr(code).upper()):
                    bits |= _bits(variant, variant) if len(variant) == 1 else 0
        return bits


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str = "") -> re.Pattern[str]:
    """The pattern as it is run. Raises PatternError when it is refused, and nothing else."""
    if set(flags) - set("smix"):
        raise PatternError(f"unknown flags `{flags}`")
    if "x" in flags:
        pattern = BLANKS.sub(lambda m: m[1] or "", pattern)
    try:
        read = Reader(pattern, flags).whole()
        made = re.compile(read.python, (re.S if "s" in flags else 0) | (re.I if "i" in flags else 0))
    except re.error as error:
        raise PatternError(f"not a regular expression: {error.msg}") from None
    except (OverflowError, ValueError, RecursionError, MemoryError):
        raise PatternError("the pattern, or a count in it, is too large") from None
    if read.ways(0) > (MOST_WAYS if read.anchored() else MOST_ANYWHERE):
        raise PatternError(
            "it could match one text in too many ways: begin with `^`, or let what is repeated leave out what follows"
        )
    return made
