"""One run in shares: processes that each read and judge some of the documents, and keep none of them.

Every share is a row of texts of the stock. All are read once for their keys, and for what tells which groups of the
whole run may have items in several shares. Then each share is judged by itself; such groups are spilled, and judged
last.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import localcontext
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct, field

from ktt_policy.collector import held_back
from ktt_policy.diagnostics import Diagnostic, has_errors
from ktt_policy.documents import Document
from ktt_policy.engine.closing import Closing, Regathered
from ktt_policy.engine.doubts import Doubts
from ktt_policy.engine.run import Engine, Run, clashes, copies
from ktt_policy.engine.spill import Items, Spill
from ktt_policy.engine.stock import PLACES, Stock, shelve
from ktt_policy.engine.verdicts import Verdict
from ktt_policy.engine.workers import in_processes
from ktt_policy.expr.values import CONTEXT
from ktt_policy.report import DocumentEntry, Finding, Note, Report, sha256_of

SHARE = 64 * 1024 * 1024  # bytes of documents in a share
PARTS = 64  # of what is spilled: as many are in memory at a time as there are processes
TRIED = 20  # texts that are judged beforehand, to compile the rules once for all processes
WORTH_A_PROCESS = 50_000  # bytes spilled

Tell = Callable[[str, int, int], None]
# Number of a version → values of the part that tells its groups, see `Items.told_by`. Of a version that is not there,
# all groups are meant.
Parts = dict[int, set[Any]]


class Told(Struct):
    """What has become of a share, as data. Documents go by their numbers in the stock."""

    # Number, kind, key, issuer, index, SHA-256, sound.
    documents: list[tuple[int, str, str, str, int | None, str, bool]] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    verdicts: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[tuple[int, Finding]] = field(default_factory=list)  # of verdicts, by their place in the list
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    unread: list[tuple[int, Diagnostic]] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    crashed: bool = False
    notes: list[Note] = field(default_factory=list)
    used: set[date] = field(default_factory=set)
    doubts: Doubts = field(default_factory=Doubts)
    unknown: dict[tuple[str, int], set[str]] = field(default_factory=dict)  # see `Context`
    spilled: list[int] = field(default_factory=list)  # where the parts of what it spilled start


class Plan:
    """What every share of a run goes by. Settled once the keys of all documents are known.

    `complete` as it can be relied on; `dropped` are copies of documents, which are read once; `duplicates` have a key
    together; `shared` is what several shares have.
    """

    def __init__(self, engine: Engine, stock: Stock, on: date, complete: bool, doubts: Doubts) -> None:
        self.engine, self.stock, self.on, self.complete, self.doubts = engine, stock, on, complete, doubts
        self.dropped: set[int] = set()
        self.duplicates: list[list[Document]] = []
        self.shared: Parts = {}
        kinds = {kind.name: kind for kind in engine.time.data.kinds}
        versions = [(number, *engine.program.versions[number]) for number in engine.program.grouped]
        # By the number of a version whose groups reach over the whole run, what they read of their items.
        self.items = {number: Items(kinds[rule.kind], version) for number, rule, version in versions if version.run}

    def run(self) -> Run:
        run = self.engine.run(self.on, self.complete, compiled=True)
        run.has_context = self.stock.context_from < len(self.stock)
        run.context.doubts.take(self.doubts)
        return run

    def settle(self, shares: list[range], jobs: int, tell: Callable[[int, int], None]) -> None:
        """Read all texts for their keys, and for what tells groups."""
        telling = {
            number: items.told_by[1]
            for number, items in self.items.items()
            if items.told_by is not None and self._told_alike(number)
        }
        work = [partial(self.stock.heads, texts, telling.values()) for texts in shares]
        found = in_processes(work, jobs, tell)
        self.shared = _in_common([{number: one.values[wanted] for number, wanted in telling.items()} for one in found])
        self.stock.enter(chain.from_iterable(heads.keys for heads in found))
        lost = any(heads.lost for heads in found) or has_errors([d for _, d in self.stock.problems])
        self.complete = self.complete and not lost
        found_out: list[tuple[int, list[Document]]] = []
        for kind, keys in self.stock.index.items():
            for key, numbers in list(keys.items()):
                if not isinstance(numbers, list):
                    continue
                documents = [d for d in map(self.stock.document, numbers) if d is not None]
                spare = {d.number for d in copies(documents)}
                self.dropped |= spare
                left = [d for d in documents if d.number not in spare]
                if len(left) == 1:
                    keys[key] = left[0].number
                elif not left:
                    del keys[key]  # of none can more be read than its key
                found_out += ((documents[1].number, ones) for ones in clashes(self.engine.within[kind], left))
        # In the order in which it turns out that a key has been there before.
        self.duplicates = [documents for _, documents in sorted(found_out, key=lambda one: one[0])]

    def _told_alike(self, number: int) -> bool:
        """True where the versions of which one judges a group tell by one part which shares have it: else one share
        may have what one of them has gathered, and another what the others have."""
        rivals = self.engine.program.rivals.get(number, ())
        return all(self.items[n].told_by == self.items[number].told_by for n in rivals if n in self.items)


def check_in_shares(
    engine: Engine, stock: Stock, on: date, complete: bool, jobs: int, tell: Tell
) -> tuple[Report, Run]:
    """What `Run.check` reports of the documents of a stock, with a run that knows its verdicts."""
    with localcontext(CONTEXT), held_back():
        doubts = Doubts()
        plan, told = _judged(engine, stock, on, complete, doubts, jobs, tell)
        lost = plan.complete and any(has_errors([d]) for share in told for _, d in share.unread)
        for share in told:
            doubts.take(share.doubts)
        if lost or doubts:
            # It turned out late that something given could not be read, so that nothing follows from what is missing;
            # or that a share has items that may be in groups of another.
            plan, told = _judged(engine, stock, on, complete and not lost, doubts, jobs, tell)
        return _reported(plan, told, complete)


def _judged(
    engine: Engine, stock: Stock, on: date, complete: bool, doubts: Doubts, jobs: int, tell: Tell
) -> tuple[Plan, list[Told]]:
    plan = Plan(engine, stock, on, complete, doubts)
    shares = stock.divided(jobs * max(1, -(-stock.size // (SHARE * jobs))))
    plan.settle(shares, jobs, partial(tell, "read"))
    with TemporaryDirectory(prefix="ktt-policy-") as folder:
        judge_share(plan, range(min(TRIED, len(stock))), Spill(Path(folder) / "tried", 1))
        spills = [Spill(Path(folder) / str(n), PARTS) for n in range(len(shares))]
        work = [partial(judge_share, plan, *share) for share in zip(shares, spills, strict=True)]
        told = in_processes(work, jobs, partial(tell, "judge"))
        for spill, share in zip(spills, told, strict=True):
            spill.starts = share.spilled
        used = set().union(*(share.used for share in told))
        told += _closed(plan, spills, used, jobs)
    return plan, told


def _in_common(shares: list[Parts]) -> Parts:
    """What two of them have."""
    common: Parts = {number: set() for number in shares[0]}
    for number, found in common.items():
        seen: set[Any] = set()
        for share in shares:
            found |= seen & share[number]
            seen |= share[number]
    return common


def _reported(plan: Plan, told: list[Told], complete: bool) -> tuple[Report, Run]:
    run, stock = plan.run(), plan.stock
    run.complete = complete
    at: dict[int, int] = {}
    entries = []
    for number, kind, key, issuer, index, digest, sound in chain.from_iterable(share.documents for share in told):
        at[number] = len(at)
        text = number >> PLACES
        file, line, judged = stock.file(text), stock.line(text), text < stock.context_from
        document = Document(kind, key, None, file, None, line, index, judged, None, None, at[number])
        document.again, document.issuer = partial(stock.reread, text), issuer
        run.documents.append(document)
        entries.append(DocumentEntry(file, document.prefix, line, kind, key, None, judged, sound, digest, issuer))
    rules = {(rule.code, version.start): (rule, version) for rule in run.rules for version in rule.versions}
    unread = [*stock.problems, *(one for share in told for one in share.unread)]
    run.problems = [problem for _, problem in sorted(unread, key=lambda one: one[0])]
    for share in told:
        verdicts = [
            Verdict(*rules[code, start], outcome, run.documents[at[number]], *rest)
            for code, start, outcome, number, *rest in share.verdicts
        ]
        run.reported += verdicts
        run.made |= {id(verdicts[place]): finding for place, finding in share.findings}
        run.problems += share.problems
        for place, names in share.unknown.items():
            run.context.unknown.setdefault(place, set()).update(names)
        run.crashed = run.crashed or share.crashed
        for code, outcomes in share.counts.items():
            for outcome, count in outcomes.items():
                run.counts[code][outcome] += count
    run.nothing_judged()
    findings = [finding for share in told for finding in share.faults]
    findings += map(run.maker.duplicate, plan.duplicates)
    for finding in (*findings, *run.made.values()):
        finding.document = at[finding.document]
    report = run.report(findings, [note for share in told for note in share.notes])
    report.documents = entries
    return report, run


# --- a share ------------------------------------------------------------------------------------------------


def judge_share(plan: Plan, texts: range, spill: Spill) -> Told:
    """Read and judge some texts; spill the groups that other shares may have items of."""
    run, told = plan.run(), Told()
    for number in texts:
        for one in plan.stock.documents(number):
            if isinstance(one, Diagnostic):
                told.unread.append((number, one))
            else:
                run.documents.append(one)
    kept = [d for d in run.documents if d.number not in plan.dropped]
    shelve(run.context, plan.stock, kept)
    told.faults = [run.maker.schema_fault(d, fault) for d in kept if d.judged for fault in d.faults or ()]
    compiled = run.judge_items()
    assert compiled is not None
    for number, items in plan.items.items():
        rule, version = compiled.program.versions[number]
        by_reference = run.judge.groups.get((rule.code, version.start))
        _spill(spill, number, compiled.tables[number], items, plan.shared.get(number))
        if by_reference is not None:
            _spill(spill, number, by_reference.table, items, plan.shared.get(number), plain=False)
    spill.write()
    run.judge_groups(compiled)
    versions = [compiled.program.versions[number] for number in plan.items]
    told.doubts = run.context.doubts.only({(rule.code, version.start) for rule, version in versions})
    told.notes, told.used, told.spilled = run.notes(), compiled.used, spill.starts
    told.documents = [
        (d.number, d.kind, d.key, run.maker.issuer(d), d.index, sha256_of(d.raw or b""), d.sound) for d in run.documents
    ]
    _tell(run, told)
    return told


def _spill(
    spill: Spill, number: int, table: dict[Any, Any], items: Items, shared: set[Any] | None, plain: bool = True
) -> None:
    """Spill the groups that have one of these values; None: all. What the reference has gathered is not `plain`."""
    place = items.told_by[0] if items.told_by is not None else 0
    if shared is None or shared:
        for key in [key for key in table if shared is None or key[place] in shared]:
            spill.add(number, key, table.pop(key), items if plain else None)


def _tell(run: Run, told: Told) -> None:
    """Findings are made where the documents are."""
    at = {id(verdict): place for place, verdict in enumerate(run.reported)}
    told.findings = [(at[id(verdict)], finding) for verdict, finding in run.violations()]
    told.verdicts = [
        (v.rule.code, v.version.start, v.outcome, v.document.number, v.positions, v.day, v.reason, None, v.keys)
        for v in run.reported
    ]
    told.counts, told.problems, told.crashed = dict(run.counts), run.problems, run.crashed
    told.unknown = run.context.unknown


# --- what reaches over shares -------------------------------------------------------------------------------


def _closed(plan: Plan, spills: list[Spill], used: set[date], jobs: int) -> list[Told]:
    """Judge what was spilled, part by part."""
    if sum(spill.starts[-1] for spill in spills) < WORTH_A_PROCESS:
        return [_close(plan, spills, used, range(PARTS))]
    work = [partial(_close, plan, spills, used, range(first, PARTS, jobs)) for first in range(min(jobs, PARTS))]
    return in_processes(work, jobs, lambda done, total: None)


def _close(plan: Plan, spills: list[Spill], used: set[date], parts: range) -> Told:
    run, told = plan.run(), Told()
    shelve(run.context, plan.stock, ())
    again = Regathered(run, plan.stock)
    for part in parts:
        closing = Closing(run, again, plan.items, used)
        for spill in spills:
            closing.take(spill.read(part))
        closing.finish()
        closing.tally.add_to(run.counts)
    _tell(run, told)
    return told
