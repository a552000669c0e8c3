"""The facts that hand-written pages show: `{{title}}` within a line, `{{checked}}` on a line of its own."""

from __future__ import annotations

from collections.abc import Callable

from ktt_policy.coverage import CHECKED
from ktt_policy.docs import options
from ktt_policy.docs.examples import Example
from ktt_policy.docs.page import Page, plain
from ktt_policy.docs.rules import example
from ktt_policy.docs.site import Site
from ktt_policy.docs.spans import titled
from ktt_policy.engine.wording import worded

SHOWN = "I601"  # the rule of the example on the first page, where the rulebook has it
UNCHECKED = ("not machine-checkable", "definition", "elsewhere")
EXAMPLES = 3


def facts(site: Site, lang: str) -> dict[str, str]:
    """What stands for `{{…}}` within a text."""
    return {
        "title": site.data.titles[lang],
        "name": site.name(lang),
        "issuer": site.data.issuer[lang],
        "rulebook": site.data.id,
        "edition": worded(site.edition.start, lang),
        "source": site.edition.source[lang],
        "on": worded(site.on, lang),
        "rule": shown_rule(site),
    }


def shown_rule(site: Site) -> str:
    """The rule whose violation the first page shows."""
    living = [code for code, rule in site.rules.items() if rule.at(site.on) is not None]
    having = [code for code in living if "violated" in site.examples[code]]
    return SHOWN if SHOWN in having else next(iter([*having, *living, *site.rules]), "")


def _checked(site: Site, page: Page) -> None:
    rows = []
    for kind in site.kinds:
        codes = [code for code, rule in site.rules.items() if rule.kind == kind and rule.at(site.on) is not None]
        examples = "<br>".join(f"{page.rule(c)} {titled(site, page, c)}" for c in codes[:EXAMPLES])
        name = page.link(site.kind(kind, page.lang).capitalize(), f"rules/index.md#{kind}")
        rows.append([name, str(len(codes)), examples])
    page.table([page("document"), page("rules"), page("for example")], rows)


def _unchecked(site: Site, page: Page) -> None:
    rows = []
    for status in UNCHECKED:
        clauses = [c for c in site.coverage.clauses if c.status == status and not c.fault]
        if clauses:
            shown = [c for c in clauses if c.reason is not None and len(c.clause) > 1][:1]
            why = "<br>".join(f"{page.clause(c.clause)}: {plain(c.reason[page.lang])}" for c in shown if c.reason)
            rows.append([page(f"status {status}"), str(len(clauses)), why])
    if site.faults:
        first = next(iter(site.faults))
        rows.append([page("status unaccounted"), str(len(site.faults)), page.clause(first)])
    page.table([page("status"), page("clauses"), page("for example")], rows)


def _numbers(site: Site, page: Page) -> None:
    checked = sum(site.coverage.totals[status] for status in CHECKED)
    cases = sum(sum(rule.cases.values()) for rule in site.coverage.rules)
    page.add(
        page("numbers", clauses=len(site.coverage.clauses), checked=checked, rules=len(site.coverage.rules),
             cases=cases)
    )  # fmt: skip


def _shown(site: Site) -> Example | None:
    return site.examples.get(shown_rule(site), {}).get("violated")


def _finding(site: Site, page: Page) -> None:
    shown = _shown(site)
    if shown is not None:
        example(site, page, shown)
    else:
        page.add(page("no example"))


BLOCKS: dict[str, Callable[[Site, Page], None]] = {
    "checked": _checked,
    "unchecked": _unchecked,
    "numbers": _numbers,
    "finding": _finding,
    "settings": options.settings,
    "suppressions": options.suppressions,
}
