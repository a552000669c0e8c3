"""Examples of a rule from its cases: the part of the document that the rule reads, and what came out."""

from __future__ import annotations

import pathlib
from decimal import Decimal
from typing import Any

from msgspec import Struct

from ktt_policy.api import Rulebook
from ktt_policy.build.model import Rule, Version
from ktt_policy.build.parameters import Given, overlay
from ktt_policy.cases.case import Case, patched, read_cases
from ktt_policy.engine.run import Engine, Run
from ktt_policy.engine.verdicts import Verdict
from ktt_policy.reads import Reads
from ktt_policy.report import Finding
from ktt_policy.reporters.json_ import encode

Path = tuple[str, ...]  # of a field
OUTCOMES = ("passed", "violated", "undecided")
SHOWN = 4  # items of a list that is shown
LONG = 60  # lines of an example that is still worth reading


class Part(Struct, frozen=True):
    """A document as far as the rule reads it, as JSON."""

    kind: str
    text: str


class Example(Struct, frozen=True):
    """A case that came out as it expects. `finding` is what the rule says, none where it passed."""

    outcome: str
    parts: list[Part]
    finding: Finding | None
    parameters: dict[str, Any]


def examples_of(
    book: Rulebook, rule: Rule, version: Version, reads: Reads, fixtures: pathlib.Path
) -> dict[str, Example]:  # fmt: skip
    """For each outcome the shortest example of the version; none where no case has one, or without its documents."""
    found: dict[str, Example] = {}
    cases, _ = read_cases(book, rule, fixtures)
    for case in cases:
        outcome = case.data["expect"]
        if outcome not in OUTCOMES or case.fault or case.known_on is not None:
            continue
        made = _example(book, rule, version, reads, case, fixtures)
        if made is not None and (outcome not in found or _size(made) < _size(found[outcome])):
            found[outcome] = made
    return found


def _size(example: Example) -> int:
    lines = sum(part.text.count("\n") for part in example.parts)
    # One that shows a value of its own is clearer than one that is short for want of data.
    return lines + (LONG if example.parameters else 0) + (LONG if lines < 3 else 0)


def _example(
    book: Rulebook, rule: Rule, version: Version, reads: Reads, case: Case, fixtures: pathlib.Path
) -> Example | None:  # fmt: skip
    given = case.data.get("parameters", {})
    parameters = overlay(book.data.parameters, Given(given, case.place))[0] if given else book.data.parameters
    run = Run(Engine(book.data, parameters, [rule]), case.on, bool(case.data.get("complete")))
    report = run.check(case.documents, keep_all=True)
    outcome = case.data["expect"]
    judged = [v for v in run.kept or () if v.outcome == outcome and v.version is version]
    verdict = next((v for v in judged if _about(v, case)), None)
    told = [f for f in report.findings if f.outcome == outcome and f.version == version.start]
    finding = next((f for f in told if f.code == rule.code), None)
    if verdict is None or (outcome != "passed" and finding is None):
        return None
    if verdict.day is not None and verdict.day < book.data.editions[0].start:
        return None  # undecided for want of an edition: the page says so anyway
    return Example(outcome, _parts(book, rule, reads, verdict, case, fixtures), finding, _plain(given))


def _about(verdict: Verdict, case: Case) -> bool:
    subject = case.documents[0]
    return verdict.document is subject or any(e.document is subject for e in verdict.entries or ())


def _parts(
    book: Rulebook, rule: Rule, reads: Reads, verdict: Verdict, case: Case, fixtures: pathlib.Path
) -> list[Part]:  # fmt: skip
    keys = {kind.name: kind.key for kind in book.data.kinds}
    trees = _trees(case, fixtures)
    judged: list[tuple[Any, list[tuple[int, ...]]]] = []
    for document, tree in zip(case.documents, trees, strict=False):
        entries = [e.positions for e in verdict.entries or () if e.document is document]
        if verdict.entries is None and verdict.document is document:
            entries = [verdict.positions]
        if entries:
            judged.append((tree, entries))
    parts = [_part(rule.kind, tree, keys, reads, verdict.version, places) for tree, places in judged]
    said = "".join(part.text for part in parts)
    for document, tree in zip(case.documents, trees, strict=False):
        if document.kind in reads.related and f'"{document.key}"' in said and tree not in [j[0] for j in judged]:
            parts.append(_part(document.kind, tree, keys, reads, None, []))
    return parts


def _trees(case: Case, fixtures: pathlib.Path) -> list[Any]:
    """The documents of a case as plain data, in the order in which they are read."""
    trees = [patched(case.data, fixtures)]
    for other in case.data.get("with", ()):
        trees.append(patched({"base": other} if isinstance(other, str) else other, fixtures))
    return [one for tree in trees for one in (tree if isinstance(tree, list) else [tree])]


def _part(
    kind: str, tree: Any, keys: dict[str, str], reads: Reads, version: Version | None, places: list[tuple[int, ...]]
) -> Part:  # fmt: skip
    wanted: list[Path] = [path for k, path in reads.fields if k == kind]
    if keys[kind]:
        wanted.append((keys[kind],))
    kept: dict[Path, set[int]] = {}
    if version is not None and len(version.iterators) == 1 and version.iterators[0].base == kind:
        kept[version.iterators[0].path] = {p[0] for p in places if p}
    return Part(kind, json_text(_pruned(tree, wanted, kept, ())))


def _pruned(
    tree: Any, wanted: list[tuple[str, ...]], kept: dict[tuple[str, ...], set[int]], at: tuple[str, ...]
) -> Any:
    if isinstance(tree, list):
        chosen = [v for i, v in enumerate(tree) if i in kept[at]] if at in kept else tree
        return [_pruned(v, wanted, kept, at) for v in chosen[:SHOWN]]
    if not isinstance(tree, dict) or at in wanted:
        return tree
    made = {}
    for name, value in tree.items():
        path = (*at, name)
        if any(w[: len(path)] == path for w in wanted):
            made[name] = _pruned(value, wanted, kept, path)
    return made


def json_text(value: Any) -> str:
    """Data as JSON, decimals as numbers with the digits that they were written with."""
    return encode(_plain(value), indent=2)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
