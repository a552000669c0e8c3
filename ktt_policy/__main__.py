"""The command `ktt-policy`, also as `python -m ktt_policy`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path


def main() -> None:
    """Run the command and end the process with its exit code."""
    # Most objects of a run are modules and the rulebook, which stay: look for cycles among new ones more seldom.
    gc.set_threshold(50_000, 20, 20)
    from ktt_policy.cli import main as command

    if sys.stderr is None:  # closed
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  (as long as the process)
    if sys.stdout is None:
        _leave(_unwritten("standard output is closed"))
    if isinstance(sys.stdout, TextIOWrapper):
        # Where the encoding lacks a character, its code is written: no output is lost for it.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        command(prog_name="ktt-policy")
    except SystemExit as done:
        _leave(done.code)
    except OSError as error:
        _leave(_unwritten(str(error.strerror)))


def _unwritten(why: str) -> int:
    with suppress(OSError):
        print(f"error: the output could not be written: {why}", file=sys.stderr)
    return 2


def _leave(code: object) -> None:
    """End at once, with all that was said written out: the system frees the objects of a run faster than Python."""
    if not isinstance(code, (int, type(None))):
        raise SystemExit(code)
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except BrokenPipeError:
            pass  # whoever reads it has seen enough
        except OSError:
            code = code or 2
    os._exit(code or 0)


if __name__ == "__main__":
    main()
