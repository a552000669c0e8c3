"""Times in force, in words."""

from __future__ import annotations

from datetime import date, timedelta

from ktt_policy.docs.page import Page
from ktt_policy.engine.wording import worded


def until(page: Page, start: date, end: date | None) -> str:
    """From the first day to the last; `end` is the first day on which it no longer holds."""
    first = worded(start, page.lang)
    return f"{first} – {worded(end - timedelta(days=1), page.lang)}" if end is not None else page("from", day=first)
