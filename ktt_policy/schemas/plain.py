"""What jsonschema finds in a file of a rulebook, in plain words: its own messages show values as Python writes them."""

from __future__ import annotations

from typing import Any

WORDS = {
    "string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
    "array": "a list", "object": "a mapping of keys to values", "null": "null",
}  # fmt: skip
LONGEST = 60


def fitting(error: Any) -> Any:
    """The error to tell: of alternatives, that of the one that its type fits; first an unknown key, a slip."""
    while error.validator in ("anyOf", "oneOf") and error.context:
        meant = [e for e in error.context if e.validator != "type" or e.relative_path]
        if not meant:
            break
        error = min(meant, key=lambda e: e.validator != "additionalProperties")
    return error


def missing(error: Any) -> str:
    """The key that a `required` misses: each missing one is an error of its own, told apart by the message only."""
    absent = [name for name in error.validator_value if name not in error.instance]
    return str(next((name for name in absent if error.message.startswith(repr(name))), absent[0]))


def said(error: Any) -> str:
    """What is wrong, by the keyword that was broken."""
    name, shown, limit = _name(error), _shown(error.instance), error.validator_value
    # Where the type is wrong, quotes in the file make the difference: "true" is no true.
    given = f"the text {shown}" if isinstance(error.instance, str) and error.instance else shown
    match error.validator:
        case "required":
            return f"`{missing(error)}` is missing"
        case "type":
            return f"{name} must be {_types([limit])}, not {given}"
        case "anyOf" | "oneOf":
            return f"{name} must be {_types([e.validator_value for e in error.context])}, not {given}"
        case "enum":
            return f"{name} must be one of {', '.join(_shown(one) for one in limit)}, not {shown}"
        case "const":
            return f"{name} must be {_shown(limit)}, not {shown if isinstance(limit, str) else given}"
        case "minLength" | "minItems" | "minProperties" if not error.instance:
            return f"{name} is empty"
        case "minimum" | "exclusiveMinimum":
            return f"{name} must be {'at least' if error.validator == 'minimum' else 'more than'} {limit}, not {shown}"
        case "uniqueItems":
            return f"{name} lists one thing twice"
        case "pattern":
            return f"{shown} is not written as it must be"
    return f"{name} does not keep `{error.validator}` of its schema"


def _types(written: list[str | list[str]]) -> str:
    names = [WORDS[one] for types in written for one in ([types] if isinstance(types, str) else types)]
    return " or ".join(dict.fromkeys(names))


def _name(error: Any) -> str:
    *above, last = error.absolute_path or ["the file"]
    if isinstance(last, int):
        return f"an item of `{next((key for key in reversed(above) if isinstance(key, str)), 'the list')}`"
    return f"`{last}`" if error.absolute_path else str(last)


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"`{value if len(value) <= LONGEST else value[: LONGEST - 1] + '…'}`" if value else "an empty text"
        case list():
            return WORDS["array"]
        case dict():
            return WORDS["object"]
    return str(value)
