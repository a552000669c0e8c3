"""Times in force, in words."""

from __future__ import annotations

from datetime import date, timedelta

from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.site import Site
from ktt_policy.engine.wording import worded


def until(page: Page, start: date, end: date | None) -> str:
    """From the first day to the last; `end` is the first day on which it no longer holds."""
    first = worded(start, page.lang)
    return f"{first} – {worded(end - timedelta(days=1), page.lang)}" if end is not None else page("from", day=first)


def titled(site: Site, page: Page, code: str) -> str:
    """The title of a rule as lists show it: one that is not in force says so."""
    rule = site.rules[code]
    version = site.version(rule)
    title = plain(version.title[page.lang])
    if rule.at(site.on) is not None:
        return title
    begins = version.start > site.on
    day = version.start if begins else rule.end_of(version)
    return f"{title} *({page('begins' if begins else 'repealed from', day=worded(day, page.lang))})*"
