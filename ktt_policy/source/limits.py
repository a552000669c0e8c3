"""What a document may hold at most."""

from __future__ import annotations

from decimal import Context, Decimal

DEEPEST = 100
DIGITS = 34
LARGEST_EXPONENT = 100
LONGEST = 200  # characters in which a number may be written
# Enough digits for any number that is read: the remainder of a large one by a small one has to be exact.
WIDE = Context(prec=2 * LARGEST_EXPONENT + 2 * DIGITS)


def is_readable(value: Decimal) -> bool:
    """True for a number of the language: so many digits at most, and an exponent within reason."""
    if not value.is_finite() or len(value.as_tuple().digits) > DIGITS:
        return False
    return abs(value.adjusted()) <= LARGEST_EXPONENT


def number_of(value: int | Decimal) -> Decimal:
    """A number from Python as the language has it; TypeError for one that no document may hold."""
    number = Decimal(value)
    if not is_readable(number):
        raise TypeError(f"a number has at most {DIGITS} digits and an exponent within ±{LARGEST_EXPONENT}")
    return number
