"""Interpreter = compiled code, on generated well-typed expressions and matching values, nulls and all."""

from __future__ import annotations

import ast
import re
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ktt_policy.expr import pyast as p
from ktt_policy.expr.checking.checker import compile_text
from ktt_policy.expr.compiling.compiler import Emitter
from ktt_policy.expr.compiling.emitter import Code, Pool
from ktt_policy.expr.instances import is_instance
from ktt_policy.expr.interpreter import Interpreter, Lazy
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.typed import Checked
from ktt_policy.expr.typesystem import BOOLEAN, DATE, KNOWN, NUMBER, STRING, UNKNOWN, Type, list_of
from ktt_policy.expr.values import CONTEXT, Reason, Unknown, YearsMonths, fields_of, is_unknown
from ktt_policy.source.text import whole
from language import TODAY, compiler_of, definition, named, reference, shown
from msgspec import UNSET, Struct, UnsetType


class Part(Struct, gc=False):
    m: Decimal
    um: Decimal | UnsetType = UNSET


class Row(Struct, gc=False):
    """A record as documents have it: required, nullable and optional fields."""

    n: Decimal
    s: str
    d: date
    b: bool
    vs: list[Decimal]
    kn: Decimal | None
    us: str | UnsetType = UNSET
    un: Decimal | UnsetType | None = UNSET
    ub: bool | UnsetType = UNSET
    ud: date | UnsetType = UNSET
    uvs: list[Decimal | None] | UnsetType = UNSET
    part: Part | UnsetType | None = UNSET


EITHER = KNOWN | UNKNOWN
ENUM = Type("string", members=("a", "b", "c"))


def row_type(record: bool) -> Type:
    part = Type("context", EITHER, fields={"m": NUMBER, "um": NUMBER.with_nulls(UNKNOWN)}, record=True, name="part")
    fields = {
        "n": NUMBER, "s": ENUM, "d": DATE, "b": BOOLEAN, "vs": list_of(NUMBER), "kn": NUMBER.with_nulls(KNOWN),
        "us": ENUM.with_nulls(UNKNOWN), "un": NUMBER.with_nulls(EITHER), "ub": BOOLEAN.with_nulls(UNKNOWN),
        "ud": DATE.with_nulls(UNKNOWN), "uvs": list_of(NUMBER.with_nulls(KNOWN), UNKNOWN), "part": part,
    }  # fmt: skip
    return Type("context", fields=fields, record=record, name="row" if record else "")


RECORD, DICT = row_type(record=True), row_type(record=False)
DAYS, MONTHS = Type("days and time duration"), Type("years and months duration")
TYPES = {
    "x": NUMBER, "kx": NUMBER.with_nulls(KNOWN), "ux": NUMBER.with_nulls(UNKNOWN), "t": STRING,
    "ut": STRING.with_nulls(EITHER), "b": BOOLEAN, "kb": BOOLEAN.with_nulls(KNOWN), "ub": BOOLEAN.with_nulls(UNKNOWN),
    "d": DATE, "ud": DATE.with_nulls(UNKNOWN), "days": DAYS, "months": MONTHS.with_nulls(UNKNOWN),
    "xs": list_of(NUMBER), "gaps": list_of(NUMBER.with_nulls(EITHER)), "uxs": list_of(NUMBER, EITHER),
    "r": RECORD, "c": DICT, "ur": RECORD.with_nulls(EITHER), "uc": DICT.with_nulls(EITHER),
    "rows": list_of(RECORD), "dicts": list_of(DICT), "urows": list_of(RECORD.with_nulls(KNOWN), EITHER),
}  # fmt: skip
SCOPE = Scope(
    TYPES,
    parameters={"p": NUMBER, "gone": NUMBER, "words": list_of(STRING), "table": Type("context", item=NUMBER)},
    definitions={
        "near": definition("near", {"x": "number", "ys": "list<number>"}, "x + 1 in ys"),
        "close": definition("close", {"x": "number"}, "x + 1 in [2, 3]"),
        "capped": definition("capped", {"x": "number"}, "if x > parameters.p then parameters.p else x"),
        "over": definition("over", {"ys": "list<number>", "x": "number"}, "some y in ys satisfies capped(y) > x"),
        "same": definition("same", {"a": "string", "b": "string"}, "string length(a) = string length(b) and a = b"),
    },
)
PARAMETERS = {"p": Decimal(2), "words": ["a", "c"], "table": {"a": Decimal(1), "b": Decimal(2)}}
NO_VALUE = Unknown(Reason("no parameter value", ("gone", "2026-11-24")))

# --- values ---------------------------------------------------------------------------------------------

numbers = st.sampled_from([Decimal(v) for v in ("0", "1", "2", "3", "-1", "0.5", "2.005", "15.725", "1e30", "9" * 34)])
dates = st.dates(date(2025, 12, 25), date(2026, 3, 2)) | st.sampled_from([date(2028, 2, 29), date(9999, 12, 31)])
letters = st.sampled_from(["a", "b", "c"])
flags = st.booleans()


def absent(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return of | st.just(UNSET)


def nullable(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return of | st.none()


def few(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=3)


parts = st.builds(Part, m=numbers, um=absent(numbers))
records = st.builds(
    Row, n=numbers, s=letters, d=dates, b=flags, vs=few(numbers), kn=nullable(numbers), us=absent(letters),
    un=absent(nullable(numbers)), ub=absent(flags), ud=absent(dates), uvs=absent(few(nullable(numbers))),
    part=absent(nullable(parts)),
)  # fmt: skip
dicts = records.map(fields_of)
environments = st.fixed_dictionaries(
    {
        "x": numbers, "kx": nullable(numbers), "ux": absent(numbers), "t": letters, "ut": absent(nullable(letters)),
        "b": flags, "kb": nullable(flags), "ub": absent(flags), "d": dates, "ud": absent(dates),
        "days": st.sampled_from([timedelta(1), timedelta(hours=-30), timedelta(0)]),
        "months": absent(st.sampled_from([YearsMonths(1), YearsMonths(-14), YearsMonths(0)])),
        "xs": few(numbers), "gaps": few(absent(nullable(numbers))), "uxs": absent(nullable(few(numbers))),
        "r": records, "c": dicts, "ur": absent(nullable(records)), "uc": absent(nullable(dicts)),
        "rows": few(records), "dicts": few(dicts), "urows": absent(nullable(few(nullable(records)))),
    }
)  # fmt: skip

# --- expressions ----------------------------------------------------------------------------------------
# By type: what needs no parts, and forms with parts. `{number}` is an expression of that type, `{new}` a new name,
# `{number+row}` an expression in which the new name, or a filter's `item`, is a row.

FIELDS = {
    "number": ["n", "kn", "un", "part.m", "part.um"], "boolean": ["b", "ub"], "string": ["s", "us"],
    "date": ["d", "ud"], "numbers": ["vs", "uvs"],
}  # fmt: skip
LEAVES = {
    "number": [
        "0",
        "1",
        "2.5",
        "30",
        "x",
        "kx",
        "ux",
        "parameters.p",
        "parameters.gone",
        "d.month",
        "ud.day",
    ],
    "boolean": ["true", "false", "null", "b", "kb", "ub"],
    "string": ['"a"', '""', "t", "ut"],
    "date": ["d", "ud", "today", '@"2026-01-31"'],
    "days": ["days", '@"P1D"', '@"-PT30H"'],
    "months": ["months", '@"P1M"'],
    "numbers": ["xs", "gaps", "uxs", "[]", "rows.n", "urows.kn", "dicts.un", "dicts.part.um", "rows.part.m"],
    "rows": ["rows", "dicts", "urows"],
    "row": ["r", "c", "ur", "uc"],
    "context": ["{a: x}", "{a: ux, b: kx}"],
}
FORMS = {
    "number": [
        "{number} + {number}", "{number} - {number}", "{number} * {number}", "{number} / {number}",
        "{number} ** {number}", "-{number}", "if {boolean} then {number} else {number}", "sum({numbers})",
        "count({numbers})", "count({rows})", "min({numbers})", "max({number}, {number})", "mean({numbers})",
        "product({numbers})", "round half up({number}, 2)", "decimal({number}, {number})",
        "floor({number})", "ceiling({number}, 1)", "modulo({number}, {number})", "abs({number})",
        "{numbers}[{number}]", "{numbers}[-1]", "({date} - {date}).days", "{date}.weekday",
        "{months}.months", "{days} / {days}", "count(distinct values({numbers}))",
        "count(distinct values(rows.s))", "count(distinct values({rows}.d))", 'get value({context}, "a")',
        "get value({context}, {string})", "get value(parameters.table, {string})", "{context}.a",
        "capped({number})", "string length({string})", "working days between({date}, {date})",
        "{rows}[{number}].n", "count(full weeks({date}, {date}))", "sum([{numbers}, {numbers}][{number}])",
        "sum(flatten([{numbers}, [{number}]]))", "[{number}..{number}].end",
        "count(index of({numbers}, {number}))", "sum(for {new} in {rows} return {number+row})",
        "(if {boolean} then {row} else r).n", "sum([{number}])", "max([{row}].n)", "min([{row}].kn)", "sum([{row}].un)",
        "sum([r][item.n > {number}].n)", "min([r][item.b].un)", "max([r][item.b].n)", "count([r][item.s != {string}])",
        "sum([x][item > {number}])", "count(distinct values([{row}].n))", "count(distinct values([r][item.b].s))",
    ],
    "boolean": [
        "{boolean} and {boolean}", "{boolean} or {boolean}", "not({boolean})", "{boolean} = {boolean}",
        "{boolean} != null", "{number} < {number}", "{number} >= {number}", "{number} = {number}",
        "{number} != {number}", "{number} = null", "{string} = {string}", "{string} < {string}",
        "{date} <= {date}", "{days} = {days}", "{numbers} = {numbers}", "{context} = {context}",
        "{row} = {row}", "{rows} = null", "{numbers} != null",
        "some {new} in {numbers} satisfies {boolean+number}",
        "every {new} in {rows} satisfies {boolean+row}",
        "every {new} in {numbers} satisfies {boolean+number}",
        "some {new} in {rows} satisfies {boolean+row}", "{number} between {number} and {number}",
        "{number} in [{number}..{number})", "{date} in ({date}..{date}]",
        "{number} in ({number}, > {number}, {number})", "{number} in {numbers}", '{string} in ("a", "b")',
        '{string} in ["a", {string}]', "list contains({numbers}, {number})",
        'list contains(["a", "b"], {string})', "list contains(parameters.words, {string})",
        "all([{boolean}, {boolean}])", "any([{boolean}, {boolean}])",
        "all(for {new} in {rows} return {boolean+row})", "is defined(ux)", "is defined(r.part.um)",
        "is defined(rows[1].un)", "is defined(gaps[2])", "if {boolean} then {boolean} else {boolean}",
        "near({number}, {numbers})", "close({number}) and not(close({number}))",
        "over({numbers}, {number})", "same({string}, {string})",
        "({number} + 1) in {numbers}", "before([{number}..{number}], {number})",
        "overlaps([{number}..{number}], ({number}..{number}))", "{number} instance of number",
        "{numbers} instance of list<number>", "contains({string}, {string})", "is working day({date})",
        "(if {boolean} then {number} else {string}) = {number}",
        'list contains(["a"], if {boolean} then {string} else 1)',
        "list contains([{numbers}, {numbers}], {numbers})", "{row} = null", "[{number}] = [{number}]",
        "[{boolean}, true] = [{boolean}, {boolean}]",
    ],
    "string": [
        "{string} + {string}", "substring({string}, {number})", "string({number})", "iso week({date})",
        "year month({date})", "upper case({string})", "if {boolean} then {string} else {string}",
        "string join([{string}, {string}], {string})", "day of week({date})",
        "[{string}, {string}][{number}]", "string([{number}])", "string({context})",
        "substring after({string}, {string})",
    ],
    "date": [
        "{date} + {days}", "{date} - {days}", "{date} + {months}", "{date} - {months}",
        "max({date}, {date})", "period end({date}, {months})", "add working days({date}, 3)",
        "date(2026, 0 + {number}, 31)", "if {boolean} then {date} else {date}", "rows.d[{number}]",
    ],
    "days": [
        "{date} - {date}", "{days} + {days}", "-{days}", "{days} * {number}", "{days} / {number}",
    ],
    "months": [
        "{months} + {months}", "-{months}", "{months} * 2", "years and months duration({date}, {date})",
    ],
    "numbers": [
        "{numbers}[{boolean+number}]", "{rows}[{boolean+row}].n", "{rows}[{boolean+row}].un", "{rows}.kn",
        "for {new} in {numbers} return {number+number}", "for {new} in {rows} return {number+row}",
        "for {new} in 1..3 return {number+number}", "for {new} in {number}..2 return {number+number}",
        "for {new} in {numbers}, {second} in {numbers} return {new} + {second}",
        "for {new} in [{numbers}, {numbers}] return sum({new})",
        "for {new} in {rows}, {second} in {new}.uvs return {second}", "[{number}, {number}]",
        "append({numbers}, {number})", "concatenate({numbers}, {numbers})",
        "concatenate([null], {numbers})", "distinct values({numbers})", "union({numbers}, {numbers})",
        "reverse({numbers})", "sort({numbers})", "sublist({numbers}, {number})", "remove({numbers}, 1)",
        "flatten([{numbers}, [{number}]])", "if {boolean} then {numbers} else {numbers}",
        "get entries({context}).value", "[{numbers}, {numbers}][{number}]", "[{number}]", "[{row}].n",
        "[{row}].part.um", "[{number}][{boolean+number}]", "[r][item.b].kn",
    ],
    "rows": [
        "{rows}[{boolean+row}]", "if {boolean} then {rows} else rows", "[{row}]", "reverse({rows})",
        "[{row}][{boolean+row}]", "[r][item.b]", "[r][item.b][item.n > {number}]",
    ],
    "row": [
        "{rows}[{number}]", "rows[{number}]",
    ],
    "context": [
        "{a: {number}}", "{a: {number}, b: {number}}", "if {boolean} then {context} else {context}",
    ],
}  # fmt: skip
HOLE = re.compile(r"\{(\w+)(?:\+(\w+))?\}")
MISFITS = {"E302", "E401", "E402", "E405", "E407", "E406", "E408", "E409"}  # what parts that do not fit together give


@st.composite
def expressions(draw: st.DrawFn, kind: str, depth: int, names: tuple[tuple[str, str], ...] = ()) -> str:
    """The text of an expression of a type; `names` are the iterators and `item` around it, with theirs."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        leaves = list(LEAVES[kind])
        for name, bound in (*names, ("r", "row"), ("c", "row"), ("ur", "row"), ("uc", "row")):
            leaves += [name] if bound == kind else []
            leaves += [f"{name}.{field}" for field in FIELDS.get(kind, ()) if bound == "row"]
        return draw(st.sampled_from(leaves))
    form = draw(st.sampled_from(FORMS[kind]))
    new, second = f"i{len(names)}", f"j{len(names)}"
    bound = new if "{new}" in form else "item"

    def part(hole: re.Match[str]) -> str:
        if hole[1] in ("new", "second"):
            return new if hole[1] == "new" else second
        inner = names
        if hole[2]:
            inner = (*((n, k) for n, k in names if n != bound), (bound, hole[2]))
        return draw(expressions(hole[1], depth - 1, inner))

    return f"({HOLE.sub(part, form)})"


KINDS = ("number", "boolean", "numbers", "date", "string", "rows", "context")
texts = st.one_of([expressions(kind, 3) for kind in KINDS])
profile = settings(max_examples=200, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def conforms(value: Any, found: Type) -> bool:
    """The value is of the type, with no null that the type rules out."""
    if is_unknown(value):
        return bool(found.nulls & UNKNOWN)
    if value is None:
        return bool(found.nulls & KNOWN)
    if found.kind == "list":
        assert found.item is not None
        return isinstance(value, list) and all(conforms(v, found.item) for v in value)
    if found.kind == "context":
        entries = {} if isinstance(value, Struct) else value
        return all(conforms(v, (found.fields or {})[k]) for k, v in entries.items())
    return found.kind == "any" or is_instance(value, found.kind)


def check(text: str, scope: Scope = SCOPE) -> tuple[Checked | None, Type]:
    checked, kind, found = compile_text(whole(text), scope)
    assert checked is not None or {d.code for d in found} <= MISFITS, found
    return checked, kind


# --- every form under every null ------------------------------------------------------------------------

# Parts that may be null in different ways, and that are computed in different ways.
PROBES = {
    "number": ["x", "kx", "ux", "(if ub then x else kx)", "gaps[2]"],
    "boolean": ["b", "kb", "ub", "(some g in gaps satisfies g > 1)", "r.ub"],
    "string": ["t", "ut", "r.us"],
    "date": ["d", "ud", "(if ub then d else ud)"],
    "days": ["days", "(ud - d)"],
    "months": ["months", '@"P1M"'],
    "numbers": ["xs", "gaps", "uxs", "(for g in gaps return g)", "gaps[item > 0]"],
    "rows": ["rows", "urows", "dicts"],
    "row": ["r", "ur", "uc", "urows[1]"],
    "context": ["{a: x}", "{a: ux, b: kx}", "(if ub then {a: kx} else {a: x})"],
}
# What goes wrong where a null was not foreseen; the form by itself comes first.
CONSUMERS = {
    "number": ["% + 1", "sum([%])"],
    "boolean": ["% and b", "if % then 1 else 2", "xs[%]"],
    "string": ["% + t", '% in ["a", "b"]'],
    "date": ["%.year", "max([%])"],
    "days": ["% + days"],
    "months": ["d + %"],
    "numbers": ["sum(%)", "for y in % return y + 1"],
    "rows": ["for y in % return y.kn + 1", "%.un"],
    "row": ["%.n + 1", "%.part.m"],
    "context": ["%.a + 1", "count(get entries(%))"],
}
_PART = Part(m=Decimal(3), um=Decimal(4))
_FULL = Row(Decimal(1), "a", date(2026, 1, 31), True, [Decimal(1), Decimal(2)], Decimal(5), "b", Decimal(0), False,
            date(2026, 2, 28), [Decimal(1)], _PART)  # fmt: skip
_BARE = Row(Decimal(2), "c", date(2026, 1, 1), False, [], None)
_NULL = Row(Decimal(2), "b", date(2026, 1, 1), False, [], None, un=None, uvs=[None], part=None)


def surroundings(row: Row, other: Row, null: bool, unknown: bool) -> dict[str, Any]:
    """Values for all names: with the known nulls or without, with the unknown ones or without."""

    def known(value: Any) -> Any:
        return None if null else value

    def stated(value: Any) -> Any:
        return UNSET if unknown else value

    return {
        "x": Decimal(2), "kx": known(Decimal(1)), "ux": stated(Decimal(3)), "t": "a", "ut": stated(known("ab")),
        "b": True, "kb": known(True), "ub": stated(True), "d": date(2026, 1, 31), "ud": stated(date(2026, 2, 2)),
        "days": timedelta(hours=36), "months": stated(YearsMonths(1)), "xs": [Decimal(1), Decimal(2)],
        "gaps": [Decimal(1), known(Decimal(2)), stated(Decimal(3))], "uxs": stated(known([Decimal(2)])),
        "r": row, "c": fields_of(row), "ur": stated(known(other)), "uc": stated(known(fields_of(other))),
        "rows": [row, other], "dicts": [fields_of(other), fields_of(row)], "urows": stated([known(row), other]),
    }  # fmt: skip


SURROUNDINGS = [
    surroundings(_FULL, _FULL, null=False, unknown=False),
    surroundings(_FULL, _NULL, null=True, unknown=False),
    surroundings(_BARE, _FULL, null=False, unknown=True),
    surroundings(_BARE, _NULL, null=True, unknown=True),
]


def filled(kind: str, form: str, turn: int) -> str:
    """The form with a probe in each hole, others at every turn, and its consumer around it."""
    used = 0

    def part(hole: re.Match[str]) -> str:
        nonlocal used
        if hole[1] in ("new", "second"):
            return hole[1]
        probes = PROBES[hole[1]]
        if hole[2]:
            name = "new" if "{new}" in form else "item"
            inner = (
                [name] if hole[2] == hole[1] else [f"{name}.{f}" for f in FIELDS.get(hole[1], ()) if hole[2] == "row"]
            )
            probes = [*inner, *probes]
        used += 1
        return probes[(turn * used + used - 1) % len(probes)]

    consumers = ["%", *CONSUMERS[kind]]
    return consumers[turn % len(consumers)].replace("%", f"({HOLE.sub(part, form)})")


@pytest.mark.parametrize(("kind", "form"), [(kind, form) for kind, forms in FORMS.items() for form in forms])
def test_every_form_under_every_null(kind: str, form: str) -> None:
    texts = {filled(kind, form, turn) for turn in range(12)}
    fitting = [text for text in texts if agree(text, SURROUNDINGS)]
    assert fitting, texts


def agree(text: str, environments: list[dict[str, Any]]) -> bool:
    """Hold both evaluators against each other; False where the parts of the text do not fit together."""
    checked, found = check(text)
    if checked is None:
        return False
    function = compiler_of(checked, TYPES, PARAMETERS)
    for env in environments:
        expected = reference(checked, env, PARAMETERS | {"gone": NO_VALUE})
        try:
            value = function(env)
        except (ArithmeticError, OverflowError, ValueError):
            continue  # the engine asks the reference then
        assert shown(value) == shown(expected), (text, env)
        assert conforms(expected, found), (text, found, env)
    return True


# --- any expression, any values -------------------------------------------------------------------------


@profile
@given(texts, environments)
def test_both_evaluators_agree(text: str, env: dict[str, Any]) -> None:
    agree(text, [env])


@settings(profile, max_examples=100)
@given(st.one_of([expressions(kind, 2) for kind in KINDS]), st.lists(texts, min_size=2, max_size=3), environments)
def test_texts_compiled_into_one_function_keep_apart(let: str, given: list[str], env: dict[str, Any]) -> None:
    """As the parts of rules are: each is checked by itself, and a `let` is written at its first use."""
    shared, kind = check(let)
    if shared is None:
        return
    scope = SCOPE.having(shared=kind)
    uses = [f"[{text}, shared]" for text in given]
    found = [checked for text in (*uses, f"for k in xs return [{given[0]}, shared, k]")
             if (checked := check(text, scope)[0]) is not None]  # fmt: skip
    pool = Pool()
    emitter = Emitter(pool, PARAMETERS)
    for name, of in {"today": DATE, **TYPES}.items():
        emitter.variables[name] = Code(p.name(name), of.nulls, of.item.nulls if of.item is not None else 0)
    emitter.variables["shared"] = shared
    results = [emitter.simple(emitter.emit(checked.tree)).expr for checked in found]
    made = p.function("evaluate", ["today", *TYPES], emitter.body)
    made.body.append(ast.Return(ast.List(results, ast.Load())))
    evaluate = p.assemble(made, pool.globals)
    with localcontext(CONTEXT):
        interpreter = Interpreter(
            {"today": TODAY, **named(env), "shared": Lazy(shared)}, PARAMETERS | {"gone": NO_VALUE}
        )
        expected = [interpreter.run(checked) for checked in found]
        try:
            values = evaluate(today=TODAY, **env)
        except (ArithmeticError, OverflowError, ValueError):
            return
    assert [shown(v) for v in values] == [shown(e) for e in expected]


def test_most_of_what_is_generated_is_well_typed() -> None:
    made: list[bool] = []

    @settings(profile, max_examples=100)
    @given(texts)
    def collect(text: str) -> None:
        made.append(check(text)[0] is not None)

    collect()
    assert sum(made) > len(made) * 0.8
