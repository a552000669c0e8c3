"""The mkdocs settings of both languages, and the theme's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ktt_policy.build.model import SYSTEM
from ktt_policy.docs import colours
from ktt_policy.docs.clauses import chapter_name, chapter_of
from ktt_policy.docs.site import LANGUAGES, Site
from ktt_policy.docs.texts import words_of

FIRST = ("index.md", "tutorial.md", "browser.md", "check.md", "check/index.md")
GUIDES = (
    "guides/provider.md", "guides/county.md", "guides/rulebook-owner.md", "guides/developer.md",
    "integrations.md", "formats.md", "settings.md",
)  # fmt: skip
SCHEMES = (  # the reader's system decides, until the reader does
    ("(prefers-color-scheme)", "default", "brightness-auto", "to light"),
    ("(prefers-color-scheme: light)", "default", "weather-sunny", "to dark"),
    ("(prefers-color-scheme: dark)", "slate", "weather-night", "to system"),
)
CHANGES = "changes/index.md"
AUTHORS = ("write-a-rule.md", "own-rulebook.md", "policy-tests.md", "publish.md")


def files(site: Site, pages: list[str]) -> dict[str, bytes]:
    """Everything that is no page, by its path: settings, the theme, and what lies beside hand-written pages."""
    made = {f"mkdocs.{lang}.yml": _settings(site, lang, pages) for lang in LANGUAGES}
    for folder in reversed(site.prose):
        for path in sorted(p for p in (folder / "theme").rglob("*") if p.is_file()):
            made[f"theme/{path.relative_to(folder / 'theme').as_posix()}"] = path.read_bytes()
        for lang in LANGUAGES:
            beside = (p for p in (folder / lang).rglob("*") if p.is_file() and p.suffix != ".md")
            made.update({path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(beside)})
    made["theme/assets/colours.css"] = colours.of_theme(site.settings).encode()
    if site.settings.logo:
        logo = Path(site.settings.logo)
        made[f"theme/assets/{logo.name}"] = (site.book.folder / "docs" / logo).read_bytes()
    return made


def _settings(site: Site, lang: str, pages: list[str]) -> bytes:
    words = words_of(lang)
    url = (site.settings.url or site.data.docs).rstrip("/")
    settings: dict[str, Any] = {
        "site_name": site.name(lang),
        "site_description": words["description of site"],
        "site_url": (f"{url}/" if lang == "fi" else f"{url}/{lang}/") if url else "",
        "docs_dir": lang,
        "site_dir": "site" if lang == "fi" else f"site/{lang}",
        "copyright": site.settings.footer.get(lang) or site.data.issuer[lang],
        "nav": _nav(site, lang, {p.removeprefix(f"{lang}/") for p in pages if p.startswith(f"{lang}/")}),
        "theme": {
            "name": "material",
            "custom_dir": "theme",
            "language": lang,
            "font": False,
            "features": ["content.code.copy", "navigation.tabs", "navigation.top", "navigation.footer",
                         "navigation.indexes", "navigation.prune", "search.highlight", "search.suggest", "toc.follow"],
            "palette": [
                {"media": media, "scheme": scheme, "primary": "custom", "accent": "custom",
                 "toggle": {"icon": f"material/{icon}", "name": words[name]}}
                for media, scheme, icon, name in SCHEMES
            ],
        },
        "plugins": [{"search": {"lang": [lang]}}],
        "extra_javascript": ["assets/reach.js"],
        "extra_css": ["assets/ktt.css", "assets/colours.css"],
        "extra": {
            "generator": False,
            # Only `true`: the header then has room for our switch, and no page points to what the theme takes for the
            # root of another language's site, where its script would look for a sitemap.
            "alternate": True,
            "languages": [{"name": words_of(one)["language name"], "lang": one} for one in LANGUAGES],
            "switch": words["switch"],
        },
        "markdown_extensions": [
            "admonition", "attr_list", "md_in_html", "tables", {"toc": {"permalink": True, "toc_depth": 3,
             "title": words["on this page"]}},
            {"pymdownx.highlight": {"anchor_linenums": False}}, "pymdownx.superfences", "pymdownx.details",
        ],
        "validation": {"links": {"not_found": "warn", "anchors": "warn", "unrecognized_links": "warn"}},
    }  # fmt: skip
    if site.settings.logo:
        settings["theme"]["logo"] = settings["theme"]["favicon"] = f"assets/{Path(site.settings.logo).name}"
    return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=110).encode()


def _nav(site: Site, lang: str, pages: set[str]) -> list[Any]:
    words = words_of(lang)

    def entries(names: tuple[str, ...]) -> list[str]:
        return [name for name in names if name in pages]

    reference = [
        {words["fields"]: ["fields/index.md", *(f"fields/{kind}.md" for kind in site.kinds)]},
        {words["language"]: "language.md"},
        {words["codes"]: "codes.md"},
        {words["commands"]: "commands.md"},
    ]
    rulebook = [
        {words["rules"]: _rules(site, lang)},
        {words["clauses"]: _clauses(site, lang)},
        {words["parameters"]: "parameters.md"},
        {words["coverage"]: "coverage.md"},
        {words["timeline"]: "timeline.md"},
        {words["changes"]: [CHANGES, *sorted(n for n in pages if n.startswith("changes/") and n != CHANGES)]},
    ]
    nav: list[dict[str, Any]] = [
        {words["home"]: entries(FIRST)},
        {words["guides"]: entries(GUIDES)},
        {words["the rulebook"]: rulebook},
        {words["reference"]: reference},
        {words["for authors"]: entries(AUTHORS)},
    ]
    return [entry for entry in nav if all(entry.values())]


def _rules(site: Site, lang: str) -> list[Any]:
    """The list of rules, and the rules by kind of document."""
    made: list[Any] = ["rules/index.md"]
    for kind in site.kinds:
        codes = [code for code, rule in site.rules.items() if rule.kind == kind]
        if codes:
            made.append({site.kind(kind, lang).capitalize(): [{code: f"rules/{code}.md"} for code in codes]})
    return [*made, *({code: f"rules/{code}.md"} for code in SYSTEM)]


def _clauses(site: Site, lang: str) -> list[Any]:
    """The list of clauses, and the clauses by chapter."""
    chapters: dict[str, list[dict[str, str]]] = {}
    for clause in site.clauses:
        chapters.setdefault(chapter_of(clause), []).append({clause: f"clauses/{clause}.md"})
    return ["clauses/index.md", *({chapter_name(site, lang, c): paths} for c, paths in chapters.items())]
