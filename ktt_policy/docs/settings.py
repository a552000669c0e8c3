"""How a rulebook's site is named and coloured: `docs/site.toml` in the rulebook's folder, all of it optional."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from ktt_policy.diagnostics import Diagnostic, Texts
from ktt_policy.docs.colours import LEAST_CONTRAST, contrast_with_white

FILE = "docs/site.toml"
HELP = "see the page on publishing: name.fi, name.en, url, primary, accent, logo, footer.fi, footer.en"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
ADDRESS = re.compile(r'https?://[^\s<>"()]+\Z')


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """`name` of the site and `footer` by language, `url` where it will stand, colours as #rrggbb, `logo` an image."""

    name: Texts = field(default_factory=dict)
    footer: Texts = field(default_factory=dict)
    url: str = ""
    primary: str = "#17405e"
    accent: str = "#b3541e"
    logo: str = ""

    def names(self, titles: Texts) -> Texts:
        """What the site is called, by language; as the rulebook is, where it has no name of its own."""
        return {**titles, **self.name}


def read_settings(folder: Path) -> tuple[Settings, list[Diagnostic]]:
    """The settings of the rulebook in the folder, or what is wrong with them; the usual ones when there is no file."""
    path = folder / FILE
    if not path.is_file():
        return Settings(), []
    try:
        made = msgspec.convert(_flat(tomllib.loads(path.read_text("utf-8"))), Settings)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        return Settings(), [Diagnostic("E201", f"`{path}`: {error}", help=HELP)]
    found = []
    for name in ("primary", "accent"):
        if not COLOUR.match(getattr(made, name)):
            found.append(Diagnostic("E201", f"`{path}`: `{name}` is no colour", help="write it as #17405e"))
        elif contrast_with_white(getattr(made, name)) < LEAST_CONTRAST:
            message = f"`{path}`: `{name}` is too pale beside white: its contrast is below {LEAST_CONTRAST} (WCAG 2.1)"
            found.append(Diagnostic("E201", message, help="choose a darker colour"))
    for name in ("name", "footer"):
        texts = getattr(made, name)
        if texts and set(texts) != {"fi", "en"}:
            found.append(Diagnostic("E201", f"`{path}`: `{name}` needs `fi` and `en`", help=HELP))
    if made.url and not ADDRESS.match(made.url):
        found.append(Diagnostic("E201", f"`{path}`: `url` is no address", help="write it as https://rules.example.fi"))
    if made.logo and not (path.parent / made.logo).is_file():
        found.append(Diagnostic("E201", f"`{path}`: there is no image `{made.logo}`", help="its path from `docs/`"))
    return made, found


def _flat(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "$schema"}
