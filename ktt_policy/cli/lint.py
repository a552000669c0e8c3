"""`ktt-policy lint`: the rulebook itself."""

from __future__ import annotations

import sys

import click
from click.core import ParameterSource

from ktt_policy.cli import fail
from ktt_policy.cli.options import format_option, rulebook_option
from ktt_policy.cli.parsing import Command


@click.command("lint", cls=Command)
@click.argument("folder", required=False)
@rulebook_option
@format_option("text", "json")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="The least severity that fails.",
)
@click.option("--since", metavar="GIT-REF", help="Fail for what was rewritten that was in force before that commit.")
@click.option("--strict", is_flag=True, help="The same as --fail-on warning.")
def command(
    folder: str | None, rulebook: str | None, format: str, fail_on: str, since: str | None, strict: bool
) -> None:
    """Check schemas, types, clauses, parameters, names, versions, conditions and messages of a rulebook.

    Exit codes: 0 nothing to fail on; 1 warnings, with --fail-on warning; 2 errors: the rulebook cannot be used.
    """
    from ktt_policy.api import find_rulebook
    from ktt_policy.diagnostics import CODES, ProblemError, has_errors, render
    from ktt_policy.lint import lint

    ctx = click.get_current_context()
    if folder is not None and ctx.get_parameter_source("rulebook") is ParameterSource.COMMANDLINE:
        raise click.UsageError("the rulebook is given twice: as FOLDER and with `--rulebook`")
    try:
        where = find_rulebook(rulebook if folder is None else folder)
        found, past = lint(where), None
        if since is not None:
            from ktt_policy.history.rewritten import rewritten

            past = rewritten(where, since)
            found += past or ()
    except ProblemError as error:
        fail(error.diagnostics)
    wrong = sum(d.severity == "error" for d in found)
    code = 2 if has_errors(found) else 1 if (strict or fail_on == "warning") and found else 0
    if format == "json":
        import json

        from msgspec import to_builtins

        listed = [{"title": CODES[d.code], **to_builtins(d)} for d in found]
        data = {
            "rulebook": where.resolve().name, "exit_code": code, "errors": wrong, "warnings": len(found) - wrong,
            "diagnostics": listed,
        }  # fmt: skip
        if since is not None:
            data["compared_with"] = since if past is not None else None
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        for diagnostic in found:
            click.echo(render(diagnostic))
        doubts = len(found) - wrong
        counts = f"{wrong} error{'s'[: wrong != 1]}, {doubts} warning{'s'[: doubts != 1]}"
        alone = f"; no rulebook of this id at {since} to compare it with" if since is not None and past is None else ""
        click.echo(f"{where.resolve().name}: {counts}{alone}")
    sys.exit(code)
