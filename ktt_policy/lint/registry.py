"""Clauses that nothing accounts for, parameters that nothing reads, rules that nothing proves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ktt_policy.build.model import RulebookData
from ktt_policy.coverage import fault_of
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import typed as t
from ktt_policy.lint.subject import end_of, expressions, message_expressions, warning
from ktt_policy.policies import Policies
from ktt_policy.source.json_ import pointer
from ktt_policy.timeline import Start


def uncovered_clauses(data: RulebookData, policies: Policies) -> Iterator[Diagnostic]:
    """W502, for each edition as it is known by now: only the rules in force at some time while it is count."""
    file = None
    data = data.known_on(None)
    ends: list[date | None] = [edition.start for edition in data.editions[1:]]
    for edition, end in zip(data.editions, [*ends, None], strict=True):
        file = policies.clauses.get(Start(edition.start, edition.published_on), file)
        cited: set[str] = set()
        for rule in data.rules:
            for version in rule.versions:
                over = end_of(rule, version)
                begun = end is None or version.start < end
                if begun and (over is None or over > edition.start) and not version.repealed:
                    cited.update(ref.clause for ref in version.clauses)
        for clause in edition.clauses.values():
            fault = fault_of(clause, cited)
            if not fault or file is None:
                continue
            if fault == "no rule":
                message = f"clause {clause.id} has the status `{clause.status}` and no rule names it"
                help = f"name it in the `clauses` of the rule that checks it ({edition.start} on), or say why none does"
            else:
                message = f"clause {clause.id} has neither a rule nor a reason"
                help = f"add a `reason`: why the status is `{clause.status}`"
            yield warning(file, "W502", "/clauses" + pointer(clause.id), message, help, key=True)


def unused_parameters(data: RulebookData, policies: Policies) -> Iterator[Diagnostic]:
    """W501."""
    used: set[str] = set()
    for rule in data.rules:
        for version in rule.versions:
            for checked in (*(e for _, e in expressions(version)), *message_expressions(version)):
                used.update(n.name for n in t.walk(checked.tree) if isinstance(n, t.Param))
    for parameter in data.parameters:
        if parameter.name not in used:
            file = policies.parameters[parameter.name]
            message = f"no rule reads the parameter `{parameter.name}`"
            yield warning(file, "W501", "", message, "use it or take it out")


def without_cases(policies: Policies) -> Iterator[Diagnostic]:
    """W504."""
    for rule in policies.rules:
        if not (rule.path / "cases.yaml").is_file():
            file = rule.versions[0].file
            yield warning(file, "W504", "", f"{rule.code} has no cases", "add `cases.yaml` beside its versions")
