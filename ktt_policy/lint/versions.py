"""What goes wrong over time: versions without effect, values that begin too late, clauses that end too early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ktt_policy.build.model import RulebookData
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.lint.subject import Subject, warning, written
from ktt_policy.policies import Policies, RuleVersion


def without_effect(data: RulebookData, policies: Policies) -> Iterator[Diagnostic]:
    """W506: a version that repeals nothing, that changes nothing, or that is over before the first edition begins."""
    first = min(edition.start for edition in data.editions)
    for rule in policies.rules:
        before = None
        for version in sorted(rule.versions, key=lambda v: (v.start, v.published or date.min)):
            over = min((other.start for other in rule.versions if other.start > version.start), default=None)
            fault = help = ""
            if version.data.get("repealed") and (before is None or before.data.get("repealed")):
                fault, help = "repeals a rule that is not in force", "take the file out, or correct its date"
            elif before is not None and _said(version) == _said(before):
                fault = f"says what the version of {written(before.start, before.published)} says"
                help = "take the later file out"
            elif over is not None and over <= first:
                fault = f"is over on {over}, when no edition is in force yet"
                help = f"the first edition begins on {first}"
            if fault:
                name = f"{rule.code} ({written(version.start, version.published)})"
                yield warning(version.file, "W506", "", f"{name} {fault}", help)
            before = version


def _said(version: RuleVersion) -> dict[str, Any]:
    return {key: value for key, value in version.data.items() if key != "published_on"}


def undated_parameters(subject: Subject, data: RulebookData, policies: Policies) -> Iterator[Diagnostic]:
    """W505: a parameter that has no value yet when the version that reads it comes into force.

    One without any value is meant to be given with `--parameters`; its interpretation says so.
    """
    known = {p.name: p for p in data.parameters}
    begins = max(subject.version.start, min(edition.start for edition in data.editions))
    for name in sorted(subject.version.all_parameters):
        parameter = known[name]
        if any(value.start <= begins for value in parameter.values):
            continue
        file = policies.parameters[name]
        if parameter.values:
            message = f"`{name}` has no value before {parameter.values[0].start}; {subject.name} reads it from {begins}"
            yield warning(file, "W505", "/values", message, f"give the value of {begins}, or null if there is none")
        elif parameter.interpretation is None:
            message = f"`{name}` has no value, and {subject.name} reads it"
            yield warning(file, "W505", "/values", message, "give one by date, or say in `interpretation` who gives it")


def without_clause(subject: Subject, data: RulebookData) -> Iterator[Diagnostic]:
    """W507: a version that goes on under an edition from which its clause has gone."""
    editions = data.known_on(None).editions
    for i, ref in enumerate(subject.version.clauses):
        for edition in editions:
            goes_on = edition.start > subject.version.start and (subject.end is None or subject.end > edition.start)
            if goes_on and ref.clause not in edition.clauses:
                message = f"clause {ref.clause} is not in the edition of {edition.start}, and the version goes on"
                holding = next((e for e in reversed(editions) if ref.clause in e.clauses), None)
                new = edition.new_id(holding.clauses[ref.clause], holding) if holding is not None else None
                under = f"clause {new}, which says the same" if new is not None else "its new clause"
                help = f"add `{edition.start}.yaml`: the rule under {under}, or `repealed: true`"
                yield subject.warning("W507", f"/clauses/{i}", message, help)
                break
