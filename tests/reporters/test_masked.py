"""What is sensitive is read in no format: not in messages, not in the lines around them, however it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ktt_policy import Rulebook
from ktt_policy.masking import MASK, blot, mask
from ktt_policy.reporters import FORMATS, Settings, render_report
from scenarios import ON

ROOT = Path(__file__).parents[2]
FIELDS = frozenset({"birth_date", "personal_identity_code"})
# The form of an identity code is all that counts: none of these is one.
SECRETS = [
    "Matti Meik",
    "Maija Meik",
    "Pekka Puup",
    "Liisa Lauk",
    "1987-06-21",
    "210687-917K",
    "1966-01-02",
    "020166A9021",
    "110203-985R",
    "050505+907X",
    "231045-941T",
]


def voucher() -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((ROOT / "fixtures/conforming/vouchers/assessment.json").read_text("utf-8"))
    tree["client"] = {
        "client_ref": "AS-103",
        "unknown_before": 1,  # faults around the values, so that these are neighbours of what is shown
        "birth_date": "1987-06-21",
        "name": "Matti Meikäläinen",  # which no schema has
        "unknown_between": 1,
        "personal_identity_code": "210687-917K",
        "unknown_after": "110203-985R",
        "municipality": "050505+907X",
    }
    tree["provider"]["legal_form"] = "231045-941T"
    tree["reports"] = {"whose": "Maija Meikäläinen"}  # of the wrong type, with all that is in it
    tree['"name"'] = "Pekka Puupää"
    tree[""] = "Liisa Laukkanen"
    tree["unit_price"] = 1
    return tree


def files(folder: Path) -> list[Path]:
    one, two, lines, duplicate = (folder / name for name in ("one.json", "two.json", "x.ndjson", "duplicate.json"))
    tree = voucher()
    one.write_text(json.dumps(tree, indent=1), "utf-8")
    text = json.dumps(tree, indent=1).replace("PS-2026-0003", "020166A9021")
    text = text.replace('"birth_date": ', '"birth\\u005fdate"\n:\n ').replace(
        '"personal_identity_code": ', '"personal_identity_code" :\n'
    )
    two.write_text(text.replace("1987-06-21", "1966-01-02"), "utf-8")
    duplicate.write_text(text, "utf-8")
    tree["client"]["birth_date"] = ["1987-06-21", {"born": "1966-01-02"}]
    tree["client"]["personal_identity_code"] = {"code": "210687-917K"}
    tree["voucher_id"] = "PS-9"
    lines.write_text("\n" + json.dumps(tree) + "\n", "utf-8")
    return [one, two, lines, duplicate]


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_shows_what_is_sensitive(format_: str, tmp_path: Path) -> None:
    book = Rulebook.load()
    broken = tmp_path / "050505+907X.json"
    broken.write_text('{"document_type": "voucher", "voucher_id": 5}', "utf-8")
    report = book.check(files(tmp_path), ON, [broken], show=["passed", "not applicable"], cases=True)
    assert {f.code for f in report.findings} >= {"S000", "S001", "V601"}
    assert "050505+907X" in report.notes[-1].message["en"]
    for lang in ("fi", "en"):
        for settings in (Settings(lang, 1, verbose=True), Settings(lang, 1, terminal=True, width=100)):
            text = render_report(report, format_, lang, 1, settings)
            assert "unknown_between" in text
            assert [secret for secret in SECRETS if secret in text or secret.replace("-", "\\u002d") in text] == []
            if format_ in ("text", "html"):
                assert "•••" in text


def test_lines_keep_their_places_when_they_are_blotted() -> None:
    text = (
        '{"birth_date":"1990-01-01", "x": "130491-903X",\r\n"BirthDate" : \n [1, {"a\\"b": null, "c": "d"}], "y": "d"}'
    )
    made = blot(text, FIELDS)
    assert made == (
        '{"birth_date":"••••••••••", "x": "•••••••••••",\r\n"BirthDate" : \n [•, {"••••": null, "•": "•"}], "y": "d"}'
    )


@given(st.text(), st.text())
def test_a_blotted_text_is_as_long_as_it_was(before: str, value: str) -> None:
    text = json.dumps({before: before, "birth_date": value, "z": 1}, ensure_ascii=False)
    made = blot(text, FIELDS)
    assert len(made) == len(text)
    assert json.loads(made)["z"] == 1
    shown = json.loads(made)["birth_date"]
    assert set(shown) <= {"•"}


@given(st.text())
def test_any_text_can_be_blotted(text: str) -> None:
    assert len(blot(text, FIELDS)) == len(text)


def test_a_mask_is_no_identity_code() -> None:
    assert mask(MASK) == MASK


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("131052-308T/1", "•••/1"),
        ("131052-308T1", "•••1"),  # with a running number
        ("AS131052-308T", "AS•••"),
        ("1131052-308T", "1•••"),
        ("131052-308T131052-308T", "••••••"),
        ("111111-222222-333A", "111111-•••"),  # by its form alone, where it stands alone
        ("AS131052-308X", "AS131052-308X"),  # no code: its check character is another
        ("f" * 20 + "131052a3140" + "0" * 20, "f" * 20 + "131052a3140" + "0" * 20),  # a digest
    ],
)
def test_a_code_is_masked_amid_letters_and_digits(text: str, shown: str) -> None:
    assert mask(text) == shown
    assert mask(f"({text})") == f"({shown})"
    assert len(blot(text, frozenset())) == len(text)
    assert (text == blot(text, frozenset())) == (text == shown)
