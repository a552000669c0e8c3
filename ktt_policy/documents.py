"""Paths, bytes and objects → documents. Nothing that was given is skipped in silence.

A file holds one document, an array of them, or one a line (NDJSON). Sound documents take the fast road through
`schemas.records`; all others are read carefully, so that what is wrong can be said with its place.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeGuard

from msgspec import Struct

from ktt_policy.diagnostics import Diagnostic, Span, did_you_mean
from ktt_policy.masking import mask
from ktt_policy.schemas.records import Marks, Reader, from_tree
from ktt_policy.schemas.remembered import NotPlainError
from ktt_policy.source.json_ import DIGITS, LARGEST_EXPONENT, JsonError, Spans, decode, is_readable, parse

LARGEST = 64 * 1024 * 1024
SUFFIXES = (".json", ".ndjson", ".jsonl")
NAMED = "documents are files named " + ", ".join(f"*{s}" for s in SUFFIXES)
LINES = (".ndjson", ".jsonl")


class Document(Struct, eq=False):
    """A document of a run. `raw` holds the file's bytes, or the line's in NDJSON; `index` its place in an array."""

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

    @property
    def sound(self) -> bool:
        return not self.faults

    @property
    def prefix(self) -> str:
        """The JSON Pointer of the document within its file or line."""
        return "" if self.index is None else f"/{self.index}"

    def is_broken(self, record: Any, field: str) -> bool:
        return self.marks is not None and (id(record), field) in self.marks


Read = Iterator[Document | Diagnostic]


def read_all(given: Iterable[Any], reader: Reader, judged: bool, largest: int = LARGEST, strict: bool = False) -> Read:
    """Documents and problems of paths, globs, `-`, bytes or mappings, in the order given.

    Files of a folder that are not named as documents are left out, and it is said how many; `strict` makes it an error.
    """
    seen: set[Path] = set()
    for one in given:
        if isinstance(one, (str, Path)):
            yield from _read_path(str(one), reader, judged, largest, seen, strict)
        elif isinstance(one, (bytes, bytearray)):
            yield from read_bytes(bytes(one), "<bytes>", reader, judged, largest)
        else:
            yield from _read_object(one, reader, judged)


def _read_path(path: str, reader: Reader, judged: bool, largest: int, seen: set[Path], strict: bool) -> Read:
    if path == "-":
        yield from read_bytes(sys.stdin.buffer.read(), "<stdin>", reader, judged, largest)
        return
    where = Path(path)
    if where.is_dir():
        every = sorted(p for p in where.rglob("*") if p.is_file())
        files = [p for p in every if p.suffix in SUFFIXES]
        others = [p for p in every if p.suffix not in SUFFIXES]
        if not files:
            yield Diagnostic("E108", f"there is nothing to check in `{path}`", help=NAMED)
        elif others:
            yield _left_out(path, others, strict)
    elif any(c in path for c in "*?[") and not where.exists():
        files = sorted(p for p in _glob(path) if p.is_file())
        if not files:
            yield Diagnostic("E108", f"no file matches `{path}`", help="check the pattern, and the folder you are in")
    else:
        files = [where]
    for file in files:
        real = file.resolve()
        if real in seen:
            continue
        seen.add(real)
        yield from _read_file(file, reader, judged, largest)


def _left_out(folder: str, files: list[Path], strict: bool) -> Diagnostic:
    shown = ", ".join(p.name for p in files[:3]) + (", …" if len(files) > 3 else "")
    message = f"{len(files)} files in `{folder}` were left out: {shown}"
    if strict:
        return Diagnostic("E109", message, help=f"--strict-input refuses them; {NAMED}")
    return Diagnostic("W110", message, severity="warning", help=NAMED)


def _glob(pattern: str) -> list[Path]:
    from glob import glob

    return [Path(p) for p in glob(pattern, recursive=True)]  # noqa: PTH207  (absolute patterns too)


def _read_file(path: Path, reader: Reader, judged: bool, largest: int) -> Read:
    name = str(path)
    try:
        with path.open("rb") as file:
            if path.suffix in LINES:
                yield from _read_lines(file, name, reader, judged, largest)
                return
            raw = file.read(largest + 1)
            if len(raw) > largest:
                first = raw[: raw.find(b"\n")] if b"\n" in raw[:1_000_000] else b""
                if _is_whole(first, name):
                    file.seek(0)
                    yield from _read_lines(file, name, reader, judged, largest)
                    return
    except OSError as error:
        yield Diagnostic("E101", f"cannot read `{name}`: {error.strerror or error}")
        return
    yield from read_bytes(raw, name, reader, judged, largest)


def _is_whole(line: bytes, name: str) -> bool:
    try:
        return isinstance(parse(decode(line, name)), dict)
    except JsonError:
        return False


def _read_lines(lines: Iterable[bytes], name: str, reader: Reader, judged: bool, largest: int) -> Read:
    """One document a line. Blank lines are left out; a bad line is reported and the rest read."""
    empty = True
    for number, line in enumerate(lines, 1):
        raw = line.strip()
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw:
            empty = False
            yield from _read_one(raw, name, number, reader, judged, largest)
    if empty:
        yield Diagnostic("E108", f"`{name}` is empty")


def read_bytes(raw: bytes, name: str, reader: Reader, judged: bool, largest: int = LARGEST) -> Read:
    """The documents of a whole text."""
    if len(raw) > largest:
        help = "write one document a line (NDJSON), or raise --max-bytes"
        yield Diagnostic("E107", f"`{name}` is larger than {largest} bytes", help=help)
        return
    plain = raw.removeprefix(b"\xef\xbb\xbf")
    if not plain.strip():
        yield Diagnostic("E108", f"`{name}` is empty", help="a file holds a document, an array, or NDJSON")
        return
    first, _, rest = plain.lstrip().partition(b"\n")
    if rest.strip() and first.rstrip().endswith(b"}") and _is_whole(first, name):
        yield from _read_lines(plain.split(b"\n"), name, reader, judged, largest)
        return
    yield from _read_one(plain, name, 1, reader, judged, largest)


def _read_one(raw: bytes, name: str, line: int, reader: Reader, judged: bool, largest: int) -> Read:
    if len(raw) > largest:
        yield Diagnostic("E107", f"`{name}` line {line} is larger than {largest} bytes")
        return
    try:
        records = reader.decode(raw.strip())
    except NotPlainError:
        yield from _read_carefully(raw, name, line, reader, judged)
        return
    array = raw.lstrip()[:1] == b"["
    if not records:
        yield _no_document(name, line, "the array is empty")
    for index, record in enumerate(records):
        kind = reader.by_class[record.__class__]
        key = getattr(record, kind.key)
        yield Document(kind.name, key, record, name, raw, line, index if array else None, judged)


def _read_carefully(raw: bytes, name: str, line: int, reader: Reader, judged: bool) -> Read:
    try:
        text = decode(raw, name, line)
        tree = parse(text)
    except JsonError as error:
        yield error.diagnostic
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
        shown = {list: "an array", str: "a text", bool: "true or false", Decimal: "a number"}
        return _no_document(name, line, f"this is {shown.get(type(tree), 'null')}", span)
    kind_name = tree.get("document_type")
    if not _names_kind(kind_name, reader):
        if "document_type" not in tree:
            return _no_document(name, line, "`document_type` is missing", span, "one of " + ", ".join(kinds))
        shown_kind = mask(kind_name) if isinstance(kind_name, str) else "of another type"
        help = did_you_mean(str(kind_name), kinds)
        return _no_document(name, line, f"unknown document_type `{shown_kind}`", span, help)
    from ktt_policy.schemas.validation import faults

    kind = reader.kinds[kind_name]
    found = faults(kind.info, tree)
    marks: Marks = set()
    record = from_tree(kind, tree, {f.pointer for f in found if f.breaks}, marks)
    key = tree.get(kind.key)
    return Document(
        kind.name, key if isinstance(key, str) else "", record, name, raw, line, index, judged, marks, found
    )


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
        number = Decimal(value)
        if not is_readable(number):
            raise TypeError(f"a number has at most {DIGITS} digits and an exponent within ±{LARGEST_EXPONENT}")
        return number
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): exact(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(v) for v in value]
    raise TypeError(f"a {type(value).__name__} cannot stand in a document")
