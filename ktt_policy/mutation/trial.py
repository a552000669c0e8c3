"""Tries every mutant of a rule on the rule's cases: killed when a case comes out otherwise than it expects."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from msgspec import Struct

from ktt_policy.api import Rulebook
from ktt_policy.build.files import rule_folder, version_file
from ktt_policy.build.model import Rule
from ktt_policy.build.rule_files import RuleFiles
from ktt_policy.cases.case import Case, read_cases
from ktt_policy.cases.run import judge
from ktt_policy.diagnostics import Diagnostic, Span
from ktt_policy.mutation.mutants import Mutant, mutants
from ktt_policy.policies import MutantException, read_exceptions


class Survivor(Struct, frozen=True):
    """A mutant that no case notices. `nth` counts those that read alike in one place, from 1."""

    mutant: Mutant
    nth: int
    place: Span


class Score(Struct):
    """What became of the mutants: `killed` of `total`, which does not count those listed as equivalent.

    `stale` are the listed ones that are no mutants, or that a case now notices; `problems` are rules that cannot be
    tried.
    """

    killed: int = 0
    total: int = 0
    equivalent: int = 0
    survivors: list[Survivor] = []
    stale: list[Diagnostic] = []
    problems: list[Diagnostic] = []

    @property
    def text(self) -> str:
        return f"{self.killed}/{self.total}"


def mutate(book: Rulebook, fixtures: Path, only: list[str] | None = None) -> Score:
    """The mutation score of the rulebook's rules, or of those named."""
    score = Score()
    files = RuleFiles(book.folder)
    for rule in book.data.rules:
        if only and rule.code not in only:
            continue
        cases, problems = read_cases(book, rule, fixtures)
        score.problems.extend(problems or _unfit(book, rule, cases))
        if not score.problems:
            _try(book, rule, cases, files, score)
    return score


def _unfit(book: Rulebook, rule: Rule, cases: list[Case]) -> list[Diagnostic]:
    """A rule whose cases fail as it stands: every mutant would seem killed."""
    for case in cases:
        fault, _ = judge(book, case, rule, book.data.parameters)
        if fault:
            message = f"{rule.code}: the case `{case.name}` fails without any mutation: {fault}"
            return [Diagnostic("E501", message, help="make the cases pass first")]
    return []


def _try(book: Rulebook, rule: Rule, cases: list[Case], files: RuleFiles, score: Score) -> None:
    exceptions, found = read_exceptions(rule_folder(book.folder, rule), files.base)
    score.problems.extend(found)
    listed = {_identity(e, e.nth): e for e in exceptions.mutants}
    alike: Counter[Any] = Counter()
    for mutant in mutants(book.data, rule):
        alike[_identity(mutant, 0)] += 1
        nth = alike[_identity(mutant, 0)]
        killed = _killed(book, mutant, cases)
        exception = listed.pop(_identity(mutant, nth), None)
        if exception is not None and not killed:
            score.equivalent += 1
            continue
        score.total += 1
        score.killed += killed
        if exception is not None:
            message = f"{rule.code}: a case notices the mutant that is listed as equivalent"
            score.stale.append(exceptions.problem(exception, message))
        elif not killed:
            score.survivors.append(Survivor(mutant, nth, _place(files, rule, mutant)))
    for exception in listed.values():
        score.stale.append(exceptions.problem(exception, f"{rule.code}: there is no such mutant"))


def _identity(one: Mutant | MutantException, nth: int) -> tuple[Any, ...]:
    return one.version, one.at, one.definition, one.original, one.mutated, nth


def _killed(book: Rulebook, mutant: Mutant, cases: list[Case]) -> bool:
    parameters = book.data.parameters if mutant.parameters is None else mutant.parameters
    return any(judge(book, case, mutant.rule, parameters)[0] for case in cases)


def _place(files: RuleFiles, rule: Rule, mutant: Mutant) -> Span:
    if mutant.parameters is not None:
        return files.parameter(mutant.at.partition(".")[2], mutant.pointer)
    version = next(v for v in rule.versions if v.start == mutant.version)
    if mutant.node is None:
        return files.value(version_file(files.book, rule, version), f"/{mutant.at}")
    return files.part(rule, version, mutant.at, mutant.node, mutant.definition)
