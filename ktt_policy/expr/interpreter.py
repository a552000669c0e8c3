"""Typed tree → value: a plain walk, the reference of what an expression means.

Unlike compiled code it knows *why* a value is not known (`Unknown` with a `Reason`) and can record the value
of every part for an explanation. It runs for what is reported, for documents that broke their schema, and for
small runs; `compiler` must agree with it on every expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import DecimalException
from typing import Any, Protocol

from msgspec import UNSET

from ktt_policy.expr import typed as t
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.expr.literals import constant
from ktt_policy.expr.operators import PROPERTIES, negated, operation, steps
from ktt_policy.expr.values import (
    Range,
    Reason,
    UndefinedError,
    Unknown,
    equal,
    is_null,
    is_unknown,
)


class Documents(Protocol):
    """What a run was given, for `related` and `all documents`."""

    def related(self, kind: str, key: str) -> Any:
        """The document, None when it does not exist, or Unknown with the reason."""

    def every(self, kind: str) -> list[Any]:
        """All documents of the kind."""


class NoDocuments:
    """Outside a run nothing is given."""

    def related(self, kind: str, key: str) -> Any:
        return Unknown(Reason("not given", (kind, key)))

    def every(self, kind: str) -> list[Any]:
        return []


class Lazy:
    """A `let` before its first use."""

    __slots__ = ("checked",)

    def __init__(self, checked: t.Checked) -> None:
        self.checked = checked


Recorder = Callable[[Any, str, Any], None]


class Interpreter:
    """`names`: variable → value or Lazy. `parameters`: name → value at the reference date, Unknown without one.

    `broken(record, field)` tells whether a field reads as absent because its value broke the schema;
    `recorder(node, text, value)` is called for every part, in the order of evaluation.
    """

    def __init__(
        self,
        names: dict[str, Any],
        parameters: Mapping[str, Any] | None = None,
        documents: Documents | None = None,
        broken: Callable[[Any, str], bool] | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.names = names
        self.parameters = parameters or {}
        self.documents: Documents = documents or NoDocuments()
        self.broken = broken
        self.recorder = recorder
        self.text = ""
        # Argument of an inlined definition, `let` or variable of a loop → the path that it stands for, and its text.
        self.given: dict[str, tuple[t.Tree, str]] = {}

    def run(self, checked: t.Checked) -> Any:
        """The value of an expression; a null that is not known comes as `Unknown`."""
        outer, self.text = self.text, checked.text
        try:
            return self.value(checked.tree)
        finally:
            self.text = outer

    def value(self, node: t.Tree) -> Any:
        result = _HANDLERS[node.__class__](self, node)
        if self.recorder is not None:
            self.recorder(node, self.text, result)
        return result

    def written(self, node: t.Tree) -> str:
        """A part as written; a path from an argument of a definition as one from what was given for it, and one from
        the variable of a loop as one from its list: `provider.attachments.type` rather than `a.type`."""
        return self._written(node, self.text)

    def _written(self, node: t.Tree, text: str) -> str:
        root, first, start, before = node, node, node.start, ""
        while isinstance(root, t.Field):
            root, first = root.of, root
        if isinstance(root, t.Var) and root.name in self.given:
            before, start = self._written(*self.given[root.name]), root.end
            if first is not root and first.end == root.end:  # a field of a filter's item, which is not written
                before, start = f"{before}.", root.start
        return before + " ".join(text[start : node.end].split())

    def tell(self, variable: str, tree: t.Tree, text: str) -> None:
        """Let a variable be told by the path to its value, or to the list that it walks, where there is one."""
        while isinstance(tree, (t.Filter, t.Index)):
            tree = tree.of
        if isinstance(tree, (t.Field, t.Project, t.Var)):
            self.given[variable] = (tree, text)

    def null_part(self, checked: t.Checked) -> Reason:
        """Why an expression gives a plain null: what is null as written, `x` of `if x = null then null else y`; or the
        document that there is none of, where `x` would stand in it."""
        outer, self.text = self.text, checked.text
        node = checked.tree
        while isinstance(node, t.If):
            condition = node.condition
            node = node.then if self.value(condition) is True else node.otherwise
            if node.kind == "null":
                compared = condition if isinstance(condition, t.Equal) and condition.right.kind == "null" else None
                node = checked.tree if compared is None else compared.left
                break
        told, self.text = self.written(node), outer
        root = node
        while isinstance(root, t.Field) or (isinstance(root, t.Var) and root.name in self.given):
            root = root.of if isinstance(root, t.Field) else self.given[root.name][0]
        if isinstance(root, t.Related) and self.value(root) is None:
            return Reason("no document", (root.document, str(self.value(root.key))))
        return Reason("null value", (told,))

    def unknown(self, value: Any, node: t.Tree) -> Unknown:
        """The reason why a null operand makes a result unknown."""
        if value.__class__ is Unknown:
            return value
        return Unknown(Reason("null value", (self.written(node),)))

    def least(self, values: Iterable[Any], node: t.Tree) -> Unknown | None:
        """Why one of the values is not known: the same one in whatever order they stand."""
        return min(
            (self.unknown(value, node) for value in values if is_null(value)),
            key=lambda one: (one.reason.code, one.reason.about, one.reason.document),
            default=None,
        )

    def operands(self, *nodes: t.Tree) -> tuple[list[Any], Unknown | None]:
        values = [self.value(n) for n in nodes]
        for value, node in zip(values, nodes, strict=True):
            if value is None or value.__class__ is Unknown:
                return values, self.unknown(value, node)
        return values, None

    def attempt(self, node: t.Tree, body: Callable[..., Any], *arguments: Any) -> Any:
        try:
            result = body(*arguments)
        except UndefinedError as error:
            return Unknown(error.reason)
        except (DecimalException, OverflowError, ValueError):
            return Unknown(Reason("out of range", (self.written(node),)))
        return result

    # --- leaves and paths -----------------------------------------------------------------------------

    def on_const(self, n: t.Const) -> Any:
        return constant(n.kind, n.text)

    def on_var(self, n: t.Var) -> Any:
        value = self.names[n.name]
        if value.__class__ is Lazy:
            self.tell(n.name, value.checked.tree, value.checked.text)
            # In a copy of the names: a loop around this first use must keep its own variables.
            outer, self.names = self.names, dict(self.names)
            try:
                value = self.run(value.checked)
            finally:
                self.names = outer
            self.names[n.name] = value
        return value

    def on_param(self, n: t.Param) -> Any:
        return self.parameters[n.name]

    def on_field(self, n: t.Field) -> Any:
        of = self.value(n.of)
        if of is None or of.__class__ is Unknown:
            return of
        return self.stated(of, n.name, n)

    def stated(self, of: Any, name: str, n: t.Tree) -> Any:
        value = of.get(name, UNSET) if of.__class__ is dict else getattr(of, name)
        if value is UNSET:
            code = "broke schema" if self.broken is not None and self.broken(of, name) else "not stated"
            return Unknown(Reason(code, (self.written(n),)))
        return value

    def on_prop(self, n: t.Prop) -> Any:
        values, unknown = self.operands(n.of)
        return unknown or PROPERTIES[n.of.kind][n.name](values[0])

    def on_project(self, n: t.Project) -> Any:
        of = self.value(n.of)
        if of is None or of.__class__ is Unknown:
            return of
        return [item if is_null(item) else self.stated(item, n.name, n) for item in of]

    def on_filter(self, n: t.Filter) -> Any:
        values, unknown = self.operands(n.of)
        if unknown:
            return unknown
        self.tell(n.var, n.of, self.text)
        kept, undecided = [], []
        for item in values[0]:
            self.names[n.var] = item
            result = self.value(n.predicate)
            if result is True:
                kept.append(item)
            elif result is not False:
                undecided.append(self.unknown(result, n.predicate))
        return self.least(undecided, n.predicate) or kept

    def on_index(self, n: t.Index) -> Any:
        values, unknown = self.operands(n.of, n.index)
        if unknown:
            return unknown
        items, index = values
        if index != int(index) or index == 0 or abs(index) > len(items):
            return None
        return items[int(index) - 1 if index > 0 else int(index)]

    # --- operators ------------------------------------------------------------------------------------

    def on_neg(self, n: t.Neg) -> Any:
        values, unknown = self.operands(n.operand)
        if unknown:
            return unknown
        return self.attempt(n, negated, values[0])

    def on_not(self, n: t.Not) -> Any:
        values, unknown = self.operands(n.operand)
        return unknown or not values[0]

    def on_arith(self, n: t.Arith) -> Any:
        values, unknown = self.operands(n.left, n.right)
        return unknown or self.attempt(n, operation(n.mode), *values)

    def on_compare(self, n: t.Compare) -> Any:
        values, unknown = self.operands(n.left, n.right)
        if unknown:
            return unknown
        a, b = values
        if n.operator == "<":
            return a < b
        if n.operator == "<=":
            return a <= b
        return a > b if n.operator == ">" else a >= b

    def on_equal(self, n: t.Equal) -> Any:
        a, b = self.value(n.left), self.value(n.right)
        result = equal(a, b)
        if result is UNSET:
            for side in (a, b):
                if side.__class__ is Unknown:
                    return side
            return Unknown(Reason("unknown item", (self.written(n),)))
        return result is not n.negated

    def on_logic(self, n: t.Logic) -> Any:
        decisive = n.operator == "or"
        left = self.value(n.left)
        if left is decisive:
            return decisive
        right = self.value(n.right)
        if right is decisive:
            return decisive
        for side, node in ((left, n.left), (right, n.right)):
            if is_null(side):
                return self.unknown(side, node)
        return not decisive

    def on_if(self, n: t.If) -> Any:
        condition = self.value(n.condition)
        if condition.__class__ is Unknown:
            return condition
        return self.value(n.then if condition is True else n.otherwise)

    def on_in_range(self, n: t.InRange) -> Any:
        values, unknown = self.operands(n.operand, n.range)
        return unknown or values[0] in values[1]

    def on_range(self, n: t.RangeOf) -> Any:
        values, unknown = self.operands(n.low, n.high)
        return unknown or Range(values[0], values[1], n.low_open, n.high_open)

    def on_list(self, n: t.ListOf) -> Any:
        return [self.value(m) for m in n.members]

    def on_context(self, n: t.ContextOf) -> Any:
        return {k: self.value(v) for k, v in zip(n.keys, n.values, strict=True)}

    def on_instance_of(self, n: t.InstanceOf) -> Any:
        value = self.value(n.operand)
        if value.__class__ is Unknown:
            return value
        from ktt_policy.expr.instances import is_instance  # few expressions ask

        found = is_instance(value, n.type)
        return Unknown(Reason("unknown item", (self.written(n),))) if found is UNSET else found

    def on_defined(self, n: t.Defined) -> Any:
        return not is_unknown(self.value(n.operand))

    # --- iteration ------------------------------------------------------------------------------------

    def on_steps(self, n: t.Steps) -> Any:
        values, unknown = self.operands(n.low, n.high)
        return unknown or self.attempt(n, steps, *values)

    def on_for(self, n: t.For) -> Any:
        values, unknown = self.operands(n.domain)
        if unknown:
            return unknown
        self.tell(n.var, n.domain, self.text)
        found: list[Any] = []
        for item in values[0]:
            self.names[n.var] = item
            result = self.value(n.body)
            if n.flatten:
                if is_null(result):
                    return self.unknown(result, n.body)
                found.extend(result)
            else:
                found.append(result)
        return found

    def on_quantified(self, n: t.Quantified) -> Any:
        values, unknown = self.operands(n.domain)
        if unknown:
            return unknown
        self.tell(n.var, n.domain, self.text)
        undecided = []
        for item in values[0]:
            self.names[n.var] = item
            result = self.value(n.body)
            if result is n.some:
                return n.some
            if is_null(result):
                undecided.append(self.unknown(result, n.body))
        return self.least(undecided, n.body) or not n.some

    # --- calls ----------------------------------------------------------------------------------------

    def on_call(self, n: t.Call) -> Any:
        entry = BUILTINS[n.function]
        if entry.own_nulls:
            arguments = [self.value(a) for a in n.arguments]
            result = self.attempt(n, entry.body, *arguments)
            return self._reason_of(n, arguments) if result is UNSET else result
        arguments, unknown = self.operands(*n.arguments)
        if unknown:
            return unknown
        if entry.strict_items:
            for argument, node in zip(arguments, n.arguments, strict=True):
                unknown = self.least(argument, node) if isinstance(argument, list) else None
                if unknown:
                    return unknown
        return self.attempt(n, entry.body, *arguments)

    def _reason_of(self, n: t.Call, arguments: list[Any]) -> Unknown:
        for argument, node in zip(arguments, n.arguments, strict=True):
            unknown = self.least(argument if isinstance(argument, list) else (argument,), node)
            if unknown:
                return unknown
        return Unknown(Reason("unknown item", (self.written(n),)))

    def on_related(self, n: t.Related) -> Any:
        values, unknown = self.operands(n.key)
        return unknown or self.documents.related(n.document, values[0])

    def on_documents(self, n: t.Documents) -> Any:
        return self.documents.every(n.document)

    def on_bind(self, n: t.Bind) -> Any:
        self.names[n.var] = self.value(n.value)
        return self.value(n.body)

    def on_define(self, n: t.Define) -> Any:
        values = [self.value(a) for a in n.arguments]
        for variable, argument, value in zip(n.variables, n.arguments, values, strict=True):
            self.names[variable] = value
            self.given[variable] = (argument, self.text)
        outer, self.text = self.text, n.text
        try:
            return self.value(n.body)
        finally:
            self.text = outer


_HANDLERS: dict[type, Callable[[Interpreter, Any], Any]] = {
    t.Const: Interpreter.on_const, t.Var: Interpreter.on_var, t.Param: Interpreter.on_param,
    t.Field: Interpreter.on_field, t.Prop: Interpreter.on_prop, t.Project: Interpreter.on_project,
    t.Filter: Interpreter.on_filter, t.Index: Interpreter.on_index, t.Neg: Interpreter.on_neg,
    t.Not: Interpreter.on_not, t.Arith: Interpreter.on_arith, t.Compare: Interpreter.on_compare,
    t.Equal: Interpreter.on_equal, t.Logic: Interpreter.on_logic, t.If: Interpreter.on_if,
    t.InRange: Interpreter.on_in_range, t.RangeOf: Interpreter.on_range, t.ListOf: Interpreter.on_list,
    t.ContextOf: Interpreter.on_context, t.InstanceOf: Interpreter.on_instance_of,
    t.Defined: Interpreter.on_defined, t.Steps: Interpreter.on_steps, t.For: Interpreter.on_for,
    t.Quantified: Interpreter.on_quantified, t.Call: Interpreter.on_call, t.Related: Interpreter.on_related,
    t.Documents: Interpreter.on_documents, t.Bind: Interpreter.on_bind, t.Define: Interpreter.on_define,
}  # fmt: skip
