"""One run: documents in, report out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import localcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ktt_policy.build.model import Parameter, Rule, RulebookData
from ktt_policy.collector import held_back
from ktt_policy.diagnostics import Diagnostic, has_errors
from ktt_policy.documents import Document, issuer_of
from ktt_policy.engine.context import Context, Timeframe
from ktt_policy.engine.findings import FindingMaker
from ktt_policy.engine.judge import Judge
from ktt_policy.engine.notes import NOT_COMPLETE, Notes, broken
from ktt_policy.engine.tally import Counts, Tally
from ktt_policy.engine.telling import Telling
from ktt_policy.engine.verdicts import Verdict, documents_of, written_keys
from ktt_policy.expr.values import CONTEXT, Reason
from ktt_policy.report import DocumentEntry, Finding, Note, Report
from ktt_policy.version import __version__

if TYPE_CHECKING:
    from ktt_policy.engine.compiled import Compiled
    from ktt_policy.engine.program import Program

# Below so many bytes of documents, compiling the rules takes longer than interpreting them.
WORTH_COMPILING = 60_000


class Engine:
    """A rulebook with its parameters, ready for any number of runs; compiled code is kept between them."""

    def __init__(
        self,
        data: RulebookData,
        parameters: tuple[Parameter, ...] | None = None,
        rules: list[Rule] | None = None,
        system: bool = False,
    ) -> None:
        """`system`: the findings of no policy (S000, S001) were chosen, so that a run of no rule says something."""
        self.system = system
        chosen = list(data.rules) if rules is None else rules
        self.time = Timeframe(data, data.parameters if parameters is None else parameters, chosen)
        self.within = {kind.name: kind.within for kind in data.kinds}
        self.by_kind = {kind.name: [r for r in chosen if r.kind == kind.name] for kind in data.kinds}
        self.notes = Notes(self.time)
        self.telling = Telling(data)
        self._program: Program | None = None

    @property
    def program(self) -> Program:
        if self._program is None:
            # Imported when rules are compiled, which a small run does not do.
            from ktt_policy.engine.program import Program

            self._program = Program(self.time)
        return self._program

    def run(self, on: date, complete: bool = False, compiled: bool | None = None) -> Run:
        """A run about to begin. `compiled` forces how sound documents are judged; None chooses by their size."""
        return Run(self, on, complete, compiled)


class Run:
    """One run of an engine."""

    def __init__(self, engine: Engine, on: date, complete: bool = False, compiled: bool | None = None) -> None:
        self.engine = engine
        self.data = engine.time.data
        self.rules = engine.time.rules
        self.complete = complete  # as the caller says; whether it can be relied on, the context knows
        self.context = Context(engine.time, on, complete)
        self.judge = Judge(self.context)
        self.compiled = compiled
        self.problems: list[Diagnostic] = []
        self.documents: list[Document] = []
        self._counts = Counts()
        self._tally: Tally | None = None  # what compiled code has counted and is not in `_counts` yet
        self.reported: list[Verdict] = []
        # Findings that other processes have made of verdicts, by the id of the verdict.
        self.made: dict[int, Finding] = {}
        self.crashed = False
        self.has_context = False
        self.kept: list[Verdict] | None = None
        # Documents that may lie across an amendment, where compiled code has found them; None: any may.
        self.crossing: list[Document] | None = None

    @cached_property
    def maker(self) -> FindingMaker:
        return FindingMaker(self.context, self.judge, self.engine.telling)

    @property
    def counts(self) -> Counts:
        """How many items had which outcome, of the rules that had any."""
        if self._tally is not None:
            self._tally.add_to(self._counts)
            self._tally = None
        return self._counts

    def check(self, read: Iterable[Document | Diagnostic], keep_all: bool = False) -> Report:
        """Judge what is read and report it. `keep_all` keeps every verdict, passed ones too, in `kept`."""
        if keep_all:
            self.kept = []
        with localcontext(CONTEXT), held_back():
            findings = self.judge_all(read)
            return self.report(findings, self.notes())

    def report(self, findings: list[Finding], notes: list[Note]) -> Report:
        """The report of a run that has judged everything, with these findings before those of its verdicts."""
        findings.extend(self._findings())
        notes = [*self._general(), *notes]
        counts = self.counts
        return Report(
            f"ktt-policy {__version__}",
            self.data.id,
            self.data.titles,
            self.data.digest,
            self.context.today,
            self.complete,
            [entry_of(document, self.engine.within[document.kind]) for document in self.documents],
            findings,
            {rule.code: counts[rule.code] for rule in self.rules},
            self.problems,
            self.crashed,
            notes,
            kinds={kind.name: kind.title for kind in self.data.kinds},
        )

    def _general(self) -> list[Note]:
        lost = [NOT_COMPLETE] if self.complete and not self.context.complete else []
        return [*self.engine.notes.general(self.context.today), *lost]

    def notes(self) -> list[Note]:
        """What is to be known of the documents."""
        about, notes = self.engine.notes, []
        may = None if self.crossing is None else {id(document) for document in self.crossing}
        for document in self.documents:
            if document.judged and document.kind in about.changing and (may is None or id(document) in may):
                note = about.crossing(document, self.judge)
                notes += [note] if note is not None else []
            elif document.faults and not document.judged:
                notes.append(broken(document))
        return notes

    def judge_all(self, read: Iterable[Document | Diagnostic]) -> list[Finding]:
        """Judge what is read: verdicts go to `reported`, what is wrong with documents as such is returned."""
        with held_back():
            for one in read:
                if isinstance(one, Diagnostic):
                    self.problems.append(one)
                else:
                    one.number = len(self.documents)
                    self.documents.append(one)
                    self.has_context = self.has_context or not one.judged
            findings = self._system_findings()
            self.context.complete = self.complete and not self._lost_some()
            self.judge_groups(self.judge_items())
            self.nothing_judged()
        return findings

    # --- documents --------------------------------------------------------------------------------------

    def _system_findings(self) -> list[Finding]:
        """Index the documents; schema faults (S000) and keys that several documents have (S001)."""
        if self.context.add_plain(self.documents):
            return []
        findings: list[Finding] = []
        first: dict[tuple[str, str], Document] = {}
        groups: dict[tuple[str, str], list[Document]] = {}
        for document in self.documents:
            if document.key:
                key = (document.kind, document.key)
                known = first.setdefault(key, document)
                if known is not document:
                    groups.setdefault(key, [known]).append(document)
        dropped = {id(d) for documents in groups.values() for d in copies(documents)}
        for document in self.documents:
            if id(document) in dropped:
                continue
            self.context.add(document)
        for document in self.context.broken:
            if document.judged:
                findings.extend(self.maker.schema_fault(document, fault) for fault in document.faults or ())
        for (kind, _), documents in groups.items():
            left = [d for d in documents if id(d) not in dropped]
            findings += map(self.maker.duplicate, clashes(self.engine.within[kind], left))
        return findings

    # --- verdicts ---------------------------------------------------------------------------------------

    def judge_items(self) -> Compiled | None:
        """Judge the documents that are indexed item by item, and gather groups."""
        fast = self.compiled
        if fast is None:
            fast = sum(len(d.raw or b"") for d in self.documents if not d.index) > WORTH_COMPILING
        compiled = None
        if fast and self.kept is None:
            compiled = self.engine.program.judging(self)
            self.crossing = self.context.broken.copy()
        mixed = self.context.broken or self.has_context
        for kind, documents in self.context.by_kind.items():
            rules = self.engine.by_kind[kind]
            if not (documents and rules):
                continue
            if compiled is not None and mixed:
                left = [d for d in documents if d.faults]
                for judged in (True, False):
                    sound = [d for d in documents if not d.faults and d.judged is judged]
                    left.extend(compiled.judge(kind, sound, judged) if sound else ())
                documents = left
            elif compiled is not None:
                documents = compiled.judge(kind, documents, True)
            for document in documents:
                for rule in rules:
                    self.judge_carefully(rule, document)
        return compiled

    def judge_groups(self, compiled: Compiled | None) -> None:
        """Judge the groups that were gathered."""
        if compiled is not None:
            compiled.finish()
            self._tally = compiled.tally
            return
        for groups in list(self.judge.groups.values()):
            for key in groups.table:
                self.judge_group(groups, key)

    def _lost_some(self) -> bool:
        """True when something given could not be read, or not its key: it may be the very document looked for."""
        if not (self.problems or self.context.broken):
            return False
        return has_errors(self.problems) or any(not d.key for d in self.context.broken)

    def nothing_judged(self) -> None:
        """A run in which no rule had anything to say must not look like one in which all was well."""
        if self._counts or self._tally:
            return
        kinds = ", ".join(sorted({d.kind for d in self.documents if d.judged}))
        if kinds and self.engine.system:
            return
        if kinds:
            code = "E115"
            message = f"no chosen rule judges what was given ({kinds})"
            help = "give documents of the kinds that the chosen rules judge, or choose other rules"
        elif not has_errors(self.problems):
            code, message, help = "E108", "no document to judge was given", "give files, folders or documents"
        else:
            return
        self.problems.append(Diagnostic(code, message, help=help))

    def judge_carefully(self, rule: Rule, document: Document) -> None:
        """One rule on one document by the interpreter; a crash is undecided, and the run cannot be trusted."""
        if not document.judged and not any(v.grouped and v.run for v in rule.versions):
            return
        try:
            for verdict in self.judge.document(rule, document):
                if document.judged:
                    self.note(verdict)
        except Exception as error:
            self.crash(rule, document, error)

    def judge_group(self, groups: Any, key: tuple[Any, ...]) -> None:
        try:
            verdict = self.judge.group(groups, key)
        except Exception as error:
            self.crash(groups.rule, documents_of(groups.table[key])[-1], error)
            return
        if verdict is not None:
            self.note(verdict)

    def note(self, verdict: Verdict) -> None:
        self._counts[verdict.rule.code][verdict.outcome] += 1
        if verdict.outcome in ("violated", "undecided"):
            self.reported.append(verdict)
        if self.kept is not None:
            self.kept.append(verdict)

    def crash(self, rule: Rule, document: Document, error: Exception) -> None:
        self.crashed = True
        message = f"the evaluation of {rule.code} on {document.file} crashed: {type(error).__name__}"
        self.problems.append(Diagnostic("E503", message, help="please report this with the rule; nothing is passed"))
        reason = Reason("crash", (type(error).__name__,))
        self.note(Verdict(rule, rule.versions[-1], "undecided", document, (), None, reason))

    # --- findings ---------------------------------------------------------------------------------------

    def violations(self) -> list[tuple[Verdict, Finding]]:
        """The violated verdicts in the order of documents, then rules, with a finding of each."""
        violated = [v for v in self.reported if v.outcome == "violated"]
        violated.sort(
            key=lambda v: (v.document.number, v.positions, v.rule.code, v.version.start, written_keys(v.keys))
        )
        return [(v, self.made.get(id(v)) or self.maker.violation(v)) for v in violated]

    def _findings(self) -> list[Finding]:
        """Violations, then what is undecided, one for each rule and reason, whatever document that was found in."""
        if not self.reported:
            return []
        findings = [finding for _, finding in self.violations()]
        undecided: dict[tuple[str, ...], list[Verdict]] = {}
        open_ = [v for v in self.reported if v.outcome == "undecided"]
        for verdict in sorted(open_, key=lambda v: (v.rule.code, v.document.number, v.positions, v.version.start)):
            assert verdict.reason is not None
            reason = verdict.reason.code, *verdict.reason.about
            undecided.setdefault((verdict.rule.code, *reason), []).append(verdict)
        return [*findings, *(self.maker.undecided(vs) for vs in undecided.values())]


def entry_of(d: Document, within: str) -> DocumentEntry:
    """A document as a report lists it; `within` as `KindInfo.within`."""
    issuer = issuer_of(d, within)
    return DocumentEntry(d.file, d.prefix, d.line, d.kind, d.key, d.raw, d.judged, d.sound, issuer=issuer)


def copies(documents: list[Document]) -> list[Document]:
    """Context documents that say the same as another one under the key: the same document, read once."""
    dropped: list[Document] = []
    kept = [d for d in documents if d.judged]
    for document in documents:
        if document.judged:
            continue
        if document.sound and any(k.sound and k.record == document.record for k in kept):
            dropped.append(document)
        else:
            kept.append(document)
    return dropped


def clashes(within: str, documents: list[Document]) -> list[list[Document]]:
    """Of documents that have one key and are no copies: those that may not have it together, judged ones among them.

    `within` is the path of `KindInfo.within`; documents that do not say what stands there are taken together.
    """
    issued: dict[Any, list[Document]] = {}
    for document in documents:
        issued.setdefault(issuer_of(document, within), []).append(document)
    return [ones for ones in issued.values() if len(ones) > 1 and any(d.judged for d in ones)]
