"""`ktt-policy explain`: what a rule or a clause says, and why it came out as it did."""

from __future__ import annotations

from datetime import date

import click
from msgspec.structs import replace

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
    sensitive_option,
    wanting,
)
from ktt_policy.cli.parsing import Command
from ktt_policy.diagnostics import Diagnostic, ProblemError, has_errors


@click.command("explain", cls=Command)
@click.argument("name", metavar="CODE-OR-CLAUSE")
@list_option("--document", metavar="FILE", help="Why on this document? Repeatable.")
@list_option("--context", metavar="PATH", help="Documents to look things up in, not judged. Repeatable.")
@click.option("--parameters", metavar="FILE", help="YAML or JSON: parameter → date → value, over the rulebook's.")
@complete_option
@click.option("--known-on", type=DAY, metavar="DATE", help="As the rulebook was known on that day.")
@format_option("text", "json")
@rulebook_option
@on_option
@lang_option
@sensitive_option
def command(
    name: str, document: tuple[str, ...], context: tuple[str, ...], parameters: str | None, complete: bool,
    known_on: date | None, format: str, rulebook: str | None, on: date | None, lang: str,
) -> None:  # fmt: skip
    """Explain a rule (I502) or a clause (5.m3): what it asks, since when, by which expressions, on which data.

    With --document, every part of its conditions with the value that it has, for each item: why did it pass, fail,
    not apply, or stay undecided?

    Exit codes: 0 explained, whatever the verdict; 2 could not explain.
    """
    from ktt_policy.api import Rulebook
    from ktt_policy.documents import read_all
    from ktt_policy.explain import about, to_json, to_text, verdicts

    wanting(click.get_current_context(), "document", "context", "complete")
    day = on or date.today()
    try:
        book = Rulebook.load(rulebook, known_on)
        if parameters:
            book.lay_over(read_parameters(parameters))
        found = about(book, name, day)
    except ProblemError as error:
        fail(error.diagnostics)
    problems: list[Diagnostic] = []
    if document and found.system:
        help = "`ktt-policy check` tells what it finds"
        fail([Diagnostic("E501", f"`{name}` is the checker's own code: it has no conditions to explain", help=help)])
    if document:
        read = [*read_all(document, book.reader, True), *read_all(context, book.reader, False)]
        made, problems = verdicts(book, found.rules, read, day, complete)
        if made or not has_errors([one for one in read if isinstance(one, Diagnostic)]):  # else it may concern them
            found = replace(found, verdicts=made)
    click.echo(to_json(book, found, day) if format == "json" else to_text(book, found, day, lang), nl=False)
    told(problems)
