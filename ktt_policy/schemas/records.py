"""Bytes → records: msgspec structs made from the schemas, decoded and checked in one go.

`Reader.decode` is the fast road for sound documents. It accepts a subset of what the JSON Schema accepts and
raises `NotPlainError` for everything else: a broken document, a duplicate key, a number that is unusual. The careful
road (`source.json_`, `validation`, `from_tree`) then decides. Tests hold both roads against each other.

Every number is a `Decimal`: fractions through msgspec's float hook, from the text itself; whole numbers by `accept`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import ceil, floor
from typing import Annotated, Any, Literal, Optional, Union

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from ktt_policy.expr import pyast as p
from ktt_policy.expr.literals import read_date, read_time
from ktt_policy.inputs import SPACE
from ktt_policy.schemas.model import LIMITS, FieldInfo, KindInfo, RecordInfo
from ktt_policy.schemas.remembered import FORMATTED, FRACTIONS, MOST, WHOLES, NotPlainError, matched, times
from ktt_policy.source.limits import WIDE

CENT = Decimal("0.01")


class Kind:
    """A kind of document to be read: its record class, and `accept(record)`, made when they are needed.

    `accept` finishes a decoded record in place (whole numbers, times, absent fields that mean none) and gives
    how many keys it has and how many times of day; it raises NotPlainError or TypeError.
    """

    def __init__(self, info: KindInfo) -> None:
        self.info = info
        self.name = info.name
        self.key = info.key

    @cached_property
    def classes(self) -> dict[str, type[Struct]]:
        """The classes of its records, by their names."""
        made: dict[str, type[Struct]] = {}
        _define(self.info.record, made, tag=self.name)
        return made

    @property
    def record(self) -> type[Struct]:
        return self.classes[self.info.record.name]

    @cached_property
    def accept(self) -> Callable[[Any], tuple[int, int]]:
        return _acceptor(self.info.record)


class _Named(Struct):
    """What kind a document says it is of."""

    document_type: str


class _Other(Struct, tag="", tag_field="document_type"):
    """No kind of document. Of one class alone msgspec would read what does not say its kind."""


class Reader:
    """Decodes documents of some kinds. `by_class` has those that have come up."""

    def __init__(self, kinds: list[Kind]) -> None:
        self.kinds = {kind.name: kind for kind in kinds}
        self.by_class: dict[type, Kind] = {}
        self._one: Any = None
        self._many: Any = None

    def decode(self, raw: bytes) -> list[Struct]:
        """The documents of a text that holds one, or an array of them; NotPlainError for the careful road."""
        try:
            return self._decoded(raw)
        except NotPlainError:
            if len(self.by_class) == len(self.kinds) or not self._learn(raw):
                raise
            return self._decoded(raw)

    def _learn(self, raw: bytes) -> bool:
        """Get ready for the kinds of a text's documents; False when there is none that is new."""
        try:
            named: Any = msgspec.json.decode(raw, type=list[_Named] if raw[:1] == b"[" else _Named)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        names = {one.document_type for one in (named if isinstance(named, list) else [named])}
        new = [kind for name, kind in self.kinds.items() if name in names and kind not in self.by_class.values()]
        if not new:
            return False
        self.by_class |= {kind.record: kind for kind in new}
        union: Any = Union[(_Other, *self.by_class)]
        self._one = msgspec.json.Decoder(union, float_hook=FRACTIONS.__getitem__)
        self._many = msgspec.json.Decoder(list[union], float_hook=FRACTIONS.__getitem__)
        return True

    def _decoded(self, raw: bytes) -> list[Struct]:
        if self._one is None:
            raise NotPlainError
        try:
            if raw[:1] == b"[":
                records: list[Struct] = self._many.decode(raw)
            else:
                records = [self._one.decode(raw)]
            keys = times = 0
            for record in records:
                kind = self.by_class.get(record.__class__)
                if kind is None:
                    raise NotPlainError
                k, t = kind.accept(record)
                keys += k
                times += t
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, TypeError) as error:
            raise NotPlainError from error
        if not _unique_keys(raw, keys, times):
            raise NotPlainError
        return records


def _unique_keys(raw: bytes, keys: int, times: int) -> bool:
    """True when the text has no duplicate key, given how many keys and times of day the records took from it.

    Where nothing is escaped, a text has a colon for each of these, and more where a key was dropped, where a time has
    seconds, or where other texts have some. Then quotes with a colon behind them are counted: inside a string only one
    that begins with a colon, or an escaped quote, could imitate a key. There may be too many, which sends a sound
    document down the careful road; too few there never are.
    """
    if b"\\" not in raw and raw.count(b":") == keys + times:
        return True
    return raw.translate(None, SPACE).count(b'":') == keys


# --- record classes ---------------------------------------------------------------------------------------


def _define(record: RecordInfo, classes: dict[str, type[Struct]], tag: str | None = None) -> type[Struct]:
    fields: list[Any] = []
    for field in record.fields:
        if tag is not None and field.name == "document_type":
            continue
        annotation = _annotation(field, classes)
        if field.nullable:
            annotation = Optional[annotation]  # noqa: UP045  (made at run time)
        if field.required:
            fields.append((field.name, annotation))
        else:
            fields.append((field.name, Union[annotation, UnsetType], UNSET))  # noqa: UP007
    made = defstruct(
        record.name, fields, kw_only=True, forbid_unknown_fields=True, gc=False,
        tag=tag, tag_field="document_type" if tag is not None else None,
    )  # fmt: skip
    classes[record.name] = made
    return made


def _annotation(field: FieldInfo, classes: dict[str, type[Struct]]) -> Any:
    schema = field.schema
    if field.members is not None:
        return Literal[field.members]
    if field.record is not None:
        return _define(field.record, classes)
    if field.item is not None:
        item = _annotation(field.item, classes)
        if field.item.nullable:
            item = Optional[item]  # noqa: UP045
        least = schema.get("minItems")
        return Annotated[list[item], Meta(min_length=least)] if least else list[item]  # type: ignore[valid-type]
    if field.kind == "number":
        return Any
    if field.kind == "integer":
        least, most = field.limit("minimum"), field.limit("maximum")
        within = Meta(ge=None if least is None else ceil(least), le=None if most is None else floor(most))
        return Annotated[int, within]
    if field.kind == "boolean":
        return bool
    if field.kind == "date":
        return date
    limits = {"min_length": "minLength", "max_length": "maxLength"}  # `accept` matches patterns, once for each text
    given: dict[str, Any] = {ours: schema[theirs] for ours, theirs in limits.items() if theirs in schema}
    return Annotated[str, Meta(**given)] if given else str


# --- accept -----------------------------------------------------------------------------------------------


class _Acceptor:
    """Writes `accept` for a record: loops over its lists, a few statements a field, no null check too many."""

    def __init__(self) -> None:
        self.count = 0
        self.globals: dict[str, Any] = {
            "UNSET": UNSET, "Decimal": Decimal, "WHOLES": WHOLES, "check_number": check_number,
            "refuse": refuse,
        }  # fmt: skip

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def table(self, table: dict[str, Any]) -> ast.expr:
        name = self.fresh()
        self.globals[name] = table
        return p.name(name)

    def add_to(self, counter: str, amount: ast.expr) -> ast.stmt:
        return ast.AugAssign(ast.Name(counter, ast.Store()), ast.Add(), amount)

    def record(self, record: RecordInfo, variable: str, root: bool = False) -> tuple[int, list[ast.stmt]]:
        """How many keys the record has when no plain field is left out, and the statements that count the others: up in
        `missing` a plain field that is left out, up in `keys` those of lists and of optional records that are there."""
        keys: int = 0
        statements: list[ast.stmt] = []
        for field in record.fields:
            keys += 1
            if root and field.name == "document_type":  # the tag, which msgspec reads
                continue
            value = self.fresh()
            current = p.attribute(p.name(variable), field.name)
            inner, work = self.field(field, variable, value)
            if field.nullable and (inner or work):  # what is null has no keys within it
                work = [p.if_(p.is_not(p.name(value), p.constant(None)), [*self.more_keys(inner), *work])]
                inner = 0
            if field.required:
                keys += inner
                statements.extend([p.assign(value, current), *work] if work else ())
                continue
            absent = [self.store(variable, field.name, p.constant(None))] if field.absent_null else []
            if field.record is None and field.item is None:
                # Mostly there, so that what is missing is counted.
                absent = [p.count_up("missing"), *absent]
            else:
                keys -= 1
                work = [*self.more_keys(inner + 1), *work]
            if work:
                statements.append(p.assign(value, current))
                current = p.name(value)
            unset = p.is_(current, p.name("UNSET"))
            statements.append(p.if_(unset, absent, work) if absent else p.if_(p.not_(unset), work))
        return keys, statements

    def more_keys(self, number: int) -> list[ast.stmt]:
        return [self.add_to("keys", p.constant(number))] if number else []

    def store(self, variable: str, field: str, value: ast.expr) -> ast.stmt:
        return ast.Assign([ast.Attribute(p.name(variable), field, ast.Store())], value)

    def field(self, field: FieldInfo, variable: str, value: str) -> tuple[int, list[ast.stmt]]:
        """How many keys there are within its value, and the statements for what else is to be done."""
        if field.record is not None:
            return self.record(field.record, value)
        return 0, self.value(field, variable, value)

    def value(self, field: FieldInfo, variable: str, value: str) -> list[ast.stmt]:
        if field.kind == "number":
            whole = p.subscript(p.name("WHOLES"), p.name(value))
            plain = p.is_not(p.attribute(p.name(value), "__class__"), p.name("Decimal"))
            # `True` is a key of the table as well, being equal to 1: only an int is looked up.
            integer = p.is_(p.attribute(p.name(value), "__class__"), p.name("int"))
            refuse = p.statement(p.call("refuse"))
            converted = p.if_(integer, [self.store(variable, field.name, whole)], [refuse])
            statements = [p.if_(plain, [converted])]
            if not _usual(field):
                limits = self.fresh()
                self.globals[limits] = tuple(map(field.limit, LIMITS))
                current = p.attribute(p.name(variable), field.name)
                statements.append(p.statement(p.call("check_number", current, p.name(limits))))
            return statements
        if field.kind == "integer":
            return [self.store(variable, field.name, p.subscript(p.name("WHOLES"), p.name(value)))]
        if field.kind == "time":
            clock = p.subscript(self.table(times(field.schema.get("pattern", ""))), p.name(value))
            return [p.count_up("times"), self.store(variable, field.name, clock)]
        if field.kind == "string":
            tables = [FORMATTED[name] for key, name in field.schema.items() if key == "format" and name in FORMATTED]
            tables += [matched(written) for key, written in field.schema.items() if key == "pattern"]
            return [p.statement(p.subscript(self.table(table), p.name(value))) for table in tables]
        if field.item is not None:
            item = self.fresh()
            keys, statements = self.field(field.item, variable, item)
            if field.item.nullable and (keys or statements):
                there = p.if_(p.is_not(p.name(item), p.constant(None)), [*self.more_keys(keys), *statements])
                return [p.loop(item, p.name(value), [there])]
            size = ast.BinOp(p.call("len", p.name(value)), ast.Mult(), p.constant(keys))
            found = [self.add_to("keys", size)] if keys else []
            return [*found, p.loop(item, p.name(value), statements)] if statements else found
        return []


def _acceptor(record: RecordInfo) -> Callable[[Any], tuple[int, int]]:
    writer = _Acceptor()
    keys, statements = writer.record(record, "record", root=True)
    found = ast.BinOp(p.name("keys"), ast.Sub(), p.name("missing"))
    body = [
        p.assign("keys", p.constant(keys)),
        p.assign("missing", p.constant(0)),
        p.assign("times", p.constant(0)),
        *statements,
        ast.Return(ast.Tuple([found, p.name("times")], ast.Load())),
    ]
    return p.assemble(p.function("accept", ["record"], body), writer.globals, "<accept>")


def _usual(field: FieldInfo) -> bool:
    """True when every number that the fast road lets through is within the field's limits."""
    least, most, step = map(field.limit, LIMITS)
    return (least is None or least <= 0) and (most is None or most >= MOST) and (step is None or step == CENT)


def refuse() -> None:
    raise NotPlainError


def check_number(value: Decimal, limits: tuple[Decimal | None, Decimal | None, Decimal | None]) -> None:
    least, most, step = limits
    outside = (least is not None and value < least) or (most is not None and value > most)
    if outside or (step is not None and WIDE.remainder(value, step)):
        raise NotPlainError


# --- the careful road ---------------------------------------------------------------------------------------

Marks = set[tuple[int, str]]


def from_tree(kind: Kind, tree: dict[str, Any], broken: set[str], marks: Marks) -> Struct:
    """The record of a document that was read carefully.

    What stands at a pointer of `broken`, or cannot be what its field is, reads as absent; `marks` then holds
    (id of the record, field), so that a reason can tell "broke its schema" from "not stated".
    """
    return _from_tree(kind, kind.info.record, tree, broken, marks, "")


def _from_tree(
    kind: Kind, record: RecordInfo, tree: dict[str, Any], broken: set[str], marks: Marks, here: str
) -> Struct:
    made: dict[str, Any] = {}
    spoilt = []
    for field in record.fields:
        if field.name == "document_type" and record is kind.info.record:
            continue
        pointer = f"{here}/{field.name}"
        value: Any = UNSET
        if field.name in tree and pointer not in broken:
            value = _from_value(kind, field, tree[field.name], broken, marks, pointer)
        elif field.absent_null and field.name not in tree:
            value = None
        if value is UNSET and field.name in tree:
            spoilt.append(field.name)
        made[field.name] = value
    result = kind.classes[record.name](**made)
    if spoilt:
        marks.update((id(result), name) for name in spoilt)
    return result


def _from_value(kind: Kind, field: FieldInfo, value: Any, broken: set[str], marks: Marks, pointer: str) -> Any:
    if value is None:
        return None if field.nullable or field.absent_null else UNSET
    if field.record is not None:
        if not isinstance(value, dict):
            return UNSET
        return _from_tree(kind, field.record, value, broken, marks, pointer)
    if field.item is not None:
        if not isinstance(value, list):
            return UNSET
        if any(b.startswith(pointer + "/") and b.count("/") == pointer.count("/") + 1 for b in broken):
            # One item that is no such item at all: how many there are of what is not known.
            return UNSET
        return [_from_value(kind, field.item, item, broken, marks, f"{pointer}/{i}") for i, item in enumerate(value)]
    wanted: dict[str, Any] = {"number": Decimal, "integer": Decimal, "boolean": bool}
    if not isinstance(value, wanted.get(field.kind, str)):
        return UNSET
    if field.kind == "date":
        return read_date(value) or UNSET
    if field.kind == "time":
        return read_time(value) or UNSET
    return value
