"""Judges sound documents with compiled rules, and hands over to the interpreter what is out of the common way.

What the generated code cannot know (a date before the first edition, a record that broke its schema, a number out
of range) makes it raise or tell; then the document, or the item, is judged again by the reference.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from ktt_policy.build.model import Rule, Version
from ktt_policy.documents import Document
from ktt_policy.engine import program as g
from ktt_policy.engine.context import AMBIGUOUS
from ktt_policy.engine.judge import Groups

if TYPE_CHECKING:
    from ktt_policy.engine.run import Run


class BrokenRecord:
    """Stands for a related document that broke its schema: reading any field raises, and the reference decides."""


BROKEN = BrokenRecord()


class Stretch:
    """The units of one kind of document over one stretch of dates."""

    def __init__(self, days: tuple[date, date], units: list[g.Unit], absent: list[Rule]) -> None:
        self.days = days
        self.units = units
        self.absent = absent


class Compiled:
    """Bound to a run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.context = run.context
        self.kinds = [kind.name for kind in run.data.kinds]
        self.versions: list[tuple[Rule, Version]] = []
        self.numbers: dict[tuple[str, date], int] = {}
        self.careful: dict[str, list[Rule]] = {kind: [] for kind in self.kinds}
        self.fused: dict[str, list[Rule]] = {kind: [] for kind in self.kinds}
        for rule in run.rules:
            living = [v for v in rule.versions if not v.repealed]
            steady = len({g.fusion_key(v) for v in living}) <= 1
            fit = bool(living) and steady and all(g.fusible(v) for v in living)
            (self.fused if fit else self.careful)[rule.kind].append(rule)
            for version in living:
                self.numbers[rule.code, version.start] = len(self.versions)
                self.versions.append((rule, version))
        count = len(self.versions)
        self.na, self.total, self.told = [0] * count, [0] * count, [0] * count
        self.groups: list[dict[Any, Any]] = [
            run.judge.groups_of(rule, version).entries if version.grouped else {} for rule, version in self.versions
        ]
        self.stretches: dict[tuple[str, date, bool], Stretch] = {}
        self.latest: dict[str, date] = {}
        self.group_code: dict[Any, Any] = {}
        self.environment = self._environment()

    def _environment(self) -> tuple[Any, ...]:
        lookups = []
        for kind in self.kinds:
            index = {}
            for key, document in self.context.index[kind].items():
                sound = document is not AMBIGUOUS and document.sound
                index[key] = UNSET if document is AMBIGUOUS else document.record if sound else BROKEN
            lookups.append(index.get)
        every = [self.context.every(kind) for kind in self.kinds]
        missing = None if self.context.complete else UNSET
        return (self.context.today, self.context.complete, missing, *lookups, *every)

    def stretch(self, kind: str, day: date, judged: bool) -> Stretch:
        low, high = self.context.stretch(day)
        known = self.stretches.get((kind, low, judged))
        if known is not None:
            return known
        units: dict[Any, list[g.Chosen]] = {}
        absent = []
        for rule in self.fused[kind]:
            version = None
            for one in rule.versions:
                if one.start <= day:
                    version = one
            if version is None or version.repealed:
                absent.append(rule)
                continue
            if judged or (version.grouped and version.run):
                number = self.numbers[rule.code, version.start]
                units.setdefault(g.fusion_key(version), []).append(g.Chosen(number, rule, version))
        parameters = self.context.parameters_at(day)
        made = [g.compile_unit(kind, chosen, parameters, (low, high), self.kinds) for chosen in units.values()]
        result = self.stretches[kind, low, judged] = Stretch((low, high), made, absent)
        return result

    # --- documents --------------------------------------------------------------------------------------

    def judge(self, document: Document) -> bool:
        """Judge a sound document; False when the interpreter must do it whole."""
        kind, judged = document.kind, document.judged
        sink: list[tuple[int, int, tuple[int, ...]]] = []
        later: set[date] = set()
        day = self.latest.get(kind) or self.context.today
        if day < self.context.first_edition:
            day = self.context.first_edition
        seen: set[date] = set()
        na, total = self.na[:], self.total[:]
        try:
            while True:
                stretch = self.stretch(kind, day, judged)
                if stretch.absent and judged:
                    return self._back(document, na, total)
                first = not seen
                seen.add(stretch.days[0])
                for unit in stretch.units:
                    unit.judge(
                        document.record, document, first, sink, self.na, self.total, later, self.groups,
                        *self.environment,
                    )  # fmt: skip
                days = [d for d in later if self.context.stretch(d)[0] not in seen]
                if not days:
                    break
                day = days[0]
                if day < self.context.first_edition:
                    return self._back(document, na, total)
        except Exception:
            # The reference decides; if it fails too, the run says so (see Run.judge_carefully).
            return self._back(document, na, total)
        self.latest[kind] = stretch.days[0] if stretch.days[0] > date.min else day
        self._tell(document, sink)
        for rule in self.careful[kind]:
            self.run.judge_carefully(rule, document)
        return True

    def _back(self, document: Document, na: list[int], total: list[int]) -> bool:
        """Take back what a document has left behind: it will be judged by the interpreter."""
        self.na, self.total = na, total
        for entries in self.groups:
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
            rule, version = self.versions[number]
            self.told[number] += 1
            if code == g.ABSENT:
                self.run.judge_carefully(rule, document)
                continue
            for verdict in judge.item_again(rule, version, document, positions):
                if document.judged:
                    self.run.note(verdict)

    def finish(self) -> None:
        """Add what passed or did not apply to the run's counts."""
        for number, (rule, version) in enumerate(self.versions):
            counts = self.run.counts[rule.code]
            counts["not applicable"] += self.na[number]
            if not version.grouped:
                counts["passed"] += self.total[number] - self.na[number] - self.told[number]

    # --- groups -----------------------------------------------------------------------------------------

    def judge_groups(self, groups: Groups) -> None:
        """All groups of a version; those that pass or do not apply leave a count only."""
        rule, version = groups.rule, groups.version
        keys_count = len(version.group_by)
        counts = self.run.counts[rule.code]
        broken = bool(self.context.broken_documents)
        for key, entries in groups.entries.items():
            if not any(e.document.judged for e in entries):
                continue
            if key not in groups.undecided and not (broken and any(not e.document.sound for e in entries)):
                outcome = self._outcome(rule, version, key[:keys_count], entries)
                if outcome == g.PASSED:
                    counts["passed"] += 1
                    continue
                if outcome == g.NOT_APPLICABLE:
                    counts["not applicable"] += 1
                    continue
            self.run.judge_group(groups, key)

    def _outcome(self, rule: Rule, version: Version, keys: tuple[Any, ...], entries: list[Any]) -> int | None:
        """None for the interpreter."""
        items = [e.item for e in entries]
        try:
            if version.group_date is not None:
                dated = self.group_code.get((rule.code, version.start))
                if dated is None:
                    dated = g.compile_group_date(version, self.kinds)
                    self.group_code[rule.code, version.start] = dated
                day = dated(items, *keys, *self.environment)
                if not isinstance(day, date) or not self._holds(rule, version, day):
                    return None
            else:
                day = max(e.day for e in entries)
            low = self.context.stretch(day)[0]
            code = self.group_code.get((rule.code, version.start, low))
            if code is None:
                code = g.compile_group(version, self.context.parameters_at(day), self.kinds)
                self.group_code[rule.code, version.start, low] = code
            outcome: int = code(items, *keys, *self.environment)
            return outcome
        except Exception:
            return None

    def _holds(self, rule: Rule, version: Version, day: date) -> bool:
        if day < self.context.first_edition:
            return False
        begun = [v for v in rule.versions if v.start <= day]
        return bool(begun) and begun[-1].start == version.start

