"""Everything in a rulebook by date: editions, rules and parameters, with the state of each between the changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import Struct

from ktt_policy.build.model import RulebookData
from ktt_policy.detail import known_then
from ktt_policy.engine.wording import worded
from ktt_policy.reporters.words import WORDS as REPORT

State = Literal["none", "start", "in force", "repealed"]
SIGNS: dict[State, str] = {"none": "", "start": "o", "in force": "-", "repealed": "x"}
WORDS = {
    "fi": {
        "edition": "painos", "rule": "sääntö", "parameter": "parametri", "on": "tarkastuspäivä",
        "legend": "o alkaa, - on voimassa, x on kumottu; * tarkastuspäivän tila", "name": "Nimi", "title": "Otsikko",
        "published": "julkaistu",
    },
    "en": {
        "edition": "edition", "rule": "rule", "parameter": "parameter", "on": "evaluation date",
        "legend": "o starts, - in force, x repealed; * as on the evaluation date", "name": "Name", "title": "Title",
        "published": "published",
    },
}  # fmt: skip


class Step(Struct, frozen=True):
    """From a day on: a version, a value, an edition, or (with `ends`) nothing any more."""

    start: date
    ends: bool = False
    published_on: date | None = None
    value: Any = None


class Row(Struct, frozen=True):
    kind: str
    name: str
    title: dict[str, str]
    steps: tuple[Step, ...]

    def state(self, day: date) -> State:
        """The state on a day; "start" on a day on which a step begins."""
        begun = [s for s in self.steps if s.start <= day]
        if not begun:
            return "none"
        if begun[-1].ends:
            return "repealed"
        return "start" if begun[-1].start == day else "in force"


class Timetable(Struct, frozen=True):
    """`days`: every day on which something starts or ends. `known_on`: the day as of which the rulebook was taken."""

    rulebook: str
    on: date
    days: list[date]
    rows: list[Row]
    known_on: date | None = None


def timetable(data: RulebookData, on: date, known_on: date | None = None) -> Timetable:
    """All editions, rules and parameters of a rulebook over time; a rule is called as its version in force is."""
    rows = [Row("edition", data.id, data.titles, tuple(Step(e.start, False, e.published_on) for e in data.editions))]
    for rule in data.rules:
        steps = tuple(Step(v.start, v.repealed, v.published_on) for v in rule.versions)
        version = rule.at(on)
        title = version.title if version is not None else {}
        title = title or next((v.title for v in reversed(rule.versions) if v.title), {})
        rows.append(Row("rule", rule.code, title, steps))
    for parameter in data.parameters:
        values = tuple(Step(v.start, v.value is None, v.published_on, v.value) for v in parameter.values)
        rows.append(Row("parameter", parameter.name, parameter.title, values))
    days = sorted({step.start for row in rows for step in row.steps})
    return Timetable(data.id, on, days, rows, known_on)


def render(table: Timetable, form: str, lang: str) -> str:
    """The table as text, markdown or json. The last column that has begun on the evaluation date is marked."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(table), indent=2).decode() + "\n"
    words = WORDS[lang]
    begun = [day for day in table.days if day <= table.on]
    heads = [worded(day, lang) + (" *" if begun and day == begun[-1] else "") for day in table.days]
    head = [words["name"], *heads, words["title"]]
    rows = [[row.name, *(SIGNS[row.state(day)] for day in table.days), _title(row, lang)] for row in table.rows]
    about = f"{table.rulebook}, {words['on']} {worded(table.on, lang)}"
    then = []  # as of when, as `check` says it
    if table.known_on is not None:
        then = [f"{REPORT[lang]['note']}: {known_then(table.known_on).message[lang]}"]
    if form == "markdown":
        lines = [f"# {about}", *(["", *then] if then else []), "", *_markdown([head, *rows]), "", words["legend"]]
    else:
        lines = [about, *then, "", *_aligned([head, *rows]), "", words["legend"]]
    return "\n".join(lines) + "\n"


def _title(row: Row, lang: str) -> str:
    title = row.title.get(lang, "")
    published = [s.published_on for s in row.steps if s.published_on is not None]
    return (
        f"{title} ({WORDS[lang]['published']} {', '.join(worded(d, lang) for d in published)})" if published else title
    )


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]
