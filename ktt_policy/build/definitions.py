"""The definitions of a rulebook: named expressions with typed arguments, inlined where rules call them."""

from __future__ import annotations

from msgspec.structs import replace

from ktt_policy.build.names import name_fault
from ktt_policy.diagnostics import Diagnostic, did_you_mean, has_errors
from ktt_policy.expr import syntax as s
from ktt_policy.expr.checking.checker import Checker
from ktt_policy.expr.functions import BUILTINS
from ktt_policy.expr.parser import SPECIAL_FORMS, parse
from ktt_policy.expr.scope import Definition, Scope
from ktt_policy.expr.typesystem import SCALARS, Type, read_type
from ktt_policy.source.text import Excerpt
from ktt_policy.source.yaml_ import YamlFile


def read_definitions(file: YamlFile, texts: dict[str, Excerpt], scope: Scope, found: list[Diagnostic]) -> None:
    """Enter the definitions of a file in the scope, each checked once, by the declared types of its arguments."""
    for name, entry in file.data["definitions"].items():
        excerpt = texts.get(name)
        if excerpt is None:
            continue
        at = f"/definitions/{name}"
        if name in BUILTINS or name in SPECIAL_FORMS:
            found.append(file.problem("E410", at, f"`{name}` is a built-in function", "choose another name", key=True))
        else:
            found += filter(None, [name_fault(file, at, name, key=True)])
        tree, diagnostics = parse(excerpt)
        found.extend(diagnostics)
        arguments = []
        for argument, written in entry.get("arguments", {}).items():
            at = f"/definitions/{name}/arguments/{argument}"
            found += filter(None, [name_fault(file, at, argument, key=True)])
            kind = named_type(written, scope.documents)
            if kind is None:
                help = did_you_mean(str(written), [*SCALARS, *scope.documents])
                found.append(file.problem("E401", at, f"unknown type `{written}`", help))
            arguments.append((argument, kind or Type("error")))
        body = s.Null(0, len(excerpt.text)) if tree is None else tree
        broken = tree is None or any(kind.kind == "error" for _, kind in arguments)
        scope.definitions[name] = Definition(name, tuple(arguments), body, excerpt, broken)
    for definition in list(scope.definitions.values()):
        diagnostics = _check(definition, scope)
        found.extend(diagnostics)
        if has_errors(diagnostics):
            # Told here, where it can be corrected, and not once more wherever it is called.
            scope.definitions[definition.name] = replace(definition, broken=True)


def _check(definition: Definition, scope: Scope) -> list[Diagnostic]:
    """What is wrong with the body of a definition."""
    unique = {name: f"{name}'{definition.name}" for name, _ in definition.parameters}
    inside = replace(scope, names=dict(definition.parameters), unique=unique)
    checker = Checker(definition.excerpt, inside, (definition.name,))
    checker.expression(definition.body, checker.root)
    return checker.diagnostics


def named_type(text: str, documents: dict[str, Type]) -> Type | None:
    """`number`, `list<string>`, or the record of a schema: `provider.staff[]`, `voucher`."""
    for name, document in documents.items():
        if text == name or text.startswith(name + "."):
            return _record(document, text)
    try:
        found = read_type(text)
    except RecursionError:
        return None
    part = found
    while part.item is not None:
        part = part.item
    known = ("number", "string", "boolean", "date", "time", "date and time", "days and time duration",
             "years and months duration", "any")  # fmt: skip
    return found if part.kind in known else None


def _record(document: Type, text: str) -> Type | None:
    found: Type | None = document
    for part in text.split(".")[1:]:
        if found is None or found.fields is None:
            return None
        found = found.fields.get(part.removesuffix("[]"))
        if part.endswith("[]"):
            found = found.item if found is not None else None
    return found
