"""Texts and objects → documents. Sound documents take the fast road through
`schemas.records`; all others are read carefully, so that what is wrong can be said with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from ktt_policy.diagnostics import Diagnostic, Span, did_you_mean
from ktt_policy.inputs import LARGEST, LINES, MARK, SPACE, Unit, read_units, units_of
from ktt_policy.masking import mask
from ktt_policy.schemas.records import Marks, Reader, from_tree
from ktt_policy.schemas.remembered import NotPlainError
from ktt_policy.source.limits import number_of
from ktt_policy.source.spans import Spans
from ktt_policy.source.text import JsonError, decode


class Document(Struct, eq=False):
    """A document of a run. `raw` holds the file's bytes, or the line's in NDJSON; `index` its place in an array.

    `number` orders the documents of a run. Where the text is not kept, `again` reads it again; where the record is not,
    `issuer` says who gave the key.
    """

    kind: str
    key: str
    record: Any
    file: str
    raw: bytes | None
    line: int
    index: int | None
    judged: bool
    marks: Marks | None = None
    faults: list[Any] | None = None
    number: int = 0
    again: Callable[[], bytes] | None = None
    issuer: str = ""

    def text(self) -> bytes | None:
        """The bytes that it was read from; None for a document that was given as an object."""
        return self.again() if self.raw is None and self.again is not None else self.raw

    @property
    def sound(self) -> bool:
        return not self.faults

    @property
    def prefix(self) -> str:
        """The JSON Pointer of the document within its file or line."""
        return "" if self.index is None else f"/{self.index}"


def issuer_of(document: Document, within: str) -> str:
    """What stands at the path `KindInfo.within` of a document, which numbers its own; empty where it is not stated."""
    value = document.record
    if value is None:
        return document.issuer
    for name in within.split(".") if within else ():
        value = getattr(value, name, None)
    return value if isinstance(value, str) else ""


Read = Iterator[Document | Diagnostic]


def read_all(given: Iterable[Any], reader: Reader, judged: bool, largest: int = LARGEST, strict: bool = False) -> Read:
    """Documents and problems of paths, globs, `-`, bytes or mappings, in the order given; see `inputs.read_units`."""
    seen: set[str] = set()
    for texts, group in groupby(given, lambda one: isinstance(one, (str, Path, bytes, bytearray))):
        if texts:
            yield from read_texts(read_units(map(_text, group), largest, strict, seen), reader, judged)
        else:
            for one in group:
                yield from _read_object(one, reader, judged)


def _text(one: str | Path | bytes | bytearray) -> str | Path | bytes:
    return bytes(one) if isinstance(one, bytearray) else one


def read_bytes(raw: bytes, name: str, reader: Reader, judged: bool, largest: int = LARGEST) -> Read:
    """The documents of a whole text."""
    return read_texts(units_of(raw, name, largest), reader, judged)


def read_texts(units: Iterable[Unit | Diagnostic], reader: Reader, judged: bool) -> Read:
    """The documents in texts; what is no text is passed on."""
    for unit in units:
        if isinstance(unit, Diagnostic):
            yield unit
            continue
        raw, file, line = unit.raw, unit.file, unit.line
        text = raw.removeprefix(MARK).strip(SPACE)
        try:
            records = reader.decode(text)
        except NotPlainError:
            yield from _read_carefully(raw, file, line, reader, judged)
            continue
        if not records:
            yield _no_document(file, line, "the array is empty")
        indexes = range(len(records)) if text[:1] == b"[" else (None,)
        for index, record in zip(indexes, records, strict=False):
            kind = reader.by_class[record.__class__]
            yield Document(kind.name, getattr(record, kind.key), record, file, raw, line, index, judged)


def _read_carefully(raw: bytes, name: str, line: int, reader: Reader, judged: bool) -> Read:
    from ktt_policy.source.json_ import parse  # which sound documents do not need

    try:
        text = decode(raw, name, line)
        tree = parse(text)
    except JsonError as error:
        found = error.diagnostic
        if found.code == "E103" and name.lower().endswith(LINES):
            help = "each line of such a file is a whole document; name one that goes over lines `.json`"
            found = replace(found, help=help)
        yield found
        return
    places = Spans(text)
    if isinstance(tree, list):
        if not tree:
            yield _no_document(name, line, "the array is empty")
        for index, item in enumerate(tree):
            yield _document(item, name, raw, line, index, reader, judged, places)
    else:
        yield _document(tree, name, raw, line, None, reader, judged, places)


def _names_kind(name: Any, reader: Reader) -> TypeGuard[str]:
    return isinstance(name, str) and name in reader.kinds


def _no_document(name: str, line: int, what: str, span: Span | None = None, help: str = "") -> Diagnostic:
    place = span or Span(name, line, 1, line, 1)
    return Diagnostic("E109", f"no document: {what}", place, help=help or "see `ktt-policy schema` for the kinds")


def _document(
    tree: Any, name: str, raw: bytes | None, line: int, index: int | None, reader: Reader, judged: bool,
    places: Spans | None = None,
) -> Document | Diagnostic:  # fmt: skip
    kinds = list(reader.kinds)
    span = None
    if places is not None and not (isinstance(tree, dict) and _names_kind(tree.get("document_type"), reader)):
        span = places[("" if index is None else f"/{index}") + "/document_type"]
    if not isinstance(tree, dict):
        return _no_document(name, line, f"this is {_what(tree)}", span)
    kind_name = tree.get("document_type")
    if not _names_kind(kind_name, reader):
        if "document_type" not in tree:
            return _no_document(name, line, "`document_type` is missing", span, "one of " + ", ".join(kinds))
        if not isinstance(kind_name, str):
            message = f"`document_type` must be a text, not {_what(kind_name)}"
            return _no_document(name, line, message, span, "one of " + ", ".join(kinds))
        message = f"unknown document_type `{mask(kind_name)}`"
        return _no_document(name, line, message, span, did_you_mean(kind_name, kinds))
    from ktt_policy.schemas.validation import faults

    kind = reader.kinds[kind_name]
    found = faults(kind.info, tree)
    marks: Marks = set()
    record = from_tree(kind, tree, {f.pointer for f in found if f.breaks}, marks)
    key = tree.get(kind.key)
    return Document(
        kind.name, key if isinstance(key, str) else "", record, name, raw, line, index, judged, marks, found
    )


def _what(tree: Any) -> str:
    shown = {list: "an array", dict: "an object", str: "a text", bool: "true or false", Decimal: "a number"}
    return shown.get(type(tree), "null")


def _read_object(value: Any, reader: Reader, judged: bool) -> Read:
    """A document given as a Python mapping (or a list of them)."""
    if isinstance(value, list):
        for item in value:
            yield from _read_object(item, reader, judged)
        return
    try:
        tree = exact(value)
    except TypeError as error:
        yield Diagnostic("E105", str(error), help="give Decimal or int; a float is not exact")
        return
    yield _document(tree, "<object>", None, 1, None, reader, judged)


def exact(value: Any) -> Any:
    """Python data with every number as Decimal; a float is refused."""
    from datetime import date, datetime, time

    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, Decimal)):
        return number_of(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): exact(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(v) for v in value]
    raise TypeError(f"a {type(value).__name__} cannot stand in a document")
