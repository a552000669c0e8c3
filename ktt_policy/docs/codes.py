"""What each code of a problem means, and what to do."""

from __future__ import annotations

from ktt_policy.advice import ADVICE
from ktt_policy.diagnostics import CODES
from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.site import Site
from ktt_policy.docs.spans import titled
from ktt_policy.report import SYSTEM_RULES

GROUPS = {"E1": "reading", "E2": "policy files", "E3": "syntax", "E4": "types", "E5": "running", "W": "warnings"}


def pages(site: Site, lang: str) -> list[Page]:
    page = Page("codes.md", lang)
    page.title(page("codes"))
    page.add(page("codes intro", rules=page.link(page("rules"), "rules/index.md")))
    page.section("finding codes")
    rows = [[page.rule(c), title[lang]] for c, (_, title, _) in SYSTEM_RULES.items()]
    rows += [[page.rule(c), titled(site, page, c)] for c in site.rules]
    page.table([page("code"), page("meaning")], rows)
    for prefix, key in GROUPS.items():
        page.add(f"## {page(f'codes {key}')} {{#{prefix}}}")
        rows = []
        for code in (c for c in CODES if c.startswith(prefix)):
            advice = ADVICE[code]
            title = advice.fi if lang == "fi" else CODES[code][0].upper() + CODES[code][1:]
            todo = advice.do_fi if lang == "fi" else advice.do_en
            rows.append([f'<span id="{code}"></span>**{code}**', plain(title), todo])
        page.table([page("code"), page("meaning"), page("what to do")], rows)
    return [page]
