"""Processes that do a part of a run and talk to the one that began them."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from typing import Any

POSSIBLE = hasattr(os, "fork") and hasattr(os, "pread")
FRAME = 8  # bytes that say how long a message is

Send = Callable[[Any], None]
Receive = Callable[[], Any]


class WorkerError(Exception):
    """The process ended before it had said everything."""


class Worker:
    """A fork of this process that runs `work(send, receive)` and ends."""

    def __init__(self, work: Callable[[Send, Receive], None]) -> None:
        here, there = os.pipe(), os.pipe()
        self.process = os.fork()
        if self.process:
            os.close(here[1])
            os.close(there[0])
            self._reading, self._writing = here[0], there[1]
            return
        status = 1
        try:
            os.close(here[0])
            os.close(there[1])
            self._reading, self._writing = there[0], here[1]
            work(self.send, self.receive)
            status = 0
        finally:
            # Neither handlers nor buffers of the parent may run here.
            os._exit(status)

    def send(self, message: Any) -> None:
        data = memoryview(pickle.dumps(message))
        data = memoryview(len(data).to_bytes(FRAME, "big") + data)
        try:
            while data:
                data = data[os.write(self._writing, data) :]
        except OSError as error:
            raise WorkerError from error

    def receive(self) -> Any:
        """The next message. From a process that this one has forked: as much to be trusted as itself."""
        size = int.from_bytes(self._read(FRAME), "big")
        return pickle.loads(self._read(size))

    def _read(self, size: int) -> bytes:
        parts = []
        while size:
            part = os.read(self._reading, min(size, 1 << 20))
            if not part:
                raise WorkerError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def end(self) -> None:
        """Wait for the process; raises WorkerError when it failed."""
        os.close(self._reading)
        os.close(self._writing)
        _, status = os.waitpid(self.process, 0)
        if status:
            raise WorkerError
