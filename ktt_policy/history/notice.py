"""A difference and its impact in words: text for a terminal, Markdown for a change notice, JSON for programs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import structs, to_builtins

from ktt_policy.build.model import RulebookData
from ktt_policy.coverage import WORDS as COVERAGE
from ktt_policy.engine.wording import Names, enum_names, worded
from ktt_policy.history.difference import (
    ClauseChange,
    Difference,
    ParameterChange,
    Part,
    RuleChange,
    SchemaChange,
    Value,
)
from ktt_policy.history.impact import DocumentChange, Impact, RuleImpact
from ktt_policy.history.marking import marked, wrapped
from ktt_policy.history.words import COUNTED, PARTS, WORDS, unit_name
from ktt_policy.report import OUTCOME_WORDS
from ktt_policy.reporters.json_ import encode, masked
from ktt_policy.schemas.model import fields_of

SHOWN = 50


def render(found: Difference, impact: Impact | None, data: RulebookData, form: str, lang: str) -> str:
    """The notice in a form (text, markdown or json); `data` is the rulebook of the second day."""
    if form == "json":
        return to_json(found, impact)
    names = enum_names([field for kind in data.kinds for field in fields_of(kind.record)])
    return (_Markdown if form == "markdown" else _Text)(lang, names).write(found, impact, data.titles)


def to_json(found: Difference, impact: Impact | None) -> str:
    """Everything; numbers are written exactly: read them as decimals."""
    data = to_builtins({**structs.asdict(found), "impact": impact}, builtin_types=(Decimal,))
    return encode(masked(data), indent=2) + "\n"


class _Notice(ABC):
    """What both forms have in common: the order, the words, and what stands in each place."""

    def __init__(self, lang: str, names: Names) -> None:
        self.lang = lang
        self.names = names
        self.words = WORDS[lang]
        self.lines: list[str] = []
        self.moved: set[str] = set()

    def write(self, found: Difference, impact: Impact | None, titles: dict[str, str]) -> str:
        self.moved = {change.name for change in found.parameters}
        self.head(found, titles)
        if found.empty:
            self.lines += [self.words["same"]]
        for name in ("rules", "parameters", "clauses", "schemas"):
            if changes := getattr(found, name):
                self.section(self.words[name])
                for change in changes:
                    self.change(change)
        if impact is not None:
            self.section(self.words["impact"])
            self.impact(impact)
        return "\n".join(self.lines).rstrip("\n") + "\n"

    def change(self, change: RuleChange | ParameterChange | ClauseChange | SchemaChange) -> None:
        if isinstance(change, RuleChange):
            self.rule(change)
        elif isinstance(change, ParameterChange):
            self.parameter(change)
        elif isinstance(change, ClauseChange):
            self.clause(change)
        else:
            self.schema(change)

    @abstractmethod
    def head(self, found: Difference, titles: dict[str, str]) -> None: ...

    @abstractmethod
    def section(self, title: str) -> None: ...

    @abstractmethod
    def rule(self, change: RuleChange) -> None: ...

    @abstractmethod
    def parameter(self, change: ParameterChange) -> None: ...

    @abstractmethod
    def clause(self, change: ClauseChange) -> None: ...

    @abstractmethod
    def schema(self, change: SchemaChange) -> None: ...

    @abstractmethod
    def impact(self, impact: Impact) -> None: ...

    def day(self, day: date) -> str:
        return worded(day, self.lang)

    def value(self, value: Value | None) -> str:
        return self.words["none"] if value is None or value.value is None else self.plain(value.value)

    def dated(self, value: Value) -> str:
        """From when a value is in force; for a correction also when it was published."""
        since = f"{self.words['from']} {self.day(value.start)}"
        return f"{since} ({self.words['published']} {self.day(value.published_on)})" if value.published_on else since

    def plain(self, value: Any) -> str:
        if isinstance(value, dict):
            return "; ".join(f"{self.plain(k)}: {self.plain(v)}" for k, v in value.items())
        if isinstance(value, list):
            return ", ".join(self.plain(v) for v in value)
        if isinstance(value, str) and value.replace(".", "", 1).lstrip("-").isdigit():
            return value.replace(".", ",") if self.lang == "fi" else value
        return worded(value, self.lang, self.names)

    def money(self, amount: Decimal) -> str:
        return worded(amount.quantize(Decimal("0.01")), self.lang)

    def outcome(self, name: str) -> str:
        return OUTCOME_WORDS[self.lang][name]

    def only_texts(self, change: RuleChange) -> bool:
        """True when no verdict of the rule changes, neither by it nor by a parameter that it reads."""
        judging = any(p.judging for p in change.parts)
        return not (judging or change.steps or self.moved.intersection(change.parameters))

    def many(self, number: int, what: str) -> str:
        one, more = COUNTED[self.lang][what]
        return f"{number} {one if number == 1 else more}"

    def summary(self, impact: Impact) -> list[str]:
        """How many documents are concerned, and how much money."""
        w = self.words
        lines = [f"{self.many(impact.documents, 'judged')}, {self.many(len(impact.changed), 'changed')}"]
        if impact.undecided:
            lines.append(f"{self.many(impact.undecided, 'unknown')}: {w['unknown']}")
        return [
            *lines,
            f"{self.money(impact.amount)} € {w['newly']}",
            f"{self.money(impact.released)} € {w['released']}",
        ]

    def cited(self, clauses: Sequence[str]) -> str:
        """`clause 5.m3`, `clauses 5.m3, 6.m1`."""
        word = self.words["clause"] if len(clauses) == 1 else self.words["clauses"].lower()
        return f"{word} {', '.join(clauses)}"

    def name(self, part: Part) -> str:
        """What a part is called: texts in words, expressions by their key in the file."""
        first, _, rest = part.name.partition(".")
        name = PARTS[self.lang].get(first, first) if rest in ("", *WORDS) else part.name
        return f"{name}: {self.words['definition']}" if part.definition else name

    def parts(self, change: RuleChange | ClauseChange) -> list[Part]:
        """The parts that a reader of the language wants to see: the texts of the other language left out."""
        other = ".en" if self.lang == "fi" else ".fi"
        return [_in_words(p, self.lang) for p in change.parts if not p.name.endswith(other)]


def _in_words(part: Part, lang: str) -> Part:
    """The status of a clause as `coverage` calls it."""
    if part.name != "status":
        return part
    before, after = (COVERAGE[lang][s] if s is not None else None for s in (part.before, part.after))
    return structs.replace(part, before=before, after=after)


class _Text(_Notice):
    def head(self, found: Difference, titles: dict[str, str]) -> None:
        a, b = found.before, found.after
        names = a.rulebook if a.digest == b.digest else f"{a.rulebook} {a.digest[:8]} → {b.rulebook} {b.digest[:8]}"
        self.lines.append(f"{names}: {self.day(a.day)} → {self.day(b.day)}")

    def section(self, title: str) -> None:
        self.lines += ["", title]

    def rule(self, change: RuleChange) -> None:
        w = self.words
        start = change.starts[1]
        since = f", {w['from']} {self.day(start)}" if start is not None else ""
        clauses = f" ({self.cited(change.clauses)})"
        self.lines.append(f"  {change.code} {w[change.kind]}{since}: {change.title.get(self.lang, '')}{clauses}")
        self.lines += [f"    {w['from']} {self.day(step.start)}: {w[step.kind]}" for step in change.steps]
        if change.kind != "changed":
            return
        for part in self.parts(change):
            self.part(part)
        if self.only_texts(change):
            self.lines.append(f"    {w['texts']}")

    def part(self, part: Part) -> None:
        self.lines.append(f"    {self.name(part)}")
        if part.definition:
            return
        left, right = marked(part.before or "", part.after or "")
        if part.before is not None:
            self.lines.append("      - " + wrapped(left, "[-", "-]"))
        if part.after is not None:
            self.lines.append("      + " + wrapped(right, "{+", "+}"))

    def parameter(self, change: ParameterChange) -> None:
        w = self.words
        title = f"{change.title.get(self.lang, '')} ({w['clause']} {change.clause})"
        self.lines.append(f"  {change.name} {w[change.kind]}: {title}")
        for value in change.values:
            unit = unit_name(change.unit, self.lang, value.value)
            self.lines.append(f"    {self.dated(value)}: {self.value(value)}{unit}")

    def clause(self, change: ClauseChange) -> None:
        w = self.words
        was = f" ({w['was']} {change.was})" if change.was else ""
        self.lines.append(f"  {change.id} {w[change.kind]}{was}: {change.heading.get(self.lang, '')}")
        if change.kind in ("changed", "renumbered"):
            for part in self.parts(change):
                self.part(part)
            if change.parts and not self.parts(change):
                self.lines.append(f"    {w['other language']}")

    def schema(self, change: SchemaChange) -> None:
        self.lines.append(f"  {change.document} {self.words[change.kind]}")
        self.lines += [f"    {place}" for place in change.places]

    def impact(self, impact: Impact) -> None:
        w = self.words
        self.lines += [f"  {line}" for line in self.summary(impact)]
        for rule in impact.rules:
            counts = {"documents": rule.documents, "violated": rule.newly_violated,
                      "undecided": rule.newly_undecided, "no longer": rule.no_longer}  # fmt: skip
            numbers = ", ".join(self.many(number, what) for what, number in counts.items())
            clauses = f" ({self.cited(rule.clauses)})"
            self.lines.append(f"  {rule.code}{clauses}: {numbers}; {self.money(rule.amount)} €")
        for document in impact.changed[:SHOWN]:
            self.document(document)
        left = len(impact.changed) - SHOWN
        if left > 0:
            self.lines.append(f"  … {left} {w['more']}")

    def document(self, change: DocumentChange) -> None:
        before, after = self.outcome(change.before), self.outcome(change.after)
        self.lines.append(f"  {change.file}:{change.line} {change.key}: {before} → {after}")
        for c in change.changes:
            about = f" {c.subject}" if c.subject else ""
            amount = f", {self.money(c.amount)} €" if c.amount else ""
            outcomes = f"{self.outcome(c.before)} → {self.outcome(c.after)}"
            cited = f" {self.cited(c.clauses)}" if c.clauses else ""
            self.lines.append(f"    {c.code}{cited}: {outcomes}{amount}")
            if c.pointer or about:
                self.lines.append(f"      {c.pointer}{about}")


class _Markdown(_Notice):
    def head(self, found: Difference, titles: dict[str, str]) -> None:
        a, b = found.before, found.after
        self.lines += [f"# {self.words['title']} {self.day(a.day)} → {self.day(b.day)}", "", titles.get(self.lang, "")]

    def section(self, title: str) -> None:
        self.lines += ["", f"## {title}"]

    def rule(self, change: RuleChange) -> None:
        w = self.words
        start = change.starts[1]
        since = f", {w['from']} {self.day(start)}" if start is not None else ""
        title = change.title.get(self.lang, "")
        about = f"*{w[change.kind]}{since}; {self.cited(change.clauses)}*"
        self.lines += ["", f"### {change.code}: {title}", "", about]
        if change.steps:
            self.lines += ["", *(f"- {w['from']} {self.day(step.start)}: {w[step.kind]}" for step in change.steps)]
        if change.kind == "changed":
            self.table(self.parts(change))
            if self.only_texts(change):
                self.lines += ["", w["texts"]]

    def table(self, parts: list[Part]) -> None:
        w = self.words
        if not parts:
            return
        self.lines += ["", f"| | {w['before']} | {w['after']} |", "| --- | --- | --- |"]
        for part in parts:
            left, right = marked(part.before or "", part.after or "")
            old = wrapped(_escaped(left), "<del>", "</del>") if part.before is not None else ""
            new = wrapped(_escaped(right), "<ins>", "</ins>") if part.after is not None else ""
            if part.judging:
                old, new = (f"<code>{text}</code>" if text else "" for text in (old, new))
            self.lines.append(f"| {self.name(part)} | {old} | {new} |")

    def parameter(self, change: ParameterChange) -> None:
        w = self.words
        self.lines += ["", f"### {change.title.get(self.lang, '')}", "",
                       f"*`{change.name}`, {w[change.kind]}; {w['clause']} {change.clause}*", ""]  # fmt: skip
        for value in change.values:
            unit = unit_name(change.unit, self.lang, value.value)
            basis = f" ({w['basis']}: {value.reference})" if value.reference else ""
            self.lines.append(f"- {self.dated(value)}: {self.value(value)}{unit}{basis}")

    def clause(self, change: ClauseChange) -> None:
        w = self.words
        was = f" ({w['was']} {change.was})" if change.was else ""
        self.lines += ["", f"### {change.id}: {change.heading.get(self.lang, '')}", "", f"*{w[change.kind]}{was}*"]
        self.table(self.parts(change))
        if change.parts and not self.parts(change):
            self.lines += ["", w["other language"]]

    def schema(self, change: SchemaChange) -> None:
        self.lines += ["", f"### `{change.document}`", "", f"*{self.words[change.kind]}*", ""]
        self.lines += [f"- `{place}`" for place in change.places]

    def impact(self, impact: Impact) -> None:
        w = self.words
        self.lines += ["", *(f"- {line}" for line in self.summary(impact))]
        columns = ("rule", "clause_column", "affected", "violated", "undecided", "no_longer", "amount")
        self.row([w[c] for c in columns], head=True)
        for rule in impact.rules:
            self.row(self.rule_impact(rule))
        if not impact.changed:
            return
        self.row([w["document"], w["before"], w["after"], w["rule"], w["clause_column"]], head=True)
        for change in impact.changed[:SHOWN]:
            codes = ", ".join(sorted({c.code for c in change.changes}))
            clauses = ", ".join(sorted({clause for c in change.changes for clause in c.clauses}))
            self.row([change.key, self.outcome(change.before), self.outcome(change.after), codes, clauses])
        left = len(impact.changed) - SHOWN
        if left > 0:
            self.lines += ["", f"… {left} {w['more']}"]

    def rule_impact(self, rule: RuleImpact) -> list[str]:
        counts = (rule.documents, rule.newly_violated, rule.newly_undecided, rule.no_longer)
        return [rule.code, ", ".join(rule.clauses), *(str(n) for n in counts), self.money(rule.amount)]

    def row(self, cells: list[str], head: bool = False) -> None:
        if head:
            self.lines.append("")
        self.lines.append("| " + " | ".join(cells) + " |")
        if head:
            self.lines.append("|" + " --- |" * len(cells))


def _escaped(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    table = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"})
    return [(text.translate(table), changed) for text, changed in pieces]
