"""Where the files of a rule are in the folder of its rulebook."""

from __future__ import annotations

from pathlib import Path

from ktt_policy.build.model import Rule


def rule_folder(book: Path, rule: Rule) -> Path:
    return book / rule.kind / f"{rule.code}-{rule.name}"
