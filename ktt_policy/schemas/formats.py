"""The formats of the schemas that JSON Schema does not know, each as a test of a text.

Check digits come from python-stdnum, imported at first use. The Finnish creditor reference (viitenumero, weights
7-3-1) is the one that python-stdnum lacks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

_PART = re.compile(r"(\\.|\[(?:\\.|[^\]])*\])|\$", re.DOTALL)


@lru_cache
def pattern(written: str) -> Callable[[str], object]:
    """The search that a `pattern` asks for, as ECMA 262 means it: `$` is the very end, digits are ASCII."""
    return re.compile(_PART.sub(lambda part: part[1] or r"\Z", written), re.ASCII).search


def business_id(text: str) -> bool:
    """Finnish business id as written, `1234567-8`."""
    from stdnum.fi import ytunnus

    return len(text) == 9 and text[7] == "-" and text.isascii() and ytunnus.is_valid(text) and text != "0000000-0"


def identity_code(text: str) -> bool:
    """Finnish personal identity code, with the separators of 2023 and the temporary numbers 900–999."""
    return text.isascii() and _reads_as_identity_code(text)


def _reads_as_identity_code(text: str) -> bool:
    """The same, with any dash and any digits: whoever reads it knows the person."""
    if len(text) != 11:
        return False
    from stdnum.fi import hetu

    return hetu.is_valid(text, allow_temporary=True)


def pseudonymous_reference(text: str) -> bool:
    """Anything but a valid personal identity code."""
    return not _reads_as_identity_code(text.strip().upper())


def iban(text: str) -> bool:
    from stdnum import iban as stdnum_iban

    return text.isascii() and text == text.upper() and stdnum_iban.is_valid(text)


def payment_reference(text: str) -> bool:
    """A Finnish creditor reference (4–20 digits, check digit by 7-3-1) or an RF reference (ISO 11649)."""
    compact = text.replace(" ", "")
    if compact.startswith("RF"):
        from stdnum import iso11649

        return compact.isascii() and iso11649.is_valid(compact)
    if not (compact.isascii() and compact.isdigit() and 4 <= len(compact) <= 20):
        return False
    total = sum(int(digit) * (7, 3, 1)[i % 3] for i, digit in enumerate(reversed(compact[:-1])))
    return int(compact[-1]) == -total % 10


FORMATS: dict[str, Callable[[str], bool]] = {
    "fi-business-id": business_id,
    "fi-personal-identity-code": identity_code,
    "pseudonymous-reference": pseudonymous_reference,
    "iban": iban,
    "payment-reference": payment_reference,
}


# --- the fast road ------------------------------------------------------------------------------------------
# Importing python-stdnum takes longer than checking a small invoice. These accept a part of what the functions above
# accept, by the same check digits; what they do not accept is asked above. Tests hold them against each other.


def _plain_business_id(text: str) -> bool:
    if len(text) != 9 or text[7] != "-" or not (text[:7] + text[8]).isdigit() or not text.isascii():
        return False
    left = sum(int(d) * w for d, w in zip(text[:7], (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return left != 1 and int(text[8]) == (11 - left if left else 0) and text != "0000000-0"


def _plain_iban(text: str) -> bool:
    if not (text.startswith("FI") and len(text) == 18 and text.isascii() and text[2:].isdigit()):
        return False
    return int(text[4:] + "1518" + text[2:4]) % 97 == 1


def _plain_identity_code(text: str) -> bool:
    """The codes of the 20th century, with their first separator."""
    if len(text) != 11 or not text.isascii() or text[6] != "-" or not (text[:6] + text[7:10]).isdigit():
        return False
    number = int(text[7:10])
    try:
        date(1900 + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return False
    return number > 1 and text[10] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[7:10]) % 31]


def _plain_reference(text: str) -> bool:
    """Not of the shape of an identity code, so it is none."""
    bare = text.strip()
    return len(bare) != 11 or not bare[:6].isdigit()


PLAIN: dict[str, Callable[[str], bool]] = {
    "fi-business-id": _plain_business_id,
    "fi-personal-identity-code": _plain_identity_code,
    "iban": _plain_iban,
    "pseudonymous-reference": _plain_reference,
}
