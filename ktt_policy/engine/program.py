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
        """The code for documents of a kind on a day; for context documents only what gathers groups."""
        low, high = self.time.stretch(day)
        known = self._stretches.get((kind, low, judged))
        if known is not None:
            return known
        units: dict[Any, list[fusion.Chosen]] = {}
        absent = []
        for rule in self.fused[kind]:
            begun = [v for v in rule.versions if v.start <= day]
            if not begun or begun[-1].repealed:
                absent.append(rule)
                continue
            version = begun[-1]
            if judged or (version.grouped and version.run):
                chosen = fusion.Chosen(self.numbers[rule.code, version.start], rule, version)
                units.setdefault(fusion.fusion_key(version), []).append(chosen)
        parameters = self.time.parameters_at(day)
        made = tuple(fusion.compile_unit(kind, c, parameters, (low, high), self.kinds) for c in units.values())
        result = self._stretches[kind, low, judged] = Stretch((low, high), made, tuple(absent))
        return result

    def groups(self, rule: Rule, version: Version, day: date) -> Callable[..., tuple[int, int]]:
        """The code for a version's groups with the parameters of a day."""
        days = self.time.stretch(day)
        key = (rule.code, version.start, days[0])
        if key not in self._groups:
            parameters = self.time.parameters_at(day)
            self._groups[key] = fusion.compile_groups(version, parameters, days, self.kinds)
        return self._groups[key]
