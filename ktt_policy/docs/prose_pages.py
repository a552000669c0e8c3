"""Pages written by hand: `docs/<language>/`, a rulebook's own before the shipped ones, with facts filled in."""

from __future__ import annotations

import re
from pathlib import Path

from ktt_policy.build.model import SYSTEM
from ktt_policy.docs import home
from ktt_policy.docs.page import Page
from ktt_policy.docs.site import Site

LINK = re.compile(r"\[([^\]]*)\]\((?:\.\./)*(rules|clauses|fields)/([^)#]+)\.md(#[^)]*)?\)")
SLOT = re.compile(r"\{\{([a-z-]+)\}\}")
FRAGMENTS = ("language.md",)  # what other pages begin with


def pages(site: Site, lang: str) -> list[Page]:
    made = []
    for name in hand_written_names(site, lang):
        if name in FRAGMENTS:
            continue
        page = Page(name, lang)
        for line in hand_written(site, lang, name).splitlines():
            slot = SLOT.fullmatch(line.strip())
            if slot is not None and slot[1] in home.BLOCKS:
                home.BLOCKS[slot[1]](site, page)
            else:
                page.lines.append(line)
        made.append(page)
    return made


def hand_written_names(site: Site, lang: str) -> list[str]:
    """The paths of all hand-written pages of a language."""
    found: dict[str, Path] = {}
    for folder in site.prose:
        root = folder / lang
        for path in sorted(root.rglob("*.md")):
            found.setdefault(path.relative_to(root).as_posix(), path)
    return sorted(found)


def hand_written(site: Site, lang: str, name: str) -> str:
    """The text of a hand-written page, its words about the rulebook filled in; empty when there is none."""
    path = next((p for folder in site.prose if (p := folder / lang / name).is_file()), None)
    facts = home.facts(site, lang)
    if path is None:
        return ""
    text = SLOT.sub(lambda m: facts.get(m[1], m[0]), path.read_text("utf-8"))
    return text if path.is_relative_to(site.book.folder) else LINK.sub(lambda m: _kept(site, m), text)


def _kept(site: Site, link: re.Match[str]) -> str:
    """A link of a shipped page; only its text where it leads to a rule, clause or kind that this rulebook has not."""
    known = {"rules": {*site.rules, *SYSTEM}, "clauses": set(site.clauses), "fields": set(site.kinds)}
    kind = (link[4] or "").removeprefix("#") if link[2] == "rules" and link[3] == "index" else ""
    return link[0] if link[3] in {"index", *known[link[2]]} and (not kind or kind in site.kinds) else link[1]
