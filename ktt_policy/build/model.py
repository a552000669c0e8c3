"""A checked rulebook. Only data: msgspec writes it to the cache and reads it back."""

import datetime
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from ktt_policy.diagnostics import Texts
from ktt_policy.expr.typed import Checked
from ktt_policy.report import SYSTEM_RULES
from ktt_policy.schemas.model import KindInfo

SYSTEM = tuple(SYSTEM_RULES)  # findings about documents as such, by no policy


class Clause(Struct, frozen=True):
    """An entry of the registry."""

    id: str
    heading: Texts
    summary: Texts
    status: str
    reason: Texts | None = None
    interpretation: Texts | None = None
    note: Texts | None = None

    @property
    def words(self) -> tuple[Texts, Texts]:
        """What it says, by which it is known under another id."""
        return self.heading, self.summary


class Edition(Struct, frozen=True):
    start: date
    source: Texts
    clauses: dict[str, Clause]
    published_on: date | None = None

    def new_id(self, clause: Clause, other: "Edition") -> str | None:
        """The id of a clause of another edition that was renumbered in this one, where its old id is gone or is another
        clause's; None where it was not."""

        def stayed(one: Clause) -> bool:
            return one.id in other.clauses and other.clauses[one.id].words == one.words

        if clause.id in self.clauses and stayed(self.clauses[clause.id]):
            return None
        return next((one.id for one in self.clauses.values() if one.words == clause.words and not stayed(one)), None)


class ParameterValue(Struct, frozen=True):
    """A value from a day on. `value` is plain data, numbers and dates as text: `parameters.read_value` reads it."""

    start: date
    value: Any
    reference: str = ""
    verified_on: date | None = None
    published_on: date | None = None


class Parameter(Struct, frozen=True):
    name: str
    title: Texts
    clause: str
    type: str
    values: tuple[ParameterValue, ...]
    items: str = ""
    fields: dict[str, str] | None = None
    members: tuple[str, ...] | None = None
    by: str = ""
    keys: tuple[str, ...] | None = None  # of its table; None: any
    unit: str = ""
    interpretation: Texts | None = None
    compared: tuple[str, ...] = ()  # the values of the fields that rules compare its texts with


class ClauseRef(Struct, frozen=True):
    clause: str
    when: Checked | None = None


class Iterator(Struct, frozen=True):
    variable: str
    domain: Checked
    # Fields from the document, or from an earlier iterator, to the list: none when it is no path.
    base: str = ""
    path: tuple[str, ...] = ()
    # True for a list that reads a parameter, whose value is that of the items' date.
    dated: bool = False

    @property
    def written(self) -> str:
        """`line in invoice.lines`, as the file has it."""
        tree = self.domain.tree
        return f"{self.variable} in {' '.join(self.domain.text[tree.start : tree.end].split())}"


class Let(Struct, frozen=True):
    name: str
    unique: str
    expression: Checked
    group: bool


class Written(Struct, frozen=True):
    """An expression of a version. `place` is its name: `when`, `let.due`, `group_by.month`, `clauses.0.when`."""

    place: str
    checked: Checked

    @property
    def pointer(self) -> str:
        """The JSON Pointer of the place in the version's file."""
        return pointer_to(self.place)


# What makes an expression of the text of `for_each`, and moves its offsets.
FOR, RETURN = "for ", " return null"


def pointer_to(place: str) -> str:
    """Names have no character that a JSON Pointer would escape."""
    return "/" + place.replace(".", "/")


class Version(Struct, frozen=True):
    """A rule from a day on, checked. Message parts are texts and expressions in turn."""

    # `date` is a field here, which its own annotations would find before the type where they are evaluated late.
    start: datetime.date
    file: str
    clauses: tuple[ClauseRef, ...]
    repealed: bool = False
    title: Texts = field(default_factory=dict)
    severity: str = "error"
    iterators: tuple[Iterator, ...] = ()
    date: Checked | None = None
    when: Checked | None = None
    group_by: tuple[tuple[str, Checked], ...] = ()
    group_date: Checked | None = None
    run: bool = False
    lets: tuple[Let, ...] = ()
    having: Checked | None = None
    require: Checked | None = None
    message: dict[str, tuple[str | Checked, ...]] = field(default_factory=dict)
    at: Checked | None = None
    explanation: Texts = field(default_factory=dict)
    published_on: datetime.date | None = None

    @property
    def grouped(self) -> bool:
        return bool(self.group_by)

    @property
    def expressions(self) -> list[Written]:
        """What decides the outcome, in the order of a file; several iterators are all `for_each`."""
        found: list[tuple[str, Checked | None]] = [("for_each", i.domain) for i in self.iterators]
        found += [("date", self.date), ("when", self.when)]
        found += [(f"group_by.{name}", e) for name, e in self.group_by]
        found += [("group_date", self.group_date)]
        found += [(f"let.{let.name}", let.expression) for let in self.lets]
        found += [("having", self.having), ("require", self.require)]
        return _written(found)

    @property
    def telling(self) -> list[Written]:
        """What only tells a finding: where it stands, which clauses it names, what its message shows (`message.fi`)."""
        found: list[tuple[str, Checked | None]] = [("at", self.at)]
        found += [(f"clauses.{i}.when", ref.when) for i, ref in enumerate(self.clauses)]
        found += [
            (f"message.{lang}", p) for lang, parts in self.message.items() for p in parts if not isinstance(p, str)
        ]
        return _written(found)

    @property
    def parameters(self) -> frozenset[str]:
        """The parameters that judging by the version reads."""
        return frozenset(name for written in self.expressions for name in written.checked.parameters)

    @property
    def all_parameters(self) -> frozenset[str]:
        """Those, and what telling its findings reads."""
        return self.parameters.union(*(written.checked.parameters for written in self.telling))


def _written(found: Sequence[tuple[str, Checked | None]]) -> list[Written]:
    return [Written(place, checked) for place, checked in found if checked is not None]


class Rule(Struct, frozen=True):
    code: str
    name: str
    kind: str
    versions: tuple[Version, ...]

    def at(self, day: date) -> Version | None:
        """The version in force on the day; None before the first and after a repeal."""
        begun = [v for v in self.versions if v.start <= day]
        return begun[-1] if begun and not begun[-1].repealed else None

    def nearest(self, day: date) -> Version:
        """What is told of the rule on a day: the version in force, else the next one, else the last before its end."""
        living = [v for v in self.versions if not v.repealed]
        return self.at(day) or next((v for v in living if v.start > day), living[-1])

    def end_of(self, version: Version) -> date | None:
        """The day on which the version is over; one that corrects it after the fact does not end it."""
        return min((other.start for other in self.versions if other.start > version.start), default=None)


Dated = TypeVar("Dated", Edition, ParameterValue, Version)


def _known(entries: tuple[Dated, ...], day: date | None) -> tuple[Dated, ...]:
    known = {}
    for entry in sorted(entries, key=lambda e: (e.start, e.published_on or date.min)):
        if day is None or entry.published_on is None or entry.published_on <= day:
            known[entry.start] = entry
    return tuple(known.values())


class RulebookData(Struct, frozen=True):
    """`digest` is the SHA-256 over the rulebook's and the schemas' files: it names exactly this content."""

    id: str
    titles: Texts
    issuer: Texts
    docs: str
    digest: str
    kinds: tuple[KindInfo, ...]
    editions: tuple[Edition, ...]
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]

    def known_on(self, day: date | None) -> "RulebookData":
        """The rulebook as it was known on a day: without what was published later. None: as it is known by now.

        Of what starts on one day, the last published counts; what says no day of publication was always known.
        """
        editions = _known(self.editions, day)
        parameters = tuple(replace(p, values=_known(p.values, day)) for p in self.parameters)
        rules = (replace(rule, versions=_known(rule.versions, day)) for rule in self.rules)
        return replace(self, editions=editions, parameters=parameters, rules=tuple(r for r in rules if r.versions))

    def edition_at(self, day: date) -> Edition | None:
        return edition_on(self.editions, day)

    def edition_of(self, clause: str, day: date) -> Edition | None:
        """Where a clause is to be read on a day: in the edition in force, or else in the last one before it that has
        it, or the first one after; None for what is no clause."""
        holding = [edition for edition in self.editions if clause in edition.clauses]
        return next((e for e in reversed(holding) if e.start <= day), holding[0] if holding else None)


def edition_on(editions: Sequence[Edition], day: date) -> Edition | None:
    """The edition in force on the day; None before the first."""
    found = None
    for edition in editions:
        if edition.start <= day:
            found = edition
    return found
