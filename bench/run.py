"""Runs the engines side by side: first who is right, then how fast, as ratios to hand-written Python.

    python -m bench.run

Every engine has a process of its own on the same core; they take turns (A B C A B C ...), so that a machine that slows down
slows all of them. A ratio is the median over the turns of an engine's rate to the hand-written one's in the same turn.
"""

import argparse
import json
import os
import platform
import selectors
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench.generate import SETS, SIZES, write
from bench.report import Result, Standing, table

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = "handwritten"
WARM_UP = 0.3


def progress(text: str) -> None:
    """One line that overwrites itself, for whoever watches; nothing in a file or a log."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def engine_names() -> list[str]:
    """Every module of `engines` is one; the reference comes first, then this project's, then the peers."""
    names = [path.stem for path in (ROOT / "bench" / "engines").glob("[!_]*.py")]
    return sorted(names, key=lambda name: (not name.startswith(REFERENCE), not name.startswith("ktt"), name))


class Worker:
    """The process of one engine. One that answers too late is ended and started anew when it is asked again."""

    def __init__(self, engine: str, cases: Path, core: int) -> None:
        self.engine = engine
        self.command = [sys.executable, "-m", "bench.worker", engine, str(cases), str(core)]
        self.process: subprocess.Popen[str] | None = None
        self.log = (cases / f"{engine}.log").open("w+", encoding="utf-8")
        self.hello = self.start()

    def start(self) -> dict[str, Any]:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log
        )
        return self.answer(60)

    def ask(self, what: list[Any], timeout: float) -> dict[str, Any]:
        if self.process is None:
            self.start()
        if self.process is None or self.process.stdin is None:
            return {"error": "the process does not start again"}
        try:
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
        except OSError:  # it died in the meantime: its log says of what
            timeout = 1
        return self.answer(timeout)

    def answer(self, timeout: float) -> dict[str, Any]:
        process = self.process
        if process is None or process.stdout is None:
            return {"error": "no process"}
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(timeout):
                self.stop()
                return {"error": f"no answer within {timeout:.0f} s"}
        text = process.stdout.readline()
        if text:
            return dict(json.loads(text))
        self.stop()
        self.log.seek(0)
        return {"error": "the process ended: " + (self.log.read().strip().splitlines() or [""])[-1][:200]}

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


def compare(workers: list[Worker], size: str, options: argparse.Namespace) -> dict[str, Standing]:
    """Judges all sets of a size with every engine; a wrong reference ends the run, since all else is measured by it."""
    found: dict[str, Standing] = {}
    for worker in workers:
        standing = found[worker.engine] = Standing()
        for kind in SETS:
            progress(f"comparing {worker.engine} on {kind}/{size}")
            reply = worker.ask(["compare", kind, size, options.limit], options.limit * 2)
            if "error" in reply:
                standing.error = reply["error"]
                break
            standing.sets[kind] = reply
        if worker.engine == REFERENCE and (standing.error or standing.wrong()):
            raise SystemExit(f"the hand-written rules do not find what the {size} cases were built to have: {standing}")
    return found


def measure(
    workers: list[Worker], size: str, standings: dict[str, Standing], options: argparse.Namespace
) -> dict[str, list[float]]:
    """Cases a second, turn by turn. An engine that fails once is out, so that a place in the list is a turn."""
    rates: dict[str, list[float]] = {worker.engine: [] for worker in workers}
    for turn in range(-1, options.repeat):
        for worker in workers:
            standing = standings[worker.engine]
            if standing.error:
                continue
            progress(f"timing {size}, turn {turn + 1} of {options.repeat}: {worker.engine}")
            seconds = options.slice if turn >= 0 else WARM_UP
            reply = worker.ask(["time", size, seconds], options.limit * 2 + seconds)
            if "error" in reply:
                standing.error = f"{reply['error']} (while timed)"
            elif turn >= 0:
                rates[worker.engine].append(reply["cases"] / reply["seconds"])
    return rates


def results(standings: dict[str, Standing], rates: dict[str, list[float]]) -> list[Result]:
    reference = rates[REFERENCE]
    rows: list[Result] = []
    for engine, standing in standings.items():
        own = rates.get(engine, [])
        ratios = sorted(rate / base for rate, base in zip(own, reference, strict=False))
        rows.append(
            Result(
                engine=engine,
                standing=standing,
                rate=median(own) if own else None,
                ratio=median(ratios) if ratios else None,
                spread=(ratios[0], ratios[-1]) if ratios else None,
            )
        )
    return rows


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare rule engines on the twelve rules: right, and how fast.")
    parser.add_argument("--sizes", default=",".join(SIZES), help="some of: %(default)s")
    parser.add_argument("--cases", type=int, default=120, help="cases of each set and size (default %(default)s)")
    parser.add_argument("--repeat", type=int, default=7, help="turns (default %(default)s)")
    parser.add_argument("--engines", default=",".join(engine_names()), help="some of: %(default)s")
    parser.add_argument("--slice", type=float, default=0.5, help="seconds of a turn (default %(default)s)")
    parser.add_argument(
        "--limit",
        type=float,
        default=10.0,
        help="seconds for a slow engine to compare in (default %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--core", type=int, default=(os.cpu_count() or 1) - 1, help="-1: do not bind")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args(arguments)
    options.sizes = options.sizes.split(",")
    chosen = options.engines.split(",")
    for name, given, known in (("size", options.sizes, list(SIZES)), ("engine", chosen, engine_names())):
        if unknown := set(given) - set(known):
            parser.error(f"unknown {name}: {', '.join(sorted(unknown))} (known: {', '.join(known)})")
    options.engines = [REFERENCE, *(name for name in chosen if name != REFERENCE)]
    return options


def main() -> None:
    options = options_of()
    with tempfile.TemporaryDirectory(prefix="ktt-bench-") as directory:
        cases = Path(directory)
        workers = [Worker(name, cases, options.core) for name in options.engines]
        try:
            run(options, cases, workers)
        finally:
            for worker in workers:
                worker.stop()


def run(options: argparse.Namespace, cases: Path, workers: list[Worker]) -> None:
    present = []
    for worker in workers:
        missing = worker.hello.get("absent") or worker.hello.get("error")
        print(f"{worker.engine:<20} {missing or worker.hello['version'] or 'Python ' + platform.python_version()}")
        if not missing:
            present.append(worker)
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "options": {name: value for name, value in vars(options).items() if name not in ("json", "core")},
        "engines": {worker.engine: worker.hello for worker in workers},
        "sizes": {},
    }
    for size in options.sizes:
        progress(f"writing {size} cases")
        for kind in SETS:
            write(cases, kind, size, options.cases, options.seed)
        standings = compare(present, size, options)
        able = [worker for worker in present if not standings[worker.engine].error]
        rows = results(standings, measure(able, size, standings, options))
        progress("")
        print(f"\n{size}: {SIZES[size]} lines an invoice\n\n{table(rows)}", flush=True)
        report["sizes"][size] = [row.as_json() for row in rows]
    if growth := growth_of(report["sizes"]):
        print("\ncost of a line in the large case to that in the medium one: " + growth)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def growth_of(sizes: dict[str, list[dict[str, Any]]]) -> str:
    """Engine by engine: 1 where cost grows with the lines, more where it grows faster."""
    rates = {size: {row["engine"]: row["cases_per_second"] for row in rows} for size, rows in sizes.items()}
    medium, large = rates.get("medium", {}), rates.get("large", {})
    lines = SIZES["medium"] / SIZES["large"]
    both = [engine for engine in medium if medium[engine] and large.get(engine)]
    return ", ".join(f"{engine} {medium[engine] * lines / large[engine]:.2f}" for engine in both)


if __name__ == "__main__":
    main()
