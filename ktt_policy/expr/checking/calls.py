"""The checker's part for calls: built-in functions, the special forms, definitions, `instance of`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ktt_policy.diagnostics import Diagnostic, did_you_mean
from ktt_policy.expr import syntax as s
from ktt_policy.expr import typed as t
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.expr.functions.calendar import COUNTING, DEFAULT_WEEK, WEEKS, WORKING_WEEK
from ktt_policy.expr.functions.dates import DAYS, MONTHS
from ktt_policy.expr.functions.strings import pattern_fault
from ktt_policy.expr.literals import READERS, read_date, read_months
from ktt_policy.expr.scope import Definition, Frame, Scope
from ktt_policy.expr.typesystem import (
    ANY,
    BOOLEAN,
    KNOWN,
    SCALARS,
    STRING,
    UNKNOWN,
    Signature,
    Type,
    an,
    bind,
    holds_unknown,
    list_of,
    read_signature,
    substitute,
    union,
)

Result = tuple[t.Tree, Type]

AMBIGUOUS_STARTS = tuple(sorted({n.split()[0] for n in BUILTINS if " and " in n} | {"days"}))
UNKNOWN_PATHS = {"E401", "E402"}
WRITTEN = {"date": "2026-01-31", "time": "09:30:00", "date and time": "2026-01-31T09:30:00"}
LARGEST = 5_000  # nodes of a definition, with those that it calls
NAMES = {"day of week": DAYS, "month of year": MONTHS}  # functions that give one of a few texts
INSTANCE_TYPES = (*SCALARS, "list", "context", "range", "Any")


class CallChecks:
    """Mixed into `checker.Checker`, which gives the rest."""

    scope: Scope
    active: tuple[str, ...]
    diagnostics: list[Diagnostic]

    if TYPE_CHECKING:

        def report(self, code: str, message: str, node: Any, help: str = "", origin: Type | None = None) -> None: ...
        def expression(self, node: s.Node, frame: Frame) -> Result: ...
        def failed(self, node: s.Node) -> Result: ...
        def members(self, left: Result, right: Result) -> None: ...
        def among(self, element: Result, listed: Result) -> None: ...
        def condition(self, n: s.Node, frame: Frame, place: str) -> Result: ...
        def fresh(self, name: str) -> str: ...

    def reserved(self, name: str, n: s.Node) -> None:
        """A variable must not begin the name of a function that a reader could take it for."""
        if name in AMBIGUOUS_STARTS:
            self.report("E410", f"`{name}` begins the name of a built-in function", n, "choose another name")
        elif name in ("item", "today", "parameters", "run", "group"):
            self.report("E410", f"`{name}` has a meaning of its own", n, "choose another name")

    def on_Call(self, n: s.Call, frame: Frame) -> Result:  # noqa: N802
        special = getattr(self, "_call_" + n.function.replace(" ", "_"), None)
        if special is not None:
            found: Result = special(n, frame)
            return found
        if n.function in self.scope.definitions:
            return self._definition(n, self.scope.definitions[n.function], frame)
        if n.function not in BUILTINS:
            for argument in n.arguments:
                self.expression(argument, frame)
            names = [*BUILTINS, *self.scope.definitions, "not", "is defined", "related", "all documents"]
            near = did_you_mean(n.function, names, "the functions stand in the language reference")
            self.report("E403", f"unknown function `{n.function}`", (n.start, n.name_end), near)
            return self.failed(n)
        arguments = [self.expression(a, frame) for a in n.arguments]
        if any(a[1].kind == "error" for a in arguments):
            return self.failed(n)
        return self._builtin(n, arguments)

    # --- built-in functions -----------------------------------------------------------------------------

    def _builtin(self, n: s.Call, arguments: list[Result]) -> Result:
        entry = BUILTINS[n.function]
        signatures = [read_signature(text) for text in entry.signatures]
        hidden = n.function in COUNTING
        if hidden and len(arguments) == len(signatures[0].parameters) - 1:
            arguments.append(self._working_week(n))
        fitting = None
        for signature in signatures:
            variables: dict[str, Type] = {}
            if _fits(signature, arguments, variables):
                fitting = (signature, variables)
                break
        if fitting is None:
            return self._misfit(n, signatures, arguments)
        self._literals(n)
        if n.function in ("list contains", "index of"):
            self.among(arguments[1], arguments[0])
        elif n.function == "coincides":
            self.members(arguments[0], arguments[1])
        elif n.function == "get value":
            self._key(arguments)
        result = substitute(fitting[0].result, fitting[1])
        nulls = result.nulls
        if not entry.own_nulls:
            if entry.partial or any(a[1].nulls for a in arguments):
                nulls |= UNKNOWN
            if entry.strict_items and any(a[1].item is not None and a[1].item.nulls for a in arguments):
                nulls |= UNKNOWN
        else:
            nulls |= UNKNOWN if any(_may_be_null(a[1]) for a in arguments) or entry.partial else 0
        if entry.strict_items and result.item is not None:
            result = Type(result.kind, result.nulls, result.item.with_nulls(0))
        result = _refine(n, arguments, result.with_nulls(nulls))
        items = result.item.nulls if result.item is not None else 0
        nodes = tuple(a[0] for a in arguments)
        return t.Call(n.start, n.end, result.kind, result.nulls, n.function, nodes, items), result

    def _key(self, arguments: list[Result]) -> None:
        """A key that a document or a table never has."""
        (_, of), (node, key) = arguments
        if key.members is None:
            return
        if of.record and of.fields is not None and isinstance(node, t.Const) and node.text not in of.fields:
            help = did_you_mean(node.text, list(of.fields))
            self.report("E402", f"{an(of)} has no field `{node.text}`", (node.start, node.end), help, origin=of)
        elif of.item is not None and of.members is not None and not set(key.members) & set(of.members):
            help = did_you_mean(key.members[0], of.members)
            what = f'"{key.members[0]}"' if isinstance(node, t.Const) else "what this gives"
            self.report("E406", f"{what} is no key of the {of.name}", (node.start, node.end), help, origin=of)

    def _working_week(self, n: s.Call) -> Result:
        place = (n.start, n.end)
        if self.scope.parameters is not None and WORKING_WEEK in self.scope.parameters:
            return t.Param(*place, "string", UNKNOWN, WORKING_WEEK), STRING.with_nulls(UNKNOWN)
        return t.Const(*place, "string", 0, DEFAULT_WEEK), STRING

    def _misfit(self, n: s.Call, signatures: list[Signature], arguments: list[Result]) -> Result:
        shapes = [f"{n.function}({', '.join(_shape(p) for p in sig.parameters)})" for sig in signatures]
        help = "written " + " or ".join(f"`{shape}`" for shape in dict.fromkeys(shapes))
        if not any(_count_fits(sig, len(arguments)) for sig in signatures):
            message = f"`{n.function}` does not take {len(arguments)} argument{'s'[: len(arguments) != 1]}"
            self.report("E404", message, n, help)
        else:
            index = _first_misfit(signatures, arguments)
            found = arguments[index][1]
            message = f"`{n.function}` does not take {an(found)} as argument {index + 1}"
            self.report("E405", message, n.arguments[index], help, origin=found)
        return self.failed(n)

    def _literals(self, n: s.Call) -> None:
        entry = BUILTINS[n.function]
        texts = []
        for index in entry.literals:
            if index < len(n.arguments):
                argument = n.arguments[index]
                if not isinstance(argument, s.String):
                    self.report(
                        "E414", f"argument {index + 1} of `{n.function}` must be a literal text", argument,
                        "so that it can be checked before anything runs",
                    )  # fmt: skip
                    return
                texts.append(argument.value)
        if n.function in ("matches", "split") and texts:
            fault = pattern_fault(*texts)
            if fault:
                self.report("E414", fault, n.arguments[entry.literals[0]])
        if n.function == "duration" and texts:
            from ktt_policy.expr.literals import read_days

            if read_months(texts[0]) is None and read_days(texts[0]) is None:
                self.report("E407", f"`{texts[0]}` is no duration", n.arguments[0], 'written "P4M" or "P14D"')
        week = n.arguments[-1] if n.function in COUNTING and n.arguments else None
        if isinstance(week, s.String) and week.value not in WEEKS:
            self.report("E406", f"`{week.value}` is no working week", week, did_you_mean(week.value, list(WEEKS)))
        first = n.arguments[0] if n.arguments else None
        read = READERS.get(n.function) if len(n.arguments) == 1 else None
        if read is not None and isinstance(first, s.String) and read(first.value) is None:
            self.report("E407", f"`{first.value}` is no {n.function}", first, f'written "{WRITTEN[n.function]}"')
        if n.function == "date" and len(n.arguments) == 3 and all(isinstance(a, s.Number) for a in n.arguments):
            numbers = [f"{Decimal(a.text).normalize():f}" for a in n.arguments if isinstance(a, s.Number)]
            year, month, day = numbers
            if read_date(f"{year:0>4}-{month:0>2}-{day:0>2}") is None:
                self.report("E407", f"there is no day {'-'.join(numbers)}", n, "year, month, day")
        if n.function == "time" and len(n.arguments) == 3 and all(isinstance(a, s.Number) for a in n.arguments):
            numbers = [a.text for a in n.arguments if isinstance(a, s.Number)]
            if any(Decimal(text) >= limit for text, limit in zip(numbers, (24, 60, 60), strict=True)):
                self.report("E407", f"there is no time {':'.join(numbers)}", n, "hour, minute, second")

    # --- special forms ----------------------------------------------------------------------------------

    def _call_not(self, n: s.Call, frame: Frame) -> Result:
        if not self._arity(n, 1):
            return self.failed(n)
        node, found = self.condition(n.arguments[0], frame, "the operand of `not`")
        if found.kind == "error":
            return self.failed(n)
        nulls = UNKNOWN if found.nulls else 0
        return t.Not(n.start, n.end, "boolean", nulls, node), BOOLEAN.with_nulls(nulls)

    def _call_today(self, n: s.Call, frame: Frame) -> Result:
        if not self._arity(n, 0):
            return self.failed(n)
        return t.Var(n.start, n.end, "date", 0, "today"), Type("date")

    def _call_is_defined(self, n: s.Call, frame: Frame) -> Result:
        if not self._arity(n, 1):
            return self.failed(n)
        told = len(self.diagnostics)
        node, found = self.expression(n.arguments[0], frame)
        if found.kind == "error":
            path = isinstance(n.arguments[0], (s.Name, s.Path))
            if not (self.scope.bare and path and {one.code for one in self.diagnostics[told:]} <= UNKNOWN_PATHS):
                return self.failed(n)
            del self.diagnostics[told:]
            return t.Const(n.start, n.end, "boolean", 0, "false"), BOOLEAN
        if not isinstance(node, (t.Field, t.Var, t.Project, t.Index, t.Param)):
            self.report("E408", "`is defined` asks of a path", n.arguments[0], "as in `is defined(contract.remote)`")
            return self.failed(n)
        return t.Defined(n.start, n.end, "boolean", 0, node), BOOLEAN

    def _document(self, n: s.Call, arity: int) -> str | None:
        if not self._arity(n, arity):
            return None
        first = n.arguments[0]
        if not isinstance(first, s.String):
            self.report("E414", f"the kind in `{n.function}` must be a literal text", first)
            return None
        if first.value not in self.scope.documents:
            help = did_you_mean(first.value, list(self.scope.documents), "there are no documents here")
            self.report("E406", f'"{first.value}" is no kind of document', first, help)
            return None
        return first.value

    def _call_related(self, n: s.Call, frame: Frame) -> Result:
        kind = self._document(n, 2)
        key = self.expression(n.arguments[1], frame) if len(n.arguments) == 2 else self.failed(n)
        if kind is None or key[1].kind == "error":
            return self.failed(n)
        if key[1].kind not in ("string", "null"):
            self.report("E405", f"a key is a string, and this is {an(key[1])}", n.arguments[1], origin=key[1])
            return self.failed(n)
        found = self.scope.documents[kind].with_nulls(KNOWN | UNKNOWN)
        return t.Related(n.start, n.end, "context", found.nulls, kind, key[0]), found

    def _call_all_documents(self, n: s.Call, frame: Frame) -> Result:
        kind = self._document(n, 1)
        if kind is None:
            return self.failed(n)
        return t.Documents(n.start, n.end, "list", 0, kind), list_of(self.scope.documents[kind])

    def _arity(self, n: s.Call, count: int) -> bool:
        if len(n.arguments) == count:
            return True
        plural = "" if count == 1 else "s"
        self.report("E404", f"`{n.function}` takes {count} argument{plural}", n)
        return False

    # --- definitions ------------------------------------------------------------------------------------

    def _definition(self, n: s.Call, definition: Definition, frame: Frame) -> Result:
        arguments = [self.expression(a, frame) for a in n.arguments]
        shape = f"{definition.name}({', '.join(name for name, _ in definition.parameters)})"
        if len(arguments) != len(definition.parameters):
            message = f"`{definition.name}` takes {len(definition.parameters)} arguments"
            self.report("E404", message, n, f"written `{shape}`")
            return self.failed(n)
        if definition.name in self.active:
            message = f"`{definition.name}` calls itself"
            self.report("E413", message, (n.start, n.name_end), "a definition may only use others")
            return self.failed(n)
        if definition.broken or any(a[1].kind == "error" for a in arguments):
            return self.failed(n)
        names: dict[str, Type] = {}
        unique: dict[str, str] = {}
        prefix = self.fresh(definition.name)
        for (name, wanted), (_, given), written in zip(definition.parameters, arguments, n.arguments, strict=True):
            if not bind(wanted, given, {}) and not (wanted.kind == given.kind == "context"):
                self.report("E405", f"`{name}` must be {an(wanted)}, and this is {an(given)}", written, origin=given)
                return self.failed(n)
            names[name] = given
            unique[name] = f"{name}'{prefix}"
        scope = replace(self.scope, names=names, unique=unique, bare=False)
        inner = type(self)(definition.excerpt, scope, (*self.active, definition.name))  # type: ignore[call-arg]
        body, found = inner.expression(definition.body, inner.root)  # type: ignore[attr-defined]
        if found.kind == "error":
            known = [d.code for d in inner.diagnostics]
            code = "E413" if "E413" in known else "E405"
            help = inner.diagnostics[0].message if known else ""
            self.report(code, f"the definition `{definition.name}` does not fit here", n, help)
            return self.failed(n)
        if t.depth(body) > t.DEEPEST or len(t.walk(body)) > LARGEST:
            # Written out, it doubles with each that calls it twice: look no further.
            self.scope.definitions[definition.name] = replace(definition, broken=True)
            message = f"`{definition.name}` is too large, with all that it calls"
            self.report("E303", message, (n.start, n.name_end), "definitions are written in where they are called")
            return self.failed(n)
        items = found.item.nulls if found.item is not None else 0
        node = t.Define(
            n.start, n.end, found.kind, found.nulls, definition.name, tuple(unique.values()),
            tuple(a[0] for a in arguments), body, definition.excerpt.text, items,
        )  # fmt: skip
        return node, found

    def on_InstanceOf(self, n: s.InstanceOf, frame: Frame) -> Result:  # noqa: N802
        node, found = self.expression(n.operand, frame)
        for base in (part.strip() for part in n.type.replace(">", "").split("<")):
            if base not in INSTANCE_TYPES:
                self.report("E401", f"unknown type `{base}`", n, did_you_mean(base, list(INSTANCE_TYPES)))
                return self.failed(n)
        if found.kind == "error":
            return self.failed(n)
        nulls = UNKNOWN if found.nulls & UNKNOWN or holds_unknown(found) else 0
        return t.InstanceOf(n.start, n.end, "boolean", nulls, node, n.type), BOOLEAN.with_nulls(nulls)


def _fits(signature: Signature, arguments: list[Result], variables: dict[str, Type]) -> bool:
    if not _count_fits(signature, len(arguments)):
        return False
    parameters = signature.parameters
    return all(
        bind(parameters[min(i, len(parameters) - 1)].type, found, variables) for i, (_, found) in enumerate(arguments)
    )


def _count_fits(signature: Signature, count: int) -> bool:
    parameters = signature.parameters
    least = sum(not p.optional for p in parameters)
    if parameters and parameters[-1].repeated:
        return count >= least
    return least <= count <= len(parameters)


def _first_misfit(signatures: list[Signature], arguments: list[Result]) -> int:
    farthest = 0
    for signature in signatures:
        if not _count_fits(signature, len(arguments)):
            continue
        variables: dict[str, Type] = {}
        parameters = signature.parameters
        for i, (_, found) in enumerate(arguments):
            if not bind(parameters[min(i, len(parameters) - 1)].type, found, variables):
                farthest = max(farthest, i)
                break
    return farthest


def _shape(parameter: Any) -> str:
    name = parameter.name + ("..." if parameter.repeated else "")
    return f"[{name}]" if parameter.optional else name


def _may_be_null(found: Type) -> bool:
    return bool(found.nulls) or (found.item is not None and bool(found.item.nulls)) or holds_unknown(found)


def _refine(n: s.Call, arguments: list[Result], result: Type) -> Type:
    """Results whose type depends on the arguments' more closely than a signature can say."""
    first = arguments[0][1] if arguments else ANY
    if n.function in ("get value", "get entries") and first.kind == "context" and first.item is not None:
        # A keyed parameter: its keys are not known beforehand.
        if n.function == "get value":
            return first.item.with_nulls(first.item.nulls | UNKNOWN)
        return list_of(Type("context", fields={"key": STRING, "value": first.item}), result.nulls)
    if n.function == "get value" and first.fields:
        key = n.arguments[1]
        if isinstance(key, s.String) and key.value in first.fields:
            entry = first.fields[key.value]
            return entry.with_nulls(entry.nulls | result.nulls)
        values = list(first.fields.values())
        found = values[0]
        for value in values[1:]:
            found = union(found, value)
        return found.with_nulls(found.nulls | UNKNOWN)
    if n.function == "get entries" and first.fields is not None:
        found = Type("null")
        for value in first.fields.values():
            found = value if found.kind == "null" and not found.nulls else union(found, value)
        members = tuple(first.fields)
        entry = Type("context", fields={"key": Type("string", members=members), "value": found})
        return list_of(entry, result.nulls)
    if n.function in NAMES:
        return Type("string", result.nulls, members=NAMES[n.function])
    if n.function == "duration" and n.arguments and isinstance(n.arguments[0], s.String):
        months = read_months(n.arguments[0].value) is not None
        return Type("years and months duration", result.nulls) if months else result
    if n.function == "flatten" and first.item is not None:
        item, nulls = first.item, first.item.nulls
        while item.kind == "list" and item.item is not None:
            item = item.item
            nulls |= item.nulls
        if item.kind == "any":
            nulls = KNOWN | UNKNOWN
        return list_of(item.with_nulls(nulls), result.nulls)
    return result
