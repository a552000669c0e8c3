"""A document's schema in the form that records and types are made from: one `FieldInfo` a property.

Only the keywords that map one to one to a record are read; the JSON Schema itself stays the authority and
`validation` applies it whole.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw, Struct

from ktt_policy.source.limits import DIGITS

LIMITS = ("minimum", "maximum", "multipleOf")


class FieldInfo(Struct, frozen=True):
    """A property: `kind` is string, number, integer, boolean, date, time, object or array."""

    name: str
    kind: str
    required: bool
    nullable: bool
    absent_null: bool
    sensitive: bool
    pointer: str  # of its schema in the schema file
    schema: dict[str, Any]  # without what is in it, which `record` and `item` have; limits as texts, see `limit`
    members: tuple[str, ...] | None = None
    record: RecordInfo | None = None  # of an object
    item: FieldInfo | None = None  # of an array

    def limit(self, keyword: str) -> Decimal | None:
        """A number that the schema of the field gives, exactly."""
        return Decimal(self.schema[keyword]) if keyword in self.schema else None


class RecordInfo(Struct, frozen=True):
    """An object: its name in messages (`invoice.lines[]`) and its fields."""

    name: str
    fields: tuple[FieldInfo, ...]
    pointer: str


class KindInfo(Struct, frozen=True, dict=True):
    """A kind of document: `invoice`, keyed by `invoice_number`, dated by `period.ends`. Its keys are unique among the
    documents that have the same in `within` (each provider numbers its own invoices), or among all where that is empty.

    Its schema and its record stay packed until they are asked for: a small run reads documents of one kind.
    """

    name: str
    key: str
    within: str
    date: str
    file: str
    title: str  # in Finnish
    sensitive: tuple[str, ...]  # the names of such fields
    packed_schema: bytes  # as JSON, which has numbers of any size
    packed_record: Raw

    @cached_property
    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = read_schema(self.packed_schema)
        return schema

    @cached_property
    def record(self) -> RecordInfo:
        return msgspec.msgpack.decode(self.packed_record, type=RecordInfo)


def fields_of(record: RecordInfo) -> list[FieldInfo]:
    """The fields of a record and of all records in it; the items of a list are a field of its name."""
    found = []
    for field in record.fields:
        found.append(field)
        if field.item is not None:
            found.append(field.item)
        for inner in (field.record, field.item.record if field.item is not None else None):
            if inner is not None:
                found.extend(fields_of(inner))
    return found


def describes_kind(path: Path) -> bool:
    """True for the schema of a kind of document; other schemas, of the report say, have no key."""
    return path.is_file() and b'"x-key"' in path.read_bytes()


def read_kind(path: Path) -> KindInfo:
    """The kind that a shipped schema file describes; the file is trusted, tests check it."""
    return kind_of(path.name.removesuffix(".schema.json"), path.name, read_schema(path.read_bytes()))


def read_schema(raw: bytes) -> Any:
    """A schema with its fractions as exact decimals; `2.0` is a whole number in JSON Schema."""
    return msgspec.json.Decoder(float_hook=_number).decode(raw)


def _number(text: str) -> int | Decimal:
    value = Decimal(text)
    return int(value) if value.adjusted() < DIGITS and value == value.to_integral_value() else value


def kind_of(name: str, file: str, schema: dict[str, Any]) -> KindInfo:
    """The kind that a sound schema describes."""
    record = _record(schema, schema, name, "")
    key, within, date = (str(schema.get(keyword, "")) for keyword in ("x-key", "x-key-within", "x-date"))
    title = schema.get("x-fi", {}).get("title", name)
    sensitive = sorted({field.name for field in fields_of(record) if field.sensitive})
    packed = msgspec.json.Encoder(decimal_format="number").encode(schema)
    return KindInfo(name, key, within, date, file, title, tuple(sensitive), packed, Raw(msgspec.msgpack.encode(record)))


def _record(root: dict[str, Any], schema: dict[str, Any], name: str, pointer: str) -> RecordInfo:
    required = set(schema.get("required", ()))
    fields = tuple(
        _field(root, key, part, key in required, f"{name}.{key}", f"{pointer}/properties/{key}")
        for key, part in schema.get("properties", {}).items()
    )
    return RecordInfo(name, fields, pointer)


def _field(
    root: dict[str, Any], key: str, written: dict[str, Any], required: bool, name: str, pointer: str
) -> FieldInfo:
    schema = written
    if "$ref" in written:
        target = written["$ref"].removeprefix("#")
        pointer = target
        schema = root
        for part in target.split("/")[1:]:
            schema = schema[part]
    types = schema.get("type")
    listed = [types] if isinstance(types, str) else list(types or ())
    members = schema.get("enum")
    if "const" in schema:
        members = [schema["const"]]
    nullable = "null" in listed or (members is not None and None in members)
    kind = next((one for one in listed if one != "null"), "string")
    if schema.get("format") == "date":
        kind = "date"
    elif schema.get("x-type") == "time":
        kind = "time"
    record = item = None
    if kind == "object":
        record = _record(root, schema, name, pointer)
    elif kind == "array":
        item = _field(root, key, schema["items"], True, name + "[]", pointer + "/items")
    return FieldInfo(
        key, kind, required, nullable, "x-absent" in written or "x-absent" in schema,
        bool(written.get("x-sensitive") or schema.get("x-sensitive")), pointer,
        {k: str(v) if k in LIMITS else v for k, v in schema.items() if k not in ("properties", "items")},
        tuple(m for m in members if m is not None) if members is not None else None, record, item,
    )  # fmt: skip
