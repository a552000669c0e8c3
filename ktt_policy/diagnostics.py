"""What is wrong with a text that the tool was given: a policy, an expression, a document, a setting.

A stage returns what it found and never prints. One `Diagnostic` serves every stage; the codes stand in
one table, `CODES`. A finding about a document's *content* is no diagnostic: see `report.Finding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from ktt_policy.screen import WIDEST, Window, plain

Texts = dict[str, str]  # one text by language, `fi` and `en`
Severity = Literal["error", "warning"]

CODES: dict[str, str] = {
    # reading
    "E101": "file cannot be read",
    "E102": "not UTF-8",
    "E103": "not JSON",
    "E104": "duplicate key",
    "E105": "number out of bounds",
    "E106": "nested too deeply",
    "E107": "file too large",
    "E108": "nothing to check",
    "E109": "not a document",
    "E110": "not YAML as policies are written",
    "E111": "unusable parameter file",
    "E112": "unusable baseline",
    "E113": "unusable settings",
    "E114": "suppression that has expired",
    "E115": "no chosen rule judges what was given",
    "W110": "files left out",
    "W111": "suppression that fits nothing",
    "W112": "environment variable that sets nothing",
    # policies
    "E201": "policy file breaks its schema",
    "E202": "misplaced, misnamed or missing policy file",
    "E203": "unknown clause",
    "E204": "duplicate code",
    "E205": "expression in a style that hides its place",
    "E206": "versions out of order",
    "E207": "unusable document schema",
    "E208": "exception that is not needed",
    "E209": "clause not in force",
    "E210": "the past was rewritten",
    # expressions: syntax
    "E301": "syntax error",
    "E302": "chained comparison",
    "E303": "expression too long or too deep",
    # expressions: names and types
    "E401": "unknown name",
    "E402": "unknown field",
    "E403": "unknown function",
    "E404": "wrong number of arguments",
    "E405": "unlike types",
    "E406": "not among the field's values",
    "E407": "impossible date, time or duration",
    "E408": "wrong type for its place",
    "E409": "ambiguous name",
    "E410": "reserved name",
    "E411": "nested beyond the limit",
    "E412": "unknown parameter",
    "E413": "recursive definition",
    "E414": "pattern refused",
    # the command line
    "E501": "wrong use",
    "E502": "no such rulebook, rule or clause",
    "E503": "evaluation crashed",
    # warnings
    "W401": "unused name",
    "W402": "comparison with a known null",
    "W403": "deep nesting",
    "W404": "condition that can never be true",
    "W501": "unused parameter",
    "W502": "clause without rule and without reason",
    "W503": "message names no value",
    "W504": "rule without cases",
    "W505": "parameter without value",
    "W506": "version without effect",
    "W507": "clause no longer in force",
    "W508": "text of the past was reworded",
    "W509": "versions that go by different dates",
    "W510": "clause that no rule is said to check",
    "W511": "unfinished draft",
    "W512": "named twice",
}


class Span(Struct, frozen=True):
    """A stretch of a text. Lines and columns count from 1, columns in characters; the end is exclusive."""

    source: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


class Related(Struct, frozen=True):
    """A second place that explains the first: the schema property that demanded the type, say."""

    message: str
    span: Span


class Diagnostic(Struct, frozen=True):
    """One thing that is wrong with a text.

    `code` is a key of `CODES`; `excerpt` is the source line under `span`, for the caret; `pointer` is a
    JSON Pointer into the file (RFC 6901), empty where there is none; `help` says what to do next. What is wrong with a
    file or folder as a whole has no span: `whole` names it.
    """

    code: str
    message: str
    span: Span | None = None
    severity: Severity = "error"
    help: str = ""
    pointer: str = ""
    excerpt: str = ""
    related: tuple[Related, ...] = ()
    whole: str = ""

    @property
    def file(self) -> str:
        """The file or folder that it is about; empty where it is about none."""
        return self.span.source if self.span is not None else self.whole


def has_errors(diagnostics: list[Diagnostic]) -> bool:
    """True when any of them is an error: the next stage must not run."""
    return any(d.severity == "error" for d in diagnostics)


def render(diagnostic: Diagnostic) -> str:
    """The diagnostic as plain text: place, message, the source line with carets, help, related places."""
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {plain(diagnostic.message)}"]
    span, excerpt = diagnostic.span, diagnostic.excerpt
    if span is not None:
        lines.append(plain(f"  --> {span} {diagnostic.pointer}".rstrip()))
        if excerpt:
            gutter, start = str(span.line), span.column - 1
            window = Window.around(excerpt, start, WIDEST)
            end = span.end_column - 1 if span.end_line == span.line else len(excerpt)
            lines.append(f"   {gutter} | {window.line(excerpt)}")
            lines.append(f"   {' ' * len(gutter)} | {window.marks(excerpt, start, end)}")
    lines += [plain(f"  = {related.message} ({related.span})") for related in diagnostic.related]
    if diagnostic.help:
        lines.append(plain(f"  help: {diagnostic.help}"))
    return "\n".join(lines)


class ProblemError(Exception):
    """Raised only at the border of the Python API: carries the diagnostics that stopped the work."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(render(d) for d in diagnostics))


def closest(name: str, candidates: Sequence[str]) -> str | None:
    """The candidate that a typing slip was most likely meant to be, or None."""
    from difflib import get_close_matches

    found = [c for c in candidates if c.casefold() == name.casefold()] or get_close_matches(name, candidates, 1, 0.6)
    return found[0] if found else None


def slip(name: str, candidates: Sequence[str]) -> bool:
    """True for a name that is none of the candidates, and all but equal to one."""
    from difflib import get_close_matches

    return name not in candidates and bool(get_close_matches(name, candidates, 1, 0.85))


def did_you_mean(name: str, candidates: Sequence[str], otherwise: str = "") -> str:
    """A help text: the closest candidate, or the list of them when it is short."""
    near = closest(name, candidates)
    if near is not None:
        return f"did you mean `{near}`?"
    if candidates and len(candidates) <= 12:
        return "known here: " + ", ".join(f"`{c}`" for c in sorted(candidates))
    return otherwise
