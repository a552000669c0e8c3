"""The language reference: its text is written by hand, functions and grammar come from the language itself."""

from __future__ import annotations

from importlib.resources import files

from ktt_policy.docs.highlight import expression, function_anchor
from ktt_policy.docs.page import Page, code, plain
from ktt_policy.docs.prose_pages import hand_written
from ktt_policy.docs.site import Site
from ktt_policy.expr.functions import BUILTINS, Builtin
from ktt_policy.reads import functions_of

GROUPS = ("lists", "numbers", "strings", "dates", "calendar", "ranges")


def pages(site: Site, lang: str) -> list[Page]:
    page = Page("language.md", lang)
    page.lines += hand_written(site, lang, "language.md").splitlines()
    page.add("")
    page.section("functions")
    page.add(page("functions intro"))
    callers: dict[str, list[str]] = {}
    for rule_code, rule in site.rules.items():
        for name in functions_of(site.version(rule)):
            callers.setdefault(name, []).append(rule_code)
    for group in GROUPS:
        page.add(f"### {page(f'group {group}')} {{#{group}}}")
        for entry in sorted(BUILTINS.values(), key=lambda e: e.name):
            if entry.group == group:
                _function(page, entry, callers.get(entry.name, []))
    page.section("grammar")
    page.add(page("grammar intro"))
    grammar = files("ktt_policy.expr").joinpath("grammar.lark").read_text("utf-8")
    rules = [line for line in grammar.splitlines() if not line.startswith("//")]
    page.add('<div class="tall" markdown>', "", "```text", "\n".join(rules).strip(), "```", "", "</div>")
    return [page]


def _function(page: Page, entry: Builtin, callers: list[str]) -> None:
    mark = f" <small>{page('extension')}</small>" if entry.extension else ""
    page.add(f'<p class="field" id="{function_anchor(entry.name)}">{code(entry.name)}{mark}</p>')
    about = plain(entry.fi if page.lang == "fi" else entry.en)
    shapes = " · ".join(code(_shape(entry.name, s)) for s in entry.signatures)
    page.add(f"{about}<br>{shapes}")
    text, value = entry.example
    result = f' <span class="c">→ {value}</span>'
    page.add(f'<div class="highlight"><pre><code>{expression(text, page)}{result}</code></pre></div>')
    if callers:
        page.add(f"{page('used in')}: {', '.join(map(page.rule, callers))}")


def _shape(name: str, signature: str) -> str:
    arguments, _, result = signature.rpartition(" -> ")
    return f"{name}({arguments}) → {result}"
