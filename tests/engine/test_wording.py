"""Values as readers of Finnish and of English write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ktt_policy.engine.wording import worded

NUMBERS = [
    ("62.88", "62,88"), ("62.80", "62,80"), ("30.00", "30,00"), ("6.0", "6"), ("33.0", "33"), ("2.5", "2,5"),
    ("0.600", "0,6"), ("100", "100"), ("1E+3", "1000"), ("-0.0", "0"), ("0E-3", "0"), ("-7.50", "-7,50"),
    ("1234567890123456789012345678901.250", "1234567890123456789012345678901,25"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "finnish"), NUMBERS)
def test_numbers_lose_the_zeros_of_arithmetic_but_money_keeps_its_cents(number: str, finnish: str) -> None:
    assert worded(Decimal(number), "fi") == finnish
    assert worded(Decimal(number), "en") == finnish.replace(",", ".")
