"""Policies + schemas → RulebookData, or all that is wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from msgspec.structs import replace

from ktt_policy.build.definitions import read_definitions
from ktt_policy.build.model import SYSTEM, Clause, Edition, Parameter, Rule, RulebookData
from ktt_policy.build.parameters import dated, read_parameter, type_of
from ktt_policy.build.rules import VersionBuilder
from ktt_policy.diagnostics import Diagnostic, Span, did_you_mean, has_errors
from ktt_policy.expr.literals import read_date
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.typesystem import Origin
from ktt_policy.policies import Policies, read_policies
from ktt_policy.resources import schema_folder
from ktt_policy.schemas.model import KindInfo, describes_kind, read_kind
from ktt_policy.schemas.own import own_kind
from ktt_policy.schemas.types import type_of as document_type
from ktt_policy.source.spans import Spans
from ktt_policy.source.text import Text


def read_kinds(policies: Policies, found: list[Diagnostic], shipped: Path | None = None) -> list[KindInfo]:
    """The kinds of document that the rulebook judges, by schemas of its own or by the shipped ones (as of a folder)."""
    kinds: list[KindInfo] = []
    shipped = shipped or schema_folder()
    for i, kind in enumerate(policies.root.data["documents"]):
        own, path = (folder / f"{kind}.schema.json" for folder in (policies.folder / "schemas", shipped))
        if own.is_file():
            made, problems = own_kind(own, shipped, kind, policies.shown(own))
            found.extend(problems)
            kinds.extend([made] if made is not None else [])
        elif describes_kind(path):
            kinds.append(read_kind(path))
        else:
            message = f"there is no schema of `{kind}`"
            help = f"write `schemas/{kind}.schema.json` in the rulebook's folder"
            found.append(policies.root.problem("E406", f"/documents/{i}", message, help))
    return kinds


def build(folder: Path, digest: str) -> tuple[RulebookData | None, list[Diagnostic]]:
    """The checked rulebook of a folder."""
    policies, found = read_policies(folder)
    if policies is None:
        return None, found
    data, problems = assemble(policies, digest)
    return data, found + problems


def assemble(policies: Policies, digest: str) -> tuple[RulebookData | None, list[Diagnostic]]:
    """The checked rulebook of what its files say."""
    found: list[Diagnostic] = []
    root = policies.root.data
    kinds = read_kinds(policies, found)
    if has_errors(found):
        return None, found
    editions = _editions(policies, found)
    parameters = tuple(read_parameter(n, f, kinds, found) for n, f in policies.parameters.items())
    scope = _scope(policies, kinds, parameters, found)
    dates = {kind.name: kind.date for kind in kinds}
    rules = []
    codes = dict.fromkeys(SYSTEM, "the findings on documents as such")
    for folder_of_rule in policies.rules:
        if folder_of_rule.code in codes:
            file = folder_of_rule.versions[0].file
            message = f"the code {folder_of_rule.code} is taken by {codes[folder_of_rule.code]}"
            found.append(file.problem("E204", "", message, "take the next free number"))
        codes[folder_of_rule.code] = f"`{folder_of_rule.path.name}`"
        if all(source.data.get("repealed") for source in folder_of_rule.versions):
            message = f"{folder_of_rule.code} is repealed, and was never in force"
            help = "take it out, or give what it repeals"
            found.append(folder_of_rule.versions[0].file.problem("E206", "/repealed", message, help))
        versions = []
        for source in folder_of_rule.versions:
            builder = VersionBuilder(folder_of_rule, source, scope, dates[folder_of_rule.kind])
            builder.check_clauses(editions)
            version = builder.build()
            found.extend(builder.found)
            if version is not None:
                versions.append(version)
        rules.append(Rule(folder_of_rule.code, folder_of_rule.name, folder_of_rule.kind, tuple(versions)))
    for name, file in policies.parameters.items():
        clause = str(file.data["clause"])
        if not any(clause in e.clauses for e in editions):
            known = sorted({key for edition in editions for key in edition.clauses})
            help = did_you_mean(clause, known, "the registry of the edition lists the clauses")
            message = f"unknown clause `{clause}`, of parameter `{name}`"
            found.append(file.problem("E203", "/clause", message, help))
    if has_errors(found):
        return None, found
    parameters = tuple(replace(p, compared=tuple(sorted(scope.compared.get(p.name, ())))) for p in parameters)
    data = RulebookData(
        root["id"], root["titles"], root["issuer"], root.get("docs", ""), digest, tuple(kinds), tuple(editions),
        parameters, tuple(sorted(rules, key=lambda r: r.code)),
    )  # fmt: skip
    return data, found


def scope_of(folder: Path) -> tuple[Scope | None, list[Diagnostic]]:
    """What a single expression may speak of in a rulebook: its parameters, definitions and kinds of document."""
    policies, found = read_policies(folder)
    if policies is None:
        return None, found
    kinds = read_kinds(policies, found)
    parameters = tuple(read_parameter(n, f, kinds, found) for n, f in policies.parameters.items())
    scope = _scope(policies, kinds, parameters, found)
    return (None if has_errors(found) else scope), found


def _editions(policies: Policies, found: list[Diagnostic]) -> list[Edition]:
    """The editions of `rulebook.yaml`, each with its registry of clauses."""
    root = policies.root
    dated(root, "/editions", found)
    starts = {day: start for start in root.data["editions"] if (day := read_date(start)) is not None}
    for when, file in policies.clauses.items():
        if when.day not in starts:
            message = f"the registry of {when.day} belongs to no edition"
            found.append(file.problem("E202", "/edition", message, "`editions` in `rulebook.yaml` lists their days"))
        elif file.data["edition"] != when.day.isoformat():
            message = f"`{file.data['edition']}` is not the day in the name of the file"
            found.append(file.problem("E202", "/edition", message, f"write {when.day}"))
    editions = []
    for day in sorted(starts):
        entry = root.data["editions"][starts[day]]
        registries = {when.published: file for when, file in policies.clauses.items() if when.day == day}
        for published, registry in sorted(registries.items(), key=lambda r: r[0] or date.min):
            clauses = {
                key: Clause(key, *(value.get(f) for f in ("heading", "summary", "status", "reason",
                                                          "interpretation", "note")))
                for key, value in registry.data["clauses"].items()
            }  # fmt: skip
            editions.append(Edition(day, entry["source"], clauses, published))
        if None not in registries:
            message = f"the edition of {day} has no registry of its clauses"
            found.append(root.problem("E202", f"/editions/{starts[day]}", message, f"write `clauses/{day}.yaml`", True))
    return editions


def _scope(
    policies: Policies, kinds: list[KindInfo], parameters: tuple[Parameter, ...], found: list[Diagnostic]
) -> Scope:
    documents = {kind.name: document_type(kind) for kind in kinds}
    types = {p.name: type_of(p, policies.parameters[p.name].text.name) for p in parameters}

    def place(origin: Origin) -> Span | None:
        own, shipped = policies.folder / "schemas" / origin.file, schema_folder() / origin.file
        for path, name in ((own, policies.shown(own)), (shipped, f"schemas/{origin.file}")):
            if path.is_file():
                return Spans(Text(name, path.read_text("utf-8-sig")))[origin.pointer]
        file = policies.parameters.get(Path(origin.file).stem)
        return file.span(origin.pointer) if file is not None else None

    scope = Scope({}, {}, types, documents, {}, True, place)
    if policies.definitions is not None:
        read_definitions(policies.definitions, policies.definition_texts, scope, found)
    return scope
