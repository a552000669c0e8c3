"""What a report says besides findings: its rules, whom an undecided finding is about, source lines, all outcomes."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from ktt_policy.build.model import Rule, RulebookData, Version
from ktt_policy.diagnostics import Span
from ktt_policy.documents import Document
from ktt_policy.engine.findings import link, pointer_of
from ktt_policy.engine.judge import Verdict
from ktt_policy.engine.run import Run
from ktt_policy.masking import blot
from ktt_policy.report import SYSTEM_RULES, Case, Finding, Outcome, Part, Place, Report, RuleInfo, Texts, fingerprint
from ktt_policy.source.json_ import JsonError, locate

Found = dict[str, tuple[Span, str]]

SETTLED: dict[str, Texts] = {
    "passed": {"fi": "Sääntö täyttyy.", "en": "The rule holds."},
    "not applicable": {"fi": "Sääntöä ei sovelleta.", "en": "The rule does not apply."},
}


def describe(report: Report, run: Run, show: Collection[str], cases: bool) -> Report:
    """Lay over a run's report what reporters need; `show` and `cases` want a run that kept every verdict."""
    where = {id(document): index for index, document in enumerate(run.documents)}
    sources = Sources(run.documents, run.engine.telling.sensitive)
    report.lines = sources.around
    report.rules = [*(_rule(rule, run) for rule in run.rules), *_system(run.data)]
    _share(report, run, where, sources)
    kept = run.kept or []
    if cases:
        table: dict[tuple[str, int], dict[Outcome, int]] = {}
        for verdict in kept:
            counts = table.setdefault((verdict.rule.code, where[id(verdict.document)]), {})
            counts[verdict.outcome] = counts.get(verdict.outcome, 0) + 1
        report.cases = [Case(code, document, counts) for (code, document), counts in table.items()]
    wanted = [v for v in kept if v.outcome in SETTLED and v.outcome in show]
    wanted.sort(key=lambda v: (where[id(v.document)], v.positions, v.rule.code))
    report.shown = [_settled(v, run, sources) for v in wanted]
    for finding in (*report.findings, *report.shown):
        for place in (finding.place, *finding.related, *(part.place for part in finding.parts)):
            sources.enrol(place)
    return report


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


def _share(report: Report, run: Run, where: dict[int, int], sources: Sources) -> None:
    """Which documents each undecided finding is about, so that a baseline can know some and not others."""
    findings = {(f.code, f.subject): f for f in report.findings if f.outcome == "undecided"}
    table: dict[tuple[str, str], dict[int, list[Verdict]]] = {}
    for verdict in run.reported:
        if verdict.outcome == "undecided" and verdict.reason is not None:
            subject = "|".join((verdict.reason.code, *verdict.reason.about))
            shares = table.setdefault((verdict.rule.code, subject), {})
            shares.setdefault(where[id(verdict.document)], []).append(verdict)
    for (code, subject), shares in table.items():
        finding = findings.get((code, subject))
        if finding is not None:
            finding.parts = [
                _part(code, subject, index, verdicts, sources) for index, verdicts in sorted(shares.items())
            ]


def _part(code: str, subject: str, index: int, verdicts: list[Verdict], sources: Sources) -> Part:
    first = min(verdicts, key=lambda v: v.positions)
    document = first.document
    place = sources.place(document, pointer_of(first.version, document, first.positions))
    return Part(index, place, len(verdicts), fingerprint(code, "undecided", document.kind, document.key, subject))


def _settled(verdict: Verdict, run: Run, sources: Sources) -> Finding:
    rule, version, document = verdict.rule, verdict.version, verdict.document
    links = [link(run.data, r.clause, verdict.day or run.context.today) for r in version.clauses if r.when is None]
    at = pointer_of(version, document, verdict.positions)
    return Finding(
        rule.code, rule.name, version.severity, verdict.outcome, version.title or _title(rule),
        SETTLED[verdict.outcome], links, sources.place(document, at), document.kind, document.key, version.start,
        verdict.day, subject="|".join(str(p) for p in verdict.positions),
    )  # fmt: skip


def _title(rule: Rule) -> Texts:
    """Of a repealed version, which has none of its own: that of the version before."""
    titled: list[Version] = [v for v in rule.versions if v.title]
    return titled[-1].title if titled else {"fi": rule.name, "en": rule.name}


# --- source lines ---------------------------------------------------------------------------------------


class Sources:
    """The lines of the files that were read, with whatever is sensitive blotted out."""

    def __init__(self, documents: list[Document], sensitive: frozenset[str]) -> None:
        self.sensitive = sensitive
        self._texts: dict[tuple[str, int], Document | None] = {}
        self._whole: dict[str, set[int]] = {}
        self._found: dict[str, Found] = {}
        self._wanted: dict[str, set[str]] = {}
        self._lines: dict[tuple[str, int], list[str]] = {}
        for document in documents:
            key = (document.file, document.line)
            self._whole.setdefault(document.file, set()).add(document.line)
            known = self._texts.setdefault(key, document)
            if known is not None and known.raw != document.raw:
                self._texts[key] = None  # several texts under one name, as with `<bytes>`: no telling them apart

    def place(self, document: Document, pointer: str) -> Place:
        def located(pointer: str) -> tuple[Span, str] | None:
            found = document.locate(pointer)
            return None if found is None else (found[0], blot(found[1], self.sensitive))

        return Place(document.file, pointer, located)

    def enrol(self, place: Place) -> None:
        """Let the place be found together with all others of its file: going through a file once for each is slow."""
        if place.locate is not None and self._whole.get(place.file) == {1} and self._texts[place.file, 1] is not None:
            self._wanted.setdefault(place.file, set()).add(place.pointer)
            place.locate = partial(self._locate, place.file)

    def _locate(self, file: str, pointer: str) -> tuple[Span, str] | None:
        found = self._found.get(file)
        if found is None:
            found = self._found[file] = {}
            document = self._texts[file, 1]
            text = document.text() if document is not None else None
            if text is not None:
                lines = self._read(file, 1)
                for at, (start, end) in locate(text.text, self._wanted[file]).items():
                    span = text.span(start, end)
                    found[at] = (span, lines[span.line - 1])
        return found.get(pointer)

    def around(self, place: Place) -> dict[int, str]:
        """Line number → text: the line at the start of a place and its neighbours in the same document text."""
        span = place.span
        if span is None:
            return {}
        for first in (span.line, 1):
            lines = self._read(place.file, first)
            if lines:
                wanted = range(max(span.line - 1, first), min(span.line + 2, first + len(lines)))
                return {number: lines[number - first] for number in wanted} if span.line in wanted else {}
        return {}

    def _read(self, file: str, first: int) -> list[str]:
        key = (file, first)
        document = self._texts.get(key)
        if document is None:
            return []
        if key not in self._lines:
            try:
                text = document.text()
            except JsonError:
                text = None
            if text is None:
                return []
            text.text = blot(text.text, self.sensitive)
            count = text.position(len(text.text))[0] - first + 1
            lines = [text.line(number) for number in range(first, first + count)]
            if first > 1:  # a line of NDJSON, of which there may be very many
                return lines
            self._lines[key] = lines
        return self._lines[key]
