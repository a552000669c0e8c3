"""What goes wrong over time: versions without effect or by other dates, values that begin too late or are lost, clauses
that end too early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from ktt_policy.build.model import RulebookData, Version
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import typed as t
from ktt_policy.lint.subject import Subject, subjects, warning, written
from ktt_policy.policies import Policies, RuleFolder, RuleVersion


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
            elif before is not None and _said(version) == _said(before) and not _between(rule, before, version):
                fault = f"says what the version of {written(before.start, before.published)} says"
                help = "take the later file out"
            elif over is not None and over <= first:
                fault = f"is over on {over}, when no edition is in force yet"
                help = f"the first edition begins on {first}"
            if fault:
                name = f"{rule.code} ({written(version.start, version.published)})"
                yield warning(version.file, "W506", "", f"{name} {fault}", help)
            before = version


def _between(rule: RuleFolder, before: RuleVersion, version: RuleVersion) -> bool:
    """True where one of the two was published later: as the rulebook was known before, the other one counted."""
    return (
        before.published != version.published
        and before.start != version.start
        and any(
            other is not before and other is not version and other.start <= max(before.start, version.start)
            for other in rule.versions
        )
    )


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


def lost_keys(data: RulebookData, policies: Policies) -> Iterator[Diagnostic]:
    """W505: a key that a table had, and from some day on has no more."""
    for parameter in data.known_on(None).parameters:
        values = [v for v in parameter.values if isinstance(v.value, dict)] if parameter.by else []
        for before, after in pairwise(values):
            for key in before.value.keys() - after.value.keys():
                file, start = policies.parameters[parameter.name], written(after.start, None)
                at = next((f"/values/{k}" for k in file.data["values"] if k.startswith(start)), "/values")
                message = f"`{parameter.name}` has no entry `{key}` from {start} on; it had one before"
                yield warning(
                    file, "W505", at, message, "a value stands whole: give the entry, or null if it ends", key=True
                )


def dated_otherwise(data: RulebookData, policies: Policies) -> Iterator[Diagnostic]:
    """W509: what lies in the days of neither version, each by its own date, is judged by none, and some by both."""
    for subject, before in _successors(data, policies):
        now, then = (_goes_by(version) for version in (subject.version, before))
        if now != then:
            at = "/group_date" if subject.version.group_date is not None else "/date"
            by = "goes by another date than" if now[:2] != then[:2] else "gathers its items by other keys or scope than"
            message = f"{by} the version of {before.start}: an item may be judged by neither of them, or by both"
            help = "keep it; or repeal this rule, and give the amended one a code of its own"
            yield subject.warning("W509", at, message, help)


def _successors(data: RulebookData, policies: Policies) -> Iterator[tuple[Subject, Version]]:
    """Each version with the one that it takes over from."""
    last: tuple[str, Version] | None = None
    for subject in subjects(data, policies):
        if last is not None and last[0] == subject.rule.code:
            yield subject, last[1]
        last = subject.rule.code, subject.version


def _goes_by(version: Version) -> tuple[Any, ...]:
    """The reference date of a version; with `group_date` what it knows a group by, too, as the other versions must."""
    date, group_date = (x and t.key(x.tree) for x in (version.date, version.group_date))
    known_by = [(name, t.key(e.tree)) for name, e in version.group_by], version.run
    return date, group_date, known_by if group_date is not None else None


def without_clause(subject: Subject, data: RulebookData) -> Iterator[Diagnostic]:
    """W507: a version that goes on under an edition from which its clause has gone, or where it has another number."""
    known = data.known_on(None)
    for i, ref in enumerate(subject.version.clauses):
        read = known.edition_of(ref.clause, subject.version.start)
        for edition in known.editions if read is not None else ():
            goes_on = edition.start > subject.version.start and (subject.end is None or subject.end > edition.start)
            new = edition.new_id(read.clauses[ref.clause], read) if read is not None and goes_on else None
            if goes_on and (new is not None or ref.clause not in edition.clauses):
                fault = "is another one" if ref.clause in edition.clauses else "is not"
                message = f"clause {ref.clause} {fault} in the edition of {edition.start}, and the version goes on"
                under = f"clause {new}, which says the same" if new is not None else "its new clause"
                help = f"add `{edition.start}.yaml`: the rule under {under}, or `repealed: true`"
                yield subject.warning("W507", f"/clauses/{i}", message, help)
                break
