"""The table of settings, from the Struct that reads them, for the hand-written page on settings."""

from __future__ import annotations

from msgspec import Struct

from ktt_policy.docs.page import Page
from ktt_policy.docs.site import Site
from ktt_policy.docs.texts.options import OPTIONS
from ktt_policy.settings import PREFIX, Settings, Suppression


def settings(site: Site, page: Page) -> None:
    """Every key of a settings file, and the variable of the environment that says the same."""
    finnish = page.lang == "fi"
    head = "| avain | ympäristömuuttuja | merkitys |" if finnish else "| key | environment | meaning |"
    keys = [(key, name) for key, name in _keys(Settings) if key != "suppress"]
    rows = [f"| `{key}` | `{PREFIX}{name.upper()}` | {_said(key, page)} |" for key, name in keys]
    page.lines += [head, "| --- | --- | --- |", *rows]


def suppressions(site: Site, page: Page) -> None:
    """Every key of a `[[suppress]]` entry."""
    head = "| avain | merkitys |" if page.lang == "fi" else "| key | meaning |"
    rows = [f"| `{key}` | {_said(f'suppress.{key}', page)} |" for key, _ in _keys(Suppression)]
    page.lines += [head, "| --- | --- |", *rows]


def _keys(kind: type[Struct]) -> list[tuple[str, str]]:
    return list(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))


def _said(key: str, page: Page) -> str:
    return OPTIONS[key][0 if page.lang == "fi" else 1]
