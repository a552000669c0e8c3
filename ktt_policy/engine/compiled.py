"""Judges the sound documents of a run with compiled rules, and hands over what is out of the common way.

What the generated code cannot know (a date before the first edition, a record that broke its schema, a number out
of range) makes it raise or tell; then the document, the item or the group is judged again by the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from ktt_policy.documents import Document
from ktt_policy.engine import fusion as f
from ktt_policy.engine.context import BrokenRecords
from ktt_policy.engine.grouping import JudgeGroups
from ktt_policy.engine.tally import Tally
from ktt_policy.engine.verdicts import (
    STRIDE,
    Group,
    Groups,
    Verdict,
    documents_of,
    entries_of,
    in_order,
    last_day,
    ordered,
    same_items,
)

if TYPE_CHECKING:
    from ktt_policy.engine.program import Program, Stretch
    from ktt_policy.engine.run import Run

Tables = dict[int, dict[Any, Group]]
Told = tuple[Document, int, int, tuple[int, ...], date | None]


class ForTheReferenceError(Exception):
    """The document has dates that compiled code does not judge."""


class Compiled:
    """Bound to a run."""

    def __init__(self, run: Run, program: Program) -> None:
        self.run = run
        self.context = run.context
        self.time = run.context.time
        self.program = program
        self.tally = Tally(program)
        self.passed, self.left_out = self.tally.passed, self.tally.left_out
        self.tables: Tables = {number: {} for number in program.grouped}
        self.groups: dict[int, Groups] = {}
        self.environment = self._environment()
        self.used: set[date] = set()
        # Whether items may have been gathered in another order than that of the documents given.
        self.unordered = False

    def _environment(self) -> tuple[Any, ...]:
        context, kinds = self.context, self.program.kinds
        lookups, missing = context.records.values(), None if context.complete else UNSET
        for records in lookups:
            records.missing = missing
        every: Iterable[Any] = self.program.none
        if self.program.needs_all:
            broken = {document.kind for document in context.broken}
            every = [BrokenRecords() if kind in broken else context.every(kind) for kind in kinds]
        return (context.today, context.complete, *lookups, *every)

    # --- documents --------------------------------------------------------------------------------------

    def judge(self, kind: str, documents: list[Document], judged: bool) -> list[Document]:
        """Judge sound documents of a kind; gives back those that the interpreter must judge whole."""
        left: list[Document] = []
        parts = self._by_stretch(kind, documents, judged)
        self.unordered = self.unordered or len(parts) > 1 or not judged
        for stretch, part in parts:
            self._judge_part(kind, part, judged, stretch, left)
        return left

    def _by_stretch(
        self, kind: str, documents: list[Document], judged: bool
    ) -> Collection[tuple[Stretch, list[Document]]]:
        """The documents by the stretch that the date of each lies in: most of its items are judged by its rules."""
        program, first, today = self.program, self.time.first_edition, self.context.today
        dated, latest = self.time.dates[kind], program.latest.get((kind, judged))
        if latest is not None and _all_within(documents, dated, *latest.days):
            return ((latest, documents),)
        parts: dict[date, tuple[Stretch, list[Document]]] = {}
        for document in documents:
            try:
                day = dated(document.record)
            except AttributeError:  # the date is not stated
                day = today
            if not isinstance(day, date):
                day = today
            stretch = program.stretch(kind, max(day, first), judged)
            parts.setdefault(stretch.days[0], (stretch, []))[1].append(document)
        return parts.values()

    def _judge_part(
        self, kind: str, documents: list[Document], judged: bool, stretch: Stretch, left: list[Document]
    ) -> None:
        """Judge documents of one stretch; those that the interpreter must judge are added to `left`."""
        self.used.add(stretch.days[0])
        sink: list[Told] = []
        given_up: list[Document] = []

        def other(document: Document, later: set[date]) -> None:
            self._other_days(kind, judged, document, stretch, sink, later)

        tally = self.tally if judged else Tally(self.program)
        stretch.loops.judge(
            documents, sink, given_up, other, self.tables, tally.passed, tally.left_out, *self.environment
        )
        if given_up:
            self._take_back(given_up)
            left += given_up
            for document in given_up:
                self._may_cross(document)
        if sink:
            self._tell(sink)
        # Rules that are not in force in the stretch, or not compiled: documents that cross it are in `given_up`.
        if stretch.apart:
            changing = {rule.code for rule, _ in self.run.engine.notes.changing.get(kind, ())}
            if any(rule.code in changing for rule in stretch.apart):
                for document in documents:
                    self._may_cross(document)
            skipped = {id(document) for document in given_up}
            for document in documents:
                if id(document) not in skipped:
                    for rule in stretch.apart:
                        self.run.judge_carefully(rule, document)

    def _other_days(
        self, kind: str, judged: bool, document: Document, stretch: Stretch, sink: list[Told], later: set[date]
    ) -> None:
        """Judge the items whose dates lie in other stretches; raises for what the reference must judge."""
        done = {id(section) for section in stretch.loops.sections}
        self._may_cross(document)
        # Nothing of the document is counted when one of its items turns out to be the reference's.
        tally = Tally(self.program)
        for day in sorted({self.time.stretch(day)[0]: day for day in later}.values()):
            if day < self.time.first_edition:
                raise ForTheReferenceError
            other = self.program.stretch(kind, day, judged)
            if other.absent or stretch.absent:
                raise ForTheReferenceError
            self.used.add(other.days[0])
            rest = self.program.rest(kind, other, done)
            if rest is not None:
                self.unordered = True
                done |= {id(section) for section in rest.sections}
                rest.judge(
                    (document,), sink, [], None, self.tables, tally.passed, tally.left_out, *self.environment
                )  # fmt: skip
        if judged:
            self.tally.add(tally)

    def _may_cross(self, document: Document) -> None:
        if self.run.crossing is not None:
            self.run.crossing.append(document)

    def _take_back(self, left: list[Document]) -> None:
        """Take back what documents have left behind in groups: the interpreter will judge them."""
        gone = {id(document) for document in left}
        for table in self.tables.values():
            for key in [k for k, group in table.items() if any(id(d) in gone for d in documents_of(group))]:
                group = table[key]
                kept = [at for at in range(0, len(group), STRIDE) if id(group[at + 1]) not in gone]
                table[key] = [part for at in kept for part in group[at : at + STRIDE]]
                if not kept:
                    del table[key]

    def _tell(self, sink: list[Told]) -> None:
        judge = self.run.judge
        for document, number, code, positions, day in sink:
            rule, version = self.program.versions[number]
            if not version.grouped:
                self.passed[number] -= 1
            if code == f.VIOLATED:
                self.run.note(Verdict(rule, version, "violated", document, positions, day))
            elif code == f.ABSENT:
                self.run.judge_carefully(rule, document)
            else:
                for verdict in judge.item_again(rule, version, document, positions):
                    if document.judged:
                        self.run.note(verdict)

    def finish(self) -> None:
        """Judge the groups."""
        by_reference = self.run.judge.groups
        for groups in by_reference.values():
            number = self.program.numbers[groups.rule.code, groups.version.start]
            if number in self.tables:
                table = self.tables[number]
                for key, group in groups.table.items():
                    table[key] = [*table.get(key, ()), *group]
                groups.table, self.groups[number] = table, groups
        mixed = set(self.groups)
        if self.unordered or mixed:
            self._order()
        done = self._together() if not by_reference and self._is_plain() else ()
        for number, table in self.tables.items():
            if number not in done and (table or number in mixed):
                self._judge_groups(number, number in mixed)

    def _order(self) -> None:
        """Bring the items of each group into the order of the documents given, which `group[1]` goes by."""
        for table in self.tables.values():
            for key, group in table.items():
                if isinstance(group, list):
                    table[key] = in_order(group, self._number)

    _number: Callable[[Any], int] = staticmethod(attrgetter("number"))

    def _is_plain(self) -> bool:
        """True when no group needs caution."""
        return not (self.context.broken or self.run.has_context or self.context.doubts)

    # --- groups -----------------------------------------------------------------------------------------

    def _groups(self, number: int) -> Groups:
        """The groups of a version as the reference wants them."""
        known = self.groups.get(number)
        if known is None:
            known = self.groups[number] = Groups(*self.program.versions[number], self.run.judge.groups)
            known.table = self.tables[number]
        return known

    def _together(self) -> tuple[int, ...]:
        """Judge the groups of all versions for which one code serves all days of the run: their numbers."""
        if not self.used:
            return ()
        used = frozenset(self.used)
        later = self._judged(lambda: self.program.closing(used).judge, self.tables, None)
        if later is None:
            return ()
        left: dict[int, dict[date, dict[Any, Group]]] = {}
        for number, day, key in later:
            left.setdefault(number, {}).setdefault(self.time.stretch(day)[0], {})[key] = self.tables[number][key]
        for number, parts in left.items():
            self._dated(number, parts, None)
        return self.program.closing(used).numbers

    def _judge_groups(self, number: int, mixed: bool) -> None:
        """All groups of a version; those that pass or do not apply leave a count only.

        `mixed`: the reference has gathered some of the items, which may be of days that compiled code did not see.
        """
        groups = self._groups(number)
        wary = self._wary(groups)
        if groups.version.group_date is not None:
            self._dated(number, {max(self.used, default=self.time.first_edition): groups.table}, wary)
        elif not mixed and len({id(self.program.groups(number, day)) for day in self.used}) == 1:
            # One code serves all days of this run.
            self._judge_table(number, next(iter(self.used)), groups.table, wary)
        else:
            for start, part in self._by_last_day(groups.table).items():
                self._judge_table(number, start, part, wary)

    def _by_last_day(self, table: dict[Any, Group]) -> dict[date, dict[Any, Group]]:
        parts: dict[date, dict[Any, Group]] = {}
        for key, group in table.items():
            parts.setdefault(self.time.stretch(last_day(group))[0], {})[key] = group
        return parts

    def _dated(self, number: int, left: dict[date, dict[Any, Group]], wary: Any) -> None:
        """Groups by `group_date`, as far as is known by the stretch that it lies in, and by those that come up."""
        groups = self._groups(number)
        while left:
            start, part = left.popitem()
            for day, key in self._judge_table(number, start, part, wary):
                begun = [v for v in groups.rule.versions if v.start <= day]
                if day < self.time.first_edition or not begun or begun[-1] is not groups.version:
                    self._by_reference(number, key)
                else:
                    left.setdefault(self.time.stretch(day)[0], {})[key] = groups.table[key]

    def _judge_table(self, number: int, start: date, table: dict[Any, Group], wary: Any) -> list[tuple[date, Any]]:
        """Some groups of a version by the code of a day; gives back those that have another date."""
        later = self._judged(lambda: self.program.groups(number, start), {number: table}, wary)
        if later is None:
            for key in table:
                self._by_reference(number, key)
            return []
        return [(day, key) for _, day, key in later]

    def _judged(self, code: Callable[[], JudgeGroups], tables: Tables, wary: Any) -> list[tuple[int, date, Any]] | None:
        """Judge tables by a code; gives back what has another date. None, with nothing counted, where that raises, or
        where the code cannot be made."""
        wrong: list[tuple[int, Any]] = []
        unsure: list[tuple[int, Any]] = []
        later: list[tuple[int, date, Any]] = []
        try:
            code()(tables, wary, wrong, unsure, later, self.passed, self.left_out, *self.environment)
        except Exception:
            return None
        for number, key in wrong:
            self._violated(number, key)
        for number, key in unsure:
            self._by_reference(number, key)
        return later

    def _by_reference(self, number: int, key: Any) -> None:
        self.run.judge_group(self._groups(number), key)

    def _violated(self, number: int, key: Any) -> None:
        groups = self._groups(number)
        entries = ordered(entries_of(groups.table[key]))
        keys = key[: len(groups.version.group_by)]
        day = self.run.judge.group_day(groups.version, keys, entries)
        if isinstance(day, date):
            self.run.note(self.run.judge.of_group(groups, keys, entries, "violated", day))
        else:
            self._by_reference(number, key)

    def _wary(self, groups: Groups) -> Any:
        """What compiled code must not judge: groups of context items, of broken records, undecided ones."""
        broken, mixed, doubts = bool(self.context.broken), self.run.has_context, self.context.doubts
        of = (groups.rule.code, groups.version.start)
        rivals = self._rivals(groups)
        if not (broken or mixed or doubts or groups.undecided or rivals):
            return None

        def wary(key: Any, group: Group) -> int:
            if mixed and not any(document.judged for document in documents_of(group)):
                return 1
            if key in groups.undecided or (broken and any(document.faults for document in documents_of(group))):
                return 2
            if doubts and doubts.about(of, key) is not None:
                return 2
            return 2 if contested(key, group, rivals) else 0

        return wary

    def _rivals(self, groups: Groups) -> list[dict[Any, Group]]:
        """What other versions have gathered of which one judges a group."""
        number = self.program.numbers[groups.rule.code, groups.version.start]
        return [self.tables[other] for other in self.program.rivals.get(number, ()) if self.tables[other]]


def contested(key: Any, group: Group, rivals: list[dict[Any, Group]]) -> bool:
    """True where another version has gathered other items under the key: the reference finds whose the group is."""
    return any(key in table and not same_items(table[key], group) for table in rivals)


def _all_within(documents: list[Document], dated: Callable[[Any], Any], low: date, high: date) -> bool:
    """True where the date of each document is stated and lies in these days."""
    try:
        for document in documents:
            if not low <= dated(document.record) <= high:
                return False
    except (AttributeError, TypeError):
        return False
    return True
