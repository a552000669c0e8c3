"""Strict readers of the formats that have no schema, by their documented grammar: each refuses what does not fit."""

from __future__ import annotations

import re
from typing import Any

import yaml

# --- GitHub workflow commands ---------------------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
FIELDS = {"file", "line", "endLine", "col", "endColumn", "title"}


def github(text: str) -> tuple[list[dict[str, str]], list[str]]:
    """The annotations of a log, as the runner reads them, and the lines that are no commands."""
    commands, others = [], []
    for line in text.split("\n"):
        if not line.startswith("::"):
            assert "::" not in line[:2], line
            others.append(line)
            continue
        found = COMMAND.fullmatch(line)
        assert found, line
        made = {"level": found[1], "message": _unescaped(found[3], {"0D": "\r", "0A": "\n", "25": "%"})}
        for pair in found[2].split(","):
            name, _, value = pair.partition("=")
            assert name in FIELDS, line
            made[name] = _unescaped(value, {"0D": "\r", "0A": "\n", "25": "%", "3A": ":", "2C": ","})
        if made.get("line") != made.get("endLine"):
            assert "endColumn" not in made, "columns are for places within a line"
        commands.append(made)
    return commands, others


def _unescaped(text: str, codes: dict[str, str]) -> str:
    for found in re.finditer("%(..)", text):
        assert found[1] in codes, text
    return re.sub("%(..)", lambda m: codes[m[1]], text)


# --- Azure logging commands -----------------------------------------------------------------------------

ISSUE = re.compile(r"##vso\[task\.logissue ((?:[a-z]+=[^;\]]*;)+)\](.*)")


def azure(text: str) -> tuple[list[dict[str, str]], list[str]]:
    """The issues of a log and its other lines. The agent looks for `##vso[` anywhere in a line."""
    issues, others = [], []
    for line in text.split("\n"):
        if "##vso[" not in line.lower() and "##[" not in line:
            others.append(line)
            continue
        found = ISSUE.fullmatch(line)
        assert found, line
        assert "##" not in re.sub("##(?!vso|\\[)", "", found[2]), line
        codes = {"0D": "\r", "0A": "\n"}
        made = {"message": _azure(found[2], codes)}
        for pair in found[1].rstrip(";").split(";"):
            name, _, value = pair.partition("=")
            assert name in {"type", "sourcepath", "linenumber", "columnnumber", "code"}, line
            made[name] = _azure(value, {**codes, "3B": ";", "5D": "]"})
        assert made["type"] in {"error", "warning"}
        issues.append(made)
    return issues, others


def _azure(text: str, codes: dict[str, str]) -> str:
    assert not re.search("%(?!AZP25|" + "|".join(codes) + ")", text), text
    for code, sign in codes.items():
        text = text.replace(f"%{code}", sign)
    return text.replace("%AZP25", "%")


# --- TAP 14 ---------------------------------------------------------------------------------------------

POINT = re.compile(r"(not )?ok ([1-9][0-9]*) - ((?:[^\\#]|\\[\\#])*?)(?: # (SKIP|TODO) ([^\\#]+))?")


def tap(text: str) -> list[dict[str, Any]]:
    """The test points: number, ok, description, directive, and the data of the YAML block."""
    lines = text.split("\n")
    assert lines.pop() == ""
    assert lines[0] == "TAP version 14"
    plan = re.fullmatch(r"1\.\.([0-9]+)(?: # SKIP .+)?", lines[1])
    assert plan, lines[1]
    points: list[dict[str, Any]] = []
    block: list[str] | None = None
    for line in lines[2:]:
        if line == "  ---":
            assert points
            assert block is None
            block = []
        elif line == "  ...":
            assert block is not None
            points[-1]["data"] = yaml.safe_load("\n".join(block))
            block = None
        elif block is not None:
            assert line.startswith("  "), line
            block.append(line)
        else:
            found = POINT.fullmatch(line)
            assert found, line
            points.append({
                "ok": found[1] is None, "number": int(found[2]), "directive": found[4] or "", "data": None,
                "description": re.sub(r"\\(.)", r"\1", found[3]),
            })  # fmt: skip
    assert block is None
    assert [p["number"] for p in points] == list(range(1, int(plan[1]) + 1))
    return points


def fails(point: dict[str, Any]) -> bool:
    """As a harness counts: `not ok` fails, but for `TODO`."""
    return not point["ok"] and point["directive"] != "TODO"
