"""How far the work is, on a terminal's stderr; and how long its stages took, for `--verbose`."""

from __future__ import annotations

import sys
from time import perf_counter

import click

AFTER = 1.0  # seconds before anything is shown: short work needs no progress
EVERY = 0.2


class Progress:
    """`stage(name, done, total)` tells where the work is; leaving wipes the line."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.started = self.last = perf_counter()
        self.name = ""
        self.times: dict[str, float] = {}
        self.wiped = True

    def __enter__(self) -> Progress:
        return self

    def stage(self, name: str, done: int = 0, total: int = 0) -> None:
        now = perf_counter()
        if name != self.name:
            self._close(now)
            self.name, self.begun = name, now
        elif now - self.last < EVERY:
            return
        self.last = now
        if self.shown and now - self.started > AFTER:
            width = 24
            filled = width * done // total if total else 0
            bar = f" [{'#' * filled}{'.' * (width - filled)}]" if total else f" {done}" if done else ""
            click.echo(f"\r{name}{bar}".ljust(60), err=True, nl=False)
            self.wiped = False

    def _close(self, now: float) -> None:
        if self.name:
            self.times[self.name] = self.times.get(self.name, 0.0) + now - self.begun

    def __exit__(self, *_: object) -> None:
        self._close(perf_counter())
        self.name = ""
        if not self.wiped:
            click.echo("\r" + " " * 60 + "\r", err=True, nl=False)

    def timings(self) -> str:
        """Stage by stage, in milliseconds."""
        return ", ".join(f"{name} {1000 * seconds:.0f} ms" for name, seconds in self.times.items())
