"""Where the expressions of a rule's versions stand: which of them judge, and the place in its file of each part."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from ktt_policy.build.files import version_file
from ktt_policy.build.model import Rule, Version
from ktt_policy.diagnostics import Span
from ktt_policy.expr import typed as t
from ktt_policy.policies import base_of
from ktt_policy.source.spans import pointer
from ktt_policy.source.text import Excerpt
from ktt_policy.source.yaml_ import YamlFile, excerpt, read_yaml

FOR_EACH = "for "  # what `build` puts before the text of `for_each`, so that its offsets are moved by that much


class Written(Struct, frozen=True):
    """An expression of a version that judges. `place` is how one speaks of it: `when`, `let.due`, `group_by.month`."""

    place: str
    checked: t.Checked


def expressions(version: Version) -> list[Written]:
    """What decides the outcome, in the order in which it is evaluated; not clauses, message and `at`."""
    found = [Written("for_each", iterator.domain) for iterator in version.iterators]
    single = {"date": version.date, "when": version.when, "group_date": version.group_date}
    found += [Written(f"let.{let.name}", let.expression) for let in version.lets if not let.group]
    found += [Written(place, e) for place, e in single.items() if e is not None]
    found += [Written(f"group_by.{name}", e) for name, e in version.group_by]
    found += [Written(f"let.{let.name}", let.expression) for let in version.lets if let.group]
    late = {"having": version.having, "require": version.require}
    return [*found, *(Written(place, e) for place, e in late.items() if e is not None)]


class Places:
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
        path, at, moved = version_file(self.book, rule, version), _pointer(place), 0
        if definition:
            path, at = self.book / "definitions.yaml", f"/definitions/{definition}/expression"
        elif place == "for_each":
            moved = len(FOR_EACH)
        file = self.file(path)
        text: Excerpt | None = excerpt(file, at)[0] if file is not None and at in file.nodes else None
        return text.span(node.start - moved, node.end - moved) if text is not None else self.value(path, at)


def _pointer(place: str) -> str:
    return pointer(*place.split(".", 1))
