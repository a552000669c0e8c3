"""What the worker of the page runs: documents in, the report of the command line out."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from ktt_policy.api import Rulebook
from ktt_policy.build.parameters import Given
from ktt_policy.diagnostics import Diagnostic, ProblemError
from ktt_policy.expr.literals import read_date
from ktt_policy.report import Finding
from ktt_policy.reporters import render_report
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import JsonError, decode


class Session:
    """A rulebook, ready for any number of checks."""

    def __init__(self, rulebook: bytes) -> None:
        self.book = Rulebook.from_bytes(rulebook)

    def check(self, asked: str, contents: Sequence[bytes]) -> str:
        """Check documents and give the answer as JSON.

        `asked` is JSON: `documents` (a list of `name` and `judged`, in the order of `contents`), `on`, `lang`,
        `complete`, and `parameters` (the text of a JSON file) or null. The answer has `report`, the text that
        `check --format json` writes; `shown`, what a reader sees of each finding beside it; and `refused`, what kept
        the check from being made.
        """
        request = json.loads(asked)
        try:
            return self._check(request, contents)
        except ProblemError as error:
            return json.dumps({"refused": [_said(d) for d in error.diagnostics]}, ensure_ascii=False)

    def _check(self, request: dict[str, Any], contents: Sequence[bytes]) -> str:
        on = read_date(request["on"])
        if on is None:
            raise ProblemError([Diagnostic("E501", f"`{request['on']}` is no date, YYYY-MM-DD")])
        parameters = _parameters(request.get("parameters"))
        # Real files, in a folder to stand in: they are then read, and named, just as the command line would.
        before = Path.cwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                judged: list[str] = []
                context: list[str] = []
                for entry, raw in zip(request["documents"], contents, strict=True):
                    path = _inside(entry["name"])
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(raw)
                    # Written so, a file named `-` is not the standard input.
                    (judged if entry["judged"] else context).append(f"./{path}")
                report = self.book.check(judged, on, context, parameters, request["complete"])
                told = render_report(report, "json", request["lang"], report.exit_code())
            finally:
                os.chdir(before)
        answer = {"report": told, "shown": [_shown(f) for f in report.findings], "refused": []}
        return json.dumps(answer, ensure_ascii=False)


def _shown(f: Finding) -> dict[str, Any]:
    """The source line and the numbers as text: JavaScript would round what it reads as a number."""
    return {
        "excerpt": f.place.excerpt,
        "values": [[name, _text(value)] for name, value in f.values.items()],
        "parameters": [[p.name, _text(p.value), p.start.isoformat()] for p in f.parameters],
    }


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_text(v)}" for k, v in value.items())
    return ", ".join(_text(v) for v in value) if isinstance(value, (list, tuple)) else str(value)


def _inside(name: str) -> Path:
    """The name as a path that does not lead out of the folder."""
    return Path(*(part for part in PurePosixPath(name).parts if part not in ("/", "..")))


def _parameters(text: str | None) -> Given | None:
    if text is None:
        return None
    raw = text.encode()
    try:
        return Given(parse(decode(raw, "parameters.json")), text=raw)
    except JsonError as error:
        raise ProblemError([error.diagnostic]) from None


def _said(d: Diagnostic) -> dict[str, Any]:
    place = {"line": d.span.line, "column": d.span.column} if d.span is not None else None
    return {"code": d.code, "message": d.message, "help": d.help, "file": d.file or None,
            "span": place}  # fmt: skip
