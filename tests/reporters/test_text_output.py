"""Text as people get it: on a terminal, in a pipe, in a narrow window, without colour, without UTF-8."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main
from ktt_policy.reporters import Settings, render_report
from ktt_policy.reporters.common import At
from ktt_policy.reporters.text import fitting, source
from scenarios import HERE, ON, rendered, scenario

ROOT = HERE.parents[1]
ANSI = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def check(*arguments: str) -> Result:
    given = ["check", "--on", str(ON), "--rulebook", "rulebook", "--lang", "en", "--select", "T101,T103", *arguments]
    return CliRunner().invoke(main, given)


def terminal(name: str, **more: object) -> str:
    settings = Settings("en", 1, terminal=True, **{"width": 100, **more})  # type: ignore[arg-type]
    return render_report(scenario(name), "text", "en", 1, settings)


def test_a_terminal_shows_the_same_in_colour() -> None:
    styled = terminal("several", width=200)
    assert "\x1b[1;31m" in styled
    assert ANSI.sub("", styled) == rendered("several", "text")
    assert "\x1b]8;" in styled  # the clause's page is a link


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    colours = re.findall(r"\x1b\[([0-9;]*)m", terminal("several"))
    assert not [c for c in colours if re.search(r"(^|;)[34]\d(;|$)", c)]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_lines_fit_the_terminal(width: int) -> None:
    for name in ("several", "undecided", "broken-schema"):
        for line in ANSI.sub("", terminal(name, width=width)).splitlines():
            kept_whole = re.match(r"  --> |  related: |rule  ", line)
            assert len(line) <= width or kept_whole, line


def test_an_ascii_output_gets_plain_signs() -> None:
    for lang in ("fi", "en"):
        for more in ({}, {"terminal": True, "width": 90}):
            settings = Settings(lang, 1, encoding="ascii", **more)  # type: ignore[arg-type]
            text = render_report(scenario("several"), "text", lang, 1, settings)
            assert text.isascii()
            assert "92.26 EUR" in text or "92,26 EUR" in text
    assert fitting("käynti • 1–2 例", "ascii") == "kaynti * 1-2 ?"
    assert fitting("käynti • 1–2", "latin-1") == "käynti * 1-2"


def test_quiet_is_a_line_a_finding_and_nothing_else() -> None:
    assert check("documents/several.json", "--quiet").stdout == (
        "documents/several.json:24:17: T101 error: Line 1: the amount is 92.26 €, right would be 92.25 €.\n"
        "documents/several.json:35:19: T103 warning: Line 2: the visit took 9 h "
        "(a|b <i>*`c`* 10 % #1, ok: @you). At most 8 h.\n"
    )
    assert check("documents/clean.json", "--quiet").stdout == ""


def test_verbose_says_why_and_lists_all_rules() -> None:
    text = check("documents/several.json", "--verbose").stdout
    assert "why: The amount follows from quantity and price." in text
    assert "rule version: 2026-01-01" in text
    assert "reference date: 2026-02-06" in text
    assert re.search(r"fingerprint: [0-9a-f]{32}", text)
    assert re.search(r"^T103 +0 +0 +1 ", check("documents/clean.json", "--verbose").stdout, re.MULTILINE)


def test_quiet_and_verbose_contradict_each_other() -> None:
    assert check("documents/clean.json", "--quiet", "--verbose").exit_code == 2


def test_other_outcomes_are_shown_when_asked_for() -> None:
    text = check("documents/clean.json", "--show", "passed,not-applicable").stdout
    assert "documents/clean.json:14:5: T101 passed: The rule holds." in text
    assert "passed: The rule" not in check("documents/clean.json").stdout
    wrong = check("documents/clean.json", "--show", "violated")
    assert wrong.exit_code == 2
    assert "--show takes passed and not-applicable" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--output", "xml=x"], "FORMAT=FILE"), (["--output", "json=a", "--output", "sarif=a"], "twice")],
)
def test_wrong_outputs_are_refused(arguments: list[str], told: str) -> None:
    result = check("documents/clean.json", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_an_output_that_cannot_be_written_is_exit_2(tmp_path: Path) -> None:
    result = check("documents/clean.json", "--output", f"json={tmp_path / 'none' / 'x.json'}")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr
    assert "exit code 2" in result.stdout


# --- source lines ---------------------------------------------------------------------------------------


def shown(lines: dict[int, str], place: At, width: int | None = None) -> list[str]:
    return ["".join(text for text, _ in line.parts) for line in source(lines, place, width)]


def test_the_caret_stands_under_the_value_behind_wide_signs_and_tabs() -> None:
    made = shown({1: '\t"例e\u0301": 12,'}, At("x", "", 1, 9, 1, 11))
    assert made == ['   1 |  "例e\u0301": 12,', "     |         ^^"]


def test_long_lines_are_cut_around_the_value() -> None:
    line = "a" * 300 + "VALUE" + "b" * 300
    above, here, under, below = shown({8: "", 9: line, 10: "c" * 400}, At("x", "", 9, 301, 9, 306), 80)
    assert len(here) <= 80
    assert here[under.index("^") : under.rindex("^") + 1] == "VALUE"
    assert above.strip() == "8 |"
    assert below.startswith("   10 | …")


def test_a_value_of_many_lines_has_a_caret_to_the_end_of_its_first() -> None:
    assert shown({1: '{"a": [1,', 2: "2]}"}, At("x", "", 1, 7, 2, 3)) == [
        '   1 | {"a": [1,',
        "     |       ^^^",
        "   2 | 2]}",
    ]


def test_control_characters_of_a_file_never_reach_the_terminal() -> None:
    made = "\n".join(shown({1: '"\x1b[31m \u202e ##vso[x]"'}, At("x", "", 1, 1, 1, 4)))
    assert "\x1b" not in made
    assert "\u202e" not in made
    assert "##vso[" not in made


# --- what is loaded, and a real terminal ----------------------------------------------------------------

ARGUMENTS = ["check", "--on", str(ON), "--rulebook", "rulebook", "--select", "T101", "documents/several.json"]
LOADED = """
import sys
from click.testing import CliRunner
from ktt_policy.cli import main
CliRunner().invoke(main, {arguments!r})
print(*sorted(m for m in sys.modules if m == "rich" or m.startswith("ktt_policy.reporters.")))
"""


def loaded(*more: str) -> list[str]:
    code = LOADED.format(arguments=[*ARGUMENTS, *more])
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    return [name.removeprefix("ktt_policy.reporters.") for name in made.stdout.split()]


def test_only_what_is_used_is_imported() -> None:
    assert loaded() == ["common", "text", "words"]
    assert loaded("--format", "ndjson") == ["json_", "ndjson"]
    assert loaded("--format", "sarif") == ["common", "sarif", "words"]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_on_a_real_terminal_it_is_set_by_rich() -> None:
    import pty

    controller, terminal_ = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "70"}
    run = subprocess.Popen(
        [sys.executable, "-m", "ktt_policy", *ARGUMENTS], stdout=terminal_, stderr=subprocess.DEVNULL, env=env
    )
    os.close(terminal_)
    out = b""
    while True:
        try:
            part = os.read(controller, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        out += part
    os.close(controller)
    assert run.wait() == 1
    text = out.decode()
    assert "\x1b[" in text
    plain = ANSI.sub("", text).replace("\r", "")
    assert "T101 virhe: Rivi 1: summa on 92,26 €" in plain
    assert max(len(line) for line in plain.splitlines() if "-->" not in line and not line.startswith("sääntö")) <= 70
