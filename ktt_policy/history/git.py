"""A folder as it stood at a commit, by the `git` of the machine."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from ktt_policy.diagnostics import Diagnostic, ProblemError


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError as error:
        help = "install git, or compare two folders instead"
        raise ProblemError([Diagnostic("E101", f"cannot run git: {error.strerror}", help=help)]) from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        message = said[-1].removeprefix("fatal: ") if said else "git failed"
        help = f"in `{folder}`: give a branch, tag or commit that exists there"
        raise ProblemError([Diagnostic("E501", f"git: {message}", help=help)])
    return done.stdout


def _revision(ref: str) -> str:
    """What names a commit; git would take it for an option if it began with a dash."""
    if ref.startswith("-"):
        help = "give a branch, tag or commit"
        raise ProblemError([Diagnostic("E501", f"`{ref}` is no revision", help=help)])
    return ref


def commit_date(folder: Path, ref: str) -> date:
    """The day on which the commit was made, where it was made."""
    return date.fromisoformat(_git(folder, "log", "-1", "--format=%cs", _revision(ref), "--").decode().strip())


@contextmanager
def folder_at(folder: Path, ref: str) -> Iterator[Path]:
    """A copy of a folder as of a commit; gone when the block ends. ProblemError where git has none."""
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
    inside = folder.resolve().relative_to(top.resolve())
    packed = _git(top, "archive", "--format=tar", _revision(ref), "--", inside.as_posix())
    with tempfile.TemporaryDirectory() as made:
        # The folder's parents are kept, so that messages name files as the working tree does.
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            # as an attribute, for Python 3.11 before 3.11.4 has no filters and does without
            archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
            archive.extractall(made)
        yield Path(made) / inside
