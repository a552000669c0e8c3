"""One run on several processors: each process judges its share of the rules over all the documents.

The documents are read once and inherited by the processes; no group is ever divided, and what comes back is verdicts
and the findings made of them. Where processes cannot be forked, or one fails, its share is judged here.
"""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any

from ktt_policy.build.model import Rule
from ktt_policy.engine.judge import Entry, Verdict
from ktt_policy.expr import typed
from ktt_policy.report import Finding

if TYPE_CHECKING:
    from ktt_policy.engine.run import Run

POSSIBLE = hasattr(os, "fork")


def judge_in_shares(run: Run, jobs: int) -> None:
    """Judge the documents of a run with `jobs` processes, this one included; the outcome is that of one process."""
    shares = divided(run.rules, jobs)
    started = [(share, *_start(run, share)) for share in shares[1:]]
    _add(run, _judged(run, shares[0]))
    known = {(rule.code, version.start): (rule, version) for rule in run.rules for version in rule.versions}
    for share, process, pipe in started:
        with os.fdopen(pipe, "rb") as file:
            data = file.read()
        _, status = os.waitpid(process, 0)
        if status != 0:
            _add(run, _judged(run, share))
            continue
        # From a process that this one has forked: as much to be trusted as itself.
        verdicts, findings, counts, problems, crashed, crossing = pickle.loads(data)
        made = [_decoded(run, known, v) for v in verdicts]
        run.reported.extend(made)
        run.made.update((id(made[at]), finding) for at, finding in findings)
        _count(run, counts)
        run.problems.extend(problems)
        run.crashed = run.crashed or crashed
        _cross(run, [run.documents[i] for i in crossing])


def divided(rules: list[Rule], jobs: int) -> list[list[Rule]]:
    """The rules in shares of about equal work, by how much there is to evaluate; none is empty."""
    shares: list[tuple[int, list[Rule]]] = [(0, []) for _ in range(min(jobs, len(rules)))]
    for rule in sorted(rules, key=_work, reverse=True):
        lightest = min(range(len(shares)), key=lambda i: shares[i][0])
        work, share = shares[lightest]
        share.append(rule)
        shares[lightest] = (work + _work(rule), share)
    return [share for _, share in shares]


def _work(rule: Rule) -> int:
    version = rule.versions[-1]
    nodes = sum(len(typed.walk(e.tree)) for e in version.judging)
    return nodes * (3 if version.iterators else 1)


def _start(run: Run, share: list[Rule]) -> tuple[int, int]:
    """A process that judges a share: its id, and the pipe on which it tells its verdicts."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.close(reading)
        done = _judged(run, share)
        index = {id(document): n for n, document in enumerate(run.documents)}
        at = {id(verdict): n for n, verdict in enumerate(done.reported)}
        told = (
            [_encoded(v, index, done.made) for v in done.reported],
            [(at[verdict], finding) for verdict, finding in done.made.items()],
            dict(done.counts), done.problems, done.crashed, [index[id(d)] for d in done.crossing or ()],
        )  # fmt: skip
        with os.fdopen(writing, "wb") as file:
            file.write(pickle.dumps(told))
        status = 0
    finally:
        # Neither handlers nor buffers of the parent may run here.
        os._exit(status)


def _judged(run: Run, share: list[Rule]) -> Run:
    """A run of some rules over the documents that another run has indexed."""
    from ktt_policy.engine.run import Engine

    time = run.engine.time
    part = Engine(run.data, tuple(time.parameters.values()), share).run(
        run.context.today, run.context.complete, compiled=True
    )
    part.documents = run.documents
    part.has_context = run.has_context
    part.context.take(run.context)
    part.judge_documents()
    if run.tells:
        part.made = {id(verdict): finding for verdict, finding in part.violations()}
    return part


def _add(run: Run, part: Run) -> None:
    run.reported.extend(part.reported)
    run.made.update(part.made)
    _count(run, part.counts)
    run.problems.extend(part.problems)
    run.crashed = run.crashed or part.crashed
    _cross(run, part.crossing or [])


def _count(run: Run, counts: dict[str, dict[str, int]]) -> None:
    for code, outcomes in counts.items():
        for outcome, number in outcomes.items():
            run.counts[code][outcome] += number


def _cross(run: Run, documents: list[Any]) -> None:
    run.crossing = [*(run.crossing or ()), *documents]


def _encoded(v: Verdict, index: dict[int, int], made: dict[int, Finding]) -> tuple[Any, ...]:
    """A verdict as data. Its items are needed for a finding only: not where that is made."""
    entries = None
    if v.entries is not None and id(v) not in made:
        entries = [(index[id(e.document)], e.positions, e.day) for e in v.entries]
    return v.rule.code, v.version.start, v.outcome, index[id(v.document)], v.positions, v.day, v.reason, entries, v.keys


def _decoded(run: Run, known: dict[Any, Any], told: tuple[Any, ...]) -> Verdict:
    code, start, outcome, document, positions, day, reason, entries, keys = told
    rule, version = known[code, start]
    made = None
    if entries is not None:
        made = []
        for number, where, when in entries:
            there = run.documents[number]
            made.append(Entry(run.judge.item(rule, version, there, where), there, where, when))
    return Verdict(rule, version, outcome, run.documents[document], positions, day, reason, made, keys)
