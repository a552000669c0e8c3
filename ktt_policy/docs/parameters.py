"""What clauses fix, by date: a table and a small chart for each parameter."""

from __future__ import annotations

from typing import Any

from ktt_policy.build.model import Parameter
from ktt_policy.docs.chart import chart
from ktt_policy.docs.clauses import linked
from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.site import Site
from ktt_policy.docs.spans import until
from ktt_policy.engine.wording import worded
from ktt_policy.expr.literals import READERS
from ktt_policy.history.words import unit_name


def pages(site: Site, lang: str) -> list[Page]:
    page = Page("parameters.md", lang)
    page.title(page("parameters"))
    page.add(page("parameters intro"))
    for parameter in site.parameters.values():
        _parameter(site, page, parameter)
    return [page]


def _parameter(site: Site, page: Page, p: Parameter) -> None:
    page.add(f"## {plain(p.title[page.lang])} {{#{p.name}}}")
    codes = [c for c, reads in site.reads.items() if p.name in reads.parameters]
    about = [f"`{p.name}`", f"{page('clause')} {page.clause(p.clause)}"]
    if codes:
        about.append(f"{page('read by')} {', '.join(map(page.rule, codes))}")
    page.add(" · ".join(about))
    if p.interpretation is not None:
        page.note("info", page("interpretation"), linked(site, page, p.interpretation[page.lang]))
    if not p.values:
        page.add(page("no values"))
        return
    rows = []
    ends = [v.start for v in p.values[1:]]
    for value, end in zip(p.values, [*ends, None], strict=True):
        verified = worded(value.verified_on, page.lang) if value.verified_on is not None else page("not verified")
        rows.append([until(page, value.start, end), shown(site, p, value.value, page), verified])
    page.table([page("time in force"), page("value"), page("verified")], rows)
    drawn = chart(page, p, site.on, [shown(site, p, v.value, page) for v in p.values])
    if drawn:
        page.add(drawn)


def shown(site: Site, p: Parameter, value: Any, page: Page) -> str:
    """A value of a parameter in words, with its unit."""
    if value is None:
        return page("no value")
    if p.by:
        rows = (
            f"{_plain(site, k, '', page)}: {_plain(site, v, p.type, page)}{unit_name(p.unit, page.lang, v)}"
            for k, v in value.items()
        )
        return "<br>".join(rows)
    return _plain(site, value, p.type, page) + unit_name(p.unit, page.lang, value)


def _plain(site: Site, value: Any, kind: str, page: Page) -> str:
    if isinstance(value, dict):
        return "<br>".join(f"{plain(str(k))}: {_plain(site, v, '', page)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(site, v, "", page) for v in value)
    read: Any = value
    if isinstance(value, str) and kind in READERS:
        read = READERS[kind](value)
    elif isinstance(value, str) and kind == "duration":
        read = READERS["years and months duration"](value) or READERS["days and time duration"](value) or value
    elif isinstance(value, str) and kind == "number":
        read = value.replace(".", ",") if page.lang == "fi" else value
    return plain(worded(read, page.lang, site.names))
