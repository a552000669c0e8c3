"""What is judged and what comes of it: verdicts on items and groups, and the groups that items are gathered in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from operator import le
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import Rule, Version
from ktt_policy.documents import Document, issuer_of
from ktt_policy.expr.values import CONTEXT, Reason
from ktt_policy.report import Outcome

Positions = tuple[int, ...]


class Verdict(Struct):
    """The outcome of one item or group. `entries` are a group's items; `reason` says why it is undecided."""

    rule: Rule
    version: Version
    outcome: Outcome
    document: Document
    positions: Positions = ()
    day: date | None = None
    reason: Reason | None = None
    entries: list[Entry] | None = None
    keys: tuple[Any, ...] = ()

    @property
    def in_force(self) -> date | None:
        """The start of the version; None where it was not in force on the day, as none was."""
        return self.version.start if self.day is None or self.rule.at(self.day) is self.version else None


class Entry(Struct):
    """An item in a group: its value, where it is from, its reference date (None with `group_date`)."""

    item: Any
    document: Document
    positions: Positions
    day: date | None


# A group is a flat list, four elements an entry: item, document, positions, reference date; a tuple while it is of one
# item. A run has as many groups as lines, most of one item, and this is what the compiled loops gather fastest.
STRIDE = 4
Group = list[Any] | tuple[Any, ...]


def entries_of(group: Group) -> list[Entry]:
    return [Entry(*group[at : at + STRIDE]) for at in range(0, len(group), STRIDE)]


def documents_of(group: Group) -> Sequence[Document]:
    return group[1::STRIDE]


def same_items(one: Group, other: Group) -> bool:
    """True where two versions have gathered the same, in the same order."""
    return all(one[at::STRIDE] == other[at::STRIDE] for at in (1, 2))


def last_day(group: Group) -> date:
    """The reference date of a group without `group_date`: that of its last item."""
    days: list[date] = [day for day in group[3::STRIDE] if day is not None]
    return max(days)


def in_order(group: list[Any], number: Callable[[Any], int]) -> list[Any]:
    """A group as the reference sees it, however it was gathered; `number` gives that of a document."""
    starts = range(0, len(group), STRIDE)
    places = [(number(group[at + 1]), group[at + 2]) for at in starts]
    if all(map(le, places, places[1:])):
        return group
    return [part for _, at in sorted(zip(places, starts, strict=True)) for part in group[at : at + STRIDE]]


def ordered(entries: list[Entry]) -> list[Entry]:
    """The entries of a group in the order of the documents given, however they were gathered."""
    return sorted(entries, key=lambda e: (e.document.number, e.positions))


class Groups:
    """The groups that one version of a rule has gathered; `all` are those of all versions, by code and start."""

    def __init__(self, rule: Rule, version: Version, all: dict[tuple[str, date], Groups]) -> None:
        self.rule = rule
        self.version = version
        self.all = all
        self.table: dict[tuple[Any, ...], Group] = {}
        # By key, an item of which it is not known whether it belongs to the group: its place, and why.
        self.undecided: dict[tuple[Any, ...], tuple[int, Positions, Reason]] = {}


def written_keys(keys: tuple[Any, ...]) -> list[str]:
    """The keys of a group as texts: a number the same way however it was written."""
    return [f"{k.normalize(CONTEXT):f}" if isinstance(k, Decimal) else str(k) for k in keys]


def group_verdict(
    groups: Groups, keys: tuple[Any, ...], entries: list[Entry], outcome: Outcome, day: date | None,
    reason: Reason | None, dated: Callable[[list[Entry]], Any], within: dict[str, str],
) -> Verdict:  # fmt: skip
    """The verdict on a group, placed at an item that is judged: the last one of the document with the latest item, in
    whatever order the documents are given. `dated` gives the day of the latest of some items; `within` as
    `KindInfo.within`, by kind."""

    def place(inside: list[Entry]) -> tuple[Any, ...]:
        document, latest = inside[0].document, dated(inside)
        issuer = issuer_of(document, within[document.kind])
        known = latest if isinstance(latest, date) else date.min
        return known, document.key, issuer, document.file, document.line, document.index or 0

    by_document: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.document.judged:
            by_document.setdefault(entry.document.number, []).append(entry)
    places = list(by_document.values())
    last = (max(places, key=place) if len(places) > 1 else places[0])[-1]
    rule, version = groups.rule, groups.version
    return Verdict(rule, version, outcome, last.document, last.positions, day, reason, entries, keys)
