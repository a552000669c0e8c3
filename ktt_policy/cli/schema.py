"""`ktt-policy schema`: the JSON Schemas."""

from __future__ import annotations

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import rulebook_option


@click.command("schema")
@click.argument("kind", required=False)
@rulebook_option
def command(kind: str | None, rulebook: str | None) -> None:
    """Print the JSON Schema of a KIND of document, or of a policy file (policy/rule); without KIND, their names."""
    from ktt_policy.api import find_rulebook
    from ktt_policy.diagnostics import Diagnostic, ProblemError, did_you_mean
    from ktt_policy.resources import schema_folder

    folders = [schema_folder()]
    if rulebook is not None:
        try:
            folders.insert(0, find_rulebook(rulebook) / "schemas")
        except ProblemError as error:
            fail(error.diagnostics)
    found = {}
    for folder in reversed(folders):
        for path in sorted(folder.rglob("*.schema.json")):
            found[path.relative_to(folder).as_posix().removesuffix(".schema.json")] = path
    if kind is None:
        click.echo("\n".join(sorted(found)))
    elif kind in found:
        click.echo(found[kind].read_text("utf-8"), nl=False)
    else:
        fail([Diagnostic("E502", f"there is no schema `{kind}`", help=did_you_mean(kind, list(found)))])
