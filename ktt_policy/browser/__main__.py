"""`python -m ktt_policy.browser OUT`: write the page and all that it needs into a folder of a site."""

from __future__ import annotations

import sys
from pathlib import Path

from ktt_policy.browser.site import build
from ktt_policy.diagnostics import ProblemError


def main(arguments: list[str]) -> int:
    """0 when the folder is complete, 2 when something could not be fetched or written."""
    if len(arguments) not in (1, 2) or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m ktt_policy.browser OUT [RULEBOOK]\n")
        return 2
    try:
        build(Path(arguments[0]), arguments[1] if len(arguments) == 2 else None)
    except ProblemError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
