"""The examples of the pages on integrations, by the file that each is for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PAGES = ("en/integrations.md", "fi/integrations.md")


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def files(page: str = PAGES[0]) -> list[tuple[str, str]]:
    """(file, content) of each YAML example: its paragraph begins with the name of the file."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    introduced = re.findall(r"^(`[^\n]+(?:\n[^\n]+)*):\n\n```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [(paragraph.split("`")[1], content) for paragraph, content in introduced]


def example(name: str, number: int = 0) -> str:
    return [content for file, content in files() if file == name][number]


def read(text: str) -> Any:
    """YAML as the build systems read it: `on` is a name there, no boolean."""
    return yaml.load(text, Loader=Names)


class Names(yaml.SafeLoader):
    pass


Names.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for first in "tTfF":
    Names.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), [first])
