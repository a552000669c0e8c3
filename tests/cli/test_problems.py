"""Problems are told in English; in Finnish, too, where that is the language."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy.cli import main


@pytest.mark.parametrize(("lang", "times"), [("fi", 1), ("en", 0)])
def test_what_a_code_means_is_said_once_in_finnish(tmp_path: Path, lang: str, times: int) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text('{"a": ')
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--lang", lang])
    assert result.exit_code == 2
    assert result.stderr.count("error[E103]") == 2
    assert result.stderr.count("suomeksi: Ei JSONia.") == times


@pytest.mark.parametrize(("lang", "said"), [("fi", "luettelee säännöt"), ("en", "lists the rules")])
def test_what_to_do_about_an_unknown_id_does_not_speak_of_a_nearest_one(tmp_path: Path, lang: str, said: str) -> None:
    (tmp_path / "a.json").write_text("{}")
    told = CliRunner().invoke(main, ["check", str(tmp_path), "--lang", lang, "--select", "NOPE"]).stderr
    assert "did you mean" not in told
    assert f"`ktt-policy timeline` {said}" in told
