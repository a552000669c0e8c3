"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ktt_policy.diagnostics import Diagnostic, ProblemError

if TYPE_CHECKING:
    from ktt_policy.build.parameters import Given
    from ktt_policy.diagnostics import Span


class DayType(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic since click 8.4
    """A date, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        from ktt_policy.expr.literals import read_date

        found = read_date(str(value))
        if found is None:
            self.fail(f"`{value}` is no date, YYYY-MM-DD", param, ctx)
        return found


class ListType(click.types.StringParamType):
    """One of several texts; in an environment variable they stand with commas between."""

    def split_envvar_value(self, rv: str) -> list[str]:
        return [part.strip() for part in rv.split(",") if part.strip()]


DAY = DayType()
list_option = partial(click.option, multiple=True, type=ListType())

rulebook_option = click.option("--rulebook", metavar="ID-OR-PATH", help="A shipped rulebook's id, or a folder.")
on_option = click.option("--on", type=DAY, metavar="DATE", help="The evaluation date (default: today).")
lang_option = click.option(
    "--lang", type=click.Choice(["fi", "en"]), default="fi", show_default=True, help="Language of messages."
)
# A switch that the settings may turn on can be turned off.
complete_option = click.option(
    "--complete/--no-complete", help="All documents are given: one that is not does not exist."
)


def format_option(*formats: str) -> Callable[[Any], Any]:
    """`--format` with the formats of a command, of which `text` is the usual one."""
    return click.option(
        "--format", type=click.Choice(formats), default="text", show_default=True, help="What goes to stdout."
    )


def show_sensitive(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Shows what is sensitive, on a terminal only, and says so."""
    if not value:
        return
    import sys

    from ktt_policy.masking import reveal

    if not sys.stdout.isatty():
        raise click.UsageError("--show-sensitive is for a terminal: in files and logs such values would stay")
    click.echo("sensitive values are shown: do not copy or record this output", err=True)
    reveal()


sensitive_option = click.option(
    "--show-sensitive", is_flag=True, expose_value=False, callback=show_sensitive,
    help="Show values of sensitive fields, on a terminal only.",
)  # fmt: skip


def wanting(ctx: click.Context, needed: str, *options: str) -> None:
    """Refuse options of the command line that do nothing without another one; the settings may say them."""
    for name in options:
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE and not ctx.params[needed]:
            raise click.UsageError(f"`--{name}` does nothing without `--{needed}`", ctx)


def read_parameters(path: str) -> Given:
    """The values of a `--parameters` file, YAML or JSON. ProblemError when it cannot be read."""
    from ktt_policy.build.parameters import Given

    if not path:
        help = "is a variable not set?"
        raise ProblemError([Diagnostic("E101", "the path of the parameters is empty", help=help)])
    if path.endswith(".json"):
        from ktt_policy.source.json_ import parse
        from ktt_policy.source.spans import Spans
        from ktt_policy.source.text import JsonError, decode

        try:
            raw = Path(path).read_bytes()
            text = decode(raw, path)
            data, spans = parse(text), Spans(text)

            # Without the source line: a document given by mistake holds what must not be shown.
            return Given(data, path, raw, lambda pointer, key: (spans[pointer], ""))
        except OSError as error:
            raise ProblemError([Diagnostic("E101", f"cannot read `{path}`: {error.strerror}")]) from None
        except JsonError as error:
            raise ProblemError([error.diagnostic]) from None
    from ktt_policy.source.yaml_ import read_yaml

    file, found = read_yaml(Path(path))
    if file is None:
        raise ProblemError(found)
    yaml = file

    def place_in_yaml(pointer: str, key: bool) -> tuple[Span, str]:
        span = yaml.key_span(pointer) if key else yaml.span(pointer)
        return span, yaml.text.line(span.line)

    return Given(yaml.data, path, yaml.raw, place_in_yaml)
