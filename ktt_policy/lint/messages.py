"""Messages must say what is wrong: each names a value that the rule decides by, and all languages name the same."""

from __future__ import annotations

from collections.abc import Iterator

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import typed as t
from ktt_policy.lint.subject import Subject


def messages(subject: Subject) -> Iterator[Diagnostic]:
    """W503."""
    version = subject.version
    lets = {let.unique: let.expression.tree for let in version.lets}
    assert version.require is not None
    deciding = [e.tree for e in (version.having, version.when) if e is not None]
    at_fault = _values([version.require.tree], lets)
    if at_fault:
        at_fault |= _values(deciding, lets)
    named = {}
    for lang, parts in version.message.items():
        expressions = [p for p in parts if isinstance(p, t.Checked)]
        named[lang] = {e.text.strip() for e in expressions}
        if not expressions:
            help = "a message names the values at fault, in braces: `{line.amount}`"
            yield subject.warning("W503", f"/message/{lang}", f"the message in `{lang}` names no value", help)
        elif at_fault and not at_fault & _values([e.tree for e in expressions], lets):
            help = "name in braces what `require` reads, so that the reader sees what is at fault"
            message = f"the message in `{lang}` names no value that the rule decides by"
            yield subject.warning("W503", f"/message/{lang}", message, help)
    everywhere = set[str]().union(*named.values())
    for lang, texts in named.items():
        missing = sorted(everywhere - texts)
        if missing and texts:
            listed = ", ".join(f"`{{{text}}}`" for text in missing)
            message = f"the message in `{lang}` does not name {listed}, as another language does"
            yield subject.warning("W503", f"/message/{lang}", message, "name the same values in all languages")


def _values(trees: list[t.Tree], lets: dict[str, t.Tree]) -> set[str]:
    """The names of the values that expressions read, each let as such and by what it reads.

    What is only asked whether it is there, or is a yes or no, has nothing to show: the text itself says it.
    """
    found: set[str] = set()
    for tree in trees:
        loops = {n.var for n in t.walk(tree) if isinstance(n, (t.Filter, t.For, t.Quantified, t.Bind))}
        shown = list(_shown(tree))
        bases = {id(node.of) for node in shown if isinstance(node, (t.Field, t.Project))}
        for node in shown:
            if isinstance(node, t.Var) and node.name in lets:
                found |= {node.name} | _values([lets[node.name]], lets)
            elif isinstance(node, t.Var):
                found |= set() if node.name in loops or id(node) in bases else {node.name}
            elif isinstance(node, (t.Field, t.Project)):
                found.add(node.name)
    return found


def _shown(node: t.Tree) -> Iterator[t.Tree]:
    if isinstance(node, t.Defined) or (isinstance(node, t.Field) and node.kind == "boolean"):
        return
    if isinstance(node, t.Equal) and isinstance(node.right, t.Const) and node.right.kind == "null":
        return
    yield node
    for child in t.children(node):
        yield from _shown(child)
