"""Functions of numbers. All exact decimals; rounding is always named."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from ktt_policy.expr.functions.registry import builtin
from ktt_policy.expr.values import CONTEXT, UndefinedError, YearsMonths
from ktt_policy.source.limits import DIGITS

# Result exponents of every scale that comes up; others are made on demand.
EXPONENTS = {scale: Decimal(1).scaleb(-scale) for scale in range(13)}
TWO = Decimal(2)
# For remainders: the quotient of any two numbers has no more digits.
WIDE = Context(prec=CONTEXT.Emax - CONTEXT.Etiny() + 1)


def rounded(n: Decimal, scale: Decimal, mode: str) -> Decimal:
    if scale != int(scale) or not -DIGITS <= scale <= DIGITS:
        raise UndefinedError("no such scale")
    exponent = EXPONENTS.get(int(scale))
    if exponent is None:
        exponent = Decimal(1).scaleb(-int(scale))
    if n.adjusted() + int(scale) > 33:
        # More digits than a number has: the value has no finer part to round.
        return n
    return n.quantize(exponent, mode)


ROUNDING = {
    "decimal": ROUND_HALF_EVEN,
    "round half up": ROUND_HALF_UP,
    "round half down": ROUND_HALF_DOWN,
    "round up": ROUND_UP,
    "round down": ROUND_DOWN,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
}


@builtin(
    "abs", "n: number -> number", "n: days and time duration -> days and time duration",
    "n: years and months duration -> years and months duration",
    fi="Luvun tai keston itseisarvo.", en="The absolute value of a number or duration.", example=("abs(-1.5)", "1.5"),
)  # fmt: skip
def absolute(n: Any) -> Any:
    return YearsMonths(abs(n.months)) if isinstance(n, YearsMonths) else abs(n)


@builtin(
    "floor", "n: number, scale?: number -> number", partial=True,
    fi="Pyöristys alaspäin annettuun desimaalien määrään (oletus 0).",
    en="Rounded down to so many decimals (0 by default).", example=("floor(-1.5)", "-2"),
)  # fmt: skip
def floor(n: Decimal, scale: Decimal = EXPONENTS[0] * 0) -> Decimal:
    return rounded(n, scale, ROUND_FLOOR)


@builtin(
    "ceiling", "n: number, scale?: number -> number", partial=True,
    fi="Pyöristys ylöspäin annettuun desimaalien määrään (oletus 0).",
    en="Rounded up to so many decimals (0 by default).", example=("ceiling(1.2)", "2"),
)  # fmt: skip
def ceiling(n: Decimal, scale: Decimal = EXPONENTS[0] * 0) -> Decimal:
    return rounded(n, scale, ROUND_CEILING)


@builtin(
    "round up", "n: number, scale: number -> number", partial=True,
    fi="Pyöristys poispäin nollasta.", en="Rounded away from zero.", example=("round up(1.121, 2)", "1.13"),
)  # fmt: skip
def round_up(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, ROUND_UP)


@builtin(
    "round down", "n: number, scale: number -> number", partial=True,
    fi="Pyöristys kohti nollaa.", en="Rounded towards zero.", example=("round down(1.129, 2)", "1.12"),
)  # fmt: skip
def round_down(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, ROUND_DOWN)


@builtin(
    "round half up", "n: number, scale: number -> number", partial=True,
    fi="Kaupallinen pyöristys: puolikas poispäin nollasta.", en="Commercial rounding: a half goes away from zero.",
    example=("round half up(15.725, 2)", "15.73"),
)  # fmt: skip
def round_half_up(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, ROUND_HALF_UP)


@builtin(
    "round half down", "n: number, scale: number -> number", partial=True,
    fi="Pyöristys lähimpään, puolikas kohti nollaa.", en="To the nearest; a half goes towards zero.",
    example=("round half down(15.725, 2)", "15.72"),
)  # fmt: skip
def round_half_down(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, ROUND_HALF_DOWN)


@builtin(
    "decimal", "n: number, scale: number -> number", partial=True,
    fi="Pyöristys lähimpään, puolikas parilliseen.", en="To the nearest; a half goes to the even digit.",
    example=("decimal(2.5, 0)", "2"),
)  # fmt: skip
def decimal(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, ROUND_HALF_EVEN)


@builtin(
    "modulo", "dividend: number, divisor: number -> number", partial=True,
    fi="Jakojäännös; etumerkki on jakajan.", en="The remainder; its sign is the divisor's.",
    example=("modulo(-12, 5)", "3"),
)  # fmt: skip
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise UndefinedError("division by zero")
    remainder = WIDE.remainder(dividend, divisor)
    return remainder + divisor if remainder and (remainder < 0) != (divisor < 0) else remainder


@builtin(
    "sqrt", "n: number -> number", partial=True,
    fi="Neliöjuuri.", en="The square root.", example=("sqrt(16)", "4"),
)  # fmt: skip
def sqrt(n: Decimal) -> Decimal:
    if n < 0:
        raise UndefinedError("root of a negative number")
    return n.sqrt()


@builtin(
    "even", "n: number -> boolean", fi="Tosi parilliselle luvulle.", en="True for an even number.",
    example=("even(4)", "true"),
)  # fmt: skip
def even(n: Decimal) -> bool:
    return WIDE.remainder(n, TWO) == 0


@builtin(
    "odd", "n: number -> boolean", fi="Tosi parittomalle luvulle.", en="True for an odd number.",
    example=("odd(4)", "false"),
)  # fmt: skip
def odd(n: Decimal) -> bool:
    return abs(WIDE.remainder(n, TWO)) == 1
