"""Lines on a terminal: colour, links and width by rich, which knows `NO_COLOR`, `TERM=dumb` and the like."""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from ktt_policy.reporters import Settings
from ktt_policy.reporters.text import Line, fitting


def styled(lines: list[Line], settings: Settings) -> str:
    """The lines with escape sequences as the terminal takes them."""
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, width=settings.width or 80, highlight=False, markup=False, emoji=False
    )
    for line in lines:
        text = Text.assemble(*((fitting(part, settings.encoding), style) for part, style in line.parts))
        if line.hang is None:
            console.print(text, soft_wrap=True)
            continue
        hang = min(line.hang, console.width // 3)
        for number, piece in enumerate(text.wrap(console, console.width - hang) or [Text()]):
            console.print(Text(" " * hang if number else "") + piece, soft_wrap=True)
    return out.getvalue()
