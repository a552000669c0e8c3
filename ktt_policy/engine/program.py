"""A rulebook's compiled rules, stretch by stretch of dates, made when first needed and kept for later runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import Rule, Version
from ktt_policy.engine import fusion
from ktt_policy.engine.context import Timeframe
from ktt_policy.expr import typed


class Stretch(Struct, frozen=True):
    """What judges one kind of document by the rules in force over some days. `absent`: rules with none."""

    days: tuple[date, date]
    units: tuple[fusion.Unit, ...]
    absent: tuple[Rule, ...]


class Program:
    """`versions` numbers the versions of all rules; rules in `careful` are left to the interpreter."""

    def __init__(self, time: Timeframe) -> None:
        self.time = time
        self.kinds = [kind.name for kind in time.data.kinds]
        self.versions: list[tuple[Rule, Version]] = []
        self.numbers: dict[tuple[str, date], int] = {}
        self.fused: dict[str, list[Rule]] = {kind: [] for kind in self.kinds}
        self.careful: dict[str, list[Rule]] = {kind: [] for kind in self.kinds}
        for rule in time.rules:
            living = [v for v in rule.versions if not v.repealed]
            steady = len({fusion.fusion_key(v) for v in living}) <= 1
            fit = bool(living) and steady and all(fusion.fusible(v) for v in living)
            (self.fused if fit else self.careful)[rule.kind].append(rule)
            for version in living:
                self.numbers[rule.code, version.start] = len(self.versions)
                self.versions.append((rule, version))
        self.reads = {(rule.code, version.start): parameters_of(version) for rule, version in self.versions}
        self._units: dict[Any, fusion.Unit] = {}
        self._stretches: dict[tuple[str, date, bool], Stretch] = {}
        self._groups: dict[tuple[str, date, date], Callable[..., Any]] = {}
        self.latest: dict[str, date] = {}
        self.needs_all = any(
            isinstance(node, typed.Documents)
            for _, version in self.versions
            for expression in (version.when, version.having, version.require, *(let.expression for let in version.lets))
            if expression is not None
            for node in typed.walk(expression.tree)
        )

    def stretch(self, kind: str, day: date, judged: bool) -> Stretch:
        """The code for documents of a kind on a day; for context documents only what gathers groups.

        Rules are fused when they judge the same items by the same date and stay the same over the same days, so that
        a change of one parameter touches the loop of its own rules only.
        """
        low, high = self.time.stretch(day)
        known = self._stretches.get((kind, low, judged))
        if known is not None:
            return known
        chosen: dict[Any, list[fusion.Chosen]] = {}
        absent = []
        for rule in self.fused[kind]:
            begun = [v for v in rule.versions if v.start <= day]
            if not begun or begun[-1].repealed:
                absent.append(rule)
                continue
            version = begun[-1]
            if judged or (version.grouped and version.run):
                days = self.time.steady(rule, version, self.reads[rule.code, version.start], day)
                one = fusion.Chosen(self.numbers[rule.code, version.start], rule, version)
                chosen.setdefault((fusion.fusion_key(version), days), []).append(one)
        units = tuple(self._unit(kind, cs, days, day) for (_, days), cs in chosen.items())
        result = self._stretches[kind, low, judged] = Stretch((low, high), units, tuple(absent))
        return result

    def _unit(self, kind: str, chosen: list[fusion.Chosen], days: tuple[date, date], day: date) -> fusion.Unit:
        key = (tuple(c.number for c in chosen), days)
        if key not in self._units:
            parameters = self.time.parameters_at(day)
            self._units[key] = fusion.compile_unit(kind, chosen, parameters, days, self.kinds)
        return self._units[key]

    def days(self, rule: Rule, version: Version, day: date) -> tuple[date, date]:
        """The days around one over which one code serves the version's groups."""
        return self.time.steady(rule, version, self.reads[rule.code, version.start], day)

    def groups(self, rule: Rule, version: Version, day: date) -> Callable[..., tuple[int, int]]:
        """The code for a version's groups with the parameters of a day."""
        low = self.time.stretch(day)[0]
        known = self._groups.get((rule.code, version.start, low))
        if known is None:
            days = self.days(rule, version, day)
            key = (rule.code, version.start, days[0])
            if key not in self._groups:
                parameters = self.time.parameters_at(day)
                self._groups[key] = fusion.compile_groups(version, parameters, days, self.kinds)
            known = self._groups[rule.code, version.start, low] = self._groups[key]
        return known


def parameters_of(version: Version) -> frozenset[str]:
    """The parameters that judging by a version reads."""
    expressions = [e for e in (version.when, version.having, version.require) if e is not None]
    expressions += [e for _, e in version.group_by]
    expressions += [let.expression for let in version.lets]
    expressions += [i.domain for i in version.iterators]
    return frozenset(n.name for e in expressions for n in typed.walk(e.tree) if isinstance(n, typed.Param))
