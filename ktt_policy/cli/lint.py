"""`ktt-policy lint`: the rulebook itself."""

from __future__ import annotations

import sys

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import rulebook_option


@click.command("lint")
@click.argument("folder", required=False)
@rulebook_option
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def command(folder: str | None, rulebook: str | None, strict: bool) -> None:
    """Check schemas, types, clauses, parameters, names and messages of a rulebook."""
    from ktt_policy.api import find_rulebook
    from ktt_policy.diagnostics import ProblemError, errors, render
    from ktt_policy.lint import lint

    try:
        where = find_rulebook(folder or rulebook)
    except ProblemError as error:
        fail(error.diagnostics)
        return
    found = lint(where)
    for diagnostic in found:
        click.echo(render(diagnostic))
    wrong = sum(d.severity == "error" for d in found)
    click.echo(f"{where.name}: {wrong} errors, {len(found) - wrong} warnings")
    sys.exit(2 if errors(found) else 1 if strict and found else 0)
