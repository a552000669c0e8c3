"""One run in shares: processes that each read and judge some of the documents, and keep none of them.

Every share is a row of texts of the stock. What reaches over shares, groups of the whole run, is spilled by each and
judged when all are through. Few shares, a process each, wait for each other and spill only what they have in common; of
many, which are to take little memory, each spills everything and is gone. Where a process fails, its work is done here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import localcontext
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct, field

from ktt_policy.collector import held_back
from ktt_policy.diagnostics import Diagnostic, errors
from ktt_policy.documents import Document
from ktt_policy.engine import run as limits
from ktt_policy.engine.closing import Closing
from ktt_policy.engine.judge import Verdict
from ktt_policy.engine.run import Engine, Run, copies
from ktt_policy.engine.spill import Items, Spill
from ktt_policy.engine.stock import PLACES, Heads, Stock, shelve
from ktt_policy.engine.workers import POSSIBLE, Receive, Send, Worker, WorkerError
from ktt_policy.expr.values import CONTEXT
from ktt_policy.report import DocumentEntry, Finding, Note, Report, sha256_of

__all__ = ["POSSIBLE", "check_in_shares"]

SHARE = 64 * 1024 * 1024  # bytes of documents in each of many shares
PARTS = 64  # of what many shares spill: one is in memory at a time
WORTH_A_PROCESS = 1_000_000  # bytes spilled

Tell = Callable[[str, int, int], None]


class Told(Struct):
    """What has become of a share, as data. Documents go by their numbers in the stock."""

    # Number, kind, key, index, SHA-256, sound.
    documents: list[tuple[int, str, str, int | None, str, bool]] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    verdicts: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[tuple[int, Finding]] = field(default_factory=list)  # of verdicts, by their place in the list
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    unread: list[tuple[int, Diagnostic]] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    crashed: bool = False
    notes: list[Note] = field(default_factory=list)
    used: set[date] = field(default_factory=set)


class Plan:
    """What every share of a run goes by. Settled once the keys of all documents are known.

    `complete` as it can be relied on; `dropped` are copies of documents, which are read once; `duplicates` have a key
    together.
    """

    def __init__(self, engine: Engine, stock: Stock, on: date, complete: bool) -> None:
        self.engine, self.stock, self.on, self.complete = engine, stock, on, complete
        self.dropped: set[int] = set()
        self.duplicates: list[list[Document]] = []
        kinds = {kind.name: kind for kind in engine.time.data.kinds}
        versions = [(number, *engine.program.versions[number]) for number in engine.program.grouped]
        # By the number of a version whose groups reach over the whole run, what they read of their items.
        self.items = {number: Items(kinds[rule.kind], version) for number, rule, version in versions if version.run}

    def run(self) -> Run:
        run = self.engine.run(self.on, self.complete, compiled=True)
        run.has_context = self.stock.context_from < len(self.stock)
        return run

    def settle(self, found: list[Heads]) -> None:
        self.stock.enter(chain.from_iterable(heads.keys for heads in found))
        lost = any(heads.lost for heads in found) or bool(errors([d for _, d in self.stock.problems]))
        self.complete = self.complete and not lost
        found_out: list[tuple[int, list[Document]]] = []
        for keys in self.stock.index.values():
            for key, numbers in keys.items():
                if not isinstance(numbers, list):
                    continue
                documents = [d for d in map(self.stock.document, numbers) if d is not None]
                spare = copies(documents)
                self.dropped.update(d.number for d in documents if id(d) in spare)
                left = [d for d in documents if id(d) not in spare]
                if len(left) == 1:
                    keys[key] = left[0].number
                elif any(d.judged for d in left):
                    found_out.append((documents[1].number, left))
        # In the order in which it turns out that a key has been there before.
        self.duplicates = [documents for _, documents in sorted(found_out, key=lambda one: one[0])]

    @property
    def settled(self) -> tuple[Any, ...]:
        """What has been settled, for a process that has begun before."""
        return self.stock.index, self.dropped, self.complete

    @settled.setter
    def settled(self, settled: tuple[Any, ...]) -> None:
        self.stock.index, self.dropped, self.complete = settled


def check_in_shares(
    engine: Engine, stock: Stock, on: date, complete: bool, jobs: int, tell: Tell
) -> tuple[Report, Run]:
    """What `Run.check` reports of the documents of a stock, with a run that knows its verdicts."""
    with localcontext(CONTEXT), held_back():
        plan, told = _judged(engine, stock, on, complete, jobs, tell)
        if plan.complete and any(errors([d]) for share in told for _, d in share.unread):
            # Something given could not be read, as turned out late: nothing follows from what is missing.
            plan, told = _judged(engine, stock, on, False, jobs, tell)
        return _reported(plan, told, complete)


def _judged(engine: Engine, stock: Stock, on: date, complete: bool, jobs: int, tell: Tell) -> tuple[Plan, list[Told]]:
    plan = Plan(engine, stock, on, complete)
    few = stock.size <= limits.LARGE * jobs
    shares = stock.divided(jobs if few else max(jobs, -(-stock.size // SHARE)))
    with TemporaryDirectory(prefix="ktt-policy-") as folder:
        spills = [Spill(Path(folder) / str(n), jobs if few else PARTS) for n in range(len(shares))]
        if few:
            made = _few(plan, shares, spills)
        else:
            plan.settle([stock.heads(range(len(stock)))])
            made = _many(plan, shares, spills, jobs, partial(tell, "judge"))
        told = [share for share, _ in made]
        for spill, (_, starts) in zip(spills, made, strict=True):
            spill.starts = starts
        used = set().union(*(share.used for share in told))
        told += _closed(plan, spills, used, jobs)
    return plan, told


def _reported(plan: Plan, told: list[Told], complete: bool) -> tuple[Report, Run]:
    run, stock = plan.run(), plan.stock
    run.complete = complete
    at: dict[int, int] = {}
    entries = []
    for number, kind, key, index, digest, sound in chain.from_iterable(share.documents for share in told):
        at[number] = len(at)
        text = number >> PLACES
        file, line, judged = stock.file(text), stock.line(text), text < stock.context_from
        document = Document(kind, key, None, file, None, line, index, judged, None, None, at[number])
        document.again = partial(stock.text, text)
        run.documents.append(document)
        entries.append(DocumentEntry(file, document.prefix, line, kind, key, None, judged, sound, digest))
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


# --- processes ----------------------------------------------------------------------------------------------

Beginnings = dict[int, set[Any]]  # number of a version → the first parts of keys of its groups
Done = tuple[Told, list[int]]  # what came of a share, and where the parts of its spill start


def _few(plan: Plan, shares: list[range], spills: list[Spill]) -> list[Done]:
    """A process a share; they tell each other their keys, and spill the groups that two of them may have."""

    def working(texts: range, spill: Spill, send: Send, receive: Receive) -> None:
        share = ShareRun(plan, texts)
        send(share.heads())
        plan.settled = receive()
        send(share.judge_items())
        send(share.judge_groups(spill, receive()))

    workers = [Worker(partial(working, *share)) for share in zip(shares, spills, strict=True)]
    plan.settle([_received(w, partial(plan.stock.heads, texts)) for w, texts in zip(workers, shares, strict=True)])
    _say(workers, plan.settled)
    # One that cannot say may have any key.
    keys: list[Beginnings | None] = [_received(worker, lambda: None) for worker in workers]
    shared = _in_common([k for k in keys if k is not None]) if None not in keys else None
    _say(workers, shared)
    here = [partial(_alone, plan, *share, shared) for share in zip(shares, spills, strict=True)]
    return [_ended(*one) for one in zip(workers, here, strict=True)]


def _many(
    plan: Plan, shares: list[range], spills: list[Spill], jobs: int, tell: Callable[[int, int], None]
) -> list[Done]:
    """So many processes at a time; each spills everything."""

    def working(here: Callable[[], Done], send: Send, _: Receive) -> None:
        send(here())

    made: list[Done] = []
    running: list[tuple[Worker, Callable[[], Done]]] = []
    for share in zip(shares, spills, strict=True):
        if len(running) == jobs:
            made.append(_ended(*running.pop(0)))
            tell(len(made), len(shares))
        here = partial(_alone, plan, *share, None)
        running.append((Worker(partial(working, here)), here))
    return [*made, *(_ended(*one) for one in running)]


def _alone(plan: Plan, texts: range, spill: Spill, shared: Beginnings | None) -> Done:
    """A whole share by a settled plan."""
    share = ShareRun(plan, texts)
    share.judge_items()
    return share.judge_groups(spill, shared)


def _say(workers: list[Worker], message: Any) -> None:
    for worker in workers:
        with suppress(WorkerError):
            worker.send(message)


def _received(worker: Worker, here: Callable[[], Any]) -> Any:
    try:
        return worker.receive()
    except WorkerError:
        return here()


def _ended(worker: Worker, here: Callable[[], Done]) -> Done:
    """What a process says last; its work is done here when it fails."""
    try:
        made: Done = worker.receive()
        worker.end()
    except WorkerError:
        return here()
    return made


def _in_common(shares: list[Beginnings]) -> Beginnings:
    """What two of them have."""
    common: Beginnings = {number: set() for number in shares[0]}
    for number, found in common.items():
        seen: set[Any] = set()
        for share in shares:
            found |= seen & share[number]
            seen |= share[number]
    return common


# --- a share ------------------------------------------------------------------------------------------------


class ShareRun:
    """A run over the documents of some texts."""

    def __init__(self, plan: Plan, texts: range) -> None:
        self.plan = plan
        self.told = Told()
        self.documents: list[Document] = []
        for number in texts:
            for one in plan.stock.documents(number):
                if isinstance(one, Diagnostic):
                    self.told.unread.append((number, one))
                else:
                    self.documents.append(one)

    def heads(self) -> Heads:
        heads = Heads()
        for _, problem in self.told.unread:
            heads.note(problem)
        for document in self.documents:
            heads.note(document)
        return heads

    def judge_items(self) -> Beginnings:
        """Judge item by item; gives what the keys of groups of the whole run begin with."""
        self.run = run = self.plan.run()
        run.documents = self.documents
        kept = [d for d in run.documents if d.number not in self.plan.dropped]
        shelve(run.context, self.plan.stock, kept)
        self.told.faults = [run.maker.schema_fault(d, fault) for d in kept if d.judged for fault in d.faults or ()]
        compiled = run.judge_items()
        assert compiled is not None
        self.compiled = compiled
        return {number: {key[0] for table, _ in self._tables(number) for key in table} for number in self.plan.items}

    def _tables(self, number: int) -> list[tuple[dict[Any, Any], Items | None]]:
        """The groups of a version: compiled, with what is read of their items, and those that the reference made."""
        rule, version = self.compiled.program.versions[number]
        by_reference = self.run.judge.groups.get((rule.code, version.start))
        tables: list[tuple[dict[Any, Any], Items | None]] = [(self.compiled.tables[number], self.plan.items[number])]
        return tables if by_reference is None else [*tables, (by_reference.table, None)]

    def judge_groups(self, spill: Spill, shared: Beginnings | None) -> Done:
        """Spill the groups whose keys begin with what is shared (None: all), judge the others, and tell everything."""
        for number in self.plan.items:
            for table, items in self._tables(number):
                for key in _beginning(table, None if shared is None else shared[number]):
                    spill.add(number, key, table.pop(key), items)
        spill.write()
        run, told = self.run, self.told
        run.judge_groups(self.compiled)
        told.notes = run.notes()
        told.used = self.compiled.used
        told.documents = [(d.number, d.kind, d.key, d.index, sha256_of(d.raw or b""), d.sound) for d in run.documents]
        _tell(run, told)
        return told, spill.starts


def _beginning(table: dict[Any, Any], beginnings: set[Any] | None) -> list[Any]:
    """The keys that begin with one of these; None: all."""
    if beginnings is None or not beginnings:
        return list(table) if beginnings is None else []
    return [key for key in table if key[0] in beginnings]


def _tell(run: Run, told: Told) -> None:
    """Findings are made where the documents are."""
    at = {id(verdict): place for place, verdict in enumerate(run.reported)}
    told.findings = [(at[id(verdict)], finding) for verdict, finding in run.violations()]
    told.verdicts = [
        (v.rule.code, v.version.start, v.outcome, v.document.number, v.positions, v.day, v.reason, None, v.keys)
        for v in run.reported
    ]
    told.counts, told.problems, told.crashed = dict(run.counts), run.problems, run.crashed


# --- what reaches over shares -------------------------------------------------------------------------------


def _closed(plan: Plan, spills: list[Spill], used: set[date], jobs: int) -> list[Told]:
    """Judge what was spilled, part by part."""
    parts = range(len(spills[0].starts) - 1)
    if sum(spill.starts[-1] for spill in spills) < WORTH_A_PROCESS:
        return [_close(plan, spills, used, parts)]
    rows = [parts[n::jobs] for n in range(min(jobs, len(parts)))]

    def working(row: range, send: Send, _: Receive) -> None:
        send(_close(plan, spills, used, row))

    workers = [Worker(partial(working, row)) for row in rows]
    made = []
    for worker, row in zip(workers, rows, strict=True):
        try:
            made.append(worker.receive())
            worker.end()
        except WorkerError:
            made.append(_close(plan, spills, used, row))
    return made


def _close(plan: Plan, spills: list[Spill], used: set[date], parts: range) -> Told:
    run, told = plan.run(), Told()
    shelve(run.context, plan.stock, ())
    for part in parts:
        closing = Closing(run, plan.stock, plan.items, used)
        for spill in spills:
            closing.take(spill.read(part))
        closing.finish()
    _tell(run, told)
    return told
