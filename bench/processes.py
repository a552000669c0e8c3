"""Whole processes of the command line: how fast it starts, how its memory grows with a stream, what `--jobs` gains.

    python -m bench.processes

Figures are ratios of commands that take turns. The stream repeats the conforming dossier of `fixtures/` under other
names, so that all rules judge it and none finds fault.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from statistics import median

from bench.generate import cases

ROOT = Path(__file__).resolve().parent.parent
DOSSIER = ROOT / "fixtures" / "conforming"
PARAMETERS = ROOT / "fixtures" / "example-ceilings.yaml"
NAMED = re.compile(r'"(voucher_id|client_ref|invoice_number|group_id)": "([^"]+)"')
ON = "2026-11-24"
WIDTH = 46


def measured(command: list[str], expected: tuple[int, ...]) -> tuple[float, int]:
    """Wall seconds and peak KiB of a command; ends the bench when its exit code is none of the expected ones."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = process.stderr.read() if process.stderr is not None else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        raise SystemExit(f"{command} ended with {process.returncode}: {told.decode()[:400]}")
    return seconds, usage.ru_maxrss


def ratio(a: list[str], b: list[str], turns: int, expected: tuple[int, ...] = (0,)) -> str:
    """How many times as long A takes as B: median of the turns, lowest and highest."""
    found = sorted(measured(a, expected)[0] / measured(b, expected)[0] for _ in range(turns))
    return f"{median(found):.2f}  ({found[0]:.2f}..{found[-1]:.2f})"


def stream(path: Path, dossiers: int) -> int:
    """One document a line: a provider, then the vouchers and invoices of that many dossiers. Gives how many."""
    texts = [re.sub(r"\n\s*", "", file.read_text("utf-8")) for file in sorted(DOSSIER.rglob("*.json"))]
    apart = [text for text in texts if '"document_type": "provider"' in text]
    with path.open("w", encoding="utf-8") as file:
        others = [text for text in texts if text not in apart]
        file.writelines(f"{text}\n" for text in chain(apart, islice(copies(others), dossiers * len(others))))
    return len(apart) + dossiers * len(others)


def copies(texts: list[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        for text in texts:
            yield NAMED.sub(rf'"\1": "\2-{number}"', text)


def say(what: str, figure: str) -> None:
    print(f"{what:<{WIDTH}}  {figure}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time and memory of whole processes, as ratios.")
    parser.add_argument("--turns", type=int, default=11, help="of the short commands (default %(default)s)")
    parser.add_argument("--dossiers", type=int, default=2400, help="in the shorter stream (default %(default)s)")
    options = parser.parse_args()
    bare = [sys.executable, "-m", "ktt_policy", "check", "--on", ON]
    own = [*bare, "--parameters", str(PARAMETERS)]
    with tempfile.TemporaryDirectory(prefix="ktt-bench-") as directory:
        # Bytecode and checked rulebooks are kept here, whatever the machine is set to.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ |= {"PYTHONPYCACHEPREFIX": f"{directory}/bytecode", "KTT_POLICY_CACHE": f"{directory}/cache"}
        invoice = Path(directory) / "invoice.json"
        invoice.write_text(json.dumps(json.loads(next(cases("mixed", "small", 1)).raw)[-1]))
        check, click = [*bare, str(invoice)], [sys.executable, "-c", "import click"]
        measured(check, (0, 3))
        say("start: check, to `import click`", ratio(check, click, options.turns, (0, 3)))
        other = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
        if other is not None:
            schema = [other, "--schemafile", str(ROOT / "schemas" / "invoice.schema.json"), str(invoice)]
            say("start: check, to check-jsonschema", ratio(check, schema, options.turns, (0, 1, 3)))
        short, long = Path(directory) / "short.ndjson", Path(directory) / "long.ndjson"
        documents = stream(long, options.dossiers * 4) - stream(short, options.dossiers)
        few, many = measured([*own, str(short)], (0,)), measured([*own, str(long)], (0,))
        say("four times the documents: time", f"{many[0] / few[0]:.2f}")
        say("four times the documents: memory", f"{many[1] / few[1]:.2f}")
        say("KiB a document", f"{(many[1] - few[1]) / documents:.1f}")
        shared = ratio([*own, str(short)], [*own, str(short), "--jobs", "2"], 5)
        say("--jobs 2: how many times as fast", shared)


if __name__ == "__main__":
    main()
