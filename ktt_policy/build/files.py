"""Where the files of a rule are in the folder of its rulebook."""

from __future__ import annotations

from pathlib import Path

from ktt_policy.build.model import Rule, Version


def rule_folder(book: Path, rule: Rule) -> Path:
    return book / rule.kind / f"{rule.code}-{rule.name}"


def version_file(book: Path, rule: Rule, version: Version) -> Path:
    """By the name that was read: a correction stands beside what it corrects, which starts on the same day."""
    return rule_folder(book, rule) / Path(version.file).name
