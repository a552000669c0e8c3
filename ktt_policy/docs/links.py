"""Holds the made pages to what they promise: every link leads somewhere, both languages have the same pages."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath

from ktt_policy.docs.site import LANGUAGES

CHECK = "check"  # where `ktt-policy docs browser` puts the page that checks in the browser
LINK = re.compile(r"\]\(([^)\s]+)\)")
HREF = re.compile(r'href="([^"]+)"')
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
INDEX = re.compile(r"(^|/)index$")
IDS = re.compile(r'\{#([^}\s]+)\}|\bid="([^"]+)"')


def faults(files: dict[str, bytes]) -> list[str]:
    """What is wrong: `fi/rules/I502.md: leads to clauses/9.md, which is no page`."""
    pages = {name: data.decode() for name, data in files.items() if name.endswith(".md")}
    anchors = {name: {a or b for a, b in IDS.findall(text)} for name, text in pages.items()}
    anchors[CHECK] = set(LANGUAGES)
    published = {CHECK: CHECK} | {_address(name): name for name in pages}
    known = {CHECK, *files}
    found = []
    for name, text in pages.items():
        bare = FENCE.sub("", text)
        targets = [(t, normpath(join(dirname(name), t.partition("#")[0]))) for t in LINK.findall(bare)]
        for written in HREF.findall(bare):
            address = normpath(join(_address(name), written.partition("#")[0]))
            targets.append((written, published.get(address, "")))
        for written, path in targets:
            if "://" in written or written.startswith("mailto:"):
                continue
            target = name if written.startswith("#") else path
            wanted = written.partition("#")[2]
            if target not in known:
                found.append(f"{name}: leads to {written}, which is no page")
            elif wanted and wanted not in anchors.get(target, ()):
                found.append(f"{name}: leads to {written}, where there is no such place")
    return [*found, *_unequal(set(pages))]


def _address(name: str) -> str:
    """The folder of the site in which a page is published: that of `fi/rules/I502.md` is `rules/I502`."""
    return normpath(INDEX.sub("", name.removeprefix("fi/").removesuffix(".md")) or ".")


def _unequal(names: set[str]) -> list[str]:
    found = []
    for lang in LANGUAGES:
        for name in sorted(n for n in names if n.startswith(f"{lang}/")):
            for other in LANGUAGES:
                twin = other + name.removeprefix(lang)
                if twin not in names:
                    found.append(f"{name}: there is no {twin}")
    return found
