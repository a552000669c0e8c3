"""This project's engine, bytes -> parse -> rules: verdicts and their places, no report.

The documents are held against their schemas on the way: the decoder does it while it reads.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from ktt_policy import Rulebook
from ktt_policy.documents import read_bytes
from ktt_policy.engine.run import Engine, Run
from ktt_policy.expr.values import CONTEXT
from ktt_policy.schemas.records import Reader

from bench.rules import CEILINGS, Violation

RULES = {
    "I601": 1, "I602": 2, "I603": 3, "I303": 6, "I502": 9, "I611": 10, "V601": 11, "I610": 12,
}  # fmt: skip
SELECT = [*RULES, "I607", "I307"]
ON = date(2026, 12, 31)
_ready: dict[str, Any] = {}


def prepare() -> None:
    parameters: dict[str, dict[str, dict[str, Decimal]]] = {"ceilings": {}}
    for service, steps in CEILINGS.items():
        for start, amount in steps:
            parameters["ceilings"].setdefault(start, {})[service] = Decimal(amount)
    book = Rulebook.load()
    _ready["engine"] = book.engine(parameters, SELECT)
    _ready["reader"] = book.reader


def judge(raw: bytes) -> set[Violation]:
    engine: Engine = _ready["engine"]
    reader: Reader = _ready["reader"]
    run = Run(engine, ON, complete=True, compiled=True)
    with localcontext(CONTEXT):
        run.judge_all(read_bytes(raw, "case", reader, True))
    found: set[Violation] = set()
    for verdict in run.reported:
        if verdict.outcome == "violated":
            found.update(violations(verdict.rule.code, verdict))
    return found


def together(raws: list[bytes], judged: Callable[[Run, Iterable[Any]], object]) -> list[set[Violation]]:
    """The violations of each case, of one run over all of them."""
    reader: Reader = _ready["reader"]
    run = Run(_ready["engine"], ON, complete=True, compiled=True)
    with localcontext(CONTEXT):
        judged(run, (d for n, raw in enumerate(raws) for d in read_bytes(raw, str(n), reader, True)))
    found: list[set[Violation]] = [set() for _ in raws]
    for verdict in run.reported:
        if verdict.outcome == "violated":
            found[int(verdict.document.file)].update(violations(verdict.rule.code, verdict))
    return found


def violations(code: str, verdict: Any) -> list[Violation]:
    """A verdict of the shipped rulebook as the bench's rule and key; I607 is two of its rules."""
    if code in ("I602", "V601"):
        return [(RULES[code], verdict.document.key if code == "V601" else "")]
    if code == "I307":
        client, service, week = verdict.keys
        return [(7, f"{client}|{week}")] if service == "group_coaching" else [(8, f"{client}|{service}|{week}")]
    if verdict.keys:
        return [(RULES[code], "|".join(str(k) for k in verdict.keys))]
    invoice = verdict.document.record
    line = invoice.lines[verdict.positions[0]]
    if code != "I607":
        return [(RULES[code], line.line_id)]
    outside = not invoice.period.starts <= line.service_date <= invoice.period.ends
    made: list[Violation] = [(5, line.line_id)] if outside else []
    return made or [(4, line.line_id)]
