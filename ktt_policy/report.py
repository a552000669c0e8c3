"""What a run says: outcomes, findings, reasons. Reporters know this and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct, field

from ktt_policy.diagnostics import Diagnostic, Span
from ktt_policy.expr.values import Reason
from ktt_policy.masking import Discreet

Outcome = Literal["passed", "violated", "not applicable", "undecided"]
OUTCOMES: tuple[Outcome, ...] = ("passed", "violated", "undecided", "not applicable")
KNOWN = "known"  # what the baseline knows: counted apart from the outcomes
Texts = dict[str, str]

REASONS: dict[str, Texts] = {
    "not stated": {"fi": "tietoa ei ole ilmoitettu: {0}", "en": "not stated: {0}"},
    "broke schema": {"fi": "tieto on skeeman vastainen: {0}", "en": "breaks its schema: {0}"},
    "null value": {"fi": "arvo on null: {0}", "en": "is null: {0}"},
    "not given": {"fi": "asiakirjaa ei ole annettu: {0} {1}", "en": "not given: {0} {1}"},
    "not complete": {
        "fi": "ei tiedetä, annettiinko kaikki asiakirjat", "en": "it is not known whether all documents were given",
    },
    "ambiguous": {"fi": "asiakirjoja on useita: {0} {1}", "en": "ambiguous, given more than once: {0} {1}"},
    "no parameter": {
        "fi": "parametrilla `{0}` ei ole arvoa päivästä {1} alkaen",
        "en": "the parameter `{0}` has no value from {1} on",
    },
    "no edition": {
        "fi": "mikään sääntökirjan painos ei ole voimassa {0}", "en": "no edition in force on {0}",
    },
    "no entry": {
        "fi": "taulukosta, josta arvo haetaan, puuttuu kohta `{0}`",
        "en": "the table that the value is looked up in has no entry for `{0}`",
    },
    "no date": {"fi": "viitepäivää ei voi määrittää: {0}", "en": "the reference date is not known: {0}"},
    "division by zero": {"fi": "jako nollalla", "en": "division by zero"},
    "out of range": {"fi": "tulos ei mahdu lukualueelle: {0}", "en": "the result is out of range: {0}"},
    "unknown item": {"fi": "luettelossa on tuntematon arvo: {0}", "en": "an item is not known: {0}"},
    "crash": {"fi": "säännön laskenta kaatui: {0}", "en": "the evaluation crashed: {0}"},
    # what functions and operators have no answer to
    "not a date": {"fi": "arvo ei ole päivä", "en": "the value is not a date"},
    "not a time": {"fi": "arvo ei ole kellonaika", "en": "the value is not a time"},
    "not a date and time": {"fi": "arvo ei ole aikaleima", "en": "the value is not a date and time"},
    "not a duration": {"fi": "arvo ei ole kesto", "en": "the value is not a duration"},
    "not a number": {"fi": "teksti ei ole luku", "en": "the text is not a number"},
    "not a whole number": {"fi": "luku ei ole kokonaisluku", "en": "the number is not a whole number"},
    "not a number of days": {
        "fi": "päivien määrä ei ole kokonaisluku tai on liian suuri",
        "en": "the number of days is not a whole number, or is too large",
    },
    "too many days": {"fi": "päivät ovat liian kaukana toisistaan", "en": "the days are too far apart"},
    "too many steps": {
        "fi": "lueteltavia arvoja on liikaa: enintään 10 000", "en": "too many values to go through: at most 10,000",
    },
    "not a working week": {"fi": "työviikko on tuntematon", "en": "there is no such working week"},
    "not a period": {"fi": "jakso on kuukautta lyhyempi", "en": "the period is shorter than a month"},
    "not a leap day": {
        "fi": "karkauspäivän sijaan käytettävä päivä ei ole 02-28 eikä 03-01",
        "en": "the day that stands for the leap day is neither 02-28 nor 03-01",
    },
    "not born yet": {
        "fi": "henkilö ei ole vielä syntynyt kyseisenä päivänä", "en": "the person is not born yet on that day",
    },
    "not an identity code": {
        "fi": "teksti ei ole kelvollinen henkilötunnus", "en": "the text is not a valid personal identity code",
    },
    "no such position": {
        "fi": "luettelossa tai tekstissä ei ole sellaista paikkaa", "en": "the list or text has no such position",
    },
    "no such scale": {
        "fi": "desimaalien määrä ei ole kokonaisluku väliltä −34…34",
        "en": "the number of decimals is not a whole number from −34 to 34",
    },
    "no such power": {"fi": "potenssia ei ole määritelty", "en": "the power is not defined"},
    "root of a negative number": {
        "fi": "negatiivisella luvulla ei ole neliöjuurta", "en": "a negative number has no square root",
    },
}  # fmt: skip
# What to do about it, where there is something to do besides filling the field in.
REMEDIES: dict[str, Texts] = {
    "not given": {
        "fi": "anna asiakirja tai lisää se valitsimella --context; --complete sanoo, ettei sitä ole",
        "en": "give the document, or add it with --context; --complete says that it does not exist",
    },
    "not complete": {
        "fi": "anna kaikki asiakirjat ja sano se valitsimella --complete",
        "en": "give all documents, and say so with --complete",
    },
    "ambiguous": {"fi": "poista kaksoiskappale", "en": "take out the duplicate"},
    "no parameter": {
        "fi": "anna arvo tiedostossa, jonka valitsin --parameters nimeää",
        "en": "give its value in the file that --parameters names",
    },
    "not stated": {"fi": "täydennä tieto asiakirjaan", "en": "state it in the document"},
    "broke schema": {"fi": "korjaa ensin skeemavirhe", "en": "correct the schema fault first"},
    "crash": {"fi": "ilmoita viasta ja säännöstä", "en": "report the fault together with the rule"},
}


# Of a parameter that is read where no day is known yet, or on one before all that the rulebook says.
NO_PARAMETER: Texts = {"fi": "parametrilla `{0}` ei ole arvoa", "en": "the parameter `{0}` has no value"}
NO_DAY = ("?", date.min.isoformat())
DAYS = {"no parameter": 1, "no edition": 0}  # which part of what a reason speaks of is a day


def reason_text(reason: Reason, lang: str, kinds: dict[str, str] | None = None) -> str:
    """The reason in words. `kinds`: what kinds of documents are called, where not by their names."""
    code, about = reason.code, [*reason.about, "", ""]
    if code == "no parameter" and about[1] in NO_DAY:
        return NO_PARAMETER[lang].format(*about)
    if code in DAYS and lang == "fi":
        day = date.fromisoformat(about[DAYS[code]])
        about[DAYS[code]] = f"{day.day}.{day.month}.{day.year}"
    elif code in ("not given", "ambiguous") and kinds is not None:
        about[0] = kinds.get(about[0], about[0])
    said = REASONS[code][lang].format(*about).rstrip(": ")
    return f"{said} ({reason.document})" if reason.document else said


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
    name: str
    value: Any
    start: date
    reference: str


def fingerprint(*parts: str) -> str:
    """Identifies a finding over time: the rule, the document and what in it, not where."""
    from hashlib import sha256

    return sha256("\0".join(parts).encode()).hexdigest()[:32]


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
    same when lines move or a message is reworded. `document` is an index of the report's documents; `parts` say
    which ones an undecided finding is about.
    `known` findings are in the baseline, or `accepted` by the settings for a reason: told, but not held against the
    run. With `--show`, passed and not
    applicable outcomes are findings too, in `Report.shown`.
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

    @property
    def fingerprint(self) -> str:
        """Of an undecided finding: the rule and the reason, whichever documents share it (see `parts`)."""
        if self.outcome == "undecided":
            return fingerprint(self.code, self.outcome, self.subject)
        return fingerprint(self.code, self.outcome, self.document_kind, self.document_key, self.subject)

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

    @property
    def sha256(self) -> str:
        """Of the text; empty for a document that was given as an object."""
        return sha256_of(self.raw) if self.raw is not None else self.digest


class Basis(Struct, frozen=True):
    """What a report rests on beside the rulebook and the documents: the rules chosen and left out, by code or clause,
    and the parameter values laid over the rulebook's, by their file and the text in it (none for values from Python).
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    parameters: str = ""
    text: bytes | None = None

    @property
    def sha256(self) -> str:
        """Of the text of the parameters."""
        return sha256_of(self.text) if self.text is not None else ""


class Note(Struct, frozen=True):
    """Something to know beside the findings: "upcoming", "stale", "not complete" (contrary to what was said), "chosen
    rules", "across an amendment" or "broken context" (of a document)."""

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
