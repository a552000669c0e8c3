"""Python data ↔ values of the language, for `evaluate` and `eval`: numbers exact, types inferred."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ktt_policy.expr.typesystem import BOOLEAN, DATE, NULL, NUMBER, STRING, Type, list_of, union
from ktt_policy.expr.values import YearsMonths
from ktt_policy.source.limits import number_of


def value_of(value: Any) -> Any:
    """The value as the language has it. Raises TypeError for a float (not exact), for a number that is none of the
    language, for a time with a zone, and for other types."""
    if isinstance(value, (datetime, time)) and value.tzinfo is not None:
        raise TypeError("a time has no zone in the language: give the local time")
    if value is None or isinstance(value, (bool, str, date, datetime, time, timedelta, YearsMonths)):
        return value
    if isinstance(value, (int, Decimal)):
        return number_of(value)
    if isinstance(value, dict):
        return {str(k): value_of(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [value_of(v) for v in value]
    raise TypeError(f"a {type(value).__name__} is no value of the language; numbers are Decimal or int")


def type_of(value: Any) -> Type:
    """The type of a value; fields that only some items of a list have may be absent."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, Decimal):
        return NUMBER
    if isinstance(value, str):
        return STRING
    if isinstance(value, datetime):
        return Type("date and time")
    if isinstance(value, date):
        return DATE
    if isinstance(value, time):
        return Type("time")
    if isinstance(value, timedelta):
        return Type("days and time duration")
    if isinstance(value, YearsMonths):
        return Type("years and months duration")
    if isinstance(value, list):
        item = NULL.with_nulls(0)
        for i, part in enumerate(value):
            item = type_of(part) if i == 0 else union(item, type_of(part))
        return list_of(item)
    return Type("context", fields={k: type_of(v) for k, v in value.items()})
