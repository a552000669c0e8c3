"""Judges the sound documents of a run with compiled rules, and hands over what is out of the common way.

What the generated code cannot know (a date before the first edition, a record that broke its schema, a number out
of range) makes it raise or tell; then the document, or the item, is judged again by the reference.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from ktt_policy.build.model import Rule, Version
from ktt_policy.documents import Document
from ktt_policy.engine import fusion as f
from ktt_policy.engine.context import AMBIGUOUS
from ktt_policy.engine.judge import Groups
from ktt_policy.engine.program import Program

if TYPE_CHECKING:
    from ktt_policy.engine.run import Run


class BrokenRecord:
    """Stands for a related document that broke its schema: reading any field raises, and the reference decides."""


BROKEN = BrokenRecord()


class Compiled:
    """Bound to a run."""

    def __init__(self, run: Run, program: Program) -> None:
        self.run = run
        self.context = run.context
        self.time = run.context.time
        self.program = program
        count = len(program.versions)
        self.na, self.total, self.told = [0] * count, [0] * count, [0] * count
        self.groups = [
            run.judge.groups_of(rule, version).entries if version.grouped else None
            for rule, version in program.versions
        ]
        self.environment = self._environment()

    def _environment(self) -> tuple[Any, ...]:
        lookups = []
        for kind in self.program.kinds:
            index: dict[str, Any] = {}
            for key, document in self.context.index[kind].items():
                if document is AMBIGUOUS:
                    index[key] = UNSET
                else:
                    index[key] = BROKEN if document.faults else document.record
            lookups.append(index.get)
        every = [self.context.every(kind) for kind in self.program.kinds]
        missing = None if self.context.complete else UNSET
        return (self.context.today, self.context.complete, missing, *lookups, *every)

    # --- documents --------------------------------------------------------------------------------------

    def judge(self, document: Document) -> bool:
        """Judge a sound document; False when the interpreter must do it whole."""
        kind, judged, program = document.kind, document.judged, self.program
        sink: list[tuple[int, int, tuple[int, ...]]] = []
        later: set[date] = set()
        day = program.latest.get(kind, self.context.today)
        if day < self.time.first_edition:
            day = self.time.first_edition
        seen: list[date] = []
        na, total = self.na[:], self.total[:]
        try:
            while True:
                stretch = program.stretch(kind, day, judged)
                if stretch.absent and judged:
                    return self._back(document, na, total)
                for unit in stretch.units:
                    unit.judge(
                        document.record, document, not seen, sink, self.na, self.total, later, self.groups,
                        *self.environment,
                    )  # fmt: skip
                seen.append(stretch.days[0])
                if not later:
                    break
                days = [d for d in later if self.time.stretch(d)[0] not in seen]
                if not days:
                    break
                day = days[0]
                if day < self.time.first_edition:
                    return self._back(document, na, total)
        except Exception:
            # The reference decides; if it fails too, the run says so (see Run.judge_carefully).
            return self._back(document, na, total)
        program.latest[kind] = day
        if sink:
            self._tell(document, sink)
        for rule in program.careful[kind]:
            self.run.judge_carefully(rule, document)
        return True

    def _back(self, document: Document, na: list[int], total: list[int]) -> bool:
        """Take back what a document has left behind: it will be judged by the interpreter."""
        self.na, self.total = na, total
        for entries in self.groups:
            if entries is None:
                continue
            for key in [k for k, es in entries.items() if es[-1].document is document]:
                left = [e for e in entries[key] if e.document is not document]
                if left:
                    entries[key] = left
                else:
                    del entries[key]
        return False

    def _tell(self, document: Document, sink: list[tuple[int, int, tuple[int, ...]]]) -> None:
        judge = self.run.judge
        for number, code, positions in sink:
            rule, version = self.program.versions[number]
            self.told[number] += 1
            if code == f.ABSENT:
                self.run.judge_carefully(rule, document)
                continue
            for verdict in judge.item_again(rule, version, document, positions):
                if document.judged:
                    self.run.note(verdict)

    def finish(self) -> None:
        """Add what passed or did not apply to the run's counts."""
        for number, (rule, version) in enumerate(self.program.versions):
            counts = self.run.counts[rule.code]
            counts["not applicable"] += self.na[number]
            if not version.grouped:
                counts["passed"] += self.total[number] - self.na[number] - self.told[number]

    # --- groups -----------------------------------------------------------------------------------------

    def judge_groups(self, groups: Groups) -> None:
        """All groups of a version; those that pass or do not apply leave a count only."""
        rule, version = groups.rule, groups.version
        keys_count = len(version.group_by)
        broken = bool(self.context.broken)
        passed = not_applicable = 0
        for key, entries in groups.entries.items():
            if not any(e.document.judged for e in entries):
                continue
            if key not in groups.undecided and not (broken and any(e.document.faults for e in entries)):
                outcome = self._outcome(rule, version, key[:keys_count], entries)
                if outcome == f.PASSED:
                    passed += 1
                    continue
                if outcome == f.NOT_APPLICABLE:
                    not_applicable += 1
                    continue
            self.run.judge_group(groups, key)
        counts = self.run.counts[rule.code]
        counts["passed"] += passed
        counts["not applicable"] += not_applicable

    def _outcome(self, rule: Rule, version: Version, keys: tuple[Any, ...], entries: list[Any]) -> int | None:
        """None for the interpreter."""
        items = [e.item for e in entries]
        try:
            if version.group_date is not None:
                day = self.program.group_date(rule, version)(items, *keys, *self.environment)
                if not isinstance(day, date) or not self._holds(rule, version, day):
                    return None
            else:
                day = max(e.day for e in entries)
            outcome: int = self.program.group(rule, version, day)(items, *keys, *self.environment)
            return outcome
        except Exception:
            return None

    def _holds(self, rule: Rule, version: Version, day: date) -> bool:
        if day < self.time.first_edition:
            return False
        begun = [v for v in rule.versions if v.start <= day]
        return bool(begun) and begun[-1].start == version.start
