"""The page as a reader uses it, and the command line's word to hold it against."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from .conftest import Served, data

VERDICTS = {0: "good", 1: "bad", 2: "bad", 3: "open"}


class Checker:
    """The page as a reader uses it."""

    def __init__(self, page: Any, served: Served, downloads: Path) -> None:
        self.page = page
        self.served = served
        self.downloads = downloads

    def open(self, language: str = "fi") -> None:
        self.page.send("Page.navigate", url="about:blank")
        self.page.send("Page.navigate", url=f"{self.served.address}check/#{language}")
        self.page.wait("document.querySelector('#check')?.disabled === false")

    def set(self, name: str, value: Any) -> None:
        kind = "checked" if isinstance(value, bool) else "value"
        self.page.run(
            f"(() => {{ const field = document.querySelector('#{name}'); field.{kind} = {json.dumps(value)};"
            " field.dispatchEvent(new Event('input', { bubbles: true })); })()"
        )

    def give(self, files: list[Path]) -> None:
        before = self.page.run("document.querySelectorAll('#list li').length")
        self.page.give("#files", files)
        self.page.wait(f"document.querySelectorAll('#list li').length === {before + len(files)}")

    def click(self, selector: str) -> None:
        self.page.run(f"document.querySelector({json.dumps(selector)}).click()")

    def check(self) -> None:
        self.click("#check")
        self.answered()

    def answered(self) -> None:
        self.page.wait(
            "!document.querySelector('#check').disabled && document.querySelector('#result-title')"
            " && !document.querySelector('#stale')"
        )

    def fresh(self, files: list[Path], parameters: str = "", complete: bool = False) -> str:
        """The report on some files, as the page saves it."""
        self.click("#clear")
        self.set("on", "2026-11-24")
        self.set("values", parameters)
        self.set("complete", complete)
        self.give(files)
        self.check()
        return self.saved()

    def saved(self) -> str:
        file = self.downloads / "report.json"
        file.unlink(missing_ok=True)
        before, end = self.page.downloaded, time.monotonic() + 30
        self.click("#save")
        while self.page.downloaded == before:
            assert time.monotonic() < end, "no report was saved"
            self.page.run("new Promise((done) => setTimeout(done, 10))")
        return file.read_text("utf-8")

    def shown(self) -> list[tuple[str, str]]:
        """Code and pointer of each finding on the page."""
        pairs = self.page.run(
            "[...document.querySelectorAll('#result [data-pointer]')].map((c) => [c.dataset.code, c.dataset.pointer])"
        )
        return [(code, pointer) for code, pointer in pairs]

    def verdict(self) -> str:
        return str(self.page.run("document.querySelector('.verdict').className")).removeprefix("verdict ")


def agree(checker: Checker, report: str, told: tuple[str, int]) -> Any:
    """The page's report is the command line's to the letter, and the page shows all of it."""
    text, code = told
    assert report == text
    said = data(report)
    assert said["exit_code"] == str(code)
    warned = code == 0 and bool(said["findings"])
    assert checker.verdict() == ("open" if warned else VERDICTS[code])
    findings = sorted(said["findings"], key=lambda f: f["outcome"] == "undecided")
    while checker.page.run("document.querySelector('.findings + button') !== null"):
        checker.click(".findings + button")
    assert checker.shown() == [(f["code"], f["place"]["pointer"]) for f in findings]
    return said
