"""What a rule or a clause says, in text or JSON; with documents, why each verdict came out as it did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from msgspec import Struct, to_builtins

from ktt_policy.api import Rulebook
from ktt_policy.build.model import Clause, Edition, Rule, Version
from ktt_policy.build.parameters import read_value
from ktt_policy.coverage import WORDS as COVERAGE
from ktt_policy.detail import known_then
from ktt_policy.diagnostics import Diagnostic, ProblemError, Texts, did_you_mean
from ktt_policy.documents import Document
from ktt_policy.engine.explanation import Explained, Part, Step, explain
from ktt_policy.engine.run import Engine, Run
from ktt_policy.engine.wording import worded
from ktt_policy.expr import typed as t
from ktt_policy.expr.values import CONTEXT, number_text
from ktt_policy.expr.values import to_json as to_json_value
from ktt_policy.reads import reads_of
from ktt_policy.report import OUTCOME_WORDS, SYSTEM_RULES
from ktt_policy.reporters.json_ import encode
from ktt_policy.reporters.words import WORDS as REPORT

WORDS = {
    "fi": {
        "clauses": "Kohdat", "interpretation": "tulkinta", "why": "Miksi", "versions": "Versiot",
        "from": "{day} alkaen",
        "repealed": "kumottu", "published": "julkaistu", "on": "voimassa", "reads": "Lukee", "parameters": "Parametrit",
        "no value": "ei arvoa", "rules": "Säännöt", "status": "käsittely", "reason": "peruste", "note": "huomautus",
        "unknown": "ei tiedossa", "severity": "vakavuus", "items": "Ryhmän jäsenet", "none": "ei versiota voimassa",
        "nothing": "Sääntö ei koske annettuja asiakirjoja.", "key": "ryhmä",
        "version": "versio {day} alkaen", "reference date": "viitepäivä",
        "elsewhere": "Ei voimassa {on}; tässä painoksen {day} mukaan.", "same": "Samansisältöinen kohta on {id}.",
    },
    "en": {
        "clauses": "Clauses", "interpretation": "interpretation", "why": "Why", "versions": "Versions",
        "from": "from {day}",
        "repealed": "repealed", "published": "published", "on": "in force", "reads": "Reads",
        "parameters": "Parameters", "no value": "no value", "rules": "Rules", "status": "status", "reason": "reason",
        "note": "note", "unknown": "not known", "severity": "severity", "items": "Items of the group",
        "none": "no version in force", "nothing": "The rule does not concern the documents given.", "key": "group",
        "version": "version from {day}", "reference date": "reference date",
        "elsewhere": "Not in force on {on}; shown as in the edition of {day}.",
        "same": "The clause that says the same is {id}.",
    },
}  # fmt: skip


class About(Struct, frozen=True):
    """What was asked for: rules, and the clause when it was one, with the edition that it stands in. `verdicts` where
    documents were given. `system` is a code of the checker's own, which is in no rulebook."""

    clause: Clause | None
    rules: list[Rule]
    verdicts: list[Explained] | None
    edition: Edition | None = None
    system: str = ""


def about(book: Rulebook, name: str, on: date) -> About:
    """The rule of a code, the checker's own too, or the clause of an id with its rules. Else ProblemError."""
    for rule in book.data.rules:
        if rule.code == name:
            return About(None, [rule], None)
    if name in SYSTEM_RULES:
        return About(None, [], None, system=name)
    edition = book.data.edition_of(name, on)
    if edition is None:
        known = (book.data.edition_at(on) or book.data.editions[-1]).clauses
        help = did_you_mean(name, [*(r.code for r in book.data.rules), *known])
        raise ProblemError([Diagnostic("E502", f"`{name}` is no rule code and no clause", help=help)])
    day = on if edition is book.data.edition_at(on) else None
    return About(edition.clauses[name], [r for r in book.data.rules if _cites(r, name, day)], None, edition)


def _cites(rule: Rule, clause: str, day: date | None) -> bool:
    """True where the version of a day names a clause; without a day, where any version does."""
    versions = rule.versions if day is None else [rule.at(day)]
    return any(ref.clause == clause for version in versions if version is not None for ref in version.clauses)


def verdicts(
    book: Rulebook, rules: list[Rule], read: Iterable[Document | Diagnostic], on: date, complete: bool
) -> tuple[list[Explained], list[Diagnostic]]:
    """Why each verdict of some rules on the documents came out as it did, and what could not be judged."""
    run = Run(Engine(book.data, rules=rules), on, complete)
    run.check(read, keep_all=True)
    kept = sorted(run.kept or (), key=lambda v: (v.rule.code, v.document.number, v.positions))
    with localcontext(CONTEXT):
        return explain(run.maker, kept), run.problems


# --- text ---------------------------------------------------------------------------------------------------


def to_text(book: Rulebook, found: About, on: date, lang: str) -> str:
    lines: list[str] = []
    if found.system:
        name, title, explanation = SYSTEM_RULES[found.system]
        lines += [f"{found.system} {name}: {title[lang]}", f"{WORDS[lang]['why']}: {explanation[lang]}"]
    if found.clause is not None:
        lines += _clause(book, found, found.clause, on, lang)
    for rule in found.rules:
        if found.verdicts is None:
            lines += ["", *_rule(book, rule, on, lang)]
            continue
        mine = [v for v in found.verdicts if v.code == rule.code]
        lines += ["", f"{rule.code} {rule.name}", *(line for v in mine for line in _verdict(v, lang))]
        if not mine:
            lines.append(f"  {WORDS[lang]['nothing']}")
    if book.known_on is not None:
        lines += ["", f"{REPORT[lang]['note']}: {known_then(book.known_on).message[lang]}"]
    return "\n".join(lines).lstrip("\n") + "\n"


def _clause(book: Rulebook, found: About, clause: Clause, on: date, lang: str) -> list[str]:
    w, rules = WORDS[lang], found.rules
    lines = [f"{clause.id}: {clause.heading.get(lang, '')}", f"  {_flat(clause.summary, lang)}"]
    current = book.data.edition_at(on)
    if found.edition is not None and found.edition is not current:
        told = w["elsewhere"].format(on=worded(on, lang), day=worded(found.edition.start, lang))
        same = current.new_id(clause, found.edition) if current is not None else None
        lines.insert(1, f"  {told} {w['same'].format(id=same)}" if same is not None else f"  {told}")
    lines.append(f"  {w['status']}: {COVERAGE[lang][clause.status]}")
    for name in ("reason", "interpretation", "note"):
        text = getattr(clause, name)
        if text:
            lines.append(f"  {w[name]}: {_flat(text, lang)}")
    if rules:
        lines.append(f"  {w['rules']}: {', '.join(r.code for r in rules)}")
    return lines


def _rule(book: Rulebook, rule: Rule, on: date, lang: str) -> list[str]:
    w = WORDS[lang]
    version = rule.at(on)
    lines = [f"{rule.code} {rule.name}: {rule.nearest(on).title[lang]}"]
    lines.append(f"{w['versions']}:")
    for one in rule.versions:
        state = f" ({w['repealed']})" if one.repealed else f" ({w['on']})" if one is version else ""
        published = f", {w['published']} {worded(one.published_on, lang)}" if one.published_on else ""
        lines.append(f"  {w['from'].format(day=worded(one.start, lang))}{published}{state}  {one.file}")
    if version is None:
        return [*lines, f"  {w['none']}: {worded(on, lang)}"]
    lines.append(f"{w['severity']}: {REPORT[lang][version.severity]}")
    lines.append(f"{w['clauses']}:")
    for ref in version.clauses:
        edition = book.data.edition_of(ref.clause, on)
        clause = edition.clauses[ref.clause] if edition is not None else None
        if clause is not None:
            lines.append(f"  {clause.id}: {clause.heading.get(lang, '')}")
            if ref.when is not None:
                lines.append(f"    when: {_line(ref.when)}")
            if clause.interpretation:
                lines.append(f"    {w['interpretation']}: {_flat(clause.interpretation, lang)}")
    lines += [f"{w['why']}: {_flat(version.explanation, lang)}", *_expressions(version)]
    fields = _fields(rule, version)
    if fields:
        lines += [f"{w['reads']}:", *(f"  {field}" for field in fields)]
    names = sorted(version.parameters)
    if names:
        lines.append(f"{w['parameters']}:")
        known = {p.name: p for p in book.data.parameters}
        for name in names:
            begun = [v for v in known[name].values if v.start <= on]
            value = w["no value"]
            if begun:
                read = to_json_value(read_value(known[name], begun[-1].value))
                value = f"{_value(read)} ({_since(begun[-1].start, begun[-1].published_on, lang)})"
            lines.append(f"  {name} = {value}")
    return lines


def _expressions(version: Version) -> list[str]:
    lines = []
    for number, iterator in enumerate(version.iterators):
        name = "for_each" if not number else f"for_each {number + 1}"
        lines.append(f"{name}: {iterator.written}")
    lines += [f"{name}: {_line(checked)}" for name, checked in _named(version).items()]
    return [*lines, "scope: run"] if version.run else lines


def _named(version: Version) -> dict[str, t.Checked]:
    return {w.place.replace(".", " "): w.checked for w in version.expressions if w.place != "for_each"}


def _line(checked: t.Checked) -> str:
    return " ".join(checked.text.split())


def _flat(texts: Texts, lang: str) -> str:
    return " ".join(texts.get(lang, "").split())


def _fields(rule: Rule, version: Version) -> list[str]:
    """The fields that decide the outcome, each with its document: `invoice.lines.amount`."""
    return sorted(".".join((kind, *path)) for kind, path in reads_of(rule, version).fields)


def _verdict(v: Explained, lang: str) -> list[str]:
    w = WORDS[lang]
    version = w["version"].format(day=worded(v.version, lang))
    day = f", {w['reference date']} {worded(v.day, lang)}" if v.day is not None else ""
    reason = f": {v.reason[lang]}" if v.reason else ""
    lines = [f"  {v.file} {v.pointer or '/'}: {OUTCOME_WORDS[lang][v.outcome]}{reason} ({version}{day})"]
    if v.keys:
        lines.append(f"    {w['key']}: " + ", ".join(f"{k} = {_value(x)}" for k, x in v.keys.items()))
        lines.append(f"    {w['items']}: " + "; ".join(v.entries))
    for part in v.parts:
        lines += _part(part, lang)
    return lines


def _part(part: Part, lang: str) -> list[str]:
    return [f"    {part.name}", *_step(part.step, lang, 3)]


def _step(step: Step, lang: str, depth: int) -> list[str]:
    value = _value(step.value)
    if step.reason is not None:
        value = f"{WORDS[lang]['unknown']}: {step.reason[lang]}"
    elif step.since is not None:
        value += f" ({_since(step.since, step.published_on, lang)})"
    lines = ["  " * depth + f"{step.text} = {value}"]
    return lines + [line for child in step.children for line in _step(child, lang, depth + 1)]


def _since(start: date, published_on: date | None, lang: str) -> str:
    """From when a value is in force, in the words of the report."""
    published = f", {REPORT[lang]['published']} {worded(published_on, lang)}" if published_on is not None else ""
    return f"{REPORT[lang]['since']} {worded(start, lang)}{published}"


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_value(v)}" for k, v in value.items()) + "}"
    return f'"{value}"'


# --- JSON ---------------------------------------------------------------------------------------------------


def to_json(book: Rulebook, found: About, on: date) -> str:
    """All of it; numbers are written exactly, as in the report."""
    rules: list[dict[str, Any]] = []
    if found.system:
        name, title, explanation = SYSTEM_RULES[found.system]
        rules.append({"code": found.system, "name": name, "title": title, "explanation": explanation})
    for rule in found.rules:
        version = rule.at(on)
        rules.append({
            "code": rule.code, "name": rule.name, "kind": rule.kind,
            "versions": [
                {"start": v.start, "file": v.file, "repealed": v.repealed, "published_on": v.published_on}
                for v in rule.versions
            ],
            "in_force": None if version is None else {
                "start": version.start, "title": version.title, "severity": version.severity,
                "clauses": [ref.clause for ref in version.clauses], "explanation": version.explanation,
                "clauses_when": {ref.clause: _line(ref.when) for ref in version.clauses if ref.when is not None},
                "scope": "run" if version.run else "document", "for_each": [i.written for i in version.iterators],
                "expressions": {name: _line(checked) for name, checked in _named(version).items()},
                "reads": _fields(rule, version), "parameters": sorted(version.parameters),
            },
        })  # fmt: skip
    data = {
        "rulebook": book.data.id, "on": on, "known_on": book.known_on, "clause": found.clause,
        "edition": found.edition.start if found.edition is not None else None, "rules": rules,
        "verdicts": found.verdicts,
    }  # fmt: skip
    return encode(to_builtins(data, builtin_types=(Decimal,)), indent=2) + "\n"
