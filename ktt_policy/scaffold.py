"""New policy files to fill in: a rule with every key, or the next version of one, and the cases that each must have."""

from __future__ import annotations

import re
from datetime import date, timedelta
from os.path import relpath
from pathlib import Path

from ktt_policy.api import Rulebook
from ktt_policy.build.files import rule_folder, version_file
from ktt_policy.build.model import Rule, Version
from ktt_policy.cases.drafts import with_drafts
from ktt_policy.diagnostics import Diagnostic, ProblemError, closest, did_you_mean
from ktt_policy.policies import CODE
from ktt_policy.report import SYSTEM_RULES
from ktt_policy.resources import data_folder, schema_folder
from ktt_policy.schemas.model import KindInfo
from ktt_policy.source.spans import pointer
from ktt_policy.source.text import Text
from ktt_policy.source.yaml_ import parse_yaml

RULE = """\
{schema}# In force from {day}, the day in the file's name. Fill in what says TODO; uncomment what the rule needs.
title:
  fi: "TODO: vaatimus lauseena, ilman pistettä"
  en: "TODO: the requirement as a sentence, without a full stop"
clauses: [{clause}]
severity: error
{examples}
require: 'true'
message:
  fi: "TODO: mikä on vialla, kuinka paljon, ja mikä olisi oikein"
  en: "TODO: what is wrong, by how much, and what would be right"
{at}
explanation:
  fi: "TODO: miksi sääntö on"
  en: "TODO: why the rule exists"
"""
CASES = """\
{schema}cases:
  - name: on the day it comes into force
    base: {base}
    'on': {on}
    expect: passed
    json_patch:
      - op: add
        path: {path}
        value: {day}
  - name: the day before
    base: {base}
    'on': {on}
    expect: {before}
    json_patch:
      - op: add
        path: {path}
        value: {eve}
# - name: "TODO: on the boundary, the last that is right"
#   base: {base}
#   'on': {on}
#   expect: passed
#   patch: {{}}
# - name: "TODO: beyond the boundary, the first that is wrong"
#   base: {base}
#   'on': {on}
#   expect: violated
#   patch: {{}}
#   at: []
#   message: []
# - name: "TODO: a field is not stated"
#   base: {base}
#   'on': {on}
#   expect: undecided
#   reason: not stated
"""


class Made:
    """What was written, and what to do next."""

    def __init__(self, files: list[Path], steps: list[str]) -> None:
        self.files = files
        self.steps = steps


def new_rule(book: Rulebook, name: str, kind: str | None, day: date, clause: str | None, fixtures: Path) -> Made:
    """A rule's folder with its first version and cases. ProblemError for a name or kind that will not do."""
    named = CODE.match(name)
    if named is None:
        help = "a code and words in small letters: `I612-no-lines-on-sundays`"
        raise _problem("E202", f"`{name}` is no name of a rule", help)
    code = named[1]
    taken = next((r for r in book.data.rules if r.code == code), None)
    if taken is not None:
        help = f"take the next free code; a new version is `ktt-policy new version {code} {day}`"
        raise _problem("E204", f"the code {code} is taken by `{taken.name}`", help)
    if code in SYSTEM_RULES:
        raise _problem("E204", f"the code {code} is the checker's own", "choose another letter or number")
    if day < book.data.editions[0].start:
        help = f"a rule begins on {book.data.editions[0].start} or later"
        raise _problem("E209", f"{day} is before the first edition of the rulebook", help)
    kinds = [k.name for k in book.data.kinds]
    kind = kind or next((r.kind for r in book.data.rules if r.code[0] == code[0]), None)
    if kind is None:
        help = f"give --kind, one of {', '.join(kinds)}"
        raise _problem("E502", f"no rule has a code like {code}, which would say what kind of document it judges", help)
    if kind not in kinds:
        raise _problem("E502", f"`{kind}` is no kind of document", did_you_mean(kind, kinds, "give --kind"))
    edition = book.data.edition_at(day) or book.data.editions[0]
    chosen = clause or next(iter(edition.clauses))
    if chosen not in edition.clauses:
        near = closest(chosen, list(edition.clauses))
        help = f"did you mean `{near}`?" if near else "add it to the registry of the edition first"
        raise _problem("E203", f"unknown clause `{chosen}`", help)
    folder = book.folder / kind / name
    info = next(k for k in book.data.kinds if k.name == kind)
    path = pointer(*info.date.split("."))
    files = {
        folder / f"{day}.yaml": _rule(info, _schema(folder, "rule"), day, _scalar(chosen)),
        folder / "cases.yaml": _cases(folder, fixtures, kind, path, day, _before(book, day)),
    }
    steps = [] if clause else [f"name the clause that it checks, in place of {chosen}, in `clauses`"]
    steps += [
        f"fill in {folder / f'{day}.yaml'}, then the cases beside it",
        f"ktt-policy lint --rulebook {book.folder}",
        f"ktt-policy test {code} --strict --rulebook {book.folder}",
        f"ktt-policy test {code} --mutate --rulebook {book.folder}",
    ]
    return _write(files, steps)


def new_version(
    book: Rulebook, code: str, day: date, published: date | None, repeal: bool, fixtures: Path
) -> Made:  # fmt: skip
    """The next version of a rule: a copy of the one before to amend, or its repeal; and the two cases at its start."""
    rule = next((r for r in book.data.rules if r.code == code), None)
    if rule is None:
        help = did_you_mean(code, [r.code for r in book.data.rules])
        raise _problem("E502", f"there is no rule `{code}`", help)
    before = [v for v in rule.versions if v.start <= day]
    version = next((v for v in reversed(before) if not v.repealed), None)
    if version is None:
        starts = [v.start for v in rule.versions if not v.repealed]
        help = (
            f"its first version is in force from {starts[0]}; choose a later day" if starts else "it is only repealed"
        )
        raise _problem("E501", f"{code} has no version on {day} to amend", help)
    last = before[-1]
    if repeal and last.repealed:
        help = f"to bring it back, leave out --repeal; to end it earlier, give a day before {last.start}"
        raise _problem("E501", f"{code} is repealed from {last.start} on already", help)
    folder = rule_folder(book.folder, rule)
    path = folder / (f"{day}@{published}.yaml" if published is not None else f"{day}.yaml")
    source = version_file(book.folder, rule, version)
    # The day on which the text that is copied was published is not that of the copy.
    copy = re.sub(r"(?m)^published_on:.*\n?", "", source.read_bytes().decode("utf-8-sig"))
    copy, open_ = (copy, []) if repeal else _recited(book, path, copy, version, day)
    files, changed, fits = {path: _repeal(folder, version) if repeal else copy}, {}, True
    cases = folder / "cases.yaml"
    if not cases.exists():
        open_ = [*open_, f"write {cases}: the rule has no cases yet"]
    elif last.start != day:  # a correction has the cases of what it corrects
        eve = day - timedelta(1)
        drafts = [
            (f"on {day}, the day of the repeal", day, "not applicable")
            if repeal
            else (f"on {day}, its first day", day, "passed"),
            (f"on {eve}, the day before", eve, "passed" if rule.at(eve) is not None else _before(book, day)),
        ]
        changed[cases], fits = with_drafts(book, rule, version, drafts, fixtures)
    begin = f"see {path}" if repeal else f"amend {path}"
    if published is not None and last.start == day:
        steps = _steps_of_correction(book, rule, day, published)
    else:
        steps = _steps_of_version(book, rule, day, fits if changed else None)
    return _write(files, [begin, *open_, *steps, f"ktt-policy lint --since HEAD --rulebook {book.folder}"], changed)


def _recited(book: Rulebook, path: Path, text: str, version: Version, day: date) -> tuple[str, list[str]]:
    """The text of a version under the clauses of another day, as far as they were only renumbered; and what is left to
    do about those that are gone, or are written in a way that cannot be altered here."""
    edition, steps = book.data.edition_at(day), []
    for i, ref in enumerate(version.clauses):
        read = book.data.edition_of(ref.clause, version.start)
        new = edition.new_id(read.clauses[ref.clause], read) if edition is not None and read is not None else None
        if edition is None or read is None or (new is None and ref.clause in edition.clauses):
            continue
        made = _with_clause(path, text, i, new) if new is not None else None
        if made is not None:
            text = made
        else:
            instead = "another clause" if new is None else new
            steps.append(f"name {instead} in place of {ref.clause}, which is not in the edition of {edition.start}")
    return text, steps


def _with_clause(path: Path, text: str, i: int, clause: str) -> str | None:
    """The text of a version with another clause in the place of one; None where that would not come out."""
    file, _ = parse_yaml(path, Text(str(path), text))
    if file is None:
        return None
    at = f"/clauses/{i}/clause" if f"/clauses/{i}/clause" in file.nodes else f"/clauses/{i}"
    node = file.nodes[at]
    made = text[: node.start_mark.index] + _scalar(clause) + text[node.end_mark.index :]
    again, _ = parse_yaml(path, Text(str(path), made))
    wanted = [*file.data["clauses"]]
    wanted[i] = {**wanted[i], "clause": clause} if isinstance(wanted[i], dict) else clause
    fits = again is not None and again.data == {**file.data, "clauses": wanted}
    return made if fits else None


def _steps_of_version(book: Rulebook, rule: Rule, day: date, fits: bool | None) -> list[str]:
    """`fits`: whether the cases that were drafted pass; None where there are none."""
    eve, cases = day - timedelta(1), rule_folder(book.folder, rule) / "cases.yaml"
    drafts = f"the cases of {day} and {eve} at the end of {cases}"
    begin = {
        True: [f"check {drafts}, and add those on the new boundary"],
        False: [f"finish {drafts} by hand: none of the rule's passes with its dates moved there"],
        None: [],
    }
    return [
        *begin[fits],
        f"ktt-policy test {rule.code} --strict --rulebook {book.folder}",
        f"ktt-policy diff {eve} {day} --rulebook {book.folder}",
    ]


def _steps_of_correction(book: Rulebook, rule: Rule, day: date, published: date) -> list[str]:
    """Its days are those of the version that it replaces: nothing begins or ends, and some cases come out otherwise."""
    known, cases = published - timedelta(1), rule_folder(book.folder, rule) / "cases.yaml"
    end = next((v.start for v in rule.versions if v.start > day), None)
    days = f"from {day} on" if end is None else f"from {day} to {end - timedelta(1)}"
    rewrite = f"rewrite the cases with a reference date {days} that fail now, in {cases}"
    check = f"ktt-policy check DOCUMENTS --known-on {known} --rulebook {book.folder}"
    return [
        f"ktt-policy test {rule.code} --rulebook {book.folder}",
        f"{rewrite}; a copy with `known_on: {known}` shows what came out before",
        f"{check}, and without --known-on, to see before and after",
    ]


def _write(files: dict[Path, str], steps: list[str], changed: dict[Path, str] | None = None) -> Made:
    """Write new files, and others anew; all or none."""
    for path in files:
        if path.exists():
            help = (
                "nothing was written; choose another day, or give a correction its day of publication (--published-on)"
            )
            raise _problem("E501", f"`{path}` is there already", help)
    made = {**files, **(changed or {})}
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())  # with the ends of lines that it has
    return Made(list(made), steps)


def _problem(code: str, message: str, help: str) -> ProblemError:
    return ProblemError([Diagnostic(code, message, help=help)])


def _schema(folder: Path, name: str) -> str:
    """The comment by which editors check a file of the folder. None in another working tree than that of the schemas:
    the path would be that of one machine."""
    if not folder.resolve().is_relative_to(data_folder()):
        return ""
    path = Path(relpath(schema_folder() / "policy" / f"{name}.schema.json", folder)).as_posix()
    return f"# yaml-language-server: $schema={path}\n"


def _scalar(clause: str) -> str:
    return f'"{clause}"' if re.fullmatch(r"[\d.]+", clause) else clause


def _before(book: Rulebook, day: date) -> str:
    """A rule that is added later does not apply before; before the first edition nothing is known."""
    return "not applicable" if book.data.edition_at(day - timedelta(1)) is not None else "undecided"


def _rule(info: KindInfo, schema: str, day: date, clause: str) -> str:
    """A rule with each key that it may need, shown by fields of the kind."""
    lists = [(f.name, f.item.record) for f in info.record.fields if f.item is not None and f.item.record is not None]
    listed, record = lists[0] if lists else ("", info.record)
    item = info.name if not listed else listed[:-1].rpartition("_")[2] if listed.endswith("s") else "entry"
    texts = [f.name for f in record.fields if f.kind == "string" and not f.name.endswith("_id")]
    key = texts[0] if texts else record.fields[0].name
    number = next((f.name for f in record.fields if f.kind == "number"), key)
    dated = next((f.name for f in record.fields if f.kind == "date"), "date") if listed else info.date
    walked = (
        [("What to walk; absent: each document once.", f"for_each: {item} in {info.name}.{listed}")] if listed else []
    )
    shown = [
        *walked,
        ("The reference date: which version and parameter values apply.", f"date: {item}.{dated}"),
        ("To which items the rule applies.", f"when: is defined({item}.{number})"),
        ("Judge items with equal keys together, as `group`.", f"group_by:\n#   {key}: {item}.{key}"),
        ("In place of `date`: keep a group whole under one version.", f"group_date: max(group.{dated})"),
        ("Groups over all documents of the run.", "scope: run"),
        ("Parts with a name, shown in findings.", f"let:\n#   given: {item}.{number}"),
        ("To which groups the rule applies.", "having: count(group) > 1"),
    ]
    examples = "\n".join(f"# {why}\n# {written}" for why, written in shown)
    at = f"# Where the finding stands, without `group_by`; absent: at its item.\n# at: {item}.{number}"
    return RULE.format(schema=schema, day=day, clause=clause, examples=examples, at=at)


def _cases(folder: Path, fixtures: Path, kind: str, path: str, day: date, before: str) -> str:
    """Cases at the start of a version, on a sound document of the kind."""
    base = next((p for p in sorted(fixtures.rglob("*.json")) if _is_of(p, kind)), None)
    shown = base.relative_to(fixtures).as_posix() if base is not None else f"TODO-a-{kind}.json"
    eve, on = day - timedelta(1), day + timedelta(365)
    schema = _schema(folder, "cases")
    return CASES.format(schema=schema, base=shown, on=on, path=path, day=day, eve=eve, before=before)


def _is_of(path: Path, kind: str) -> bool:
    return re.search(rb'"document_type"\s*:\s*"' + kind.encode() + b'"', path.read_bytes()) is not None


def _repeal(folder: Path, version: Version) -> str:
    clauses = ", ".join(_scalar(ref.clause) for ref in version.clauses)
    return f"{_schema(folder, 'rule')}repealed: true\nclauses: [{clauses}]\n"
