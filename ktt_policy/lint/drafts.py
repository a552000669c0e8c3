"""What `ktt-policy new` has written and nobody has filled in."""

from __future__ import annotations

from collections.abc import Iterator

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.expr import typed as t
from ktt_policy.lint.subject import Subject

DRAFT = "TODO"  # how the texts of a draft begin


def drafts(subject: Subject) -> Iterator[Diagnostic]:
    """W511: what `new` has written and nobody has filled in, and a rule that nothing can violate."""
    version = subject.version
    if version.require is not None and isinstance(version.require.tree, t.Const):
        message = f"`require` is always {version.require.text.strip()}: the rule judges nothing"
        yield subject.warning("W511", "/require", message, "write what must hold")
    for key, texts in (("title", version.title), ("explanation", version.explanation)):
        for lang, text in texts.items():
            if text.startswith(DRAFT):
                yield subject.warning("W511", f"/{key}/{lang}", "the text of a draft is still there", "write it")
    for lang, parts in version.message.items():
        if isinstance(parts[0], str) and parts[0].startswith(DRAFT):
            yield subject.warning("W511", f"/message/{lang}", "the text of a draft is still there", "write it")
