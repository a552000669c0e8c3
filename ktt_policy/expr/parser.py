"""Text → syntax tree. One syntax error a text, with its place and a hint; never an exception.

Lark builds an LALR(1) parser from `grammar.lark` once a process. Multi-word function names come from the table
of built-in functions, so a new function needs no change here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import syntax as s
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.source.text import Excerpt

LONGEST = 20_000
DEEPEST = 100
SPECIAL_FORMS = ("is defined", "all documents", "related", "not", "today")

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f"}


@lru_cache(maxsize=1)
def _lark() -> Lark:
    words = sorted((name for name in (*BUILTINS, *SPECIAL_FORMS) if " " in name), key=len, reverse=True)
    pattern = "|".join(r"\s+".join(name.split()) for name in words)
    grammar = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    grammar += f"\nFUNCTION.5: /({pattern})(?=\\s*\\()/\n"
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def parse(excerpt: Excerpt) -> tuple[s.Node | None, list[Diagnostic]]:
    """The syntax tree of the text, or None and what is wrong with it."""
    text = excerpt.text
    if not _bare(text).strip() and '"' not in text:
        return None, [_error(excerpt, "E301", "the expression is empty", 0, len(text))]
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        message = f"the expression is longer than {LONGEST} characters or nests deeper than {DEEPEST}"
        return None, [_error(excerpt, "E303", message, 0, 1, "name its parts with `let` or a definition")]
    try:
        tree = _Builder(text).build(_lark().parse(text).children[0])
        if s.depth(tree) <= DEEPEST:
            return tree, []
        raise RecursionError
    except UnexpectedInput as error:
        return None, [_explain(excerpt, error)]
    except RecursionError:
        message = "the expression nests too deeply"
        return None, [_error(excerpt, "E303", message, 0, 1, "name its parts with `let` or a definition")]
    except _RefusedError as error:
        return None, [_error(excerpt, "E301", error.message, error.start, error.end)]


def _bare(text: str) -> str:
    """The text with blanks in place of what stands in strings and comments."""
    return re.sub(r'"(\\.|[^"\\])*"|//[^\r\n]*|/\*(.|\n)*?\*/', lambda m: " " * len(m[0]), text)


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in _bare(text):
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest


def _error(excerpt: Excerpt, code: str, message: str, start: int, end: int, help: str = "") -> Diagnostic:
    return Diagnostic(code, message, excerpt.span(start, max(end, start)), help=help, excerpt=excerpt.line_of(start))


_HINTS = {
    "==": "equality is written `=`",
    "=>": "written `>=`",
    "=<": "written `<=`",
    "<>": "inequality is written `!=`",
    "&": "`and`",
    "|": "`or`",
    "!": "negation is written `not(...)`, inequality `!=`",
    "'": 'strings stand in double quotes: "text"',
    "%": "the remainder is `modulo(a, b)`",
    "^": "a power is written `**`",
    "]": "a range is written `[1..10]`, `(1..10]`, `[1..10)` or `(1..10)`",
}


def _explain(excerpt: Excerpt, error: UnexpectedInput) -> Diagnostic:
    text = excerpt.text
    if isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END"):
        return _error(
            excerpt, "E301", "the expression ends too early", len(text.rstrip()), len(text.rstrip()) + 1,
            _opened(text),
        )  # fmt: skip
    start = error.pos_in_stream or 0
    if isinstance(error, UnexpectedCharacters):
        return _error(excerpt, "E301", f"unexpected `{text[start]}`", start, start + 1, _character_hint(text, start))
    assert isinstance(error, UnexpectedToken)
    token = error.token
    end = start + len(token)
    if (opened := text.find("/*", max(start - 1, 0), start + 2)) >= 0:
        return _error(excerpt, "E301", "the comment is not closed", opened, opened + 2, "it ends with `*/`")
    if token.type == "COMPARATOR":
        return _comparator(excerpt, str(token), start, end)
    hint = ""
    if token.type == "NAME" and text[:start].rstrip()[-1:].isalnum():
        near = [n for n in BUILTINS if " " in n and n.startswith(text[:start].split()[-1] + " ")]
        hint = f"is a function meant: `{near[0]}(...)`?" if near else "is an operator or a quote missing?"
    elif token.type in ("THEN", "ELSE", "RETURN", "SATISFIES", "IF", "FOR", "IN", "BETWEEN"):
        hint = f"`{token}` is a keyword and cannot stand here or serve as a name"
    return _error(excerpt, "E301", f"unexpected `{token}`", start, end, hint)


def _comparator(excerpt: Excerpt, token: str, start: int, end: int) -> Diagnostic:
    before = excerpt.text[:start]
    if before[-1:] + token in _HINTS:
        return _error(excerpt, "E301", f"unexpected `{token}`", start - 1, end, _HINTS[before[-1:] + token])
    hint = ""
    if re.search(r"[{,]\s*\w+\s*\Z", before) and "{" in before:
        hint = "an entry of a context is written `name: value`"
    elif keyword := re.search(r"\b(and|or|not|in|if|then|else|for|return|some|every|satisfies|between)\s*\Z", before):
        hint = f"`{keyword[1]}` is a keyword, and a value is missing before `{token}`"
    elif re.search(r"(\A|[-+*/=<>(\[{,:])\s*\Z", before):
        hint = "a value is missing before it"
    if hint:
        return _error(excerpt, "E301", f"unexpected `{token}`", start, end, hint)
    return _error(
        excerpt, "E302", "comparisons cannot be chained", start, end, "write `a < b and b < c`, or `b between a and c`"
    )


def _character_hint(text: str, start: int) -> str:
    if text[start] == '"':
        return "the string is not closed on its line"
    if text[start].isdigit():
        return "numbers are written `30`, `4.5` or `1e3`; a name cannot begin with a digit"
    return _HINTS.get(text[start], "")


def _opened(text: str) -> str:
    bare = _bare(text)
    for opening, closing in (("(", ")"), ("[", "]"), ("{", "}")):
        if bare.count(opening) > bare.count(closing):
            return f"a `{opening}` is not closed"
    if re.search(r"\bif\b", bare) and not re.search(r"\belse\b", bare):
        return "`if` needs `then` and `else`"
    return ""


class _RefusedError(Exception):
    def __init__(self, message: str, start: int, end: int) -> None:
        self.message, self.start, self.end = message, start, end


class _Builder:
    """Lark's parse tree → syntax nodes; a method for each alias of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text

    def build(self, tree: Any) -> s.Node:
        node: s.Node = getattr(self, "on_" + tree.data)(tree)
        return node

    def on_binary(self, t: Any) -> s.Node:
        left, operator, right = t.children
        return s.Binary(*_span(t), str(operator), self.build(left), self.build(right))

    def on_negation(self, t: Any) -> s.Node:
        sign, operand = t.children
        if sign == "+":
            raise _RefusedError("a number has no `+` sign", sign.start_pos, sign.end_pos)
        return s.Unary(*_span(t), self.build(operand))

    def on_between(self, t: Any) -> s.Node:
        operand, _, low, _, high = t.children
        return s.Between(*_span(t), self.build(operand), self.build(low), self.build(high))

    def on_in_(self, t: Any) -> s.Node:
        operand, _, test = t.children
        return s.In(*_span(t), self.build(operand), self.build(test))

    def on_instance_of(self, t: Any) -> s.Node:
        operand, _, type_tree = t.children
        written = self.text[slice(*_span(type_tree))]
        return s.InstanceOf(*_span(t), self.build(operand), " ".join(written.split()))

    def on_if_(self, t: Any) -> s.Node:
        condition, then, otherwise = (c for c in t.children if isinstance(c, Tree))
        return s.If(*_span(t), self.build(condition), self.build(then), self.build(otherwise))

    def on_for_(self, t: Any) -> s.Node:
        iterators, body = (c for c in t.children if isinstance(c, Tree))
        return s.For(*_span(t), self._iterators(iterators), self.build(body))

    def on_quantified(self, t: Any) -> s.Node:
        iterators, body = (c for c in t.children if isinstance(c, Tree))
        return s.Quantified(*_span(t), str(t.children[0]), self._iterators(iterators), self.build(body))

    def _iterators(self, t: Any) -> tuple[s.Iterator, ...]:
        found = []
        for iterator in t.children:
            name, _, *bounds = iterator.children
            if len(bounds) == 2:
                low, high = bounds
                domain: s.Node = s.Steps(low.meta.start_pos, high.meta.end_pos, self.build(low), self.build(high))
            else:
                domain = self.build(bounds[0])
            found.append(s.Iterator(*_span(iterator), str(name), domain))
        return tuple(found)

    def on_path(self, t: Any) -> s.Node:
        of, name = t.children
        return s.Path(*_span(t), self.build(of), str(name), name.start_pos)

    def on_subscript(self, t: Any) -> s.Node:
        of, inner = t.children
        return s.Subscript(*_span(t), self.build(of), self.build(inner))

    def on_number(self, t: Any) -> s.Node:
        return s.Number(*_span(t), str(t.children[0]))

    def on_string(self, t: Any) -> s.Node:
        return s.String(*_span(t), self._unescape(t.children[0]))

    def on_at(self, t: Any) -> s.Node:
        return s.At(*_span(t), self._unescape(t.children[0]))

    def on_true(self, t: Any) -> s.Node:
        return s.Boolean(*_span(t), True)

    def on_false(self, t: Any) -> s.Node:
        return s.Boolean(*_span(t), False)

    def on_null(self, t: Any) -> s.Node:
        return s.Null(*_span(t))

    def on_name(self, t: Any) -> s.Node:
        return s.Name(*_span(t), str(t.children[0]))

    def on_call(self, t: Any) -> s.Node:
        name, arguments = t.children
        built = tuple(self.build(a) for a in arguments.children)
        return s.Call(*_span(t), " ".join(name.split()), built, name.end_pos)

    def on_parenthesis(self, t: Any) -> s.Node:
        return self.build(t.children[0])

    def on_tests(self, t: Any) -> s.Node:
        return s.Tests(*_span(t), tuple(self.build(c) for c in t.children))

    def on_unary_test(self, t: Any) -> s.Node:
        operator, right = t.children
        return s.Comparison(*_span(t), str(operator), self.build(right))

    def on_list_(self, t: Any) -> s.Node:
        return s.ListOf(*_span(t), tuple(self.build(c) for c in t.children))

    def on_context(self, t: Any) -> s.Node:
        entries = []
        for entry in t.children:
            key, value = entry.children
            name = self._unescape(key) if key.type == "STRING" else str(key)
            entries.append(s.Entry(*_span(entry), name, self.build(value)))
        return s.ContextOf(*_span(t), tuple(entries))

    def on_range_(self, t: Any) -> s.Node:
        opening, low, high, closing = t.children
        return s.Range(*_span(t), self.build(low), self.build(high), opening == "(", closing == ")")

    def _unescape(self, token: Token) -> str:
        start, end = token.start_pos or 0, token.end_pos or 0

        def one(m: re.Match[str]) -> str:
            if m[1] in _ESCAPES:
                return _ESCAPES[m[1]]
            if len(m[1]) > 1 and int(m[1][1:], 16) <= 0x10FFFF:
                return chr(int(m[1][1:], 16))
            raise _RefusedError(f"unknown escape `\\{m[1]}`", start + m.start(), start + m.end())

        text = re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", one, str(token))[1:-1]
        # A character beyond U+FFFF may be written as its two halves.
        text = re.sub(
            "[\ud800-\udbff][\udc00-\udfff]", lambda m: m[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
        )
        if any("\ud800" <= c <= "\udfff" for c in text):
            raise _RefusedError("half of a surrogate pair", start, end)
        return text


def _span(t: Any) -> tuple[int, int]:
    return t.meta.start_pos, t.meta.end_pos
