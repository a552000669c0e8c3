"""`index.json`: rules, clauses and codes with their addresses, for other tools."""

from __future__ import annotations

import json
from typing import Any

from ktt_policy.diagnostics import CODES
from ktt_policy.docs.site import LANGUAGES, Site


def text(site: Site) -> str:
    """The index; addresses are relative to the site's root."""
    edition = site.edition
    data: dict[str, Any] = {
        "rulebook": site.data.id,
        "title": site.data.titles,
        "sha256": site.data.digest,
        "edition": edition.start.isoformat(),
        "on": site.on.isoformat(),
        "rules": [_rule(site, code) for code in site.rules],
        "clauses": [
            {
                "id": clause.id,
                "heading": clause.heading,
                "status": clause.status,
                "rules": site.rules_of_clause.get(clause.id, []),
                "pages": _pages(f"clauses/{clause.id}/"),
            }
            for clause in edition.clauses.values()
        ],
        "codes": {code: _pages(f"codes/#{code}") for code in CODES},
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _rule(site: Site, code: str) -> dict[str, Any]:
    rule = site.rules[code]
    version = site.version(rule)
    return {
        "code": code,
        "name": rule.name,
        "document": rule.kind,
        "title": version.title,
        "severity": version.severity,
        "in_force": rule.at(site.on) is not None,
        "versions": [v.start.isoformat() for v in rule.versions],
        "clauses": list(dict.fromkeys(ref.clause for ref in version.clauses)),
        "parameters": site.reads[code].parameters,
        "pages": _pages(f"rules/{code}/"),
    }


def _pages(path: str) -> dict[str, str]:
    return {lang: path if lang == "fi" else f"{lang}/{path}" for lang in LANGUAGES}
