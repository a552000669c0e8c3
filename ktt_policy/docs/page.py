"""A page being written: its path, its language, its lines, and links to other pages."""

from __future__ import annotations

import re
from html import escape
from posixpath import dirname, relpath

from ktt_policy.docs.texts import words_of


class Page:
    """`path` is that of the Markdown file (`rules/I502.md`); links are given as paths too, and written relative."""

    def __init__(self, path: str, lang: str) -> None:
        self.path = path
        self.lang = lang
        self.words = words_of(lang)
        self.lines: list[str] = []

    def __call__(self, key: str, **values: object) -> str:
        """A label in the page's language."""
        return self.words[key].format(**values) if values else self.words[key]

    def add(self, *lines: str) -> None:
        """A paragraph, a heading, or another block."""
        self.lines += [*lines, ""]

    def title(self, text: str, *trail: str) -> None:
        """The heading of the page, and the way to it from the list that it stands in."""
        self.add(f"# {plain(text)}")
        if trail:
            self.add(f'<p class="trail" markdown>{" › ".join(trail)}</p>')

    def section(self, key: str, anchor: str = "") -> None:
        self.add(f"## {self(key)} {{#{anchor or key.replace(' ', '-')}}}")

    def note(self, kind: str, title: str, *text: str) -> None:
        self.add(f'!!! {kind} "{title.replace(chr(34), chr(39))}"', "", *(f"    {line}" for line in text))

    def table(self, heads: list[str], rows: list[list[str]]) -> None:
        if not rows:
            return
        self.lines.append("| " + " | ".join(heads) + " |")
        self.lines.append("|" + " --- |" * len(heads))
        self.lines += ["| " + " | ".join(_cell(c) for c in row) + " |" for row in rows]
        self.lines.append("")

    def to(self, path: str) -> str:
        """The address of another page's Markdown file, as a link in Markdown wants it."""
        target, _, anchor = path.partition("#")
        return (relpath(target, dirname(self.path) or ".") if target else "") + (f"#{anchor}" if anchor else "")

    def url(self, path: str) -> str:
        """The same for a link in HTML: relative to the published address of this page."""
        target, _, anchor = path.partition("#")
        return relpath(_folder(target), _folder(self.path)) + "/" + (f"#{anchor}" if anchor else "")

    def link(self, text: str, path: str) -> str:
        return f"[{text}]({self.to(path)})"

    def rule(self, code: str) -> str:
        return self.link(code, f"rules/{code}.md")

    def clause(self, clause: str) -> str:
        return self.link(clause, f"clauses/{clause}.md")

    def parameter(self, name: str) -> str:
        return self.link(f"`{name}`", f"parameters.md#{name}")

    def text(self) -> str:
        return "\n".join(self.lines).rstrip() + "\n"


def _folder(path: str) -> str:
    """The published folder of a page: `rules/I502.md` is at `rules/I502`, an `index.md` at its own folder."""
    folder = path.removesuffix(".md")
    return (dirname(folder) or ".") if folder.rpartition("/")[2] == "index" else folder


def plain(text: str) -> str:
    """Text of a rulebook as Markdown shows it unchanged."""
    made = escape(re.sub(r"\s+", " ", text), quote=False)
    for sign in "\\`*_[]|":
        made = made.replace(sign, "\\" + sign)
    return made


def quoted(text: str) -> str:
    """Text whose backquotes stand for code."""
    pieces = text.split("`")
    return "".join(plain(p) if i % 2 == 0 else code(p) for i, p in enumerate(pieces))


def code(text: str) -> str:
    """A piece of code within text or a table cell; Markdown reads on inside HTML, so its signs are put as numbers."""
    made = escape(text, quote=False)
    for sign in "\\`*_[]|":
        made = made.replace(sign, f"&#{ord(sign)};")
    return f"<code>{made}</code>"


def _cell(text: str) -> str:
    return " ".join(text.split("\n"))


def anchor(path: tuple[str, ...]) -> str:
    """The anchor of a field in the field reference."""
    return ".".join(path)
