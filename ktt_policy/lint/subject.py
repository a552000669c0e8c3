"""What most doubts are about: a version of a rule, checked, together with the file that it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from ktt_policy.build.model import Rule, RulebookData, Version
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import typed as t
from ktt_policy.policies import Policies, RuleVersion
from ktt_policy.source.yaml_ import YamlFile


class Subject(Struct, frozen=True):
    """A version in force on `start` and until `end`, or for good where that is None."""

    rule: Rule
    version: Version
    source: RuleVersion
    end: date | None

    @property
    def name(self) -> str:
        return f"{self.rule.code} ({written(self.version.start, self.version.published_on)})"

    def warning(self, code: str, at: str, message: str, help: str = "", node: t.Tree | None = None) -> Diagnostic:
        """A doubt about the value at a pointer of the file, or about a part of the expression that stands there."""
        made = warning(self.source.file, code, at, f"{self.name}: {message}", help)
        excerpt = self.source.expressions.get(at)
        if node is None or excerpt is None:
            return made
        span, line = excerpt.span(node.start, node.end), excerpt.line_of(node.start)
        return Diagnostic(code, made.message, span, "warning", help, at, line)


def written(start: date, published: date | None) -> str:
    """A start as files are named by it."""
    return f"{start}@{published}" if published is not None else str(start)


def warning(file: YamlFile, code: str, at: str, message: str, help: str = "", key: bool = False) -> Diagnostic:
    span = file.key_span(at) if key else file.span(at)
    return Diagnostic(code, message, span, "warning", help, at, file.text.line(span.line))


def subjects(data: RulebookData, policies: Policies) -> Iterator[Subject]:
    """Every version that is no repeal, in the order of the codes."""
    folders = {folder.code: folder for folder in policies.rules}
    for rule in data.rules:
        sources = {(source.start, source.published): source for source in folders[rule.code].versions}
        for version in rule.versions:
            if not version.repealed:
                source = sources[version.start, version.published_on]
                yield Subject(rule, version, source, rule.end_of(version))
