"""What the tests of the language share: tables of cases, both evaluators, values as text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date
from decimal import localcontext
from pathlib import Path
from typing import Any

import yaml
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import pyast as p
from ktt_policy.expr.compiling.compiler import Emitter
from ktt_policy.expr.compiling.emitter import Code, Pool
from ktt_policy.expr.interpreter import Interpreter
from ktt_policy.expr.parser import parse
from ktt_policy.expr.scope import Definition
from ktt_policy.expr.typed import Checked
from ktt_policy.expr.typesystem import Type, read_type
from ktt_policy.expr.values import CONTEXT, Reason, Unknown, is_unknown, to_nested
from ktt_policy.source.text import whole
from msgspec import UNSET

TODAY = date(2026, 11, 24)
Case = dict[str, Any]


def table(name: str) -> list[Case]:
    """The cases of a YAML file: groups of mappings, each with `text` and what it must give."""
    groups = yaml.safe_load(Path(__file__).with_name(name).read_text("utf-8"))
    return [case for group in groups.values() for case in group]


def label(case: Case) -> str:
    return " ".join(str(case["text"]).split())[:70]


def definition(name: str, parameters: Mapping[str, str], body: str) -> Definition:
    """A definition of a rulebook: argument → type, and its expression."""
    tree, found = parse(whole(body))
    assert tree is not None, found
    return Definition(name, tuple((n, read_type(t)) for n, t in parameters.items()), tree, whole(body))


def underlined(text: str, found: Diagnostic) -> str:
    """The part of the text that a diagnostic's span covers."""
    assert found.span is not None
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: found.span.line - 1]) + found.span.column - 1
    end = sum(len(line) + 1 for line in lines[: found.span.end_line - 1]) + found.span.end_column - 1
    return text[start:end]


def told(text: str, found: Diagnostic) -> dict[str, str]:
    """A diagnostic as cases write it."""
    return {"code": found.code, "under": underlined(text, found), "help": found.help}


def matches(text: str, found: Diagnostic, expected: Mapping[str, str]) -> None:
    """`code` and `under` are as expected, and `help` has the expected part; an empty one means none."""
    got = told(text, found)
    assert (got["code"], got["under"]) == (expected["code"], expected["under"])
    help = expected.get("help")
    if help is not None:
        assert help in got["help"] if help else not got["help"], got["help"]


def reference(checked: Checked, values: Mapping[str, Any], parameters: Mapping[str, Any] | None = None) -> Any:
    """What the interpreter gives; UNSET among the values is a value that is not stated."""
    with localcontext(CONTEXT):
        return Interpreter({"today": TODAY, **named(values)}, parameters).run(checked)


def named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the interpreter has them: what is not stated comes with its reason."""
    return {name: _with_reason(value, name) for name, value in values.items()}


def compiler_of(
    checked: Checked, types: Mapping[str, Type], parameters: Mapping[str, Any] | None = None
) -> Callable[[Mapping[str, Any]], Any]:
    """The compiled function. It raises what arithmetic raises beyond its limits."""
    pool = Pool()
    emitter = Emitter(pool, parameters or {})
    names = {name: f"v{i}" for i, name in enumerate(["today", *types])}
    emitter.variables["today"] = Code(p.name("v0"))
    for name, kind in types.items():
        items = kind.item.nulls if kind.item is not None else 0
        emitter.variables[name] = Code(p.name(names[name]), kind.nulls, items)
    code = emitter.emit(checked.tree)
    emitter.add(ast.Return(code.expr))
    function = p.assemble(p.function("evaluate", list(names.values()), emitter.body), pool.globals)

    def run(values: Mapping[str, Any]) -> Any:
        with localcontext(CONTEXT):
            return function(**{names[name]: value for name, value in {"today": TODAY, **values}.items()})

    return run


def _with_reason(value: Any, name: str) -> Any:
    if value is UNSET:
        return Unknown(Reason("not stated", (name,)))
    return [_with_reason(v, name) for v in value] if isinstance(value, list) else value


def shown(value: Any) -> str:
    """The value as text, the unknown told apart from the known null at any depth."""
    if is_unknown(value):
        return "unknown"
    if isinstance(value, list):
        return "[" + ", ".join(shown(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) + "}"
    return to_nested(value)
