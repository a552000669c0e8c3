"""The documents of a run that are not kept: where each text stands, and whose key is whose.

Any text is read again when it is asked for, by whichever process asks.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator
from typing import Any, Union

import msgspec
from msgspec import UNSET, Struct, defstruct, field

from ktt_policy.diagnostics import Diagnostic, errors
from ktt_policy.documents import Document, read_texts
from ktt_policy.engine.context import AMBIGUOUS, BROKEN, Context, Records
from ktt_policy.inputs import LARGEST, Unit, read_units
from ktt_policy.schemas.records import Reader

# A document's number is that of its text, so many bits up, and its place in an array.
PLACES = 24
REMEMBERED = 2_000  # documents of other shares, in each process


class Heads(Struct):
    """Kind, key and number of documents. `lost`: one of them, or the key of one, could not be read."""

    keys: list[tuple[str, str, int]] = field(default_factory=list)
    lost: bool = False

    def note(self, one: Document | Diagnostic) -> None:
        if isinstance(one, Diagnostic):
            self.lost = self.lost or bool(errors([one]))
        elif one.key:
            self.keys.append((one.kind, one.key, one.number))
        else:
            self.lost = True


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
        made = [defstruct(k.name, [(k.key, str)], tag=k.name, tag_field="document_type") for k in reader.kinds.values()]
        heads: Any = Union[tuple(made)]  # noqa: UP007  (made at run time)
        self._one, self._many = msgspec.json.Decoder(heads), msgspec.json.Decoder(list[heads])

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

    def heads(self, texts: range) -> Heads:
        """Of some texts, read for their keys alone where they can be."""
        heads = Heads()
        kinds = self.reader.kinds
        for number in texts:
            try:
                raw = self.text(number).strip()
                found = self._many.decode(raw) if raw[:1] == b"[" else [self._one.decode(raw)]
            except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                for one in self.documents(number):
                    heads.note(one)
                continue
            for place, head in enumerate(found):
                name = head.__class__.__name__
                heads.keys.append((name, getattr(head, kinds[name].key), number << PLACES | place))
        return heads

    def enter(self, keys: Iterable[tuple[str, str, int]]) -> None:
        """Make the index, of kind, key and number of each document that has a key."""
        self.index = {kind: {} for kind in self.reader.kinds}
        for kind, key, number in keys:
            known = self.index[kind].setdefault(key, number)
            if known != number:
                self.index[kind][key] = [*(known if isinstance(known, list) else [known]), number]

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
            yield Diagnostic("E101", f"cannot read `{name}`: {error.strerror or error}")
            return
        for one in read_texts([unit], self.reader, number < self.context_from):
            if isinstance(one, Document):
                one.number = number << PLACES | (one.index or 0)
            yield one

    def document(self, number: int) -> Document | None:
        """A document by its own number; None when it cannot be read after all."""
        for one in self.documents(number >> PLACES):
            if isinstance(one, Document) and one.number == number:
                return one
        return None

    def file(self, number: int) -> str:
        """The name of the file that a text is in."""
        return self.files[self._file[number]]

    def line(self, number: int) -> int:
        return self._line[number]

    def text(self, number: int) -> bytes:
        """The bytes of a text; raises OSError."""
        file = self._file[number]
        if self._open is None or self._open[0] != file:
            if self._open is not None:
                os.close(self._open[1])
                self._open = None
            self._open = file, os.open(self.files[file], os.O_RDONLY)
        raw = os.pread(self._open[1], self._length[number], self._offset[number])
        if len(raw) != self._length[number]:
            raise OSError("it was changed while it was being checked")
        return raw


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
            self.context.broken.append(found)
        return found


class ShelfRecords(Records):
    """The records of a shelf: here are those of the share, the shelf is asked for all others."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__((key, record_of(found)) for key, found in shelf.own.items())
        self.shelf = shelf

    def __missing__(self, key: str) -> Any:
        found = self.shelf.get(key)
        return self.missing if found is None else record_of(found)


def record_of(found: Any) -> Any:
    """What compiled code sees of an entry of an index."""
    if found is AMBIGUOUS:
        return UNSET
    return BROKEN if found.faults else found.record


def shelve(context: Context, stock: Stock, documents: Iterable[Document]) -> None:
    """Let a context look documents up in a stock; those of its own are judged."""
    shelves = {kind: Shelf(stock, kind, context) for kind in stock.index}
    for document in documents:
        context.by_kind[document.kind].append(document)
        if document.faults:
            context.broken.append(document)
        if document.key:
            shelves[document.kind].add(document)
    context.index = dict(shelves)
    context.records = {kind: ShelfRecords(shelf) for kind, shelf in shelves.items()}
