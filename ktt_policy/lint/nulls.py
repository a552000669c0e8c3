"""What is wrong or doubtful in a rulebook, beyond what stops it from being built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ktt_policy.build.assemble import build
from ktt_policy.build.cache import digest_of
from ktt_policy.build.model import RulebookData, Version
from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import typed as t
from ktt_policy.expr.typesystem import KNOWN


def lint(folder: Path) -> list[Diagnostic]:
    """All diagnostics of a rulebook's folder: those of the build, then the doubts."""
    data, found = build(folder, digest_of(folder))
    if data is None:
        return found
    found.extend(_unused_parameters(data))
    found.extend(_uncovered_clauses(data))
    for rule in data.rules:
        if not (folder / rule.kind / f"{rule.code}-{rule.name}" / "cases.yaml").is_file():
            found.append(_warning("W504", f"{rule.code} has no cases", "add `cases.yaml` beside its versions"))
        for version in rule.versions:
            if not version.repealed:
                found.extend(_message(rule.code, version))
                found.extend(_unguarded(rule.code, version))
    return found


def _warning(code: str, message: str, help: str = "") -> Diagnostic:
    return Diagnostic(code, message, severity="warning", help=help)


def expressions(version: Version) -> list[t.Checked]:
    """Every expression of a version."""
    single = (version.date, version.when, version.group_date, version.having, version.require, version.at)
    found = [e for e in single if e is not None]
    found.extend(e for _, e in version.group_by)
    found.extend(let.expression for let in version.lets)
    found.extend(i.domain for i in version.iterators)
    found.extend(c.when for c in version.clauses if c.when is not None)
    for parts in version.message.values():
        found.extend(p for p in parts if isinstance(p, t.Checked))
    return found


def _unguarded(code: str, version: Version) -> list[Diagnostic]:
    """Order and arithmetic with a value that may be a stated null are undecided: `x != null` says what is meant.

    A guard is a comparison with null, anywhere in the version, of the value or of what it is a field of.
    """
    trees = [e.tree for e in expressions(version)]
    names = {let.unique: let.expression.tree for let in version.lets}
    guarded = set()
    for tree in trees:
        for node in t.walk(tree):
            if isinstance(node, t.Equal) and isinstance(node.right, t.Const) and node.right.kind == "null":
                guarded.update(_prefixes(node.left, names)[:1])
    found = []
    judged = [e for e in (version.when, version.having, version.require) if e is not None]
    judged += [let.expression for let in version.lets]
    for expression in judged:
        nodes = t.walk(expression.tree)
        # An inlined definition stands in its own text, and is judged where it is written.
        inlined = {id(inner) for node in nodes if isinstance(node, t.Define) for inner in t.walk(node.body)}
        for node in nodes:
            if isinstance(node, (t.Compare, t.Arith)) and id(node) not in inlined:
                for side in (node.left, node.right):
                    path = isinstance(names.get(side.name, side) if isinstance(side, t.Var) else side, t.Field)
                    if path and side.nulls & KNOWN and not guarded & set(_prefixes(side, names)):
                        written = expression.text[side.start : side.end]
                        message = f"{code} ({version.start}): `{written}` may be null where it is compared"
                        found.append(_warning("W402", message, f"ask `{written} != null` first, if null is to decide"))
    return found


def _prefixes(node: t.Tree, names: dict[str, t.Tree]) -> list[Any]:
    """The keys of a path and of everything that it is a field of; a `let` stands for its expression as well."""
    keys = [t.key(node)]
    if isinstance(node, t.Var) and node.name in names:
        return keys + _prefixes(names[node.name], names)
    return keys + _prefixes(node.of, names) if isinstance(node, t.Field) else keys


def _unused_parameters(data: RulebookData) -> list[Diagnostic]:
    used: set[str] = set()
    for rule in data.rules:
        for version in rule.versions:
            for expression in expressions(version):
                used.update(n.name for n in t.walk(expression.tree) if isinstance(n, t.Param))
    return [
        _warning("W501", f"no rule reads the parameter `{p.name}`", "use it or take it out")
        for p in data.parameters
        if p.name not in used
    ]


def _uncovered_clauses(data: RulebookData) -> list[Diagnostic]:
    found = []
    covered = {ref.clause for rule in data.rules for v in rule.versions for ref in v.clauses}
    for edition in data.editions[-1:]:
        for clause in edition.clauses.values():
            checked = clause.status in ("rule", "attested")
            # A rule that names a clause covers what hangs on it, and the headings above it.
            if checked and not any(
                f"{c}.".startswith(f"{clause.id}.") or f"{clause.id}.".startswith(f"{c}.") for c in covered
            ):
                message = f"clause {clause.id} has the status `{clause.status}` and no rule names it"
                found.append(_warning("W502", message))
            elif not checked and clause.reason is None:
                found.append(_warning("W502", f"clause {clause.id} has neither a rule nor a reason"))
    return found


def _message(code: str, version: Version) -> list[Diagnostic]:
    found = []
    named: dict[str, Any] = {}
    for lang, parts in version.message.items():
        named[lang] = {p.text for p in parts if isinstance(p, t.Checked)}
        if not named[lang]:
            found.append(_warning("W503", f"{code} ({version.start}): the message in `{lang}` names no value"))
    if len({frozenset(v) for v in named.values()}) > 1:
        message = f"{code} ({version.start}): the messages do not name the same values in all languages"
        found.append(_warning("W503", message))
    return found
