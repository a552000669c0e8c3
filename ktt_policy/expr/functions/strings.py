"""Functions of strings. Lengths and positions count characters (code points), from 1."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from ktt_policy.expr.functions.registry import builtin
from ktt_policy.expr.values import DIGITS, UndefinedError, is_whole, to_text


@builtin(
    "string", "from: any -> string", own_nulls=True, partial=True,
    fi="Arvo tekstinä.", en="The value as text.", example=("string(1.50)", "1.50"),
)  # fmt: skip
def string(value: Any) -> str:
    if value is None or not is_whole(value):
        raise UndefinedError("null value", "string()")
    return to_text(value)


@builtin(
    "string length", "string: string -> number",
    fi="Merkkien määrä.", en="How many characters the string has.", example=('string length("äö")', "2"),
)  # fmt: skip
def string_length(text: str) -> Decimal:
    return Decimal(len(text))


@builtin(
    "substring", "string: string, start: number, length?: number -> string", partial=True,
    fi="Merkkijonon osa annetusta paikasta; negatiivinen paikka lasketaan lopusta.",
    en="A part of the string from a position; a negative one counts from the end.",
    example=('substring("foobar", 3, 3)', "oba"),
)  # fmt: skip
def substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    if start != int(start) or start == 0 or (length is not None and length < 1):
        raise UndefinedError("no such position")
    first = int(start) - 1 if start > 0 else max(len(text) + int(start), 0)
    return text[first:] if length is None else text[first : first + int(length)]


@builtin(
    "substring before", "string: string, match: string -> string",
    fi="Teksti ennen ensimmäistä osumaa; tyhjä, jos osumaa ei ole.",
    en="The text before the first match; empty without one.", example=('substring before("foobar", "bar")', "foo"),
)  # fmt: skip
def substring_before(text: str, match: str) -> str:
    head, found, _ = text.partition(match) if match else ("", "", text)
    return head if found else ""


@builtin(
    "substring after", "string: string, match: string -> string",
    fi="Teksti ensimmäisen osuman jälkeen; tyhjä, jos osumaa ei ole.",
    en="The text after the first match; empty without one.", example=('substring after("foobar", "o")', "obar"),
)  # fmt: skip
def substring_after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@builtin(
    "contains", "string: string, match: string -> boolean",
    fi="Tosi, kun teksti sisältää osuman.", en="True when the string has the match in it.",
    example=('contains("foobar", "ob")', "true"),
)  # fmt: skip
def contains(text: str, match: str) -> bool:
    return match in text


@builtin(
    "starts with", "string: string, match: string -> boolean",
    fi="Tosi, kun teksti alkaa näin.", en="True when the string begins so.",
    example=('starts with("foobar", "fo")', "true"),
)  # fmt: skip
def starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@builtin(
    "ends with", "string: string, match: string -> boolean",
    fi="Tosi, kun teksti loppuu näin.", en="True when the string ends so.",
    example=('ends with("foobar", "ar")', "true"),
)  # fmt: skip
def ends_with(text: str, match: str) -> bool:
    return text.endswith(match)


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str = "") -> re.Pattern[str]:
    bits = 0
    for flag in flags:
        bits |= {"s": re.S, "m": re.M, "i": re.I, "x": re.X}[flag]
    if "m" not in flags:
        # XPath's `$` is the end of the text; Python's also stands before a last line feed.
        pattern = re.sub(r"\\.|\[(?:\\.|[^\]])*\]|\$", lambda m: r"\Z" if m[0] == "$" else m[0], pattern)
    return re.compile(pattern, bits)


def pattern_fault(pattern: str, flags: str = "") -> str:
    """Why a pattern is refused: empty when it is not.

    A pattern must be a literal, be the same in XPath and Python, and cost linear time or close to it: no
    back-references, and in what is repeated nothing that could match one text in several ways.
    """
    if set(flags) - set("smix"):
        return f"unknown flags `{flags}`"
    if re.search(r"\\[1-9pPiIcC]|\(\?[^:]", pattern):
        return "back-references, look-around and the classes \\p \\i \\c are not part of the language"
    if re.search(r"\\[AbBZ]|\{,|-\[", pattern) or ("x" in flags and "#" in pattern):
        return "`\\b`, `\\A`, `\\Z`, `{,n}`, `[a-[b]]` and `#` with flag `x` differ between XPath and Python"
    try:
        re.compile(pattern)
    except re.error as error:
        return f"not a regular expression: {error.msg}"
    bare = re.sub(r"\\.|\[(\\.|[^\]])*\]", "_", pattern)
    inner = re.compile(r"\(([^()]*)\)([*+]|\{\d+,\d*\}|\{\d\d+\})?")
    while m := inner.search(bare):
        inside = m[1].removeprefix("?:")
        unsure = re.search(r"[*+?]|\{\d+,", inside) or not _tell_apart(inside.split("|"))
        if unsure and m[2]:
            return (
                "what is repeated must match in one way: no repetition, `?` or branches that begin alike inside of it"
            )
        bare = bare[: m.start()] + ("_*" if unsure or m[2] else "_") + bare[m.end() :]
    return ""


def _tell_apart(branches: list[str]) -> bool:
    """True when a text's first character tells which branch it is: all begin with letters or digits of their own."""
    firsts = [branch[:1].casefold() for branch in branches]
    return len(branches) == 1 or (all(f.isalnum() for f in firsts) and len(set(firsts)) == len(firsts))


@builtin(
    "matches", "input: string, pattern: string, flags?: string -> boolean", literals=(1, 2),
    fi="Tosi, kun säännöllinen lauseke osuu johonkin tekstin kohtaan.",
    en="True when the regular expression matches somewhere in the string.",
    example=('matches("foobar", "^fo*b")', "true"),
)  # fmt: skip
def matches(text: str, pattern: str, flags: str = "") -> bool:
    return _compiled(pattern, flags).search(text) is not None


@builtin(
    "split", "string: string, delimiter: string -> list<string>", literals=(1,),
    fi="Teksti osiin jaettuna säännöllisen lausekkeen kohdalta.",
    en="The string cut up at every match of the regular expression.",
    example=('split("a;b;c", ";")', '["a", "b", "c"]'),
)  # fmt: skip
def split(text: str, delimiter: str) -> list[str]:
    pieces, last = [], 0
    for m in _compiled(delimiter).finditer(text):
        if m.end() > m.start():
            pieces.append(text[last : m.start()])
            last = m.end()
    return [*pieces, text[last:]]


@builtin(
    "string join", "list: list<string>, delimiter?: string -> string",
    fi="Tekstit yhteen, haluttaessa erottimella.", en="The strings together, with a delimiter if wanted.",
    example=('string join(["a", "b"], "-")', "a-b"),
)  # fmt: skip
def string_join(items: list[str], delimiter: str = "") -> str:
    return delimiter.join(items)


@builtin(
    "upper case", "string: string -> string",
    fi="Teksti isoin kirjaimin.", en="The string in capital letters.", example=('upper case("aB4")', "AB4"),
)  # fmt: skip
def upper_case(text: str) -> str:
    return text.upper()


@builtin(
    "lower case", "string: string -> string",
    fi="Teksti pienin kirjaimin.", en="The string in small letters.", example=('lower case("aB4")', "ab4"),
)  # fmt: skip
def lower_case(text: str) -> str:
    return text.lower()


@builtin(
    "number", "from: string, grouping separator?: string, decimal separator?: string -> number", partial=True,
    fi="Teksti lukuna; erottimet voi nimetä.", en="The text as a number; the separators can be named.",
    example=('number("1 500,50", " ", ",")', "1500.50"),
)  # fmt: skip
def number(text: str, grouping: str = "", decimal: str = ".") -> Decimal:
    if grouping not in ("", " ", ".", ",") or decimal not in (".", ",") or grouping == decimal:
        raise UndefinedError("not a number")
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(decimal, ".") if decimal != "." else plain
    if not re.fullmatch(r"-?(\d+(\.\d+)?|\.\d+)", plain, re.ASCII):
        raise UndefinedError("not a number")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise UndefinedError("not a number") from None
    if len(value.as_tuple().digits) > DIGITS:
        raise UndefinedError("not a number")
    return value
