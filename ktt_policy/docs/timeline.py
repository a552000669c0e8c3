"""Everything in the rulebook by date."""

from __future__ import annotations

from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.site import Site
from ktt_policy.engine.wording import worded
from ktt_policy.history.timetable import Row, timetable

SIGNS = {"none": "", "start": "●", "in force": "─", "repealed": "✕"}


def pages(site: Site, lang: str) -> list[Page]:
    page = Page("timeline.md", lang)
    page.title(page("timeline"))
    page.add(page("timeline intro", on=worded(site.on, lang)))
    page.add(page("timeline legend"))
    table = timetable(site.data, site.on)
    heads = [worded(day, lang) for day in table.days]
    for kind in ("edition", "rule", "parameter"):
        rows = [row for row in table.rows if row.kind == kind]
        if not rows:
            continue
        page.section(f"{kind}s", f"{kind}s")
        states = [
            [_name(page, row), plain(row.title.get(lang, "")), *(SIGNS[row.state(day)] for day in table.days)]
            for row in rows
        ]
        page.table([page("name"), page("title"), *heads], states)
    return [page]


def _name(page: Page, row: Row) -> str:
    if row.kind == "rule":
        return page.rule(row.name)
    if row.kind == "parameter":
        return page.parameter(row.name)
    return page.link(row.name, "changes/index.md")
