"""Formats: check digits by the library, and the fast road never accepts what the library refuses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ktt_policy.masking import MASK, blot, mask
from ktt_policy.schemas.formats import FORMATS, PLAIN
from stdnum.util import _char_map


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "fi-business-id",
            ["9012347-6", "9012349-2"],
            ["9012347-7", "90123476", "0000000-0", "FI90123476", "", "９012347-6"],
        ),
        (
            "fi-personal-identity-code",
            ["010190-900P", "010190Y900P"],
            ["010190-900Q", "310290-900P", "010190-900", "010190\u2013900P", "０10190-900P"],
        ),
        (
            "pseudonymous-reference",
            ["AS-101", "010190-900Q"],
            ["010190-900P", "010190y900p", " 010190-900P ", "010190\u2013900P", "０10190-900P"],
        ),
        ("iban", ["FI3699999900001234"], ["FI3699999900001235", "fi3699999900001234", "FI36 9999 9900 0012 34 5"]),
        ("payment-reference", ["202602004176", "RF18539007547034"], ["202602004177", "123", "RF19539007547034"]),
    ],
)
def test_formats(name: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not FORMATS[name](text)] == []
    assert [text for text in bad if FORMATS[name](text)] == []


CODES = ["010190-900P", "010190-902S", "010190-9145"]  # of the numbers that no one is given


def test_a_code_in_other_signs_is_a_code_still_but_not_a_sound_one_and_is_masked_everywhere() -> None:
    signs = [s for s in map(chr, range(128, 0x110000)) if s in _char_map or s.isdigit() or s.upper().isascii()]
    refused, sound, shown = set(), [], []
    for code in CODES:
        for at, sign in ((at, sign) for at in (0, 6, 10) for sign in signs):
            text = code[:at] + sign + code[at + 1 :]
            if not FORMATS["pseudonymous-reference"](text):
                refused.add(sign)
                shown.extend(t for t in (mask(text), blot(f'"{text}"', frozenset())) if text in t)
            sound.extend(name for name in ("fi-personal-identity-code", "fi-business-id") if FORMATS[name](text))
    assert {"\u2011", "\u2013", "\u2212", "\uff10", "\u017f"} <= refused
    assert sound == shown == []


@pytest.mark.parametrize("dash", "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
def test_a_code_with_any_dash_is_masked(dash: str) -> None:
    assert mask(f"AS {CODES[0].replace('-', dash)}.") == f"AS {MASK}."


def test_a_code_in_escapes_is_blotted() -> None:
    text = r'["a\u00e4", "010190\u2013900P", "010190-900\u0050", "010190\u002D900P'
    assert blot(text, frozenset()) == r'["a\u00e4", "' + "•" * 16 + '", "' + "•" * 16 + '", "' + "•" * 16


digits = st.text("0123456789", min_size=7, max_size=7)


@settings(derandomize=True, max_examples=300)
@given(digits, st.sampled_from("0123456789"))
def test_the_fast_road_agrees_on_business_ids(number: str, check: str) -> None:
    text = f"{number}-{check}"
    assert PLAIN["fi-business-id"](text) == FORMATS["fi-business-id"](text)


@settings(derandomize=True, max_examples=300)
@given(st.text("0123456789", min_size=14, max_size=14), st.integers(0, 99))
def test_the_fast_road_agrees_on_finnish_ibans(account: str, check: int) -> None:
    right = 98 - int(account + "151800") % 97
    for digits_ in (f"{check:02d}", f"{right:02d}"):
        text = f"FI{digits_}{account}"
        assert not PLAIN["iban"](text) or FORMATS["iban"](text)


@settings(derandomize=True, max_examples=500)
@given(
    st.dates(date(1895, 1, 1), date(2004, 12, 31)), st.integers(0, 999), st.sampled_from("-A+Y"),
    st.sampled_from("0123456789ABCDEFHJKLMNPRSTUVWXYabc"), st.booleans(),
)  # fmt: skip
def test_the_fast_road_agrees_on_identity_codes(
    born: date, number: int, separator: str, check: str, right: bool
) -> None:
    digits_ = f"{born:%d%m%y}{number:03d}"
    last = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits_) % 31] if right else check
    text = f"{digits_[:6]}{separator}{digits_[6:]}{last}"
    assert not PLAIN["fi-personal-identity-code"](text) or FORMATS["fi-personal-identity-code"](text)
    assert not PLAIN["pseudonymous-reference"](text) or FORMATS["pseudonymous-reference"](text)
