"""Where the parts of the expressions of a rule's versions stand in their files."""

from __future__ import annotations

from pathlib import Path

from ktt_policy.build.files import version_file
from ktt_policy.build.model import FOR, Rule, Version, pointer_to
from ktt_policy.diagnostics import Span
from ktt_policy.expr import typed as t
from ktt_policy.policies import base_of
from ktt_policy.source.text import Excerpt
from ktt_policy.source.yaml_ import YamlFile, excerpt, read_yaml


class RuleFiles:
    """The files of a rulebook's folder, read when first asked for."""

    def __init__(self, book: Path) -> None:
        self.book = book
        self.base = base_of(book)
        self._files: dict[Path, YamlFile | None] = {}

    def file(self, path: Path) -> YamlFile | None:
        if path not in self._files:
            name = path.relative_to(self.base).as_posix() if path.is_relative_to(self.base) else str(path)
            self._files[path] = read_yaml(path, name)[0]
        return self._files[path]

    def value(self, path: Path, at: str) -> Span:
        """The place of a value by its JSON Pointer, or of the nearest one above that is there."""
        file = self.file(path)
        return Span(str(path), 1, 1, 1, 1) if file is None else file.span(at)

    def parameter(self, name: str, at: str) -> Span:
        return self.value(self.book / "parameters" / f"{name}.yaml", at)

    def part(self, rule: Rule, version: Version, place: str, node: t.Tree, definition: str = "") -> Span:
        """The place of a part of an expression; of one in a definition's text, in the file of definitions."""
        path, at, moved = version_file(self.book, rule, version), pointer_to(place), 0
        if definition:
            path, at = self.book / "definitions.yaml", f"/definitions/{definition}/expression"
        elif place == "for_each":
            moved = len(FOR)
        file = self.file(path)
        text: Excerpt | None = excerpt(file, at)[0] if file is not None and at in file.nodes else None
        return text.span(node.start - moved, node.end - moved) if text is not None else self.value(path, at)
