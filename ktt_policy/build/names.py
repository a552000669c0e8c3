"""Names that a rulebook gives: to lets, group keys, definitions and their arguments."""

from __future__ import annotations

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import syntax as s
from ktt_policy.expr.checking.checker import Checker
from ktt_policy.expr.parser import parse
from ktt_policy.expr.scope import Scope
from ktt_policy.source.text import Excerpt
from ktt_policy.source.yaml_ import YamlFile


def name_fault(file: YamlFile, at: str, name: str, key: bool = False) -> Diagnostic | None:
    """E410 for what cannot be written as a name, or means something already. `key`: the place is the key at `at`."""
    excerpt = Excerpt(name, file.text, [(0, 0)])
    tree, _ = parse(excerpt)
    if not (isinstance(tree, s.Name) and tree.name == name):
        help = "one word of letters, digits and `_`, no keyword"
        return file.problem("E410", at, f"`{name}` is no name", help, key=key)
    checker = Checker(excerpt, Scope())
    checker.reserved(name, tree)
    for fault in checker.diagnostics:
        return file.problem(fault.code, at, fault.message, fault.help, key=key)
    return None
