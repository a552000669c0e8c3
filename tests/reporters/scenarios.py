"""The runs whose reports are kept as golden files: small documents, a small rulebook of the tests' own.

`python tests/reporters/scenarios.py` writes the golden files anew; look at the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

from ktt_policy import Report, Rulebook
from ktt_policy.reporters import FORMATS, Settings, render_report

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
ON = date(2026, 11, 24)
# Scenario → document, the chosen rules, the outcomes that are shown too.
SCENARIOS = {
    "empty": ("empty.json", ["T101"], []),
    "clean": ("clean.json", ["T101", "T103"], ["passed"]),
    "several": ("several.json", ["T101", "T103"], []),
    "undecided": ("several.json", ["T102"], []),
    "broken-schema": ("broken.json", ["T101", "T103"], []),
}
SUFFIXES = {
    "text": "txt", "junit": "junit.xml", "markdown": "md", "html": "html", "ndjson": "ndjson", "sarif": "sarif",
    "json": "json", "github": "github.txt", "azure": "azure.txt", "gitlab": "gitlab.json", "tap": "tap",
}  # fmt: skip


def scenario(name: str) -> Report:
    """The report of a scenario, without what changes with every version. The working folder must be `HERE`."""
    file, rules, show = SCENARIOS[name]
    book = Rulebook.load("rulebook")
    report = book.check([f"documents/{file}"], ON, select=rules, show=show, cases=True)
    report.tool, report.digest = "ktt-policy 0.0.0", "0" * 64
    return report


def rendered(name: str, format_: str, lang: str = "en") -> str:
    report = scenario(name)
    code = report.exit_code()
    text = render_report(report, format_, lang, code, Settings(lang, code))
    if format_ == "html":  # style and script are files of their own
        text = re.sub(r"<(style|script)>.*?</\1>", r"<\1>…</\1>", text, flags=re.DOTALL)
        text = re.sub(r"'sha256-[^']*'", "'sha256-…'", text)
    return text


def goldens() -> list[tuple[str, str, str, Path]]:
    """(scenario, format, language, file) of each golden file."""
    made = [(s, f, "en", GOLDEN / f"{s}.{SUFFIXES[f]}") for s in SCENARIOS for f in FORMATS]
    return [*made, *((s, "text", "fi", GOLDEN / f"{s}.fi.txt") for s in SCENARIOS)]


if __name__ == "__main__":
    os.chdir(HERE)
    for name, format_, lang, path in goldens():
        path.write_bytes(rendered(name, format_, lang).encode())
