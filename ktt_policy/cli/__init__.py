"""The command line: the only place that prints, reads argv and exits. One module a command, imported when used."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from ktt_policy.cli.examples import add_examples
from ktt_policy.cli.parsing import once
from ktt_policy.version import __version__

COMMANDS = {
    "check": "Check documents against the rulebook.",
    "completion": "Print the script for completion in a shell.",
    "coverage": "Show what of the rulebook is checked, clause by clause.",
    "diff": "What changes between two days, and whose verdict.",
    "docs": "Make the documentation of a rulebook as pages.",
    "eval": "Evaluate one expression.",
    "explain": "Explain a rule or clause, and why it came out as it did.",
    "lint": "Check the rulebook itself.",
    "new": "Write the files of a new rule or version.",
    "schema": "Print the JSON Schema of a document kind or of a policy file.",
    "test": "Run the rulebook's policy tests.",
    "timeline": "List rules and parameters over time.",
}
MODULES = {"eval": "evaluate", "test": "policy_tests"}


class Commands(click.Group):
    """Finds commands by name without importing the others."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            once(ctx, self.make_parser(ctx).parse_args(args=list(args))[2])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """A traceback is a bug: say so in a line, and fail as "could not check"."""
        import os

        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            from ktt_policy.screen import plain

            # What the command line says is not ours either. The help of a group without a command is, and has lines.
            if not isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # since click 8.2
                error.message = plain(error.message)  # type: ignore[misc]
            raise
        except click.exceptions.Exit:
            raise
        except BrokenPipeError:
            closed()
            sys.exit(2)
        except (click.Abort, KeyboardInterrupt, EOFError):
            # click's code for it, 1, would say that the documents violate something.
            click.echo("error: interrupted; nothing can be said of the documents", err=True)
            sys.exit(2)
        except Exception as error:
            unwritten = isinstance(error, OSError) and error.filename is None  # `__main__` says so
            if unwritten or os.environ.get("KTT_POLICY_DEBUG"):
                raise
            if isinstance(error, OSError):
                from ktt_policy.diagnostics import Diagnostic

                fail([Diagnostic("E101", f"cannot read `{error.filename}`: {error.strerror}")])
            click.echo(f"error: internal error, {type(error).__name__}; nothing can be said of the documents", err=True)
            click.echo("  help: please report it; KTT_POLICY_DEBUG=1 shows where it happened", err=True)
            sys.exit(2)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"ktt_policy.cli.{MODULES.get(name, name)}").command
        add_examples(command, name)
        if ctx.resilient_parsing:
            from ktt_policy.cli.completion import complete_values

            complete_values(command)
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
@click.option("--settings", metavar="FILE", help="Settings (default: ktt-policy.toml or pyproject.toml, upwards).")
@click.option("--no-settings", is_flag=True, help="Use no settings file.")
def main(**_: Any) -> None:  # the options are read when a command needs its defaults
    """Check providers, vouchers and invoices of rehabilitative work against a dated rulebook.

    Exit codes of check: 0 conforms; 1 violations; 2 could not check; 3 no violation, but something was undecided.
    """


add_examples(main, "")


def closed() -> None:
    """Whoever reads the output has closed it: what is still said goes nowhere."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(diagnostics: list[Any]) -> NoReturn:
    """Print what stopped the work on stderr, and exit 2."""
    say(diagnostics)
    sys.exit(2)


def say(diagnostics: list[Any]) -> None:
    """Print problems on stderr, without anything that looks like an identity code.

    Their texts are English; what a code means is said once in Finnish, where that is the language of the command.
    """
    if not diagnostics:
        return
    from ktt_policy.advice import ADVICE
    from ktt_policy.diagnostics import render
    from ktt_policy.masking import mask

    context = click.get_current_context(silent=True)
    finnish = context is not None and context.params.get("lang") == "fi"
    said: set[str] = set()
    for diagnostic in diagnostics:
        click.echo(mask(render(diagnostic)), err=True)
        advice = ADVICE.get(diagnostic.code)
        if advice is None or diagnostic.code in said:
            continue
        said.add(diagnostic.code)
        if finnish:
            click.echo(f"  suomeksi: {advice.fi}. {advice.do_fi}", err=True)
        elif not diagnostic.help:
            click.echo(f"  help: {advice.do_en}", err=True)


def told(diagnostics: list[Any]) -> None:
    """Print problems on stderr; exit 2 when one of them is an error."""
    from ktt_policy.diagnostics import has_errors

    say(diagnostics)
    if has_errors(diagnostics):
        sys.exit(2)
