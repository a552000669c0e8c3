"""The cases at the start of a version, on the day and on the day before, drafted from a case that passes.

The case is copied as it is written, to the indent of its list; then the reference dates of its document are moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ktt_policy.api import Rulebook
from ktt_policy.build.files import rule_folder
from ktt_policy.build.model import Rule, Version
from ktt_policy.cases.case import CaseError, patched, read_case
from ktt_policy.cases.run import judge
from ktt_policy.diagnostics import Diagnostic, ProblemError
from ktt_policy.expr import typed
from ktt_policy.policies import base_of, read_file
from ktt_policy.reads import Where, field_at
from ktt_policy.schemas.model import KindInfo
from ktt_policy.source.spans import pointer
from ktt_policy.source.text import JsonError, Text
from ktt_policy.source.yaml_ import YamlFile, parse_yaml

OF_ITS_OWN = ("name", "on", "known_on", "expect", "at", "message", "reason")  # what each draft says anew
Draft = tuple[str, date, str]  # the name of a case, its reference date, and what is expected


def with_drafts(
    book: Rulebook, rule: Rule, version: Version, drafts: list[Draft], fixtures: Path
) -> tuple[str, bool]:  # fmt: skip
    """The text of the rule's `cases.yaml` with cases added, and whether the version passes what they were made of on
    their days. ProblemError where they cannot be put into it."""
    path = rule_folder(book.folder, rule) / "cases.yaml"
    file, found = read_file(path, "cases", base_of(book.folder))
    if file is None:
        raise ProblemError(found)
    cases = file.data["cases"]
    if not cases:
        raise _problem(f"`{path}` has no case to copy", "write one that passes; nothing was written")
    index, places, fits = _template(book, file, rule, version, [day for _, day, _ in drafts], fixtures)
    made = [_changed(cases[index], draft, places) for draft in drafts]
    text: str = file.text.text.rstrip()
    added = "".join("\n" + _written(file, index, draft, places) for draft in drafts) + "\n"
    text += added.replace("\n", "\r\n") if "\r\n" in text else added
    read, _ = parse_yaml(path, Text(file.text.name, text))
    if read is None or read.data != {**file.data, "cases": [*cases, *made]}:
        help = "write `cases:` as a list with one key on a line, and nothing behind it; nothing was written"
        raise _problem(f"no case can be added to `{path}` as it is written", help)
    return text, fits


def _problem(message: str, help: str) -> ProblemError:
    return ProblemError([Diagnostic("E501", message, help=help)])


def _changed(case: dict[str, Any], draft: Draft, places: list[str]) -> dict[str, Any]:
    """What a case says once its dates are moved."""
    name, day, expect = draft
    moves = [{"op": "add", "path": place, "value": str(day)} for place in places]
    kept = {key: value for key, value in case.items() if key not in OF_ITS_OWN}
    head = {"name": name, "on": str(day + timedelta(365)), "expect": expect}
    return {**kept, **head, "json_patch": [*case.get("json_patch", ()), *moves]}


# --- which case, and which dates in it ----------------------------------------------------------------------


def _template(
    book: Rulebook, file: YamlFile, rule: Rule, version: Version, days: list[date], fixtures: Path
) -> tuple[int, list[str], bool]:  # fmt: skip
    """The first case that passes on each of the days by the version, and its reference dates; or just the first, and
    False."""
    cases = file.data["cases"]
    passing = [i for i, case in enumerate(cases) if case["expect"] == "passed"] or [0]
    alone = replace(rule, versions=(replace(version, start=date.min),))
    first = None
    for index in passing:
        for places in _dates(book, rule, version, cases[index], fixtures):
            first = first or (index, places)
            if all(_passes(book, alone, _changed(cases[index], ("", d, "passed"), places), d, fixtures) for d in days):
                return index, places, True
    return *(first or (passing[0], [])), False


def _passes(book: Rulebook, rule: Rule, case: dict[str, Any], day: date, fixtures: Path) -> bool:
    return judge(book, read_case(book, case, "", fixtures), rule, book.data.parameters) == ("", [day])


def _dates(
    book: Rulebook, rule: Rule, version: Version, case: dict[str, Any], fixtures: Path
) -> Iterator[list[str]]:  # fmt: skip
    """The places of the reference dates in a case's document, one field of the schema after the other."""
    try:
        tree = patched(case, fixtures)
    except (CaseError, JsonError):
        tree = None
    kind = next(k for k in book.data.kinds if k.name == rule.kind)
    for path in _fields(rule, version, kind):
        found = _places(tree, path) if tree is not None else [_first(kind, path)]
        if found:
            yield [pointer(*place) for place in found]


def _fields(rule: Rule, version: Version, kind: KindInfo) -> list[tuple[str, ...]]:
    """The fields that the reference date is taken from, and last the date of the document."""
    where, found = Where(rule, version), []
    written = version.group_date or version.date
    for node in typed.walk(written.tree) if written is not None else ():
        where.bind(node)
        of, path = where.of(node) or ("", ())
        field = field_at(kind.record, path) if of == rule.kind else None
        if field is not None and "date" in (field.kind, field.item.kind if field.item is not None else ""):
            found.append(path)
    return list(dict.fromkeys([*found, tuple(kind.date.split("."))]))


def _places(tree: Any, path: tuple[str, ...], at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a field stands in a document, in every item of the lists on the way."""
    if isinstance(tree, list):
        return [place for i, item in enumerate(tree) for place in _places(item, path, (*at, i))]
    if not path:
        return [at] if isinstance(tree, str) else []
    return _places(tree.get(path[0]), path[1:], (*at, path[0])) if isinstance(tree, dict) else []


def _first(kind: KindInfo, path: tuple[str, ...]) -> tuple[Any, ...]:
    """Where a field stands in the first item of each list on the way, in a document that cannot be read."""
    found: tuple[Any, ...] = ()
    for length, name in enumerate(path, 1):
        field = field_at(kind.record, path[:length])
        found = (*found, name, 0) if field is not None and field.kind == "array" else (*found, name)
    return found


# --- how it is written --------------------------------------------------------------------------------------


def _written(file: YamlFile, index: int, draft: Draft, places: list[str]) -> str:
    """The case as text, at the indent of the list that it goes into."""
    name, day, expect = draft
    column: int = file.nodes["/cases"].start_mark.column + 2
    lines = [f"name: {name}", f"'on': {day + timedelta(365)}", f"expect: {expect}"]
    operations = []
    for key, value in file.nodes[f"/cases/{index}"].value:
        if key.value == "json_patch":
            operations = [_moved(file, node, node, column + 4) for node in value.value]
        elif key.value not in OF_ITS_OWN:
            lines.append(_moved(file, key, value, column))
    inner = "\n" + " " * (column + 4)
    operations += [inner.join(("op: add", f"path: {place}", f"value: {day}")) for place in places]
    lines += ["json_patch:", *(f"  - {operation}" for operation in operations)]
    return " " * (column - 2) + "- " + ("\n" + " " * column).join(lines)


def _moved(file: YamlFile, first: Any, last: Any, column: int) -> str:
    """What stands in the file from one node to another, begun at another column; without the comments behind it."""
    start, by = first.start_mark, column - first.start_mark.column
    written = file.text.text[start.index : last.end_mark.index].replace("\r\n", "\n")
    head, *rest = re.sub(r"(\s*\n\s*#[^\n]*)*\s*\Z", "", written).split("\n")
    moved = [" " * by + line if by > 0 else re.sub(rf"^ {{0,{-by}}}", "", line) for line in rest]
    return "\n".join([head, *(line.rstrip() and line for line in moved)])
