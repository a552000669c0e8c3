"""`ktt-policy new rule|version`: files to fill in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import DAY, rulebook_option
from ktt_policy.cli.parsing import Group
from ktt_policy.diagnostics import Diagnostic, ProblemError
from ktt_policy.resources import is_installed

if TYPE_CHECKING:
    from ktt_policy.api import Rulebook
    from ktt_policy.scaffold import Made


EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


@click.group("new", cls=Group)
def command() -> None:
    """Write the files of a new rule, or of the next version of one, and say what to do with them.

    Exit codes: 0 written; 2 could not write.
    """


@command.command("rule")
@click.argument("name", metavar="CODE-NAME")
@click.argument("day", type=DAY, metavar="DATE")
@click.option(
    "--kind", metavar="KIND", help="The kind of document (default: that of the rules whose codes begin alike)."
)
@click.option("--clause", metavar="CLAUSE", help="The clause that it checks.")
@rulebook_option
@click.option("--fixtures", type=click.Path(path_type=Path), help="Where the base documents are.")
def rule(
    name: str, day: date, kind: str | None, clause: str | None, rulebook: str | None, fixtures: Path | None
) -> None:
    """Write a rule in force from DATE, with cases to fill in.

    Exit codes: 0 written; 2 could not write.
    """
    from ktt_policy.cases.case import fixtures_of
    from ktt_policy.scaffold import new_rule

    _run(rulebook, lambda book: new_rule(book, name, kind, day, clause, fixtures or fixtures_of(book.folder)), day)


@command.command("version")
@click.argument("code")
@click.argument("day", type=DAY, metavar="DATE")
@click.option("--published-on", type=DAY, metavar="DATE", help="A correction after the fact: the day of publication.")
@click.option("--repeal", is_flag=True, help="The rule ends on DATE.")
@rulebook_option
@click.option("--fixtures", type=click.Path(path_type=Path), help="Where the base documents are.")
def version(
    code: str, day: date, published_on: date | None, repeal: bool, rulebook: str | None, fixtures: Path | None
) -> None:
    """Write the version of a rule from DATE, with cases to fill in.

    Exit codes: 0 written; 2 could not write.
    """
    from ktt_policy.cases.case import fixtures_of
    from ktt_policy.scaffold import new_version

    def make(book: Rulebook) -> Made:
        return new_version(book, code, day, published_on, repeal, fixtures or fixtures_of(book.folder))

    _run(rulebook, make, day, published_on)


def _run(rulebook: str | None, make: Callable[[Rulebook], Made], *days: date | None) -> None:
    from ktt_policy.api import Rulebook

    for day in days:
        if day is not None and not EARLIEST <= day <= LATEST:
            raise click.UsageError(f"{day} is far from any rule's day: give one from {EARLIEST} to {LATEST}")
    try:
        book = Rulebook.load(rulebook)
        if is_installed(book.folder):
            help = "copy it to a folder of your own and give that: --rulebook FOLDER"
            raise ProblemError([Diagnostic("E501", f"`{book.data.id}` is part of the installed program", help=help)])
        made = make(book)
    except ProblemError as error:
        fail(error.diagnostics)
    except OSError as error:
        click.echo(f"error: cannot write `{error.filename}`: {error.strerror}", err=True)
        raise SystemExit(2) from None
    for path in made.files:
        click.echo(f"wrote {path}")
    click.echo("next:")
    for number, step in enumerate(made.steps, 1):
        click.echo(f"  {number}. {step}")
