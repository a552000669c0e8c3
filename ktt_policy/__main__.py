"""The command `ktt-policy`, also as `python -m ktt_policy`."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command and end the process with its exit code."""
    # Most objects of a run are modules and the rulebook, which stay: look for cycles among new ones more seldom.
    gc.set_threshold(50_000, 20, 20)
    from ktt_policy.cli import main as command

    if isinstance(sys.stdout, TextIOWrapper):
        # Where the encoding lacks a character, its code is written: no output is lost for it.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        command(prog_name="ktt-policy")
    except SystemExit as done:
        _leave(done.code)
    except OSError as error:
        print(f"error: the output could not be written: {error.strerror}", file=sys.stderr)
        _leave(2)


def _leave(code: object) -> None:
    """End at once, with all that was said written out: the system frees the objects of a run faster than Python."""
    if not isinstance(code, (int, type(None))):
        raise SystemExit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 2
    os._exit(code or 0)


if __name__ == "__main__":
    main()
