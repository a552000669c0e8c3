"""All mutants of a rule: its versions with one part altered, and the parameters it reads with one value altered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ktt_policy.build.model import Parameter, Rule, RulebookData, Version
from ktt_policy.expr import typed as t
from ktt_policy.expr.literals import read_days, read_months
from ktt_policy.expr.operators import DAYS, MONTHS
from ktt_policy.expr.unparse import unparse
from ktt_policy.mutation.alternatives import Chooser, moved
from ktt_policy.mutation.shapes import Shapes
from ktt_policy.source.spans import pointer

UNKEYED = {"string": "", "number": "0", "boolean": "true", "date": "2000-01-01", DAYS: "P0D", MONTHS: "P0M"}


class Mutant(Struct, frozen=True):
    """A rule, or the parameters, with one thing altered.

    `at` names the expression (`when`, `let.due`, `parameters.max_age`), `definition` the inlined definition that
    the part stands in; `original` and `mutated` are the part before and after. `node` is the original part of an
    expression; `pointer` leads to an altered parameter value in its file.
    """

    code: str
    version: date
    at: str
    original: str
    mutated: str
    rule: Rule
    parameters: tuple[Parameter, ...] | None = None
    definition: str = ""
    node: t.Tree | None = None
    pointer: str = ""


class Change(Struct, frozen=True):
    """A tree with one part altered: `node` is the part, `original` and `mutated` its text before and after."""

    tree: t.Tree
    node: t.Tree
    original: str
    mutated: str
    definition: str = ""


def mutants(data: RulebookData, rule: Rule) -> Iterator[Mutant]:
    """Every mutant of a rule, always in one order: version by version, as its expressions are evaluated."""
    for version in rule.versions:
        if not version.repealed:
            yield from _of_version(data, rule, version)
    yield from _of_parameters(data, rule)


# --- expressions ----------------------------------------------------------------------------------------------


def changes(tree: t.Tree, chooser: Chooser) -> list[Change]:
    """Every tree with one part altered, parents before their parts; each meaning once, the original's never."""
    seen = {t.key(tree)}
    found = []
    for change in _changes(tree, chooser, ""):
        meaning = t.key(change.tree)
        if meaning not in seen:
            seen.add(meaning)
            found.append(change)
    return found


def _changes(node: t.Tree, chooser: Chooser, definition: str, above: t.Tree | None = None) -> Iterator[Change]:
    chooser.enter(node)
    for mutated in chooser.of(node):
        # A `not` right inside these is the same as altering them, or as nothing.
        added = isinstance(mutated, t.Not) and mutated.operand is node
        if not (added and isinstance(above, (t.Not, t.Equal, t.Defined))):
            texts = unparse(node, chooser.bound), unparse(mutated, chooser.bound)
            yield Change(mutated, node, *texts, definition)
    for name in node.__struct_fields__:
        value = getattr(node, name)
        inner = node.name if isinstance(node, t.Define) and name == "body" else definition
        if isinstance(value, t.Node):
            part: Any = value
            for change in _changes(part, chooser, inner, node):
                yield replace(change, tree=replace(node, **{name: change.tree}))
        elif isinstance(value, tuple):
            for i, one in enumerate(value):
                if isinstance(one, t.Node):
                    member: Any = one
                    for change in _changes(member, chooser, inner, node):
                        whole = (*value[:i], change.tree, *value[i + 1 :])
                        yield replace(change, tree=replace(node, **{name: whole}))


def _of_version(data: RulebookData, rule: Rule, version: Version) -> Iterator[Mutant]:
    shapes = Shapes(data, rule.kind, version)

    def altered(version_: Version) -> Rule:
        return replace(rule, versions=tuple(version_ if v is version else v for v in rule.versions))

    iterated = iter(range(len(version.iterators)))
    for written in version.expressions:
        setter = _setter(version, written.place, next(iterated) if written.place == "for_each" else 0)
        tree = written.checked.tree
        for change in changes(tree, Chooser(shapes, tree)):
            yield Mutant(
                rule.code, version.start, written.place, change.original, change.mutated,
                altered(setter(t.Checked.of(change.tree, written.checked.text))), None, change.definition, change.node,
            )  # fmt: skip
        own = _own_date(data, rule.kind)
        if written.place == "date" and own is not None and unparse(tree) != unparse(own):
            other = altered(setter(t.Checked.of(own, written.checked.text)))
            yield Mutant(rule.code, version.start, "date", unparse(tree), unparse(own), other, node=tree)
        elif written.place in ("when", "having"):
            left_out = altered(replace(version, **{written.place: None}))
            yield Mutant(rule.code, version.start, written.place, unparse(tree), "", left_out, node=tree)
        elif written.place.startswith("group_by."):
            constant = t.Const(tree.start, tree.end, tree.kind, 0, UNKEYED[tree.kind])
            left_out = altered(setter(t.Checked.of(constant, written.checked.text)))
            yield Mutant(rule.code, version.start, written.place, unparse(tree), "", left_out, node=tree)
    if version.run:
        alone = altered(replace(version, run=False))
        yield Mutant(rule.code, version.start, "scope", "run", "document", alone)


def _own_date(data: RulebookData, kind: str) -> t.Tree | None:
    """The date of a document of the kind: what `date` is when it is left out."""
    path = next(k.date for k in data.kinds if k.name == kind)
    if not path:
        return None
    tree: t.Tree = t.Var(0, 0, "context", 0, kind)
    for name in path.split("."):
        tree = t.Field(0, 0, "date", 0, tree, name, True)
    return tree


def _setter(version: Version, place: str, number: int) -> Callable[[t.Checked], Version]:
    """Puts an expression in the place of the version's own."""
    head, _, name = place.partition(".")

    def put(checked: t.Checked) -> Version:
        if head == "for_each":
            kept = list(version.iterators)
            kept[number] = replace(kept[number], domain=checked)
            return replace(version, iterators=tuple(kept))
        if head == "let":
            lets = (replace(let, expression=checked) if let.name == name else let for let in version.lets)
            return replace(version, lets=tuple(lets))
        if head == "group_by":
            keys = tuple((key, checked if key == name else e) for key, e in version.group_by)
            return replace(version, group_by=keys)
        return replace(version, **{head: checked})

    return put


# --- parameters -----------------------------------------------------------------------------------------------


def _of_parameters(data: RulebookData, rule: Rule) -> Iterator[Mutant]:
    """The parameters that the rule's expressions read, in the order of their names."""
    read = {
        node.name
        for version in rule.versions
        for written in version.expressions
        for node in t.walk(written.checked.tree)
        if isinstance(node, t.Param)
    }
    for parameter in data.parameters:
        if parameter.name not in read:
            continue
        for value in parameter.values:
            for at, original, mutated, altered in _of_value(parameter, value.value, ()):
                kept = tuple(replace(v, value=altered) if v is value else v for v in parameter.values)
                others = tuple(replace(p, values=kept) if p is parameter else p for p in data.parameters)
                where = pointer("values", value.start.isoformat(), "value", *at)
                yield Mutant(
                    rule.code, value.start, f"parameters.{parameter.name}", original, mutated, rule, others,
                    pointer=where,
                )  # fmt: skip


Altered = Iterator[tuple[tuple[str | int, ...], str, str, Any]]


def _of_value(parameter: Parameter, value: Any, at: tuple[str | int, ...]) -> Altered:
    """(place within, before, after, the whole value altered) of a parameter's plain data."""
    if isinstance(value, dict):
        for key, part in value.items():
            for place, original, mutated, altered in _of_value(parameter, part, (*at, key)):
                yield place, original, mutated, {**value, key: altered}
    elif isinstance(value, list):
        for i, part in enumerate(value):
            yield (*at, i), str(part), "", value[:i] + value[i + 1 :]
    elif value is not None:
        for other in _steps(parameter, str(at[-1]) if at else "", value):
            yield at, str(value), str(other), other


def _steps(parameter: Parameter, field: str, value: Any) -> list[Any]:
    """A scalar altered by its smallest step: the last digit, a day, a month; another member; another text."""
    kind = (parameter.fields or {}).get(field, "") if parameter.type == "record" else parameter.type
    if isinstance(value, bool):
        return [not value]
    if kind == "number":
        number = Decimal(value)
        step = Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0))
        return [f"{number + step:f}", f"{number - step:f}"]
    if kind == "duration":
        months, days = read_months(value), read_days(value)
        return list(moved(MONTHS, months) if months is not None else moved(DAYS, days))
    if kind == "date":
        return list(moved("date", date.fromisoformat(value)))
    if parameter.members:
        return [m for m in parameter.members if m != value][:1]
    return [value + "x"]
