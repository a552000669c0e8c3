"""Expressions and their files as HTML with colours: the class names are those of Pygments, which the theme knows."""

from __future__ import annotations

import re
from html import escape

from ktt_policy.docs.page import Page
from ktt_policy.expr.functions import BUILTINS

KEYWORDS = "if then else for return some every satisfies in and or not between instance of"
_NAMES = "|".join(r"\s+".join(map(re.escape, n.split())) for n in sorted(BUILTINS, key=len, reverse=True))
TOKEN = re.compile(
    rf"""(?P<c>//[^\n]*|/\*.*?\*/)
    |(?P<s>@?"(?:\\.|[^"\\])*")
    |(?P<p>(?<![\w.])parameters\.\w+)
    |(?P<nf>(?<![\w.])(?:{_NAMES}|is\s+defined|related|all\s+documents)(?=\s*\())
    |(?P<m>\b\d+(?:\.\d+)?\b)
    |(?P<kc>\b(?:true|false|null)\b)
    |(?P<k>\b(?:{"|".join(KEYWORDS.split())})\b)
    |(?P<o><=|>=|!=|\*\*|[-+*/<>=])""",
    re.VERBOSE | re.DOTALL,
)


def expression(text: str, page: Page) -> str:
    """One expression as HTML; parameters and functions lead to their pages."""
    made, end = [], 0
    for found in TOKEN.finditer(text):
        made.append(escape(text[end : found.start()], quote=False))
        kind, piece = found.lastgroup or "", escape(found[0], quote=False)
        end = found.end()
        target = _target(kind, found[0])
        span = f'<span class="{"nv" if kind == "p" else kind}">{piece}</span>'
        made.append(f'<a href="{escape(page.url(target))}">{span}</a>' if target else span)
    return "".join(made) + escape(text[end:], quote=False)


def _target(kind: str, text: str) -> str:
    if kind == "p":
        return f"parameters.md#{text.removeprefix('parameters.')}"
    if kind == "nf":
        return f"language.md#{function_anchor(' '.join(text.split()))}"
    return ""


def function_anchor(name: str) -> str:
    return "f-" + name.replace(" ", "-")


def block(entries: list[tuple[str, str]], page: Page) -> str:
    """Named expressions under one another, as in the rule's file."""
    lines = []
    for name, text in entries:
        written = text.strip("\n")
        indent = len(name) - len(name.lstrip())
        head = f'{" " * indent}<span class="nt">{escape(name.strip())}</span>:'
        if "\n" in written:
            pad = "\n" + " " * (indent + 2)
            lines.append(head + pad + expression(written, page).replace("\n", pad))
        else:
            lines.append(f"{head} {expression(written, page)}".rstrip())
    body = "\n".join(lines)
    # One paragraph for Markdown: an empty line would end the block.
    return f'<div class="highlight"><pre><code>{body}</code></pre></div>'
