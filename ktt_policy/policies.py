"""Reads a rulebook's folder: `policies/<id>/` → what its files say, each text with its place.

Files are checked against `schemas/policy/` and for their names and places; what the expressions mean is `build`'s.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ktt_policy.diagnostics import Diagnostic, Span, closest, did_you_mean, has_errors
from ktt_policy.expr.literals import read_date
from ktt_policy.resources import BESIDE, files_below, is_policy, schema_folder
from ktt_policy.schemas.plain import fitting, missing, said
from ktt_policy.source.spans import pointer
from ktt_policy.source.text import Excerpt
from ktt_policy.source.yaml_ import YamlFile, excerpt, read_yaml
from ktt_policy.timeline import Start, read_start

WRITTEN = "[!.]*.yaml"  # what begins with a dot is an editor's
CODE = re.compile(r"([A-Z]{1,3}\d{3})-([a-z0-9]+(?:-[a-z0-9]+)*)\Z")
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
READ = "read are `rulebook.yaml`, `definitions.yaml`, and those in `clauses`, `parameters` and `<kind>/<CODE>-<name>`"


class RuleVersion(Struct, frozen=True):
    """A rule from a day on. `expressions` holds the excerpt at each JSON Pointer of the file that has one."""

    start: date
    published: date | None
    file: YamlFile
    expressions: dict[str, Excerpt]

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.file.data
        return data


class RuleFolder(Struct, frozen=True):
    """One rule: `code` and `name` from the folder's name, `kind` from the folder above."""

    code: str
    name: str
    kind: str
    path: Path
    versions: tuple[RuleVersion, ...]


class Policies(Struct, frozen=True):
    """All that the files of a rulebook say."""

    folder: Path
    root: YamlFile
    clauses: dict[Start, YamlFile]
    parameters: dict[str, YamlFile]
    definitions: YamlFile | None
    definition_texts: dict[str, Excerpt]
    rules: tuple[RuleFolder, ...]

    def shown(self, path: Path) -> str:
        """A file of the rulebook as messages name it."""
        return _shown(path, base_of(self.folder))


@lru_cache(maxsize=16)
def _schema(name: str) -> Any:
    from jsonschema import Draft202012Validator

    text = (schema_folder() / "policy" / f"{name}.schema.json").read_bytes()
    return Draft202012Validator(msgspec.json.decode(text))


def read_file(path: Path, schema: str, base: Path) -> tuple[YamlFile | None, list[Diagnostic]]:
    """A YAML file that keeps its schema, or what is wrong with it. Named in messages relative to `base`."""
    file, found = read_yaml(path, _shown(path, base))
    if file is None:
        return None, found
    for error in _schema(schema).iter_errors(_plain(file.data)):
        found.append(_schema_problem(file, error))
    return (None if has_errors(found) else file), found


def _shown(path: Path, base: Path) -> str:
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        return str(path)


def _plain(data: Any) -> Any:
    """Decimals as ints where they are whole: what jsonschema takes for numbers."""
    if isinstance(data, Decimal):
        return int(data) if data == int(data) else data
    if isinstance(data, dict):
        return {k: _plain(v) for k, v in data.items()}
    return [_plain(v) for v in data] if isinstance(data, list) else data


def _schema_problem(file: YamlFile, error: Any) -> Diagnostic:
    error = fitting(error)
    here = pointer(*error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = list(error.schema.get("properties", ()))
        unknown = next((k for k in error.instance if k not in known), None)
        if unknown is not None:
            near = closest(unknown, known)
            help = f"did you mean `{near}`?" if near else "known here: " + ", ".join(known)
            if error.instance.get("repealed") is True:
                help = "a repeal says no more than " + ", ".join(f"`{key}`" for key in known)
            return file.problem("E201", here + pointer(unknown), f"unknown key `{unknown}`", help, key=True)
    if error.validator == "required":
        key = missing(error)
        described = error.schema.get("properties", {}).get(key)
        help = described.get("description", "") if isinstance(described, dict) else ""  # `true` says nothing
        return file.problem("E201", here, said(error), f"add `{key}:` {help}".rstrip())
    help = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    if error.validator == "pattern":
        help = help or f"it must match {error.validator_value}"
        of_key = "propertyNames" in error.absolute_schema_path
        at = here + pointer(str(error.instance)) if of_key else here
        return file.problem("E201", at, said(error), help, of_key)
    if error.validator == "type" and error.validator_value == "string" and isinstance(error.instance, int | Decimal):
        help = "; ".join(filter(None, ("put it in quotes", help)))  # a number, true or false, as YAML reads it
    return file.problem("E201", here, said(error), help)


def base_of(folder: Path) -> Path:
    """What the files of a rulebook are named relative to: where its `policies/` stands, if it is in one, or itself."""
    return folder.parent.parent if folder.parent.name == "policies" else folder.parent


def read_policies(folder: Path) -> tuple[Policies | None, list[Diagnostic]]:
    """The rulebook in the folder, or None and all that is wrong with its files."""
    found: list[Diagnostic] = []
    base = base_of(folder)

    def read(path: Path, schema: str) -> YamlFile | None:
        file, problems = read_file(path, schema, base)
        found.extend(problems)
        return file

    if not (folder / "rulebook.yaml").is_file():
        help = "a rulebook is a folder with a `rulebook.yaml`"
        return None, [Diagnostic("E502", f"`{folder}` holds no rulebook", help=help)]
    root = read(folder / "rulebook.yaml", "rulebook")
    clauses = {}
    for path in sorted((folder / "clauses").glob(WRITTEN)):
        start = _start_of(path, base, found)
        file = read(path, "clauses")
        if file is not None and start is not None:
            clauses[start] = file
    parameters = {}
    for path in sorted((folder / "parameters").glob(WRITTEN)):
        if not NAME.match(path.stem):
            help = "a parameter is named by its file, in small letters: `max_age.yaml` for `parameters.max_age`"
            found.append(_misnamed(path, base, "is not named as a parameter", help))
        file = read(path, "parameter")
        if file is not None:
            parameters[path.stem] = file
    definitions, texts = None, {}
    if (folder / "definitions.yaml").is_file():
        definitions = read(folder / "definitions.yaml", "definitions")
        for name in definitions.data["definitions"] if definitions is not None else ():
            text = _excerpt(definitions, f"/definitions/{name}/expression", found)  # type: ignore[arg-type]
            if text is not None:
                texts[name] = text
    rules = []
    for kind in root.data["documents"] if root is not None else ():
        for path in sorted(p for p in (folder / kind).glob("[!.]*") if p.is_dir()):
            rule = _read_rule(path, kind, base, found)
            if rule is not None:
                rules.append(rule)
    if root is not None:
        found.extend(_unread(folder, root, base))
        found.extend(_schemas_not_read(folder, root, base))
        found.extend(_rules_of_no_kind(folder, root, base))
    if root is None or has_errors(found):
        return None, found
    return Policies(folder, root, clauses, parameters, definitions, texts, tuple(rules)), found


def _misnamed(path: Path, base: Path, message: str, help: str) -> Diagnostic:
    shown = _shown(path, base)
    return Diagnostic("E202", f"`{shown}` {message}", Span(shown, 1, 1, 1, 1), help=help)


def _unread(folder: Path, root: YamlFile, base: Path) -> list[Diagnostic]:
    """Files that look as if they were read, and would be missed."""
    found = []
    for name, path in sorted(files_below(str(folder))):
        within, _, last = name.rpartition("/")
        hidden = name.startswith(("fixtures/", "docs/", "schemas/", ".")) or "/." in name
        if hidden or not is_policy(name) or (last.endswith(".yaml") and _is_read(within, last, root)):
            continue
        stem, _, suffix = last.rpartition(".")
        help = f"name it `{stem}.yaml`" if suffix.lower() in ("yaml", "yml") else f"write it as YAML, `{stem}.yaml`"
        found.append(_misnamed(Path(path), base, "is not read", help if suffix != "yaml" else READ))
    return found


def _schemas_not_read(folder: Path, root: YamlFile, base: Path) -> list[Diagnostic]:
    """Files that were meant as schemas of this rulebook's documents, and are none: shipped ones would count instead."""
    read = [f"schemas/{kind}.schema.json" for kind in root.data["documents"]]
    found = []
    for name, path in sorted(files_below(str(folder))):
        meant = name.endswith(".schema.json") or (name.startswith("schemas/") and name.endswith(".json"))
        if meant and name not in read and not name.startswith(("fixtures/", "docs/")):
            help = did_you_mean(name, read, "name it by a kind of `documents`")
            found.append(_misnamed(Path(path), base, "is the schema of none of the `documents`", help))
    return found


def _is_read(within: str, last: str, root: YamlFile) -> bool:
    """Whether a YAML file in a folder is read; in a folder that stands for a rule, the folder is told if it is not."""
    kind, _, rule = within.partition("/")
    if "/" not in within:
        return within in ("clauses", "parameters") or (not within and last in ("rulebook.yaml", "definitions.yaml"))
    return "/" not in rule and (kind in root.data["documents"] or CODE.match(rule) is not None)


def _rules_of_no_kind(folder: Path, root: YamlFile, base: Path) -> list[Diagnostic]:
    """Rules in a folder that `documents` does not list: they would never be read."""
    found = []
    for path in sorted(p for p in folder.iterdir() if p.is_dir() and p.name not in root.data["documents"]):
        if any(CODE.match(p.name) for p in path.iterdir() if p.is_dir()):
            message = f"`{_shown(path, base)}` holds rules, and `{path.name}` is not among the `documents`"
            found.append(root.problem("E202", "/documents", message, "list it there, or take the folder away"))
    return found


def _start_of(path: Path, base: Path, found: list[Diagnostic]) -> Start | None:
    start = read_start(path.stem)
    if start is None:
        help = "the name of the file is the day it comes into force: 2026-01-01.yaml"
        found.append(_misnamed(path, base, "is not named by a date", help))
    return start


def day_in(file: YamlFile, at: str, entry: dict[str, Any], key: str, found: list[Diagnostic]) -> date | None:
    """The day under a key of the entry at a pointer, if it is there; it must be in the calendar."""
    day = read_date(entry.get(key, ""))
    if day is None and key in entry:
        found.append(file.problem("E407", f"{at}/{key}", "no such day"))
    return day


def published(start: Start, file: YamlFile, at: str, entry: dict[str, Any], found: list[Diagnostic]) -> date | None:
    """The day of publication: `published_on` in an entry, which must be that of its name when both say it."""
    written = day_in(file, at, entry, "published_on", found)
    if start.published is not None and written not in (None, start.published):
        name = "its key" if at else "the file's name"
        message = f"published on {written}, but {name} says {start.published}"
        found.append(file.problem("E202", f"{at}/published_on", message, "give one day in both places"))
    return start.published or written


def _excerpt(file: YamlFile, at: str, found: list[Diagnostic]) -> Excerpt | None:
    text, problems = excerpt(file, at)
    found.extend(problems)
    return text


def _read_rule(path: Path, kind: str, base: Path, found: list[Diagnostic]) -> RuleFolder | None:
    named = CODE.match(path.name)
    if named is None:
        help = "a code and words in small letters: `I502-one-missed-visit-a-month`"
        found.append(_misnamed(path, base, "is not named as a rule", help))
        return None
    files = [p for p in sorted(path.glob(WRITTEN)) if p.name not in BESIDE]
    if not files:
        found.append(_misnamed(path, base, "has no version", "add `YYYY-MM-DD.yaml`"))
    versions: list[RuleVersion] = []
    for file_path in files:
        start = _start_of(file_path, base, found)
        file, problems = read_file(file_path, "rule", base)
        found.extend(problems)
        if file is not None and start is not None:
            known = published(start, file, "", file.data, found)
            twin = next((v for v in versions if (v.start, v.published) == (start.day, known)), None)
            if twin is not None:
                message = f"is in force from the same day, published on the same day, as `{twin.file.text.name}`"
                found.append(file.problem("E206", "", f"the version {message}", "keep one of them"))
            corrected = next((v for v in versions if v.start == start.day and v.published), None)
            if (
                start.published
                and corrected is not None
                and corrected.published
                and start.published < corrected.published
            ):
                message = f"it was published before the version that it corrects, on {corrected.published}"
                found.append(file.problem("E206", "", message, "name the file by the day on which it is published"))
            versions.append(RuleVersion(start.day, known, file, _expressions(file, found)))
    if not versions:
        return None  # none of its files could be read, which is told of each
    return RuleFolder(named[1], named[2], kind, path, tuple(versions))


def _expressions(file: YamlFile, found: list[Diagnostic]) -> dict[str, Excerpt]:
    data = file.data
    places = [f"/{k}" for k in ("for_each", "date", "when", "group_date", "having", "require", "at") if k in data]
    for table in ("group_by", "let"):
        places.extend(f"/{table}{pointer(name)}" for name in data.get(table, ()))
    for i, clause in enumerate(data.get("clauses", ())):
        if isinstance(clause, dict):
            places.append(f"/clauses/{i}/when")
    made = {}
    for place in places:
        text = _excerpt(file, place, found)
        if text is not None:
            made[place] = text
    return made


# --- what the tests of a rule leave out on purpose ------------------------------------------------------------


class MutantException(Struct, frozen=True):
    """A mutant that means the same as the rule. `nth` counts those that read alike in one place, from 1."""

    pointer: str
    version: date
    at: str
    definition: str
    original: str
    mutated: str
    nth: int


class ConditionException(Struct, frozen=True):
    """A condition that can never be `never`."""

    pointer: str
    version: date
    at: str
    definition: str
    text: str
    never: str

    def covers(self, version: date, at: str, definition: str, text: str, value: bool) -> bool:
        own = (self.version, self.at, self.definition, self.text, self.never)
        return own == (version, at, definition, text, str(value).lower())


class Exceptions(Struct, frozen=True):
    """The `exceptions.yaml` of a rule, empty when it has none."""

    mutants: tuple[MutantException, ...] = ()
    conditions: tuple[ConditionException, ...] = ()
    file: YamlFile | None = None

    def problem(self, entry: MutantException | ConditionException, message: str) -> Diagnostic:
        """An entry that is no longer needed."""
        assert self.file is not None
        return self.file.problem("E208", entry.pointer, message, "take the entry out")


def read_exceptions(folder: Path, base: Path) -> tuple[Exceptions, list[Diagnostic]]:
    """What the cases of the rule in the folder need not show, each with its reason."""
    path = folder / "exceptions.yaml"
    if not path.is_file():
        return Exceptions(), []
    file, found = read_file(path, "exceptions", base)
    if file is None:
        return Exceptions(), found

    def common(at: str, entry: dict[str, Any]) -> tuple[str, date, str, str]:
        start = read_date(entry["version"])
        of_value = entry["at"].startswith("parameters.")
        if start is None or not (of_value or (folder / f"{entry['version']}.yaml").is_file()):
            message = f"the rule has no version `{entry['version']}`"
            help = "give the day by which the file of a version is named, or that of a parameter's value"
            found.append(file.problem("E203", f"{at}/version", message, help))
        return at, start or date.min, entry["at"], entry.get("definition", "")

    mutants = [
        MutantException(*common(f"/mutants/{i}", e), _line(e["original"]), _line(e["mutated"]), int(e.get("nth", 1)))
        for i, e in enumerate(file.data.get("mutants", ()))
    ]
    conditions = [
        ConditionException(*common(f"/conditions/{i}", e), _line(e["condition"]), str(e["never"]).lower())
        for i, e in enumerate(file.data.get("conditions", ()))
    ]
    return Exceptions(tuple(mutants), tuple(conditions), file), found


def _line(text: Any) -> str:
    return " ".join(str(text).split())
