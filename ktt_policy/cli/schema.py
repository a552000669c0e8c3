"""`ktt-policy schema`: the JSON Schemas."""

from __future__ import annotations

from pathlib import Path

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import rulebook_option
from ktt_policy.cli.parsing import Command

SUFFIX = ".schema.json"


@click.command("schema", cls=Command)
@click.argument("name", metavar="[SCHEMA]", required=False)
@rulebook_option
def command(name: str | None, rulebook: str | None) -> None:
    """Print the JSON SCHEMA of a kind of document, of a policy file (rule), of the `report` of a run or of
    `settings`; else their names.

    With --rulebook the kinds are those that the rulebook judges, its extensions of shipped schemas laid over them.

    Exit codes: 0 printed; 2 no such schema.
    """
    from ktt_policy.diagnostics import Diagnostic, ProblemError, did_you_mean

    try:
        found = schemas(rulebook)
    except ProblemError as error:
        fail(error.diagnostics)
    if name is None:
        click.echo("\n".join(sorted(found)))
        return
    if name not in found and f"policy/{name}" in found:
        name = f"policy/{name}"
    if name not in found:
        fail([Diagnostic("E502", f"there is no schema `{name}`", help=did_you_mean(name, list(found)))])
    else:
        path = found[name]
        click.echo(_settings() if path is None else _text(path), nl=False)


def schemas(rulebook: str | None) -> dict[str, Path | None]:
    """Every schema that can be printed, by name, with its file; `settings` has none.

    ProblemError for a rulebook that cannot be read.
    """
    from ktt_policy.resources import schema_folder
    from ktt_policy.schemas.model import describes_kind

    folder = schema_folder()
    found = {p.relative_to(folder).as_posix().removesuffix(SUFFIX): p for p in sorted(folder.rglob(f"*{SUFFIX}"))}
    if rulebook is not None:
        found = {**{name: p for name, p in found.items() if not describes_kind(p)}, **_kinds(rulebook, found)}
    return {**found, "settings": None}


def _kinds(rulebook: str, shipped: dict[str, Path]) -> dict[str, Path]:
    """The schema file of each kind that a rulebook judges."""
    from ktt_policy.api import find_rulebook
    from ktt_policy.diagnostics import ProblemError
    from ktt_policy.policies import base_of, read_file

    folder = find_rulebook(rulebook)
    root, problems = read_file(folder / "rulebook.yaml", "rulebook", base_of(folder))
    if root is None:
        raise ProblemError(problems)
    own = {name: folder / "schemas" / f"{name}{SUFFIX}" for name in root.data["documents"]}
    return {
        name: path if path.is_file() else shipped[name]
        for name, path in own.items()
        if path.is_file() or name in shipped
    }


def _settings() -> str:
    import json

    from ktt_policy.settings import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _text(path: Path) -> str:
    """The file as it is; an extension laid over what it extends."""
    from ktt_policy.reporters.json_ import encode
    from ktt_policy.resources import schema_folder
    from ktt_policy.schemas.model import read_schema
    from ktt_policy.schemas.own import schema_of

    shipped, written = schema_folder(), path.read_text("utf-8-sig")
    if shipped in path.parents:
        return written
    schema, _, problems = schema_of(path, shipped, str(path))
    if schema is None:
        fail(problems)
    return written if schema == read_schema(written.encode()) else encode(schema, indent=2) + "\n"
