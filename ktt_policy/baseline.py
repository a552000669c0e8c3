"""Known findings: a report of an earlier run, whose findings pass when they are found again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ktt_policy.diagnostics import Diagnostic, ProblemError
from ktt_policy.report import Baseline, Finding, Part, Report

HELP = "write one with `ktt-policy check … --output json=FILE`"


def read_baseline(path: str) -> Counter[str]:
    """Fingerprint → how many items have it, of a JSON report. ProblemError when the file is not one."""
    try:
        data = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise _unfit(f"cannot read the baseline `{path}`: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise _unfit(f"the baseline `{path}` is not JSON in UTF-8") from None
    findings = data.get("findings") if isinstance(data, dict) else None
    if not isinstance(findings, list):
        raise _unfit(f"the baseline `{path}` is no report: it has no `findings`")
    known: Counter[str] = Counter()
    for number, finding in enumerate(findings):
        entries = _entries(finding)
        if entries is None:
            raise _unfit(f"the baseline `{path}` is no report: finding {number} has no fingerprint or no outcome")
        for mark, count in entries:
            known[mark] += count
    return known


def _entries(finding: Any) -> list[tuple[str, int]] | None:
    if not isinstance(finding, dict) or not isinstance(finding.get("outcome"), str):
        return None
    if finding["outcome"] not in ("violated", "undecided"):
        return []
    made = []
    parts = finding.get("parts") or [finding]
    for part in parts if isinstance(parts, list) else [None]:
        mark, count = (part.get("fingerprint"), part.get("count", 1)) if isinstance(part, dict) else (None, 1)
        if not isinstance(mark, str) or isinstance(count, bool) or not isinstance(count, int) or count < 1:
            return None
        made.append((mark, count))
    return made


def _unfit(message: str) -> ProblemError:
    return ProblemError([Diagnostic("E112", message, help=HELP)])


def apply_baseline(report: Report, known: Counter[str]) -> None:
    """Mark what is known. Each entry covers as many items as it counts: one more of the same kind is new."""
    left = Counter(known)
    findings: list[Finding] = []
    for finding in report.findings:
        findings.extend(_divided(finding, left) if finding.parts else [_marked(finding, left)])
    report.findings = [*(f for f in findings if not f.known), *(f for f in findings if f.known)]
    report.baseline = Baseline(sum(f.count for f in findings if f.known), sum(left.values()))


def _marked(finding: Finding, left: Counter[str]) -> Finding:
    if left[finding.fingerprint] < finding.count:
        return finding
    left[finding.fingerprint] -= finding.count
    return replace(finding, known=True)


def _divided(finding: Finding, left: Counter[str]) -> list[Finding]:
    """An undecided finding, in what is new of it and what is known."""
    new: list[Part] = []
    old: list[Part] = []
    for part in finding.parts:
        count = min(part.count, left[part.fingerprint])
        left[part.fingerprint] -= count
        if count:
            old.append(replace(part, count=count))
        if count < part.count:
            new.append(replace(part, count=part.count - count))
    return divided(finding, new, old)


def divided(finding: Finding, new: list[Part], old: list[Part]) -> list[Finding]:
    """An undecided finding as two: of the parts that are new, and of those that are known."""
    if not old or not new:
        return [replace(finding, known=not new)]
    return [_of_parts(finding, new, False), _of_parts(finding, old, True)]


def _of_parts(finding: Finding, parts: list[Part], known: bool) -> Finding:
    count = sum(part.count for part in parts)
    assert finding.reason is not None
    message = dict(finding.reason)
    if count > 1:
        message = {"fi": f"{message['fi']} ({count} kohtaa)", "en": f"{message['en']} ({count} items)"}
    places = [part.place for part in parts[: len(finding.related) + 1]]
    return replace(finding, parts=parts, count=count, message=message, place=places[0], related=places[1:], known=known)
