"""`ktt-policy eval`: one expression, JSON on stdout."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import on_option, rulebook_option, sensitive_option
from ktt_policy.cli.parsing import Command
from ktt_policy.diagnostics import Diagnostic


class Evaluate(Command):
    """Takes `-1 + 2` for the expression that it is: every option of the command but `-h` begins with two dashes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for at, one in enumerate(args):
            if one == "--":
                break
            if len(one) > 1 and one[0] == "-" and one[1] != "-" and one != "-h":
                args = [*args[:at], *args[at + 1 :], "--", one]
                break
        return super().parse_args(ctx, args)


@click.command("eval", cls=Evaluate)
@click.argument("expression")
@click.option("--context", metavar="FILE", help="A JSON object: its fields are names in the expression.")
@click.option("--type", is_flag=True, help="Print the type instead of the value.")
@on_option
@rulebook_option
@sensitive_option
def command(expression: str, context: str | None, type: bool, on: date | None, rulebook: str | None) -> None:
    """Evaluate one expression of the rule language; prints its value as JSON.

    With --rulebook the expression may read the rulebook's parameters (of the evaluation date) and call its definitions,
    and a --context that is a document is known by its kind, as in a rule: `invoice.lines`. What is sensitive in a
    document is masked; so is whatever looks like an identity code.

    Exit codes: 0 evaluated; 2 could not evaluate.
    """
    from ktt_policy.api import Rulebook, check_expression, evaluated
    from ktt_policy.diagnostics import ProblemError
    from ktt_policy.engine.telling import Telling
    from ktt_policy.expr.values import Unknown, to_json, to_python
    from ktt_policy.masking import mask
    from ktt_policy.reasons import reason_text
    from ktt_policy.reporters.json_ import encode, masked
    from ktt_policy.source.json_ import parse
    from ktt_policy.source.text import JsonError, decode

    names: Any = None
    if context is not None:
        try:
            names = parse(decode(Path(context).read_bytes(), context))
        except OSError as error:
            fail([Diagnostic("E101", f"cannot read `{context}`: {error.strerror}")])
        except JsonError as error:
            fail([error.diagnostic])
        if not isinstance(names, dict):
            fail([Diagnostic("E109", f"`{context}` holds no object", help="its fields become names")])
    try:
        book = Rulebook.load(rulebook) if rulebook is not None else None
        if type:
            click.echo(str(check_expression(expression, names, book)[1]))
        else:
            checked, found = evaluated(expression, names, on, book)
            value = to_json(to_python(found))
            # A document is one whichever way its fields are named.
            known = Rulebook.load() if book is None and "document_type" in (names or ()) else book
            if known is not None:
                value = Telling(known.data).masked(checked.tree, value)
            click.echo(encode(masked(value)))
            if isinstance(found, Unknown):
                click.echo(f"note: not known: {mask(reason_text(found.reason, 'en'))}", err=True)
    except ProblemError as error:
        fail(error.diagnostics)
