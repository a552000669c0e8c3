"""Each format as it looks, in the few runs of `scenarios.py`, and held against its schema or grammar."""

from __future__ import annotations

import base64
import json
import re
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import grammars
import html5lib
import pytest
import xmlschema
from jsonschema import Draft4Validator, Draft202012Validator
from ktt_policy import Rulebook
from ktt_policy.reporters import render_report
from ktt_policy.reporters.words import WORDS
from scenarios import HERE, ON, SCENARIOS, goldens, rendered, scenario
from tests import small

ROOT = HERE.parents[1]
SCHEMAS = ROOT / "tests/data/schemas"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)


@pytest.mark.parametrize(("name", "format_", "lang", "path"), goldens(), ids=lambda v: getattr(v, "name", None))
def test_it_looks_as_it_did(name: str, format_: str, lang: str, path: Path) -> None:
    assert rendered(name, format_, lang) == path.read_bytes().decode(), "see scenarios.py to write it anew"


def test_there_is_no_golden_file_that_nothing_makes() -> None:
    assert {path for *_, path in goldens()} == set((HERE / "golden").iterdir())


# --- schemas and grammars -------------------------------------------------------------------------------


@lru_cache
def schema(name: str) -> Any:
    path = ROOT / "schemas/report.schema.json" if name == "report" else SCHEMAS / name
    data = json.loads(path.read_text("utf-8"))
    return Draft4Validator(data) if "draft-04" in data["$schema"] else Draft202012Validator(data)


def faults(validator: Any, data: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(data)]


@pytest.mark.parametrize("lang", ["fi", "en"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_json_formats_keep_their_schemas(name: str, lang: str) -> None:
    assert faults(schema("report"), json.loads(rendered(name, "json", lang))) == []
    assert faults(schema("sarif-2.1.0.schema.json"), json.loads(rendered(name, "sarif", lang))) == []
    assert faults(schema("gitlab-code-quality.schema.json"), json.loads(rendered(name, "gitlab", lang))) == []
    whole = schema("report").schema
    line = Draft202012Validator({"$ref": "#/$defs/line", "$defs": whole["$defs"]})
    for text in rendered(name, "ndjson", lang).splitlines():
        assert faults(line, json.loads(text)) == []


def test_the_schemas_refuse_what_does_not_fit() -> None:
    data = json.loads(rendered("several", "json"))
    data["findings"][0]["line"] = 3
    assert faults(schema("report"), data)
    data = json.loads(rendered("several", "sarif"))
    data["runs"][0]["results"][0]["kind"] = "maybe"
    assert faults(schema("sarif-2.1.0.schema.json"), data)


@pytest.mark.parametrize("lang", ["fi", "en"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_junit_keeps_its_schema(name: str, lang: str) -> None:
    xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd")).validate(rendered(name, "junit", lang))


@pytest.mark.parametrize("lang", ["fi", "en"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_formats_without_a_schema_keep_their_grammar(name: str, lang: str) -> None:
    grammars.github(rendered(name, "github", lang))
    grammars.azure(rendered(name, "azure", lang))
    grammars.tap(rendered(name, "tap", lang))


def test_sarif_says_all_of_a_rule_and_of_a_result() -> None:
    run = json.loads(rendered("several", "sarif"))["runs"][0]
    rule = run["tool"]["driver"]["rules"][1]
    assert rule["id"] == "T103"
    assert rule["name"] == "LongVisit"
    assert rule["helpUri"] == "https://rules.example/clauses/1.m1/"
    assert rule["defaultConfiguration"] == {"level": "warning"}
    assert rule["fullDescription"] == {"text": "A day has no more."}
    assert "1.m1: Amounts of lines" in rule["help"]["text"]
    first = run["results"][0]
    assert first["partialFingerprints"].keys() == {"kttPolicy/v1"}
    assert first["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 24, "startColumn": 17, "endLine": 24, "endColumn": 22
    }  # fmt: skip
    undecided = json.loads(rendered("undecided", "sarif"))["runs"][0]["results"]
    assert [r["kind"] for r in undecided] == ["open"]
    assert undecided[0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 27
    shown = json.loads(rendered("clean", "sarif"))["runs"][0]["results"]
    assert {r["kind"] for r in shown} == {"pass"}


def test_sarif_has_no_link_where_the_rulebook_names_no_pages(tmp_path: Path) -> None:
    report = Rulebook.load(small.write(tmp_path)).check([HERE / "documents/several.json"], ON)
    (run,) = json.loads(render_report(report, "sarif", "en", 1))["runs"]
    told = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "I901")["help"]["markdown"]
    assert told == "Reason\n\nsmall@2026-01-01 6.m1: Value | sum"


def test_junit_counts_what_passed() -> None:
    text = rendered("clean", "junit")
    assert '<testsuites name="ktt-policy" tests="4" failures="0" errors="0">' in text
    assert len(re.findall("<testcase [^>]*/>", text)) == 4


def test_gitlab_fingerprints_are_unique() -> None:
    for name in SCENARIOS:
        marks = [issue["fingerprint"] for issue in json.loads(rendered(name, "gitlab"))]
        assert len(marks) == len(set(marks))


# --- the page -------------------------------------------------------------------------------------------

N = "{http://www.w3.org/1999/xhtml}"


@pytest.mark.parametrize("lang", ["fi", "en"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_page_is_sound_and_accessible(name: str, lang: str) -> None:
    tree = html5lib.HTMLParser(strict=True).parse(rendered(name, "html", lang))
    assert tree.attrib["lang"] == lang
    assert tree.find(f"{N}head/{N}title").text
    ids = [e.attrib["id"] for e in tree.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))
    for element in tree.iter():
        for name_ in ("aria-labelledby", "href"):
            target = element.attrib.get(name_, "")
            if name_ == "aria-labelledby" and target:
                assert target in ids
            if target.startswith("#"):
                assert target[1:] in ids
    for control in (*tree.iter(f"{N}select"), *tree.iter(f"{N}input")):
        assert any(control in label for label in tree.iter(f"{N}label"))
    for header in tree.iter(f"{N}th"):
        assert header.attrib["scope"] in ("row", "col")
    levels = [int(e.tag[-1]) for e in tree.iter() if re.fullmatch(rf"{N}h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels)), levels
    assert len(list(tree.iter(f"{N}main"))) == 1


def test_the_page_asks_for_nothing_from_the_network() -> None:
    text = render_report(scenario("several"), "html", "en", 1)
    tree = html5lib.HTMLParser(strict=True).parse(text)
    assert not [e for e in tree.iter() if "src" in e.attrib or "srcset" in e.attrib or e.tag == f"{N}link"]
    style, script = next(tree.iter(f"{N}style")).text, next(tree.iter(f"{N}script")).text
    assert not re.search(r"url\(|@import|https?:", style)
    assert not re.search(r"fetch|XMLHttp|import|https?:|innerHTML|eval", script)
    policy = next(e.attrib["content"] for e in tree.iter(f"{N}meta") if "http-equiv" in e.attrib)
    assert policy.startswith("default-src 'none'")
    for inner in (style, script):
        assert f"'sha256-{base64.b64encode(sha256(inner.encode()).digest()).decode()}'" in policy


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_the_page_has_contrast_in_light_and_dark_and_on_paper() -> None:
    style = (ROOT / "ktt_policy/reporters/page.css").read_text("utf-8")
    palettes = [
        dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    assert len(palettes) == 3
    for palette in palettes:
        assert palette.keys() == palettes[0].keys()
        for name in palette.keys() - {"paper", "shade", "line"}:
            for ground in ("paper", "shade"):
                dark, light = sorted((_luminance(palette[name]), _luminance(palette[ground])))
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ground, palette)


@pytest.mark.parametrize("format_", ["junit", "tap"])
def test_a_report_without_cases_is_refused_by_what_needs_them(format_: str) -> None:
    report = scenario("clean")
    report.cases = None
    with pytest.raises(ValueError, match="cases=True"):
        render_report(report, format_, "en", 0)


def test_markdown_stays_under_the_size_that_is_taken_and_says_what_it_left_out() -> None:
    report = scenario("several")
    report.findings = report.findings[:1] * 5000
    text = render_report(report, "markdown", "en", 1)
    assert 800_000 < len(text.encode()) < 1_000_000
    kept = text.count("\n### ")
    assert f"**{5000 - kept} findings did not fit in**" in text


# --- words ----------------------------------------------------------------------------------------------


def test_every_word_is_said_in_both_languages() -> None:
    assert WORDS["fi"].keys() == WORDS["en"].keys()
    assert all(fi and en for fi, en in zip(WORDS["fi"].values(), WORDS["en"].values(), strict=True))
    for name in (n for n in WORDS["fi"] if n.startswith("n ")):
        assert all(word[name].count("|") <= 1 for word in WORDS.values())


def test_a_key_that_two_documents_have_passes_for_neither() -> None:
    path = ROOT / "fixtures/violating/S001-two-with-one-key.json"
    report = Rulebook.load().check([path], ON, cases=True)
    text = render_report(report, "tap", "en", 1)
    assert re.findall(r"(?m)^(ok|not ok) \d+ - S001", text) == ["not ok"]
