"""Short constructors for Python's `ast`, in which the compiler writes. Never from text."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

UNSET = "UNSET"


def name(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Load())


def constant(value: str | bool | int | None) -> ast.Constant:
    return ast.Constant(value)


def assign(identifier: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(identifier, ast.Store())], value)


def count_up(counter: str) -> ast.stmt:
    return ast.AugAssign(ast.Name(counter, ast.Store()), ast.Add(), constant(1))


def add_at(table: str, index: int, amount: ast.expr) -> ast.stmt:
    """`table[index] += amount`."""
    return ast.AugAssign(ast.Subscript(name(table), constant(index), ast.Store()), ast.Add(), amount)


def attribute(of: ast.expr, field: str) -> ast.expr:
    return ast.Attribute(of, field, ast.Load())


def subscript(of: ast.expr, index: ast.expr) -> ast.expr:
    return ast.Subscript(of, index, ast.Load())


def call(function: ast.expr | str, *arguments: ast.expr, **keywords: ast.expr) -> ast.expr:
    head = name(function) if isinstance(function, str) else function
    return ast.Call(head, list(arguments), [ast.keyword(k, v) for k, v in keywords.items()])


def statement(expression: ast.expr) -> ast.stmt:
    return ast.Expr(expression)


def is_(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [ast.Is()], [right])


def is_not(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [ast.IsNot()], [right])


def either(tests: list[ast.expr]) -> ast.expr:
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)


def both(*tests: ast.expr) -> ast.expr:
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), list(tests))


def not_(operand: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), operand)


def if_(test: ast.expr, then: list[ast.stmt], otherwise: list[ast.stmt] | None = None) -> ast.stmt:
    return ast.If(test, then or [ast.Pass()], otherwise or [])


def if_else(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    return ast.IfExp(test, then, otherwise)


def loop(variable: str, domain: ast.expr, body: list[ast.stmt]) -> ast.stmt:
    return ast.For(ast.Name(variable, ast.Store()), domain, body or [ast.Pass()], [])


def comprehension(element: ast.expr, variable: str, domain: ast.expr, test: ast.expr | None = None) -> ast.expr:
    tests = [] if test is None else [test]
    generator = ast.comprehension(ast.Name(variable, ast.Store()), domain, tests, 0)
    return ast.ListComp(element, [generator])


def function(identifier: str, parameters: list[str], body: list[ast.stmt]) -> ast.FunctionDef:
    arguments = ast.arguments([], [ast.arg(p) for p in parameters], None, [], [], None, [])
    made = ast.FunctionDef(identifier, arguments, body or [ast.Pass()], [])
    if "type_params" in ast.FunctionDef._fields:
        made.type_params = []  # type: ignore[attr-defined]  # Python 3.12
    return made


def assemble(made: ast.FunctionDef, names: dict[str, Any], file: str = "<compiled rules>") -> Callable[..., Any]:
    """The function as a callable, with these names as its globals."""
    module = ast.Module([made], [])
    _place(module)
    exec(compile(module, file, "exec"), names)
    function: Callable[..., Any] = names[made.name]
    return function


def _place(module: ast.Module) -> None:
    """Give all nodes a place, which `compile` asks for: all the same one, so with less ado than `ast` has."""
    nodes: list[ast.AST] = [module]
    for node in nodes:
        if node._attributes:
            node.lineno = node.end_lineno = 1  # type: ignore[attr-defined]
            node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                nodes.append(value)
            elif isinstance(value, list):
                nodes += [one for one in value if isinstance(one, ast.AST)]
