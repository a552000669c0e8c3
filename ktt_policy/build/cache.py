"""A checked rulebook in the user's cache: data, keyed by the content of every file that it was made from.

A stale or damaged entry is made again; where there is no cache folder to write to, the work is simply repeated.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import msgspec

from ktt_policy.build.model import RulebookData
from ktt_policy.collector import held_back
from ktt_policy.diagnostics import Diagnostic, errors
from ktt_policy.resources import BESIDE, schema_folder
from ktt_policy.version import __version__

KEPT = 20


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of a rulebook's files and of the schemas."""
    digest = sha256()
    files = [(f"schemas/{p.name}", str(p)) for p in schema_folder().glob("*.schema.json")]
    # Every command looks here first, and os.walk is several times as fast as Path.rglob.
    for where, _, names in os.walk(folder):
        inside = where[len(str(folder)) + 1 :].replace(os.sep, "/")
        wanted = ".json" if inside == "schemas" else ".yaml"
        files += [
            (f"{inside}/{n}".lstrip("/"), f"{where}/{n}") for n in names if n.endswith(wanted) and n not in BESIDE
        ]
    for name, path in sorted(files):
        digest.update(f"{name}\0".encode())
        with open(path, "rb") as file:
            digest.update(sha256(file.read()).digest())
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """`KTT_POLICY_CACHE`, else the usual place; empty or `off` keeps nothing."""
    chosen = os.environ.get("KTT_POLICY_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen not in ("", "off") else None
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")  # noqa: PTH111,PTH118
    return Path(home) / "ktt-policy"


def encode(data: RulebookData) -> bytes:
    """The rulebook as an entry of the cache holds it."""
    return msgspec.msgpack.encode(data)


def decode(raw: bytes) -> RulebookData:
    """The rulebook of an entry; raises msgspec.DecodeError for what this version did not write."""
    with held_back():
        return msgspec.msgpack.decode(raw, type=RulebookData)


def load(folder: Path) -> tuple[RulebookData | None, list[Diagnostic]]:
    """The checked rulebook of a folder; a clean one comes from the cache the second time."""
    digest = digest_of(folder)
    cache = cache_folder()
    entry = cache / f"{digest[:32]}-{__version__}.msgpack" if cache is not None else None
    if entry is not None:
        try:
            data = decode(entry.read_bytes())
            if data.digest == digest:
                return data, []
        except (OSError, msgspec.DecodeError):
            pass
    from ktt_policy.build.assemble import build

    made, found = build(folder, digest)
    if made is not None and entry is not None and not errors(found):
        _keep(entry, made)
    return made, found


def _keep(entry: Path, data: RulebookData) -> None:
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        temporary = entry.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(encode(data))
        temporary.replace(entry)
        old = sorted(entry.parent.glob("*.msgpack"), key=lambda p: p.stat().st_mtime)[:-KEPT]
        for path in old:
            path.unlink(missing_ok=True)
    except OSError:
        return
