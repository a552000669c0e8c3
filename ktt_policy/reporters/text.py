"""The report for a reader at a terminal: each finding with its source line, what is wrong and what would be right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ktt_policy.report import Finding, Report

WORDS: dict[str, dict[str, str]] = {
    "fi": {
        "error": "virhe", "warning": "varoitus", "undecided": "ratkaisematta", "clause": "kohta",
        "values": "arvot", "parameter": "parametri", "since": "alkaen", "related": "liittyy", "more": "muut paikat",
        "documents": "asiakirjaa luettu", "judged": "tarkastettu", "passed": "kunnossa",
        "violated": "rikkomusta", "not applicable": "ei sovellettu", "broken": "lukematta jäi",
        "on": "tarkastuspäivä", "rule": "säännön versio",
    },
    "en": {
        "error": "error", "warning": "warning", "undecided": "undecided", "clause": "clause",
        "values": "values", "parameter": "parameter", "since": "since", "related": "related", "more": "other places",
        "documents": "documents read", "judged": "judged", "passed": "passed", "violated": "violated",
        "not applicable": "not applicable", "broken": "could not be read", "on": "evaluation date",
        "rule": "rule version",
    },
}  # fmt: skip
WIDEST = 120


def render(report: Report, lang: str, exit_code: int) -> str:
    lines: list[str] = []
    for finding in report.findings:
        lines.extend(_finding(finding, lang))
        lines.append("")
    lines.extend(_summary(report, lang))
    return "\n".join(lines) + "\n"


def _finding(f: Finding, lang: str) -> list[str]:
    words = WORDS[lang]
    level = words["undecided"] if f.outcome == "undecided" else words[f.severity]
    lines = [f"{f.code} {level}: {f.message[lang]}"]
    span = f.place.span
    where = f.place.file if span is None else f"{f.place.file}:{span.line}:{span.column}"
    lines.append(f"  --> {where} {f.place.pointer}".rstrip())
    if span is not None and f.place.excerpt.strip():
        lines.extend(_source(f.place.excerpt, span.line, span.column, span.end_line, span.end_column))
    for clause in f.clauses:
        heading = clause.heading.get(lang, "")
        docs = f"  {clause.docs}" if clause.docs else ""
        lines.append(f"  {words['clause']} {clause.rulebook}@{clause.edition} {clause.clause}: {heading}{docs}")
    if f.values:
        lines.append(f"  {words['values']}: " + "; ".join(f"{k} = {_value(v)}" for k, v in f.values.items()))
    for p in f.parameters:
        if not isinstance(p.value, (list, dict)):
            lines.append(f"  {words['parameter']} {p.name} = {_value(p.value)} ({words['since']} {p.start})")
    for place in f.related[:5]:
        span = place.span
        at = place.file if span is None else f"{place.file}:{span.line}:{span.column}"
        lines.append(f"  {words['related']}: {at} {place.pointer}")
    return lines


def _source(excerpt: str, line: int, column: int, end_line: int, end_column: int) -> list[str]:
    """The line with a caret under the value; a long line is cut around it."""
    start, end = column - 1, (end_column - 1 if end_line == line else len(excerpt))
    if len(excerpt) > WIDEST:
        cut = max(0, start - 40)
        excerpt = ("…" if cut else "") + excerpt[cut : cut + WIDEST] + "…"
        shift = cut - (1 if cut else 0)
        start, end = start - shift, min(end - shift, len(excerpt))
    gutter = str(line)
    pad = " " * len(gutter)
    return [f"   {gutter} | {excerpt}", f"   {pad} | {' ' * start}{'^' * max(1, end - start)}"]


def _value(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _summary(report: Report, lang: str) -> list[str]:
    words = WORDS[lang]
    totals = report.totals
    system = sum(f.outcome == "violated" and f.code.startswith("S") for f in report.findings)
    read = f"{len(report.documents)} {words['documents']}, {sum(d.judged for d in report.documents)} {words['judged']}"
    unread = sum(p.severity == "error" for p in report.problems)
    if unread:
        read += f", {unread} {words['broken']}"
    counted = [f"{totals['passed']} {words['passed']}", f"{totals['violated'] + system} {words['violated']}",
               f"{totals['undecided']} {words['undecided']}",
               f"{totals['not applicable']} {words['not applicable']}"]  # fmt: skip
    head = f"{report.titles[lang]} ({report.rulebook}), {words['on']} {report.on}"
    return [head, read, ", ".join(counted)]
