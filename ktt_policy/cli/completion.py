"""`ktt-policy completion`: what lets a shell complete commands, options, codes and file names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from ktt_policy.cli.parsing import Command

if TYPE_CHECKING:
    from ktt_policy.build.model import RulebookData

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the script that lets a SHELL complete commands, options, codes, clauses and file names.

    \b
    bash  in ~/.bashrc:                       eval "$(ktt-policy completion bash)"
    zsh   in ~/.zshrc, after compinit:        eval "$(ktt-policy completion zsh)"
    fish  ~/.config/fish/completions/:        ktt-policy completion fish > ktt-policy.fish

    Exit codes: 0 printed; 2 no such shell.
    """
    from ktt_policy.cli import main

    kind = get_completion_class(shell)
    assert kind is not None
    # not `source()` of the bash class: it starts bash to see its version, and this may be a build without one
    click.echo(ShellComplete.source(kind(main, {}, "ktt-policy", "_KTT_POLICY_COMPLETE")))


# --- what a value may be, as its metavar says ---------------------------------------------------------------------


class Completed(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic since click 8.4
    """Text whose possible values are found by the words of its metavar: CODE-OR-CLAUSE, FILE, PATH…"""

    name = "text"

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found: list[CompletionItem] = []
        for word in self.words:
            if word in VALUES:
                found += [CompletionItem(v) for v in sorted(VALUES[word](ctx)) if v.startswith(incomplete)]
        if not found and (kinds := [FILES[word] for word in self.words if word in FILES]):
            found.append(CompletionItem(incomplete, type=kinds[0]))
        return found


def complete_values(command: click.Command) -> None:
    """Let the parameters of a command, and of those in it, complete what their metavars name."""
    for param in command.params:
        words = (param.metavar or param.human_readable_name).strip("[].").split("-OR-")
        text = isinstance(param.type, click.types.StringParamType)
        if text and any(word in VALUES or word in FILES for word in words):
            param.type = Completed(words)
    if isinstance(command, click.Group):
        for one in command.commands.values():
            complete_values(one)


def _rulebooks(ctx: click.Context) -> set[str]:
    from ktt_policy.resources import policy_folder

    return {p.parent.name for p in policy_folder().glob("*/rulebook.yaml")}


def _codes(ctx: click.Context) -> set[str]:
    data = _data(ctx)
    return {rule.code for rule in data.rules} if data is not None else set()


def _clauses(ctx: click.Context) -> set[str]:
    data = _data(ctx)
    return {clause for edition in data.editions for clause in edition.clauses} if data is not None else set()


def _data(ctx: click.Context) -> RulebookData | None:
    """The rulebook that the command line names so far; a broken one completes nothing."""
    from ktt_policy.api import Rulebook
    from ktt_policy.diagnostics import ProblemError

    try:
        return Rulebook.load(ctx.params.get("rulebook")).data
    except ProblemError:
        return None


def _kinds(ctx: click.Context) -> set[str]:
    data = _data(ctx)
    return {kind.name for kind in data.kinds} if data is not None else set()


def _schemas(ctx: click.Context) -> set[str]:
    from ktt_policy.cli.schema import schemas
    from ktt_policy.diagnostics import ProblemError

    try:
        return set(schemas(ctx.params.get("rulebook")))
    except ProblemError:
        return set()


FILES = {"PATH": "file", "FILE": "file", "FOLDER": "dir"}
VALUES: dict[str, Callable[[click.Context], set[str]]] = {
    "ID": _rulebooks,
    "CODE": _codes,
    "CLAUSE": _clauses,
    "KIND": _kinds,
    "SCHEMA": _schemas,
}
