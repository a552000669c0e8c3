"""The schemas that a rulebook brings in its `schemas/`: whole ones, and extensions of shipped ones.

A schema that says `"x-extends": "invoice"` is laid over the shipped one as a JSON Merge Patch (RFC 7386): objects are
merged, everything else replaces, null takes away. Only the null of `x-absent` stays, as it is what that keyword says.

Unlike the shipped schemas these are input. They are held to the keywords that the fast road checks as well: a keyword
that only jsonschema knows would let a document pass that breaks it.
"""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path
from typing import Any

import msgspec

from ktt_policy.diagnostics import Diagnostic, did_you_mean
from ktt_policy.schemas.formats import FORMATS
from ktt_policy.schemas.model import KindInfo, RecordInfo, kind_of
from ktt_policy.source.json_ import JsonError, decode, locate, parse, pointer
from ktt_policy.source.text import Text

Found = list[Diagnostic]
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
FORMAT_NAMES = ("date", *FORMATS)
SAID = {"title", "description", "examples", "$comment", "$ref"}  # and everything that begins with `x-`
ROOT = {"$schema", "$id", "$defs"}
KEYWORDS: dict[str, set[str]] = {
    "string": {"enum", "const", "format", "pattern", "minLength", "maxLength"},
    "number": {"minimum", "maximum", "multipleOf"},
    "integer": {"minimum", "maximum"},
    "boolean": set(),
    "object": {"properties", "required", "unevaluatedProperties", "additionalProperties"},
    "array": {"items", "minItems"},
}


def schema_of(own: Path, shipped: Path) -> tuple[dict[str, Any] | None, Text | None, Found]:
    """The schema that a file gives, laid over the shipped one that it extends, and the file's own text."""
    name = f"schemas/{own.name}"
    try:
        text = decode(own.read_bytes(), name)
        written = parse(text)
    except OSError as error:
        return None, None, [Diagnostic("E101", f"cannot read `{name}`: {error.strerror}")]
    except JsonError as error:
        return None, None, [error.diagnostic]
    if not isinstance(written, dict):
        return None, text, [Diagnostic("E207", f"`{name}` holds no schema", help="a schema is a JSON object")]
    schema: dict[str, Any] = msgspec.json.decode(text.text.encode())
    if "x-extends" not in schema:
        return schema, text, []
    base = shipped / f"{schema['x-extends']}.schema.json"
    known = sorted(p.name.removesuffix(".schema.json") for p in shipped.glob("*.schema.json"))
    if not isinstance(schema["x-extends"], str) or schema["x-extends"] not in known:
        help = did_you_mean(str(schema["x-extends"]), known)
        return None, text, [problem(text, "/x-extends", f"no schema `{schema['x-extends']}` is shipped", help)]
    extended: dict[str, Any] = extend(msgspec.json.decode(base.read_bytes()), schema)
    del extended["x-extends"]
    return extended, text, []


def extend(base: Any, patch: Any) -> Any:
    """A JSON Merge Patch, but that `x-absent` may be null."""
    if not isinstance(patch, dict):
        return patch
    made = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None and key != "x-absent":
            made.pop(key, None)
        else:
            made[key] = extend(made.get(key), value)
    return made


def own_kind(own: Path, shipped: Path, kind: str) -> tuple[KindInfo | None, Found]:
    """The kind that a rulebook's schema file describes, or what is wrong with the file."""
    schema, text, found = schema_of(own, shipped)
    if schema is None or text is None:
        return None, found
    found = faults_of(schema, text)
    if found:
        return None, found
    made = kind_of(kind, own.name, schema)
    found = _frame(made, text)
    return (None if found else made), found


def problem(text: Text, at: str, message: str, help: str = "") -> Diagnostic:
    """A diagnostic at a pointer of the schema, or at the nearest place above it that stands in the file."""
    span = text.span(*locate(text.text, {at})[at])
    return Diagnostic("E207", message, span, help=help, pointer=at, excerpt=text.line(span.line))


def faults_of(schema: dict[str, Any], text: Text) -> Found:
    """Where a schema is none, or goes beyond what a record can check."""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema), key=lambda e: e.path)
    if errors:
        return [problem(text, pointer(*e.absolute_path), f"not JSON Schema: {e.message}") for e in errors]
    checker = _Checker(schema, text)
    checker.part(schema, "", ())
    return checker.found


class _Checker:
    def __init__(self, root: dict[str, Any], text: Text) -> None:
        self.root = root
        self.text = text
        self.found: Found = []
        self.seen: set[str] = set()

    def fail(self, at: str, message: str, help: str = "") -> None:
        self.found.append(problem(self.text, at, message, help))

    def part(self, schema: Any, at: str, way: tuple[str, ...]) -> None:
        """A schema of a value; `way` are the references that led to it."""
        if not isinstance(schema, dict):
            return self.fail(at, "a field is described by an object", 'write at least `{"type": "string"}`')
        if "$ref" in schema:
            return self.reference(schema["$ref"], at, way)
        kind = self.kind(schema, at)
        if kind is None:
            return None
        known = KEYWORDS[kind] | SAID | {"type"} | (ROOT if at == "" else set())
        for keyword in schema:
            if keyword not in known and not keyword.startswith("x-"):
                help = did_you_mean(keyword, sorted(known), "say it in a rule")
                self.fail(at + pointer(keyword), f"`{keyword}` of a {kind} is not checked here", help)
        if schema.get("format", "date") not in FORMAT_NAMES:
            help = did_you_mean(schema["format"], list(FORMAT_NAMES))
            self.fail(at + "/format", f"unknown format `{schema['format']}`", help)
        members = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
        if any(not isinstance(m, str) and m is not None for m in members):
            self.fail(at, "only texts can be listed in `enum` and `const`")
        if members and ("format" in schema or "x-type" in schema):
            self.fail(at, "a listed text has no `format` and no `x-type`")
        if kind == "array":
            if "items" not in schema:
                return self.fail(at, "an array says what its `items` are")
            self.part(schema["items"], at + "/items", way)
        for name, field in schema.get("properties", {}).items():
            here = f"{at}/properties{pointer(name)}"
            if not NAME.match(name) or iskeyword(name):
                self.fail(here, f"`{name}` cannot be the name of a field", "small letters, digits and _, no keyword")
            self.part(field, here, way)
        return None

    def kind(self, schema: dict[str, Any], at: str) -> str | None:
        """The type besides null; a list of texts is one even without `type`."""
        written = schema.get("type", "string" if "enum" in schema or "const" in schema else [])
        types = [one for one in ([written] if isinstance(written, str) else written) if one != "null"]
        if len(types) == 1 and types[0] in KEYWORDS:
            return str(types[0])
        self.fail(at, "a field has one `type`, and null beside it at most", "one of " + ", ".join(KEYWORDS))
        return None

    def reference(self, target: str, at: str, way: tuple[str, ...]) -> None:
        name = target.removeprefix("#/$defs/")
        if name not in self.root.get("$defs", {}) or target == name:
            help = did_you_mean(name, list(self.root.get("$defs", {})), "write `#/$defs/name`")
            return self.fail(at + "/$ref", f"`{target}` leads to nothing in this schema", help)
        if target in way:
            return self.fail(at + "/$ref", f"`{target}` holds itself", "a document is as deep as its schema")
        if target not in self.seen:
            self.part(self.root["$defs"][name], target.removeprefix("#"), (*way, target))
            self.seen.add(target)
        return None


def _frame(kind: KindInfo, text: Text) -> Found:
    """What every kind of document has: its name, its key, its reference date."""
    found = []
    fields = {f.name: f for f in kind.record.fields}
    named = fields.get("document_type")
    if named is None or not named.required or named.members != (kind.name,):
        help = f'require it, and describe it as `{{"const": "{kind.name}"}}`'
        found.append(problem(text, "/properties/document_type", f"`document_type` must be `{kind.name}`", help))
    key = fields.get(kind.key)
    if key is None or not key.required or key.nullable or key.kind != "string":
        help = "name the required text that tells one document of the kind from another"
        found.append(problem(text, "/x-key", "`x-key` names no required text field", help))
    if not _is_date(kind.record, str(kind.schema.get("x-date", ""))):
        help = "the date that rules without a `date` go by, as a path: `period.ends`"
        found.append(problem(text, "/x-date", "`x-date` leads to no date", help))
    return found


def _is_date(record: RecordInfo | None, path: str) -> bool:
    *way, last = path.split(".")
    for name in way:
        record = next((f.record for f in record.fields if f.name == name), None) if record is not None else None
    return record is not None and any(f.name == last and f.kind == "date" for f in record.fields)
