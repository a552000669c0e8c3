"""The built site, where mkdocs-material is installed: both languages, strictly, and nothing from outside."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ktt_policy.folders import write
from tests.docs.made import shipped

pytest.importorskip("material")
LOADED = re.compile(r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=[\"']?([^\"'\s>]+)[^>]*>")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs")
    write(shipped()[1], out)
    for lang in ("fi", "en"):
        command = [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "--quiet",
            "-f",
            str(out / f"mkdocs.{lang}.yml"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return out / "site"


def test_addresses_are_stable(site: Path) -> None:
    for address in (
        "rules/I502",
        "clauses/5.m3",
        "en/rules/I502",
        "en/clauses/5.m3",
        "rules/S000",
        "codes",
        "en/fields",
    ):
        assert (site / address / "index.html").is_file(), address
    assert (site / "index.json").read_bytes() == (site / "en/index.json").read_bytes()


def test_nothing_is_loaded_from_outside(site: Path) -> None:
    base = shipped()[0].data.docs
    for path in [site / "index.html", *site.glob("rules/I50*/index.html"), *site.glob("en/*/index.html")]:
        for tag in LOADED.finditer(path.read_text("utf-8")):
            own = 'rel="canonical"' in tag[0] or not re.match(r"(https?:)?//", tag[1])
            assert own or tag[1].startswith(base), (path, tag[0])
    for path in site.glob("assets/*.css"):
        assert "url(http" not in path.read_text("utf-8")
        assert "@import" not in path.read_text("utf-8")


def test_the_switch_stays_on_the_page(site: Path) -> None:
    for one, other in (("rules/I502", "en/rules/I502"), ("", "en"), ("fields", "en/fields")):
        for here, there in ((one, other), (other, one)):
            page = (site / here / "index.html").read_text("utf-8")
            switch = re.search(r'<nav class="ktt-languages".*?</nav>', page, re.DOTALL)
            assert switch is not None
            target = re.search(r'href="([^"]*)"', switch[0])
            assert target is not None
            assert (site / here / target[1]).resolve() == (site / there).resolve(), (here, target[1])


def test_the_sitemap_pairs_the_languages(site: Path) -> None:
    base = shipped()[0].data.docs
    pair = {"fi": f"{base}/rules/I502/", "en": f"{base}/en/rules/I502/"}
    for lang, folder in (("fi", site), ("en", site / "en")):
        said = (folder / "sitemap.xml").read_text("utf-8")
        entry = next(e for e in said.split("<url>") if f"<loc>{pair[lang]}</loc>" in e)
        assert dict(re.findall(r'hreflang="(\w+)" href="([^"]+)"', entry)) == pair
        assert said.count("<loc>") == sum(n.startswith(f"{lang}/") and n.endswith(".md") for n in shipped()[1])


def test_search_is_in_the_language_of_the_page_and_knows_stems(site: Path) -> None:
    for lang, folder in (("fi", site), ("en", site / "en")):
        index = json.loads((folder / "search/search_index.json").read_text("utf-8"))
        assert index["config"]["lang"] == [lang]
        assert any(entry["location"] == "rules/I502/" for entry in index["docs"])
        page = (folder / "index.html").read_text("utf-8")
        worker = re.search(r'workers/stemming\.js\?(search\.[^"]+)"', page)
        assert worker is not None
        assert (folder / "assets/javascripts/workers" / worker[1]).is_file()
        assert f'<html lang="{lang}"' in page
