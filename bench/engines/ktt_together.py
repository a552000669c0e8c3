"""This project's engine, bytes -> parse -> rules, many cases in one run: how a folder of invoices is checked."""

from bench.engines.ktt import prepare, together
from bench.rules import Violation

__all__ = ["judge_together", "prepare"]


def judge_together(raws: list[bytes]) -> list[set[Violation]]:
    """The violations of each case, of one run over all of them."""
    return together(raws, lambda run, read: run.judge_all(read))
