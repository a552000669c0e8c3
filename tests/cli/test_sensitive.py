"""No command prints what is sensitive, wherever it stands and whatever goes wrong with the document around it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ktt_policy.cli import main

ROOT = Path(__file__).parents[2]
DOSSIER = ROOT / "fixtures/conforming"
# Of the form of an identity code, which is all that counts; none is one.
BORN, CODE, ELSEWHERE = "1987-06-21", "210687-917K", "110203-985R"
SECRETS = (BORN, CODE, ELSEWHERE, "21.6.1987", "210687", "917K")
ON = ("--on", "2026-11-24")


def seeded(**changes: Any) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((DOSSIER / "vouchers/assessment.json").read_text("utf-8"))
    tree["client"] = {**tree["client"], "birth_date": BORN, "municipality": ELSEWHERE, **changes}
    return tree


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    whole = seeded()
    (folder / "sound.json").write_text(json.dumps(whole), "utf-8")
    whole["voucher_id"] = "PS-X"
    (folder / "spread.json").write_text(json.dumps(whole, indent=1), "utf-8")
    faulty = seeded(personal_identity_code=CODE, birth_date=[BORN])
    faulty["voucher_id"] = CODE
    (folder / "faulty.json").write_text(json.dumps(faulty), "utf-8")
    (folder / "cut.json").write_text(json.dumps(seeded(personal_identity_code=CODE))[:-30], "utf-8")
    (folder / "twice.json").write_text(
        json.dumps(seeded()).replace('"birth_date"', f'"birth_date": "{BORN}", "birth_date"')
    )
    (folder / "key.json").write_text(f'{{"document_type": "voucher", "{CODE}": 1, "{CODE}": 2}}')
    (folder / "unknown.json").write_text(json.dumps({**seeded(), "document_type": CODE}), "utf-8")
    for name, escaped in (("dash", False), ("escaped", True)):
        dashed = seeded(birth_date=[CODE.replace("-", "\u2013")])
        dashed["voucher_id"] = name + " " + CODE.replace("-", "\u2212")
        dashed["client_ref"] = ["the excerpt shows the line"]
        (folder / f"{name}.json").write_text(json.dumps(dashed, ensure_ascii=escaped), "utf-8")
    (folder / f"{CODE}.json").write_text(json.dumps({**seeded(), "voucher_id": "PS-Y"}), "utf-8")
    return folder


COMMANDS: list[list[str]] = [
    *(["check", "{}", *ON, "--format", form, *more]
      for form in ("text", "json", "ndjson", "sarif", "junit", "github", "gitlab", "azure", "tap", "markdown", "html")
      for more in ([], ["--verbose", "--lang", "en"], ["--show", "passed,not-applicable"])),
    ["check", "{}", *ON, "--quiet"],
    ["check", str(DOSSIER / "invoices"), "--context", "{}", *ON, "--select", "I603"],
    *(["explain", name, "--document", "{}", *ON, "--format", form] for name in ("V101", "V103", "1.m1", "V601")
      for form in ("text", "json")),
    *(["diff", "2026-01-01", "2026-11-24", "--documents", "{}", *ON, "--format", form]
      for form in ("text", "json", "markdown")),
    ["eval", "birth_date", "--context", "{}/sound.json", *ON],
    ["check", "--parameters", "{}/faulty.json", str(DOSSIER)],
    ["check", "--baseline", "{}/faulty.json", str(DOSSIER)],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(a for a in c if not a.startswith("/"))[:60])
def test_no_output_of_a_command_holds_a_secret(command: list[str], documents: Path) -> None:
    result = CliRunner().invoke(main, [a.format(documents) for a in command])
    output = result.output.replace(str(documents), "")
    assert output
    assert not isinstance(result.exception, AssertionError)
    assert [secret for secret in SECRETS if secret in output or secret.replace("-", "\\u002d") in output] == []


def test_a_crash_says_nothing_of_the_document(documents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError(f"born on {BORN}")

    monkeypatch.setattr("ktt_policy.engine.judge.Judge.document", crash)
    monkeypatch.setattr("ktt_policy.cli.check.render_report", crash)
    result = CliRunner().invoke(main, ["check", str(documents / "sound.json"), *ON])
    assert result.exit_code == 2
    assert "internal error" in result.output
    assert BORN not in result.output


def run_on_a_terminal(*arguments: str) -> str:
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "ktt_policy", *arguments]
    process = subprocess.Popen(command, stdout=follower, stderr=follower, env={**os.environ, "TERM": "dumb"}, cwd=ROOT)
    os.close(follower)
    read = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        read += part
    process.wait()
    os.close(leader)
    return read.decode()


def test_sensitive_values_are_shown_on_a_terminal_only(documents: Path, tmp_path: Path) -> None:
    arguments = ["explain", "V101", "--document", str(documents / "sound.json"), *ON]
    assert BORN not in run_on_a_terminal(*arguments)
    shown = run_on_a_terminal(*arguments, "--show-sensitive")
    assert BORN in shown
    assert "sensitive values are shown" in shown
    assert ELSEWHERE not in shown
    refused = CliRunner().invoke(main, [*arguments, "--show-sensitive"])
    assert refused.exit_code == 2
    assert "is for a terminal" in refused.output
    output = f"json={tmp_path / 'report.json'}"
    refused_text = run_on_a_terminal("check", str(documents / "sound.json"), "--show-sensitive", "--output", output)
    assert "does not go with --output" in " ".join(refused_text.split())
    assert not (tmp_path / "report.json").exists()


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("voucher.client.birth_date", '"•••"'),
        ("[voucher.client.birth_date]", '"•••"'),
        ("substring(string(voucher.client.birth_date), 1, 4)", '"•••"'),
        ("voucher.client.birth_date < today", "true"),
        ("voucher.unit", '"hour"'),
    ],
)
def test_eval_masks_what_a_document_has_that_is_sensitive(expression: str, shown: str) -> None:
    voucher = Path(__file__).parents[2] / "fixtures/conforming/vouchers/individual-coaching.json"
    command = ["eval", "--rulebook", "pohjois-savo-ktt", "--context", str(voucher)]
    assert CliRunner().invoke(main, [*command, expression]).output == shown + "\n"
    # Without a rulebook the fields of the document are the names.
    plain = ["eval", "--context", str(voucher), expression.replace("voucher.", "")]
    if "<" not in expression:  # no date there, as nothing says that it is one
        assert CliRunner().invoke(main, plain).output == shown + "\n"
    client = CliRunner().invoke(main, [*command, "voucher.client"]).output
    assert '"birth_date": "•••"' in client
