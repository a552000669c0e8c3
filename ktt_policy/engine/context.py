"""What every judgement of a run shares: the rulebook, its parameters by date, the documents given."""

from __future__ import annotations

from datetime import date
from typing import Any

from ktt_policy.build.model import Parameter, Rule, RulebookData, Version
from ktt_policy.build.parameters import read_value
from ktt_policy.documents import Document
from ktt_policy.expr.values import Reason, Unknown
from ktt_policy.timeline import Timeline

FOREVER = date.max


class Ambiguous:
    """Stands in the index for a key that several different documents have."""


AMBIGUOUS = Ambiguous()


class Context:
    """One run. `documents` holds what is given; `parameters_at` and `stretch` cache by stretch of dates."""

    def __init__(
        self, data: RulebookData, parameters: tuple[Parameter, ...], rules: list[Rule], today: date, complete: bool
    ) -> None:
        self.data = data
        self.rules = rules
        self.today = today
        self.complete = complete
        self.parameters = {p.name: p for p in parameters}
        self._timelines = {
            p.name: Timeline({v.start: read_value(p, v.value) for v in p.values}) for p in parameters
        }
        self._changes = self._all_changes()
        self._values: dict[date, dict[str, Any]] = {}
        self.index: dict[str, dict[str, Any]] = {kind.name: {} for kind in data.kinds}
        self.by_kind: dict[str, list[Document]] = {kind.name: [] for kind in data.kinds}
        self.first_edition = data.editions[0].start
        self.owners: dict[int, Document] = {}

    # --- dates ------------------------------------------------------------------------------------------

    def _all_changes(self) -> list[date]:
        days = {edition.start for edition in self.data.editions}
        for timeline in self._timelines.values():
            days.update(timeline.starts)
        for rule in self.rules:
            days.update(version.start for version in rule.versions)
        return sorted(days)

    def stretch(self, day: date) -> tuple[date, date]:
        """The days around one on which every rule and parameter stays the same: first, and first no more."""
        low, high = date.min, FOREVER
        for change in self._changes:
            if change <= day:
                low = change
            else:
                high = change
                break
        return low, high

    def parameters_at(self, day: date) -> dict[str, Any]:
        """Name → value on a day; Unknown where there is none. The same dict for a whole stretch."""
        low = self.stretch(day)[0]
        known = self._values.get(low)
        if known is None:
            known = {}
            for name, timeline in self._timelines.items():
                value = timeline.at(day)
                known[name] = Unknown(Reason("no parameter", (name, day.isoformat()))) if value is None else value
            self._values[low] = known
        return known

    def parameter_start(self, name: str, day: date) -> date | None:
        return self._timelines[name].start_at(day)

    def no_parameters(self) -> dict[str, Any]:
        return {name: Unknown(Reason("no parameter", (name, "?"))) for name in self._timelines}

    # --- documents --------------------------------------------------------------------------------------

    def add(self, document: Document) -> None:
        self.by_kind[document.kind].append(document)
        self.owners[id(document.record)] = document
        if document.key:
            index = self.index[document.kind]
            known = index.get(document.key)
            index[document.key] = document if known is None else AMBIGUOUS

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
        return any(d.is_broken(record, field) for d in self.broken_documents)

    @property
    def broken_documents(self) -> list[Document]:
        return [d for documents in self.by_kind.values() for d in documents if d.marks]


def in_force(rule: Rule, version: Version) -> tuple[date, date]:
    """The first day of a version, and the first day on which it no longer is in force."""
    later = [v.start for v in rule.versions if v.start > version.start]
    return version.start, min(later, default=FOREVER)
