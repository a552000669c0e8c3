"""Reads each format back to the story that it tells: which rules were violated and undecided, where, and the rest."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any
from urllib.parse import unquote

import grammars
import html5lib
from markdown_it import MarkdownIt
from msgspec import Struct, field


class Story(Struct):
    """`places`: of violations, (code, file:line:column). `undecided`: code → items. `unread`: how many."""

    violated: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    places: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: int = 0

    def add(self, code: str, outcome: str, where: str, message: str) -> None:
        if outcome == "undecided":
            many = re.search(r"\((?:× (\d+)|(\d+) items)\)", message)
            self.undecided[code] += int(many[1] or many[2]) if many else 1
        elif outcome == "violated":
            self.violated[code] += 1
            self.places[code, where] += 1

    @property
    def exit_code(self) -> int:
        """What a gate must come to by this story."""
        return 2 if self.unread else 1 if self.violated else 3 if self.undecided else 0


def read_back(format_: str, text: str) -> Story:
    story = Story()
    globals()[f"_{format_}"](story, text)
    return story


def _at(place: dict[str, Any]) -> str:
    span = place["span"]
    return f"{place['file']}:{span['line']}:{span['column']}" if span else place["file"]


def _finding(story: Story, f: dict[str, Any]) -> None:
    story.add(f["code"], f["outcome"], _at(f["place"]), f["message"])


def _json(story: Story, text: str) -> None:
    data = json.loads(text)
    for f in data["findings"]:
        _finding(story, f)
    story.unread = len(data["problems"])
    assert data["summary"]["violated"] == story.violated.total()
    assert data["summary"]["undecided"] == story.undecided.total()
    assert data["exit_code"] == story.exit_code


def _ndjson(story: Story, text: str) -> None:
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        if line["type"] == "finding":
            _finding(story, line)
    story.unread = sum(line["type"] == "problem" for line in lines)
    assert lines[-1]["exit_code"] == story.exit_code


def _sarif(story: Story, text: str) -> None:
    run = json.loads(text)["runs"][0]
    for r in run["results"]:
        physical = r["locations"][0]["physicalLocation"]
        region = physical["region"]
        where = f"{unquote(physical['artifactLocation']['uri'])}:{region['startLine']}:{region['startColumn']}"
        outcome = {"fail": "violated", "open": "undecided"}[r["kind"]]
        assert run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"]
        story.add(r["ruleId"], outcome, where, r["message"]["text"])
        if outcome == "undecided":
            assert r["level"] == "none"
    told = run["invocations"][0]["toolExecutionNotifications"]
    story.unread = sum(one["level"] != "note" for one in told)
    assert run["invocations"][0]["exitCode"] == story.exit_code
    assert run["invocations"][0]["executionSuccessful"] is (story.unread == 0)


def _junit(story: Story, text: str) -> None:
    root = ET.fromstring(text)
    cases = root.findall("testsuite/testcase")
    assert int(root.attrib["tests"]) == len(cases)
    assert int(root.attrib["failures"]) == len(root.findall("testsuite/testcase/failure"))
    assert int(root.attrib["errors"]) == len(root.findall("testsuite/testcase/error"))
    for suite in root.findall("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error"))
    for case in cases:
        for told in (*case.findall("failure"), *case.findall("error")):
            if told.attrib["type"] == "could not check":
                story.unread += 1
                continue
            for line in (told.text or "").split("\n"):
                outcome, _, rest = line.partition(": ")
                story.add(case.attrib["name"].split()[0], outcome, rest.split(" ")[0], line)
            if told.tag == "error":
                assert told.attrib["type"] == "undecided"


def _github(story: Story, text: str) -> None:
    commands, others = grammars.github(text)
    for c in commands:
        code, _, rest = c["title"].partition(" ")
        outcome = rest.partition(":")[0]
        if outcome.startswith("could not be checked"):
            story.unread += 1
            continue
        story.add(code, outcome, f"{c['file']}:{c['line']}:{c['col']}", c["message"])
    assert f"(exit code {story.exit_code})" in others[0]


def _gitlab(story: Story, text: str) -> None:
    for issue in json.loads(text):
        begin = issue["location"]["positions"]["begin"]
        outcome = {"critical": "undecided", "blocker": "unread"}.get(issue["severity"], "violated")
        story.unread += outcome == "unread"
        where = f"{issue['location']['path']}:{begin['line']}:{begin['column']}"
        story.add(issue["check_name"], outcome, where, issue["description"])


def _azure(story: Story, text: str) -> None:
    issues, others = grammars.azure(text)
    for i in issues:
        outcome = re.match(r"\w+ (violated|undecided|could not be checked):", i["message"])
        assert outcome
        story.unread += outcome[1].startswith("could")
        where = f"{i.get('sourcepath')}:{i.get('linenumber')}:{i.get('columnnumber')}"
        story.add(i["code"], outcome[1], where, i["message"])
    assert f"(exit code {story.exit_code})" in others[0]


def _tap(story: Story, text: str) -> None:
    for point in grammars.tap(text):
        assert point["ok"] is (point["data"] is None)
        for f in (point["data"] or {}).get("findings", ()):
            if f["outcome"] == "could not check":
                story.unread += 1
                continue
            at = f["at"]
            where = f"{at['file']}:{at['line']}:{at['column']}"
            story.add(point["description"].split()[0], f["outcome"], where, f["message"])
            assert grammars.fails(point)


HEAD = re.compile(r"\S+ (\w+) (violated|undecided)(?: \(warning\))?: ")


def _markdown(story: Story, text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    code, outcome, message = "", "", ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and before.type == "heading_open" and before.tag == "h3":
            found = HEAD.match(token.content)
            assert found, token.content
            code, outcome, message = found[1], found[2], ""
        elif token.type == "inline" and before.type == "paragraph_open" and code:
            if not message:
                message = token.content
            elif token.children[0].type == "code_inline":
                story.add(code, outcome, token.children[0].content, message)
                code = ""
        elif token.type == "inline" and token.content.startswith("⛔ **"):
            story.unread += 1


NAMESPACE = "{http://www.w3.org/1999/xhtml}"


def _html(story: Story, text: str) -> None:
    tree = html5lib.HTMLParser(strict=True).parse(text)
    for article in tree.iter(f"{NAMESPACE}article"):
        where = next(article.iter(f"{NAMESPACE}code")).text
        message = next(p.text for p in article.iter(f"{NAMESPACE}p") if p.attrib["class"] == "message")
        story.add(article.attrib["data-rule"], article.attrib["data-outcome"], where, message)
    story.unread = sum(
        len(u.findall(f"{NAMESPACE}li")) for u in tree.iter(f"{NAMESPACE}ul") if u.attrib.get("class") == "unread"
    )


def _text(story: Story, text: str) -> None:
    lines = text.split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        found = re.match(r"([A-Z]\d+) (error|warning|undecided): (.*)", line)
        if found and found[1].startswith("E"):
            story.unread += 1
        elif found:
            outcome = "undecided" if found[2] == "undecided" else "violated"
            story.add(found[1], outcome, following.split()[1], found[3])
    assert lines[-2].endswith(f"(exit code {story.exit_code})")
