"""A folder as it stood at a commit, by the `git` of the machine."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from ktt_policy.diagnostics import Diagnostic, ProblemError

LINKED = ("", ".yaml", ".yml", ".json")  # of folders, and of what a rulebook is written in
HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")


def _git(folder: Path, *arguments: str) -> bytes:
    # A hook is given variables that name its own repository and folder, whatever `-C` says.
    environment = {name: value for name, value in os.environ.items() if name not in HOOKS}
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
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
    if ref.startswith(("-", "^")) or ".." in ref or ":" in ref:
        help = "give one branch, tag or commit"
        raise ProblemError([Diagnostic("E501", f"`{ref}` is no single commit", help=help)])
    return ref


def top_of(folder: Path) -> Path:
    """The folder of the whole repository."""
    return Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip()).resolve()


def commit_date(folder: Path, ref: str) -> date:
    """The day on which the commit was made, where it was made."""
    return date.fromisoformat(
        _git(folder, "log", "-1", "--format=%cs", f"{_revision(ref)}^{{commit}}", "--").decode().strip()
    )


def is_at(folder: Path, ref: str, top: Path | None = None) -> bool:
    """True when the folder was there at the commit."""
    top = top or top_of(folder)
    inside = folder.resolve().relative_to(top)
    return not inside.parts or bool(_git(top, "ls-tree", "-d", _revision(ref), "--", inside.as_posix()))


def written_on(file: Path, text: str, ref: str) -> date:
    """The day on which a text came into a file after a commit; of what is not committed yet, that of the commit."""
    changes = (f"{_revision(ref)}..HEAD", f"-S{text}", "--", file.name)
    days = _git(file.parent, "log", "--format=%cs", *changes).decode().split()
    return date.fromisoformat(days[-1]) if days else commit_date(file.parent, ref)


def moved_from(folder: Path, ref: str, file: str) -> list[Path]:
    """The folders that held a file of that name at the commit, and hold it no more: one may have become this one."""
    top = top_of(folder)
    named = _git(top, "ls-tree", "-r", "-z", "--name-only", _revision(ref)).decode().split("\0")
    return [top / name.removesuffix(file) for name in named if Path(name).name == file and not (top / name).exists()]


@contextmanager
def folder_at(folder: Path, ref: str, top: Path | None = None) -> Iterator[Path]:
    """A copy of a folder as of a commit; gone when the block ends. ProblemError where git has none. `top`, that of the
    repository, is needed for a folder that is gone."""
    top = top or top_of(folder)
    inside = folder.resolve().relative_to(top)
    if not is_at(top / inside, ref, top):
        help = "give a commit that has the folder; it may have had another name"
        raise ProblemError([Diagnostic("E501", f"there was no folder `{inside.as_posix()}` at `{ref}`", help=help)])
    packed = _git(top, "archive", "--format=tar", _revision(ref), "--", inside.as_posix())
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        linked = any(member.issym() for member in archive)
    if linked:  # to anywhere in the repository
        packed = _git(top, "archive", "--format=tar", _revision(ref))
    with tempfile.TemporaryDirectory() as made:
        # The folder's parents are kept, so that messages name files as the working tree does.
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            # as an attribute, for Python 3.11 before 3.11.4 has no filters and does without
            archive.extraction_filter = _unpacked
            archive.extractall(made)
            names = [member.name for member in archive if member.issym()]
        for name in names:
            path = Path(name)
            ours = path.is_relative_to(inside) and path.suffix in LINKED and not path.name.startswith(".")
            if ours and not (Path(made) / path).exists():
                message = f"`{name}` is a link that led to nothing in the repository: what was there is not known"
                help = "put what it leads to into the repository"
                raise ProblemError([Diagnostic("E501", message, help=help)])
        yield Path(made) / inside


def _unpacked(member: tarfile.TarInfo, made: str) -> tarfile.TarInfo | None:
    """A member of an archive as it is unpacked; None for what leads out of it."""
    if not hasattr(tarfile, "data_filter"):
        return member
    try:
        return tarfile.data_filter(member, made)
    except tarfile.FilterError:
        return None
