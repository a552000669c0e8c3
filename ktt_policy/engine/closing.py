"""The last step of a run in shares: the groups that the shares have spilled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.engine.compiled import Compiled
from ktt_policy.engine.judge import Group, Groups, Judge, documents_of
from ktt_policy.engine.run import Run
from ktt_policy.engine.spill import Items, Spilled
from ktt_policy.engine.stock import PLACES, Stock


class Closing(Compiled):
    """Judges groups whose documents are not here: an entry has the number of its document in place of it.

    What compiled code does not pass, the reference judges, from the documents read again.
    """

    def __init__(self, run: Run, stock: Stock, items: dict[int, Items], used: set[date]) -> None:
        super().__init__(run, run.engine.program)
        self.stock = stock
        self.items = items
        self.used = used
        self.whole: set[tuple[int, Any]] = set()  # what the reference must gather again

    def take(self, spilled: Iterable[Spilled]) -> None:
        for number, key, numbers, days, rows in spilled:
            group: Group = self.tables[number].setdefault(key, [])
            made: list[Any] = [None] * len(numbers)
            if rows is None:
                self.whole.add((number, key))
            else:
                make = self.items[number].make
                made = [make(*row) for row in rows]
            for item, document, day in zip(made, numbers, days, strict=True):
                group += (item, document, (), day)

    def _is_plain(self) -> bool:
        return not (self.whole or self.run.has_context)

    def _wary(self, groups: Groups) -> Callable[[Any, Group], int]:
        number = self.program.numbers[groups.rule.code, groups.version.start]
        context = self.stock.context_from << PLACES

        def wary(key: Any, group: Group) -> int:
            numbers: list[Any] = documents_of(group)
            if min(numbers) >= context:
                return 1
            return 2 if (number, key) in self.whole else 0

        return wary

    def _by_reference(self, number: int, key: Any) -> None:
        rule, version = self.program.versions[number]
        judge = Judge(self.context)
        places: set[Any] = set(documents_of(self.tables[number][key]))
        for place in sorted(places):
            document = self.stock.document(place)
            if document is None:
                message = f"`{self.stock.file(place >> PLACES)}` was changed while it was being checked"
                self.run.problems.append(Diagnostic("E101", message, help="check it again"))
                return
            if document.faults:
                self.context.broken.append(document)
            try:
                for _ in judge.document(rule, document):
                    pass  # said by the share that the document is in
            except Exception:
                continue  # the same
        self.run.judge_group(judge.groups[rule.code, version.start], key)

    _violated = _by_reference
