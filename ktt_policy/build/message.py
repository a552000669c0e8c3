"""A message of a rule: text with expressions in braces."""

from __future__ import annotations


def template(text: str) -> list[tuple[str, str, int]]:
    """A message as ("text" | "expression" | "open", piece, offset); `{{` and `}}` stand for braces."""
    parts: list[tuple[str, str, int]] = []
    plain, at = "", 0
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            plain += text[at]
            at += 2
        elif text[at] == "{":
            end = _closing(text, at)
            if end < 0:
                return [*parts, ("open", "", at)]
            if plain:
                parts.append(("text", plain, at))
                plain = ""
            parts.append(("expression", text[at + 1 : end], at + 1))
            at = end + 1
        else:
            plain += text[at]
            at += 1
    return [*parts, ("text", plain, at)] if plain else parts


def _closing(text: str, at: int) -> int:
    depth, quoted = 0, False
    while at < len(text):
        character = text[at]
        if quoted:
            at += character == "\\"
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return -1
