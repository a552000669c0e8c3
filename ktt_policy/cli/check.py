"""`ktt-policy check`: the main job."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import lang_option, on_option, read_parameters, rulebook_option
from ktt_policy.diagnostics import ProblemError

FORMATS = ("text", "json")


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--context", multiple=True, metavar="PATH", help="Documents to look things up in, not judged. Repeatable."
)
@on_option
@rulebook_option
@click.option("--parameters", metavar="FILE", help="YAML or JSON: parameter → date → value, over the rulebook's.")
@click.option("--select", multiple=True, metavar="CODE-OR-CLAUSE", help="Only these rules. Repeatable, or with commas.")
@click.option("--ignore", multiple=True, metavar="CODE-OR-CLAUSE", help="Not these rules. Repeatable, or with commas.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="What goes to stdout (default: text).")
@click.option("--output", multiple=True, metavar="FORMAT=FILE", help="Write a report to a file. Repeatable.")
@lang_option
@click.option("--allow-undecided", is_flag=True, help="Exit 0 when nothing is violated but something undecided.")
@click.option("--complete", is_flag=True, help="All documents are given: one that is not does not exist.")
@click.option("--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True)
@click.option("--max-bytes", type=click.IntRange(1), help="Largest single document (default: 64 MiB).")
def command(
    paths: tuple[str, ...], context: tuple[str, ...], on: date | None, rulebook: str | None, parameters: str | None,
    select: tuple[str, ...], ignore: tuple[str, ...], format_: str | None, output: tuple[str, ...], lang: str,
    allow_undecided: bool, complete: bool, fail_on: str, max_bytes: int | None,
) -> None:  # fmt: skip
    """Check documents: files, folders, globs, or - for stdin; JSON, arrays of documents, or NDJSON.

    Exit codes: 0 conforms; 1 violations; 2 could not check; 3 no violation, but something was undecided.
    """
    from ktt_policy.api import Rulebook
    from ktt_policy.documents import LARGEST

    outputs = _outputs(output)
    try:
        book = Rulebook.load(rulebook)
        largest = LARGEST if max_bytes is None else max_bytes
        report = book.check(
            paths, on, context, read_parameters(parameters) if parameters else None, complete, _split(select),
            _split(ignore), max_bytes=largest,
        )  # fmt: skip
    except ProblemError as error:
        fail(error.diagnostics)
        return
    from ktt_policy.reporters import render_report

    code = report.exit_code(fail_on, allow_undecided)
    click.echo(render_report(report, format_ or "text", lang, code), nl=False)
    for name, file in outputs:
        try:
            Path(file).write_text(render_report(report, name, lang, code), "utf-8")
        except OSError as error:
            click.echo(f"error: cannot write `{file}`: {error.strerror}", err=True)
            code = 2
    if report.problems:
        from ktt_policy.diagnostics import render

        for problem in report.problems:
            click.echo(render(problem), err=True)
    sys.exit(code)


def _split(values: tuple[str, ...]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _outputs(values: tuple[str, ...]) -> list[tuple[str, str]]:
    made = []
    for value in values:
        name, found, file = value.partition("=")
        if not found or name not in FORMATS or not file:
            raise click.UsageError(f"--output takes FORMAT=FILE with a format of {', '.join(FORMATS)}; got `{value}`")
        made.append((name, file))
    return made
