"""Where the shipped policies and schemas are: in the wheel beside the package, in a checkout above it; and what files
stand below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

BESIDE = ("cases.yaml", "exceptions.yaml")  # what stands beside the versions of a rule, and judges nothing


@lru_cache(maxsize=1)
def data_folder() -> Path:
    """The folder that holds `policies/` and `schemas/`."""
    package = Path(__file__).resolve().parent
    shipped = package / "data"
    return shipped if (shipped / "schemas").is_dir() else package.parent


def is_installed(folder: Path) -> bool:
    """True for a folder that was installed with the program, where nothing of the user's would last."""
    return folder.resolve().is_relative_to(Path(__file__).resolve().parent)


def schema_folder() -> Path:
    return data_folder() / "schemas"


def policy_folder() -> Path:
    return data_folder() / "policies"


def docs_folder() -> Path:
    """The folder with the hand-written pages and the theme of the documentation."""
    return data_folder() / "docs"


def files_below(folder: str, inside: str = "", way: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Names, relative to it, and paths of all files below a folder, but for those whose names, or whose folders' names,
    begin with a dot. `way`: the real paths of the folders that links led here from and to, none of which is gone
    into twice.

    Every command looks here first: Path.rglob takes several times as long.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not entry.is_dir():
                yield f"{inside}{entry.name}", entry.path
            elif entry.is_symlink():
                here, real = os.path.realpath(folder), os.path.realpath(entry.path)
                if real not in way and not f"{here}/".startswith(f"{real}/"):
                    yield from files_below(entry.path, f"{inside}{entry.name}/", (*way, here, real))
            else:
                yield from files_below(entry.path, f"{inside}{entry.name}/", way)


def is_policy(name: str) -> bool:
    """True for a file that is a policy or was meant as one, by its name relative to the rulebook's folder."""
    lower = name.lower()
    return lower.endswith((".yaml", ".yml")) or (lower.endswith(".json") and name.startswith("parameters/"))
