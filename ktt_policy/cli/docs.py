"""`ktt-policy docs`: the published documentation of a rulebook."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from ktt_policy.cli import fail, main
from ktt_policy.cli.options import on_option, rulebook_option
from ktt_policy.cli.parsing import Group


@click.group("docs", cls=Group)
def command() -> None:
    """Make the documentation of a rulebook: its pages, and the page that checks documents in the browser.

    Exit codes: 0 made, or nothing amiss; 1 with --check, something is amiss; 2 could not make it.
    """


@command.command("build", short_help="Write the Markdown pages and the mkdocs settings.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("build/docs"), show_default=True,
    help="Where the pages go; what was made there before is replaced.",
)  # fmt: skip
@rulebook_option
@on_option
@click.option("--check", is_flag=True, help="Write nothing; fail when a link leads nowhere or a page lacks a language.")
def build(out: Path, rulebook: str | None, on: date | None, check: bool) -> None:
    """Write the Markdown pages and the mkdocs settings, in Finnish and English.

    Exit codes: 0 made, or nothing amiss; 1 with --check, something is amiss; 2 could not make it.
    """
    from ktt_policy.api import Rulebook
    from ktt_policy.coverage import read_coverage
    from ktt_policy.diagnostics import ProblemError
    from ktt_policy.docs import Site
    from ktt_policy.docs import build as make
    from ktt_policy.docs.links import faults
    from ktt_policy.docs.settings import read_settings
    from ktt_policy.folders import write
    from ktt_policy.resources import docs_folder

    try:
        book = Rulebook.load(rulebook)
    except ProblemError as error:
        fail(error.diagnostics)
    inside = (book.folder / "rulebook.yaml").is_file() and out.resolve().is_relative_to(book.folder.resolve())
    if inside and not check:
        raise click.UsageError(f"`{out}` lies in the rulebook's folder, where pages would be taken for its files")
    day = on or date.today()
    coverage, found = read_coverage(book.data, book.folder, day)
    settings, problems = read_settings(book.folder)
    if coverage is None or problems:
        fail([*found, *problems])
    site = Site(book, coverage, day, settings, [book.folder / "docs", docs_folder()], main)
    files = make(site)
    if check:
        wrong = faults(files)
        for line in wrong:
            click.echo(line)
        sys.exit(1 if wrong else 0)
    try:
        write(files, out)
    except ProblemError as error:
        fail(error.diagnostics)
    except OSError as error:
        click.echo(f"error: cannot write `{error.filename}`: {error.strerror}", err=True)
        sys.exit(2)
    click.echo(f"wrote {len(files)} files to {out}")
    for lang in ("fi", "en"):
        click.echo(f"  mkdocs build --strict -f {out / f'mkdocs.{lang}.yml'}")


@command.command("browser", short_help="Write the page that checks documents in the browser.")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
@rulebook_option
def browser(out: Path, rulebook: str | None) -> None:
    """Write the page that checks documents in the reader's browser into FOLDER, as `check` of the built site.

    Needs npm and pip, and their registries. Exit codes: 0 made; 2 could not make it.
    """
    from ktt_policy.api import Rulebook
    from ktt_policy.browser.site import build as make
    from ktt_policy.diagnostics import ProblemError
    from ktt_policy.docs.colours import of_check_page
    from ktt_policy.docs.settings import read_settings

    try:
        book = Rulebook.load(rulebook)
        settings, problems = read_settings(book.folder)
        if problems:
            raise ProblemError(problems)
        make(out, book, settings.names(book.data.titles), of_check_page(settings))
    except ProblemError as error:
        fail(error.diagnostics)
    click.echo(f"wrote {out / 'index.html'}")
