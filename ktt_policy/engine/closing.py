"""The last step of a run in shares: the groups that the shares have spilled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from ktt_policy.build.model import Rule, Version
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.documents import Document
from ktt_policy.engine.compiled import Compiled, contested
from ktt_policy.engine.judge import Judge
from ktt_policy.engine.run import Run
from ktt_policy.engine.spill import Items, Spilled
from ktt_policy.engine.stock import PLACES, Stock
from ktt_policy.engine.verdicts import Group, Groups, documents_of


class Regathered:
    """Groups that the reference gathers again, from documents that are read again: each once, however many of its
    groups are asked for."""

    def __init__(self, run: Run, stock: Stock) -> None:
        self.run = run
        self.stock = stock
        self._documents: dict[int, Document | None] = {}
        self._judges: dict[str, tuple[Judge, set[int]]] = {}

    def groups(self, rule: Rule, version: Version, numbers: Iterable[int]) -> Groups | None:
        """The groups of a version, with the items of these documents. Where one cannot be read or gathered any more,
        the run has a problem, and there may be no groups."""
        judge, gathered = self._judges.setdefault(rule.code, (Judge(self.run.context), set()))
        for number in sorted(set(numbers) - gathered):
            document = self.document(number)
            if document is None:
                return None
            gathered.add(number)
            try:
                for _ in judge.document(rule, document):
                    pass  # what is said was told by the share that the document is in
            except Exception as error:
                # Compiled code may have gathered what the reference cannot: a group without it must not pass.
                self.run.crash(rule, document, error)
        return judge.groups.get((rule.code, version.start))

    def document(self, number: int) -> Document | None:
        if number not in self._documents:
            found = self._documents[number] = self.stock.document(number)
            if found is None:
                name = self.stock.file(number >> PLACES)
                message = f"`{name}` was changed while it was being checked"
                self.run.problems.append(Diagnostic("E101", message, help="check it again", whole=name))
            elif found.faults:
                self.run.context.add_broken(found)
        return self._documents[number]


class Closing(Compiled):
    """Judges groups whose documents are not here: an entry has the number of its document in place of it.

    What compiled code does not pass, the reference judges, from the documents read again.
    """

    def __init__(self, run: Run, again: Regathered, items: dict[int, Items], used: set[date]) -> None:
        super().__init__(run, run.engine.program)
        self.again = again
        self.items = items
        self.used = used
        self.unordered = True  # each share has spilled its own
        self.whole: set[tuple[int, Any]] = set()  # what the reference must gather again

    _number = staticmethod(int)

    def take(self, spilled: Iterable[Spilled]) -> None:
        for number, key, numbers, positions, days, rows in spilled:
            group: Any = self.tables[number].setdefault(key, [])
            made: list[Any] = [None] * len(numbers)
            if rows is None:
                self.whole.add((number, key))
            else:
                make = self.items[number].make
                made = [make(*row) for row in rows]
            for entry in zip(made, numbers, positions, days, strict=True):
                group += entry

    def _is_plain(self) -> bool:
        contested = any(self.tables[number] for number, rivals in self.program.rivals.items() if rivals)
        return not (self.whole or self.run.has_context or self.context.doubts or contested)

    def _wary(self, groups: Groups) -> Callable[[Any, Group], int]:
        number = self.program.numbers[groups.rule.code, groups.version.start]
        context = self.again.stock.context_from << PLACES
        rivals = self._rivals(groups)
        doubts, of = self.context.doubts, (groups.rule.code, groups.version.start)

        def wary(key: Any, group: Group) -> int:
            numbers: Sequence[Any] = documents_of(group)
            if min(numbers) >= context:
                return 1
            unsure = (number, key) in self.whole or doubts.about(of, key) is not None
            return 2 if unsure or contested(key, group, rivals) else 0

        return wary

    def _by_reference(self, number: int, key: Any) -> None:
        rule, version = self.program.versions[number]
        tables = (self.tables[n] for n in (number, *self.program.rivals.get(number, ())))
        numbers: list[Any] = [n for table in tables if key in table for n in documents_of(table[key])]
        groups = self.again.groups(rule, version, numbers)
        if groups is not None and key in groups.table:
            self.run.judge_group(groups, key)
        elif not self.run.crashed and (document := self.again.document(numbers[-1])) is not None:
            # A group that the reference does not find must not pass for it; of one that cannot be read it is told.
            self.run.crash(rule, document, LookupError(key))

    _violated = _by_reference
