"""Judges the sound documents of a run with compiled rules, and hands over what is out of the common way.

What the generated code cannot know (a date before the first edition, a record that broke its schema, a number out
of range) makes it raise or tell; then the document, the item or the group is judged again by the reference.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from ktt_policy.documents import Document
from ktt_policy.engine import fusion as f
from ktt_policy.engine.context import AMBIGUOUS
from ktt_policy.engine.judge import Group, Groups
from ktt_policy.engine.program import Program, Stretch

if TYPE_CHECKING:
    from ktt_policy.engine.run import Run

Told = list[tuple[int, int, tuple[int, ...]]]


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
        self.not_applicable: dict[int, int] = {}
        self.told: dict[int, int] = {}
        self.items: dict[int, tuple[f.Unit, int]] = {}
        self.tables = [
            run.judge.groups_of(rule, version).table if version.grouped else None for rule, version in program.versions
        ]
        self.environment = self._environment()
        self.used: set[date] = set()

    def _environment(self) -> tuple[Any, ...]:
        context, kinds = self.context, self.program.kinds
        lookups = []
        for kind in kinds:
            index = {
                key: UNSET if d is AMBIGUOUS else BROKEN if d.faults else d.record
                for key, d in context.index[kind].items()
            }
            lookups.append(index.get)
        every = [context.every(kind) if self.program.needs_all else () for kind in kinds]
        return (context.today, context.complete, None if context.complete else UNSET, *lookups, *every)

    # --- documents --------------------------------------------------------------------------------------

    def judge(self, kind: str, documents: list[Document], judged: bool) -> list[Document]:
        """Judge sound documents of a kind; gives back those that the interpreter must judge whole."""
        program, environment, tables = self.program, self.environment, self.tables
        sink: Told = []
        pending: list[tuple[int, int]] = []
        later: set[date] = set()
        left: list[Document] = []
        day = max(program.latest.get(kind, self.context.today), self.time.first_edition)
        stretch = program.stretch(kind, day, judged)
        careful = program.careful[kind]
        if stretch.absent and judged:
            return documents
        self.used.add(stretch.days[0])
        units = stretch.units
        counts = [0] * len(units)
        for document in documents:
            record = document.record
            try:
                done = [
                    unit.judge(record, document, True, sink, pending, later, tables, *environment) for unit in units
                ]
                more = self._other_days(kind, judged, document, stretch, sink, pending, later) if later else []
            except Exception:
                # The reference decides; if it fails too, the run says so (see Run.judge_carefully).
                more, done = None, []
            if more is None:
                self._take_back(document)
                left.append(document)
            else:
                for index, count in enumerate(done):
                    counts[index] += count
                for unit, count in more:
                    self._count(unit, count)
                for number, count in pending:
                    self.not_applicable[number] = self.not_applicable.get(number, 0) + count
                if sink:
                    self._tell(document, sink)
                for rule in careful:
                    self.run.judge_carefully(rule, document)
            if sink:
                sink.clear()
            pending.clear()
            if later:
                program.latest[kind] = max(later)
                later.clear()
        for unit, count in zip(units, counts, strict=True):
            self._count(unit, count)
        return left

    def _count(self, unit: f.Unit, count: int) -> None:
        known = self.items.get(id(unit))
        self.items[id(unit)] = (unit, count + (known[1] if known else 0))

    def _other_days(
        self, kind: str, judged: bool, document: Document, stretch: Stretch, sink: Told,
        pending: list[tuple[int, int]], later: set[date],
    ) -> list[tuple[f.Unit, int]] | None:  # fmt: skip
        """Judge the items whose dates lie in other stretches; None for the interpreter."""
        done: list[tuple[f.Unit, int]] = []
        run = {id(unit) for unit in stretch.units}
        seen = {stretch.days[0]}
        while True:
            days = [d for d in later if self.time.stretch(d)[0] not in seen]
            if not days:
                return done
            if min(days) < self.time.first_edition:
                return None
            other = self.program.stretch(kind, days[0], judged)
            if other.absent and judged:
                return None
            seen.add(other.days[0])
            self.used.add(other.days[0])
            for unit in other.units:
                if id(unit) not in run:
                    run.add(id(unit))
                    count = unit.judge(
                        document.record, document, False, sink, pending, later, self.tables, *self.environment
                    )
                    done.append((unit, count))

    def _take_back(self, document: Document) -> None:
        """Take back what a document has left behind in groups: it will be judged by the interpreter."""
        for table in self.tables:
            if table is None:
                continue
            for key in [k for k, g in table.items() if g.places[-1][0] is document]:
                group = table[key]
                kept = [i for i, place in enumerate(group.places) if place[0] is not document]
                if kept:
                    table[key] = Group([group.items[i] for i in kept], [group.places[i] for i in kept])
                else:
                    del table[key]

    def _tell(self, document: Document, sink: Told) -> None:
        judge = self.run.judge
        for number, code, positions in sink:
            rule, version = self.program.versions[number]
            self.told[number] = self.told.get(number, 0) + 1
            if code == f.ABSENT:
                self.run.judge_carefully(rule, document)
                continue
            for verdict in judge.item_again(rule, version, document, positions):
                if document.judged:
                    self.run.note(verdict)

    def finish(self) -> None:
        """Add what passed or did not apply to the run's counts."""
        for number, count in self.not_applicable.items():
            self.run.counts[self.program.versions[number][0].code]["not applicable"] += count
        for unit, items in self.items.values():
            for chosen in unit.chosen:
                if not chosen.version.grouped:
                    self.run.counts[chosen.rule.code]["passed"] += items
        for counted in (self.not_applicable, self.told):
            for number, count in counted.items():
                rule, version = self.program.versions[number]
                if not version.grouped:
                    self.run.counts[rule.code]["passed"] -= count

    # --- groups -----------------------------------------------------------------------------------------

    def judge_groups(self, groups: Groups) -> None:
        """All groups of a version; those that pass or do not apply leave a count only."""
        version, table = groups.version, groups.table
        if not table:
            return
        wary = self._wary(groups)
        if version.group_date is not None:
            self._dated_later(groups, wary)
        elif len({self.program.days(groups.rule, version, day) for day in self.used}) == 1:
            # All days of this run have the same parameters, as far as this rule reads them.
            self._judge_table(groups, next(iter(self.used)), table, wary)
        else:
            for start, part in self._by_stretch(table).items():
                self._judge_table(groups, start, part, wary)

    def _by_stretch(self, table: dict[Any, Group]) -> dict[date, dict[Any, Group]]:
        parts: dict[date, dict[Any, Group]] = {}
        for key, group in table.items():
            last = max(place[2] for place in group.places if place[2] is not None)
            parts.setdefault(self.time.stretch(last)[0], {})[key] = group
        return parts

    def _dated_later(self, groups: Groups, wary: Any) -> None:
        """Groups by `group_date`: begin with one stretch, then the others that come up."""
        left: dict[date, dict[Any, Group]] = {max(self.used, default=self.time.first_edition): groups.table}
        while left:
            start, part = left.popitem()
            for day, key in self._judge_table(groups, start, part, wary):
                begun = [v for v in groups.rule.versions if v.start <= day]
                if day < self.time.first_edition or not begun or begun[-1] is not groups.version:
                    self.run.judge_group(groups, key)
                else:
                    left.setdefault(self.time.stretch(day)[0], {})[key] = groups.table[key]

    def _judge_table(self, groups: Groups, start: date, table: dict[Any, Group], wary: Any) -> list[tuple[date, Any]]:
        told: list[Any] = []
        later: list[tuple[date, Any]] = []
        try:
            code = self.program.groups(groups.rule, groups.version, start)
            passed, left_out = code(table, wary, told, later, *self.environment)
        except Exception:
            # Nothing of this table was counted yet: the reference judges all of it.
            passed, left_out, told, later = 0, 0, list(table), []
        counts = self.run.counts[groups.rule.code]
        counts["passed"] += passed
        counts["not applicable"] += left_out
        for key in told:
            self.run.judge_group(groups, key)
        return later

    def _wary(self, groups: Groups) -> Any:
        """What compiled code must not judge: groups of context items, of broken records, undecided ones."""
        broken, mixed = bool(self.context.broken), self.run.has_context
        if not (broken or mixed or groups.undecided):
            return None

        def wary(key: Any, group: Group) -> int:
            if mixed and not any(place[0].judged for place in group.places):
                return 1
            return 2 if key in groups.undecided or (broken and any(place[0].faults for place in group.places)) else 0

        return wary
