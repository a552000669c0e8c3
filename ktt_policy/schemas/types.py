"""A document's schema as a type of the expression language, each part knowing the property it comes from."""

from __future__ import annotations

from msgspec.structs import replace

from ktt_policy.expr.typesystem import KNOWN, UNKNOWN, Origin, Type
from ktt_policy.schemas.model import FieldInfo, KindInfo, RecordInfo

KINDS = {
    "number": "number", "integer": "number", "string": "string", "boolean": "boolean", "date": "date",
    "time": "time",
}  # fmt: skip


def type_of(kind: KindInfo) -> Type:
    """The type of a whole document of the kind; `document_type` is the kind itself, and no field of its records."""
    fields = tuple(field for field in kind.record.fields if field.name != "document_type")
    return _context(replace(kind.record, fields=fields), kind.file, 0, "")


def _context(record: RecordInfo, file: str, nulls: int, pointer: str) -> Type:
    fields = {f.name: _field(f, file) for f in record.fields}
    return Type("context", nulls, None, fields, True, record.name, None, Origin(file, pointer))


def _field(field: FieldInfo, file: str) -> Type:
    nulls = 0
    if field.nullable or field.absent_null:
        nulls |= KNOWN
    if not field.required and not field.absent_null:
        nulls |= UNKNOWN
    origin = Origin(file, field.pointer)
    if field.record is not None:
        return _context(field.record, file, nulls, field.pointer)
    if field.item is not None:
        return Type("list", nulls, _field(field.item, file), origin=origin)
    return Type(KINDS[field.kind], nulls, members=field.members, origin=origin)
