"""This project's engine, the whole path, many cases in one run: how a folder of invoices is checked."""

from bench.engines.ktt import prepare, together
from bench.rules import Violation

__all__ = ["judge_together", "prepare"]


def judge_together(raws: list[bytes]) -> list[set[Violation]]:
    """The violations of each case, of one run over all of them and its report."""
    return together(raws, lambda run, read: run.check(read))
