"""SARIF 2.1.0: for code scanning. One rule a policy; undecided results are `open`, which is not `pass`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ktt_policy.inputs import LINES
from ktt_policy.report import Report, RuleInfo
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import At, Item, Trouble, cited, items, noted, relative, safe, troubles

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
KINDS = {"violated": "fail", "undecided": "open", "passed": "pass", "not applicable": "notApplicable"}
HOME = "https://ktt-policy.example"


def render(report: Report, settings: Settings) -> str:
    rules = report.rules
    index = {rule.code: number for number, rule in enumerate(rules)}
    told = items(report, settings.lang)
    run = {
        "tool": {
            "driver": {
                "name": "ktt-policy",
                "version": report.tool.rpartition(" ")[2],
                "informationUri": HOME,
                "language": settings.lang,
                "rules": [_rule(rule, settings.lang) for rule in rules],
            }
        },
        "automationDetails": {"id": f"ktt-policy/{report.rulebook}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, settings)],
        "artifacts": _artifacts(report),
        "results": [_result(i, index, report.baseline is not None) for i in told],
        "properties": {
            "rulebook": report.rulebook,
            "rulebookDigest": report.digest,
            "on": report.on.isoformat(),
            "complete": report.complete,
            "counts": {outcome.replace(" ", "_"): n for outcome, n in report.totals.items()},
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: RuleInfo, lang: str) -> dict[str, Any]:
    title, explanation = safe(rule.title.get(lang, rule.name)), safe(" ".join(rule.explanation.get(lang, "").split()))
    clauses = [f"{cited(c)}: {safe(c.heading.get(lang, ''))}" for c in rule.clauses]
    linked = [
        f"{f'[{cited(c)}]({c.docs})' if c.docs else cited(c)}: {safe(c.heading.get(lang, ''))}" for c in rule.clauses
    ]
    data: dict[str, Any] = {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": explanation or title},
        "help": {
            "text": "\n".join([explanation or title, *clauses]),
            "markdown": "\n\n".join([explanation or title, *linked]),
        },
        "defaultConfiguration": {"level": rule.severity},
        "properties": {
            "tags": [tag for tag in ("policy", rule.kind) if tag],
            "clauses": [cited(c) for c in rule.clauses],
            "precision": "very-high",
            "problem.severity": rule.severity,
        },
    }
    if rule.docs:
        data["helpUri"] = rule.docs
    if rule.version is not None:
        data["properties"]["version"] = rule.version.isoformat()
    return data


def _result(i: Item, index: dict[str, int], compared: bool) -> dict[str, Any]:
    fails = i.outcome == "violated"
    data: dict[str, Any] = {
        "ruleId": i.code,
        "kind": KINDS[i.outcome],
        "level": i.severity if fails else "none",
        "message": {"text": i.told},
        "locations": [_location(i.place)],
        "partialFingerprints": {"kttPolicy/v1": i.fingerprint},
        "properties": _properties(i),
    }
    if i.code in index:
        data["ruleIndex"] = index[i.code]
    if i.related:
        data["relatedLocations"] = [
            {"id": number, **_location(place), "message": {"text": place.pointer or str(place)}}
            for number, place in enumerate(i.related, 1)
        ]
    if compared:
        data["baselineState"] = "unchanged" if i.known else "new"
    if i.known:
        data["suppressions"] = [{"kind": "external", "status": "accepted"}]
        if i.accepted:
            data["suppressions"][0]["justification"] = i.accepted
    return data


def _properties(i: Item) -> dict[str, Any]:
    f = i.source
    data: dict[str, Any] = {"outcome": i.outcome, "document": i.document, "count": i.count}
    data["clauses"] = [clause for clause, _, _ in i.clauses]
    if f.reference_date is not None:
        data["referenceDate"] = f.reference_date.isoformat()
    if f.version is not None:
        data["ruleVersion"] = f.version.isoformat()
    if i.values:
        data["values"] = dict(i.values)
    if i.parameters:
        data["parameters"] = i.parameters
    return data


def _location(place: At) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.file)}
    if place.line:
        physical["region"] = {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        }
    data: dict[str, Any] = {"physicalLocation": physical}
    if place.pointer:
        data["logicalLocations"] = [{"fullyQualifiedName": place.pointer, "kind": "value"}]
    return data


def _artifact(file: str) -> dict[str, str]:
    path = relative(file)
    return {"uri": Path(path).as_uri() if Path(path).is_absolute() else quote(path)}


def _artifacts(report: Report) -> list[dict[str, Any]]:
    """The files that were checked. A document of a stream has a hash of its own, and the file none."""
    digests: dict[str, set[str]] = {}
    for document in report.documents:
        if document.judged:
            digests.setdefault(document.file, set()).add(document.sha256)
    made = []
    for file, found in digests.items():
        one: dict[str, Any] = {"location": _artifact(safe(file)), "roles": ["analysisTarget"]}
        if len(found) == 1 and not file.lower().endswith(LINES) and "" not in found:
            one["hashes"] = {"sha-256": next(iter(found))}
        made.append(one)
    return made


def _invocation(report: Report, settings: Settings) -> dict[str, Any]:
    return {
        "executionSuccessful": settings.exit_code != 2,
        "exitCode": settings.exit_code,
        "toolExecutionNotifications": [
            *(_notification(t) for t in troubles(report, settings.lang)),
            *({"level": "note", "message": {"text": note}} for note in noted(report, settings.lang)),
        ],
    }


def _notification(t: Trouble) -> dict[str, Any]:
    data: dict[str, Any] = {
        "descriptor": {"id": t.code},
        "level": t.severity,
        "message": {"text": t.told},
    }
    if t.place.file:
        data["locations"] = [_location(t.place)]
    return data
