"""What must not be read in any output: values of sensitive fields, and whatever looks like an identity code."""

from __future__ import annotations

import re

MASK = "•••"
_CODE = re.compile(r"(?<![0-9A-Za-z])\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-Ya-y](?![0-9A-Za-z])")


def mask(text: str) -> str:
    """The text without anything that looks like a Finnish personal identity code."""
    return _CODE.sub(MASK, text)


def mask_line(line: str, fields: frozenset[str]) -> str:
    """A source line of JSON with the values of sensitive fields and identity codes blotted out, at their length."""
    if fields:
        names = "|".join(re.escape(f) for f in sorted(fields))
        line = re.sub(rf'("(?:{names})"\s*:\s*")((?:[^"\\]|\\.)*)', lambda m: m[1] + "•" * len(m[2]), line)
    return _CODE.sub(lambda m: "•" * len(m[0]), line)
