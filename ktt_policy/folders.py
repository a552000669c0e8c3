"""Folders of files that a command makes: what it made there before gives way, and nothing else does."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path, PurePath

from ktt_policy.diagnostics import Diagnostic, ProblemError

LIST = ".ktt-policy-made"  # the names of the files that were made, one a line


def write(files: Mapping[str, bytes | Path], out: Path) -> None:
    """Put files (contents, or copies of others) under a folder, by their names in it.

    Raises ProblemError, with nothing changed, where one would take the place of a file that no such command made;
    OSError when it cannot be done.
    """
    listed = out / LIST
    before = _listed(listed)
    for name in sorted(files.keys() - set(before)):
        if (out / name).exists():
            message = f"`{out / name}` was not made by this command, which would write over it"
            raise ProblemError([Diagnostic("E501", message, help="give an empty folder, or take the file away")])
    # Names that come are listed before their files are there, so that a run that was broken off can be run again.
    out.mkdir(parents=True, exist_ok=True)
    listed.write_text("".join(f"{name}\n" for name in sorted({*before, *files})), "utf-8")
    for name in before:
        (out / name).unlink(missing_ok=True)
        for folder in (out / name).parents:
            if folder == out or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
    for name, made in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(made, Path):
            shutil.copyfile(made, path)
        else:
            path.write_bytes(made)
    listed.write_text("".join(f"{name}\n" for name in sorted(files)), "utf-8")


def _listed(file: Path) -> list[str]:
    """The names in a list; ProblemError where one leads out of the folder, as none does that was written here."""
    names = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
    for name in names:
        path = PurePath(name)
        if "\0" in name or "\ufffd" in name or path.is_absolute() or ".." in path.parts or not path.parts:
            message = f"`{file}` was not written by this command: it lists `{name}`"
            raise ProblemError([Diagnostic("E501", message, help="take the file away, or give an empty folder")])
    return names
