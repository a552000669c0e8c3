"""One JSON object a line, for streams and logs: `run`; `document`, `finding`, `problem`, `note`, `rule`; `summary`.

The lines keep `#/$defs/line` of `schemas/report.schema.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ktt_policy.report import Report
from ktt_policy.reporters import Settings
from ktt_policy.reporters.json_ import (
    document_data,
    encode,
    finding_data,
    head_data,
    masked,
    note_data,
    problem_data,
    quiet,
    rules_data,
    summary_data,
)  # fmt: skip


def render(report: Report, settings: Settings) -> str:
    return "".join(quiet(encode(line)) + "\n" for line in _lines(report, settings))


def _lines(report: Report, settings: Settings) -> Iterator[dict[str, Any]]:
    yield masked({"type": "run", **head_data(report, settings.lang)})
    for document in report.documents:
        yield {"type": "document", **document_data(document)}
    for finding in (*report.findings, *report.shown):
        yield masked({"type": "finding", **finding_data(finding, settings.lang)})
    for problem in report.problems:
        yield masked({"type": "problem", **problem_data(problem)})
    for note in report.notes:
        yield masked({"type": "note", **note_data(note, settings.lang)})
    for code, counts in rules_data(report).items():
        yield {"type": "rule", "code": code, **counts}
    yield {"type": "summary", **summary_data(report), "exit_code": settings.exit_code}
