"""Google's CEL (`cel-expr-python`, C++), its lists, math, strings and bindings extensions on.

CEL has no ISO week, no fold and no way to build a map: the week and the month of a line, the index of the
vouchers, and a function `total(list)` come from Python. Numbers are IEEE doubles. The C++ runtime ends an
expression at its 10,000th loop step, and the Python package has no option for it, so that nested loops over
the groups would end at some hundred lines: groups are made by sorting instead. More than n days in a
group: two entries n apart in the sorted list of distinct `key|day` have one key. Sums: slices of the sorted
list, cut where the key changes.
"""

from typing import Any

import orjson
from cel_expr_python import cel

from bench.engines._cel import DELIVERED, LINES, MISSED, SIMPLE, WORK
from bench.engines._context import context
from bench.rules import GROUP_DAYS, HOURS_LIMIT, WORK_DAYS, Violation

PACKAGE = "cel-expr-python"
CONFIG = """
name: bench
stdlib: {}
extensions: [{name: bindings}, {name: lists}, {name: math}, {name: strings}]
variables:
- {name: vouchers, type_name: dyn}
- {name: invoice, type_name: dyn}
"""


def crowded(which: str, key: str, ending: str, apart: int) -> str:
    """The keys of the groups with more than `apart` distinct endings (a text of ten characters each)."""
    entries = f'{LINES}.map(l, {which}, {key} + "|" + {ending}).distinct().sort()'
    name = "entries[i].substring(0, entries[i].size() - 11)"
    return (
        f"cel.bind(entries, {entries}, lists.range(math.greatest(0, entries.size() - {apart}))"
        f".filter(i, entries[i + {apart}].startsWith({name} + '|')).map(i, {name}).distinct())"
    )


def summed(which: str, key: str, value: str, broken: str) -> str:
    """The keys of the groups of whose `values` the condition `broken` holds."""
    pairs = f"{LINES}.map(l, {which}, [{key}, {value}]).sortBy(p, p[0])"
    starts = "lists.range(pairs.size()).filter(i, i == 0 || pairs[i][0] != pairs[i - 1][0])"
    ends = "(starts.filter(j, j > i) + [pairs.size()])[0]"
    bound = f"cel.bind(values, pairs.slice(i, {ends}).map(p, p[1]), {broken})"
    return f"cel.bind(pairs, {pairs}, cel.bind(starts, {starts}, starts.filter(i, {bound}).map(i, pairs[i][0])))"


GROUPS: dict[int, str] = {
    6: summed(
        'l.service_type == "individual_coaching"',
        "l.voucher_id",
        "double(l.quantity)",
        f"total(values) > {HOURS_LIMIT}.0",
    ),
    7: crowded(
        f'l.service_type == "group_coaching" && {DELIVERED}',
        'l.client_ref + "|" + l.week',
        "l.service_date",
        GROUP_DAYS,
    ),
    8: crowded(
        f"{WORK} && {DELIVERED}",
        'l.client_ref + "|" + l.service_type + "|" + l.week',
        "l.service_date",
        WORK_DAYS,
    ),
    9: summed(
        MISSED,
        'l.voucher_id + "|" + l.month',
        "[double(l.amount), double(l.unit_price)]",
        "total(values.map(v, v[0])) > math.greatest(values.map(v, v[1]))",
    ),
    12: (
        f"cel.bind(keys, {LINES}.map(l, double(l.quantity) > 0.0,"
        ' l.client_ref + "|" + l.service_type + "|" + l.service_date).sort(),'
        " lists.range(math.greatest(0, keys.size() - 1)).filter(i, keys[i] == keys[i + 1])"
        ".map(i, keys[i]).distinct())"
    ),
}

environment: Any
programs: list[tuple[int, Any]]


def prepare() -> None:
    global environment, programs
    total = cel.FunctionDecl(
        "total",
        [cel.Overload("total_list", return_type=cel.Type.DOUBLE, parameters=[cel.Type.List(cel.Type.DYN)], impl=sum)],
    )
    environment = cel.NewEnv(config=cel.NewEnvConfigFromYaml(CONFIG), functions=[total])
    texts = SIMPLE | GROUPS
    programs = [(rule, environment.compile(text)) for rule, text in texts.items()]


def judge(raw: bytes) -> set[Violation]:
    activation = environment.Activation(context(orjson.loads, raw))
    found: set[Violation] = set()
    for rule, program in programs:
        result = program.eval(activation)
        if result.type() == cel.Type.ERROR:
            raise RuntimeError(f"rule {rule}: {result.value()}")
        found.update((rule, key) for key in result.plain_value())
    return found
