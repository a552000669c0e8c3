"""Types: what a value is, and whether it may be null and how.

`nulls` is a set of two bits: KNOWN (the value may be a stated null) and UNKNOWN (it may be missing, or the
result of an operation on a null). The compiler leaves out every null check that the bits rule out.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from ktt_policy.diagnostics import slip

KNOWN = 1
UNKNOWN = 2

ORDERED = (
    "number", "string", "date", "time", "date and time", "days and time duration", "years and months duration",
)  # fmt: skip
SCALARS = (*ORDERED, "boolean")


class Origin(Struct, frozen=True):
    """The schema property or parameter that gave a type: for the second place of a type error."""

    file: str
    pointer: str


class Type(Struct, frozen=True):
    """`kind` is one of SCALARS, `list`, `context`, `range`, `null`, `any`.

    `item` is the element type of a list or range; `fields` those of a context, `record` when its values are
    read by attribute; `name` how messages call a context; `members` the values of a string enum, or the keys that a
    table may have; `values` the texts that `parameter` has, on one day or another.
    """

    kind: str
    nulls: int = 0
    item: Type | None = None
    fields: dict[str, Type] | None = None
    record: bool = False
    name: str = ""
    members: tuple[str, ...] | None = None
    origin: Origin | None = None
    values: tuple[str, ...] | None = None
    parameter: str = ""

    def __str__(self) -> str:
        text = self.kind
        if self.kind in ("list", "range"):
            text = f"{self.kind}<{self.item}>"
        elif self.kind == "context" and self.name:
            text = self.name
        return text

    def with_nulls(self, nulls: int) -> Type:
        if nulls == self.nulls:
            return self
        return replace(self, nulls=nulls)


NUMBER = Type("number")
STRING = Type("string")
BOOLEAN = Type("boolean")
DATE = Type("date")
NULL = Type("null", KNOWN)
ANY = Type("any", KNOWN | UNKNOWN)
ERROR = Type("error", KNOWN | UNKNOWN)  # of a part that was found wrong: silences what would only follow from it


def an(kind: Type | str) -> str:
    """A type as a message names it, with its article."""
    written = str(kind)
    if written == "any":
        return "a value of any type"
    return f"{'an' if written[:1] in 'aeiou' else 'a'} {written}"


def strange_among(values: tuple[str, ...], members: tuple[str, ...]) -> str | None:
    """The value of a parameter that was meant to be one of some members: one all but equal to it, or any if none fits.
    A parameter may be compared with several fields."""
    if values and not any(value in members for value in values):
        return values[0]
    return next((value for value in values if slip(value, members)), None)


def list_of(item: Type, nulls: int = 0) -> Type:
    return Type("list", nulls, item)


def holds_unknown(t: Type) -> bool:
    """True when something inside a value of the type may be unknown, so that deep equality may be.

    A record's absent fields are no part of it.
    """
    if t.kind == "any":
        return True
    if t.item is not None:
        return bool(t.item.nulls & UNKNOWN) or holds_unknown(t.item)
    parts = (t.fields or {}).values()
    return any((f.nulls & UNKNOWN and not t.record) or holds_unknown(f) for f in parts)


def alike(a: Type, b: Type) -> bool:
    """True when a value of one may be compared for equality with a value of the other."""
    if "null" in (a.kind, b.kind) or "any" in (a.kind, b.kind):
        return True
    if a.kind != b.kind:
        return False
    if a.item is not None and b.item is not None:
        return alike(a.item, b.item)
    if a.fields is not None and b.fields is not None:
        return all(alike(a.fields[k], b.fields[k]) for k in a.fields.keys() & b.fields.keys())
    return True


def union(a: Type, b: Type) -> Type:
    """The narrowest type that holds both: `any` where they are unlike."""
    nulls = a.nulls | b.nulls
    if a.kind == "null":
        return b.with_nulls(nulls)
    if b.kind == "null":
        return a.with_nulls(nulls)
    if a.kind != b.kind:
        return ANY.with_nulls(nulls)
    if a.kind == "string":
        members = None
        if a.members is not None and b.members is not None:
            members = tuple(dict.fromkeys(a.members + b.members))
        return Type("string", nulls, members=members, origin=a.origin)
    if a.item is not None and b.item is not None:
        return Type(a.kind, nulls, union(a.item, b.item))
    if a.kind == "context":
        if a.name == b.name and a.record == b.record and a.name:
            return a.with_nulls(nulls)
        if a.record or b.record or a.fields is None or b.fields is None:
            return ANY.with_nulls(nulls)
        fields = {}
        for key in dict.fromkeys((*a.fields, *b.fields)):
            one, other = a.fields.get(key), b.fields.get(key)
            if one is not None and other is not None:
                fields[key] = union(one, other)
            else:
                found = one or other
                assert found is not None
                fields[key] = found.with_nulls(found.nulls | UNKNOWN)
        return Type("context", nulls, fields=fields)
    return a.with_nulls(nulls)


# --- signatures of built-in functions -------------------------------------------------------------------


class Parameter(Struct, frozen=True):
    name: str
    type: Type
    optional: bool = False
    repeated: bool = False


class Signature(Struct, frozen=True):
    parameters: tuple[Parameter, ...]
    result: Type


_PARAMETER = r"\s*([a-z][a-z 0-9]*?)(\?|\.\.\.)?:\s*(.+?)\s*\Z"


def read_signature(text: str) -> Signature:
    """`string: string, start: number, length?: number -> string` → Signature.

    `T` stands for any type (the same one throughout), `O` for one ordered type, `any` for anything; a trailing
    `?` on the result says that it may be a known null; `name...` takes one or more arguments.
    """
    left, _, right = text.rpartition("->")
    parameters = []
    for part in _split(left):
        m = re.match(_PARAMETER, part)
        assert m, part
        parameters.append(Parameter(m[1], read_type(m[3]), m[2] == "?", m[2] == "..."))
    return Signature(tuple(parameters), read_type(right))


def _split(text: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for character in text:
        depth += (character == "<") - (character == ">")
        if character == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return [p for p in (*parts, current) if p.strip()]


def read_type(text: str) -> Type:
    """The type that a text names: `list<number>`, `date and time`, `context`, `T`, `O`."""
    text = text.strip()
    nulls = 0
    if text.endswith("?"):
        text, nulls = text[:-1], KNOWN
    m = re.match(r"(list|range)<(.+)>\Z", text)
    if m:
        return Type(m[1], nulls, read_type(m[2]))
    if text == "list":
        return Type("list", nulls, ANY)
    if text in ("any", "Any"):
        return ANY
    return Type(text, nulls)


def bind(wanted: Type, given: Type, variables: dict[str, Type]) -> bool:
    """Match an argument's type against a parameter's, binding `T` and `O`."""
    if given.kind == "null" and wanted.kind not in ("T", "O"):
        return True
    if wanted.kind in ("T", "O"):
        if wanted.kind == "O" and given.kind not in (*ORDERED, "any", "null"):
            return False
        if given.kind == "any" and wanted.kind == "O":
            return False
        bound = variables.get(wanted.kind)
        if bound is None or bound.kind == "null":
            variables[wanted.kind] = given if bound is None else given.with_nulls(given.nulls | bound.nulls)
            return True
        if not alike(bound, given) or (wanted.kind == "O" and given.kind not in (bound.kind, "null")):
            return False
        variables[wanted.kind] = union(bound, given)
        return True
    if wanted.kind == "any":
        return True
    if wanted.kind != given.kind:
        return False
    if wanted.item is not None:
        if given.item is None:
            return False
        return bind(wanted.item, given.item, variables)
    return True


def substitute(t: Type, variables: dict[str, Type]) -> Type:
    """The result type with `T` and `O` replaced; null bits of the variable are kept inside lists only."""
    if t.kind in ("T", "O"):
        bound = variables.get(t.kind, ANY)
        return bound.with_nulls(bound.nulls | t.nulls)
    if t.item is not None:
        return Type(t.kind, t.nulls, substitute(t.item, variables))
    return t
