"""This project's engine, bytes -> parse -> rules: verdicts and their places, no report.

The rules are those of `bench/rulebook`. The documents are held against their whole schemas on the way: the decoder does it
while it reads.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

from ktt_policy import Rulebook
from ktt_policy.documents import read_bytes
from ktt_policy.engine.run import Engine, Run
from ktt_policy.engine.verdicts import Verdict
from ktt_policy.expr.values import CONTEXT
from ktt_policy.schemas.records import Reader

from bench.rules import CEILINGS, Violation

RULEBOOK = Path(__file__).parent.parent / "rulebook"
ON = date(2026, 12, 31)
_ready: dict[str, Any] = {}


def prepare() -> None:
    ceilings: dict[str, dict[str, Decimal]] = {}
    for service, steps in CEILINGS.items():
        for start, amount in steps:
            ceilings.setdefault(start, {})[service] = Decimal(amount)
    book = Rulebook.load(RULEBOOK)
    _ready["engine"] = book.engine({"ceilings": ceilings})
    _ready["reader"] = book.reader


def judge(raw: bytes) -> set[Violation]:
    run, reader = new_run(), _ready["reader"]
    with localcontext(CONTEXT):
        run.judge_all(read_bytes(raw, "case", reader, True))
    return {violation(verdict) for verdict in run.reported}


def new_run() -> Run:
    engine: Engine = _ready["engine"]
    return Run(engine, ON, complete=True, compiled=True)


def together(raws: list[bytes], judged: Callable[[Run, Iterable[Any]], object]) -> list[set[Violation]]:
    """The violations of each case, of one run over all of them."""
    run = new_run()
    reader: Reader = _ready["reader"]
    with localcontext(CONTEXT):
        judged(run, (d for n, raw in enumerate(raws) for d in read_bytes(raw, str(n), reader, True)))
    found: list[set[Violation]] = [set() for _ in raws]
    for verdict in run.reported:
        found[int(verdict.document.file)].add(violation(verdict))
    return found


def violation(verdict: Verdict) -> Violation:
    """A verdict as the bench's rule and key. One that is undecided must not get here unseen: no case has reason for it."""
    if verdict.outcome != "violated":
        raise ValueError(f"{verdict.rule.code} is {verdict.outcome}: {verdict.reason}")
    document = verdict.document
    if verdict.keys:
        key = "|".join(map(str, verdict.keys))
    elif verdict.positions:
        key = document.record.lines[verdict.positions[0]].line_id
    else:
        key = document.key if document.kind == "voucher" else ""
    return int(verdict.rule.code.removeprefix("B")), key
