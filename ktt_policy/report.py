"""What a run says: outcomes, findings, reasons. Reporters know this and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any, Literal

from msgspec import Struct, field

from ktt_policy.diagnostics import Diagnostic, Span
from ktt_policy.expr.values import Reason

Outcome = Literal["passed", "violated", "not applicable", "undecided"]
OUTCOMES: tuple[Outcome, ...] = ("passed", "violated", "undecided", "not applicable")
Texts = dict[str, str]

REASONS: dict[str, Texts] = {
    "not stated": {"fi": "tietoa ei ole ilmoitettu: {0}", "en": "not stated: {0}"},
    "broke schema": {"fi": "tieto on skeeman vastainen: {0}", "en": "breaks its schema: {0}"},
    "null value": {"fi": "arvo on null: {0}", "en": "is null: {0}"},
    "not given": {"fi": "asiakirjaa ei ole annettu: {0} {1}", "en": "not given: {0} {1}"},
    "ambiguous": {"fi": "asiakirjoja on useita: {0} {1}", "en": "ambiguous, given more than once: {0} {1}"},
    "no parameter": {"fi": "parametrilla {0} ei ole arvoa {1}", "en": "the parameter {0} has no value on {1}"},
    "no edition": {
        "fi": "mikään sääntökirjan laitos ei ole voimassa {0}", "en": "no edition in force on {0}",
    },
    "no entry": {"fi": "taulukossa ei ole arvoa avaimella {0}", "en": "no entry for {0}"},
    "no date": {"fi": "viitepäivää ei voi määrittää: {0}", "en": "the reference date is not known: {0}"},
    "division by zero": {"fi": "jako nollalla", "en": "division by zero"},
    "out of range": {"fi": "tulos ei mahdu lukualueelle: {0}", "en": "the result is out of range: {0}"},
    "unknown item": {"fi": "luettelossa on tuntematon arvo: {0}", "en": "an item is not known: {0}"},
    "crash": {"fi": "säännön laskenta kaatui: {0}", "en": "the evaluation crashed: {0}"},
}  # fmt: skip
OTHER_REASON: Texts = {"fi": "arvoa ei voi laskea: {0}", "en": "has no value: {0}"}


def reason_text(reason: Reason, lang: str) -> str:
    """The reason in words."""
    about = [*reason.about, "", ""]
    known = REASONS.get(reason.code)
    if known is None:
        return OTHER_REASON[lang].format(" ".join((reason.code, *reason.about)))
    return known[lang].format(*about).rstrip(": ")


class ClauseLink(Struct, frozen=True):
    """A clause as a finding names it: rulebook, edition, id, heading, address of its page."""

    rulebook: str
    edition: str
    clause: str
    heading: Texts
    docs: str


class Place(Struct):
    """Where a value stands. `pointer` is within the file; `span` is found when it is asked for."""

    file: str
    pointer: str
    locate: Callable[[str], tuple[Span, str] | None] | None = None
    _found: tuple[Span, str] | None = None

    @property
    def span(self) -> Span | None:
        """Both ends, line and column; None for documents that were given as objects."""
        if self._found is None and self.locate is not None:
            self._found = self.locate(self.pointer)
        return self._found[0] if self._found is not None else None

    @property
    def excerpt(self) -> str:
        """The source line at the start of the span."""
        return self._found[1] if self.span is not None and self._found is not None else ""


class UsedParameter(Struct, frozen=True):
    name: str
    value: Any
    start: date
    reference: str


class Finding(Struct):
    """A violation, or an undecided outcome (`count` of them with one reason, with their first places).

    `values` are the parts that the verdict rests on: expression as written → value. `fingerprint` stays the
    same when lines move or a message is reworded.
    """

    code: str
    name: str
    severity: str
    outcome: Outcome
    title: Texts
    message: Texts
    clauses: list[ClauseLink]
    place: Place
    document_kind: str
    document_key: str
    version: date | None = None
    reference_date: date | None = None
    related: list[Place] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    parameters: list[UsedParameter] = field(default_factory=list)
    reason: Texts | None = None
    count: int = 1
    subject: str = ""
    schema: str = ""

    @property
    def fingerprint(self) -> str:
        """Identifies the finding over time: the rule, the document and what in it, not where."""
        parts = (self.code, self.outcome, self.document_kind, self.document_key, self.subject)
        return sha256("\0".join(parts).encode()).hexdigest()[:32]


class DocumentEntry(Struct, frozen=True):
    """A document that was read: `judged`, or context only."""

    file: str
    pointer: str
    line: int
    kind: str
    key: str
    sha256: str
    judged: bool
    sound: bool


class Note(Struct, frozen=True):
    """Something to know beside the findings: "upcoming", "stale", or "across an amendment" (of a document)."""

    kind: str
    message: Texts
    file: str = ""
    line: int = 0


class Report(Struct):
    """Everything a run says. `counts`: rule code → outcome → how many items."""

    tool: str
    rulebook: str
    titles: Texts
    digest: str
    on: date
    complete: bool
    documents: list[DocumentEntry]
    findings: list[Finding]
    counts: dict[str, dict[str, int]]
    problems: list[Diagnostic]
    crashed: bool = False
    notes: list[Note] = field(default_factory=list)

    @property
    def totals(self) -> dict[str, int]:
        """Outcome → how many items, over all rules."""
        return {o: sum(c.get(o, 0) for c in self.counts.values()) for o in OUTCOMES}

    def exit_code(self, fail_on: str = "error", allow_undecided: bool = False) -> int:
        """0 conforms, 1 violations, 2 could not check, 3 undecided."""
        if self.crashed or any(p.severity == "error" for p in self.problems):
            return 2
        levels = ("error",) if fail_on == "error" else ("error", "warning")
        if any(f.outcome == "violated" and f.severity in levels for f in self.findings):
            return 1
        if not allow_undecided and any(f.outcome == "undecided" for f in self.findings):
            return 3
        return 0
