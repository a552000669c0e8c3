"""A rulebook's compiled rules, stretch by stretch of dates, made when first needed and kept for later runs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ktt_policy.build.model import Rule, Version
from ktt_policy.engine import fusion
from ktt_policy.engine.compiled import Compiled
from ktt_policy.engine.context import Timeframe
from ktt_policy.engine.grouping import Gathered, JudgeGroups, compile_groups
from ktt_policy.expr import typed

if TYPE_CHECKING:
    from ktt_policy.engine.run import Run


class Stretch(Struct, frozen=True):
    """What judges one kind of document by the rules in force from one day to another. `absent`: rules with none, or
    with one that gathers nothing of context documents while others do; `apart`: these, and those that are left to the
    interpreter."""

    days: tuple[date, date]
    loops: fusion.Loops
    absent: tuple[Rule, ...]
    apart: tuple[Rule, ...]


class Closing(Struct, frozen=True):
    """What judges the groups of a run: `grouping.compile_groups` of the versions of these numbers."""

    judge: JudgeGroups
    numbers: tuple[int, ...]


class Program:
    """`versions` numbers the versions of all rules; rules in `careful` are left to the interpreter."""

    def __init__(self, time: Timeframe) -> None:
        self.time = time
        self.kinds = time.kinds
        self.versions: list[tuple[Rule, Version]] = []
        self.numbers: dict[tuple[str, date], int] = {}
        self.fused: dict[str, list[Rule]] = {kind: [] for kind in self.kinds}
        self.careful: dict[str, list[Rule]] = {kind: [] for kind in self.kinds}
        for rule in time.rules:
            living = [v for v in rule.versions if not v.repealed]
            steady = len({fusion.fusion_key(v) for v in living}) <= 1
            # With `group_date` every version gathers all items, and only then is it known whose the group is.
            whole = len(living) == 1 or not any(v.group_date is not None for v in living)
            fit = bool(living) and steady and whole and all(fusion.fusible(v) for v in living)
            (self.fused if fit else self.careful)[rule.kind].append(rule)
            for version in living:
                self.numbers[rule.code, version.start] = len(self.versions)
                self.versions.append((rule, version))
        self.reads = [version.parameters for _, version in self.versions]
        self._sections: dict[Any, fusion.Section] = {}
        self._rests: dict[Any, fusion.Loops] = {}
        self._stretches: dict[tuple[str, date, bool], Stretch] = {}
        self.latest: dict[tuple[str, bool], Stretch] = {}  # asked for last, by kind and `judged`: mostly the next too
        self._groups: dict[Any, JudgeGroups] = {}
        self._closings: dict[frozenset[date], Closing] = {}
        nodes = [
            node
            for _, version in self.versions
            for written in version.expressions
            for node in typed.walk(written.checked.tree)
        ]
        self.none = ((),) * len(self.kinds)  # all documents of each kind, for rules that do not ask for them
        self.needs_all = any(isinstance(node, typed.Documents) for node in nodes)
        self.grouped = [n for n, (_, version) in enumerate(self.versions) if version.grouped]
        # By number, the other versions that may have gathered the same group, of which one judges it.
        self.rivals = {
            n: [other for other in self.grouped if other != n and self.versions[other][0] is self.versions[n][0]]
            for n in self.grouped
            if self.versions[n][1].group_date is not None
        }

    def judging(self, run: Run) -> Compiled:
        """What judges a run by this program."""
        return Compiled(run, self)

    def stretch(self, kind: str, day: date, judged: bool) -> Stretch:
        """The code for documents of a kind on a day; for context documents only what gathers groups.

        Rules are fused when they judge the same items by the same date and stay the same over the same days, so that
        a change of one parameter touches the loop of its own rules only.
        """
        low = self.time.stretch(day)[0]
        if (kind, low, judged) not in self._stretches:
            self._stretches[kind, low, judged] = self._stretch(kind, day, judged)
        found = self.latest[kind, judged] = self._stretches[kind, low, judged]
        return found

    def _stretch(self, kind: str, day: date, judged: bool) -> Stretch:
        chosen: dict[Any, list[fusion.Chosen]] = {}
        absent = []
        for rule in self.fused[kind]:
            version = rule.at(day)
            if version is None:
                absent.append(rule)
                continue
            if judged or (version.grouped and version.run):
                number = self.numbers[rule.code, version.start]
                one = fusion.Chosen(number, rule, version)
                chosen.setdefault((fusion.fusion_key(version), self._steady(number, day)), []).append(one)
            elif any(v.grouped and v.run for v in rule.versions):
                absent.append(rule)  # items of other days may be another version's, which gathers them
        sections = []
        for (_, days), together in chosen.items():
            made = fusion.Section(tuple(together), days)
            sections.append(self._sections.setdefault((tuple(c.number for c in together), days), made))
        loops = fusion.compile_loops(kind, sections, self.time.parameters_at(day), self.kinds)
        return Stretch(self.time.stretch(day), loops, tuple(absent), (*self.careful[kind], *absent))

    def rest(self, kind: str, stretch: Stretch, done: set[int]) -> fusion.Loops | None:
        """The code for what other stretches have left over: the sections whose ids are not in `done`."""
        sections = [s for s in stretch.loops.sections if id(s) not in done]
        if not sections:
            return None
        key = tuple(id(s) for s in sections)
        if key not in self._rests:
            parameters = self.time.parameters_at(stretch.days[0])
            self._rests[key] = fusion.compile_loops(kind, sections, parameters, self.kinds, rest=True)
        return self._rests[key]

    def groups(self, number: int, day: date) -> JudgeGroups:
        """The code for a version's groups with the parameters of a day: the same one for all days that it serves."""
        steady = (number, self._steady(number, day))
        if steady not in self._groups:
            self._groups[steady] = compile_groups([self._gathered(number, day)], self.kinds)
        return self._groups[steady]

    def closing(self, used: frozenset[date]) -> Closing:
        """One code for the groups of all versions that stay the same over the days of a run.

        Where a group has a date of its own, the last day is as good to begin with as any.
        """
        known = self._closings.get(used)
        if known is None:
            last = max(used)
            numbers = [
                n for n in self.grouped
                if self.versions[n][1].group_date is not None or len({self._steady(n, day) for day in used}) == 1
            ]  # fmt: skip
            judge = compile_groups([self._gathered(n, last) for n in numbers], self.kinds)
            known = self._closings[used] = Closing(judge, tuple(numbers))
        return known

    def _steady(self, number: int, day: date) -> tuple[date, date]:
        rule, version = self.versions[number]
        return self.time.steady(rule, version, self.reads[number], day)

    def _gathered(self, number: int, day: date) -> Gathered:
        version = self.versions[number][1]
        return Gathered(number, version, self._steady(number, day), self.time.parameters_at(day))
