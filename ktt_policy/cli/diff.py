"""`ktt-policy diff`: what changes between two days, and for whom."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import click

from ktt_policy.cli import fail, told
from ktt_policy.cli.options import (
    DAY,
    complete_option,
    format_option,
    lang_option,
    list_option,
    on_option,
    read_parameters,
    rulebook_option,
    wanting,
)
from ktt_policy.cli.parsing import Command
from ktt_policy.cli.progress import Progress
from ktt_policy.diagnostics import ProblemError

FORMATS = ("text", "json", "markdown")


@click.command("diff", cls=Command)
@click.argument("start", type=DAY, metavar="FROM")
@click.argument("end", type=DAY, metavar="TO")
@rulebook_option
@click.option(
    "--against", metavar="FOLDER-OR-REF", help="The rulebook on TO: another folder, or --rulebook at a git ref."
)
@click.option(
    "--known-from", type=DAY, metavar="DATE", help="The rulebook on FROM as it was known on that day, uncorrected."
)
@list_option("--documents", metavar="PATH", help="Whose verdict changes? Repeatable.")
@list_option("--context", metavar="PATH", help="Documents to look things up in, not judged. Repeatable.")
@click.option("--parameters", metavar="FILE", help="YAML or JSON: parameter → date → value, over the rulebook's.")
@on_option
@complete_option
@format_option(*FORMATS)
@lang_option
def command(
    start: date, end: date, rulebook: str | None, against: str | None, known_from: date | None,
    documents: tuple[str, ...], context: tuple[str, ...], parameters: str | None, on: date | None, complete: bool,
    format: str, lang: str,
) -> None:  # fmt: skip
    """Compare the rulebook of two days: rules, parameters, clauses, schemas; with --documents, whose verdict changes.

    With --against the second day is read in another rulebook, or in this one as of a git ref: `--against v1.2`.
    With --known-from the first day is read without what was published later: what has been corrected since?
    Documents are judged under the rules of both days as if their dates fell there.

    Exit codes: 0 compared; 2 could not compare.
    """
    from ktt_policy.history.difference import difference
    from ktt_policy.history.notice import render

    wanting(click.get_current_context(), "documents", "context", "complete", "on")
    try:
        with ExitStack() as stack:
            before, after = _rulebooks(rulebook, against, stack)
            before = before.as_known(known_from) if known_from is not None else before
            given = read_parameters(parameters) if parameters is not None else None
            for book in {id(b): b for b in (before, after)}.values():
                if given is not None:
                    book.lay_over(given)
            found = difference(before.data, start, after.data, end)
            impact = None
            if documents:
                # What was read goes for both sides, unless their schemas ask for different things.
                sides = [(before, start), (after, end)]
                impact = _impact(sides, bool(found.schemas), documents, context, on or date.today(), complete)
    except ProblemError as error:
        fail(error.diagnostics)
    click.echo(render(found, impact, after.data, format, lang), nl=False)
    if impact is not None:
        told(impact.problems)


def _rulebooks(rulebook: str | None, against: str | None, stack: ExitStack) -> tuple[Any, Any]:
    from ktt_policy.api import Rulebook
    from ktt_policy.history.git import folder_at

    before = Rulebook.load(rulebook)
    if against is None:
        return before, before
    if (Path(against) / "rulebook.yaml").is_file():
        return before, Rulebook.load(against)
    try:
        return before, Rulebook.load(stack.enter_context(folder_at(before.folder, against)))
    except ProblemError:
        if Path(against).is_dir():  # which was meant, and is no rulebook
            Rulebook.load(against)
        raise


def _impact(
    sides: list[tuple[Any, date]], apart: bool, documents: tuple[str, ...], context: tuple[str, ...], on: date,
    complete: bool,
) -> Any:  # fmt: skip
    from ktt_policy.documents import read_all
    from ktt_policy.history.impact import impact
    from ktt_policy.history.moment import moment

    moments = [moment(book.data, day) for book, day in sides]
    with Progress() as progress:
        readings: list[list[Any]] = []
        for book, _ in sides if apart else sides[-1:]:
            readings.append(read := [])
            for paths, judged in ((documents, True), (context, False)):
                for one in read_all(paths, book.reader, judged):
                    read.append(one)
                    progress.stage("read", len(read))
        before, after = zip(moments, (readings[0], readings[-1]), strict=True)
        return impact(before, after, on, complete, progress.stage)
