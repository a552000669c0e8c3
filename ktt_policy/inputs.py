"""Paths, globs, `-` and bytes → the texts that hold documents. Nothing that was given is skipped in silence.

A file holds one document, an array of them, or one a line (NDJSON): then every line is a text of its own.
"""

# `Path.is_dir` and its like raise where a folder cannot be looked into.
# ruff: noqa: PTH110, PTH112, PTH113, PTH122, PTH207

from __future__ import annotations

import os.path
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

from ktt_policy.diagnostics import Diagnostic, Span
from ktt_policy.source.text import JsonError, decode

LARGEST = 64 * 1024 * 1024
SUFFIXES = (".json", ".ndjson", ".jsonl")
NAMED = "documents are files named " + ", ".join(f"*{s}" for s in SUFFIXES)
LINES = (".ndjson", ".jsonl")
STDIN = "<stdin>"
MARK = b"\xef\xbb\xbf"  # a byte-order mark is accepted
SPACE = b" \t\r\n"  # what may stand around a document


class Unit(Struct):
    """A text with a document or an array of them: a whole file, or the `line` of one in NDJSON, from `offset` on."""

    raw: bytes
    file: str
    line: int = 1
    offset: int = 0


Units = Iterator[Unit | Diagnostic]


def read_units(
    given: Iterable[str | Path | bytes], largest: int = LARGEST, strict: bool = False, seen: set[str] | None = None
) -> Units:
    """The texts of what is given, and what is wrong with them, in the order given. No file is read twice; `seen` holds
    the real paths of those that were, from one call to the next.

    Files of a folder that are not named as documents are left out, and it is said how many; `strict` makes it an error.
    """
    seen = set() if seen is None else seen
    for one in given:
        if isinstance(one, bytes):
            yield from units_of(one, "<bytes>", largest)
        elif str(one) == "-":
            yield from _standard_input(largest)
        else:
            for file in files_of(str(one), strict):
                if isinstance(file, Diagnostic):
                    yield file
                elif (real := os.path.realpath(file)) not in seen:
                    seen.add(real)
                    yield from _read_file(file, largest)


def _standard_input(largest: int) -> Units:
    try:
        raw = sys.stdin.buffer.read()
    except (AttributeError, OSError, ValueError):  # closed: Python then has no stream at all
        yield Diagnostic("E101", "cannot read the standard input", help="pipe documents into the command", whole=STDIN)
        return
    yield from units_of(raw, STDIN, largest)


def size_of(given: Iterable[Any]) -> int:
    """How many bytes the files of paths have; 0 when something given is no file that could be read twice."""
    size = 0
    for one in given:
        if not isinstance(one, (str, Path)) or str(one) == "-":
            return 0
        for file in files_of(str(one)):
            try:
                if isinstance(file, Path) and os.path.isfile(file):
                    size += file.stat().st_size
                elif isinstance(file, Path) and os.path.exists(file):
                    return 0
            except OSError:
                return 0
    return size


def files_of(path: str, strict: bool = False) -> Iterator[Path | Diagnostic]:
    """The files that a path names: itself, those of a folder, or those that match a glob."""
    if not path:
        yield Diagnostic("E101", "a path is empty", help="is a variable not set? `.` is the folder that you are in")
    elif os.path.isdir(path):
        yield from _folder(path, strict)
    elif any(c in path for c in "*?[") and not os.path.lexists(path):
        yield from _glob(path, strict)
    else:
        yield Path(path)


def _folder(path: str, strict: bool) -> Iterator[Path | Diagnostic]:
    """The documents of a folder and of those within it, links followed. What cannot be looked into is told."""
    files: list[Path] = []
    others: list[Path] = []
    top = Path(os.path.realpath(path))
    seen = set(top.parents)
    unread: list[OSError] = []
    for here, folders, names in os.walk(path, onerror=unread.append, followlinks=True):
        real = Path(os.path.realpath(here))
        if real in seen:
            folders.clear()  # a link to where we have been, or up
            continue
        seen.add(real)
        for name in names:
            (files if _is_named(name) else others).append(Path(here, name))
    for error in unread:
        yield Diagnostic("E101", f"cannot read `{error.filename}`: {error.strerror}", whole=str(error.filename))
    if others and files:
        yield _left_out(path, sorted(others), strict)
    if not files and not unread:
        yield Diagnostic("E108", f"there is nothing to check in `{path}`", help=NAMED, whole=path)
    for file in sorted(files):
        # A link that leads nowhere is told when it is read; a pipe would be waited for.
        if os.path.isfile(file) or not os.path.exists(file):
            yield file
        else:
            yield Diagnostic("E101", f"cannot read `{file}`: it is no file", whole=str(file))


def _is_named(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES


def _left_out(folder: str, files: list[Path], strict: bool) -> Diagnostic:
    shown = ", ".join(p.name for p in files[:3]) + (", …" if len(files) > 3 else "")
    counted = "1 file" if len(files) == 1 else f"{len(files)} files"
    message = f"{counted} in `{folder}` left out: {shown}"
    if strict:
        return Diagnostic("E109", message, help=f"--strict-input refuses them; {NAMED}", whole=folder)
    return Diagnostic("W110", message, severity="warning", help=NAMED, whole=folder)


def _glob(pattern: str, strict: bool) -> Iterator[Path | Diagnostic]:
    from glob import glob

    deep = "**" in pattern
    # The pattern walks by itself, and passes over what it cannot look into.
    for error in _unread_on_the_way(pattern, deep):
        yield Diagnostic("E101", f"cannot read `{error.filename}`: {error.strerror}", whole=str(error.filename))
    found = sorted(glob(pattern, recursive=True))
    matching = [p for p in found if not (deep and os.path.isdir(p))]
    if not matching:
        yield Diagnostic("E108", f"no file matches `{pattern}`", help="check the pattern, and the folder you are in")
    for path in matching:
        if os.path.isdir(path):
            yield from _folder(path, strict)
        else:
            yield Path(path)


def _unread_on_the_way(pattern: str, deep: bool) -> list[OSError]:
    """What cannot be looked into of the folders that a pattern leads through."""
    from glob import glob

    unread: list[OSError] = []
    if deep:
        for _ in os.walk(_glob_root(pattern), onerror=unread.append):
            pass
        return unread
    parts = Path(pattern).parts
    for depth in range(len(Path(_glob_root(pattern)).parts), len(parts)):
        for folder in sorted(glob(str(Path(*parts[:depth])))):
            try:
                if os.path.isdir(folder):
                    os.scandir(folder).close()
            except OSError as error:
                unread.append(error)
    return unread


def _glob_root(pattern: str) -> str:
    """The folder that a pattern begins in."""
    parts = Path(pattern).parts
    first = next(i for i, part in enumerate(parts) if any(c in part for c in "*?["))
    return str(Path(*parts[:first]))


def _read_file(path: Path, largest: int) -> Units:
    name = str(path)
    try:
        with path.open("rb") as file:
            if path.suffix.lower() in LINES:
                yield from _lines(file, name, largest)
                return
            raw = _read_up_to(file, largest + 1)
            if len(raw) > largest and _begins_with_document(raw, name):
                file.seek(0)
                yield from _lines(file, name, largest)
                return
    except OSError as error:
        yield Diagnostic("E101", f"cannot read `{name}`: {error.strerror or error}", whole=name)
        return
    yield from units_of(raw, name, largest)


def _read_up_to(file: BinaryIO, most: int) -> bytes:
    """So many bytes at most, without asking for the room at once."""
    parts: list[bytes] = []
    while most > 0 and (part := file.read(min(most, LARGEST))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _begins_with_document(raw: bytes, name: str) -> bool:
    """True when the first line is a document by itself."""
    first = raw[: raw.find(b"\n")] if b"\n" in raw[:1_000_000] else b""
    return _is_whole(first, name)


def _is_whole(line: bytes, name: str) -> bool:
    from ktt_policy.source.json_ import parse

    try:
        return isinstance(parse(decode(line, name)), dict)
    except JsonError:
        return False


def units_of(raw: bytes, name: str, largest: int = LARGEST) -> Units:
    """The texts in the bytes of a file."""
    if len(raw) > largest and not _begins_with_document(raw, name):
        help = "write one document a line (NDJSON), or raise --max-bytes"
        yield Diagnostic("E107", f"`{name}` is larger than {largest} bytes", help=help, whole=name)
        return
    text = raw.removeprefix(MARK).strip(SPACE)
    if not text:
        yield Diagnostic("E108", f"`{name}` is empty", help="a file holds a document, an array, or NDJSON", whole=name)
        return
    if _is_one_a_line(text, name):
        yield from _lines(BytesIO(raw), name, largest)
    else:
        yield Unit(raw, name)


def _is_one_a_line(text: bytes, name: str) -> bool:
    """True where the first line is a document, or where an object ends on it and another begins, as within no document:
    then it may be broken, and the others are read all the same."""
    end = text.find(b"\n")
    if end < 0 or not text[:end].rstrip(SPACE).endswith(b"}"):
        return False
    return text[end : end + 1000].lstrip(SPACE).startswith(b"{") or _is_whole(text[:end], name)


def _lines(lines: BinaryIO, name: str, largest: int) -> Units:
    """One document a line. Blank lines are left out; a bad line is reported and the rest read."""
    empty = True
    offset = 0
    for number, line in enumerate(lines, 1):
        raw, before = line.rstrip(SPACE), 0
        if number == 1 and raw.startswith(MARK):
            raw, before = raw.removeprefix(MARK), len(MARK)
        if len(raw) > largest:
            empty = False
            yield Diagnostic("E107", f"this line is larger than {largest} bytes", Span(name, number, 1, number, 1))
        elif raw:
            empty = False
            yield Unit(raw, name, number, offset + before)
        offset += len(line)
    if empty:
        yield Diagnostic("E108", f"`{name}` is empty", whole=name)
