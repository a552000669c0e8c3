"""JSON Patch (RFC 6902), laid over the documents of cases."""

from __future__ import annotations

import re
import sys
from typing import Any

from ktt_policy.source.spans import parts


class PatchError(Exception):
    """A patch that does not fit its document."""


def json_patch(tree: Any, operation: dict[str, Any]) -> Any:
    """One operation of a JSON Patch (RFC 6902): add, remove, replace, test, move, copy."""
    kind, path = operation["op"], parts(operation["path"])
    if kind in ("move", "copy"):
        source = parts(operation["from"])
        value = _get(tree, source)
        if kind == "move":
            tree = _set(tree, source, None, "remove")
        return _set(tree, path, value, "add")
    if kind == "test":
        if _get(tree, path) != operation["value"]:
            raise PatchError(f"the test at `{operation['path']}` does not hold")
        return tree
    return _set(tree, path, operation.get("value"), kind)


def _get(tree: Any, path: list[str]) -> Any:
    for part in path:
        try:
            tree = tree[_index(part)] if isinstance(tree, list) else tree[part]
        except (KeyError, IndexError, TypeError):
            raise PatchError(f"there is nothing at `/{'/'.join(path)}`") from None
    return tree


def _index(part: str) -> int:
    """The index that a part of a JSON Pointer stands for: digits, and no 0 before others; else one beyond any list."""
    return int(part) if re.fullmatch("0|[1-9][0-9]{0,8}", part) else sys.maxsize


def _set(tree: Any, path: list[str], value: Any, kind: str) -> Any:
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(tree, list):
        made = list(tree)
        at = len(made) if head == "-" else _index(head)
        if at > len(made) or (at == len(made) and (rest or kind != "add")):
            raise PatchError(f"there is no item `{head}` to {kind}")
        if rest:
            made[at] = _set(made[at], rest, value, kind)
        elif kind == "add":
            made.insert(at, value)
        elif kind == "remove":
            del made[at]
        else:
            made[at] = value
        return made
    if not isinstance(tree, dict):
        raise PatchError(f"`{head}` leads into a plain value")
    made_dict = dict(tree)
    if rest:
        if head not in made_dict:
            raise PatchError(f"there is no field `{head}`")
        made_dict[head] = _set(made_dict[head], rest, value, kind)
    elif kind == "add":
        made_dict[head] = value
    elif head not in made_dict:
        raise PatchError(f"there is no field `{head}` to {kind}")
    elif kind == "remove":
        del made_dict[head]
    else:
        made_dict[head] = value
    return made_dict
