"""Verdicts → why: every part of a rule's conditions with the value it had, evaluated once more by the interpreter."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct

from ktt_policy.build.model import Version
from ktt_policy.diagnostics import Texts
from ktt_policy.engine.findings import FindingMaker, pointer_of
from ktt_policy.engine.telling import Telling
from ktt_policy.engine.verdicts import Verdict
from ktt_policy.expr import typed as t
from ktt_policy.expr.interpreter import Interpreter
from ktt_policy.expr.values import Range, Unknown, YearsMonths, is_null, to_json
from ktt_policy.masking import MASK, mask
from ktt_policy.report import Outcome


class Step(Struct):
    """A part of an expression as it was evaluated. Parts in a loop come once for each turn.

    `value` is plain data (numbers as Decimal, dates as text), short for records and lists of them; `reason` says why
    the value is not known; `since`, of a parameter, from which day the value is in force; `published_on` where it
    corrects another one after the fact.
    """

    text: str
    value: Any
    reason: Texts | None
    children: list[Step]
    since: date | None = None
    published_on: date | None = None


class Part(Struct, frozen=True):
    """`name`: for_each.VARIABLE, when, having, require, date, group_by.KEY, let.NAME."""

    name: str
    step: Step


class Explained(Struct, frozen=True):
    """One verdict of a rule with its parts. `entries`: the places of a group's items."""

    code: str
    version: date
    outcome: Outcome
    file: str
    pointer: str
    day: date | None
    reason: Texts | None
    keys: dict[str, Any]
    entries: list[str]
    parts: list[Part]


class Tracer(Interpreter):
    """Evaluates as the interpreter does and keeps the tree of what it evaluated."""

    def start(self, maker: FindingMaker, version: Version, day: date | None) -> None:
        self.maker = maker
        self.version = version
        self.day = day
        self.stack: list[list[Step]] = [[]]

    def value(self, node: t.Tree) -> Any:
        children: list[Step] = []
        self.stack.append(children)
        try:
            result = super().value(node)
        finally:
            self.stack.pop()
        if isinstance(node, t.Const) or (isinstance(node, t.Var) and _is_record(result)):
            return result
        written = self.written(node)
        if len(children) == 1 and children[0].text == written:
            children = children[0].children
        shown = _shown(self.maker.telling, self.version, node, result)
        self.stack[-1].append(Step(written, shown, self.reason(result), children, *self.since(node)))
        return result

    def since(self, node: t.Tree) -> tuple[date | None, date | None]:
        """From when the value of a parameter is in force, and when it was published."""
        if not isinstance(node, t.Param) or self.day is None:
            return None, None
        time = self.maker.context.time
        start = time.parameter_start(node.name, self.day)
        return start, next((v.published_on for v in time.parameters[node.name].values if v.start == start), None)

    def reason(self, value: Any) -> Texts | None:
        return self.maker.reason(value.reason) if isinstance(value, Unknown) else None

    def trace(self, name: str, checked: t.Checked) -> tuple[Part, Any]:
        """The part as it is told, and its value, which may be told masked."""
        self.stack = [[]]
        value = self.run(checked)
        steps = self.stack[0]
        if steps:
            return Part(name, steps[0]), value
        shown = _shown(self.maker.telling, self.version, checked.tree, value)
        return Part(name, Step(" ".join(checked.text.split()), shown, self.reason(value), [])), value


def explain(maker: FindingMaker, verdicts: list[Verdict]) -> list[Explained]:
    """Why each verdict came out as it did."""
    return [_explained(maker, v) for v in verdicts]


def _explained(maker: FindingMaker, verdict: Verdict) -> Explained:
    version, document = verdict.version, verdict.document
    keys = {
        name: _shown(maker.telling, version, e.tree, value)
        for (name, e), value in zip(version.group_by, verdict.keys, strict=False)
    }
    reason = maker.reason(verdict.reason) if verdict.reason else None
    entries = [f"{mask(e.document.file)} {pointer_of(version, e.document, e.positions)}" for e in verdict.entries or ()]
    return Explained(
        verdict.rule.code, version.start, verdict.outcome, mask(document.file),
        pointer_of(version, document, verdict.positions), verdict.day, reason, keys, entries, _parts(maker, verdict),
    )  # fmt: skip


def _parts(maker: FindingMaker, verdict: Verdict) -> list[Part]:
    version = verdict.version
    if version.repealed or len(verdict.positions) < len(version.iterators):
        return []
    tracer = _tracer(maker, verdict)
    made: list[Part] = []
    if verdict.entries is not None:
        named = [("having", version.having), ("require", version.require)]
    else:
        named = [("date", version.date), ("when", version.when)]
        if version.grouped:
            named += [(f"group_by.{name}", e) for name, e in version.group_by]
        else:
            named.append(("require", version.require))
        # An item that is a plain value, a month say, has no place of its own: what it is tells it from the others.
        walked = [(i.variable, i.domain.tree, tracer.names[i.variable]) for i in version.iterators]
        made = [
            Part(f"for_each.{name}", Step(name, _shown(maker.telling, version, tree, item), None, []))
            for name, tree, item in walked
            if not _is_record(item)
        ]
    for name, checked in named:
        if checked is None:
            continue
        part, value = tracer.trace(name, checked)
        made.append(part)
        stops = value is not True if name in ("when", "having") else part.step.reason is not None
        if stops:
            break
    return made


def _tracer(maker: FindingMaker, verdict: Verdict) -> Tracer:
    plain = maker.interpreter(verdict)
    tracer = Tracer(plain.names, plain.parameters, plain.documents, plain.broken)
    tracer.start(maker, verdict.version, verdict.day)
    return tracer


def _is_record(value: Any) -> bool:
    return isinstance(value, Struct) and not isinstance(value, (YearsMonths, Range, Unknown))


def _shown(telling: Telling, version: Version, node: t.Tree, value: Any) -> Any:
    """The value of an expression as data that may be shown; a record, in a list too, as its identifiers."""
    if is_null(value):
        return None
    return MASK if telling.hides(node, version) else telling.shown(_short(value))


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(item) for item in value]
    if not _is_record(value):
        return to_json(value)
    names = [f for f in value.__struct_fields__ if f.endswith(("_id", "_number"))]
    return {name: to_json(getattr(value, name)) for name in names if not is_null(getattr(value, name))} or "{…}"
