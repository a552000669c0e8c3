"""Functions of lists and contexts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from ktt_policy.expr.functions.registry import builtin
from ktt_policy.expr.values import UndefinedError, YearsMonths, equal, every, fields_of, is_null, is_unknown

ZERO = Decimal(0)
ONE = Decimal(1)


def items_of(arguments: tuple[Any, ...]) -> list[Any]:
    """`max(list)` and `max(1, 2, 3)` alike."""
    if len(arguments) == 1 and isinstance(arguments[0], list):
        return arguments[0]
    return list(arguments)


@builtin(
    "count", "list: list<T> -> number",
    fi="Alkioiden määrä; myös tyhjäarvot lasketaan.", en="How many items the list has, nulls included.",
    example=("count([1, 2, 3])", "3"),
)  # fmt: skip
def count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


@builtin(
    "sum", "list: list<number> -> number", "n...: number -> number",
    fi="Lukujen summa; tyhjän luettelon summa on 0.", en="The sum of the numbers; 0 for an empty list.",
    example=("sum([1, 2.5])", "3.5"),
)  # fmt: skip
def sum_(*numbers: Any) -> Decimal:
    return sum(items_of(numbers), ZERO)


@builtin(
    "product", "list: list<number> -> number?", "n...: number -> number?",
    fi="Lukujen tulo; tyhjän luettelon tulo on null.", en="The product of the numbers; null for an empty list.",
    example=("product([2, 3, 4])", "24"),
)  # fmt: skip
def product(*numbers: Any) -> Decimal | None:
    items = items_of(numbers)
    result = ONE
    for n in items:
        result *= n
    return result if items else None


@builtin(
    "mean", "list: list<number> -> number?", "n...: number -> number?",
    fi="Lukujen keskiarvo; tyhjän luettelon keskiarvo on null.", en="The mean; null for an empty list.",
    example=("mean([1, 2, 6])", "3"),
)  # fmt: skip
def mean(*numbers: Any) -> Decimal | None:
    items = items_of(numbers)
    return sum(items, ZERO) / Decimal(len(items)) if items else None


@builtin(
    "min", "list: list<O> -> O?", "values...: O -> O?",
    fi="Pienin arvo; tyhjän luettelon pienin on null.", en="The least value; null for an empty list.",
    example=("min([3, 1, 2])", "1"),
)  # fmt: skip
def min_(*values: Any) -> Any:
    return min(items_of(values), default=None)


@builtin(
    "max", "list: list<O> -> O?", "values...: O -> O?",
    fi="Suurin arvo; tyhjän luettelon suurin on null.", en="The greatest value; null for an empty list.",
    example=('max(@"2026-01-01", @"2026-02-01")', "2026-02-01"),
)  # fmt: skip
def max_(*values: Any) -> Any:
    return max(items_of(values), default=None)


@builtin(
    "all", "list: list<boolean> -> boolean", "b...: boolean -> boolean", own_nulls=True,
    fi="Tosi, kun jokainen alkio on tosi (kolmiarvoisesti).", en="True when every item is true (three-valued).",
    example=("all([true, false])", "false"),
)  # fmt: skip
def all_(*values: Any) -> Any:
    if len(values) == 1 and is_null(values[0]):
        return UNSET
    return every(items_of(values))


@builtin(
    "any", "list: list<boolean> -> boolean", "b...: boolean -> boolean", own_nulls=True,
    fi="Tosi, kun jokin alkio on tosi (kolmiarvoisesti).", en="True when some item is true (three-valued).",
    example=("any([true, false])", "true"),
)  # fmt: skip
def any_(*values: Any) -> Any:
    if len(values) == 1 and is_null(values[0]):
        return UNSET
    return some(items_of(values))


def some(results: list[Any]) -> Any:
    if any(r is True for r in results):
        return True
    return UNSET if any(r is not False for r in results) else False


@builtin(
    "list contains", "list: list<T>, element: T -> boolean", own_nulls=True,
    fi="Tosi, kun luettelossa on kysytty arvo.", en="True when the list has the value.",
    example=('list contains(["a", "b"], "b")', "true"),
)  # fmt: skip
def list_contains(items: Any, element: Any) -> Any:
    if is_null(items) or is_unknown(element):
        return UNSET
    return some([equal(item, element) for item in items])


@builtin(
    "distinct values", "list: list<T> -> list<T>", partial=True,
    fi="Luettelo ilman toistoja, ensimmäisen esiintymän järjestyksessä.",
    en="The list without repetitions, in the order of first occurrence.",
    example=("distinct values([1, 2, 1])", "[1, 2]"),
)  # fmt: skip
def distinct_values(items: list[Any]) -> list[Any]:
    if all(i.__class__ in (str, Decimal, timedelta, YearsMonths) or hasattr(i, "isoformat") for i in items):
        return list(dict.fromkeys(items))
    found: list[Any] = []
    for item in items:
        if is_unknown(item):
            raise UndefinedError("unknown item")
        matches = some([equal(item, other) for other in found])
        if matches is UNSET:
            raise UndefinedError("unknown item")
        if matches is False:
            found.append(item)
    return found


@builtin(
    "append", "list: list<T>, item...: T -> list<T>", own_nulls=True,
    fi="Luettelo, jonka loppuun on lisätty arvot.", en="The list with the values added at its end.",
    example=("append([1], 2, 3)", "[1, 2, 3]"),
)  # fmt: skip
def append(items: Any, *more: Any) -> Any:
    return UNSET if is_null(items) else [*items, *more]


@builtin(
    "concatenate", "list...: list<T> -> list<T>",
    fi="Luettelot peräkkäin.", en="The lists one after the other.",
    example=("concatenate([1], [2, 3])", "[1, 2, 3]"),
)  # fmt: skip
def concatenate(*lists: list[Any]) -> list[Any]:
    return [item for items in lists for item in items]


@builtin(
    "union", "list...: list<T> -> list<T>", partial=True,
    fi="Luettelot peräkkäin ilman toistoja.", en="The lists one after the other, without repetitions.",
    example=("union([1, 2], [2, 3])", "[1, 2, 3]"),
)  # fmt: skip
def union(*lists: list[Any]) -> list[Any]:
    together: list[Any] = distinct_values(concatenate(*lists))
    return together


@builtin(
    "flatten", "list: list<T> -> list",
    fi="Sisäkkäiset luettelot yhdeksi luetteloksi.", en="Nested lists as one list.",
    example=("flatten([[1, 2], [3]])", "[1, 2, 3]"),
)  # fmt: skip
def flatten(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if isinstance(item, list):
            found.extend(flatten(item))
        else:
            found.append(item)
    return found


@builtin(
    "reverse", "list: list<T> -> list<T>",
    fi="Luettelo takaperin.", en="The list backwards.", example=("reverse([1, 2])", "[2, 1]"),
)  # fmt: skip
def reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin(
    "sort", "list: list<O> -> list<O>", extension=True,
    fi="Luettelo nousevassa järjestyksessä.", en="The list in ascending order.",
    example=("sort([3, 1, 2])", "[1, 2, 3]"),
)  # fmt: skip
def sort(items: list[Any]) -> list[Any]:
    return sorted(items)


@builtin(
    "index of", "list: list<T>, match: T -> list<number>", own_nulls=True,
    fi="Paikat (1 alkaen), joissa arvo on.", en="The positions (from 1) at which the value stands.",
    example=("index of([1, 2, 1], 1)", "[1, 3]"),
)  # fmt: skip
def index_of(items: Any, match: Any) -> Any:
    if is_null(items) or is_unknown(match):
        return UNSET
    same = [equal(item, match) for item in items]
    return UNSET if UNSET in same else [Decimal(n) for n, found in enumerate(same, 1) if found]


@builtin(
    "sublist", "list: list<T>, start: number, length?: number -> list<T>", partial=True,
    fi="Luettelon osa annetusta paikasta; negatiivinen paikka lasketaan lopusta.",
    en="A part of the list from a position; a negative one counts from the end.",
    example=("sublist([1, 2, 3, 4], 2, 2)", "[2, 3]"),
)  # fmt: skip
def sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any]:
    first = position(start, len(items))
    if length is None:
        return items[first:]
    if length != int(length) or length < 1:
        raise UndefinedError("no such position")
    return items[first : first + int(length)]


@builtin(
    "remove", "list: list<T>, position: number -> list<T>", partial=True,
    fi="Luettelo ilman annetussa paikassa olevaa arvoa.", en="The list without the value at a position.",
    example=("remove([1, 2, 3], 2)", "[1, 3]"),
)  # fmt: skip
def remove(items: list[Any], at: Decimal) -> list[Any]:
    index = position(at, len(items))
    return items[:index] + items[index + 1 :]


def position(n: Decimal, length: int) -> int:
    """A FEEL position (1-based, negative from the end) as a Python index."""
    if n != int(n) or n == 0 or abs(n) > length:
        raise UndefinedError("no such position")
    return int(n) - 1 if n > 0 else length + int(n)


@builtin(
    "get value", "context: context, key: string -> any", partial=True,
    fi="Kontekstin tai taulukkomuotoisen parametrin arvo avaimella.",
    en="The value of a context, or of a keyed parameter, under a key.",
    example=('get value({a: 1}, "a")', "1"),
)  # fmt: skip
def get_value(context: Any, key: str) -> Any:
    entries = fields_of(context)
    if key not in entries:
        raise UndefinedError("no entry", key)
    return entries[key]


@builtin(
    "get entries", "context: context -> list",
    fi="Kontekstin rivit luettelona: avain `key`, arvo `value`.",
    en="The entries of a context as a list: `key` and `value`.",
    example=("get entries({a: 1}).key", '["a"]'),
)  # fmt: skip
def get_entries(context: Any) -> list[dict[str, Any]]:
    return [{"key": k, "value": v} for k, v in fields_of(context).items()]
