"""The checker's part for iterators: `for`, `some` and `every`, over lists and over `low..high`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ktt_policy.expr import syntax as s
from ktt_policy.expr import typed as t
from ktt_policy.expr.scope import Frame
from ktt_policy.expr.typesystem import ERROR, KNOWN, NULL, UNKNOWN, Type, an, list_of

Result = tuple[t.Tree, Type]


class IteratorChecks:
    """Mixed into `checker.Checker`, which gives the rest."""

    if TYPE_CHECKING:

        def report(self, code: str, message: str, node: Any, help: str = "", origin: Type | None = None) -> None: ...
        def expression(self, node: s.Node, frame: Frame) -> Result: ...
        def failed(self, node: s.Node) -> Result: ...
        def condition(self, n: s.Node, frame: Frame, place: str) -> Result: ...
        def fresh(self, name: str) -> str: ...
        def reserved(self, name: str, n: s.Node) -> None: ...

    def on_For(self, n: s.For, frame: Frame) -> Result:  # noqa: N802
        domains, inner = self._iterators(n.iterators, frame)
        body, found = self.expression(n.body, inner)
        if found.kind == "error" or any(d is None for d in domains):
            return self.failed(n)
        item, nulls, node = found, 0, body
        for index, domain in enumerate(reversed(domains)):
            assert domain is not None
            variable, tree, source = domain
            nulls |= UNKNOWN if source.nulls else 0
            node = t.For(n.start, n.end, "list", nulls, variable, tree, node, item.nulls, flatten=index > 0)
        return node, list_of(item, nulls)

    def on_Quantified(self, n: s.Quantified, frame: Frame) -> Result:  # noqa: N802
        domains, inner = self._iterators(n.iterators, frame)
        body, found = self.condition(n.body, inner, "the condition behind `satisfies`")
        if found.kind == "error" or any(d is None for d in domains):
            return self.failed(n)
        nulls, node = (UNKNOWN if found.nulls else 0), body
        for domain in reversed(domains):
            assert domain is not None
            variable, tree, source = domain
            nulls |= UNKNOWN if source.nulls else 0
            some = n.quantifier == "some"
            node = t.Quantified(n.start, n.end, "boolean", nulls, some, variable, tree, node)
        return node, Type("boolean", nulls)

    def _iterators(
        self, iterators: tuple[s.Iterator, ...], frame: Frame
    ) -> tuple[list[tuple[str, t.Tree, Type] | None], Frame]:
        domains: list[tuple[str, t.Tree, Type] | None] = []
        for iterator in iterators:
            self.reserved(iterator.name, iterator)
            if isinstance(iterator.domain, s.Steps):
                tree, source, item = self.steps(iterator.domain, frame)
            else:
                tree, source = self.expression(iterator.domain, frame)
                if source.kind == "null":
                    source = list_of(NULL, KNOWN)
                item = source.item or ERROR
                if source.kind not in ("list", "error"):
                    help = "write `low..high` without brackets" if source.kind == "range" else ""
                    message = f"`{iterator.name}` must range over a list, and this is {an(source)}"
                    self.report("E405", message, iterator.domain, help, origin=source)
                    source = ERROR
            unique = self.fresh(iterator.name)
            known = source.kind != "error"
            frame = Frame({iterator.name: (unique, item if known else ERROR)}, None, frame)
            domains.append((unique, tree, source) if known else None)
        return domains, frame

    def steps(self, n: s.Steps, frame: Frame) -> tuple[t.Tree, Type, Type]:
        low, high = self.expression(n.low, frame), self.expression(n.high, frame)
        a, b = low[1], high[1]
        if "error" in (a.kind, b.kind):
            return self.failed(n)[0], ERROR, ERROR
        kind = b.kind if a.kind == "null" else a.kind
        if kind not in ("number", "date") or b.kind not in (kind, "null"):
            self.report("E405", f"`..` goes from number to number or date to date, not from {a} to {b}", n, origin=a)
            return self.failed(n)[0], ERROR, ERROR
        node = t.Steps(n.start, n.end, "list", UNKNOWN, low[0], high[0])
        return node, Type("list", UNKNOWN, Type(kind)), Type(kind)
