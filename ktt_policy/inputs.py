"""Paths, globs, `-` and bytes → the texts that hold documents. Nothing that was given is skipped in silence.

A file holds one document, an array of them, or one a line (NDJSON): then every line is a text of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.source.json_ import JsonError, decode, parse

LARGEST = 64 * 1024 * 1024
SUFFIXES = (".json", ".ndjson", ".jsonl")
NAMED = "documents are files named " + ", ".join(f"*{s}" for s in SUFFIXES)
LINES = (".ndjson", ".jsonl")
MARK = b"\xef\xbb\xbf"  # a byte-order mark is accepted


class Unit(Struct):
    """A text with a document or an array of them: a whole file, or the `line` of one in NDJSON, from `offset` on."""

    raw: bytes
    file: str
    line: int = 1
    offset: int = 0


Units = Iterator[Unit | Diagnostic]


def read_units(given: Iterable[str | Path | bytes], largest: int = LARGEST, strict: bool = False) -> Units:
    """The texts of what is given, and what is wrong with them, in the order given. No file is read twice.

    Files of a folder that are not named as documents are left out, and it is said how many; `strict` makes it an error.
    """
    seen: set[Path] = set()
    for one in given:
        if isinstance(one, bytes):
            yield from units_of(one, "<bytes>", largest)
        elif str(one) == "-":
            yield from units_of(sys.stdin.buffer.read(), "<stdin>", largest)
        else:
            for file in files_of(str(one), strict):
                if isinstance(file, Diagnostic):
                    yield file
                elif (real := file.resolve()) not in seen:
                    seen.add(real)
                    yield from _read_file(file, largest)


def size_of(given: Iterable[Any]) -> int:
    """How many bytes the files of paths have; 0 when something given is no file that could be read twice."""
    size = 0
    for one in given:
        if not isinstance(one, (str, Path)) or str(one) == "-":
            return 0
        for file in files_of(str(one)):
            try:
                size += file.stat().st_size if isinstance(file, Path) and file.is_file() else 0
            except OSError:
                return 0
    return size


def files_of(path: str, strict: bool = False) -> Iterator[Path | Diagnostic]:
    """The files that a path names: itself, those of a folder, or those that match a glob."""
    where = Path(path)
    if where.is_dir():
        every = sorted(p for p in where.rglob("*") if p.is_file())
        files = [p for p in every if p.suffix in SUFFIXES]
        others = [p for p in every if p.suffix not in SUFFIXES]
        if not files:
            yield Diagnostic("E108", f"there is nothing to check in `{path}`", help=NAMED)
        elif others:
            yield _left_out(path, others, strict)
        yield from files
    elif any(c in path for c in "*?[") and not where.exists():
        matching = sorted(p for p in _glob(path) if p.is_file())
        if not matching:
            yield Diagnostic("E108", f"no file matches `{path}`", help="check the pattern, and the folder you are in")
        yield from matching
    else:
        yield where


def _left_out(folder: str, files: list[Path], strict: bool) -> Diagnostic:
    shown = ", ".join(p.name for p in files[:3]) + (", …" if len(files) > 3 else "")
    message = f"{len(files)} files in `{folder}` were left out: {shown}"
    if strict:
        return Diagnostic("E109", message, help=f"--strict-input refuses them; {NAMED}")
    return Diagnostic("W110", message, severity="warning", help=NAMED)


def _glob(pattern: str) -> list[Path]:
    from glob import glob

    return [Path(p) for p in glob(pattern, recursive=True)]  # noqa: PTH207  (absolute patterns too)


def _read_file(path: Path, largest: int) -> Units:
    name = str(path)
    try:
        with path.open("rb") as file:
            if path.suffix in LINES:
                yield from _lines(file, name, largest)
                return
            raw = file.read(largest + 1)
            if len(raw) > largest and _begins_with_document(raw, name):
                file.seek(0)
                yield from _lines(file, name, largest)
                return
    except OSError as error:
        yield Diagnostic("E101", f"cannot read `{name}`: {error.strerror or error}")
        return
    yield from units_of(raw, name, largest)


def _begins_with_document(raw: bytes, name: str) -> bool:
    """True when the first line is a document by itself."""
    first = raw[: raw.find(b"\n")] if b"\n" in raw[:1_000_000] else b""
    return _is_whole(first, name)


def _is_whole(line: bytes, name: str) -> bool:
    try:
        return isinstance(parse(decode(line, name)), dict)
    except JsonError:
        return False


def units_of(raw: bytes, name: str, largest: int = LARGEST) -> Units:
    """The texts in the bytes of a file."""
    if len(raw) > largest and not _begins_with_document(raw, name):
        help = "write one document a line (NDJSON), or raise --max-bytes"
        yield Diagnostic("E107", f"`{name}` is larger than {largest} bytes", help=help)
        return
    plain = raw.removeprefix(MARK)
    text = plain.strip()
    if not text:
        yield Diagnostic("E108", f"`{name}` is empty", help="a file holds a document, an array, or NDJSON")
        return
    end = text.find(b"\n")
    if end >= 0 and text[:end].rstrip().endswith(b"}") and _is_whole(text[:end], name):
        yield from _lines(BytesIO(raw), name, largest)
        return
    yield Unit(plain, name, 1, len(raw) - len(plain))


def _lines(lines: BinaryIO, name: str, largest: int) -> Units:
    """One document a line. Blank lines are left out; a bad line is reported and the rest read."""
    empty = True
    offset = 0
    for number, line in enumerate(lines, 1):
        raw = line.strip()
        if number == 1:
            raw = raw.removeprefix(MARK)
        if len(raw) > largest:
            empty = False
            yield Diagnostic("E107", f"`{name}` line {number} is larger than {largest} bytes")
        elif raw:
            empty = False
            yield Unit(raw, name, number, offset + line.find(raw))
        offset += len(line)
    if empty:
        yield Diagnostic("E108", f"`{name}` is empty")
