"""One page a clause, and the list of them by chapter."""

from __future__ import annotations

from ktt_policy.build.model import Clause
from ktt_policy.coverage import related
from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.site import Site
from ktt_policy.docs.spans import until
from ktt_policy.engine.wording import worded

BADGES = {"rule": "rule", "attested": "attested", "not machine-checkable": "not", "definition": "definition",
          "elsewhere": "elsewhere"}  # fmt: skip


def pages(site: Site, lang: str) -> list[Page]:
    return [_index(site, lang), *(_clause(site, lang, clause) for clause in site.clauses)]


def _index(site: Site, lang: str) -> Page:
    page = Page("clauses/index.md", lang)
    page.title(page("clauses"))
    page.add(page("clauses intro"))
    counts = site.coverage.totals
    rows = [[page(f"status {status}"), page(f"status {status} means"), str(counts[status])] for status in BADGES]
    page.table([page("status"), page("meaning"), page("number")], rows)
    for chapter in dict.fromkeys(_chapter(c) for c in site.edition.clauses):
        inside = [c for c in site.edition.clauses.values() if _chapter(c.id) == chapter]
        own = site.edition.clauses.get(chapter)
        heading = f"{chapter} {plain(own.heading[lang])}" if own is not None else _chapter_name(page, chapter)
        page.add(f"## {heading} {{#{chapter}}}")
        rows = [
            [page.clause(c.id), plain(c.heading[lang]), page(f"status {c.status}"),
             " ".join(map(page.rule, site.rules_of_clause.get(c.id, ())))]
            for c in inside
        ]  # fmt: skip
        page.table([page("clause"), page("heading"), page("status"), page("rules")], rows)
    return page


def _chapter(clause: str) -> str:
    first = clause.partition(".")[0]
    return "L" if first.startswith("L") else first


def _chapter_name(page: Page, chapter: str) -> str:
    if chapter == "0":
        return page("preamble")
    return page("annexes") if chapter == "L" else page("chapter", number=chapter)


def _clause(site: Site, lang: str, ident: str) -> Page:
    page = Page(f"clauses/{ident}.md", lang)
    holding = [e for e in site.data.editions if ident in e.clauses]
    current = site.edition if site.edition in holding else holding[-1]
    clause = current.clauses[ident]
    page.add(f"*{_trail(site, page, ident)}*")
    page.title(f"{ident} {clause.heading[lang]}")
    if current is not site.edition:
        page.note("warning", page("clause gone"), page("clause gone text", day=worded(current.start, lang)))
    page.add(plain(clause.summary[lang]))
    page.add(f"*{page('own words')}*")
    page.section("how checked")
    _checked(site, page, clause)
    for name in ("interpretation", "note"):
        text = getattr(clause, name)
        if text is not None:
            page.section(name)
            if name == "interpretation":
                page.add(page("interpretation intro"))
            page.add(plain(text[lang]))
    named = [p for p in site.parameters.values() if p.clause == ident]
    if named:
        page.section("parameters")
        page.table([page("parameter"), page("name")], [[page.parameter(p.name), plain(p.title[lang])] for p in named])
    _editions(site, page, ident)
    _neighbours(site, page, ident)
    return page


def _trail(site: Site, page: Page, ident: str) -> str:
    parts = [page.link(page("clauses"), "clauses/index.md")]
    above = ident.split(".")
    for length in range(1, len(above)):
        upper = ".".join(above[:length])
        if upper in site.clauses:
            parts.append(page.clause(upper))
    return " › ".join([*parts, ident])


def _checked(site: Site, page: Page, clause: Clause) -> None:
    page.add(f"**{page(f'status {clause.status}')}.** {page(f'status {clause.status} means')}")
    codes = site.rules_of_clause.get(clause.id, [])
    if codes:
        page.table([page("rule"), page("requirement"), page("checked from")], [_row(site, page, c) for c in codes])
    elif clause.status in ("rule", "attested"):
        near = [c for other, found in site.rules_of_clause.items() if related(clause.id, other) for c in found]
        if near:
            page.add(page("near rules"))
            rows = [_row(site, page, c) for c in dict.fromkeys(near)]
            page.table([page("rule"), page("requirement"), page("checked from")], rows)
    if clause.reason is not None:
        page.add(f"**{page('reason')}:** {plain(clause.reason[page.lang])}")


def _row(site: Site, page: Page, code: str) -> list[str]:
    rule = site.rules[code]
    return [page.rule(code), plain(site.version(rule).title[page.lang]), site.kind(rule.kind, page.lang)]


def _editions(site: Site, page: Page, ident: str) -> None:
    page.section("in force")
    rows = []
    starts = [e.start for e in site.data.editions]
    for edition, end in zip(site.data.editions, [*starts[1:], None], strict=True):
        clause = edition.clauses.get(ident)
        about = plain(clause.heading[page.lang]) if clause is not None else page("not in edition")
        rows.append([until(page, edition.start, end), about, plain(edition.source[page.lang])])
    page.table([page("time in force"), page("heading"), page("edition")], rows)
    if len(rows) == 1:
        page.add(page("no earlier", day=worded(starts[0], page.lang)))


def _neighbours(site: Site, page: Page, ident: str) -> None:
    at = site.clauses.index(ident)
    before = page.clause(site.clauses[at - 1]) if at else ""
    after = page.clause(site.clauses[at + 1]) if at + 1 < len(site.clauses) else ""
    parts = [f"← {before}" if before else "", f"{after} →" if after else ""]
    page.add('<div class="around" markdown>', " ".join(p for p in parts if p), "</div>")
