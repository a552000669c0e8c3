"""TAP 14: a test point for each rule on each document. Undecided is `not ok`, and no directive excuses it.

What the baseline knows is `not ok … # TODO`, which does not fail a harness.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ktt_policy.report import Report
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import Item, Test, because, document_name, tests, titles, troubles
from ktt_policy.reporters.words import WORDS


def render(report: Report, settings: Settings) -> str:
    words, called = WORDS[settings.lang], titles(report, settings.lang)
    points = tests(report, settings.lang)
    unread = [t for t in troubles(report, settings.lang) if t.severity == "error"]
    lines = ["TAP version 14", f"1..{len(points) + len(unread)}"]
    for number, test in enumerate(points, 1):
        document = document_name(report.documents[test.document])
        name = escape_description(f"{test.code} {called.get(test.code, '')} - {document}")
        lines += _point(number, name, test, words)
    for number, t in enumerate(unread, len(points) + 1):
        name = escape_description(f"{t.code} {words['unread']}: {t.place}".rstrip(": "))
        lines.append(f"not ok {number} - {name}")
        lines += _yaml([{"outcome": "could not check", "message": t.message, "help": t.help, "at": str(t.place)}])
    for t in troubles(report, settings.lang):
        if t.severity != "error":
            lines.append(f"# {words[t.kind]} {t.code}: {t.told}")
    if not points and not unread:
        lines[1] = f"1..0 # SKIP {words['no findings']}"
    return "\n".join(lines) + "\n"


def _point(number: int, name: str, test: Test, words: dict[str, str]) -> Iterator[str]:
    status = test.status
    if status == "passed":
        yield f"ok {number} - {name}"
    elif status == "not applicable":
        yield f"ok {number} - {name} # SKIP {words['not applicable']}"
    else:
        reasons = "".join(dict.fromkeys(because(i, words) for i in test.items))
        todo = f" # TODO {words['known']}{escape_description(reasons)}" if status == "known" else ""
        yield f"not ok {number} - {name}{todo}"
        yield from _yaml([_finding(i) for i in test.items])


def _finding(i: Item) -> dict[str, object]:
    return {
        "outcome": i.status,
        "severity": i.severity,
        "message": i.message,
        "clauses": [clause for clause, _, _ in i.clauses],
        "at": {"file": i.place.file, "line": i.place.line, "column": i.place.column, "pointer": i.place.pointer},
        "count": i.count,
        **({"accepted": i.accepted} if i.accepted else {}),
    }


def _yaml(findings: list[dict[str, object]]) -> Iterator[str]:
    """A YAML diagnostic block, its values written as JSON, which YAML reads."""
    yield "  ---"
    yield "  findings:"
    for finding in findings:
        mark = "- "
        for key, value in finding.items():
            yield f"    {mark}{key}: {json.dumps(value, ensure_ascii=False)}"
            mark = "  "
    yield "  ..."


def escape_description(text: str) -> str:
    return text.replace("\\", "\\\\").replace("#", "\\#")
