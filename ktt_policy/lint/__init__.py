"""What is wrong or doubtful in a rulebook, beyond what stops it from being built.

One module a kind of doubt: `registry` (clauses, parameters, cases), `versions` (what happens over time), `drafts`,
`messages`, `nulls` (comparisons with a stated null) and `conditions` (what can never be true, by `worlds`).
"""

from __future__ import annotations

from pathlib import Path

from ktt_policy.build.assemble import assemble
from ktt_policy.build.cache import digest_of
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.lint.conditions import conditions
from ktt_policy.lint.drafts import drafts
from ktt_policy.lint.messages import messages
from ktt_policy.lint.nulls import unguarded
from ktt_policy.lint.registry import (
    beside_rules,
    clauses_named_twice,
    unchecked_clauses,
    uncovered_clauses,
    unused_parameters,
)
from ktt_policy.lint.subject import subjects
from ktt_policy.lint.versions import (
    dated_otherwise,
    lost_keys,
    undated_parameters,
    without_clause,
    without_effect,
)
from ktt_policy.policies import read_policies


def lint(folder: Path) -> list[Diagnostic]:
    """All diagnostics of a rulebook's folder: those of the build, then the doubts."""
    policies, found = read_policies(folder)
    if policies is None:
        return found
    data, problems = assemble(policies, digest_of(folder))
    found.extend(problems)
    if data is None:
        return found
    found.extend(uncovered_clauses(data, policies))
    found.extend(unused_parameters(data, policies))
    found.extend(beside_rules(policies))
    found.extend(without_effect(data, policies))
    found.extend(lost_keys(data, policies))
    found.extend(dated_otherwise(data, policies))
    for subject in subjects(data, policies):
        found.extend(undated_parameters(subject, data, policies))
        found.extend(without_clause(subject, data))
        found.extend(unchecked_clauses(subject, data))
        found.extend(clauses_named_twice(subject))
        found.extend(drafts(subject))
        found.extend(messages(subject))
        found.extend(unguarded(subject))
        found.extend(conditions(subject, data))
    return found
