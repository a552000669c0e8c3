"""`ktt-policy new rule|version`: files to fill in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import DAY, rulebook_option
from ktt_policy.diagnostics import ProblemError


@click.group("new")
def command() -> None:
    """Write the files of a new rule, or of the next version of one, and say what to do with them."""


@command.command("rule")
@click.argument("name", metavar="CODE-NAME")
@click.argument("day", type=DAY, metavar="DATE")
@click.option("--kind", help="The kind of document (default: that of the rules whose codes begin alike).")
@click.option("--clause", metavar="ID", help="The clause that it checks.")
@rulebook_option
@click.option("--fixtures", type=click.Path(path_type=Path), help="Base documents of the cases.")
def rule(
    name: str, day: date, kind: str | None, clause: str | None, rulebook: str | None, fixtures: Path | None
) -> None:
    """A rule in force from DATE: `ktt-policy new rule I612-no-lines-on-sundays 2027-01-01`."""
    from ktt_policy.scaffold import new_rule

    _run(rulebook, fixtures, lambda book, where: new_rule(book, name, kind, day, clause, where))


@command.command("version")
@click.argument("code")
@click.argument("day", type=DAY, metavar="DATE")
@click.option("--published-on", type=DAY, metavar="DATE", help="A correction after the fact: the day of publication.")
@click.option("--repeal", is_flag=True, help="The rule ends on DATE.")
@rulebook_option
@click.option("--fixtures", type=click.Path(path_type=Path), help="Base documents of the cases.")
def version(
    code: str, day: date, published_on: date | None, repeal: bool, rulebook: str | None, fixtures: Path | None
) -> None:
    """The version of a rule from DATE: `ktt-policy new version I502 2027-01-01`."""
    from ktt_policy.scaffold import new_version

    _run(rulebook, fixtures, lambda book, where: new_version(book, code, day, published_on, repeal, where))


def _run(rulebook: str | None, fixtures: Path | None, make: Any) -> None:
    from ktt_policy.api import Rulebook
    from ktt_policy.policy_tests import fixtures_of

    try:
        book = Rulebook.load(rulebook)
        made = make(book, fixtures or fixtures_of(book.folder))
    except ProblemError as error:
        fail(error.diagnostics)
        return
    except OSError as error:
        click.echo(f"error: cannot write `{error.filename}`: {error.strerror}", err=True)
        raise SystemExit(2) from None
    for path in made.files:
        click.echo(f"wrote {path}")
    click.echo("next:")
    for number, step in enumerate(made.steps, 1):
        click.echo(f"  {number}. {step}")
