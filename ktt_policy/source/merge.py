"""JSON Merge Patch (RFC 7386): a document laid over another."""

from __future__ import annotations

from collections.abc import Container
from typing import Any


def merge_patch(target: Any, patch: Any, nulls: Container[str] = ()) -> Any:
    """The target with the patch laid over it: null removes a field, lists are replaced whole.

    Null stays where it is the value of a field in `nulls`.
    """
    if not isinstance(patch, dict):
        return patch
    made = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None and key not in nulls:
            made.pop(key, None)
        else:
            made[key] = merge_patch(made.get(key), value, nulls)
    return made
