"""What a run says: outcomes, findings, reasons. Reporters know this and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct, field

from ktt_policy.diagnostics import Diagnostic, Span, Texts
from ktt_policy.masking import Discreet
from ktt_policy.reasons import REMEDIES

Outcome = Literal["passed", "violated", "not applicable", "undecided"]
OUTCOMES: tuple[Outcome, ...] = ("passed", "violated", "undecided", "not applicable")
OUTCOME_WORDS: dict[str, dict[str, str]] = {
    "fi": {
        "passed": "kunnossa",
        "violated": "rikkomus",
        "undecided": "ratkaisematta",
        "not applicable": "ei sovelleta",
    },
    "en": {outcome: outcome for outcome in OUTCOMES},
}
KNOWN = "known"  # what the baseline knows: counted apart from the outcomes

SYSTEM_RULES: dict[str, tuple[str, Texts, Texts]] = {
    "S000": (
        "document-keeps-schema",
        {"fi": "Asiakirja noudattaa skeemaansa", "en": "The document keeps to its schema"},
        {
            "fi": "Asiakirja rikkoo lajinsa JSON-skeemaa. Sen säännöt tarkastetaan vain niiltä osin kuin tiedot "
            "ovat luettavissa.",
            "en": "The document breaks the JSON Schema of its kind. Its rules are judged only as far as its data "
            "can be read.",
        },
    ),
    "S001": (
        "one-document-a-key",
        {
            "fi": "Tunnus kuuluu vain yhdelle saman lajin asiakirjalle",
            "en": "A key belongs to one document of its kind",
        },
        {
            "fi": "Kun samalla tunnuksella on useita asiakirjoja, mikään niistä ei kelpaa muiden perusteeksi.",
            "en": "When several documents have one key, nothing can rest on any of them.",
        },
    ),
}


class ClauseLink(Struct, frozen=True):
    """A clause as a finding names it: rulebook, edition, id, heading, address of its page."""

    rulebook: str
    edition: str
    clause: str
    heading: Texts
    docs: str


# A pointer → the span of the value there, and the source line that it starts on.
Locate = Callable[[str], tuple[Span, str] | None]


class Place(Discreet, Struct):
    """Where a value stands. `pointer` is within the file; `span` is found when it is asked for."""

    file: str
    pointer: str
    locate: Locate | None = None
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

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process a place goes with what stands there, found."""
        return Place, (self.file, self.pointer, None, self._found if self.span is not None else None)


class UsedParameter(Struct, frozen=True):
    """A value that a verdict rests on; `published_on` where it corrects one after the fact."""

    name: str
    value: Any
    start: date
    reference: str
    published_on: date | None = None


def fingerprint(*parts: str) -> str:
    """Identifies a finding over time: the rule, the document and what in it, not where."""
    from hashlib import sha256

    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def known_by(kind: str, issuer: str, key: str) -> tuple[str, str]:
    """What identifies a document over time: its kind, and its key with whoever gave it, where each gives its own."""
    return kind, f"{issuer} {key}" if issuer else key


class Part(Struct, frozen=True):
    """One document's share of an undecided finding. `document` is an index of the report's documents."""

    document: int
    place: Place
    count: int
    identity: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        return fingerprint(*self.identity)


class Finding(Struct):
    """A violation, or an undecided outcome (`count` of them with one reason, with their first places).

    `values` are the parts that the verdict rests on: expression as written → value. `fingerprint` stays the
    same when lines move or a message is reworded; `issuer` gave the document its key, where each gives its own.
    A group over the run stands in the document of its latest item.
    `document` is an index of the report's documents; `parts` say which ones an undecided finding is about. `version`
    is the start of the rule's version, `published_on` its day of publication where it corrects one after the fact.
    `known` findings are in the baseline, or `accepted` by the settings for a reason: told, but not held against the
    run. With `--show`, passed and not applicable outcomes are findings too, in `Report.shown`.
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
    parts: list[Part] = field(default_factory=list)
    known: bool = False
    accepted: str = ""
    document: int = -1
    published_on: date | None = None
    issuer: str = ""

    @property
    def fingerprint(self) -> str:
        """Of an undecided finding: the rule and the reason, whichever documents share it (see `parts`)."""
        if self.outcome == "undecided":
            return fingerprint(self.code, self.outcome, self.subject)
        document = known_by(self.document_kind, self.issuer, self.document_key)
        return fingerprint(self.code, self.outcome, *document, self.subject)

    @property
    def remedy(self) -> Texts | None:
        """What to do about an undecided outcome, where more can be said than the reason does."""
        return REMEDIES.get(self.subject.partition("|")[0]) if self.outcome == "undecided" else None


@lru_cache(maxsize=8)
def sha256_of(raw: bytes) -> str:
    """In hexadecimal. The documents of an array share their text, so the last ones are kept."""
    from hashlib import sha256

    return sha256(raw).hexdigest()


class DocumentEntry(Discreet, Struct, frozen=True):
    """A document that was read: `judged`, or context only.

    `raw` is the text of its file, or of its line in NDJSON; where that is not kept, `digest` is its SHA-256.
    """

    file: str
    pointer: str
    line: int
    kind: str
    key: str
    raw: bytes | None
    judged: bool
    sound: bool
    digest: str = ""
    issuer: str = ""  # within which the key is unique

    @property
    def sha256(self) -> str:
        """Of the text; empty for a document that was given as an object."""
        return sha256_of(self.raw) if self.raw is not None else self.digest


class Basis(Struct, frozen=True):
    """What a report rests on beside the rulebook and the documents: the rules chosen and left out, by code or clause,
    and the parameter values laid over the rulebook's, by their file and the text in it (none for values from Python).
    Its exit code rests on what fails the run, too, and on a baseline, by its file and the text in it.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    parameters: str = ""
    text: bytes | None = None
    fail_on: str = "error"
    allow_undecided: bool = False
    baseline: str = ""
    baseline_text: bytes | None = None


class Note(Struct, frozen=True):
    """Something to know beside the findings: "upcoming", "stale", "not complete" (contrary to what was said), "chosen
    rules", "known on", "across an amendment" or "broken context" (of a document)."""

    kind: str
    message: Texts
    file: str = ""
    line: int = 0


class RuleInfo(Struct, frozen=True):
    """A rule that took part, as it reads on the evaluation date."""

    code: str
    name: str
    kind: str
    severity: str
    title: Texts
    explanation: Texts
    clauses: list[ClauseLink]
    docs: str
    version: date | None = None


class Case(Struct, frozen=True):
    """The outcomes of one rule on one document: outcome → how many items."""

    code: str
    document: int
    counts: dict[Outcome, int]


class Baseline(Struct, frozen=True):
    """What a baseline (or the settings) did: how many items are known, and how many it lists that were not found."""

    known: int
    gone: int


class Report(Struct):
    """Everything a run says. `counts`: rule code → outcome → how many items, those of the baseline included.

    Some of it is there when it was asked for: `cases` (each rule on each document) and `shown` (outcomes that
    are no findings). `lines` gives the source lines around a place, masked: line number → text.
    `kinds`: what each kind of document is called in Finnish.
    """

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
    rules: list[RuleInfo] = field(default_factory=list)
    shown: list[Finding] = field(default_factory=list)
    cases: list[Case] | None = None
    baseline: Baseline | None = None
    lines: Callable[[Place], dict[int, str]] | None = None
    known_on: date | None = None
    basis: Basis = Basis()
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def tally(self) -> dict[str, dict[str, int]]:
        """Rule code → outcome → how many items. What the baseline knows is counted apart, as `known`.

        S000 and S001, which judge documents and not items, are there when they found something.
        """
        made = {code: {**{o: counts.get(o, 0) for o in OUTCOMES}, KNOWN: 0} for code, counts in self.counts.items()}
        for f in self.findings:
            if f.code not in made:
                made[f.code] = {**dict.fromkeys(OUTCOMES, 0), KNOWN: 0}
            counts = made[f.code]
            if f.code not in self.counts:
                counts[f.outcome] += 1
            if f.known:
                counts[f.outcome] -= f.count
                counts[KNOWN] += f.count
        return made

    @property
    def by_kind(self) -> dict[str, int]:
        """Kind → how many documents of it were read, judged or not; in the order of the rulebook's kinds."""
        counts = dict.fromkeys(self.kinds, 0)
        for document in self.documents:
            counts[document.kind] = counts.get(document.kind, 0) + 1
        return {kind: count for kind, count in counts.items() if count}

    @property
    def totals(self) -> dict[str, int]:
        """Outcome (or `known`) → how many items, over all rules."""
        tally = self.tally.values()
        return {o: sum(counts[o] for counts in tally) for o in (*OUTCOMES, KNOWN)}

    def exit_code(self, fail_on: str = "error", allow_undecided: bool = False) -> int:
        """0 conforms, 1 violations, 2 could not check, 3 undecided. What the baseline knows does not count."""
        if self.crashed or any(p.severity == "error" for p in self.problems):
            return 2
        levels = ("error",) if fail_on == "error" else ("error", "warning")
        new = [f for f in self.findings if not f.known]
        if any(f.outcome == "violated" and f.severity in levels for f in new):
            return 1
        if not allow_undecided and any(f.outcome == "undecided" for f in new):
            return 3
        return 0
