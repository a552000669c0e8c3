"""A case of a rule: what `cases.yaml` says of it, with its documents, read and patched."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from ktt_policy.api import Rulebook
from ktt_policy.build.files import rule_folder
from ktt_policy.build.model import Rule
from ktt_policy.cases.patches import PatchError, json_patch
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.documents import Document, read_all
from ktt_policy.expr.literals import read_date
from ktt_policy.policies import base_of, read_file
from ktt_policy.source.json_ import parse
from ktt_policy.source.merge import merge_patch
from ktt_policy.source.text import JsonError, decode


class CaseError(Exception):
    """The case itself is wrong."""


class Case(Struct):
    """A case of a rule with its documents read, so that it can be judged any number of times.

    `fault` says what is wrong with the case itself; it then cannot be judged. `known_on` is the day as of which the
    rulebook is taken, where corrections after the fact are left out.
    """

    name: str
    data: dict[str, Any]
    place: str
    on: date
    documents: list[Document]
    fault: str = ""
    known_on: date | None = None


def fixtures_of(folder: Path) -> Path:
    """Where the base documents of cases are: `fixtures/` beside the rulebook or above it."""
    for parent in (folder, *folder.resolve().parents):
        if (parent / "fixtures").is_dir():
            return parent / "fixtures"
    return Path("fixtures")


def read_cases(book: Rulebook, rule: Rule, fixtures: Path) -> tuple[list[Case], list[Diagnostic]]:
    """The cases of a rule, or what is wrong with their file; none when there is no file."""
    path = rule_folder(book.folder, rule) / "cases.yaml"
    if not path.is_file():
        return [], []
    file, problems = read_file(path, "cases", base_of(book.folder))
    if file is None:
        return [], problems
    cases = enumerate(file.data["cases"])
    made = [read_case(book, data, str(file.span(f"/cases/{i}")), fixtures) for i, data in cases]
    for case in made:
        if case.documents and case.documents[0].kind != rule.kind:
            case.fault = f"its base is of the kind `{case.documents[0].kind}`, and {rule.code} judges `{rule.kind}`"
    return made, problems


def read_case(book: Rulebook, data: dict[str, Any], place: str, fixtures: Path) -> Case:
    """One case with its documents, of what `cases.yaml` says of it at a place."""
    days = {key: read_date(data[key]) for key in ("on", "known_on") if key in data}
    case = Case(data["name"], data, place, days["on"] or date.min, [], known_on=days.get("known_on"))
    if None in days.values():
        case.fault = next(f"`{data[key]}` is no date" for key, day in days.items() if day is None)
        return case
    try:
        case.documents = _documents(book, data, fixtures)
    except (CaseError, JsonError) as error:
        case.fault = str(error)
    return case


def _documents(book: Rulebook, case: dict[str, Any], fixtures: Path) -> list[Document]:
    trees = [(patched(case, fixtures), True)]
    for other in case.get("with", ()):
        entry = {"base": other} if isinstance(other, str) else other
        trees.append((patched(entry, fixtures), bool(entry.get("judged"))))
    made = []
    for tree, judged in trees:
        for one in read_all([tree], book.reader, judged):
            if isinstance(one, Diagnostic):
                raise CaseError(one.message)
            made.append(one)
    return made


def patched(entry: dict[str, Any], fixtures: Path) -> Any:
    """The base document of a case, or of a document with it, and its patch laid over it; CaseError or JsonError."""
    path = fixtures / entry["base"]
    try:
        tree = parse(decode(path.read_bytes(), str(path)))
    except OSError as error:
        raise CaseError(f"cannot read `{path}`: {error.strerror}") from None
    if "patch" in entry:
        tree = merge_patch(tree, entry["patch"])
    try:
        for operation in entry.get("json_patch", ()):
            tree = json_patch(tree, operation)
    except PatchError as error:
        raise CaseError(str(error)) from None
    return tree
