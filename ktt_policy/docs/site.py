"""The site of a rulebook: what all its pages draw on, and the list of its pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from ktt_policy.api import Rulebook
from ktt_policy.build.model import Edition, Parameter, Rule, Version
from ktt_policy.cases.case import fixtures_of
from ktt_policy.coverage import Coverage
from ktt_policy.docs.examples import Example, examples_of
from ktt_policy.docs.page import Page
from ktt_policy.docs.settings import Settings
from ktt_policy.docs.texts import words_of
from ktt_policy.engine.wording import Names, enum_names
from ktt_policy.policies import base_of, read_file
from ktt_policy.reads import Reads, reads_of
from ktt_policy.schemas.model import KindInfo, fields_of

LANGUAGES = ("fi", "en")
Writer = Callable[["Site", str], list[Page]]


class Site:
    """A rulebook as its pages see it on a day, with the examples and the prose that they show.

    `prose` are folders with hand-written pages by language, the first of them wins; `commands` is the command line.
    """

    def __init__(
        self, book: Rulebook, coverage: Coverage, on: date, settings: Settings, prose: list[Path],
        commands: click.Group,
    ) -> None:  # fmt: skip
        self.book = book
        self.data = book.data
        self.coverage = coverage
        self.on = on
        self.settings = settings
        self.prose = prose
        self.commands = commands
        self.kinds: dict[str, KindInfo] = {kind.name: kind for kind in book.data.kinds}
        self.parameters: dict[str, Parameter] = {p.name: p for p in book.data.parameters}
        self.rules: dict[str, Rule] = {rule.code: rule for rule in book.data.rules}
        self.fixtures = fixtures_of(book.folder)

    @cached_property
    def edition(self) -> Edition:
        found = self.data.edition_at(self.on)
        assert found is not None
        return found

    @cached_property
    def names(self) -> Names:
        fields = [f for kind in self.data.kinds for f in fields_of(kind.record)]
        return enum_names([*fields, *(f.item for f in fields if f.item is not None)])

    @cached_property
    def reads(self) -> dict[str, Reads]:
        return {code: reads_of(rule, self.version(rule)) for code, rule in self.rules.items()}

    @cached_property
    def examples(self) -> dict[str, dict[str, Example]]:
        return {
            code: examples_of(self.book, rule, self.version(rule), self.reads[code], self.fixtures)
            for code, rule in self.rules.items()
        }

    @cached_property
    def definitions(self) -> dict[str, dict[str, Any]]:
        """Name → what `definitions.yaml` says of it."""
        path = self.book.folder / "definitions.yaml"
        file = read_file(path, "definitions", base_of(self.book.folder))[0] if path.is_file() else None
        return dict(file.data["definitions"]) if file is not None else {}

    @cached_property
    def rules_of_clause(self) -> dict[str, list[str]]:
        """Clause → the rules in force on the day that name it."""
        return self._by_clause([r for r in self.rules.values() if r.at(self.on) is not None])

    @cached_property
    def idle_rules_of_clause(self) -> dict[str, list[str]]:
        """Clause → the rules that name it in the version shown, and are not in force on the day."""
        return self._by_clause([r for r in self.rules.values() if r.at(self.on) is None])

    def _by_clause(self, rules: list[Rule]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for rule in rules:
            for clause in dict.fromkeys(ref.clause for ref in self.version(rule).clauses):
                found.setdefault(clause, []).append(rule.code)
        return found

    @cached_property
    def faults(self) -> dict[str, str]:
        """The clauses of the edition that are unaccounted for on the day → why, as `coverage` names it."""
        return {row.clause: row.fault for row in self.coverage.unaccounted}

    @cached_property
    def clauses(self) -> list[str]:
        """Every clause of every edition; those of the edition in force first, in its order."""
        editions = [self.edition, *reversed(self.data.editions)]
        return list(dict.fromkeys(clause for edition in editions for clause in edition.clauses))

    def version(self, rule: Rule) -> Version:
        """The version that a page shows."""
        return rule.nearest(self.on)

    def name(self, lang: str) -> str:
        return self.settings.names(self.data.titles)[lang]

    def title(self, schema: dict[str, Any], lang: str, key: str = "title", otherwise: str = "") -> str:
        """The title (or description) of a schema in a language; `otherwise` where it has none."""
        own = schema.get("x-fi", {}) if lang == "fi" else schema
        return str(own.get(key) or schema.get(key) or otherwise)

    def kind(self, name: str, lang: str) -> str:
        """What a kind of document is called in running text."""
        words = words_of(lang)
        return words.get(f"kind {name}") or self.title(self.kinds[name].schema, lang) or name

    def definition_title(self, name: str, lang: str) -> str:
        title: dict[str, str] = self.definitions.get(name, {}).get("title", {})
        return title.get(lang, name)


def build(site: Site) -> dict[str, bytes]:
    """Every file of the site's source by its path: pages in `fi/` and `en/`, mkdocs settings, theme, index."""
    from ktt_policy.docs import (
        clauses,
        codes,
        commands,
        config,
        coverage,
        fields,
        index,
        language,
        notices,
        parameters,
        prose_pages,
        rules,
        timeline,
    )  # fmt: skip

    writers: list[Writer] = [
        clauses.pages, rules.pages, parameters.pages, timeline.pages, notices.pages, fields.pages, language.pages,
        codes.pages, commands.pages, coverage.pages, prose_pages.pages,
    ]  # fmt: skip
    files: dict[str, bytes] = {}
    for lang in LANGUAGES:
        for writer in writers:
            for page in writer(site, lang):
                files[f"{lang}/{page.path}"] = page.text().encode()
        files[f"{lang}/index.json"] = index.text(site).encode()
    files.update(config.files(site, [name for name in files if name.endswith(".md")]))
    return files
