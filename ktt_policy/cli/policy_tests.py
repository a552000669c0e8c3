"""`ktt-policy test`: the policy tests of a rulebook."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import rulebook_option


@click.command("test")
@click.argument("codes", nargs=-1, metavar="[CODE...]")
@rulebook_option
@click.option("--fixtures", type=click.Path(exists=True, file_okay=False), help="Where the base documents are.")
@click.option("--strict", is_flag=True, help="Fail also for what the cases leave out.")
@click.option("-v", "--verbose", is_flag=True, help="Name every case.")
def command(codes: tuple[str, ...], rulebook: str | None, fixtures: str | None, strict: bool, verbose: bool) -> None:
    """Run the cases of the rules (all, or those of the CODEs)."""
    from ktt_policy.api import Rulebook
    from ktt_policy.diagnostics import Diagnostic, ProblemError, did_you_mean
    from ktt_policy.policy_tests import run_cases

    try:
        book = Rulebook.load(rulebook)
    except ProblemError as error:
        fail(error.diagnostics)
        return
    known = [r.code for r in book.data.rules]
    for code in codes:
        if code not in known:
            fail([Diagnostic("E502", f"there is no rule `{code}`", help=did_you_mean(code, known))])
    where = Path(fixtures) if fixtures else _fixtures(book.folder)
    results, lacks, problems = run_cases(book, where, list(codes))
    if problems:
        fail(problems)
    for r in results:
        if r.fault:
            click.echo(f"FAILED {r.code} {r.name}\n  --> {r.place}\n  {r.fault}")
        elif verbose:
            click.echo(f"passed {r.code} {r.name}: {r.expect}")
    for lack in lacks:
        click.echo(f"lacking {lack.code}: {lack.what}")
    failed = sum(bool(r.fault) for r in results)
    rules = len({r.code for r in results})
    click.echo(f"{len(results) - failed} passed, {failed} failed; {rules} rules; {len(lacks)} lacking")
    if not results:
        fail([Diagnostic("E108", "there are no cases to run")])
    sys.exit(1 if failed or (strict and lacks) else 0)


def _fixtures(folder: Path) -> Path:
    """`fixtures/` beside the rulebook or above it."""
    for parent in (folder, *folder.resolve().parents):
        if (parent / "fixtures").is_dir():
            return parent / "fixtures"
    return Path("fixtures")
