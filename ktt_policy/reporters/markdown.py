"""GitHub-flavoured Markdown: for a job's summary, a comment, a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ktt_policy.report import Report
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import (
    Item,
    by_rule,
    counted,
    day,
    items,
    noted,
    number,
    read,
    result,
    titles,
    troubles,
)
from ktt_policy.reporters.words import WORDS

LARGEST = 900_000  # bytes; GitHub refuses a job summary above 1 MiB
SIGNS = {"result 0": "✅", "result 1": "❌", "result 2": "⛔", "result 3": "❓"}
MARKS = {"violated": "❌", "undecided": "❓", "known": "☑️", "passed": "✅", "not applicable": "➖"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&@$]|(?<!\w):(?=[\w+-]+:))")
_LEADING = re.compile(r"^(\d*)([-+=.)])")  # a list, a rule or a heading, at the start of a line


def render(report: Report, settings: Settings) -> str:
    words = WORDS[settings.lang]
    lines = list(_head(report, settings, words))
    told = items(report, settings.lang)
    if not told and not report.problems:
        lines += [words["no findings"], ""]
    size = sum(len(line.encode()) + 1 for line in lines)
    left_out = 0
    for i in told:
        made = list(_finding(i, words))
        size += sum(len(line.encode()) + 1 for line in made)
        if size > LARGEST:
            left_out += 1
        else:
            lines += made
    if left_out:
        lines += [f"**{number(left_out, 'left out', words)}**", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def escape(text: str) -> str:
    """The text as it reads, whatever signs of Markdown or HTML it holds."""
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def code(text: str) -> str:
    """A code span that holds any text; a bar is written so that it does not end a table's cell."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _head(report: Report, settings: Settings, words: dict[str, str]) -> Iterator[str]:
    came = result(report, settings.exit_code)
    yield f"# {SIGNS.get(came, '⚠️')} {escape(words[came])}"
    yield ""
    book = f"{escape(report.titles[settings.lang])} ({code(report.rulebook)})"
    yield f"{book}, {words['on']} {day(report.on, settings.lang)}"
    yield ""
    yield ", ".join((*read(report, settings.lang), *counted(report, words)))
    yield ""
    if report.problems:
        yield f"## {words['problems']}"
        yield ""
        yield from _problems(report, settings, words)
        yield ""
    for note in noted(report, settings.lang):
        yield f"- {words['note']}: {escape(note)}"
    if report.notes:
        yield ""
    rows = list(by_rule(report, False))
    if rows:
        called = titles(report, settings.lang)
        names = ["violated", "undecided", *(["known"] if report.baseline else []), "passed"]
        yield f"## {words['by rule']}"
        yield ""
        yield f"| {words['rule']} | | {' | '.join(words[f'all {n}'] for n in names)} |"
        yield f"| --- | --- |{' ---: |' * len(names)}"
        for rule, counts in rows:
            cells = " | ".join(str(counts[n]) for n in names)
            yield f"| {rule} | {escape(called.get(rule, ''))} | {cells} |"
        yield ""
        yield f"## {words['findings']}"
        yield ""


def _problems(report: Report, settings: Settings, words: dict[str, str]) -> Iterator[str]:
    told, size = troubles(report, settings.lang), 0
    for nth, t in enumerate(told):
        where = f" {code(str(t.place))}" if t.place.file else ""
        mark = "⛔" if t.severity == "error" else "⚠️"
        line = f"- {mark} **{t.code}**{where} {escape(t.told)}"
        size += len(line.encode()) + 1
        if size > LARGEST // 4:  # the rest is for findings
            yield f"- **{number(len(told) - nth, 'left out', words)}**"
            return
        yield line


def _finding(i: Item, words: dict[str, str]) -> Iterator[str]:
    warning = f" ({words['warning']})" if i.status == "violated" and i.severity == "warning" else ""
    yield f"### {MARKS[i.status]} {i.code} {words[i.status]}{warning}: {escape(i.title)}"
    yield ""
    yield escape(i.told)
    yield ""
    yield f"- {code(str(i.place))} {code(i.place.pointer) if i.place.pointer else ''}".rstrip()
    yield f"- {words['document']}: {escape(i.called)}"
    for clause, heading, docs in i.clauses:
        named = f"[{escape(clause)}](<{docs}>)" if docs else escape(clause)
        yield f"- {words['clause']} {named}: {escape(heading)}"
    if i.values:
        yield f"- {words['values']}: " + "; ".join(f"{code(k)} = {code(v)}" for k, v in i.values)
    if i.accepted:
        yield f"- {words['accepted']}: {escape(i.accepted)}"
    if i.related:
        yield f"- {words['related']}: " + ", ".join(code(str(place)) for place in i.related[:5])
    yield ""
