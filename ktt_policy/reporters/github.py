"""GitHub workflow commands: annotations on the lines of a pull request, then a summary line for the log."""

from __future__ import annotations

from ktt_policy.report import Report
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import At, Item, because, items, relative, summary, troubles
from ktt_policy.reporters.words import WORDS


def render(report: Report, settings: Settings) -> str:
    words = WORDS[settings.lang]
    lines = [_command(i, settings, words) for i in items(report, settings.lang)]
    for t in troubles(report, settings.lang):
        title = f"{t.code} {words[t.kind]}"
        lines.append(command(t.severity, t.place, title, t.told))
    lines.append(summary(report, settings.exit_code, settings.lang))
    return "\n".join(lines) + "\n"


def _command(i: Item, settings: Settings, words: dict[str, str]) -> str:
    title = f"{i.code} {words[i.status]}: {i.title}"
    if i.clauses:
        title += f" ({i.cited})"
    return command(level(i, settings), i.place, title, i.told + because(i, words))


def level(i: Item, settings: Settings) -> str:
    """`error` for what keeps the gate closed; an undecided finding only warns where it is allowed."""
    if i.status == "undecided":
        return "warning" if settings.allow_undecided else "error"
    return i.severity if i.status == "violated" else "notice"


def command(level: str, place: At, title: str, message: str) -> str:
    """One workflow command. Columns are for places within one line; the end column is exclusive there as here."""
    properties = []
    if place.file:
        properties.append(("file", relative(place.file)))
    if place.line:
        properties += [("line", str(place.line)), ("endLine", str(place.end_line))]
        if place.line == place.end_line:
            properties += [("col", str(place.column)), ("endColumn", str(place.end_column))]
        else:
            properties.append(("col", str(place.column)))
    properties.append(("title", title))
    return f"::{level} {','.join(f'{k}={escape_property(v)}' for k, v in properties)}::{escape_data(message)}"


def escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")
