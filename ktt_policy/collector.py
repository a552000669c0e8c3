"""Python's cycle collector, held back where many objects are made that stay and hold no cycles."""

from __future__ import annotations

import gc


class held_back:  # noqa: N801  (a context manager, called like a function)
    """Without it, the collector would look through what was made again and again, for nothing."""

    def __enter__(self) -> None:
        self.collecting = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self.collecting:
            gc.enable()
