"""What a document may hold at most."""

from __future__ import annotations

from decimal import Decimal

DEEPEST = 100
DIGITS = 34
LARGEST_EXPONENT = 100


def is_readable(value: Decimal) -> bool:
    """True for a number of the language: so many digits at most, and an exponent within reason."""
    if not value.is_finite() or len(value.as_tuple().digits) > DIGITS:
        return False
    return abs(value.adjusted()) <= LARGEST_EXPONENT
