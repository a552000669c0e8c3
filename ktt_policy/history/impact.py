"""Whose verdict changes: documents judged under two moments of a rulebook, as if their dates fell there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import RulebookData, Version
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.documents import Document
from ktt_policy.engine.findings import pointer_of
from ktt_policy.engine.run import Engine, Run
from ktt_policy.engine.telling import Telling
from ktt_policy.engine.verdicts import Verdict
from ktt_policy.expr.values import CONTEXT
from ktt_policy.masking import MASK, mask
from ktt_policy.schemas.model import FieldInfo, RecordInfo

ZERO = Decimal(0)
PASSED = "passed"


class Changed(Struct, frozen=True):
    """One outcome of a rule that differs: of an item or group, at a place, with the amount that it bills."""

    code: str
    clauses: list[str]
    before: str
    after: str
    pointer: str
    subject: str
    amount: Decimal


class DocumentChange(Struct, frozen=True):
    """A document some of whose outcomes differ. `before` and `after` are its own: the worst of its items'."""

    file: str
    line: int
    kind: str
    key: str
    before: str
    after: str
    changes: list[Changed]


class RuleImpact(Struct, frozen=True):
    """What a rule's change does: how many documents and items are newly at fault (or no more), and their amounts."""

    code: str
    clauses: list[str]
    documents: int
    newly_violated: int
    newly_undecided: int
    no_longer: int
    amount: Decimal


class Impact(Struct, frozen=True):
    """`amount` is the billed amount newly at fault, each item once; `released` what is no longer.

    `undecided` are the documents of which some outcome is undecided on both days: what the change does to it is not
    known. `problems` says what could not be judged; then the rest is not the whole story.
    """

    documents: int
    problems: list[Diagnostic]
    changed: list[DocumentChange]
    rules: list[RuleImpact]
    amount: Decimal
    released: Decimal
    undecided: int


IDLE = "E115"  # no rule judges what was given: no fault where one does on the other side
Reading = tuple[RulebookData, Sequence[Document | Diagnostic]]  # a moment, and what was read by its schemas
Where = tuple[str, int, int | None, bool]
Item = tuple[Where, tuple[int, ...]]  # a record with a billed amount, by its document and its positions there


def _place(document: Document) -> Where:
    """Tells a document from all others that were given, and is the same in both readings."""
    return document.file, document.line, document.index, document.judged


def impact(
    before: Reading, after: Reading, on: date, complete: bool = False, tell: Callable[[str], None] = lambda stage: None,
) -> Impact:  # fmt: skip
    """Judge what was read under two moments (see `moment`) and compare. `tell` is told of each stage as it begins.

    Both sides may have the same documents; where schemas differ, each has its own reading of the same files.
    """
    documents = [one for _, read in (before, after) for one in read if isinstance(one, Document)]
    judged = {_place(document): document for document in documents if document.judged}
    with localcontext(CONTEXT):
        tell("before")
        old = _outcomes(*before, on, complete)
        tell("after")
        new = _outcomes(*after, on, complete)
        tell("comparing")
        return _compared(after[0], judged, old, new)


class _Outcomes:
    """What is violated or undecided under one moment, by what it is about."""

    def __init__(self, run: Run) -> None:
        self.problems = run.problems
        self.idle = any(problem.code == IDLE for problem in run.problems)
        self.verdicts: dict[tuple[Any, ...], Verdict] = {}
        self.broken = {_place(d) for d in run.documents if d.faults}
        self.worst: dict[Where, str] = dict.fromkeys(self.broken, "violated")
        for verdict in run.reported:
            document = _place(verdict.document)
            self.verdicts[_about(verdict)] = verdict
            if self.worst.get(document) != "violated":
                self.worst[document] = verdict.outcome

    def of(self, key: tuple[Any, ...]) -> str:
        return self.verdicts[key].outcome if key in self.verdicts else PASSED


def _about(verdict: Verdict) -> tuple[Any, ...]:
    """What a verdict is about, the same on both sides: an item by its place; a group by its keys, and by its document
    unless it is one over the run."""
    keys = dict(zip((name for name, _ in verdict.version.group_by), verdict.keys, strict=False))
    place = None if keys and verdict.version.run else _place(verdict.document)
    return verdict.rule.code, place, tuple(keys.items()) if keys else verdict.positions


def _outcomes(data: RulebookData, read: Sequence[Document | Diagnostic], on: date, complete: bool) -> _Outcomes:
    run = Engine(data).run(on, complete)
    run.judge_all(read)
    return _Outcomes(run)


def _compared(data: RulebookData, documents: dict[Where, Document], old: _Outcomes, new: _Outcomes) -> Impact:
    billed, telling = _Billed(data), Telling(data)
    changes: dict[Where, list[Changed]] = {}
    totals: dict[str, _Total] = {}
    at_fault = [
        {item for v in side.verdicts.values() if v.outcome == "violated" for item in billed.items(v)}
        for side in (old, new)
    ]
    newly, released = ZERO, ZERO
    counted: set[Item] = set()
    undecided: set[Where] = set()
    for key in {**old.verdicts, **new.verdicts}:
        before, after = old.of(key), new.of(key)
        if before == after == "undecided":
            undecided.add(_place(new.verdicts[key].document))
        if before == after:
            continue
        verdict = new.verdicts.get(key) or old.verdicts[key]
        items = billed.items(verdict)
        amount = sum(items.values(), ZERO)
        clauses = [ref.clause for ref in verdict.version.clauses]
        pointer = pointer_of(verdict.version, verdict.document, verdict.positions)
        hidden = [telling.hides(expression.tree, verdict.version) for _, expression in verdict.version.group_by]
        keys = [MASK if hide else mask(str(key)) for key, hide in zip(verdict.keys, hidden, strict=False)]
        subject = ", ".join(keys)
        change = Changed(verdict.rule.code, clauses, before, after, pointer, subject, amount)
        changes.setdefault(_place(verdict.document), []).append(change)
        totals.setdefault(verdict.rule.code, _Total(clauses)).add(verdict, before, after, amount)
        for item, amount in items.items():
            was, now = item in at_fault[0], item in at_fault[1]
            if was != now and item not in counted:
                counted.add(item)
                newly += amount if now else ZERO
                released += amount if was else ZERO
    for place in old.broken ^ new.broken:
        outcomes = ("violated", PASSED) if place in old.broken else (PASSED, "violated")
        changes.setdefault(place, []).append(Changed("S000", [], *outcomes, "", "", ZERO))
    changed = []
    for place, d in documents.items():
        if place in changes:
            worst = old.worst.get(place, PASSED), new.worst.get(place, PASSED)
            changed.append(DocumentChange(mask(d.file), d.line, d.kind, mask(d.key), *worst, changes[place]))
    rules = [totals[code].made(code) for code in sorted(totals)]
    problems = [*old.problems, *(problem for problem in new.problems if problem not in old.problems)]
    if not (old.idle and new.idle):
        problems = [problem for problem in problems if problem.code != IDLE]
    return Impact(len(documents), problems, changed, rules, newly, released, len(undecided))


class _Total:
    def __init__(self, clauses: list[str]) -> None:
        self.clauses = clauses
        self.documents: set[Where] = set()
        self.violated = self.undecided = self.no_longer = 0
        self.amount = ZERO

    def add(self, verdict: Verdict, before: str, after: str, amount: Decimal) -> None:
        self.documents.add(_place(verdict.document))
        self.violated += after == "violated"
        self.undecided += after == "undecided"
        self.no_longer += before == "violated"
        if after == "violated":
            self.amount += amount

    def made(self, code: str) -> RuleImpact:
        counts = (len(self.documents), self.violated, self.undecided, self.no_longer)
        return RuleImpact(code, self.clauses, *counts, self.amount)


class _Billed:
    """The billed amounts of what verdicts are about: the fields that schemas mark with `x-amount`."""

    def __init__(self, data: RulebookData) -> None:
        self.paths = {kind.name: _path(kind.record) for kind in data.kinds}

    def items(self, verdict: Verdict) -> dict[Item, Decimal]:
        """The records with an amount that a verdict is about (its own, or all of its document), and the amounts."""
        parts = [(verdict.document, verdict.positions)]
        if verdict.entries is not None:
            parts = [(entry.document, entry.positions) for entry in verdict.entries if entry.document.judged]
        found: dict[Item, Decimal] = {}
        for document, positions in parts:
            path = self.paths.get(document.kind)
            if path is not None and _leads(verdict.version, document.kind, len(positions), path):
                *way, last = path
                for at, item in _below(document.record, way):
                    if at[: len(positions)] == positions:
                        found[_place(document), at] = _amount(item, last)
        return found


def _leads(version: Version, kind: str, depth: int, path: tuple[str, ...]) -> bool:
    """True where the lists that `for_each` walks, so many of them, are the first ones on the way to the amount."""
    base = kind
    for n, iterator in enumerate(version.iterators[:depth]):
        if iterator.base != base or iterator.path != path[n : n + 1]:
            return False
        base = iterator.variable
    return depth < len(path)


def _below(record: Any, way: list[str]) -> list[tuple[tuple[int, ...], Any]]:
    """The records of a document at the end of a way through lists, with their positions in these."""
    found: list[tuple[tuple[int, ...], Any]] = [((), record)]
    for name in way:
        lists = [(at, getattr(one, name)) for at, one in found]
        found = [((*at, n), item) for at, one in lists if isinstance(one, list) for n, item in enumerate(one)]
    return found


def _amount(item: Any, field: str) -> Decimal:
    value = getattr(item, field)
    return value if isinstance(value, Decimal) else ZERO


def _path(record: RecordInfo) -> tuple[str, ...] | None:
    """The fields from a document, through a list, to what is marked as a billed amount."""

    def search(fields: tuple[FieldInfo, ...]) -> tuple[str, ...] | None:
        for field in fields:
            if field.schema.get("x-amount"):
                return (field.name,)
            if field.item is not None and field.item.record is not None:
                inner = search(field.item.record.fields)
                if inner is not None:
                    return (field.name, *inner)
        return None

    return search(record.fields)
