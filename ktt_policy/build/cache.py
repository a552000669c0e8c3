"""A checked rulebook in the user's cache: data, keyed by the content of every file that it was made from, and by the
program that made it.

A stale or damaged entry is made again; where there is no cache folder to write to, the work is simply repeated. While
the files look as they did when they were read last (`Stamp`), they are not read again to know their content.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from zlib import crc32

import msgspec
from msgspec import Struct

from ktt_policy.build.model import RulebookData
from ktt_policy.collector import held_back
from ktt_policy.diagnostics import Diagnostic, has_errors
from ktt_policy.resources import BESIDE, files_below, is_policy, schema_folder
from ktt_policy.version import __version__

KEPT = 20
# A file may change twice while the clock of its file system stands still: one that is younger is not relied on.
SETTLED = 10 * 10**9  # nanoseconds


class Stamp(Struct, frozen=True):
    """How the files of a rulebook look from outside, (name, size, mtime, ctime, inode) each, and the digest of what is
    in them."""

    files: list[tuple[str, int, int, int, int]]
    digest: str


class Entry(Struct, frozen=True):
    """A checked rulebook, packed, with the version that wrote it and a checksum: parts stay packed until a run asks for
    them, and then it is too late to find out that they are damaged, or another version's."""

    version: str
    checksum: int
    data: msgspec.Raw


def files_of(folder: Path) -> list[tuple[str, str]]:
    """Names and paths of a rulebook's files and of the schemas, in order."""
    shared = [(f"schemas/{p.name}", str(p)) for p in schema_folder().glob("*.schema.json")]
    return sorted([*shared, *(one for one in files_below(str(folder)) if _counts(one[0]))])


def _counts(name: str) -> bool:
    """What is read, and what is told because nothing reads it. The cases of a rule are neither."""
    inside, _, last = name.rpartition("/")
    if inside == "schemas":
        return last.endswith(".json")
    return is_policy(name) and not (last in BESIDE and inside.count("/") == 1)


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of a rulebook's files and of the schemas."""
    # Imported where it is needed: for one small document, loading the library takes longer than judging it.
    from hashlib import sha256

    digest = sha256()
    for name, path in files_of(folder):
        digest.update(f"{name}\0".encode())
        with open(path, "rb") as file:
            digest.update(sha256(file.read()).digest())
    return digest.hexdigest()


def looks_of(files: Iterable[tuple[str, str]]) -> list[tuple[str, int, int, int, int]]:
    """How files look from outside, see `Stamp`, by their names and paths."""
    looks = []
    for name, path in files:
        seen = os.stat(path)  # noqa: PTH116  (a Path for each takes longer than its stat)
        looks.append((name, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino))
    return looks


def maker() -> str:
    """What made an entry: the version, and how the program's files look, since code may change under one version."""
    package = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
    files = [*_code(package), *files_below(str(schema_folder() / "policy"))]
    return f"{__version__}-{crc32(repr(sorted(looks_of(files))).encode()):08x}"


def _code(folder: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".lark")):
                yield entry.path, entry.path
            elif "." not in entry.name and entry.name not in ("__pycache__", "data") and entry.is_dir():
                yield from _code(entry.path)


def _digest(folder: Path, cache: Path | None) -> str:
    """`digest_of`, from the stamp of the folder as long as its files look the same."""
    if cache is None:
        return digest_of(folder)
    kept = cache / f"{crc32(str(folder.resolve()).encode()):08x}-{__version__}.stamp"
    looks = looks_of(files_of(folder))
    try:
        stamp = msgspec.msgpack.decode(kept.read_bytes(), type=Stamp)
        if stamp.files == looks:
            return stamp.digest
    except (OSError, msgspec.DecodeError):
        pass
    stamp = Stamp(looks, digest_of(folder))
    youngest = max(max(mtime, ctime) for _, _, mtime, ctime, _ in looks)
    if time.time_ns() - youngest > SETTLED:
        _write(kept, msgspec.msgpack.encode(stamp))
    return stamp.digest


def cache_folder() -> Path | None:
    """`KTT_POLICY_CACHE`, else the usual place; empty or `off` keeps nothing."""
    chosen = os.environ.get("KTT_POLICY_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen not in ("", "off") else None
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")  # noqa: PTH111,PTH118
    return Path(home) / "ktt-policy"


def encode(data: RulebookData) -> bytes:
    """The rulebook as an entry of the cache holds it."""
    packed = msgspec.msgpack.encode(data)
    return msgspec.msgpack.encode(Entry(__version__, crc32(packed), msgspec.Raw(packed)))


def decode(raw: bytes) -> RulebookData:
    """The rulebook of an entry; raises msgspec.DecodeError for what this version did not write."""
    entry = msgspec.msgpack.decode(raw, type=Entry)
    if entry.version != __version__ or entry.checksum != crc32(entry.data):
        raise msgspec.DecodeError("damaged, or written by another version")
    with held_back():
        return msgspec.msgpack.decode(entry.data, type=RulebookData)


def load(folder: Path) -> tuple[RulebookData | None, list[Diagnostic]]:
    """The checked rulebook of a folder; a clean one comes from the cache the second time."""
    cache = cache_folder()
    digest = _digest(folder, cache)
    # An entry names files as messages do, by the folder's name: a copy under another name has an entry of its own.
    named = f"{digest[:32]}-{crc32('/'.join(folder.parts[-2:]).encode()):08x}"
    entry = cache / f"{named}-{maker()}.msgpack" if cache is not None else None
    if entry is not None:
        try:
            data = decode(entry.read_bytes())
            if data.digest == digest:
                return data, []
        except (OSError, msgspec.DecodeError):
            pass
    from ktt_policy.build.assemble import build

    made, found = build(folder, digest)
    if made is None or has_errors(found):
        return made, found
    if (now := digest_of(folder)) != digest:  # a file was changed in between: keep nothing of it
        return build(folder, now)
    if entry is not None:
        _write(entry, encode(made))
    return made, found


def _write(entry: Path, content: bytes) -> None:
    """Write an entry whole or not at all; of the entries like it, and of what is left of unfinished ones, the last
    stay."""
    temporary = entry.with_name(f"{entry.name}.{os.getpid()}")
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(entry)
        old = sorted(entry.parent.glob(f"*{entry.suffix}*"), key=lambda p: p.stat().st_mtime)[:-KEPT]
        for path in old:
            path.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
