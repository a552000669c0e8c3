"""Clauses that nothing accounts for, parameters that nothing reads, rules that nothing proves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ktt_policy.build.model import RulebookData
from ktt_policy.coverage import CHECKED, fault_of
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.lint.subject import Subject, warning
from ktt_policy.policies import Policies, base_of, read_exceptions, read_file
from ktt_policy.source.spans import pointer
from ktt_policy.source.yaml_ import YamlFile
from ktt_policy.timeline import Start


def uncovered_clauses(data: RulebookData, policies: Policies) -> Iterator[Diagnostic]:
    """W502, for each edition as it is known by now: the first day while it is in force on which a clause has a fault.

    The rules in force change only where a version starts; a repeal is one.
    """
    data = data.known_on(None)
    ends: list[date | None] = [edition.start for edition in data.editions[1:]]
    for edition, end in zip(data.editions, [*ends, None], strict=True):
        file = policies.clauses[Start(edition.start, edition.published_on)]
        starts = {v.start for rule in data.rules for v in rule.versions}
        days = [edition.start, *sorted(s for s in starts if edition.start < s and (end is None or s < end))]
        cited = {day: _cited(data, day) for day in days}
        for clause in edition.clauses.values():
            day, fault = next(((d, f) for d in days if (f := fault_of(clause, cited[d]))), (edition.start, ""))
            if not fault:
                continue
            if fault == "no rule":
                since = f"from {day} " if day > edition.start else ""
                message = f"clause {clause.id} has the status `{clause.status}` and {since}no rule names it"
                help = f"name it in the `clauses` of the rule that checks it ({day} on), or say why none does"
            else:
                message = f"clause {clause.id} has neither a rule nor a reason"
                help = f"add a `reason`: why the status is `{clause.status}`"
            yield warning(file, "W502", "/clauses" + pointer(clause.id), message, help, key=True)


def _cited(data: RulebookData, day: date) -> set[str]:
    """The clauses that rules in force on the day name."""
    versions = [version for rule in data.rules if (version := rule.at(day)) is not None]
    return {ref.clause for version in versions for ref in version.clauses}


def unchecked_clauses(subject: Subject, data: RulebookData) -> Iterator[Diagnostic]:
    """W510: a clause that a rule names, and that the registry says to be checked by none."""
    for i, ref in enumerate(subject.version.clauses):
        edition = data.known_on(None).edition_of(ref.clause, subject.version.start)
        clause = edition.clauses[ref.clause] if edition is not None else None
        if clause is not None and clause.status not in CHECKED:
            message = f"clause {clause.id} has the status `{clause.status}`, and the rule checks it"
            yield subject.warning(
                "W510", f"/clauses/{i}", message, "name the clause that is meant, or say `status: rule`"
            )


def clauses_named_twice(subject: Subject) -> Iterator[Diagnostic]:
    """W512: a clause that stands twice under the same condition, and so would in each finding."""
    seen: set[tuple[str, str]] = set()
    for i, ref in enumerate(subject.version.clauses):
        named = ref.clause, " ".join(ref.when.text.split()) if ref.when is not None else ""
        if named in seen:
            yield subject.warning("W512", f"/clauses/{i}", f"clause {ref.clause} is named twice", "take one out")
        seen.add(named)


def unused_parameters(data: RulebookData, policies: Policies) -> Iterator[Diagnostic]:
    """W501."""
    used = {name for rule in data.rules for version in rule.versions for name in version.all_parameters}
    for parameter in data.parameters:
        if parameter.name not in used:
            file = policies.parameters[parameter.name]
            message = f"no rule reads the parameter `{parameter.name}`"
            yield warning(file, "W501", "", message, "use it or take it out")


def beside_rules(policies: Policies) -> Iterator[Diagnostic]:
    """What is wrong with the cases and exceptions of rules, as files; W504, and W512 for names of cases."""
    base = base_of(policies.folder)
    for rule in policies.rules:
        yield from read_exceptions(rule.path, base)[1]
        path = rule.path / "cases.yaml"
        cases, found = read_file(path, "cases", base) if path.is_file() else (None, [])
        yield from found
        if not found and (cases is None or not cases.data["cases"]):
            file = rule.versions[0].file
            yield warning(file, "W504", "", f"{rule.code} has no cases", "add some to `cases.yaml` beside its versions")
        elif not found and cases is not None:
            yield from _cases_named_twice(cases)


def _cases_named_twice(cases: YamlFile) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for i, case in enumerate(cases.data["cases"]):
        if case["name"] in seen:
            message = f"two cases are named `{case['name']}`"
            yield warning(cases, "W512", f"/cases/{i}/name", message, "say what tells this one apart")
        seen.add(case["name"])
