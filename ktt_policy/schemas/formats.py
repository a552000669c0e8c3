"""The formats of the schemas that JSON Schema does not know, each as a test of a text.

Check digits come from python-stdnum, imported at first use. The Finnish creditor reference (viitenumero, weights
7-3-1) is the one that python-stdnum lacks.
"""

from __future__ import annotations

from collections.abc import Callable


def business_id(text: str) -> bool:
    """Finnish business id as written, `1234567-8`."""
    from stdnum.fi import ytunnus

    return len(text) == 9 and text[7] == "-" and ytunnus.is_valid(text) and text != "0000000-0"


def identity_code(text: str) -> bool:
    """Finnish personal identity code, with the separators of 2023 and the temporary numbers 900–999."""
    from stdnum.fi import hetu

    return len(text) == 11 and hetu.is_valid(text, allow_temporary=True)


def pseudonymous_reference(text: str) -> bool:
    """Anything but a valid personal identity code."""
    return not identity_code(text.strip().upper())


def iban(text: str) -> bool:
    from stdnum import iban as stdnum_iban

    return text == text.upper() and stdnum_iban.is_valid(text)


def payment_reference(text: str) -> bool:
    """A Finnish creditor reference (4–20 digits, check digit by 7-3-1) or an RF reference (ISO 11649)."""
    compact = text.replace(" ", "")
    if compact.startswith("RF"):
        from stdnum import iso11649

        return iso11649.is_valid(compact)
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
