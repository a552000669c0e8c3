"""The built-in functions. One entry a function: signature, description, example, body.

`BUILTINS[name]` is all there is to know of a function: the parser takes the multi-word names from it, the
checker the signatures, both evaluators the body, the documentation the rest. Bodies receive values that are not
null (unless `own_nulls`) and raise `UndefinedError` where there is no answer.
"""

from ktt_policy.expr.functions import (  # noqa: F401  (each module adds its entries)
    calendar,
    dates,
    lists,
    numbers,
    ranges,
    strings,
)
from ktt_policy.expr.functions.registry import BUILTINS, Builtin

__all__ = ["BUILTINS", "Builtin"]
