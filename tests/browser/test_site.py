"""The published site in a real browser: both languages, search, switch, dark and narrow, print; all from the site."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .conftest import Served

pytestmark = pytest.mark.browser
BOTH = ["", "rules/I502/", "clauses/5.m3/", "coverage/", "parameters/", "timeline/", "language/"]
PAGES = [*BOTH, *(f"en/{path}" for path in BOTH), "check/#fi", "check/#en"]
NAMES = {"fi": "Kuntouttavan työtoiminnan säännöt", "en": "Rules of rehabilitative work"}
AXE = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })"
FAULTS = "r.violations.filter((v) => ['serious', 'critical'].includes(v.impact))"
A4 = 604  # between the margins of a sheet that the theme sets, 25 mm, in pixels


@pytest.fixture(scope="module")
def page(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from .chromium import opened  # here, so that the tests can be left out where its library is not installed

    with opened(tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("downloads")) as made:
        yield made


@pytest.fixture(autouse=True)
def quiet(page: Any, served: Served) -> Iterator[None]:
    """No error on the console, and no request to anything but the site."""
    yield
    complaints, requests = list(page.complaints), list(page.requests)
    page.complaints.clear()
    page.requests.clear()
    assert complaints == []
    ours = (served.address, f"blob:{served.address}", "data:", "about:blank")
    assert [address for address in requests if not address.startswith(ours)] == []


def visit(page: Any, served: Served, path: str) -> None:
    page.send("Page.navigate", url="about:blank")  # else an address that differs after `#` only loads nothing
    page.send("Page.navigate", url=served.address + path)
    arrived(page, served, path)


def arrived(page: Any, served: Served, path: str) -> None:
    page.wait(f"location.href === '{served.address}{path}' && document.readyState === 'complete'")


@contextmanager
def seen(page: Any, width: int = 1200, scheme: str = "light", media: str = "") -> Iterator[None]:
    """A window of some width, on a system that asks for light or dark; or what goes to the printer."""
    page.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.send("Emulation.setEmulatedMedia", media=media, features=features)
    try:
        yield
    finally:
        page.send("Emulation.clearDeviceMetricsOverride")
        page.send("Emulation.setEmulatedMedia", media="", features=[])


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 360)])
def test_a_page_is_accessible_and_fits(page: Any, served: Served, axe: str, path: str, scheme: str, width: int) -> None:
    lang = "en" if path.startswith("en/") or path.endswith("#en") else "fi"
    with seen(page, width, scheme):
        visit(page, served, path)
        page.wait(f"document.title.includes('{NAMES[lang]}')")
        assert page.run("document.documentElement.lang") == lang
        light = page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert light == (scheme == "light")
        page.run(f"{axe}; undefined")
        assert page.run(f"{AXE}.then((r) => {FAULTS}.map((v) => [v.id, v.nodes.map((n) => n.html)]))") == []
        assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("", "käynneistä", "Ennen palvelupäivää peruttua käyntiä ei laskuteta"),
        ("en/", "cancelling", "A visit cancelled before its day"),
    ],
)
def test_search_finds_inflected_words(page: Any, served: Served, path: str, query: str, found: str) -> None:
    visit(page, served, path)
    page.run("document.querySelector('[data-md-toggle=search]').click()")
    page.run("document.querySelector('.md-search__input').focus()")
    page.send("Input.insertText", text=query)
    titles = "[...document.querySelectorAll('.md-search-result__link')].map((link) => link.textContent)"
    page.wait(f"{titles}.some((title) => title.includes({json.dumps(found)}))")
    links = page.run("[...document.querySelectorAll('.md-search-result__link')].map((link) => link.href)")
    assert all(link.startswith(f"{served.address}{path}") for link in links)
    page.follow("document.querySelector('.md-search-result__link').click()")
    page.wait("location.search.startsWith('?h=') && document.querySelectorAll('article mark').length > 0")


@pytest.mark.parametrize("path", ["", "rules/I502/", "clauses/5.m3/", "check/#fi"])
def test_the_language_switch_stays_on_the_page(page: Any, served: Served, path: str) -> None:
    there = "check/#en" if path.startswith("check/") else f"en/{path}"
    switch = "document.querySelector('.ktt-languages [hreflang={0}], .languages [data-lang={0}]').click()"
    visit(page, served, path)
    page.follow(switch.format("en"))
    arrived(page, served, there)
    page.follow(switch.format("fi"))
    arrived(page, served, path)


@pytest.mark.parametrize(("home", "lang"), [("", "fi"), ("en/", "en")])
def test_there_is_a_way_to_the_page_that_checks_and_back(page: Any, served: Served, home: str, lang: str) -> None:
    visit(page, served, f"{home}browser/")
    page.follow("document.querySelector('article strong a').click()")
    arrived(page, served, f"check/#{lang}")
    page.wait(f"document.querySelector('#home').textContent === '{NAMES[lang]}'")
    page.follow("document.querySelector('#home').click()")
    arrived(page, served, home)


def test_light_and_dark_are_the_system_s_until_the_reader_chooses(page: Any, served: Served) -> None:
    scheme = "document.body.getAttribute('data-md-color-scheme')"
    press = "document.querySelector('[data-md-component=palette] label:not([hidden])').click()"
    try:
        for system, wanted in (("light", "default"), ("dark", "slate"), ("light", "default")):
            with seen(page, scheme=system):
                visit(page, served, "")
                assert page.run(scheme) == wanted
        with seen(page):
            page.run(press)  # to light
            page.run(press)  # to dark
            page.wait(f"{scheme} === 'slate'")
            visit(page, served, "rules/I502/")
            assert page.run(scheme) == "slate"
    finally:
        page.run("localStorage.clear()")


@pytest.mark.parametrize("path", ["rules/I502/", "coverage/", "en/fields/invoice/"])
def test_on_paper_there_is_all_of_the_page_and_nothing_else(page: Any, served: Served, path: str) -> None:
    with seen(page, A4, "dark", "print"):
        visit(page, served, path)
        aside = ".md-header, .md-tabs, .md-sidebar, .md-footer, .md-code__button, .headerlink"
        parts = f"[...document.querySelectorAll('{aside}')]"
        assert page.run(f"{parts}.length") > 5
        assert page.run(f"{parts}.filter((one) => one.checkVisibility()).map((one) => one.className)") == []
        # What would scroll on a screen is neither cut nor off the sheet.
        blocks = "[...document.querySelectorAll('article table, article .md-typeset__scrollwrap, article pre > code')]"
        hides = "getComputedStyle(one).overflow !== 'visible'"
        more = "one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight"
        cut = f"one.getBoundingClientRect().right > innerWidth || {hides} && ({more})"
        assert page.run(f"{blocks}.length") > 0
        assert page.run(f"{blocks}.filter((one) => {cut}).map((one) => one.textContent.slice(0, 80))") == []
        # Dark ink on white, whatever the screen has.
        assert page.run("document.body.getAttribute('data-md-color-scheme')") == "slate"
        page.wait("getComputedStyle(document.querySelector('article a:not(.headerlink)')).color === 'rgb(23, 64, 94)'")
        assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
