"""One file a format. A reporter knows the report and nothing else; it is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ktt_policy.report import Report

# Format → module. All but `text` are UTF-8 wherever they go.
MODULES = {
    "text": "text", "json": "json_", "ndjson": "ndjson", "sarif": "sarif", "junit": "junit", "github": "github",
    "gitlab": "gitlab", "azure": "azure", "tap": "tap", "markdown": "markdown", "html": "html_",
}  # fmt: skip
FORMATS = tuple(MODULES)
# These tell of each rule on each document: `Report.cases` must be there.
NEED_CASES = ("junit", "tap")


class Settings(Struct, frozen=True):
    """How to tell it. The fields after `allow_undecided` concern text only.

    `width` None does not wrap; `terminal` uses colour and links as the terminal can; `encoding` is what the
    output can hold; `problems` False leaves out what could not be read, where that is told elsewhere.
    """

    lang: str = "fi"
    exit_code: int = 0
    allow_undecided: bool = False
    quiet: bool = False
    verbose: bool = False
    width: int | None = None
    terminal: bool = False
    encoding: str = "utf-8"
    problems: bool = True


def render_report(report: Report, format_: str, lang: str, exit_code: int, settings: Settings | None = None) -> str:
    """The report in one of `FORMATS`, with a line end at its end; `settings` has more ways to say it."""
    if format_ in NEED_CASES and report.cases is None:
        raise ValueError(f"the format {format_} needs a report of `check(…, cases=True)`")
    module = import_module(f"ktt_policy.reporters.{MODULES[format_]}")
    rendered: str = module.render(report, settings or Settings(lang, exit_code))
    return rendered
