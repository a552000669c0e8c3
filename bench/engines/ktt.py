"""This project's engine: bytes -> parse -> rules. The slot is empty until the engine exists."""

from bench.rules import Violation


def prepare() -> None:
    raise NotImplementedError("the project's engine is not connected yet")


def judge(raw: bytes) -> set[Violation]:
    raise NotImplementedError
