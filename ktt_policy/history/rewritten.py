"""A version in force is immutable: what was changed since a commit that could change a verdict of before it.

Titles, messages, explanations and references may be corrected, and are reported. Whatever else differs in a version
or a value that was in force by the day of the commit is an error: a correction is a new version with `published_on`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from ktt_policy.build.assemble import read_kinds
from ktt_policy.build.model import FOR, RETURN
from ktt_policy.diagnostics import Diagnostic, has_errors
from ktt_policy.expr import syntax
from ktt_policy.expr.functions.calendar import COUNTING, DEFAULT_WEEK, WORKING_WEEK
from ktt_policy.expr.parser import parse
from ktt_policy.history.git import commit_date, folder_at, is_at, moved_from, top_of, written_on
from ktt_policy.history.schemas import differences
from ktt_policy.policies import Policies, RuleFolder, read_policies
from ktt_policy.resources import schema_folder
from ktt_policy.source.spans import Spans
from ktt_policy.source.text import Text, whole
from ktt_policy.source.yaml_ import YamlFile, read_yaml
from ktt_policy.timeline import Start, read_start

ROOT = "rulebook.yaml"
# What a reader sees and no verdict depends on.
TEXTS = {"title", "titles", "message", "explanation", "reference", "verified_on", "interpretation", "unit"}
KIND = {"type", "items", "fields", "members", "by"}  # what a parameter's values may be
NEW_FILE = "put the file back; a correction is a new file, `{}@YYYY-MM-DD.yaml`, named by its day of publication too"
NEW_KEY = "put the value back; a correction is a new key in the same file, `{}@YYYY-MM-DD`, with its day of publication"
BACK = "put it back as it was"


def rewritten(folder: Path, ref: str) -> list[Diagnostic] | None:
    """What was changed in the past of a rulebook since a git ref; None for a new one, which has no past. A folder that
    was moved since is compared with where it was. ProblemError where git does not know the ref."""
    day = commit_date(folder, ref)
    before = folder if is_at(folder, ref) else _moved(folder, ref)
    if before is None:
        return None
    with folder_at(before, ref, top_of(folder)) as earlier:
        old, found = read_policies(earlier)
        if old is None:
            help = f"`{ref}` cannot be compared with: give a commit whose rulebook could be read"
            return [Diagnostic("E501", f"the rulebook as of `{ref}` is broken", help=help), *found]
        new, found = read_policies(folder)
        if new is None or has_errors(found):
            return []  # lint says so itself
        return [
            *_rules(old, new, day, ref),
            *_parameters(old, new, day, ref),
            *_working_week(old, new, day),
            *_definitions(old, new, day),
            *_editions(old, new, day),
            *_schemas(old, new, day, ref),
        ]


def _moved(folder: Path, ref: str) -> Path | None:
    """Where a rulebook of this one's id stood, that stands there no more."""
    now, _ = read_yaml(folder / ROOT)
    for before in moved_from(folder, ref, ROOT):
        with folder_at(before, ref, top_of(folder)) as earlier:
            then, _ = read_yaml(earlier / ROOT)
            named = [one.data.get("id") for one in (now, then) if one is not None and isinstance(one.data, dict)]
            if len(named) == 2 and None not in named and named[0] == named[1]:
                return before
    return None


def _changed(what: str, day: date, help: str, file: YamlFile | None = None, at: str = "") -> Diagnostic:
    message = f"{what}; it was in force or published before {day}, the day of the commit"
    return _problem("E210", message, file, at, help)


def _reworded(what: str, file: YamlFile, at: str) -> Diagnostic:
    return _problem("W508", f"{what}; no verdict depends on it", file, at, "", "warning")


def _problem(code: str, message: str, file: YamlFile | None, at: str, help: str, severity: Any = "error") -> Diagnostic:
    if file is None:
        return Diagnostic(code, message, severity=severity, help=help)
    made = file.problem(code, at, message, help)
    return Diagnostic(code, message, made.span, severity, help, made.pointer, made.excerpt)


def _same(before: Any, after: Any) -> bool:
    """True for data that differs in the spaces and comments of its expressions at most."""
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, str) and isinstance(after, str) and before != after:
        return any(_says(begin, before, after, end) for begin, end in (("", ""), (FOR, RETURN)))
    return str(before) == str(after)


def _says(begin: str, before: str, after: str, end: str) -> bool:
    """True for texts that are one expression, put between others."""
    one, other = (parse(whole(begin + text + end))[0] for text in (before, after))
    return one is not None and other is not None and syntax.key(one) == syntax.key(other)


def _began(start: Start, day: date) -> bool:
    return start.day <= day and (start.published is None or start.published <= day)


def _late(start: Start, file: YamlFile, text: str, day: date, ref: str) -> bool:
    """True of what was written, with a text that is its own in the file, after it is said to have been in force."""
    return _began(start, day) or (start.published is None and _began(start, written_on(file.path, text, ref)))


def _stands(start: Start, day: date) -> bool:
    """True of what was in force by the day, or announced for later by then: documents may have been judged by it."""
    return _began(start, day) or (start.published is not None and start.published <= day)


# --- rules --------------------------------------------------------------------------------------------------


def _rules(old: Policies, new: Policies, day: date, ref: str) -> list[Diagnostic]:
    found = []
    now = {rule.code: rule for rule in new.rules}
    before = {rule.code: rule for rule in old.rules}
    for code, rule in before.items():
        found.extend(_versions(rule, now.get(code), day))
        if code in now and now[code].kind != rule.kind and any(_stands(start, day) for start in _starts(rule)):
            what = f"{code} judges the kind `{now[code].kind}` and no longer `{rule.kind}`"
            found.append(_changed(what, day, f"put its folder back into `{rule.kind}/`", now[code].versions[0].file))
    for code, rule in now.items():
        known = _starts(before[code]) if code in before else {}
        for start, file in _starts(rule).items():
            if start not in known and _late(start, file, "clauses:", day, ref):
                message = f"{code} has a new version from {start.day}, in the past"
                help = f"say when it was published, after {day}: `published_on: YYYY-MM-DD`"
                found.append(_problem("E210", message, file, "", help))
    return found


def _starts(rule: RuleFolder) -> dict[Start, YamlFile]:
    return {Start(v.start, v.published): v.file for v in rule.versions}


def _versions(rule: RuleFolder, now: RuleFolder | None, day: date) -> list[Diagnostic]:
    found = []
    files = _starts(now) if now is not None else {}
    for start, file in _starts(rule).items():
        if not _stands(start, day):
            continue
        kept, help = files.get(start), NEW_FILE.format(start.day)
        if kept is None:
            found.append(_changed(f"the version {start.day} of {rule.code} is gone", day, help))
            continue
        for key in sorted({*file.data, *kept.data}):
            before, after = file.data.get(key), kept.data.get(key)
            if str(before) == str(after):  # a clause is not a number: 5.1 is another one than 5.10
                continue
            at = f"/{key}" if key in kept.data else ""
            if key in TEXTS or _same(before, after):
                found.append(_reworded(f"`{key}` of {rule.code} ({start.day}) was reworded", kept, at))
            else:
                found.append(_changed(f"`{key}` of {rule.code} ({start.day}) was changed", day, help, kept, at))
    return found


# --- parameters, definitions, editions, schemas -------------------------------------------------------------


def _parameters(old: Policies, new: Policies, day: date, ref: str) -> list[Diagnostic]:
    found = []
    for name, file in old.parameters.items():
        kept = new.parameters.get(name)
        before, after = _values(file), _values(kept)
        begun = {key for key, start in before.items() if _stands(start, day)}
        if begun and _kind(file) != _kind(kept):
            found.append(_changed(f"the parameter `{name}` is gone or of another type", day, BACK, kept))
        if begun and kept is not None:
            texts = {*file.data, *kept.data} - {*KIND, "values"}
            found.extend(_texts(file.data, kept.data, texts, f"`{name}`", kept))
        keys = {start: key for key, start in after.items()}
        for key in sorted(begun):
            what, help = f"the value of `{name}` from {key}", NEW_KEY.format(before[key].day)
            now = keys.get(before[key])
            if kept is None or (now is None and key not in after):
                found.append(_changed(f"{what} is gone", day, help, kept))
            elif now is None:
                what = f"the day of publication of {what}"
                found.append(_changed(f"{what} was changed", day, help, kept, f"/values/{key}"))
            else:
                was, entry, at = file.data["values"][key], kept.data["values"][now], f"/values/{now}"
                if entry["value"] != was["value"]:
                    found.append(_changed(f"{what} was changed", day, help, kept, f"{at}/value"))
                found.extend(_texts(was, entry, {"reference", "verified_on"}, what, kept, at))
        for key, start in after.items():
            if kept is None or start in before.values() or key in begun:
                continue
            if _late(start, kept, key, day, ref):
                help = (
                    f"say when it was published, after {day}: a key `{start.day}@YYYY-MM-DD`, or `published_on` in it"
                )
                message = f"`{name}` has a new value from {key}, in the past"
                found.append(_problem("E210", message, kept, f"/values/{key}", help))
    return found


def _working_week(old: Policies, new: Policies, day: date) -> list[Diagnostic]:
    """The one parameter that rules read without naming it: a new one must begin with what counted without it."""
    file = new.parameters.get(WORKING_WEEK)
    said = [v.data for rule in old.rules for v in rule.versions]
    texts = [x for data in (*said, old.definitions and old.definitions.data) for x in _texts_in(data)]
    if file is None or WORKING_WEEK in old.parameters or not any(_calls(x, name) for name in COUNTING for x in texts):
        return []
    starts = _values(file)
    begun = sorted(key for key, start in starts.items() if _began(start, day))
    strange = next((key for key in begun if file.data["values"][key]["value"] != DEFAULT_WEEK), None)
    first = min(old.root.data["editions"])
    if strange is None and begun and starts[begun[0]].day.isoformat() <= first:
        return []
    what = f"`{WORKING_WEEK}` is new, and rules that were in force counted by {DEFAULT_WEEK}"
    help = f"give {DEFAULT_WEEK} from {first} on, and another week from a day after {day}"
    at = f"/values/{strange}" if strange is not None else "/values"
    return [_problem("E210", what, file, at, help)]


def _texts(
    before: dict[str, Any], after: dict[str, Any], keys: set[str], of: str, file: YamlFile, at: str = ""
) -> list[Diagnostic]:
    changed = sorted(key for key in keys if str(before.get(key)) != str(after.get(key)))
    return [_reworded(f"`{key}` of {of} was reworded", file, f"{at}/{key}" if key in after else at) for key in changed]


def _values(file: YamlFile | None) -> dict[str, Start]:
    made = {}
    for key, entry in file.data["values"].items() if file is not None else ():
        start = read_start(key)
        published = read_start(entry.get("published_on", ""))
        if start is not None:
            made[key] = Start(start.day, start.published or (published.day if published else None))
    return made


def _kind(file: YamlFile | None) -> Any:
    return file and {k: v for k, v in file.data.items() if k in KIND}


def _definitions(old: Policies, new: Policies, day: date) -> list[Diagnostic]:
    before, after = (f.data["definitions"] if f is not None else {} for f in (old.definitions, new.definitions))
    found = []
    called = _called(old, before, day)
    for name, entry in before.items():
        if name not in called:
            continue
        if name not in after:
            found.append(_changed(f"the definition `{name}` is gone", day, BACK, new.definitions))
        elif not _same(*({k: v for k, v in one.items() if k not in TEXTS} for one in (entry, after[name]))):
            at = f"/definitions/{name}/expression"
            help = "give the new meaning a new name, and use it in versions that start later"
            message = f"the definition `{name}` was changed; versions in force or published before {day} use it"
            found.append(_problem("E210", message, new.definitions, at, help))
    return found


def _called(old: Policies, definitions: dict[str, Any], day: date) -> set[str]:
    """The definitions that versions in force or announced by a day call, those that these call among them."""
    versions = [v for rule in old.rules for v in rule.versions if _stands(Start(v.start, v.published), day)]
    texts = [text for v in versions for text in _texts_in(v.data)]
    called: set[str] = set()
    while texts:
        text = texts.pop()
        new = {name for name in definitions.keys() - called if _calls(text, name)}
        called |= new
        texts += [str(definitions[name]["expression"]) for name in new]
    return called


def _calls(text: str, name: str) -> bool:
    """True where a text calls a function or definition, in whatever way its name is spaced."""
    return re.search(rf"\b{name}\s*\(".replace(" ", r"\s+"), text) is not None


def _texts_in(data: Any) -> list[str]:
    if isinstance(data, (dict, list)):
        return [text for part in (data.values() if isinstance(data, dict) else data) for text in _texts_in(part)]
    return [data] if isinstance(data, str) else []


def _editions(old: Policies, new: Policies, day: date) -> list[Diagnostic]:
    found = []
    if old.root.data["id"] != new.root.data["id"]:
        found.append(_changed("`id` of the rulebook was changed", day, BACK, new.root, "/id"))
    for kind in old.root.data["documents"]:
        if kind not in new.root.data["documents"]:
            found.append(_changed(f"the rulebook judges no `{kind}` any more", day, BACK, new.root, "/documents"))
    before, after = old.root.data["editions"], new.root.data["editions"]
    for start in sorted({*before, *after}):
        if start <= day.isoformat() and (start in before) != (start in after):
            what = "is gone" if start in before else "is new, in the past"
            found.append(_changed(f"the edition {start} {what}", day, BACK, new.root, "/editions"))
    for when, file in old.clauses.items():
        kept, help = new.clauses.get(when), NEW_FILE.format(when.day)
        if _began(when, day) and kept is None:
            found.append(_changed(f"the registry of {when.day} is gone", day, help))
        elif _began(when, day) and kept is not None:
            clauses, now = file.data["clauses"], kept.data["clauses"]
            for clause in sorted({*clauses, *now}):
                if clause not in now:
                    found.append(_changed(f"clause {clause} of {when.day} is gone", day, help, kept))
                elif clause not in clauses:
                    what = f"clause {clause} of {when.day} was added"
                    found.append(_reworded(what, kept, f"/clauses/{clause}"))
                else:
                    was, entry, at = clauses[clause], now[clause], f"/clauses/{clause}"
                    found.extend(_texts(was, entry, {*was, *entry}, f"clause {clause} of {when.day}", kept, at))
    for when, file in new.clauses.items():
        if when not in old.clauses and when.published is not None and _began(when, day):
            message, help = f"the registry of {when.day} has a new correction, of a day in the past", "name it by a day"
            found.append(_problem("E210", message, file, "", f"{help} after {day}: `{when.day}@YYYY-MM-DD.yaml`"))
    return found


def _schemas(old: Policies, new: Policies, day: date, ref: str) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    with _shipped(new.folder, ref) as shipped:
        before = {kind.name: kind for kind in read_kinds(old, [], shipped)}
    after = {kind.name: kind for kind in read_kinds(new, [])}
    for name in sorted(before.keys() & after.keys()):
        asked = [one for one in differences(before[name].schema, after[name].schema) if not one.added]
        if asked:
            message = f"the schema of `{name}` asks for something else than before {day}, the day of the commit"
            help = "put it back: earlier documents are held to it too; add an optional field, or a value to a list"
            found.append(_in_schema(old, new, after[name].file, asked[0].pointer, message, help))
    return found


@contextmanager
def _shipped(folder: Path, ref: str) -> Iterator[Path | None]:
    """The shipped schemas as of the commit, where they are of the same repository; else None: they are as they are."""
    schemas = schema_folder()
    if not schemas.resolve().is_relative_to(top_of(folder)) or not is_at(schemas, ref):
        yield None
        return
    with folder_at(schemas, ref) as earlier:
        yield earlier


def _in_schema(old: Policies, new: Policies, file: str, at: str, message: str, help: str) -> Diagnostic:
    before, own = (one.folder / "schemas" / file for one in (old, new))
    path, name = (own, new.shown(own)) if own.is_file() else (schema_folder() / file, f"schemas/{file}")
    if not own.is_file() and before.is_file():  # it is gone, and the shipped one has no fault
        return Diagnostic("E210", message, help=help)
    text = Text(name, path.read_text("utf-8-sig"))
    span = Spans(text)[at]
    return Diagnostic("E210", message, span, help=help, pointer=at, excerpt=text.line(span.line))
