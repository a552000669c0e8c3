"""The schemas that a rulebook brings in its `schemas/`: whole ones, and extensions of shipped ones.

A schema that says `"x-extends": "invoice"` is laid over the shipped one as a JSON Merge Patch (RFC 7386): objects are
merged, everything else replaces, null takes away. Only the null of `x-absent` stays, as it is what that keyword says.

Unlike the shipped schemas these are input. They are held to the keywords that the fast road checks as well: a keyword
that only jsonschema knows would let a document pass that breaks it.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from keyword import iskeyword
from pathlib import Path
from typing import Any

from ktt_policy.diagnostics import Diagnostic, did_you_mean, slip
from ktt_policy.expr.functions.strings import pattern_fault
from ktt_policy.schemas.formats import FORMATS
from ktt_policy.schemas.formats import pattern as compiled
from ktt_policy.schemas.model import FieldInfo, KindInfo, RecordInfo, kind_of, read_schema
from ktt_policy.schemas.plain import fitting, said
from ktt_policy.source.json_ import parse
from ktt_policy.source.merge import merge_patch
from ktt_policy.source.spans import Spans, pointer
from ktt_policy.source.text import JsonError, Text, decode

Found = list[Diagnostic]
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
FORMAT_NAMES = ("date", *FORMATS)
SAID = {"title", "description", "examples", "$comment", "$ref"}  # and everything that begins with `x-`
OURS = (
    "x-fi", "x-enum", "x-key", "x-key-within", "x-date", "x-sensitive", "x-amount", "x-absent", "x-type", "x-extends"
)  # fmt: skip
ONE = {"x-type": "time", "x-absent": None}  # what a keyword of ours can be, where it can be one thing
LARGEST = 2**63 - 1
NULLS = ("x-absent",)  # may be null; of all else null takes away what an extension lies over
ROOT = {"$schema", "$id", "$defs"}
KEYWORDS: dict[str, set[str]] = {
    "string": {"enum", "const", "format", "pattern", "minLength", "maxLength"},
    "number": {"minimum", "maximum", "multipleOf"},
    "integer": {"minimum", "maximum"},
    "boolean": set(),
    "object": {"properties", "required", "unevaluatedProperties", "additionalProperties"},
    "array": {"items", "minItems"},
}


def schema_of(own: Path, shipped: Path, name: str) -> tuple[dict[str, Any] | None, Text | None, Found]:
    """The schema that a file, told of by a name, gives, laid over the shipped one that it extends, and its own text."""
    try:
        text = decode(own.read_bytes(), name)
        written = parse(text)
    except OSError as error:
        return None, None, [Diagnostic("E101", f"cannot read `{name}`: {error.strerror}", whole=name)]
    except JsonError as error:
        return None, None, [error.diagnostic]
    if not isinstance(written, dict):
        return (
            None,
            text,
            [Diagnostic("E207", f"`{name}` holds no schema", help="a schema is a JSON object", whole=name)],
        )
    schema: dict[str, Any] = read_schema(text.text.encode())
    if "x-extends" not in schema:
        return schema, text, []
    base = shipped / f"{schema['x-extends']}.schema.json"
    known = sorted(p.name.removesuffix(".schema.json") for p in shipped.glob("*.schema.json"))
    if not isinstance(schema["x-extends"], str) or schema["x-extends"] not in known:
        help = did_you_mean(str(schema["x-extends"]), known)
        return None, text, [problem(text, "/x-extends", f"no schema `{schema['x-extends']}` is shipped", help)]
    shipped_one = read_schema(base.read_bytes())
    extended: dict[str, Any] = merge_patch(shipped_one, schema, NULLS)
    del extended["x-extends"]
    return extended, text, _idle(shipped_one, schema, extended, text)


def _idle(base: dict[str, Any], patch: dict[str, Any], made: dict[str, Any], text: Text) -> Found:
    """What an extension says in vain, by a slip most likely: it takes away or names what is not there."""
    found = []

    def visit(base: Any, patch: Any, made: Any, at: str) -> None:
        for key, value in patch.items():
            here, known = at + pointer(key), base if isinstance(base, dict) else {}
            if value is None and key not in NULLS and key not in known:
                help = did_you_mean(key, list(known), "leave it out")
                found.append(problem(text, here, f"null takes `{key}` away, which is not there", help))
            elif key == "x-enum" and isinstance(value, dict):
                members = [m for m in made.get("enum", (made.get("const"),)) if isinstance(m, str)]
                for name in (name for name, words in value.items() if words is not None and name not in members):
                    help = did_you_mean(name, members, "name a value of the list")
                    found.append(problem(text, here + pointer(name), f"`{name}` is none of the field's values", help))
            elif isinstance(value, dict) and isinstance(made.get(key), dict):
                visit(known.get(key), value, made[key], here)

    visit(base, patch, made, "")
    added = patch.get("$defs")
    for name in added if isinstance(added, dict) else ():
        if name not in base.get("$defs", {}) and f'"#/$defs/{name}"' not in text.text:
            help = did_you_mean(name, list(base.get("$defs", {})), "refer to it, or leave it out")
            found.append(problem(text, f"/$defs{pointer(name)}", f"nothing refers to `#/$defs/{name}`", help))
    return found


def own_kind(own: Path, shipped: Path, kind: str, name: str) -> tuple[KindInfo | None, Found]:
    """The kind that a rulebook's schema file, told of by a name, describes, or what is wrong with the file."""
    schema, text, found = schema_of(own, shipped, name)
    if schema is None or text is None:
        return None, found
    found += faults_of(schema, text)
    if found:
        return None, found
    made = kind_of(kind, own.name, schema)
    found = _frame(made, text)
    return (None if found else made), found


def problem(text: Text, at: str, message: str, help: str = "") -> Diagnostic:
    """A diagnostic at a pointer of the schema, or at the nearest place above it that stands in the file."""
    span = Spans(text)[at]
    return Diagnostic("E207", message, span, help=help, pointer=at, excerpt=text.line(span.line))


def faults_of(schema: dict[str, Any], text: Text) -> Found:
    """Where a schema is none, or goes beyond what a record can check."""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema), key=lambda e: e.path)
    if errors:
        told = [fitting(e) for e in errors]
        return [problem(text, pointer(*e.absolute_path), f"not JSON Schema: {said(e)}") for e in told]
    checker = _Checker(schema, text)
    checker.part(schema, "", ())
    return checker.found


class _Checker:
    def __init__(self, root: dict[str, Any], text: Text) -> None:
        self.root = root
        self.text = text
        self.found: Found = []
        self.seen: dict[str, str | None] = {}

    def fail(self, at: str, message: str, help: str = "") -> None:
        self.found.append(problem(self.text, at, message, help))

    def part(self, schema: Any, at: str, way: tuple[str, ...]) -> str | None:
        """Check the schema of a value, and give its type; `way` are the references that led to it."""
        if not isinstance(schema, dict):
            self.fail(at, "a field is described by an object", 'write at least `{"type": "string"}`')
            return None
        if "$ref" in schema:
            self.keywords(schema, SAID, "a reference", at)
            return self.reference(schema["$ref"], at, way)
        kind = self.kind(schema, at)
        if kind is None:
            return None
        known = KEYWORDS[kind] | SAID | {"type"} | (ROOT if at == "" else set())
        self.keywords(schema, known - {"$ref"}, f"the type {kind}", at)
        for name in ("minLength", "maxLength", "minItems", *(("minimum", "maximum") if kind == "integer" else ())):
            if isinstance(schema.get(name), (int, Decimal)) and abs(schema[name]) > LARGEST:
                self.fail(at + pointer(name), f"`{name}` is beyond what is counted", f"{LARGEST} at most")
        if kind == "string":
            self.text_field(schema, at)
        elif kind == "array":
            item = self.part(schema.get("items"), at + "/items", way)
            looked_into = item == "string" and self.looked_into(schema["items"])
            if looked_into or item not in (None, "object", "string", "boolean"):
                help = "put such a value in a record: a list of objects"
                self.fail(at + "/items", "a list holds records, texts, dates, or true and false", help)
        elif kind == "object":
            self.fields(schema, at, way)
        return kind

    def keywords(self, schema: dict[str, Any], known: set[str], what: str, at: str) -> None:
        for keyword in schema:
            if keyword not in known and not keyword.startswith("x-"):
                help = did_you_mean(keyword, sorted(known), "say it in a rule")
                self.fail(at + pointer(keyword), f"`{keyword}` is not checked for {what}", help)
            elif keyword not in OURS and (keyword.casefold() in OURS or slip(keyword, OURS)):
                self.fail(at + pointer(keyword), f"`{keyword}` is no keyword", did_you_mean(keyword, OURS))
            elif keyword in ONE and schema[keyword] != ONE[keyword]:
                only = json.dumps(ONE[keyword])
                self.fail(at + pointer(keyword), f"`{keyword}` can be {only} only", "leave it out otherwise")
        self.words(schema, at)

    def words(self, schema: dict[str, Any], at: str) -> None:
        """What pages and messages call a field and its values."""
        finnish, values = schema.get("x-fi", {}), schema.get("x-enum", {})
        if not _texts(finnish) or not set(finnish) <= {"title", "description"}:
            self.fail(f"{at}/x-fi", "`x-fi` holds texts: `title`, `description`")
        if not isinstance(values, dict):
            self.fail(f"{at}/x-enum", "`x-enum` holds a name in `fi` and `en` for each value")
            return
        for value, names in values.items():
            if not _texts(names) or set(names) != {"fi", "en"}:
                self.fail(f"{at}/x-enum{pointer(value)}", f"the name of `{value}` is needed in `fi` and `en`")

    def text_field(self, schema: dict[str, Any], at: str) -> None:
        limits = {"pattern", "minLength", "maxLength"} & set(schema)
        if schema.get("format", "date") not in FORMAT_NAMES:
            help = did_you_mean(schema["format"], list(FORMAT_NAMES))
            self.fail(at + "/format", f"unknown format `{schema['format']}`", help)
        if schema.get("format") == "date" and limits:
            self.fail(at, "a date has no " + ", ".join(f"`{one}`" for one in sorted(limits)), "say it in a rule")
        fault = _pattern_fault(schema.get("pattern", ""))
        if fault:
            self.fail(at + "/pattern", fault, "a pattern may say what one of `matches` may")
        if "enum" not in schema and "const" not in schema:
            return
        members = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
        if any(not isinstance(m, str) and m is not None for m in members):
            self.fail(at, "only texts can be listed in `enum` and `const`")
        if limits or {"format", "x-type"} & set(schema) or {"enum", "const"} <= set(schema):
            self.fail(at, "a listed text has one list and no `format`, `x-type`, `pattern` or length")
        if "type" in schema and (None in members) != (isinstance(schema["type"], list) and "null" in schema["type"]):
            self.fail(at, "null stands both in the list and in the `type`, or in neither")

    def looked_into(self, schema: dict[str, Any]) -> bool:
        """True for a text that the reader looks into further, as it does in records only."""
        if "$ref" in schema:
            schema = self.root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return "x-type" in schema or schema.get("format", "date") != "date"

    def fields(self, schema: dict[str, Any], at: str, way: tuple[str, ...]) -> None:
        known = schema.get("properties", {})
        for name, field in known.items():
            here = f"{at}/properties{pointer(name)}"
            if not NAME.match(name) or iskeyword(name):
                self.fail(here, f"`{name}` cannot be the name of a field", "small letters, digits and _, no keyword")
            self.part(field, here, way)
        for name in schema.get("required", ()):
            if name not in known:
                help = did_you_mean(name, list(known), "describe it in `properties`")
                self.fail(at + "/required", f"`{name}` is required and not described", help)

    def kind(self, schema: dict[str, Any], at: str) -> str | None:
        """The type besides null; a list of texts is one even without `type`."""
        written = schema.get("type", "string" if "enum" in schema or "const" in schema else [])
        types = [one for one in ([written] if isinstance(written, str) else written) if one != "null"]
        if len(types) == 1 and types[0] in KEYWORDS:
            return str(types[0])
        self.fail(at, "a field has one `type`, and null beside it at most", "one of " + ", ".join(KEYWORDS))
        return None

    def reference(self, target: str, at: str, way: tuple[str, ...]) -> str | None:
        name = target.removeprefix("#/$defs/")
        if name not in self.root.get("$defs", {}) or target == name:
            help = did_you_mean(name, list(self.root.get("$defs", {})), "write `#/$defs/name`")
            self.fail(at + "/$ref", f"`{target}` leads to nothing in this schema", help)
            return None
        if target in way:
            self.fail(at + "/$ref", f"`{target}` holds itself", "a document is as deep as its schema")
            return None
        if "$ref" in self.root["$defs"][name]:
            self.fail(at + "/$ref", f"`{target}` leads to another reference", "refer to where that one leads")
            return None
        if target not in self.seen:
            self.seen[target] = self.part(self.root["$defs"][name], target.removeprefix("#"), (*way, target))
        return self.seen[target]


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _pattern_fault(written: str) -> str:
    """Why a pattern is refused. What `matches` takes, no text can make run without end."""
    try:
        compiled(written)
    except re.error as error:
        return f"no regular expression: {error}"
    return pattern_fault(written)


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
    issuer = _leads_to(kind.record, kind.within)
    if kind.within and (issuer is None or not issuer.required or issuer.nullable or issuer.kind != "string"):
        help = "the required text within which keys are unique, as a path: `provider.business_id`"
        found.append(problem(text, "/x-key-within", "`x-key-within` leads to no required text field", help))
    dated = _leads_to(kind.record, kind.date)
    if dated is None or dated.kind != "date":
        help = "the date that rules without a `date` go by, as a path: `period.ends`"
        found.append(problem(text, "/x-date", "`x-date` leads to no date", help))
    return found


def _leads_to(record: RecordInfo | None, path: str) -> FieldInfo | None:
    """The field at a path of single records, through no list."""
    found = None
    for name in path.split("."):
        found = next((f for f in record.fields if f.name == name), None) if record is not None else None
        record = found.record if found is not None else None
    return found
