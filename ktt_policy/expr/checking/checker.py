"""Syntax tree + scope → typed tree, or what is wrong with it: all of it, not the first alone.

A method for each kind of syntax node returns the typed node and its type. An error is reported once, where it
is; the type ERROR then stands for the part and silences what would only follow from it.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from ktt_policy.diagnostics import Diagnostic, Related, did_you_mean, has_errors
from ktt_policy.expr import syntax as s
from ktt_policy.expr import typed as t
from ktt_policy.expr.checking.calls import CallChecks
from ktt_policy.expr.checking.iterators import IteratorChecks
from ktt_policy.expr.checking.operators import OperatorChecks
from ktt_policy.expr.literals import READERS, kind_of, number_literal
from ktt_policy.expr.operators import PROPERTIES
from ktt_policy.expr.parser import parse
from ktt_policy.expr.scope import Frame, Scope
from ktt_policy.expr.typesystem import (
    BOOLEAN,
    ERROR,
    KNOWN,
    NULL,
    NUMBER,
    ORDERED,
    UNKNOWN,
    Type,
    an,
    list_of,
    union,
)
from ktt_policy.source.limits import DIGITS, LARGEST_EXPONENT, is_readable
from ktt_policy.source.text import Excerpt

Result = tuple[t.Tree, Type]


def compile_text(
    excerpt: Excerpt, scope: Scope, expect: tuple[str, ...] = (), place: str = "the expression"
) -> tuple[t.Checked | None, Type, list[Diagnostic]]:
    """Parse and check a text. `expect` are the kinds that its place takes; empty takes any."""
    tree, diagnostics = parse(excerpt)
    if tree is None:
        return None, ERROR, diagnostics
    return check(tree, excerpt, scope, expect, place)


def check(
    tree: s.Node, excerpt: Excerpt, scope: Scope, expect: tuple[str, ...] = (), place: str = "the expression"
) -> tuple[t.Checked | None, Type, list[Diagnostic]]:
    """The typed tree, its type and the diagnostics; None with an error among them."""
    checker = Checker(excerpt, scope)
    node, found = checker.expression(tree, checker.root)
    if expect and found.kind not in (*expect, "error", "null"):
        wanted = " or ".join(expect)
        checker.report("E408", f"{place} must be a {wanted}, and this is {an(found)}", tree, origin=found)
    if t.depth(node) > t.DEEPEST:
        message = "the expression nests too deeply, with the definitions that it calls"
        checker.report("E303", message, (tree.start, tree.start + 1), "name its parts with `let`")
    elif t.loops(node) > t.LOOPED:
        message = f"more than {t.LOOPED} loops stand within each other, with the definitions that are called"
        checker.report("E303", message, (tree.start, tree.start + 1), "look up with a filter, or name parts with `let`")
    diagnostics = checker.diagnostics
    return (None if has_errors(diagnostics) else t.Checked.of(node, excerpt.text)), found, diagnostics


class Checker(OperatorChecks, CallChecks, IteratorChecks):
    def __init__(self, excerpt: Excerpt, scope: Scope, active: tuple[str, ...] = ()) -> None:
        self.excerpt = excerpt
        self.scope = scope
        self.active = active
        self.diagnostics: list[Diagnostic] = []
        self.root = Frame({n: (scope.unique.get(n, n), found) for n, found in scope.names.items()})
        self.counter = 0

    def report(
        self,
        code: str,
        message: str,
        node: s.Node | tuple[int, int],
        help: str = "",
        origin: Type | None = None,
    ) -> None:
        start, end = node if isinstance(node, tuple) else (node.start, node.end)
        related = []
        if origin is not None and origin.origin is not None and self.scope.locate is not None:
            span = self.scope.locate(origin.origin)
            if span is not None:
                related.append(Related(f"the type `{origin}` comes from here", span))
        self.diagnostics.append(
            Diagnostic(
                code, message, self.excerpt.span(start, end), help=help,
                excerpt=self.excerpt.line_of(start), related=tuple(related),
            )
        )  # fmt: skip

    def fresh(self, name: str) -> str:
        """A name of its own for a variable, so that no evaluator needs scoping rules."""
        self.counter += 1
        return f"{name}'{self.counter}" if not self.active else f"{name}'{len(self.active)}.{self.counter}"

    def expression(self, node: s.Node, frame: Frame) -> Result:
        found: Result = getattr(self, "on_" + type(node).__name__)(node, frame)
        return found

    def failed(self, node: s.Node) -> Result:
        return t.Const(node.start, node.end, "null", KNOWN, "null"), ERROR

    # --- literals and names ---------------------------------------------------------------------------

    def on_Number(self, n: s.Number, frame: Frame) -> Result:  # noqa: N802
        try:
            text = number_literal(n.text)
        except InvalidOperation:  # an exponent beyond all bounds
            text = "1e999"
        if len(Decimal(text).as_tuple().digits) > DIGITS:
            self.report("E405", f"a number has at most {DIGITS} digits", n)
            return self.failed(n)
        if not is_readable(Decimal(text)):
            self.report("E405", f"the exponent of a number lies within ±{LARGEST_EXPONENT}", n)
            return self.failed(n)
        return t.Const(n.start, n.end, "number", 0, text), NUMBER

    def on_String(self, n: s.String, frame: Frame) -> Result:  # noqa: N802
        return t.Const(n.start, n.end, "string", 0, n.value), Type("string", members=(n.value,))

    def on_Boolean(self, n: s.Boolean, frame: Frame) -> Result:  # noqa: N802
        return t.Const(n.start, n.end, "boolean", 0, str(n.value).lower()), BOOLEAN

    def on_Null(self, n: s.Null, frame: Frame) -> Result:  # noqa: N802
        return t.Const(n.start, n.end, "null", KNOWN, "null"), NULL

    def on_At(self, n: s.At, frame: Frame) -> Result:  # noqa: N802
        kind = kind_of(n.text)
        if READERS[kind](n.text) is None:
            self.report(
                "E407", f"`{n.text}` is no {kind}", n,
                'written @"2026-01-31", @"09:30:00", @"2026-01-31T09:30:00", @"P4M" or @"P14D"',
            )  # fmt: skip
            return self.failed(n)
        return t.Const(n.start, n.end, kind, 0, n.text), Type(kind)

    def on_Name(self, n: s.Name, frame: Frame) -> Result:  # noqa: N802
        return self._name(n, frame)

    def _name(self, n: s.Name, frame: Frame) -> Result:
        level: Frame | None = frame
        while level is not None:
            if level.item is not None:
                variable, item = level.item
                if n.name == "item":
                    return self._variable(n, variable, item)
                if item.fields is not None and n.name in item.fields:
                    outer = level.outer and (level.outer.variable(n.name) or self._implicit(n.name, level.outer))
                    outer = outer or n.name == "today"
                    if outer or n.name in level.names:
                        self.report(
                            "E409", f"`{n.name}` is both a field of the items and an outer name", n,
                            f"write `item.{n.name}` for the field, or rename the other",
                        )  # fmt: skip
                        return self.failed(n)
                    return self._field(n, self._variable(n, variable, item), n.name, n.end - len(n.name))
            if n.name in level.names:
                return self._variable(n, *level.names[n.name])
            level = level.outer
        rows = self._untyped_item(frame)
        if rows is not None:
            return self._variable(n, *rows)
        if n.name == "today":
            return t.Var(n.start, n.end, "date", 0, "today"), Type("date")
        if n.name in ("parameters", "run"):
            if self.scope.parameters is None:
                self.report("E401", f"`{n.name}` is known within a rulebook only", n, "give one with `--rulebook`")
            else:
                self.report("E401", f"`{n.name}` stands only before a point", n, f"write `{n.name}.name`")
            return self.failed(n)
        candidates = [*frame.all_names(), "today"]
        if n.name == "item":
            help = "`item` is known inside a filter, list[...], only"
        else:
            help = did_you_mean(n.name, candidates, "a text stands in double quotes")
        self.report("E401", f"unknown name `{n.name}`", n, help)
        return self.failed(n)

    def _untyped_item(self, frame: Frame) -> tuple[str, Type] | None:
        """The item of a filter whose list is empty, or of nulls alone: whatever is asked of it is null as well."""
        level: Frame | None = frame
        while level is not None:
            if level.item is not None and level.item[1].kind == "null":
                return level.item
            level = level.outer
        return None

    def _implicit(self, name: str, frame: Frame) -> bool:
        level: Frame | None = frame
        while level is not None:
            if level.item is not None and level.item[1].fields and name in level.item[1].fields:
                return True
            level = level.outer
        return False

    def _variable(self, n: s.Node, unique: str, found: Type) -> Result:
        items = found.item.nulls if found.item is not None else 0
        return t.Var(n.start, n.end, found.kind, found.nulls, unique, items), found

    # --- paths ----------------------------------------------------------------------------------------

    def on_Path(self, n: s.Path, frame: Frame) -> Result:  # noqa: N802
        if isinstance(n.of, s.Name) and frame.variable(n.of.name) is None:
            if n.of.name == "parameters" and self.scope.parameters is not None:
                return self._parameter(n)
            if n.of.name == "run" and self.scope.run:
                if n.name != "complete":
                    place = (n.name_start, n.end)
                    self.report("E402", f"unknown field `{n.name}` of `run`", place, "known here: `complete`")
                    return self.failed(n)
                return t.Var(n.start, n.end, "boolean", 0, "run.complete"), BOOLEAN
        of = self.expression(n.of, frame)
        return self._field(n, of, n.name, n.name_start)

    def _parameter(self, n: s.Path) -> Result:
        assert self.scope.parameters is not None
        found = self.scope.parameters.get(n.name)
        place = (n.name_start, n.end)
        if found is None:
            help = did_you_mean(n.name, list(self.scope.parameters), "parameters stand in `parameters/`")
            self.report("E412", f"unknown parameter `{n.name}`", place, help)
            return self.failed(n)
        items = found.item.nulls if found.item is not None else 0
        return t.Param(n.start, n.end, found.kind, UNKNOWN, n.name, items), found.with_nulls(UNKNOWN)

    def _field(self, n: s.Node, of: Result, name: str, name_start: int) -> Result:
        node, found = of
        place = (name_start, n.end)
        if found.kind == "error":
            return self.failed(n)
        if found.kind == "null" or (found.item is not None and found.item.kind == "null"):
            return of  # a field of null is null
        if found.kind == "list" and found.item is not None:
            if found.item.kind == "error":
                return self.failed(n)
            if found.item.kind == "context" and found.item.fields is not None:
                part = self._member(found.item, name, place)
                if part is None:
                    return self.failed(n)
                part = part.with_nulls(part.nulls | found.item.nulls)
                result = list_of(part, found.nulls)
                project = t.Project(
                    n.start, n.end, "list", found.nulls, node, name, found.item.record, part.nulls,
                    part.kind,
                )  # fmt: skip
                return project, result
            self.report("E402", f"the items of {an(found)} have no field `{name}`", place, origin=found)
            return self.failed(n)
        if found.kind == "context" and found.fields is not None:
            part = self._member(found, name, place)
            if part is None:
                return self.failed(n)
            own = part.nulls
            part = part.with_nulls(own | found.nulls)
            items = part.item.nulls if part.item is not None else 0
            return t.Field(n.start, n.end, part.kind, part.nulls, node, name, found.record, items, own), part
        if name in PROPERTIES.get(found.kind, {}):
            nulls = UNKNOWN if found.nulls else 0
            kind = found.item.kind if found.kind == "range" and found.item is not None else "number"
            return t.Prop(n.start, n.end, kind, nulls, node, name), Type(kind, nulls)
        known = list(PROPERTIES.get(found.kind, {}))
        help = did_you_mean(
            name, known, "values of several types have no fields in common" if found.kind == "any" else ""
        )
        self.report("E402", f"{an(found)} has no field `{name}`", place, help, origin=found)
        return self.failed(n)

    def _member(self, context: Type, name: str, place: tuple[int, int]) -> Type | None:
        assert context.fields is not None
        part = context.fields.get(name)
        if part is None:
            help = did_you_mean(name, list(context.fields), "see the field reference")
            of = f" of {context.name}" if context.name else ""
            self.report("E402", f"unknown field `{name}`{of}", place, help, origin=context)
        return part

    def on_Subscript(self, n: s.Subscript, frame: Frame) -> Result:  # noqa: N802
        node, found = self.expression(n.of, frame)
        if found.kind == "error":
            return self.failed(n)
        if found.kind == "null":
            return node, found
        if found.kind != "list" or found.item is None:
            help = "a single value is not a list of one: write `[value]`"
            self.report("E405", f"`[...]` needs a list, and this is {an(found)}", n.of, help, origin=found)
            return self.failed(n)
        variable = self.fresh("item")
        inner = Frame({}, (variable, found.item), frame)
        predicate, kind = self.expression(n.inner, inner)
        if kind.kind == "number" and any(isinstance(x, t.Var) and x.name == variable for x in t.walk(predicate)):
            message = "a position is one for the whole list and cannot depend on its items"
            self.report("E401", message, n.inner, "a condition, as in `list[item.quantity > 1]`, chooses among items")
            return self.failed(n)
        if kind.kind == "error":
            return self.failed(n)
        if kind.kind == "number":
            nulls = found.item.nulls | KNOWN | (UNKNOWN if found.nulls or kind.nulls else 0)
            part = found.item.with_nulls(nulls)
            items = part.item.nulls if part.item is not None else 0
            return t.Index(n.start, n.end, part.kind, nulls, node, predicate, items), part
        if kind.kind not in ("boolean", "null"):
            message = f"`[...]` takes a condition or a position, and this is {an(kind)}"
            self.report("E405", message, n.inner, origin=kind)
            return self.failed(n)
        nulls = UNKNOWN if found.nulls or kind.nulls else 0
        result = t.Filter(n.start, n.end, "list", nulls, node, variable, predicate, found.item.nulls)
        return result, found.with_nulls(nulls)

    # --- constructors ---------------------------------------------------------------------------------

    def on_Range(self, n: s.Range, frame: Frame) -> Result:  # noqa: N802
        low, high = self.expression(n.low, frame), self.expression(n.high, frame)
        a, b = low[1], high[1]
        if "error" in (a.kind, b.kind):
            return self.failed(n)
        kind = b.kind if a.kind == "null" else a.kind
        if kind not in ORDERED or b.kind not in (kind, "null"):
            self.report("E405", f"a range from {an(a)} to {an(b)} has no order", n, origin=a)
            return self.failed(n)
        nulls = UNKNOWN if a.nulls or b.nulls else 0
        node = t.RangeOf(n.start, n.end, "range", nulls, low[0], high[0], n.low_open, n.high_open)
        return node, Type("range", nulls, Type(kind))

    def on_ListOf(self, n: s.ListOf, frame: Frame) -> Result:  # noqa: N802
        members = [self.expression(item, frame) for item in n.items]
        if any(m[1].kind == "error" for m in members):
            return self.failed(n)
        item = members[0][1] if members else NULL.with_nulls(0)
        for _, found in members[1:]:
            item = union(item, found)
        node = t.ListOf(n.start, n.end, "list", 0, tuple(m[0] for m in members), item.nulls)
        return node, list_of(item)

    def on_ContextOf(self, n: s.ContextOf, frame: Frame) -> Result:  # noqa: N802
        fields: dict[str, Type] = {}
        nodes: list[t.Tree] = []
        uniques: list[str] = []
        for entry in n.entries:
            node, found = self.expression(entry.value, frame)
            if entry.key in fields:
                self.report("E409", f"the entry `{entry.key}` stands twice", entry)
                found = ERROR
            fields[entry.key] = found
            nodes.append(node)
            # An entry is a name in those behind it.
            uniques.append(self.fresh(entry.key))
            frame = Frame({entry.key: (uniques[-1], found)}, None, frame)
        if any(f.kind == "error" for f in fields.values()):
            return self.failed(n)
        # What others ask for is named around the whole, so that it is evaluated once.
        asked = {part.name for node in nodes for part in t.walk(node) if isinstance(part, t.Var)}
        named = [(unique, node) for unique, node in zip(uniques, nodes, strict=True) if unique in asked]
        entries: list[t.Tree] = []
        for unique, node, found in zip(uniques, nodes, fields.values(), strict=True):
            items = found.item.nulls if found.item is not None else 0
            known = t.Var(node.start, node.end, node.kind, node.nulls, unique, items)
            entries.append(known if unique in asked else node)
        whole: t.Tree = t.ContextOf(n.start, n.end, "context", 0, tuple(fields), tuple(entries))
        for unique, node in reversed(named):
            whole = t.Bind(n.start, n.end, "context", 0, unique, node, whole)
        return whole, Type("context", fields=fields)

    def on_If(self, n: s.If, frame: Frame) -> Result:  # noqa: N802
        condition = self.condition(n.condition, frame, "the condition of `if`")
        then, otherwise = self.expression(n.then, frame), self.expression(n.otherwise, frame)
        if "error" in (condition[1].kind, then[1].kind, otherwise[1].kind):
            return self.failed(n)
        found = union(then[1], otherwise[1])
        found = found.with_nulls(found.nulls | (condition[1].nulls & UNKNOWN))
        items = found.item.nulls if found.item is not None else 0
        node = t.If(n.start, n.end, found.kind, found.nulls, condition[0], then[0], otherwise[0], items)
        return node, found

    def condition(self, n: s.Node, frame: Frame, place: str) -> Result:
        node, found = self.expression(n, frame)
        if found.kind not in ("boolean", "null", "error"):
            self.report("E408", f"{place} must be a boolean, and this is {an(found)}", n, origin=found)
            return self.failed(n)
        return node, found
