"""`ktt-policy coverage`: what of the source is checked, and why the rest is not."""

from __future__ import annotations

import sys
from datetime import date

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import format_option, lang_option, on_option, rulebook_option
from ktt_policy.cli.parsing import Command

FORMATS = ("text", "json", "markdown")


@click.command("coverage", cls=Command)
@rulebook_option
@on_option
@format_option(*FORMATS)
@lang_option
def command(rulebook: str | None, on: date | None, format: str, lang: str) -> None:
    """Show each clause of the edition in force with its rules and cases, and each rule with its clauses.

    Exit codes: 0 every clause is accounted for; 1 some clause has neither a rule nor a reason; 2 broken rulebook.
    """
    from ktt_policy.api import find_rulebook
    from ktt_policy.build.cache import load
    from ktt_policy.coverage import RENDERERS, read_coverage
    from ktt_policy.diagnostics import ProblemError

    try:
        folder = find_rulebook(rulebook)
    except ProblemError as error:
        fail(error.diagnostics)
    data, found = load(folder)
    if data is None:
        fail([d for d in found if d.severity == "error"])
    table, found = read_coverage(data, folder, on or date.today())
    if table is None:
        fail(found)
    click.echo(RENDERERS[format](table, lang), nl=False)
    sys.exit(1 if table.unaccounted else 0)
