"""What a reader sees is there in both languages: labels, phrases, advice on codes, help of the command line."""

from __future__ import annotations

import ast
import re

import click
import pytest
from ktt_policy.advice import ADVICE
from ktt_policy.cli import main
from ktt_policy.diagnostics import CODES
from ktt_policy.docs.commands import commands_of
from ktt_policy.docs.texts.commands import FINNISH
from ktt_policy.docs.texts.phrases import CALLS, PHRASES
from ktt_policy.docs.texts.words import WORDS
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.history.words import UNITS
from ktt_policy.reasons import REASONS
from tests.docs import console
from tests.docs.made import ROOT, other, shipped

SLOT = re.compile(r"\{\w+\}")
SAME = {"document type"}  # what both languages write alike


@pytest.mark.parametrize("table", [WORDS, PHRASES, CALLS])
def test_every_text_is_in_both_languages_and_fills_the_same_slots(table: dict[str, tuple[str, str]]) -> None:
    for key, (fi, en) in table.items():
        assert fi.strip(), key
        assert en.strip(), key
        assert sorted(SLOT.findall(fi)) == sorted(SLOT.findall(en)), key
        assert fi != en or key in SAME, key


def test_every_unit_has_a_name_in_both_languages() -> None:
    for made in (shipped, other):
        units = {p.unit for p in made()[0].parameters.values() if p.unit}
        assert units <= set(UNITS)


def test_every_code_has_a_finnish_title_and_advice_in_both_languages() -> None:
    assert list(ADVICE) == list(CODES)
    for code, advice in ADVICE.items():
        assert all(advice), code
        assert advice.do_fi != advice.do_en, code


@pytest.mark.parametrize("language", ["fi", "en"])
def test_the_table_of_what_lint_finds_has_every_code_of_a_rulebook(language: str) -> None:
    table = re.findall(r"(?m)^\| ([EW][^|]*) \|", (ROOT / f"docs/{language}/write-a-rule.md").read_text("utf-8"))
    listed = re.findall(r"[EW]\d{3}", " ".join(table))
    assert sorted(listed) == sorted(code for code in CODES if code[:2] in ("E2", "W4", "W5"))


def test_every_reason_is_in_words_in_both_languages() -> None:
    """Each code that the source names, whole, where a value is not known; those of `REASONS` are all in use."""
    place = {"UndefinedError": 0, "Reason": 0, "_known": 1}  # what takes a code → as which argument
    calls = [
        node
        for path in sorted((ROOT / "ktt_policy").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in place
    ]
    given = [call.args[place[call.func.id]] for call in calls if isinstance(call.func, ast.Name)]
    assert [ast.unparse(code) for code in given if not isinstance(code, (ast.Constant, ast.Name))] == []
    literal = {code.value for code in given if isinstance(code, ast.Constant)}
    assert literal | {"not stated", "broke schema"} == set(REASONS)
    for code, texts in REASONS.items():
        assert sorted(SLOT.findall(texts["fi"])) == sorted(SLOT.findall(texts["en"])), code
        assert texts["fi"] != texts["en"], code


def texts_of(command: click.Command) -> list[str]:
    """The help texts of a command and of its options."""
    paragraphs = [" ".join(p.split()) for p in (command.help or "").split("\n\n")]
    options = [p.help or "" for p in command.params if isinstance(p, click.Option)]
    return [text for text in [*paragraphs, *(" ".join(o.split()) for o in options)] if text]


def test_every_help_text_has_its_finnish() -> None:
    wanting = {t for _, command in commands_of(main) for t in texts_of(command)} - set(FINNISH)
    assert wanting == set(), "add them to ktt_policy/docs/texts/commands.py"


def test_every_function_says_what_it_does_in_both_languages() -> None:
    for name, entry in BUILTINS.items():
        assert entry.fi, name
        assert entry.en, name
        assert entry.fi != entry.en, name


def test_every_function_has_a_phrase_that_any_call_of_it_fills() -> None:
    """The two without are in `PHRASES`."""
    assert set(BUILTINS) - set(CALLS) == {"get value", "list contains"}
    for name, entry in BUILTINS.items():
        fewest = min(sum("?" not in a for a in s.rpartition(" -> ")[0].split(", ")) for s in entry.signatures)
        slots = set(re.findall(r"\{(\d)\}", CALLS.get(name, ("", ""))[0]))
        assert len(slots) <= fewest, name


def test_hand_written_pages_have_the_same_headings_and_links_in_both_languages() -> None:
    for path in (ROOT / "docs/fi").rglob("*.md"):
        fi = path.read_text("utf-8")
        en = (ROOT / "docs/en" / path.relative_to(ROOT / "docs/fi")).read_text("utf-8")
        for what in (r"^#+ ", r"\]\(([^)#]+)", r"^\{\{[a-z-]+\}\}$", r"^```(\w*)$"):
            found = [re.findall(what, text, re.MULTILINE) for text in (fi, en)]
            assert sorted(found[0]) == sorted(found[1]), (path, what)


@pytest.mark.parametrize("path", console.pages(), ids=lambda p: str(p.relative_to(ROOT / "docs")))
def test_the_commands_of_a_page_print_what_it_says(path: object) -> None:
    page = path.read_text("utf-8")  # type: ignore[attr-defined]
    assert console.run(page) == page, "python -m tests.docs.console writes what they print now"


@pytest.mark.parametrize("lang", ["fi", "en"])
def test_the_python_of_the_developer_guide_prints_what_it_says(
    lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / f"docs/{lang}/guides/developer.md").read_text("utf-8")
    found = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", page, re.DOTALL)
    assert len(found) == 2
    for code, printed in found:
        exec(compile(code, "developer.md", "exec"), {})
        assert capsys.readouterr().out == printed
