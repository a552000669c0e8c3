"""This project's engine, the whole path: bytes -> parse -> schema -> rules -> report with messages and values."""

from ktt_policy.documents import read_bytes

from bench.engines import ktt
from bench.rules import Violation


def prepare() -> None:
    ktt.prepare()


def judge(raw: bytes) -> set[Violation]:
    engine, reader = ktt._ready["engine"], ktt._ready["reader"]
    run = ktt.Run(engine, ktt.ON, complete=True, compiled=True)
    report = run.check(read_bytes(raw, "case", reader, True))
    assert len(report.findings) >= len([v for v in run.reported if v.outcome == "violated"])
    found: set[Violation] = set()
    for verdict in run.reported:
        if verdict.outcome == "violated":
            found.update(ktt.violations(verdict.rule.code, verdict))
    return found
