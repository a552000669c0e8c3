"""What changed on each day on which the rulebook changes: the published change notices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

from ktt_policy.build.model import ParameterValue, Version
from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.parameters import shown
from ktt_policy.docs.site import Site
from ktt_policy.engine.wording import worded
from ktt_policy.history.difference import Difference, difference
from ktt_policy.history.notice import render
from ktt_policy.history.timetable import timetable

T = TypeVar("T", Version, ParameterValue)
BASIS = re.compile(r" \(basis: .*\)$")
CODE = re.compile(r"^### ([A-Z]{1,3}\d{3}): ")


def pages(site: Site, lang: str) -> list[Page]:
    changes = days_of_change(site)
    index = Page("changes/index.md", lang)
    index.title(index("changes"))
    index.add(index("changes intro"))
    index.section("editions")
    rows = [
        [worded(e.start, lang), plain(e.source[lang]),
         worded(e.published_on, lang) if e.published_on is not None else "–"]
        for e in site.data.editions
    ]  # fmt: skip
    index.table([index("from day"), index("edition"), index("published")], rows)
    index.section("notices")
    if not changes:
        index.add(index("no changes", day=worded(site.data.editions[0].start, lang)))
    rows = [
        [index.link(worded(day, lang), f"changes/{day}.md"), str(len(d.rules)), str(len(d.parameters)),
         str(len(d.clauses))]
        for day, d in changes.items()
    ]  # fmt: skip
    index.table([index("from day"), index("rules"), index("parameters"), index("clauses")], rows)
    _corrections(site, index)
    return [index, *(_notice(site, lang, day, found) for day, found in changes.items())]


def _corrections(site: Site, page: Page) -> None:
    """What has taken the place of a version or value of the same day, by the day of its publication."""
    lang, rows = page.lang, []
    for rule in site.book.with_corrected.rules:
        for before, after in _corrected(rule.versions):
            was, now = (page("repealed") if v.repealed else plain(v.title[lang]) for v in (before, after))
            rows.append((after.published_on, page.rule(rule.code), after.start, was, now))
    for parameter in site.book.with_corrected.parameters:
        for old, new in _corrected(parameter.values):
            was, now = (shown(site, parameter, v.value, page) for v in (old, new))
            rows.append((new.published_on, page.parameter(parameter.name), new.start, was, now))
    if rows:
        page.section("corrections")
        page.add(page("corrections intro"))
        heads = [page(head) for head in ("published", "name", "from day", "before", "now")]
        rows.sort(key=lambda row: (row[0] or date.min, row[1]))
        page.table(heads, [[worded(day, lang), name, worded(start, lang), *both] for day, name, start, *both in rows])


def _corrected(said: Iterable[T]) -> Iterator[tuple[T, T]]:
    """Pairs of what was said of one day: first, and published later."""
    ordered = sorted(said, key=lambda one: (one.start, one.published_on or date.min))
    return ((before, after) for before, after in pairwise(ordered) if before.start == after.start)


def days_of_change(site: Site) -> dict[date, Difference]:
    """Each day after the first edition on which something changes, and what."""
    found = {}
    first = site.data.editions[0].start
    for day in timetable(site.data, site.on).days:
        if day <= first:
            continue
        made = difference(site.data, day - timedelta(days=1), site.data, day)
        if not made.empty:
            found[day] = made
    return found


def _notice(site: Site, lang: str, day: date, found: Difference) -> Page:
    page = Page(f"changes/{day}.md", lang)
    for line in render(found, None, site.data, "markdown", lang).splitlines():
        if lang != "fi":
            line = BASIS.sub("", line)  # references are in the language of the source
        named = CODE.match(line)
        if named is not None and named[1] in site.rules:
            line = f"### {page.rule(named[1])}: {line[named.end() :]}"
        page.lines.append(line)
    return page
