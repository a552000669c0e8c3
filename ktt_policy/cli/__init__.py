"""The command line: the only place that prints, reads argv and exits. One module a command, imported when used."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from ktt_policy.version import __version__

COMMANDS = {
    "check": "Check documents against the rulebook.",
    "coverage": "Show what of the rulebook is checked, clause by clause.",
    "diff": "What changes between two days, and whose verdict.",
    "docs": "Make the documentation of a rulebook as pages.",
    "eval": "Evaluate one expression.",
    "lint": "Check the rulebook itself.",
    "new": "Write the files of a new rule or version.",
    "schema": "Print the JSON Schema of a document kind or of a policy file.",
    "test": "Run the rulebook's policy tests.",
    "timeline": "List rules and parameters over time.",
}
MODULES = {"eval": "evaluate", "test": "policy_tests"}


class Commands(click.Group):
    """Finds commands by name without importing the others."""

    def invoke(self, ctx: click.Context) -> Any:
        """A traceback is a bug: say so in a line, and fail as "could not check"."""
        import os

        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("KTT_POLICY_DEBUG"):
                raise
            click.echo(f"error: internal error, {type(error).__name__}; nothing can be said of the documents", err=True)
            click.echo("  help: please report it; KTT_POLICY_DEBUG=1 shows where it happened", err=True)
            sys.exit(2)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"ktt_policy.cli.{MODULES.get(name, name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from ktt_policy.diagnostics import did_you_mean

            ctx.fail(f"no such command `{args[0]}`; {did_you_mean(args[0], list(COMMANDS))}")
        return super().resolve_command(ctx, args)


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "KTT_POLICY"}
)
@click.version_option(__version__, prog_name="ktt-policy")
def main() -> None:
    """Check providers, vouchers and invoices of rehabilitative work against a dated rulebook.

    Exit codes: 0 conforms; 1 violations; 2 could not check; 3 no violation, but something was undecided.
    """


def fail(diagnostics: list[Any]) -> None:
    """Print what stopped the work on stderr, and exit 2."""
    from ktt_policy.diagnostics import render

    for diagnostic in diagnostics:
        click.echo(render(diagnostic), err=True)
    sys.exit(2)
