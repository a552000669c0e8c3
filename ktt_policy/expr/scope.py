"""What an expression may speak of: names, parameters, documents, definitions."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from ktt_policy.diagnostics import Span
from ktt_policy.expr import syntax as s
from ktt_policy.expr.typesystem import Origin, Type
from ktt_policy.source.text import Excerpt


class Definition(Struct, frozen=True):
    """A named expression of a rulebook: typed arguments, one body, inlined where it is called."""

    name: str
    parameters: tuple[tuple[str, Type], ...]
    body: s.Node
    excerpt: Excerpt
    broken: bool = False


class Scope(Struct, frozen=True):
    """`names`: variable → type. `unique`: variable → its name in the typed tree, where it differs.

    `parameters` is None where `parameters.x` has no meaning; `documents` are the kinds that `related` and
    `all documents` know; `locate` finds the span of a schema property for the second place of a type error. `compared`
    takes note of the values of the fields that the texts of a parameter are compared with. `bare` are names of data
    without a schema: nobody says what else they might have, so that a path to nothing is no mistake to `is defined`.
    """

    names: dict[str, Type] = field(default_factory=dict)
    unique: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Type] | None = None
    documents: dict[str, Type] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    run: bool = False
    locate: Callable[[Origin], Span | None] | None = None
    compared: dict[str, set[str]] = field(default_factory=dict)
    bare: bool = False

    def having(self, /, **names: Type) -> Scope:
        """The scope with more names."""
        return replace(self, names={**self.names, **names})


class Frame(Struct, frozen=True):
    """One level of names inside an expression: an iterator, or a filter's item with its implicit fields."""

    names: dict[str, tuple[str, Type]]
    item: tuple[str, Type] | None = None
    outer: Frame | None = None

    def variable(self, name: str) -> tuple[str, Type] | None:
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.outer
        return None

    def all_names(self) -> list[str]:
        found: list[str] = []
        frame: Frame | None = self
        while frame is not None:
            found.extend(frame.names)
            if frame.item is not None and frame.item[1].fields:
                found.extend(frame.item[1].fields)
            frame = frame.outer
        return found
