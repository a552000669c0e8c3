"""`ktt-policy check`: the main job."""

from __future__ import annotations

import sys
from datetime import date
from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from ktt_policy.cli import closed, fail, say
from ktt_policy.cli.options import (
    DAY,
    complete_option,
    lang_option,
    list_option,
    on_option,
    read_parameters,
    rulebook_option,
    sensitive_option,
)
from ktt_policy.cli.parsing import Command, Used, written
from ktt_policy.cli.progress import Progress
from ktt_policy.diagnostics import Diagnostic, ProblemError
from ktt_policy.masking import revealed
from ktt_policy.reporters import FORMATS, NEED_CASES, Settings, render_report

if TYPE_CHECKING:
    from ktt_policy.report import Report

SHOWN = ("passed", "not-applicable")


@click.command("check", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@list_option("--context", metavar="PATH", help="Documents to look things up in, not judged. Repeatable.")
@on_option
@click.option("--known-on", type=DAY, metavar="DATE", help="As the rulebook was known on that day.")
@rulebook_option
@click.option("--parameters", metavar="FILE", help="YAML or JSON: parameter → date → value, over the rulebook's.")
@list_option("--select", metavar="CODE-OR-CLAUSE", help="Only these rules. Repeatable, or with commas.")
@list_option("--ignore", metavar="CODE-OR-CLAUSE", help="Not these rules. Repeatable, or with commas.")
@click.option("--format", type=click.Choice(FORMATS), help="What goes to stdout (default: text).")
@list_option("--output", metavar="FORMAT=FILE", help="Write a report to a file. Repeatable.")
@list_option("--show", metavar="OUTCOMES", help="Tell of these too: passed, not-applicable.")
@click.option("--baseline", metavar="FILE", help="A JSON report: what it found is known, and passes.")
@click.option("--quiet", "-q", is_flag=True, help="Text: a line for each finding, and nothing else.")
@click.option("--verbose", "-v", is_flag=True, help="Text: also why each rule is there, all rules, and timings.")
@lang_option
@sensitive_option
@click.option("--allow-undecided/--no-allow-undecided", help="Exit 0 when nothing is violated but something undecided.")
@complete_option
@click.option(
    "--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True,
    help="The least severity that fails.",
)  # fmt: skip
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="Processes for a large run.")
@click.option("--strict-input/--no-strict-input", help="Refuse files of a folder that are not named as documents.")
@click.option("--max-bytes", type=click.IntRange(1), help="Largest single document (default: 64 MiB).")
def command(
    paths: tuple[str, ...], context: tuple[str, ...], on: date | None, known_on: date | None, rulebook: str | None,
    parameters: str | None, select: tuple[str, ...], ignore: tuple[str, ...], format: str | None,
    output: tuple[str, ...], show: tuple[str, ...], baseline: str | None, quiet: bool, verbose: bool, lang: str,
    allow_undecided: bool, complete: bool, fail_on: str, jobs: int, strict_input: bool, max_bytes: int | None,
) -> None:  # fmt: skip
    """Check documents: files, folders, globs, or - for stdin; JSON, arrays of documents, or NDJSON.

    Formats: text, json, ndjson, sarif, junit, github, gitlab, azure, tap, markdown, html.

    Exit codes: 0 conforms; 1 violations; 2 could not check; 3 no violation, but something was undecided.
    """
    from ktt_policy.api import Rulebook
    from ktt_policy.inputs import LARGEST

    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose contradict each other: give one of them")
    for option, given in (("--select", select), ("--ignore", ignore)):
        if given and not _split(given):
            raise click.UsageError(f"{option} names no rule and no clause: is a variable not set?")
    outputs, shown = _outputs(output), _shown(show)
    if outputs and revealed():
        raise click.UsageError("--show-sensitive does not go with --output: in files such values would stay")
    formats = {format or "text", *(name for name, _ in outputs)}
    progress = Progress()
    try:
        known = None
        if baseline is not None:
            from ktt_policy.baseline import apply_baseline, read_baseline

            known = read_baseline(baseline)
        progress.stage("load")
        book = Rulebook.load(rulebook, known_on)
        values = read_parameters(parameters) if parameters is not None else None
        report = book.check(
            paths, on, context, values, complete, _split(select), _split(ignore),
            max_bytes=LARGEST if max_bytes is None else max_bytes, show=shown,
            cases=not formats.isdisjoint(NEED_CASES), strict_input=strict_input, jobs=jobs,
            tell=progress.stage,
        )  # fmt: skip
        if known is not None:
            apply_baseline(report, known)
            report.basis = replace(report.basis, baseline=known.file, baseline_text=known.text)
        used: Used | None = click.get_current_context().obj
        if used is not None and used.settings.suppress:
            from ktt_policy.suppressions import apply_suppressions

            apply_suppressions(report, used.settings.suppress, report.on, [rule.code for rule in book.data.rules])
    except ProblemError as error:
        fail(error.diagnostics)
    report.basis = replace(report.basis, fail_on=fail_on, allow_undecided=allow_undecided)
    code = report.exit_code(fail_on, allow_undecided)
    how = Settings(lang, code, allow_undecided, quiet, verbose)
    if outputs:
        read = {d.file for d in report.documents} | {p.file for p in report.problems if p.file}
        others = (parameters, baseline, used.file if used is not None else None)
        _spare([file for _, file in outputs], {*read, *paths, *context, *filter(None, others)}, book.folder)
    with progress:
        progress.stage("report")
        # Asked of all files before any is written, so that each report tells the exit code that the run ends with.
        able = [(name, file) for name, file in outputs if _written(file, "", "ab")]
        if len(able) < len(outputs):
            code, how = 2, replace(how, exit_code=2)
        for name, file in able:
            if not _written(file, render_report(report, name, lang, code, how)):
                code = 2
    try:
        _print(report, format or "text", replace(how, exit_code=code))
    except BrokenPipeError:  # as with `| head`: the verdict stands
        closed()
    say(report.problems)
    if verbose:
        click.echo(progress.timings(), err=True)
    sys.exit(code)


def _written(file: str, text: str, mode: str = "wb") -> bool:
    """Write a report; False, with what stood in the way told, when that cannot be done."""
    try:
        with Path(file).open(mode) as opened:
            opened.write(text.encode())
    except OSError as error:
        say([Diagnostic("E101", f"cannot write `{file}`: {error.strerror}", help="give another file")])
        return False
    return True


def _print(report: Report, format: str, settings: Settings) -> None:
    """To stdout: text as the terminal or the pipe can take it, all else as UTF-8."""
    if format != "text":
        click.echo(render_report(report, format, settings.lang, settings.exit_code, settings).encode(), nl=False)
        return
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    settings = replace(settings, encoding=encoding, problems=False)  # they go to stderr
    if sys.stdout.isatty():
        from shutil import get_terminal_size

        settings = replace(settings, terminal=True, width=get_terminal_size().columns)
    rendered = render_report(report, format, settings.lang, settings.exit_code, settings)
    click.echo(rendered.encode(encoding, "replace"), nl=False)


def _spare(outputs: list[str], given: set[Any], rulebook: Path) -> None:
    """A report takes the place of nothing that the run reads, and of nothing that the rulebook is written in."""
    from ktt_policy.build.cache import files_of

    files = {realpath(file) for file in (*given, *(path for _, path in files_of(rulebook)))}
    for file in outputs:
        real = Path(realpath(file))
        if str(real) in files:
            raise click.UsageError(f"`{file}` is read by this run: a report would take its place")
        if real.suffix in (".yaml", ".toml") and real.is_file() and real.is_relative_to(realpath(rulebook)):
            raise click.UsageError(f"`{file}` belongs to the rulebook: a report would take its place")


def _split(values: tuple[str, ...]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _shown(values: tuple[str, ...]) -> list[str]:
    chosen = _split(values)
    for one in chosen:
        if one not in SHOWN:
            raise click.UsageError(f"--show takes {' and '.join(SHOWN)}; got `{one}` (findings are always told)")
    return [one.replace("-", " ") for one in chosen]


def _outputs(values: tuple[str, ...]) -> list[tuple[str, str]]:
    made: dict[str, str] = {}
    for value in values:
        name, found, file = value.partition("=")
        if not found or name not in FORMATS or not file:
            where = written(click.get_current_context(), "output")
            raise click.UsageError(f"{where} takes FORMAT=FILE with a format of {', '.join(FORMATS)}; got `{value}`")
        if file == "-":
            raise click.UsageError(f"--output writes files: `--format {name}` goes to standard output")
        if realpath(file) in map(realpath, made):
            raise click.UsageError(f"--output names the file `{file}` twice; give each report its own")
        made[file] = name
    return [(name, file) for file, name in made.items()]
