"""`instance of`, for both evaluators."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from ktt_policy.expr.values import Range, YearsMonths, every, is_unknown


def is_instance(value: Any, type_text: str) -> Any:
    """`value instance of type`, for a value that is known: True, False, or UNSET where an unknown item decides."""
    import datetime
    from decimal import Decimal

    from msgspec import Struct

    base, _, inner = type_text.partition("<")
    base = base.strip()
    if base == "Any":
        return value is not None
    if base in ("list", "range"):
        kind: Any = list if base == "list" else Range
        if not isinstance(value, kind):
            return False
        if not inner:
            return True
        part = inner.rstrip().removesuffix(">").strip()
        items = value if isinstance(value, list) else [value.low, value.high]
        return every(UNSET if is_unknown(i) else is_instance(i, part) for i in items)
    checks: dict[str, Any] = {
        "number": Decimal, "string": str, "boolean": bool, "time": datetime.time,
        "date and time": datetime.datetime, "days and time duration": datetime.timedelta,
        "years and months duration": YearsMonths,
    }  # fmt: skip
    if base == "date":
        return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
    if base == "context":
        return isinstance(value, (dict, Struct)) and not isinstance(value, (YearsMonths, Range))
    return isinstance(value, checks[base])
