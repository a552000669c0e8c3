"""Known findings: a report of an earlier run, whose findings pass when they are found again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ktt_policy.diagnostics import Diagnostic, ProblemError
from ktt_policy.masking import mask
from ktt_policy.report import SYSTEM_RULES, Baseline, Finding, Part, Report

HELP = "write one with `ktt-policy check … --output json=FILE`"
Identity = tuple[str, str, str]  # kind and key; also the file, of a document without a key


class Known(Struct, frozen=True):
    """What a report found: fingerprint → how many items have it, and → which rule found it in which document; with the
    file that it was read from, and the bytes of it."""

    counts: Counter[str]
    about: dict[str, tuple[str, Identity | None]]
    file: str
    text: bytes


def read_baseline(path: str) -> Known:
    """What a JSON report found. ProblemError when the file is not one."""
    if not path:
        raise _unfit("the path of the baseline is empty")
    try:
        text = Path(path).read_bytes()
        data = json.loads(text)
    except OSError as error:
        raise _unfit(f"cannot read the baseline `{path}`: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise _unfit(f"the baseline `{path}` is not JSON in UTF-8") from None
    findings = data.get("findings") if isinstance(data, dict) else None
    if not isinstance(findings, list):
        raise _unfit(f"the baseline `{path}` is no report: it has no `findings`")
    documents = data.get("documents")
    known = Known(Counter(), {}, path, text)
    for number, finding in enumerate(findings):
        entries = _entries(finding, documents if isinstance(documents, list) else [])
        if entries is None:
            raise _unfit(f"the baseline `{path}` is no report: finding {number} has no fingerprint or no outcome")
        for mark, count, document in entries:
            known.counts[mark] += count
            known.about[mark] = str(finding.get("code")), document
    return known


def _entries(finding: Any, documents: list[Any]) -> list[tuple[str, int, Identity | None]] | None:
    if not isinstance(finding, dict) or not isinstance(finding.get("outcome"), str):
        return None
    if finding["outcome"] not in ("violated", "undecided"):
        return []
    made: list[tuple[str, int, Identity | None]] = []
    parts = finding.get("parts") or [finding]
    for part in parts if isinstance(parts, list) else [None]:
        if not isinstance(part, dict):
            return None
        mark, count = part.get("fingerprint"), part.get("count", 1)
        if not isinstance(mark, str) or isinstance(count, bool) or not isinstance(count, int) or count < 1:
            return None
        made.append((mark, count, _document(finding, part.get("document"), documents)))
    return made


def _document(finding: dict[str, Any], said: Any, documents: list[Any]) -> Identity | None:
    """The document of an entry: a finding names it, a part has its number among those of the report."""
    place = finding.get("place")
    if isinstance(said, int) and 0 <= said < len(documents):
        said = place = documents[said]
    if not isinstance(said, dict) or not isinstance(place, dict):
        return None
    return _identity(str(said.get("kind")), str(said.get("key")), str(place.get("file")))


def _identity(kind: str, key: str, file: str) -> Identity:
    """By which a document is known again: its key, else its file."""
    return kind, key, "" if key else file


def _unfit(message: str) -> ProblemError:
    return ProblemError([Diagnostic("E112", message, help=HELP)])


def apply_baseline(report: Report, known: Known) -> None:
    """Mark what is known. Each entry covers as many items as it counts: one more of the same kind is new.

    Gone is what its rule did not find again in a document that was judged anew.
    """
    left = Counter(known.counts)
    findings: list[Finding] = []
    for finding in report.findings:
        findings.extend(_divided(finding, left) if finding.parts else [_marked(finding, left)])
    report.findings = [*(f for f in findings if not f.known), *(f for f in findings if f.known)]
    ran = {*report.counts, *SYSTEM_RULES}
    judged = {_identity(d.kind, mask(d.key), mask(d.file)) for d in report.documents if d.judged}
    gone = 0
    for fingerprint, count in left.items():
        code, document = known.about.get(fingerprint, ("", None))
        gone += count if code in ran and document in judged else 0
    report.baseline = Baseline(sum(f.count for f in findings if f.known), gone)


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
        message = {"fi": f"{message['fi']} ({count} tapausta)", "en": f"{message['en']} ({count} items)"}
    places = [part.place for part in parts[: len(finding.related) + 1]]
    return replace(finding, parts=parts, count=count, message=message, place=places[0], related=places[1:], known=known)
