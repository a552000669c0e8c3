"""What a report says besides findings: its rules, whom an undecided finding is about, source lines, all outcomes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from ktt_policy.build.model import Rule, RulebookData, Version
from ktt_policy.diagnostics import Texts
from ktt_policy.documents import Document
from ktt_policy.engine.findings import link, pointer_of
from ktt_policy.engine.run import Run
from ktt_policy.engine.verdicts import Verdict
from ktt_policy.engine.wording import worded
from ktt_policy.places import around
from ktt_policy.report import (
    SYSTEM_RULES,
    Basis,
    Case,
    Finding,
    Note,
    Outcome,
    Part,
    Place,
    Report,
    RuleInfo,
    known_by,
)

SETTLED: dict[str, Texts] = {
    "passed": {"fi": "Sääntö täyttyy.", "en": "The rule holds."},
    "not applicable": {"fi": "Sääntöä ei sovelleta.", "en": "The rule does not apply."},
}


def describe(report: Report, run: Run, show: Collection[str], cases: bool) -> Report:
    """Lay over a run's report what reporters need; `show` and `cases` want a run that kept every verdict."""
    report.lines = Sources(run.documents, run.maker.hidden).around
    report.rules = [*(_rule(rule, run) for rule in run.rules), *_system(run.data)]
    _share(report, run)
    kept = run.kept or []
    if cases:
        table: dict[tuple[str, int], dict[Outcome, int]] = {}
        for verdict in kept:
            counts = table.setdefault((verdict.rule.code, verdict.document.number), {})
            counts[verdict.outcome] = counts.get(verdict.outcome, 0) + 1
        report.cases = [Case(code, document, counts) for (code, document), counts in table.items()]
    wanted = [v for v in kept if v.outcome in SETTLED and v.outcome in show]
    wanted.sort(key=lambda v: (v.document.number, v.positions, v.rule.code))
    report.shown = [_settled(v, run) for v in wanted]
    return report


def known_then(day: date) -> Note:
    """That the rulebook was taken as it was known on a day."""
    fi = f"sääntökirja on sellaisena kuin se tunnettiin {worded(day, 'fi')}, ilman myöhemmin julkaistuja oikaisuja"
    en = f"the rulebook is as it was known on {worded(day, 'en')}, without the corrections published later"
    return Note("known on", {"fi": fi, "en": en})


def chosen_rules(basis: Basis) -> Note:
    """That not all rules took part, so that what is not reported need not be well."""
    said = {
        "fi": [("vain valitut säännöt tarkastettiin", basis.select), ("pois jätettiin", basis.ignore)],
        "en": [("only chosen rules were checked", basis.select), ("left out", basis.ignore)],
    }
    return Note("chosen rules", {
        lang: "; ".join(f"{what}: {', '.join(names)}" for what, names in parts if names)
        for lang, parts in said.items()
    })  # fmt: skip


# --- rules ----------------------------------------------------------------------------------------------


def _rule(rule: Rule, run: Run) -> RuleInfo:
    begun = [v for v in rule.versions if v.start <= run.context.today]
    version = begun[-1] if begun else rule.versions[0]
    if version.repealed and len(begun) > 1:
        version = begun[-2]
    links = [link(run.data, ref.clause, run.context.today) for ref in version.clauses]
    docs = links[0].docs if links else run.data.docs
    return RuleInfo(
        rule.code, rule.name, rule.kind, version.severity, version.title, version.explanation, links, docs,
        version.start,
    )  # fmt: skip


def _system(data: RulebookData) -> list[RuleInfo]:
    return [
        RuleInfo(code, name, "", "error", title, explanation, [], data.docs)
        for code, (name, title, explanation) in SYSTEM_RULES.items()
    ]


# --- outcomes -------------------------------------------------------------------------------------------


def _share(report: Report, run: Run) -> None:
    """Which documents each undecided finding is about, so that a baseline can know some and not others."""
    findings = {(f.code, f.subject): f for f in report.findings if f.outcome == "undecided"}
    table: dict[tuple[str, str], dict[int, list[Verdict]]] = {}
    for verdict in run.reported:
        if verdict.outcome == "undecided" and verdict.reason is not None:
            subject = "|".join((verdict.reason.code, *verdict.reason.about))
            shares = table.setdefault((verdict.rule.code, subject), {})
            shares.setdefault(verdict.document.number, []).append(verdict)
    for (code, subject), shares in table.items():
        finding = findings.get((code, subject))
        if finding is not None:
            finding.parts = [_part(run, code, subject, *share) for share in sorted(shares.items())]


def _part(run: Run, code: str, subject: str, index: int, verdicts: list[Verdict]) -> Part:
    first = min(verdicts, key=lambda v: v.positions)
    document = first.document
    place = run.maker.place(document, pointer_of(first.version, document, first.positions))
    known = known_by(document.kind, run.maker.issuer(document), document.key)
    return Part(index, place, len(verdicts), (code, "undecided", *known, subject))


def _settled(verdict: Verdict, run: Run) -> Finding:
    rule, version, document = verdict.rule, verdict.version, verdict.document
    links = [link(run.data, r.clause, verdict.day or run.context.today) for r in version.clauses if r.when is None]
    at = pointer_of(version, document, verdict.positions)
    return Finding(
        rule.code, rule.name, version.severity, verdict.outcome, version.title or _title(rule),
        SETTLED[verdict.outcome], links, run.maker.place(document, at), document.kind, document.key, verdict.in_force,
        verdict.day, subject="|".join(str(p) for p in verdict.positions),
    )  # fmt: skip


def _title(rule: Rule) -> Texts:
    """Of a repealed version, which has none of its own: that of the version before."""
    titled: list[Version] = [v for v in rule.versions if v.title]
    return titled[-1].title if titled else {"fi": rule.name, "en": rule.name}


# --- source lines ---------------------------------------------------------------------------------------


class Sources:
    """The texts of the documents of a run, by file and line; `hidden` are the fields whose values are not shown."""

    def __init__(self, documents: list[Document], hidden: Callable[[Document], frozenset[str]]) -> None:
        self.hidden = hidden
        self._documents: dict[tuple[str, int], Document | None] = {}
        for document in documents:
            known = self._documents.setdefault((document.file, document.line), document)
            if known is not None and known.raw != document.raw:
                # Several texts under one name, as with `<bytes>`: no telling them apart.
                self._documents[document.file, document.line] = None

    def around(self, place: Place) -> dict[int, str]:
        """Line number → text: the line at the start of a place and its neighbours in the same document text."""
        span = place.span
        if span is None:
            return {}
        document = self._documents.get((place.file, span.line)) or self._documents.get((place.file, 1))
        return around(document, span.line, self.hidden(document)) if document is not None else {}
