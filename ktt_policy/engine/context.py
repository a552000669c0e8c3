"""What every judgement of a run shares: the rulebook, its parameters by date, the documents given."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any

from msgspec import UNSET

from ktt_policy.build.model import Parameter, Rule, RulebookData, Version
from ktt_policy.build.parameters import read_value
from ktt_policy.documents import Document
from ktt_policy.engine.doubts import Doubts
from ktt_policy.expr.values import Reason, Unknown
from ktt_policy.timeline import Timeline

FOREVER = date.max  # a day like any other: periods are told by their first and last day, so that it lies in one
DAY = timedelta(1)


class Ambiguous:
    """Stands in the index for a key that several different documents have."""


class BrokenRecordError(Exception):
    """Compiled code has looked up a document that broke its schema: the reference decides."""


class Records(dict[str, Any]):
    """What compiled code looks up: key → record, UNSET for an ambiguous key; `missing` for one that is not there.

    A key in `broken` raises BrokenRecordError.
    """

    __slots__ = ("broken", "missing")
    broken: set[str]
    missing: Any  # set when all is indexed: who looks too early gets an error

    def __init__(self) -> None:
        self.broken = set()

    def __missing__(self, key: str) -> Any:
        if key in self.broken:
            raise BrokenRecordError
        return self.missing


class BrokenRecords(list[Any]):
    """All records of a kind of which some broke their schemas: whatever compiled code does with it raises."""

    def _refuse(self, *_: Any) -> Any:
        raise BrokenRecordError

    __iter__ = __len__ = __getitem__ = __contains__ = __eq__ = __ne__ = _refuse
    __hash__ = None


AMBIGUOUS = Ambiguous()


class Timeframe:
    """A rulebook with its parameters over time: what does not change from run to run, with its caches."""

    def __init__(self, data: RulebookData, parameters: tuple[Parameter, ...], rules: list[Rule]) -> None:
        self.data = data
        self.kinds = [kind.name for kind in data.kinds]
        # What gives the date of a record of each kind; AttributeError where it has none.
        self.dates = {kind.name: attrgetter(kind.date) for kind in data.kinds}
        self.rules = rules
        self.parameters = {p.name: p for p in parameters}
        self._timelines = {p.name: Timeline({v.start: read_value(p, v.value) for v in p.values}) for p in parameters}
        self.first_edition = data.editions[0].start
        days = {edition.start for edition in data.editions}
        for timeline in self._timelines.values():
            days.update(timeline.starts)
        for rule in rules:
            days.update(version.start for version in rule.versions)
        self.changes = sorted(days)
        # The first stretch is that of the days before all changes, of which there may be none.
        ends = [*(day - DAY if day > date.min else day for day in self.changes), FOREVER]
        self._stretches = list(zip([date.min, *self.changes], ends, strict=True))
        self._values: dict[date, dict[str, Any]] = {}
        self.no_parameters = {name: Unknown(Reason("no parameter", (name, ""))) for name in self._timelines}

    def stretch(self, day: date) -> tuple[date, date]:
        """The days around one on which every rule and parameter stays the same: the first and the last."""
        return self._stretches[bisect_right(self.changes, day)]

    def changes_of(self, rule: Rule) -> set[date]:
        """The days on which a rule, or a parameter that it reads, changes."""
        days = {version.start for version in rule.versions}
        for name in {name for version in rule.versions for name in version.parameters}:
            days.update(self._timelines[name].starts)
        return days

    def steady(self, rule: Rule, version: Version, names: frozenset[str], day: date) -> tuple[date, date]:
        """The days around one on which the version is in force and those parameters stay the same: first and last.

        They begin with the first edition, before which no version judges.
        """
        low, high = in_force(rule, version)
        low = max(low, self.first_edition)
        for name in names:
            timeline = self._timelines[name]
            start, end = timeline.start_at(day), timeline.end_at(day)
            low = low if start is None else max(low, start)
            high = high if end is None else min(high, end - DAY)
        return low, high

    def parameters_at(self, day: date) -> dict[str, Any]:
        """Name → value on a day; Unknown where there is none. The same dict for a whole stretch."""
        low = self.stretch(day)[0]
        known = self._values.get(low)
        if known is None:
            known = {}
            for name, timeline in self._timelines.items():
                value, start = timeline.at(day), timeline.start_at(day)
                since = start.isoformat() if start is not None else ""
                known[name] = Unknown(Reason("no parameter", (name, since))) if value is None else value
            self._values[low] = known
        return known

    def parameter_start(self, name: str, day: date) -> date | None:
        return self._timelines[name].start_at(day)


class Context:
    """One run: the timeframe, the evaluation date, the documents given."""

    def __init__(self, time: Timeframe, today: date, complete: bool) -> None:
        self.time = time
        self.data = time.data
        self.today = today
        self.complete = complete
        self.broken: list[Document] = []
        # By the file and line of a text, the names of fields that no schema knows: what stands there may be sensitive.
        self.unknown: dict[tuple[str, int], set[str]] = {}
        self._marks: set[tuple[int, str]] = set()  # of the first so many broken documents
        self._marked = 0
        self.doubts = Doubts()
        self._clear()

    def _clear(self) -> None:
        self.records: dict[str, Records] = {}
        self.by_kind: dict[str, list[Document]] = {}
        for kind in self.time.kinds:
            self.records[kind], self.by_kind[kind] = Records(), []

    def add_plain(self, documents: list[Document]) -> bool:
        """Add sound documents with keys of their own; False, with nothing added, when some are not such."""
        for document in documents:
            kind, key = document.kind, document.key
            records = self.records[kind]
            if document.faults or key in records:
                self._clear()
                return False
            if key:
                records[key] = document.record
            self.by_kind[kind].append(document)
        return True

    def add(self, document: Document) -> None:
        self.by_kind[document.kind].append(document)
        if document.faults:
            self.add_broken(document)
        if document.key:
            records = self.records[document.kind]
            if document.key in records or document.key in records.broken:
                records[document.key] = UNSET
            elif document.faults:
                records.broken.add(document.key)
            else:
                records[document.key] = document.record

    def add_broken(self, document: Document) -> None:
        self.broken.append(document)
        names = {name for fault in document.faults or () for name in fault.unknown}
        if names:
            self.unknown.setdefault((document.file, document.line), set()).update(names)

    @cached_property
    def index(self) -> dict[str, Any]:
        """Kind → key → document, AMBIGUOUS where several have it; made when the reference first asks for it."""
        index: dict[str, dict[str, Any]] = {kind: {} for kind in self.by_kind}
        for kind, documents in self.by_kind.items():
            for document in documents:
                if document.key:
                    index[kind][document.key] = AMBIGUOUS if document.key in index[kind] else document
        return index

    def related(self, kind: str, key: str) -> Any:
        found = self.index[kind].get(key)
        if found is None:
            return None if self.complete else Unknown(Reason("not given", (kind, key)))
        if found is AMBIGUOUS:
            return Unknown(Reason("ambiguous", (kind, key)))
        return found.record

    def every(self, kind: str) -> list[Any]:
        return [d.record for d in self.by_kind[kind]]

    def is_broken(self, record: Any, field: str) -> bool:
        """True where the document has the field, and what it has there broke its schema."""
        while self._marked < len(self.broken):  # those that have come up since
            self._marks.update(self.broken[self._marked].marks or ())
            self._marked += 1
        return (id(record), field) in self._marks


def in_force(rule: Rule, version: Version) -> tuple[date, date]:
    """The first and the last day of a version."""
    later = [v.start - DAY for v in rule.versions if v.start > version.start]
    return version.start, min(later, default=FOREVER)
