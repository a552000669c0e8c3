"""The table that the function modules fill: `@builtin(name, *signatures, ...)` above a body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct


class Builtin(Struct, frozen=True):
    """A function of the language.

    `signatures`: see `typesystem.read_signature`; the first that fits is taken. `own_nulls`: the body sees nulls
    (three-valued functions); otherwise a null argument makes the result unknown. `strict_items`: so does a null
    among the items of a list argument. `partial`: the body may raise `UndefinedError`. `extension`: not in DMN.
    `literals`: positions of arguments that must be literal strings. `example`: expression and its value as text.
    """

    name: str
    signatures: tuple[str, ...]
    body: Callable[..., Any]
    group: str
    fi: str
    en: str
    example: tuple[str, str]
    own_nulls: bool = False
    strict_items: bool = False
    partial: bool = False
    extension: bool = False
    literals: tuple[int, ...] = ()


BUILTINS: dict[str, Builtin] = {}


def builtin(
    name: str,
    *signatures: str,
    fi: str,
    en: str,
    example: tuple[str, str],
    own_nulls: bool = False,
    partial: bool = False,
    extension: bool = False,
    literals: tuple[int, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the function below as a built-in."""
    strict_items = not own_nulls and any("list<" in s.rpartition("->")[0] for s in signatures)
    strict_items = strict_items and "list<T>" not in signatures[0]

    def add(body: Callable[..., Any]) -> Callable[..., Any]:
        assert name not in BUILTINS, name
        group = body.__module__.rpartition(".")[2]
        BUILTINS[name] = Builtin(
            name,
            signatures,
            body,
            group,
            fi,
            en,
            example,
            own_nulls,
            strict_items,
            partial,
            extension,
            literals,
        )
        return body

    return add
