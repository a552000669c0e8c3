"""`ktt-policy timeline`: everything in a rulebook by date."""

from __future__ import annotations

from datetime import date

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import DAY, format_option, lang_option, on_option, rulebook_option
from ktt_policy.cli.parsing import Command
from ktt_policy.diagnostics import ProblemError


@click.command("timeline", cls=Command)
@rulebook_option
@on_option
@click.option("--known-on", type=DAY, metavar="DATE", help="As the rulebook was known on that day.")
@format_option("text", "markdown", "json")
@lang_option
def command(rulebook: str | None, on: date | None, known_on: date | None, format: str, lang: str) -> None:
    """List all editions, rules and parameters over time, with the evaluation date marked.

    Exit codes: 0 listed; 2 broken rulebook.
    """
    from ktt_policy.api import Rulebook
    from ktt_policy.history.timetable import render, timetable

    try:
        book = Rulebook.load(rulebook, known_on)
    except ProblemError as error:
        fail(error.diagnostics)
    click.echo(render(timetable(book.data, on or date.today(), known_on), format, lang), nl=False)
