"""The documents of a run that are not kept: where each text stands, and whose key is whose.

Any text is read again when it is asked for, by whichever process asks.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator
from errno import EIO
from typing import Any, Union

import msgspec
from msgspec import UNSET, Struct, UnsetType, defstruct, field

from ktt_policy.diagnostics import Diagnostic, has_errors
from ktt_policy.documents import Document, read_texts
from ktt_policy.engine.context import AMBIGUOUS, BrokenRecordError, Context, Records
from ktt_policy.inputs import LARGEST, MARK, SPACE, Unit, read_units
from ktt_policy.schemas.records import Kind, Reader

# A document's number is that of its text, so many bits up, and its place in an array.
PLACES = 24
REMEMBERED = 2_000  # documents of other shares, in each process
ARRAYS = 4  # texts that hold many documents, of which one was asked for: the others will be


class Wanted(Struct, frozen=True):
    """A field of the items that a path leads to, from the documents of a kind."""

    kind: str
    path: tuple[str, ...]
    name: str

    def values(self, record: Any) -> set[Any]:
        """Its values in a document."""
        items = [record]
        for part in self.path:
            found = [getattr(item, part, None) for item in items]
            items = [item for one in found for item in (one if isinstance(one, list) else [one])]
        return {getattr(item, self.name, UNSET) for item in items}


class Heads(Struct):
    """Kind, key and number of documents. `lost`: one of them, or the key of one, could not be read. `values`: what is
    in some fields of them all."""

    keys: list[tuple[str, str, int]] = field(default_factory=list)
    lost: bool = False
    values: dict[Wanted, set[Any]] = field(default_factory=dict)

    def note(self, one: Document | Diagnostic) -> None:
        if isinstance(one, Diagnostic):
            self.lost = self.lost or has_errors([one])
            return
        if one.key:
            self.keys.append((one.kind, one.key, one.number))
        elif one.faults:
            self.lost = True
        self.read(one.kind, one.record)

    def read(self, kind: str, record: Any) -> None:
        for wanted, values in self.values.items():
            if wanted.kind == kind:
                values |= wanted.values(record)


def _head(kind: Kind, fields: Iterable[Wanted]) -> type[Struct]:
    """A record of a kind with its key and some fields, and nothing else."""
    paths: dict[str, Any] = {}
    for wanted in fields:
        if wanted.kind == kind.name:
            branch = paths
            for part in wanted.path:
                branch = branch.setdefault(part, {})
            branch[wanted.name] = None
    return _part(kind.name, paths, [(kind.key, str)], tag=kind.name, tag_field="document_type")


def _part(name: str, paths: dict[str, Any], fields: list[Any], **options: Any) -> type[Struct]:
    for part, inner in paths.items():
        if part not in [field[0] for field in fields]:
            fields.append((part, _found_there(f"{name}_{part}", inner), UNSET))
    return defstruct(name, fields, kw_only=True, gc=False, **options)


def _found_there(name: str, inner: dict[str, Any] | None) -> Any:
    """What may stand in a field; a document in which anything else does is read carefully."""
    if inner is None:
        return str | None | UnsetType
    item: Any = _part(name, inner, [])
    return list[item] | item | None | UnsetType


class Stock:
    """Texts by number. `index`: kind → key → number of the document, or the numbers of several.

    `problems` are those of the files as such, each with the number of the text that comes after it.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.files: list[str] = []
        self.index: dict[str, dict[str, int | list[int]]] = {kind: {} for kind in reader.kinds}
        self.problems: list[tuple[int, Diagnostic]] = []
        self.context_from = 0  # the number of the first text that is context
        self._file, self._offset, self._length, self._line = (array("q") for _ in range(4))
        self._open: tuple[int, int] | None = None
        self._arrays: dict[int, dict[int, Document]] = {}

    def __len__(self) -> int:
        return len(self._file)

    def take(self, given: Iterable[str], largest: int = LARGEST, strict: bool = False) -> None:
        """Note the texts of paths."""
        for one in read_units(given, largest, strict):
            if isinstance(one, Diagnostic):
                self.problems.append((len(self), one))
                continue
            if not self.files or self.files[-1] != one.file:
                self.files.append(one.file)
            for column, value in (
                (self._file, len(self.files) - 1), (self._offset, one.offset),
                (self._length, len(one.raw)), (self._line, one.line),
            ):  # fmt: skip
                column.append(value)

    def heads(self, texts: range, fields: Iterable[Wanted] = ()) -> Heads:
        """Of some texts, read for their keys and these fields alone where they can be."""
        heads = Heads(values={wanted: set() for wanted in fields})
        kinds = self.reader.kinds
        head: Any = Union[tuple(_head(kind, heads.values) for kind in kinds.values())]  # noqa: UP007  (made at run time)
        single, many = msgspec.json.Decoder(head), msgspec.json.Decoder(list[head])
        for number in texts:
            try:
                raw = self.text(number).removeprefix(MARK).strip(SPACE)
                found = many.decode(raw) if raw[:1] == b"[" else [single.decode(raw)]
            except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                found = []
            names = [made.__class__.__name__ for made in found]
            keys = [getattr(made, kinds[name].key) for name, made in zip(names, found, strict=True)]
            if not keys or "" in keys:  # whether the document without a key is sound is seen only when it is read whole
                for one in self.documents(number):
                    heads.note(one)
                continue
            for place, (name, key, made) in enumerate(zip(names, keys, found, strict=True)):
                heads.keys.append((name, key, number << PLACES | place))
                heads.read(name, made)
        return heads

    def enter(self, keys: Iterable[tuple[str, str, int]]) -> None:
        """Make the index, of kind, key and number of each document that has a key."""
        self.index = {kind: {} for kind in self.reader.kinds}
        for kind, key, number in keys:
            known = self.index[kind].setdefault(key, number)
            if isinstance(known, list):
                known.append(number)
            elif known != number:
                self.index[kind][key] = [known, number]

    def divided(self, parts: int) -> list[range]:
        """Numbers of texts in a row, in so many parts (or fewer) of about equal length."""
        made: list[range] = []
        total, begun, length = sum(self._length), 0, 0
        for number in range(len(self)):
            length += self._length[number]
            if length * parts >= total * (len(made) + 1):
                made.append(range(begun, number + 1))
                begun = number + 1
        return made

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(self._length)

    # --- reading again ----------------------------------------------------------------------------------

    def documents(self, number: int) -> Iterator[Document | Diagnostic]:
        """What the text of a number holds."""
        name, line = self.files[self._file[number]], self._line[number]
        try:
            unit = Unit(self.text(number), name, line, self._offset[number])
        except OSError as error:
            yield Diagnostic("E101", f"cannot read `{name}`: {error.strerror or error}", whole=name)
            return
        for one in read_texts([unit], self.reader, number < self.context_from):
            if isinstance(one, Document):
                one.number = number << PLACES | (one.index or 0)
            yield one

    def document(self, number: int) -> Document | None:
        """A document by its own number; None when it cannot be read after all."""
        text = number >> PLACES
        found = self._arrays.get(text)
        if found is None:
            found = {one.number: one for one in self.documents(text) if isinstance(one, Document)}
            if any(one.index is not None for one in found.values()):
                self._arrays[text] = found
                if len(self._arrays) > ARRAYS:
                    del self._arrays[next(iter(self._arrays))]
        return found.get(number)

    def file(self, number: int) -> str:
        """The name of the file that a text is in."""
        return self.files[self._file[number]]

    def line(self, number: int) -> int:
        return self._line[number]

    def text(self, number: int) -> bytes:
        """The bytes of a text; raises OSError."""
        file = self._file[number]
        if self._open is None or self._open[0] != file:
            self.close()
            self._open = file, os.open(self.files[file], os.O_RDONLY | getattr(os, "O_BINARY", 0))
        raw = _read(self._open[1], self._length[number], self._offset[number])
        if len(raw) != self._length[number]:
            raise OSError(EIO, "it was changed while it was being checked", self.files[file])
        return raw

    def close(self) -> None:
        """Let go of the file that was read last."""
        if self._open is not None:
            os.close(self._open[1])
            self._open = None

    def reread(self, number: int) -> bytes:
        """`text` when all was judged; raises OSError."""
        try:
            return self.text(number)
        finally:
            self.close()


def _read(file: int, length: int, offset: int) -> bytes:
    """Some bytes of an open file. Processes that share it must not move its position under each other."""
    if hasattr(os, "pread"):
        return os.pread(file, length, offset)
    os.lseek(file, offset, os.SEEK_SET)
    return os.read(file, length)


class Shelf:
    """The documents of a kind by key, as `Context.index` asks for them: those of a share, and all others when they are
    asked for."""

    def __init__(self, stock: Stock, kind: str, context: Context) -> None:
        self.stock = stock
        self.context = context
        self.numbers = stock.index[kind]
        self.own: dict[str, Any] = {}
        self.others: dict[str, Any] = {}

    def add(self, document: Document) -> None:
        ambiguous = isinstance(self.numbers.get(document.key), list)
        self.own[document.key] = AMBIGUOUS if ambiguous else document

    def get(self, key: str) -> Any:
        """A document, AMBIGUOUS or None."""
        if key in self.own:
            return self.own[key]
        if key not in self.others:
            if len(self.others) >= REMEMBERED:
                self.others.clear()
            self.others[key] = self._fetched(key)
        return self.others[key]

    def _fetched(self, key: str) -> Any:
        number = self.numbers.get(key)
        if number is None:
            return None
        found = AMBIGUOUS if isinstance(number, list) else self.stock.document(number)
        if isinstance(found, Document) and found.faults:
            self.context.add_broken(found)
        return found


class ShelfRecords(Records):
    """The records of a shelf: here are those of the share, the shelf is asked for all others."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.shelf = shelf

    def __missing__(self, key: str) -> Any:
        found = self.shelf.get(key)
        if found is None:
            return self.missing
        if found is AMBIGUOUS:
            return UNSET
        if found.faults:
            raise BrokenRecordError
        if key in self.shelf.own:
            self[key] = found.record
        return found.record


def shelve(context: Context, stock: Stock, documents: Iterable[Document]) -> None:
    """Let a context look documents up in a stock; those of its own are judged."""
    shelves = {kind: Shelf(stock, kind, context) for kind in stock.index}
    for document in documents:
        context.by_kind[document.kind].append(document)
        if document.faults:
            context.add_broken(document)
        if document.key:
            shelves[document.kind].add(document)
    context.index = dict(shelves)
    context.records = {kind: ShelfRecords(shelf) for kind, shelf in shelves.items()}
