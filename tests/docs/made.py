"""The site of a rulebook, made once for all tests that look at it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from ktt_policy.api import Rulebook
from ktt_policy.cli import main
from ktt_policy.coverage import read_coverage
from ktt_policy.docs import Site, build
from ktt_policy.docs.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 11, 24)
OTHER = ROOT / "fixtures/rulebooks/kuulasmaa-kotipalvelu"


def site_of(folder: Path, settings: Settings | None = None, on: date = ON) -> Site:
    book = Rulebook.load(folder)
    coverage, _ = read_coverage(book.data, book.folder, on)
    assert coverage is not None
    chosen = settings or read_settings(folder)[0]
    return Site(book, coverage, on, chosen, [folder / "docs", ROOT / "docs"], main)


@lru_cache(maxsize=2)
def shipped() -> tuple[Site, dict[str, bytes]]:
    site = site_of(ROOT / "policies/pohjois-savo-ktt")
    return site, build(site)


@lru_cache(maxsize=2)
def other() -> tuple[Site, dict[str, bytes]]:
    site = site_of(OTHER)
    return site, build(site)
