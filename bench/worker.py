"""One engine in a process of its own: reads commands from stdin, answers on stdout, one JSON line each.

`compare` judges the cases of a set and counts what differs from what they were built to have. `time` judges
as many as fit into the given seconds. The process is bound to one core.
"""

import importlib
import importlib.metadata
import itertools
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from bench.rules import AMOUNT_RULES, Violation

# What `time` holds in memory of a set: more than any cache, less than all large cases for every engine at once.
TIMED_BYTES = 8_000_000
SHOWN = 3

# Engines that judge many cases in one run get so many at a time.
TOGETHER = 40

Judge = Callable[[list[bytes]], list[set[Violation]]]
Reply = dict[str, Any]
T = TypeVar("T")


def read_set(directory: Path, kind: str, size: str) -> Iterator[tuple[str, bytes, set[Violation]]]:
    expected = json.loads((directory / f"{kind}-{size}.expected.json").read_bytes())
    with (directory / f"{kind}-{size}.ndjson").open("rb") as file:
        for (name, violations), raw in zip(expected.items(), file, strict=True):
            yield name, raw.rstrip(b"\n"), {(rule, key) for rule, key in violations}


def batched(cases: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(cases)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def compare(judge: Judge, together: int, directory: Path, kind: str, size: str, limit: float) -> Reply:
    """All cases, violating ones first; a slow engine stops after `limit` seconds, with at least one judged."""
    ordered = sorted(read_set(directory, kind, size), key=lambda case: not case[2]) if kind == "mixed" else None
    wrong: Counter[str] = Counter()
    examples: list[str] = []
    begun, judged, wrong_cases, amounts = perf_counter(), 0, 0, 0
    for cases in batched(ordered or read_set(directory, kind, size), together):
        for (name, raw, expected), found in zip(cases, judge([raw for _, raw, _ in cases]), strict=True):
            difference = found ^ expected
            judged += 1
            # One verdict a line, a voucher and an invoice: the amount, the total value, the total.
            amounts += raw.count(b'"line_id":') + raw.count(b'"total_value":') + 1
            wrong_cases += bool(difference)
            for rule, _ in difference:
                wrong["amounts" if rule in AMOUNT_RULES else "others"] += 1
            strange = sorted(violation for violation in difference if violation[0] not in AMOUNT_RULES)
            examples += [f"{name}: rule {rule}, {key!r}" for rule, key in strange[: SHOWN - len(examples)]]
        if perf_counter() - begun > limit:
            break
    return {
        "judged": judged,
        "seconds": perf_counter() - begun,
        "wrong_cases": wrong_cases,
        "amount_verdicts": amounts,
        "wrong_amounts": wrong["amounts"],
        "wrong_others": wrong["others"],
        "examples": examples,
    }


class Timer:
    """Goes on where it stopped, so that every turn of a slow engine sees other cases."""

    def __init__(self, judge: Judge, together: int, directory: Path) -> None:
        self.judge = judge
        self.together = together
        self.directory = directory
        self.size = ""
        self.cases: Iterator[list[bytes]] = iter(())

    def load(self, size: str) -> None:
        loaded: list[bytes] = []
        for _, raw, _ in read_set(self.directory, "mixed", size):
            loaded.append(raw)
            if sum(map(len, loaded)) > TIMED_BYTES:
                break
        self.size, self.cases = size, itertools.cycle(batched(loaded, self.together))

    def time(self, size: str, seconds: float) -> Reply:
        if size != self.size:
            self.load(size)
        judge, done = self.judge, 0
        begun = perf_counter()
        until = begun + seconds
        # One reading of the clock a call: nothing beside the work of the fastest engine here.
        for raws in self.cases:
            judge(raws)
            done += len(raws)
            if (now := perf_counter()) >= until:
                break
        return {"cases": done, "seconds": now - begun}


def start(engine: str) -> tuple[Judge | None, int, Reply]:
    """What judges cases, and how many at a time."""
    try:
        module = importlib.import_module(f"bench.engines.{engine}")
        module.prepare()
    except ModuleNotFoundError as error:
        return None, 0, {"absent": f"not installed ({error.name})"}
    except NotImplementedError as error:
        return None, 0, {"absent": str(error)}
    package = getattr(module, "PACKAGE", "")
    reply = {"version": f"{package} {importlib.metadata.version(package)}" if package else ""}
    if hasattr(module, "judge_together"):
        return module.judge_together, TOGETHER, reply
    one = module.judge
    return lambda raws: [one(raws[0])], 1, reply


def main() -> None:
    engine, directory, core = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if core >= 0 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    # Some runtimes print; what they print must not get into the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    judge, together, reply = start(engine)
    print(json.dumps(reply), file=answers, flush=True)
    if judge is None:
        return
    timer = Timer(judge, together, directory)
    for command in sys.stdin:
        what, *arguments = json.loads(command)
        try:
            reply = timer.time(*arguments) if what == "time" else compare(judge, together, directory, *arguments)
        except Exception as error:  # an engine's own refusal is a result, whatever its type
            reply = {"error": " ".join(str(error).split())[:200] or type(error).__name__}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
