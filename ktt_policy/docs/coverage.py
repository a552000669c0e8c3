"""The matrix of clauses by kind of document, with totals."""

from __future__ import annotations

from ktt_policy.coverage import CHECKED, STATUSES, ClauseRow
from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.site import Site
from ktt_policy.engine.wording import worded


def pages(site: Site, lang: str) -> list[Page]:
    page = Page("coverage.md", lang)
    covered = site.coverage
    page.title(page("coverage"))
    page.add(page("coverage intro", edition=worded(covered.edition, lang), on=worded(covered.on, lang)))
    page.section("totals")
    totals = [[page(f"status {s}"), str(covered.totals[s])] for s in (*STATUSES, "unaccounted")]
    page.table([page("status"), page("number")], [*totals, [f"**{page('in all')}**", f"**{len(covered.clauses)}**"]])
    cases = sum(sum(rule.cases.values()) for rule in covered.rules)
    page.add(page("coverage numbers", rules=len(covered.rules), cases=cases))
    page.section("checked clauses")
    _matrix(site, page)
    page.section("unchecked clauses")
    rows = [
        [page.clause(c.clause), plain(c.heading[lang]), page(f"status {c.status}"),
         plain(c.reason[lang]) if c.reason is not None else f"**{page('status unaccounted')}**"]
        for c in covered.clauses if c.status not in CHECKED
    ]  # fmt: skip
    page.table([page("clause"), page("heading"), page("status"), page("reason")], rows)
    return [page]


def _matrix(site: Site, page: Page) -> None:
    rows = []
    kinds = list(site.kinds)
    checked = [c for c in site.coverage.clauses if c.status in CHECKED]
    for clause in checked:
        heading = plain(clause.heading[page.lang])
        if clause.fault:
            heading += f" **({page('status unaccounted')})**"
        rows.append([page.clause(clause.clause), heading, *(_cell(site, page, clause, k) for k in kinds)])
    counts = [str(sum(1 for c in checked if _codes(site, c, kind))) for kind in kinds]
    rows.append([f"**{page('in all')}**", f"**{sum(not c.fault for c in checked)}**", *(f"**{n}**" for n in counts)])
    heads = [site.kind(kind, page.lang).capitalize() for kind in kinds]
    page.table([page("clause"), page("heading"), *heads], rows)
    page.add(page("matrix note"))


def _codes(site: Site, clause: ClauseRow, kind: str) -> list[str]:
    return [c for c in clause.rules or clause.via if site.rules[c].kind == kind]


def _cell(site: Site, page: Page, clause: ClauseRow, kind: str) -> str:
    links = " ".join(map(page.rule, _codes(site, clause, kind)))
    return f"({links})" if links and not clause.rules else links
