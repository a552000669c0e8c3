"""Whose verdict changes: documents judged under two moments of a rulebook, as if their dates fell there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import RulebookData
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.documents import Document
from ktt_policy.engine.findings import pointer_of
from ktt_policy.engine.run import Engine, Run
from ktt_policy.engine.verdicts import Verdict
from ktt_policy.expr.values import CONTEXT
from ktt_policy.masking import mask
from ktt_policy.schemas.model import FieldInfo, RecordInfo

Texts = dict[str, str]
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


def impact(
    before: RulebookData, after: RulebookData, read: Sequence[Document | Diagnostic], on: date,
    complete: bool = False, tell: Callable[[str], None] = lambda stage: None,
) -> Impact:  # fmt: skip
    """Judge what was read under two moments (see `moment`) and compare. `tell` is told of each stage as it begins."""
    judged = [one for one in read if isinstance(one, Document) and one.judged]
    with localcontext(CONTEXT):
        tell("before")
        old = _outcomes(before, read, on, complete)
        tell("after")
        new = _outcomes(after, read, on, complete)
        tell("comparing")
        return _compared(after, judged, old, new)


class _Outcomes:
    """What is violated or undecided under one moment, by what it is about."""

    def __init__(self, run: Run) -> None:
        self.problems = run.problems
        self.verdicts: dict[tuple[Any, ...], Verdict] = {}
        self.worst: dict[int, str] = {id(d): "violated" for d in run.documents if d.faults}
        for verdict in run.reported:
            document = id(verdict.document)
            self.verdicts[verdict.rule.code, document, verdict.keys or verdict.positions] = verdict
            if self.worst.get(document) != "violated":
                self.worst[document] = verdict.outcome

    def of(self, key: tuple[Any, ...]) -> str:
        return self.verdicts[key].outcome if key in self.verdicts else PASSED


def _outcomes(data: RulebookData, read: Sequence[Document | Diagnostic], on: date, complete: bool) -> _Outcomes:
    run = Engine(data).run(on, complete)
    run.judge_all(read)
    return _Outcomes(run)


def _compared(data: RulebookData, documents: list[Document], old: _Outcomes, new: _Outcomes) -> Impact:
    billed = _Billed(data)
    changes: dict[int, list[Changed]] = {}
    totals: dict[str, _Total] = {}
    at_fault = [
        {id(item) for v in side.verdicts.values() if v.outcome == "violated" for item in billed.items(v)}
        for side in (old, new)
    ]
    newly, released = ZERO, ZERO
    counted: set[int] = set()
    undecided: set[int] = set()
    for key in {**old.verdicts, **new.verdicts}:
        before, after = old.of(key), new.of(key)
        if before == after == "undecided":
            undecided.add(id(new.verdicts[key].document))
        if before == after:
            continue
        verdict = new.verdicts.get(key) or old.verdicts[key]
        items = billed.items(verdict)
        amount = billed.sum(items)
        clauses = [ref.clause for ref in verdict.version.clauses]
        pointer = pointer_of(verdict.version, verdict.document, verdict.positions)
        subject = mask(", ".join(str(k) for k in verdict.keys))
        change = Changed(verdict.rule.code, clauses, before, after, pointer, subject, amount)
        changes.setdefault(id(verdict.document), []).append(change)
        totals.setdefault(verdict.rule.code, _Total(clauses)).add(verdict, before, after, amount)
        for item in items:
            was, now = id(item) in at_fault[0], id(item) in at_fault[1]
            if was != now and id(item) not in counted:
                counted.add(id(item))
                newly += billed.amount(item) if now else ZERO
                released += billed.amount(item) if was else ZERO
    changed = []
    for d in documents:
        if id(d) in changes:
            worst = old.worst.get(id(d), PASSED), new.worst.get(id(d), PASSED)
            changed.append(DocumentChange(mask(d.file), d.line, d.kind, mask(d.key), *worst, changes[id(d)]))
    rules = [totals[code].made(code) for code in sorted(totals)]
    problems = [*old.problems, *(problem for problem in new.problems if problem not in old.problems)]
    return Impact(len(documents), problems, changed, rules, newly, released, len(undecided))


class _Total:
    def __init__(self, clauses: list[str]) -> None:
        self.clauses = clauses
        self.documents: set[int] = set()
        self.violated = self.undecided = self.no_longer = 0
        self.amount = ZERO

    def add(self, verdict: Verdict, before: str, after: str, amount: Decimal) -> None:
        self.documents.add(id(verdict.document))
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

    def items(self, verdict: Verdict) -> list[Any]:
        """The records with an amount that a verdict is about: its own, or all of its document."""
        path = self.paths.get(verdict.document.kind)
        if path is None:
            return []
        if verdict.entries is not None:
            return [e.item for e in verdict.entries if e.document.judged and hasattr(e.item, path[-1])]
        every = self._all(verdict.document.record, path[:-1])
        if verdict.positions and verdict.version.iterators[0].path == path[:-1]:
            return every[verdict.positions[0] : verdict.positions[0] + 1]
        return every if not verdict.positions else []

    def _all(self, record: Any, path: tuple[str, ...]) -> list[Any]:
        found = [record]
        for name in path:
            values = [getattr(one, name) for one in found]
            found = [item for v in values if isinstance(v, list) for item in v]
        return found

    def amount(self, item: Any) -> Decimal:
        names = [path[-1] for path in self.paths.values() if path is not None]
        value = next((getattr(item, n) for n in names if hasattr(item, n)), None)
        return value if isinstance(value, Decimal) else ZERO

    def sum(self, items: list[Any]) -> Decimal:
        return sum((self.amount(item) for item in items), ZERO)


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
