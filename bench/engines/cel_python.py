"""`cel-python`: CEL in Python (Lark), the same expressions as for the C++ runtime.

It lacks the lists, math and bindings extensions: `distinct`, `round`, `greatest` and `total` are host
functions, and the list that `cel.bind` would name is made by an expression of its own, whose value the
rule's expression gets as a variable. Numbers are IEEE doubles. Its transpiler (`CompiledRunner`) is used,
some four times as fast as its interpreter; it names host functions by their module, which it must be shown.
"""

import math
from typing import Any

import celpy
import celpy.evaluation
import orjson
from celpy import celtypes
from celpy.adapter import json_to_cel

import bench
from bench.engines._cel import GROUPS, SIMPLE
from bench.engines._context import context
from bench.rules import Violation

PACKAGE = "cel-python"
programs: list[tuple[int, Any, Any]]


def distinct(values: Any) -> Any:
    return celtypes.ListType(dict.fromkeys(values))


def half_up(value: float) -> Any:
    return celtypes.DoubleType(math.floor(value + 0.5))


def total(values: Any) -> Any:
    return celtypes.DoubleType(sum(map(float, values)))


def greatest(values: Any) -> Any:
    return celtypes.DoubleType(max(map(float, values)))


HOST = {"distinct": distinct, "math_round": half_up, "math_greatest": greatest, "total": total}


def prepare() -> None:
    global programs
    # The transpiled text says `bench.engines.cel_python.total`, and is run in the namespace of this module.
    vars(celpy.evaluation)["bench"] = bench
    environment = celpy.Environment(runner_class=celpy.CompiledRunner)

    def program(text: str) -> Any:
        # Its grammar takes `math.round(x)` for a method of a variable.
        named = text.replace("math.round(", "math_round(").replace("math.greatest(", "math_greatest(")
        return environment.program(environment.compile(named), functions=HOST)

    programs = [(rule, None, program(text)) for rule, text in SIMPLE.items()]
    programs += [(rule, program(pairs), program(broken)) for rule, (pairs, broken) in GROUPS.items()]


def judge(raw: bytes) -> set[Violation]:
    variables: Any = {name: json_to_cel(value) for name, value in context(orjson.loads, raw).items()}
    found: set[Violation] = set()
    for rule, pairs, program in programs:
        if pairs is not None:
            variables["pairs"] = pairs.evaluate(variables)
        found.update((rule, str(key)) for key in program.evaluate(variables))
    return found
