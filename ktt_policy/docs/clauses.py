"""One page a clause, and the list of them by chapter."""

from __future__ import annotations

import re

from ktt_policy.build.model import Clause
from ktt_policy.coverage import related
from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.site import Site
from ktt_policy.docs.spans import titled, until
from ktt_policy.docs.texts import words_of
from ktt_policy.engine.wording import worded

WORD = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")
BADGES = {"rule": "rule", "attested": "attested", "not machine-checkable": "not", "definition": "definition",
          "elsewhere": "elsewhere"}  # fmt: skip


def pages(site: Site, lang: str) -> list[Page]:
    return [_index(site, lang), *(_clause(site, lang, clause) for clause in site.clauses)]


def _index(site: Site, lang: str) -> Page:
    page = Page("clauses/index.md", lang)
    page.title(page("clauses"))
    page.add(page("clauses intro"))
    counts = site.coverage.totals
    shown = [*BADGES, "unaccounted"] if site.faults else BADGES
    rows = [[page(f"status {status}"), page(f"status {status} means"), str(counts[status])] for status in shown]
    page.table([page("status"), page("meaning"), page("number")], rows)
    for chapter in dict.fromkeys(chapter_of(c) for c in site.edition.clauses):
        inside = [c for c in site.edition.clauses.values() if chapter_of(c.id) == chapter]
        page.add(f"## {plain(chapter_name(site, lang, chapter))} {{#{chapter}}}")
        rows = [
            [page.clause(c.id), plain(c.heading[lang]), page(f"status {_status(site, c)}"),
             " ".join(map(page.rule, site.rules_of_clause.get(c.id, ())))]
            for c in inside
        ]  # fmt: skip
        page.table([page("clause"), page("heading"), page("status"), page("rules")], rows)
    return page


def _status(site: Site, clause: Clause) -> str:
    return "unaccounted" if clause.id in site.faults else clause.status


def chapter_of(clause: str) -> str:
    """The chapter that a clause stands in; all annexes are one."""
    first = clause.partition(".")[0]
    return "L" if first.startswith("L") else first


def chapter_name(site: Site, lang: str, chapter: str) -> str:
    """What a chapter is called: by its own heading where the registry has one."""
    words = words_of(lang)
    own = site.edition.clauses.get(chapter)
    if own is not None:
        return f"{chapter} {own.heading[lang]}"
    if chapter == "0":
        return words["preamble"]
    return words["annexes"] if chapter == "L" else words["chapter"].format(number=chapter)


def _clause(site: Site, lang: str, ident: str) -> Page:
    page = Page(f"clauses/{ident}.md", lang)
    current = site.data.edition_of(ident, site.on) or site.edition
    clause = current.clauses[ident]
    page.title(f"{ident} {clause.heading[lang]}", *_trail(site, page, ident))
    if current is not site.edition:
        when = "coming" if current.start > site.on else "gone"
        page.note("warning", page(f"clause {when}"), page(f"clause {when} text", day=worded(current.start, lang)))
    page.add(linked(site, page, clause.summary[lang]))
    page.add(f"*{page('own words')}*")
    page.section("how checked")
    _checked(site, page, clause)
    for name in ("interpretation", "note"):
        text = getattr(clause, name)
        if text is not None:
            page.section(name)
            if name == "interpretation":
                page.add(page("interpretation intro"))
            page.add(linked(site, page, text[lang]))
    named = [p for p in site.parameters.values() if p.clause == ident]
    if named:
        page.section("parameters")
        page.table([page("parameter"), page("name")], [[page.parameter(p.name), plain(p.title[lang])] for p in named])
    _editions(site, page, ident)
    return page


def _trail(site: Site, page: Page, ident: str) -> list[str]:
    parts = [page.link(page("clauses"), "clauses/index.md")]
    above = ident.split(".")
    for length in range(1, len(above)):
        upper = ".".join(above[:length])
        if upper in site.clauses:
            parts.append(page.clause(upper))
    return parts


def _checked(site: Site, page: Page, clause: Clause) -> None:
    status = _status(site, clause)
    page.add(f"**{page(f'status {status}').capitalize()}.** {page(f'status {status} means')}")
    codes = site.rules_of_clause.get(clause.id, [])
    if codes:
        _rules(site, page, codes)
    elif clause.status in ("rule", "attested"):
        near = [c for other, found in site.rules_of_clause.items() if related(clause.id, other) for c in found]
        if near:
            page.add(page("near rules"))
            _rules(site, page, list(dict.fromkeys(near)))
    idle = site.idle_rules_of_clause.get(clause.id, [])
    if idle:
        page.add(page("idle rules", on=worded(site.on, page.lang)))
        _rules(site, page, idle)
    if clause.reason is not None:
        page.add(f"**{page('reason')}:** {linked(site, page, clause.reason[page.lang])}")


def _rules(site: Site, page: Page, codes: list[str]) -> None:
    rows = [[page.rule(c), titled(site, page, c), site.kind(site.rules[c].kind, page.lang)] for c in codes]
    page.table([page("rule"), page("requirement"), page("checked from")], rows)


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


def linked(site: Site, page: Page, text: str) -> str:
    """Text of the registry, with the parameters, rules and clauses that it names as links."""
    made, end = [], 0
    for found in WORD.finditer(text):
        word = found[0]
        target = ""
        if word in site.parameters:
            target = page.parameter(word)
        elif word in site.rules:
            target = page.rule(word)
        elif "." in word and word in site.clauses and page.path != f"clauses/{word}.md":
            target = page.clause(word)
        if target:
            made += [plain(text[end : found.start()]), target]
            end = found.end()
    return "".join(made) + plain(text[end:])
