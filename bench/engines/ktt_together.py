"""This project's engine, bytes -> parse -> rules, many cases in one run: how a folder of invoices is checked."""

from bench.engines.ktt import judge_together, prepare

__all__ = ["judge_together", "prepare"]
