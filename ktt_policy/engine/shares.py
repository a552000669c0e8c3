"""One run on several processors: each process judges its share of the documents, and of the rules of the whole run.

The documents are read once and inherited by the processes; no group is ever divided, and what comes back is verdicts
and the findings made of them. Where processes cannot be forked, or one fails, its share is judged here.
"""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ktt_policy.build.model import Rule
from ktt_policy.documents import Document
from ktt_policy.engine.judge import Entry, Verdict
from ktt_policy.expr import typed
from ktt_policy.report import Finding

if TYPE_CHECKING:
    from ktt_policy.engine.run import Run

POSSIBLE = hasattr(os, "fork")


class Share(Struct, frozen=True):
    """What one process judges: every `of`-th document from the `number`-th by the rules that look at one document at
    a time, and all documents by `rules`, which look at the whole run."""

    number: int
    of: int
    rules: list[Rule]


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
        for verdicts, findings, counts, problems, crashed, crossing in pickle.loads(data):
            made = [_decoded(run, known, v) for v in verdicts]
            run.reported.extend(made)
            run.made.update((id(made[at]), finding) for at, finding in findings)
            _count(run, counts)
            run.problems.extend(problems)
            run.crashed = run.crashed or crashed
            _cross(run, [run.documents[i] for i in crossing])


def divided(rules: list[Rule], jobs: int) -> list[Share]:
    """Shares of about equal work: rules of the whole run by how much there is to evaluate, all others by documents."""
    shares: list[tuple[int, list[Rule]]] = [(0, []) for _ in range(jobs)]
    for rule in sorted(filter(_of_run, rules), key=_work, reverse=True):
        lightest = min(range(len(shares)), key=lambda i: shares[i][0])
        work, share = shares[lightest]
        share.append(rule)
        shares[lightest] = (work + _work(rule), share)
    return [Share(number, jobs, share) for number, (_, share) in enumerate(shares)]


def _of_run(rule: Rule) -> bool:
    return any(version.grouped and version.run for version in rule.versions)


def _work(rule: Rule) -> int:
    version = rule.versions[-1]
    nodes = sum(len(typed.walk(e.tree)) for e in version.judging)
    return nodes * (3 if version.iterators else 1)


def _start(run: Run, share: Share) -> tuple[int, int]:
    """A process that judges a share: its id, and the pipe on which it tells its verdicts."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.close(reading)
        index = {id(document): n for n, document in enumerate(run.documents)}
        told = [_told(part, index) for part in _judged(run, share)]
        with os.fdopen(writing, "wb") as file:
            file.write(pickle.dumps(told))
        status = 0
    finally:
        # Neither handlers nor buffers of the parent may run here.
        os._exit(status)


def _judged(run: Run, share: Share) -> list[Run]:
    """Runs of a share over the documents that another run has indexed."""
    every = run.context.by_kind
    some = {kind: documents[share.number :: share.of] for kind, documents in every.items()}
    chosen = [([r for r in run.rules if not _of_run(r)], some), (share.rules, every)]
    return [_part(run, rules, documents) for rules, documents in chosen if rules]


def _part(run: Run, rules: list[Rule], documents: dict[str, list[Document]]) -> Run:
    from ktt_policy.engine.run import Engine

    time = run.engine.time
    part = Engine(run.data, tuple(time.parameters.values()), rules).run(
        run.context.today, run.context.complete, compiled=True
    )
    part.documents = run.documents
    part.has_context = run.has_context
    part.context.take(run.context)
    part.judge_documents(documents)
    if run.tells:
        part.made = {id(verdict): finding for verdict, finding in part.violations()}
    return part


def _told(part: Run, index: dict[int, int]) -> tuple[Any, ...]:
    """What has become of a run, as data."""
    at = {id(verdict): n for n, verdict in enumerate(part.reported)}
    return (
        [_encoded(v, index, part.made) for v in part.reported],
        [(at[verdict], finding) for verdict, finding in part.made.items()],
        dict(part.counts), part.problems, part.crashed, [index[id(d)] for d in part.crossing or ()],
    )  # fmt: skip


def _add(run: Run, parts: list[Run]) -> None:
    for part in parts:
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
