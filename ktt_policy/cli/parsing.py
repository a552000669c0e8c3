"""How every command reads its line: an option with one value once, and what is not said from the settings."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from pathlib import Path

    from ktt_policy.settings import Settings

# Environment variables of ours that are no settings.
OTHERS = {"KTT_POLICY_CACHE", "KTT_POLICY_DEBUG", "KTT_POLICY_SETTINGS", "KTT_POLICY_NO_SETTINGS"}
# What every command takes from the settings that has such an option; `check` takes all.
SHARED = ("rulebook", "lang", "format", "parameters", "context", "complete")
# These help with settings that are wrong.
WITHOUT_SETTINGS = ("schema", "completion")


class Used(NamedTuple):
    """The settings of a run, and the file that they are from. A command finds them as its context's `obj`."""

    settings: Settings
    file: Path | None


class Command(click.Command):
    """A command that takes its defaults from the settings."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            given = self.make_parser(ctx).parse_args(args=list(args))[2]
            if not any(one.is_eager for one in given):  # `--help`
                once(ctx, given)
                if self.name not in WITHOUT_SETTINGS:
                    use_settings(ctx)
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            name = error.param.name if isinstance(error.param, click.Option) else None
            if name is not None and ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
                error.param_hint = written(ctx, name)
            raise


class Group(click.Group):
    """A group of such commands."""

    command_class = Command


def once(ctx: click.Context, given: Iterable[click.Parameter]) -> None:
    """Refuse an option that takes one value and is given more: which of them is meant cannot be known."""
    seen: set[str] = set()
    for one in given:
        if not isinstance(one, click.Option) or one.multiple or (one.is_flag and not one.secondary_opts):
            continue
        name = max(one.opts, key=len)
        if name in seen:
            names = " or ".join(f"`{n}`" for n in (name, *one.secondary_opts))
            raise click.UsageError(f"{names} is given more than once: which is meant cannot be known", ctx)
        seen.add(name)


def written(ctx: click.Context, option: str) -> str:
    """An option as whoever set it wrote it: the flag, the variable of the environment, or the setting of the file."""
    source, name = ctx.get_parameter_source(option), option.upper()
    if source is ParameterSource.ENVIRONMENT:
        return f"`{ctx.auto_envvar_prefix}_{name}`"
    if source is not ParameterSource.DEFAULT_MAP:
        return f"--{option.replace('_', '-')}"
    general = f"KTT_POLICY_{name}"
    return f"`{general}`" if os.environ.get(general) else f"`{option.replace('_', '-')}` in `{ctx.obj.file}`"


def use_settings(ctx: click.Context) -> None:
    """Make what a settings file and the environment say the defaults of a command. Nothing is imported without."""
    root = ctx.find_root()
    path, none = root.params["settings"], root.params["no_settings"]
    said = any(name.startswith("KTT_POLICY_") and name not in OTHERS for name in os.environ)
    folder = os.getcwd()  # noqa: PTH109  (before anything is imported)
    found = path is not None or (not none and _settings_near(folder))
    if not said and not found:
        return
    from pathlib import Path

    from ktt_policy.cli import fail, say
    from ktt_policy.diagnostics import ProblemError
    from ktt_policy.settings import Settings, defaults, find, read, without_effect

    say(without_effect(os.environ, OTHERS | _variables(root, os.environ)))
    try:
        file = Path(path) if path is not None else find(Path(folder)) if found else None
        settings = read(file) if file is not None else Settings()
        made = defaults(settings)
    except ProblemError as error:
        fail(error.diagnostics)
    ctx.obj = Used(settings, file)
    ctx.default_map = made if ctx.command.name == "check" else _shared(ctx.command, made)


def _shared(command: click.Command, made: dict[str, Any]) -> dict[str, Any]:
    """What a command other than `check` takes from the settings."""
    from ktt_policy.reporters import FORMATS

    shared: dict[str, Any] = {}
    for option in command.params:
        value = made.get(option.name or "")
        if option.name not in SHARED or value is None or (isinstance(value, list) and not option.multiple):
            continue  # `--context` of `eval` is another
        if isinstance(option.type, click.Choice) and value in FORMATS and value not in option.type.choices:
            continue  # a format of `check` alone
        shared[option.name] = value
    return shared


def _variables(root: click.Context, environment: Iterable[str]) -> set[str]:
    """The variables by which click sets options, of those commands that the environment may speak of."""
    from ktt_policy.cli import COMMANDS, main
    from ktt_policy.settings import PREFIX

    found: set[str] = set()
    for name in COMMANDS:
        prefix = f"{PREFIX}{name.upper()}_"
        command = main.get_command(root, name) if any(variable.startswith(prefix) for variable in environment) else None
        parts = command.commands.items() if isinstance(command, click.Group) else []
        for start, one in [(prefix, command), *((f"{prefix}{part.upper()}_", c) for part, c in parts)]:
            options = [p for p in (one.params if one is not None else ()) if isinstance(p, click.Option)]
            found |= {f"{start}{option.name.upper()}" for option in options if option.name}
    return found


def _settings_near(folder: str) -> bool:
    """True when a settings file may stand in the folder or above it."""
    import os.path

    while True:
        if os.path.isfile(f"{folder}/ktt-policy.toml") or os.path.isfile(f"{folder}/pyproject.toml"):  # noqa: PTH113
            return True
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return False
        folder = above
