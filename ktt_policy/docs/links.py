"""Holds the made pages to what they promise: every link leads somewhere, both languages have the same pages."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath

from ktt_policy.docs.site import LANGUAGES

APP = "../check"  # the page that checks in the browser, which `ktt-policy docs browser` puts into the site
LINK = re.compile(r"\]\(([^)\s]+)\)")
HREF = re.compile(r'href="([^"]+)"')
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
IDS = re.compile(r'\{#([^}\s]+)\}|\bid="([^"]+)"')


def faults(files: dict[str, bytes]) -> list[str]:
    """What is wrong: `fi/rules/I502.md: leads to clauses/9.md, which is no page`."""
    pages = {name: data.decode() for name, data in files.items() if name.endswith(".md")}
    anchors = {name: {a or b for a, b in IDS.findall(text)} for name, text in pages.items()}
    found = []
    for name, text in pages.items():
        bare = FENCE.sub("", text)
        here = name.removesuffix("index.md").removesuffix(".md")
        targets = [(t, join(dirname(name), t.partition("#")[0])) for t in LINK.findall(bare)]
        targets += [(t, _page(here, t.partition("#")[0], pages)) for t in HREF.findall(bare)]
        for written, path in targets:
            if "://" in written or written.startswith("mailto:"):
                continue
            target = name if written.startswith("#") else normpath(path)
            if written.partition("#")[0].rstrip("/").endswith(APP):
                continue
            wanted = written.partition("#")[2]
            if target not in files:
                found.append(f"{name}: leads to {written}, which is no page")
            elif wanted and wanted not in anchors.get(target, ()):
                found.append(f"{name}: leads to {written}, where there is no such place")
    return [*found, *_unequal(set(pages))]


def _page(here: str, target: str, pages: dict[str, str]) -> str:
    """The Markdown file behind an address in HTML."""
    path = normpath(join(here, target))
    return f"{path}/index.md" if f"{path}/index.md" in pages else f"{path}.md"


def _unequal(names: set[str]) -> list[str]:
    found = []
    for lang in LANGUAGES:
        for name in sorted(n for n in names if n.startswith(f"{lang}/")):
            for other in LANGUAGES:
                twin = other + name.removeprefix(lang)
                if twin not in names:
                    found.append(f"{name}: there is no {twin}")
    return found
