"""What changed on each day on which the rulebook changes: the published change notices."""

from __future__ import annotations

import re
from datetime import date, timedelta

from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.site import Site
from ktt_policy.engine.wording import worded
from ktt_policy.history.difference import Difference, difference
from ktt_policy.history.notice import render
from ktt_policy.history.timetable import timetable

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
    return [index, *(_notice(site, lang, day, found) for day, found in changes.items())]


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
