"""This project's engine, the whole path: bytes -> parse -> schema -> rules -> report with messages and values."""

from ktt_policy.documents import read_bytes

from bench.engines import ktt
from bench.engines.ktt import prepare
from bench.rules import Violation

__all__ = ["judge", "prepare"]


def judge(raw: bytes) -> set[Violation]:
    run = ktt.new_run()
    report = run.check(read_bytes(raw, "case", ktt._ready["reader"], True))
    assert len(report.findings) == len(run.reported)
    return {ktt.violation(verdict) for verdict in run.reported}
