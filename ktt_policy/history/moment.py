"""A rulebook as of one day: every rule and parameter as it stands then, for documents of any date."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from ktt_policy.build.model import Parameter, ParameterValue, RulebookData
from ktt_policy.diagnostics import Diagnostic, ProblemError

ALWAYS = date.min


def moment(data: RulebookData, day: date) -> RulebookData:
    """The rulebook of a day, in force without end in both directions: it judges documents as if their dates fell there.

    Raises ProblemError when no edition is in force on the day.
    """
    edition = data.edition_at(day)
    if edition is None:
        first = min(e.start for e in data.editions)
        help = f"the first edition of `{data.id}` is in force from {first}"
        raise ProblemError([Diagnostic("E501", f"no edition is in force on {day}", help=help)])
    rules = []
    for rule in data.rules:
        version = rule.at(day)
        if version is not None:
            rules.append(replace(rule, versions=(replace(version, start=ALWAYS),)))
    parameters = tuple(replace(p, values=_only(p, day)) for p in data.parameters)
    return replace(data, editions=(replace(edition, start=ALWAYS),), parameters=parameters, rules=tuple(rules))


def _only(parameter: Parameter, day: date) -> tuple[ParameterValue, ...]:
    begun = [v for v in parameter.values if v.start <= day]
    return (replace(begun[-1], start=ALWAYS),) if begun else ()
