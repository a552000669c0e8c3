"""Work that leaves nothing behind but its results, done by so many processes at a time."""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

POSSIBLE = hasattr(os, "fork") and hasattr(os, "pread")

T = TypeVar("T")


def in_processes(work: Sequence[Callable[[], T]], jobs: int, tell: Callable[[int, int], None]) -> list[T]:
    """The results in the order of the work. What a process fails at is done here, and so is all, one after the other,
    with a single job or where processes cannot be forked. `tell` hears how many are done."""
    made: list[T] = []
    running: list[tuple[Callable[[], T], int, int]] = []
    if jobs == 1 or not POSSIBLE:
        for done, each in enumerate(work, 1):
            made.append(_alone(each))
            tell(done, len(work))
        return made
    for one in [*work, None]:
        while running and (one is None or len(running) == jobs):
            made.append(_result(*running.pop(0)))
            tell(len(made), len(work))
        if one is not None:
            running.append((one, *_start(one)))
    return made


def _alone(work: Callable[[], T]) -> T:
    """The result, as it would come from another process: with no ties to what it was made of."""
    made: T = pickle.loads(pickle.dumps(work()))
    gc.collect()
    return made


def _start(work: Callable[[], Any]) -> tuple[int, int]:
    """A fork of this process that does the work: its id, and the pipe on which it tells the result."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as file:
            file.write(pickle.dumps(work()))
        status = 0
    finally:
        # Neither handlers nor buffers of the parent may run here.
        os._exit(status)


def _result(work: Callable[[], T], process: int, pipe: int) -> T:
    with os.fdopen(pipe, "rb") as file:
        data = file.read()
    _, status = os.waitpid(process, 0)
    if status:
        return work()
    # From a process that this one has forked: as much to be trusted as itself.
    made: T = pickle.loads(data)
    return made
