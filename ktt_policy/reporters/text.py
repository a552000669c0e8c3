"""The report for a reader: each finding with its source lines, what is wrong and what would be right; then a summary.

It is made of lines of styled parts. In a pipe the parts are joined; on a terminal `terminal.py` sets them with rich.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from ktt_policy.report import Report
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import (
    At,
    Item,
    because,
    by_rule,
    counted,
    day,
    items,
    noted,
    number,
    read,
    result,
    safe,
    titles,
    troubles,
)
from ktt_policy.reporters.words import WORDS
from ktt_policy.screen import Window

WIDEST = 120
RELATED = 5
STYLES = {
    "violated": "bold red",
    "undecided": "bold yellow",
    "known": "dim",
    "passed": "green",
    "not applicable": "dim",
}


class Line(Struct, frozen=True):
    """(text, style) parts; `hang` is the indent of what is wrapped, None where the line must not be wrapped."""

    parts: tuple[tuple[str, str], ...]
    hang: int | None = 4


def render(report: Report, settings: Settings) -> str:
    lines = list(_lines(report, settings))
    if settings.terminal:
        from ktt_policy.reporters.terminal import styled

        return styled(lines, settings)
    plain = "\n".join("".join(text for text, _ in line.parts).rstrip() for line in lines)
    return fitting(plain + "\n" if lines else "", settings.encoding)


# --- what is said ---------------------------------------------------------------------------------------


def _lines(report: Report, settings: Settings) -> Iterator[Line]:
    words = WORDS[settings.lang]
    told = items(report, settings.lang)
    if settings.quiet:
        yield from (_brief(i, words) for i in told if i.status not in ("known",))
        return
    for i in told:
        if i.status in ("violated", "undecided"):
            yield from _finding(i, report, settings, words)
            yield Line(())
    brief = [i for i in told if i.status not in ("violated", "undecided")]
    if brief:
        yield from (_brief(i, words) for i in brief)
        yield Line(())
    for t in troubles(report, settings.lang) if settings.problems else ():
        head = ((f"{t.code} {words[t.severity]}", "bold red"), (f": {t.message}", ""))
        yield Line(head)
        if t.place.line:
            yield Line((("  --> ", "blue"), (str(t.place), "")), None)
        if t.help:
            yield Line(((f"  {words['help']}: ", "cyan"), (t.help, "")))
        yield Line(())
    yield from _summary(report, settings, words)


def _level(i: Item, words: dict[str, str]) -> str:
    return words[i.severity] if i.status == "violated" else words[i.status]


def _brief(i: Item, words: dict[str, str]) -> Line:
    level = (f"{i.code} {_level(i, words)}", STYLES[i.status])
    return Line(((f"{i.place}: ", ""), level, (f": {i.message}{because(i, words)}", "")))


def _finding(i: Item, report: Report, settings: Settings, words: dict[str, str]) -> Iterator[Line]:
    style = "bold yellow" if i.severity == "warning" else STYLES[i.status]
    yield Line(((f"{i.code} {_level(i, words)}", style), (f": {i.message}", "bold")))
    yield Line((("  --> ", "blue"), (f"{i.place} {i.place.pointer}".rstrip(), "")), None)
    lines = report.lines(i.source.place) if report.lines is not None else {}
    if i.place.line and not lines:
        lines = {i.place.line: i.source.place.excerpt}
    if lines.get(i.place.line, "").strip():
        yield from source(lines, i.place, settings.width)
    if i.document:
        yield _named(words["document"], i.called)
    if (i.outcome == "undecided" or i.source.published_on) and not settings.verbose:
        yield _named(words["rule"], i.title)
    for clause, heading, docs in i.clauses:
        link = f"blue link {docs}" if docs.startswith("https://") else "blue"
        yield Line(((f"  {words['clause']} ", "cyan"), (f"{clause}: {heading}", ""), (f"  {docs}".rstrip(), link)))
    if i.values:
        yield _named(words["values"], "; ".join(f"{k} = {v}" for k, v in i.values))
    for parameter in i.parameters:
        if len(parameter) <= WIDEST or settings.verbose:
            yield Line(((f"  {words['parameter']} ", "cyan"), (parameter, "")))
    if i.help:
        yield _named(words["help"], i.help)
    for place in i.related if settings.verbose else i.related[:RELATED]:
        yield Line(((f"  {words['related']}: ", "cyan"), (f"{place} {place.pointer}".rstrip(), "")), None)
    if len(i.related) > RELATED and not settings.verbose:
        yield Line(((f"  {words['related']}: ", "cyan"), (f"+ {len(i.related) - RELATED} {words['more']}", "")), None)
    if settings.verbose:
        yield from _more(i, report, settings, words)


def _more(i: Item, report: Report, settings: Settings, words: dict[str, str]) -> Iterator[Line]:
    rule = next((r for r in report.rules if r.code == i.code), None)
    yield _named(words["rule"], f"{i.name}: {i.title}")
    if rule is not None and rule.explanation.get(settings.lang):
        yield _named(words["why"], safe(" ".join(rule.explanation[settings.lang].split())))
    if i.source.version is not None:
        yield _named(words["version"], day(i.source.version, settings.lang))
    if i.source.reference_date is not None:
        yield _named(words["reference date"], day(i.source.reference_date, settings.lang))
    yield _named(words["fingerprint"], i.fingerprint)


def _named(name: str, text: str) -> Line:
    return Line(((f"  {name}: ", "cyan"), (text, "")))


def _summary(report: Report, settings: Settings, words: dict[str, str]) -> Iterator[Line]:
    yield Line(
        (
            (safe(report.titles[settings.lang]), "bold"),
            (f" ({report.rulebook}), {words['on']} {day(report.on, settings.lang)}", ""),
        ),
        2,
    )
    names = ["violated", "undecided", *(["known"] if report.baseline else []), "passed"]
    rows = list(by_rule(report, settings.verbose))
    if rows:
        called = titles(report, settings.lang)
        heads = [words[f"all {name}"] for name in names]
        first = max(len(words["rule"]), *(len(code) for code, _ in rows))
        yield Line((("  ".join([words["rule"].ljust(first), *heads]), "dim"),), None)
        for code, counts in rows:
            parts: list[tuple[str, str]] = [(code.ljust(first), "bold")]
            for name, head in zip(names, heads, strict=True):
                parts.append((f"  {str(counts[name]).rjust(len(head))}", STYLES[name] if counts[name] else "dim"))
            yield Line((*parts, (f"  {called.get(code, '')}", "")), first + 2 + sum(len(h) + 2 for h in heads))
    yield Line(((", ".join(read(report, settings.lang)), ""),))
    yield Line(((", ".join(counted(report, words)), ""),))
    if report.baseline is not None and report.baseline.gone:
        yield Line(((number(report.baseline.gone, "gone", words), "dim"),))
    for note in noted(report, settings.lang):
        yield Line(((f"{words['note']}: {note}", "yellow"),), len(words["note"]) + 2)
    came = result(report, settings.exit_code)
    style = {"result 0": "bold green", "result 1": "bold red", "result 2": "bold red"}.get(came, "bold yellow")
    yield Line(((words[came], style), (f" ({words['exit']} {settings.exit_code})", "")))


# --- source lines ---------------------------------------------------------------------------------------


def source(lines: dict[int, str], place: At, width: int | None) -> Iterator[Line]:
    """The line with a caret under the value, between its neighbours; long lines are cut around it."""
    gutter = max(len(str(row)) for row in lines)
    here = lines[place.line]
    start = place.column - 1
    end = min(place.end_column - 1 if place.end_line == place.line else len(here), len(here))
    window = Window.around(here, start, max(20, min(WIDEST, (width or WIDEST + 20) - gutter - 7)))
    for row, text in lines.items():
        style = "" if row == place.line else "dim"
        yield Line(((f"   {str(row).rjust(gutter)} | ", "blue"), (window.line(text), style)), None)
        if row == place.line:
            yield Line(((f"   {' ' * gutter} | ", "blue"), (window.marks(here, start, end), "bold red")), None)


# --- what the output can hold ---------------------------------------------------------------------------

_PLAIN = str.maketrans(
    {
        "•": "*",
        "…": "~",
        "–": "-",
        "—": "-",
        "×": "x",
        "€": "EUR",
        "±": "+-",
        "→": "->",
        "’": "'",
        "”": '"',
        "“": '"',
        "≥": ">=",
        "≤": "<=",
        "§": "section",
    }
)


def fitting(text: str, encoding: str) -> str:
    """The text with what the encoding cannot hold in plainer signs: `ä` as `a`, `…` as `~`."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_plain(character, encoding) for character in text)
    return text


def _plain(character: str, encoding: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    for one in (character, character.translate(_PLAIN), bare):
        try:
            one.encode(encoding)
        except UnicodeEncodeError:
            continue
        return one
    return "?"
