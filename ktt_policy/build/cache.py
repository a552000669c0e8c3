"""A checked rulebook in the user's cache: data, keyed by the content of every file that it was made from.

A stale or damaged entry is made again; where there is no cache folder to write to, the work is simply repeated.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import msgspec

from ktt_policy.build.model import RulebookData
from ktt_policy.diagnostics import Diagnostic, errors
from ktt_policy.resources import BESIDE, schema_folder
from ktt_policy.version import __version__

KEPT = 20


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of a rulebook's files and of the schemas."""
    digest = sha256()
    files = [(p.relative_to(folder), p) for p in folder.rglob("*.yaml") if p.name not in BESIDE]
    files += [(p.relative_to(folder), p) for p in folder.glob("schemas/*.json")]
    shipped = schema_folder()
    files += [(Path("schemas") / p.name, p) for p in shipped.glob("*.schema.json")]
    for name, path in sorted(files, key=lambda f: str(f[0])):
        digest.update(f"{name.as_posix()}\0".encode())
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """`KTT_POLICY_CACHE`, else the usual place; empty or `off` keeps nothing."""
    chosen = os.environ.get("KTT_POLICY_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen not in ("", "off") else None
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")  # noqa: PTH111,PTH118
    return Path(home) / "ktt-policy"


def load(folder: Path) -> tuple[RulebookData | None, list[Diagnostic]]:
    """The checked rulebook of a folder; a clean one comes from the cache the second time."""
    digest = digest_of(folder)
    cache = cache_folder()
    entry = cache / f"{digest[:32]}-{__version__}.msgpack" if cache is not None else None
    if entry is not None:
        try:
            data = msgspec.msgpack.decode(entry.read_bytes(), type=RulebookData)
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
        temporary.write_bytes(msgspec.msgpack.encode(data))
        temporary.replace(entry)
        old = sorted(entry.parent.glob("*.msgpack"), key=lambda p: p.stat().st_mtime)[:-KEPT]
        for path in old:
            path.unlink(missing_ok=True)
    except OSError:
        return
