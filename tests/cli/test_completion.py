"""Completion in shells: the scripts are printed and work, and values complete as their metavars say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner
from ktt_policy.cli import COMMANDS, main
from ktt_policy.cli.completion import SHELLS

from shell import AMENDED, ROOT, Shell

OTHER = ROOT / "fixtures/rulebooks/kuulasmaa-kotipalvelu"


def completions(*words: str) -> list[tuple[str, str]]:
    """What completes the last of the words."""
    complete = ShellComplete(main, {}, "ktt-policy", "_KTT_POLICY_COMPLETE")
    return [(item.type, item.value) for item in complete.get_completions(list(words[:-1]), words[-1])]


def plain(*words: str) -> list[str]:
    found = completions(*words)
    assert {kind for kind, _ in found} <= {"plain"}
    return [value for _, value in found]


def test_commands_and_options() -> None:
    assert plain("") == list(COMMANDS)
    assert plain("co") == ["completion", "coverage"]
    assert plain("new", "") == ["rule", "version"]
    assert plain("completion", "") == list(SHELLS)
    assert plain("check", "invoice.json", "--allow") == ["--allow-undecided"]
    assert plain("check", "--lang", "") == ["fi", "en"]


def test_codes_clauses_rulebooks_and_kinds() -> None:
    assert plain("explain", "I50")[:2] == ["I501", "I502"]
    assert "6.m1" in plain("check", "--select", "6.")
    assert plain("check", "--rulebook", "") == ["pohjois-savo-ktt"]
    assert plain("schema", "in") == ["invoice"]
    assert "policy/rule" in plain("schema", "policy/")
    assert plain("schema", "") == CliRunner().invoke(main, ["schema"]).stdout.split()
    assert plain("schema", "--rulebook", str(OTHER), "ho") == ["home_voucher"]
    assert plain("schema", "se") == ["settings"]
    assert plain("new", "rule", "--rulebook", str(OTHER), "--kind", "") == ["home_voucher", "invoice"]
    assert plain("new", "version", "--rulebook", str(AMENDED), "I30") == ["I307", "I308", "I309"]


def test_codes_are_those_of_the_rulebook_that_is_named() -> None:
    assert plain("explain", "--rulebook", str(AMENDED), "I30") == ["I307", "I308", "I309"]
    assert plain("test", "--rulebook", str(AMENDED), "I307", "P") == ["P206"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("check", "inv"), "file"),
        (("check", "a.json", "b"), "file"),
        (("check", "--context", ""), "file"),
        (("check", "--parameters", "c"), "file"),
        (("check", "--baseline", "c"), "file"),
        (("check", "--rulebook", "./"), "file"),
        (("explain", "I502", "--document", ""), "file"),
        (("eval", "--context", ""), "file"),
        (("diff", "--against", "r"), "dir"),
        (("lint", "r"), "dir"),
        (("test", "--fixtures", "f"), "dir"),
    ],
)
def test_files_and_folders(words: tuple[str, ...], kind: str) -> None:
    assert completions(*words) == [(kind, words[-1])]


def test_nothing_completes_a_date_or_a_broken_rulebook() -> None:
    assert completions("check", "--on", "2") == []
    assert completions("explain", "--rulebook", "nowhere", "") == []


def test_completion_alters_no_run(tmp_path: Path) -> None:
    completions("check", "")
    result = CliRunner().invoke(main, ["check", str(tmp_path / "missing.json")])
    assert result.exit_code == 2
    assert "missing.json" in result.stderr


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_calls_the_program(name: str) -> None:
    result = CliRunner().invoke(main, ["completion", name])
    assert result.exit_code == 0
    assert not result.stderr
    assert f"_KTT_POLICY_COMPLETE={name}_complete" in result.output


@pytest.mark.parametrize("name", SHELLS)
def test_the_shell_takes_the_script(name: str, tmp_path: Path) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"no {name} here")
    done = Shell(tmp_path).run(f"ktt-policy completion {name} > script && {name} -n script")
    assert (done.returncode, done.stderr) == (0, "")


def test_bash_completes(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    # what bash does on TAB: the words, the index of the one at the cursor, then the registered function
    done = shell.run(
        """
        eval "$(ktt-policy completion bash)"
        COMP_WORDS=(ktt-policy explain I60); COMP_CWORD=2
        function=$(complete -p ktt-policy | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
        "$function" ktt-policy
        printf '%s\\n' "${COMPREPLY[@]}"
        """
    )
    assert done.stdout.splitlines()[:2] == ["I601", "I602"]
    assert done.stderr == ""
