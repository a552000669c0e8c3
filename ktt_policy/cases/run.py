"""Runs the `cases.yaml` of rules: base document + patch → the outcome of the rule, held against what is expected."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from ktt_policy.api import Rulebook
from ktt_policy.build.files import rule_folder
from ktt_policy.build.model import Parameter, Rule
from ktt_policy.build.parameters import Given, overlay
from ktt_policy.build.rule_files import RuleFiles
from ktt_policy.cases.case import Case, read_cases
from ktt_policy.cases.conditions import Conditions, RecordingJudge
from ktt_policy.diagnostics import Diagnostic, ProblemError, Span, has_errors
from ktt_policy.documents import Document
from ktt_policy.engine.run import Engine, Run
from ktt_policy.engine.verdicts import Verdict
from ktt_policy.expr.interpreter import Recorder
from ktt_policy.policies import Exceptions, read_exceptions
from ktt_policy.report import Report

WORST = ("violated", "undecided", "passed", "not applicable")


class Result(Struct, frozen=True):
    """One case run: `fault` says what was not as expected, empty when all was. `days`: see `judge`."""

    code: str
    name: str
    expect: str
    days: list[date]
    fault: str
    place: str


class Lack(Struct, frozen=True):
    """What a rule's cases leave out."""

    code: str
    what: str


class Never(Struct, frozen=True):
    """A condition that the cases of a rule never saw `never`."""

    code: str
    version: date
    at: str
    definition: str
    condition: str
    never: bool
    place: Span


class Tested(Struct):
    """What a run of the policy tests found.

    Conditions have `outcomes`, each true and false: `seen` of them were seen, `unseen` were not, and `excepted` cannot
    be, by the exceptions of their rules. `stale` are exceptions that are no longer needed.
    """

    results: list[Result]
    lacks: list[Lack]
    unseen: list[Never]
    stale: list[Diagnostic]
    problems: list[Diagnostic]
    outcomes: int = 0
    excepted: int = 0

    @property
    def seen(self) -> int:
        return self.outcomes - self.excepted - len(self.unseen)


def run_cases(book: Rulebook, fixtures: Path, only: list[str] | None = None) -> Tested:
    """All cases of the rulebook's rules, what they leave out, and what is wrong with their files."""
    tested = Tested([], [], [], [], [])
    files = RuleFiles(book.folder)
    for rule in book.data.rules:
        if only and rule.code not in only:
            continue
        cases, problems = read_cases(book, rule, fixtures)
        exceptions, found = read_exceptions(rule_folder(book.folder, rule), files.base)
        tested.problems.extend((*problems, *found))
        if problems:
            continue
        if not cases:
            tested.lacks.append(Lack(rule.code, "no cases"))
            continue
        conditions = Conditions(rule)
        made = []
        for case in cases:
            fault, days = judge(book, case, rule, book.data.parameters, conditions.note)
            made.append(Result(rule.code, case.name, case.data["expect"], days, fault, case.place))
        tested.results.extend(made)
        tested.lacks.extend(lack for case in cases if (lack := _unsound(rule, case)) is not None)
        tested.lacks.extend(_lacking(rule, [r for case, r in zip(cases, made, strict=True) if case.known_on is None]))
        _add_conditions(tested, rule, conditions, exceptions, files)
    return tested


def _add_conditions(
    tested: Tested, rule: Rule, conditions: Conditions, exceptions: Exceptions, files: RuleFiles
) -> None:
    """Conditions that were never true or never false, less those that the exceptions name."""
    unseen = conditions.unseen()
    tested.outcomes += 2 * len(conditions.all)
    for entry in exceptions.conditions:
        covered = [u for u in unseen if entry.covers(u.version.start, u.place, u.definition, u.text, u.value)]
        tested.excepted += len(covered)
        unseen = [u for u in unseen if u not in covered]
        if not covered:
            message = (
                f"{rule.code}: the exception is not needed: `{entry.text}` is no condition that is never {entry.never}"
            )
            tested.stale.append(exceptions.problem(entry, message))
    for one in unseen:
        span = files.part(rule, one.version, one.place, one.node, one.definition)
        tested.unseen.append(Never(rule.code, one.version.start, one.place, one.definition, one.text, one.value, span))


def _unsound(rule: Rule, case: Case) -> Lack | None:
    """A case whose documents break their schema shows what is undecided; any other proves nothing of sound ones."""
    broken = next((document for document in case.documents if document.faults), None)
    if broken is None or broken.faults is None or case.data["expect"] == "undecided":
        return None
    fault = broken.faults[0]
    return Lack(rule.code, f"sound documents for `{case.name}`: {fault.pointer or '/'}: {fault.message['en']}")


def _lacking(rule: Rule, results: list[Result]) -> list[Lack]:
    outcomes = {r.expect for r in results}
    lacks = [Lack(rule.code, f"no {what} case") for what in ("passed", "violated", "undecided") if what not in outcomes]
    days = {day for r in results for day in r.days}
    for before, version in zip((None, *rule.versions), rule.versions, strict=False):
        wanted = {"on the day": version.start, "on the day before": version.start - timedelta(days=1)}
        if version.repealed and before is not None and before.group_date is not None:
            del wanted["on the day"]  # a group has no day where no version tells it
        lacks += [
            Lack(rule.code, f"no case {what} of the version {version.start}")
            for what, day in wanted.items()
            if day not in days
        ]
    return lacks


def judge(
    book: Rulebook, case: Case, rule: Rule, parameters: tuple[Parameter, ...], recorder: Recorder | None = None
) -> tuple[str, list[date]]:
    """Judge a case by a rule: what is not as expected (nothing when all is), and the reference dates.

    The interpreter judges; `recorder` is told the value of every part of every expression. A case of what was known on
    a day is judged by the rule and the values of that day instead.
    """
    if case.fault:
        return case.fault, []
    if case.known_on is not None:
        book = book.as_known(case.known_on)
        known = next((r for r in book.data.rules if r.code == rule.code), None)
        if known is None:
            return f"the rule was not known on {case.known_on}", []
        rule, parameters = known, book.data.parameters
    if "parameters" in case.data:
        parameters, found = overlay(parameters, Given(case.data["parameters"], case.place), case.known_on)
        if has_errors(found):
            return str(ProblemError(found)), []
    run = Run(Engine(book.data, parameters, [rule]), case.on, bool(case.data.get("complete")))
    if recorder is not None:
        run.judge = RecordingJudge(run.context, recorder)
    report = run.check(case.documents, keep_all=True)
    subject = case.documents[0]
    assert run.kept is not None
    verdicts = [v for v in run.kept if v.document is subject or _has(v, subject)]
    days = sorted({v.day for v in verdicts if v.day is not None})
    return _compare(case.data, rule, verdicts, report), days


def _has(verdict: Verdict, document: Document) -> bool:
    return any(e.document is document for e in verdict.entries or ())


def _compare(case: dict[str, Any], rule: Rule, verdicts: list[Verdict], report: Report) -> str:
    if report.crashed:
        return report.problems[-1].message
    outcomes = {v.outcome for v in verdicts}
    outcome = next((o for o in WORST if o in outcomes), "not applicable")
    findings = [f for f in report.findings if f.code == rule.code]
    if outcome != case["expect"]:
        texts = "; ".join(f.message["en"] for f in findings) or "no finding"
        return f"expected {case['expect']}, came out {outcome} ({texts})"
    if "at" in case:
        places = sorted(f.place.pointer for f in findings if f.outcome == "violated")
        if places != sorted(case["at"]):
            return f"expected findings at {sorted(case['at'])}, found at {places}"
    for text in case.get("message", ()):
        if not any(text in message for f in findings for message in f.message.values()):
            return f"no message holds `{text}`: {'; '.join(m for f in findings for m in f.message.values())}"
    if "reason" in case:
        reasons = [r for f in findings if f.reason is not None for r in f.reason.values()]
        if not any(case["reason"] in r for r in reasons):
            return f"no reason holds `{case['reason']}`: {'; '.join(reasons)}"
    return ""
