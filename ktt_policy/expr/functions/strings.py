"""Functions of strings. Lengths and positions count characters (code points), from 1."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import UNSET

from ktt_policy.expr.functions.registry import builtin
from ktt_policy.expr.values import UndefinedError, is_null, is_unknown, is_whole, to_text
from ktt_policy.source.limits import DIGITS


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
    whole = start == int(start) and (length is None or length == int(length))
    if not whole or start == 0 or (length is not None and length < 1):
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


def _pattern(written: str, flags: str = "") -> re.Pattern[str]:
    """The pattern as it is run; raises PatternError when it is refused."""
    # Imported where a pattern is used, which few rules do.
    from ktt_policy.expr.functions.patterns import compiled

    return compiled(written, flags)


def pattern_fault(pattern: str, flags: str = "") -> str:
    """Why a pattern is refused: empty when it is not."""
    from ktt_policy.expr.functions.patterns import PatternError

    try:
        _pattern(pattern, flags)
    except PatternError as error:
        return str(error)
    return ""


@builtin(
    "matches", "input: string, pattern: string, flags?: string -> boolean", literals=(1, 2),
    fi="Tosi, kun säännöllinen lauseke osuu johonkin tekstin kohtaan.",
    en="True when the regular expression matches somewhere in the string.",
    example=('matches("foobar", "^fo*b")', "true"),
)  # fmt: skip
def matches(text: str, pattern: str, flags: str = "") -> bool:
    return _pattern(pattern, flags).search(text) is not None


@builtin(
    "split", "string: string, delimiter: string -> list<string>", literals=(1,),
    fi="Teksti osiin jaettuna säännöllisen lausekkeen kohdalta.",
    en="The string cut up at every match of the regular expression.",
    example=('split("a;b;c", ";")', '["a", "b", "c"]'),
)  # fmt: skip
def split(text: str, delimiter: str) -> list[str]:
    pieces, last = [], 0
    for m in _pattern(delimiter).finditer(text):
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
    "number", "from: string, grouping separator?: string, decimal separator?: string -> number",
    own_nulls=True, partial=True,
    fi="Teksti lukuna; erottimet voi nimetä.", en="The text as a number; the separators can be named.",
    example=('number("1 500,50", " ", ",")', "1500.50"),
)  # fmt: skip
def number(text: Any, grouping: Any = None, decimal: Any = None) -> Any:
    if is_null(text) or is_unknown(grouping) or is_unknown(decimal):
        return UNSET
    grouping, decimal = grouping or "", "." if decimal is None else decimal
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
