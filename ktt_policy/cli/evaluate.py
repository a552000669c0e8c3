"""`ktt-policy eval`: one expression, JSON on stdout."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import on_option
from ktt_policy.diagnostics import Diagnostic


@click.command("eval")
@click.argument("expression")
@click.option("--context", metavar="FILE.json", help="A JSON object: its fields are names in the expression.")
@click.option("--type", "show_type", is_flag=True, help="Print the type instead of the value.")
@on_option
def command(expression: str, context: str | None, show_type: bool, on: date | None) -> None:
    """Evaluate one expression of the rule language; prints its value as JSON."""
    from ktt_policy.diagnostics import ProblemError
    from ktt_policy.expr.checker import compile_text
    from ktt_policy.expr.python import type_of
    from ktt_policy.expr.scope import Scope
    from ktt_policy.reporters.json_ import encode
    from ktt_policy.source.json_ import JsonError, decode, parse
    from ktt_policy.source.text import whole

    names = {}
    if context is not None:
        try:
            names = parse(decode(Path(context).read_bytes(), context))
        except OSError as error:
            fail([Diagnostic("E101", f"cannot read `{context}`: {error.strerror}")])
        except JsonError as error:
            fail([error.diagnostic])
        if not isinstance(names, dict):
            fail([Diagnostic("E109", f"`{context}` holds no object", help="its fields become names")])
    if show_type:
        checked, found, diagnostics = compile_text(whole(expression), Scope({k: type_of(v) for k, v in names.items()}))
        if checked is None:
            fail(diagnostics)
        click.echo(str(found))
        return
    from ktt_policy.api import evaluate
    from ktt_policy.expr.values import to_json

    try:
        click.echo(encode(to_json(evaluate(expression, names, on))))
    except ProblemError as error:
        fail(error.diagnostics)
