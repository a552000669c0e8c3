"""The page on publishing: its commands make the sites that it names, ours and a county's own."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path
from urllib.request import urlopen

import pytest

from . import recipe
from .conftest import FIXTURES

pytestmark = pytest.mark.browser
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


def test_both_languages_have_the_same_commands() -> None:
    assert recipe.commands("fi") == recipe.commands("en")
    assert [len(block.splitlines()) for block in recipe.commands("en")] == [5, 1, 4]


def test_the_site_is_looked_at_as_the_page_says(site: Path) -> None:
    command = recipe.commands("en")[1].replace(" 8000", " 0")  # any port that is free
    with recipe.start(command, site.parents[2]) as server:
        try:
            assert server.stdout is not None
            port = re.search(r" port (\d+)", server.stdout.readline())
            assert port is not None
            for path, says in (("", 'lang="fi"'), ("en/", 'lang="en"'), ("check/", 'id="drop"')):
                with urlopen(f"http://127.0.0.1:{port[1]}/{path}") as answer:
                    assert says in answer.read().decode()
        finally:
            server.terminate()


def test_a_county_has_its_own_site(tmp_path: Path) -> None:
    """With the settings that the page shows: address, name, colours, logo and footer, in both languages."""
    (settings,) = recipe.blocks("fi", "toml")
    shown = tomllib.loads(settings)
    county = tmp_path / "my-county"
    shutil.copytree(FIXTURES / "rulebooks/kuulasmaa-kotipalvelu", county)
    (county / "docs").mkdir()
    (county / "docs/site.toml").write_text(settings, "utf-8")
    (county / "docs" / shown["logo"]).write_text(LOGO, "utf-8")
    recipe.run(recipe.commands("fi")[2], tmp_path)

    site = tmp_path / recipe.SITE
    for lang, folder in (("fi", site), ("en", site / "en")):
        home = (folder / "index.html").read_text("utf-8")
        assert f"<title>{shown['name'][lang]}</title>" in home
        assert shown["footer"][lang] in home
        assert f'<img src="assets/{shown["logo"]}"' in home
        assert (folder / "assets" / shown["logo"]).read_text("utf-8") == LOGO
        colours = (folder / "assets/colours.css").read_text("utf-8")
        assert f"--md-primary-fg-color: {shown['primary']};" in colours
        assert f"--md-accent-fg-color: {shown['accent']};" in colours
        assert f"<loc>{shown['url']}/{'' if lang == 'fi' else 'en/'}</loc>" in (folder / "sitemap.xml").read_text(
            "utf-8"
        )
        assert (folder / "rules/L401/index.html").is_file()
        assert not (folder / "rules/I502").exists()
    assert json.loads((site / "check/files.json").read_text("utf-8"))["name"] == shown["name"]
    assert f"--bar: {shown['primary']};" in (site / "check/colours.css").read_text("utf-8")
