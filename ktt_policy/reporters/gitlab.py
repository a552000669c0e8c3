"""GitLab's code quality report. Fingerprints are unique within it, as GitLab shows only one of equal ones."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from ktt_policy.report import Report, fingerprint
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import At, Item, because, items, relative, troubles
from ktt_policy.reporters.words import WORDS


def render(report: Report, settings: Settings) -> str:
    words = WORDS[settings.lang]
    seen: Counter[str] = Counter()
    issues = []
    for t in troubles(report, settings.lang):
        description = f"{words[t.kind]}: {t.told}"
        mark = fingerprint(t.code, t.place.file, t.message)
        issues.append(_issue(t.code, description, "blocker" if t.severity == "error" else "minor", mark, t.place, seen))
    for i in items(report, settings.lang):
        issues.append(_issue(i.code, _description(i, words), severity(i), i.fingerprint, i.place, seen))
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def severity(i: Item) -> str:
    if i.status == "undecided":
        return "critical"
    if i.status == "violated":
        return "major" if i.severity == "error" else "minor"
    return "info"


def _description(i: Item, words: dict[str, str]) -> str:
    told = i.told if i.status == "violated" else f"{words[i.status]}: {i.told}{because(i, words)}"
    return f"{told} [{i.cited}]" if i.clauses else told


def _issue(code: str, description: str, level: str, mark: str, place: At, seen: Counter[str]) -> dict[str, Any]:
    seen[mark] += 1
    if seen[mark] > 1:
        mark = fingerprint(mark, str(seen[mark]))
    return {
        "description": description,
        "check_name": code,
        "fingerprint": mark,
        "severity": level,
        "location": {
            "path": relative(place.file) if place.file else ".",
            "positions": {
                "begin": {"line": place.line or 1, "column": place.column or 1},
                "end": {"line": place.end_line or 1, "column": place.end_column or 1},
            },
        },
    }
