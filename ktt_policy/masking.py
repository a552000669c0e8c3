"""What must not be read in any output: values of sensitive fields, and whatever looks like an identity code."""

from __future__ import annotations

import re

MASK = "•••"
_CODE = re.compile(r"(?<![0-9A-Za-z])\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-Ya-y](?![0-9A-Za-z])")


def mask(text: str) -> str:
    """The text without anything that looks like a Finnish personal identity code."""
    return _CODE.sub(MASK, text)
