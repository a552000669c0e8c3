"""Documents and file names may hold anything: no format breaks, no log runs what they say."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import grammars
import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ktt_policy import Report, Rulebook
from ktt_policy.masking import mask
from ktt_policy.reporters import FORMATS, render_report
from ktt_policy.reporters.azure import issue
from ktt_policy.reporters.common import At, safe
from ktt_policy.reporters.github import command
from ktt_policy.reporters.markdown import code, escape
from markdown_it import MarkdownIt
from read_back import read_back
from scenarios import HERE, ON

NASTY = [
    "]]> & </failure><script>alert(1)</script>",
    "::error::x\n::set-output name=a::b",
    "##vso[task.setvariable variable=p]1",
    "##[group]x",
    "\x1b[2J\x1b]0;t\x07",
    "\u202egnp",
    "a, b: c; d] %0A %25 #1 \\",
    "| `x` ``y`` *z* _u_ [l](http://x) ![i](j)",
    "<img src=x onerror=alert(1)>",
    "' \" & < >",
    "\r\n1..1\r\nok 1 - x # SKIP",
    "\u2028\u2029\x85",
    "\ufdd0\ufffe\U0001ffff",
    "😀 ﷽ 例",
    "- [ ] x",
    "---",
    "{{ x }}",
    "</pre></style>",
    "@team :smile: #12 http://x.example",
]


def report_of(nasty: str, folder: Path) -> Report:
    tree: dict[str, Any] = json.loads((HERE / "documents/several.json").read_text("utf-8"))
    tree["invoice_number"] = nasty
    tree["lines"][0] |= {"quantity": 9, "description": nasty, "line_id": nasty}
    tree[nasty] = nasty
    path = folder / "x.json"
    path.write_text(json.dumps(tree, indent=1), "utf-8")
    return Rulebook.load(HERE / "rulebook").check([path], ON, cases=True)


@pytest.mark.parametrize("nasty", NASTY)
def test_every_format_still_tells_the_same(nasty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    report = report_of(nasty, Path())
    told = None
    for format_ in FORMATS:
        text = render_report(report, format_, "en", 1)
        text.encode()
        story = read_back(format_, text)
        assert story.violated["T103"] == 2
        assert story.violated["S000"] >= 1
        assert told in (None, story), format_
        told = story
        if format_ not in ("html", "markdown"):
            assert "\x1b" not in text
            for line in text.splitlines():
                assert "##[" not in line
                assert not line.lstrip().startswith("::") or format_ == "github"
        if format_ != "azure":
            assert "##vso[" not in text
    elements = list(html5lib.HTMLParser(strict=True).parse(render_report(report, "html", "en", 1)).iter())
    assert not [e for e in elements if e.tag.endswith("}img") or "onerror" in e.attrib]
    assert len([e for e in elements if e.tag.endswith("}script")]) == 1
    ET.fromstring(render_report(report, "junit", "en", 1))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS, TEXTS)
def test_workflow_commands_come_back_as_they_were(file: str, message: str) -> None:
    made = command("error", At(file or "x", "", 1, 2, 1, 3), "t, :%", message)
    (found,), others = grammars.github(made)
    assert others == []
    assert found["message"] == message
    assert found["title"] == "t, :%"
    assert found["line"] == "1"


@given(st.sampled_from(["error", "warning"]), TEXTS)
def test_logging_commands_come_back_as_they_were(kind: str, message: str) -> None:
    told = safe(message)
    (found,), others = grammars.azure(issue(kind, At("a;b]c.json", "", 3, 4, 3, 5), "T1", told))
    assert others == []
    assert found == {"type": kind, "sourcepath": "a;b]c.json", "linenumber": "3", "columnnumber": "4", "code": "T1",
                     "message": told}  # fmt: skip


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_name_that_is_no_utf_8_is_told(format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(os.fsdecode(b"a\xff.json"))
    try:
        path.write_bytes((HERE / "documents/several.json").read_bytes())
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    report = Rulebook.load(HERE / "rulebook").check([path], ON, cases=True)
    text = render_report(report, format_, "en", 1)
    text.encode()
    assert read_back(format_, text).violated["T103"] >= 1


@given(TEXTS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_markdown_reads_as_the_text(text: str) -> None:
    told = " ".join(safe(text).split())
    tokens = MarkdownIt("commonmark").enable("table").parse(escape(told))
    inline = [t for t in tokens if t.type == "inline"]
    assert [t.type for t in tokens if t.type not in ("inline", "paragraph_open", "paragraph_close")] == []
    assert "".join(c.content for t in inline for c in t.children or ()) == told
    if told:
        spans = MarkdownIt("commonmark").parse(f"- {code(told)}")
        child = next(t for t in spans if t.type == "inline").children[0]
        assert child.type == "code_inline"
        assert child.content == told


@given(TEXTS)
def test_safe_text_is_one_line_and_masked(text: str) -> None:
    told = safe(text)
    assert len(told.splitlines()) <= 1
    assert told == mask(told)
    assert not set(told) & {chr(n) for n in (*range(32), 127, *range(0x80, 0xA0), 0x202E)}
