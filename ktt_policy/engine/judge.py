"""Judges items and groups with the interpreter: the reference, for every document and every outcome.

An item is what `for_each` yields (the document itself without one). Each version of a rule enumerates its own
items and keeps those whose reference date lies in its days, so a document across an amendment is judged item by
item, each by the version of its own day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from msgspec.structs import replace

from ktt_policy.build.model import Iterator as ForEach
from ktt_policy.build.model import Rule, Version
from ktt_policy.documents import Document
from ktt_policy.engine.context import Context, in_force
from ktt_policy.engine.doubts import precedence
from ktt_policy.engine.verdicts import (
    Entry,
    Groups,
    Positions,
    Verdict,
    entries_of,
    group_verdict,
    ordered,
    same_items,
)
from ktt_policy.expr import typed as t
from ktt_policy.expr.interpreter import Interpreter, Lazy, Recorder
from ktt_policy.expr.typed import Checked
from ktt_policy.expr.values import Reason, Unknown, is_null
from ktt_policy.report import Outcome


class Judge:
    """Bound to a run."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.groups: dict[tuple[str, date], Groups] = {}
        self._within = {kind.name: kind.within for kind in context.data.kinds}
        # The lists that `item_names` has walked last: the next item asked for is mostly of the same document.
        self._walked: tuple[Version, Document] | None = None
        self._lists: dict[Positions, Any] = {}

    def interpreter(
        self,
        version: Version,
        names: dict[str, Any],
        parameters: dict[str, Any],
        recorder: Recorder | None = None,
    ) -> Interpreter:
        c = self.context
        scope = {"today": c.today, "run.complete": c.complete, **names}
        for let in version.lets:
            scope[let.unique] = Lazy(let.expression)
        made = Interpreter(scope, parameters, c, c.is_broken, recorder)
        if version.grouped and version.iterators:
            # Who reads a reason knows the items by their own name.
            item = version.iterators[-1].variable
            made.given["group"] = (t.Var(0, len(item), "list", 0, item), item)
        return made

    def groups_of(self, rule: Rule, version: Version) -> Groups:
        key = (rule.code, version.start)
        if key not in self.groups:
            self.groups[key] = Groups(rule, version, self.groups)
        return self.groups[key]

    # --- items ------------------------------------------------------------------------------------------

    def document(self, rule: Rule, document: Document) -> Iterator[Verdict]:
        """The verdicts on a document by one rule; items of a group rule are gathered instead."""
        living = [v for v in rule.versions if not v.repealed]
        if not living:
            yield Verdict(rule, rule.versions[-1], "not applicable", document)
            return
        begun = self._begun(document)
        last = self._undated_by(living, begun)
        for version in living:
            yield from self._version(rule, version, document, version is living[0], version is last, begun)

    def _undated_by(self, living: list[Version], begun: date) -> Version:
        """The version that tells of what has no date, as no items, or none that are known, have: the last one begun."""
        return next((v for v in reversed(living) if v.start <= begun), living[-1])

    def _begun(self, document: Document) -> date:
        """The day by which a version has begun for a document: the evaluation date, or the document's own if later."""
        try:
            own = self.context.time.dates[document.kind](document.record)
        except AttributeError:  # it states none
            own = None
        return max(own, self.context.today) if isinstance(own, date) else self.context.today

    def _version(
        self, rule: Rule, version: Version, document: Document, first: bool, last: bool, begun: date
    ) -> Iterator[Verdict]:
        start, end = in_force(rule, version)
        root = {rule.kind: document.record}
        for positions, names in self._items(version, 0, root, ()):
            if isinstance(names, Unknown) and start > begun:
                names = None  # a rule to come asks for no list
            if isinstance(names, Unknown):
                if version.grouped:
                    unknown = (None,) * len(version.group_by)
                    self._doubt(rule, version, document, positions, unknown, names.reason)
                if last:
                    yield Verdict(rule, version, "undecided", document, positions, None, names.reason)
                continue
            if names is None:
                if last:
                    yield Verdict(rule, version, "not applicable", document, positions)
                continue
            yield from self._dated(rule, version, document, positions, names, (start, end), first, last)

    def _items(
        self, version: Version, depth: int, names: dict[str, Any], positions: Positions
    ) -> Iterator[tuple[Positions, dict[str, Any] | Unknown | None]]:
        """Positions and names of each item; None for an empty or null list, Unknown for an absent one."""
        if depth == len(version.iterators):
            yield positions, names
            return
        iterator = version.iterators[depth]
        domain = self._domain(version, iterator, names)
        if isinstance(domain, Unknown):
            yield positions, domain
        elif not domain:
            yield positions, None
        else:
            for index, item in enumerate(domain):
                yield from self._items(version, depth + 1, {**names, iterator.variable: item}, (*positions, index))

    def _domain(self, version: Version, iterator: ForEach, names: dict[str, Any]) -> Any:
        """The list that an iterator walks; Unknown where it reads a parameter and its items have no date."""
        parameters = self.context.time.no_parameters
        if iterator.dated:
            day = self._day(version, names)
            if isinstance(day, Reason):
                return Unknown(day)
            parameters = self.context.time.parameters_at(max(day, self.context.time.first_edition))
        return self.interpreter(version, dict(names), parameters).run(iterator.domain)

    def _day(self, version: Version, names: dict[str, Any]) -> date | Reason:
        """The reference date of an item, or why it has none."""
        assert version.date is not None
        day = self.interpreter(version, dict(names), self.context.time.no_parameters).run(version.date)
        if is_null(day):
            return day.reason if isinstance(day, Unknown) else Reason("no date", (version.date.text,))
        assert isinstance(day, date)
        return day

    def _dated(
        self, rule: Rule, version: Version, document: Document, positions: Positions, names: dict[str, Any],
        days: tuple[date, date], first: bool, last: bool,
    ) -> Iterator[Verdict]:  # fmt: skip
        if version.group_date is not None:
            yield from self._gather(rule, version, document, positions, names, None)
            return
        context = self.context
        day = self._day(version, names)
        if isinstance(day, Reason):
            if version.grouped:
                self._gather_undated(rule, version, document, positions, names, day)
            if last:
                yield Verdict(rule, version, "undecided", document, positions, None, day)
            return
        start, end = days
        if day < context.time.first_edition:
            if first:
                early = Reason("no edition", (day.isoformat(),))
                yield Verdict(rule, version, "undecided", document, positions, day, early)
            return
        if not start <= day <= end:
            if self._says_none(rule, version, day):
                yield Verdict(rule, version, "not applicable", document, positions, day)
            return
        if version.grouped:
            yield from self._gather(rule, version, document, positions, names, day)
            return
        interpreter = self.interpreter(version, dict(names), context.time.parameters_at(day))
        outcome, reason = self.verdict(version, interpreter)
        yield Verdict(rule, version, outcome, document, positions, day, reason)

    def _says_none(self, rule: Rule, version: Version, day: date) -> bool:
        """On a day outside of a version's: True where none is in force, and this is the version to say so. That is the
        first one before the rule began, and the one before a repeal."""
        if day < version.start:
            return version is next(v for v in rule.versions if not v.repealed)
        begun = [v for v in rule.versions if v.start <= day]
        return begun[-1].repealed and version is next(v for v in reversed(begun) if not v.repealed)

    def days(self, rule: Rule, document: Document) -> list[date]:
        """The reference dates of the items of a document, as far as they are known."""
        found = []
        for version in rule.versions:
            if version.repealed or version.date is None:
                continue
            for _, names in self._items(version, 0, {rule.kind: document.record}, ()):
                if isinstance(names, dict):
                    day = self._day(version, names)
                    found += [day] if isinstance(day, date) else []
        return found

    def item_again(self, rule: Rule, version: Version, document: Document, positions: Positions) -> Iterator[Verdict]:
        """The verdict on one item, by its positions: for what compiled code only tells."""
        names = self.item_names(rule, version, document, positions)
        if version.date is not None and isinstance(why := self._day(version, names), Reason):
            # Compiled code tells of one version, and an item without a date may be any's.
            living = [v for v in rule.versions if not v.repealed]
            for one in living:
                if one.grouped:
                    self._gather_undated(rule, one, document, positions, names, why)
            told = self._undated_by(living, self._begun(document))
            yield Verdict(rule, told, "undecided", document, positions, None, why)
            return
        yield from self._dated(rule, version, document, positions, names, in_force(rule, version), True, True)

    def item_names(self, rule: Rule, version: Version, document: Document, positions: Positions) -> dict[str, Any]:
        """The document and the iterators of an item, by its positions."""
        names: dict[str, Any] = {rule.kind: document.record}
        if self._walked is None or self._walked[0] is not version or self._walked[1] is not document:
            self._walked, self._lists = (version, document), {}
        for depth, (iterator, index) in enumerate(zip(version.iterators, positions, strict=False)):
            outer = positions[:depth]
            if outer not in self._lists:
                self._lists[outer] = self._domain(version, iterator, names)
            names[iterator.variable] = self._lists[outer][index]
        return names

    def item(self, rule: Rule, version: Version, document: Document, positions: Positions) -> Any:
        """An item as groups gather it, by its positions."""
        return _gathered(version, document, self.item_names(rule, version, document, positions))

    def verdict(self, version: Version, interpreter: Interpreter) -> tuple[Outcome, Reason | None]:
        """`when`, then `having`, then `require`."""
        for guard in (version.when if not version.grouped else None, version.having):
            if guard is None:
                continue
            applies = interpreter.run(guard)
            if applies is False:
                return "not applicable", None
            if applies is not True:
                return "undecided", self._why(version, applies, guard, interpreter)
        assert version.require is not None
        holds = interpreter.run(version.require)
        if holds is True:
            return "passed", None
        if holds is False:
            return "violated", None
        return "undecided", self._why(version, holds, version.require, interpreter)

    def _why(self, version: Version, value: Any, expression: Checked, interpreter: Interpreter) -> Reason:
        reason = interpreter.null_part(expression) if value is None else reason_of(value, "")
        if reason.code == "null value" and not self.context.complete and _asks_for_all(version):
            # A rule says null where documents that were not given might say otherwise.
            return Reason("not complete")
        return reason

    # --- groups -----------------------------------------------------------------------------------------

    def _gather(
        self, rule: Rule, version: Version, document: Document, positions: Positions, names: dict[str, Any],
        day: date | None,
    ) -> Iterator[Verdict]:  # fmt: skip
        context = self.context
        parameters = context.time.parameters_at(day) if day is not None else context.time.no_parameters
        interpreter = self.interpreter(version, dict(names), parameters)
        applies = interpreter.run(version.when) if version.when is not None else True
        if applies is False:
            yield Verdict(rule, version, "not applicable", document, positions, day)
            return
        keys, why = self._keys(version, interpreter)
        if why is not None:
            self._doubt(rule, version, document, positions, keys, why)
            yield Verdict(rule, version, "undecided", document, positions, day, why)
            return
        groups = self.groups_of(rule, version)
        key = _key(version, document, keys)
        item = _gathered(version, document, names)
        gathered: Any = groups.table.setdefault(key, [])
        gathered += (item, document, positions, day)
        if applies is not True:
            assert version.when is not None
            found = document.number, positions, reason_of(applies, version.when.text)
            groups.undecided[key] = min(found, groups.undecided.get(key, found), key=precedence)

    def _gather_undated(
        self, rule: Rule, version: Version, document: Document, positions: Positions, names: dict[str, Any],
        why: Reason,
    ) -> None:  # fmt: skip
        """An item without a date leaves its group undecided."""
        interpreter = self.interpreter(version, dict(names), self.context.time.no_parameters)
        if version.when is None or interpreter.run(version.when) is not False:
            self._doubt(rule, version, document, positions, self._keys(version, interpreter)[0], why)

    def _keys(self, version: Version, interpreter: Interpreter) -> tuple[tuple[Any, ...], Reason | None]:
        """The keys of an item's group, None for each that is null, and why the first of these is."""
        keys: list[Any] = []
        why = None
        for name, expression in version.group_by:
            value = interpreter.run(expression)
            if is_null(value):
                why = why or reason_of(value, f"{name}: {expression.text}")
                value = None
            keys.append(value)
        return tuple(keys), why

    def _doubt(
        self, rule: Rule, version: Version, document: Document, positions: Positions, keys: tuple[Any, ...],
        why: Reason,
    ) -> None:  # fmt: skip
        of = (rule.code, version.start)
        if version.run:
            why = replace(why, document=document.key or document.file)
        self.context.doubts.add(of, _key(version, document, keys), (document.number, positions, why))

    def group(self, groups: Groups, key: tuple[Any, ...]) -> Verdict | None:
        """The verdict on a group; None when it is another version's, or holds context items only."""
        rule, version = groups.rule, groups.version
        entries = ordered(entries_of(groups.table[key]))
        if not any(e.document.judged for e in entries):
            return None
        keys = key[: len(version.group_by)]

        def made(outcome: Outcome, day: date | None, reason: Reason | None = None) -> Verdict:
            return self.of_group(groups, keys, entries, outcome, day, reason)

        day = self.group_day(version, keys, entries)
        if isinstance(day, Reason):
            return made("undecided", None, day)
        if version.group_date is not None:
            day = self._latest(groups, key, day)
            start, end = in_force(rule, version)
            if day < self.context.time.first_edition:
                first = rule.versions[0].start == version.start
                return made("undecided", day, Reason("no edition", (day.isoformat(),))) if first else None
            if not start <= day <= end:
                return made("not applicable", day) if self._says_none(rule, version, day) else None
        if key in groups.undecided:
            return made("undecided", day, groups.undecided[key][2])
        doubt = self.context.doubts.about((rule.code, version.start), key)
        if doubt is not None and doubt[1]:
            return made("undecided", day, doubt[0])
        interpreter = self.interpreter(
            version, self.group_names(version, keys, entries), self.context.time.parameters_at(day)
        )
        outcome, reason = self.verdict(version, interpreter)
        if doubt is not None and outcome != "violated":
            return made("undecided", day, doubt[0])
        return made(outcome, day, reason)

    def of_group(
        self, groups: Groups, keys: tuple[Any, ...], entries: list[Entry], outcome: Outcome, day: date | None,
        reason: Reason | None = None,
    ) -> Verdict:  # fmt: skip
        dated = partial(self.group_day, groups.version, keys)
        return group_verdict(groups, keys, entries, outcome, day, reason, dated, self._within)

    def _latest(self, groups: Groups, key: tuple[Any, ...], day: date) -> date:
        """The latest date that any version gives the group of a key, where they differ in the items that they gather:
        one of them judges it all the same, and only one."""
        for version in groups.rule.versions:
            others = groups.all.get((groups.rule.code, version.start))
            if version.group_date is None or others is None or key not in others.table:
                continue
            if not same_items(others.table[key], groups.table[key]):
                entries = ordered(entries_of(others.table[key]))
                found = self.group_day(version, key[: len(version.group_by)], entries)
                day = max(day, found) if isinstance(found, date) else day
        return day

    def group_names(self, version: Version, keys: tuple[Any, ...], entries: list[Entry]) -> dict[str, Any]:
        names = {name: value for (name, _), value in zip(version.group_by, keys, strict=True)}
        return {**names, "group": [e.item for e in entries]}

    def group_day(self, version: Version, keys: tuple[Any, ...], entries: list[Entry]) -> date | Reason:
        """The date whose parameters apply to a group: `group_date`, or that of its last item."""
        if version.group_date is None:
            return max((e.day for e in entries if e.day is not None), default=date.min)
        names = self.group_names(version, keys, entries)
        day = self.interpreter(version, names, self.context.time.no_parameters).run(version.group_date)
        return day if isinstance(day, date) else reason_of(day, version.group_date.text)


def _key(version: Version, document: Document, keys: tuple[Any, ...]) -> tuple[Any, ...]:
    """The key of a group in the table: without `scope: run`, each document has its own."""
    return keys if version.run else (*keys, id(document))


def _gathered(version: Version, document: Document, names: dict[str, Any]) -> Any:
    """What a group keeps of an item: what is iterated over, several as a context, else the document itself."""
    if len(version.iterators) == 1:
        return names[version.iterators[0].variable]
    return {i.variable: names[i.variable] for i in version.iterators} or document.record


def _asks_for_all(version: Version) -> bool:
    """True where the rule asks whether all documents were given."""
    nodes = (node for written in version.expressions for node in t.walk(written.checked.tree))
    return any(isinstance(node, t.Var) and node.name == "run.complete" for node in nodes)


def reason_of(value: Any, text: str) -> Reason:
    if isinstance(value, Unknown):
        return value.reason
    return Reason("null value", (" ".join(text.split()),))
