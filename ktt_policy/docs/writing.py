"""Writes the made files, and takes away what an earlier build left."""

from __future__ import annotations

import shutil
from pathlib import Path

OURS = ("fi", "en", "theme")


def write(files: dict[str, bytes], out: Path) -> None:
    """Put the files under a folder. Only folders that a build makes are emptied. OSError when it cannot be done."""
    for name in OURS:
        if (out / name).is_dir():
            shutil.rmtree(out / name)
    for name, data in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
