"""Azure Pipelines logging commands: issues on the build's summary, then a line for the log."""

from __future__ import annotations

from ktt_policy.report import Report
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import At, Item, because, items, relative, summary, troubles
from ktt_policy.reporters.github import level
from ktt_policy.reporters.words import WORDS


def render(report: Report, settings: Settings) -> str:
    words = WORDS[settings.lang]
    lines = [_line(i, settings, words) for i in items(report, settings.lang)]
    for t in troubles(report, settings.lang):
        message = f"{t.code} {words[t.kind]}: {t.told}"
        lines.append(issue(t.severity, t.place, t.code, message))
    lines.append(summary(report, settings.exit_code, settings.lang))
    return "\n".join(lines) + "\n"


def _line(i: Item, settings: Settings, words: dict[str, str]) -> str:
    message = f"{i.code} {words[i.status]}: {i.told}{because(i, words)}" + (f" [{i.cited}]" if i.clauses else "")
    kind = level(i, settings)
    if kind == "notice":  # Azure has errors and warnings only
        return f"ktt-policy: {i.place} {message}"
    return issue(kind, i.place, i.code, message)


def issue(kind: str, place: At, code: str, message: str) -> str:
    properties = [("type", kind)]
    if place.file:
        properties.append(("sourcepath", relative(place.file)))
    if place.line:
        properties += [("linenumber", str(place.line)), ("columnnumber", str(place.column))]
    properties.append(("code", code))
    return f"##vso[task.logissue {''.join(f'{k}={escape_property(v)};' for k, v in properties)}]{escape_data(message)}"


def escape_data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    return escape_data(text).replace(";", "%3B").replace("]", "%5D")
