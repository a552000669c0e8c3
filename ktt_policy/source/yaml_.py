"""YAML as policies are written: nodes with places, no surprises.

Read from composed nodes and not from Python objects: duplicate keys, aliases, anchors and tags are errors, `no`
is a string, numbers are `Decimal`, dates stay texts, and every value knows its line and column. An expression is
given as an `Excerpt`, whose offsets lead back to the file.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct
from msgspec.structs import replace

from ktt_policy.diagnostics import Diagnostic, Span
from ktt_policy.source.limits import DEEPEST
from ktt_policy.source.spans import pointer as json_pointer
from ktt_policy.source.text import Excerpt, Text

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?\Z")


class YamlFile(Struct, frozen=True):
    """A read file: `data` are dicts, lists, strings, Decimals, booleans and None; `nodes` by JSON Pointer.
    `raw` are its bytes, where it was read from them."""

    path: Path
    text: Text
    data: Any
    nodes: dict[str, Any]
    keys: dict[str, Any]
    raw: bytes = b""

    def span(self, pointer: str) -> Span:
        """Where the value at a pointer stands; the nearest one above it when there is none."""
        while pointer not in self.nodes:
            pointer = pointer.rpartition("/")[0]
        node = self.nodes[pointer]
        return self.text.span(node.start_mark.index, max(node.end_mark.index, node.start_mark.index))

    def key_span(self, pointer: str) -> Span:
        node = self.keys.get(pointer)
        return self.span(pointer) if node is None else self.text.span(node.start_mark.index, node.end_mark.index)

    def problem(self, code: str, pointer: str, message: str, help: str = "", key: bool = False) -> Diagnostic:
        span = self.key_span(pointer) if key else self.span(pointer)
        return Diagnostic(code, message, span, help=help, pointer=pointer, excerpt=self.text.line(span.line))


def read_yaml(path: Path, name: str | None = None) -> tuple[YamlFile | None, list[Diagnostic]]:
    """The file, or None and what is wrong with it (all that is refused in it, or the first syntax error)."""
    shown = name or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        return None, [Diagnostic("E101", f"cannot read `{shown}`: {error.strerror}", whole=shown)]
    try:
        text = Text(shown, raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None, [Diagnostic("E102", f"`{shown}` is not UTF-8", help="save the file as UTF-8", whole=shown)]
    file, found = parse_yaml(path, text)
    return (file if file is None else replace(file, raw=raw)), found


def parse_yaml(path: Path, text: Text) -> tuple[YamlFile | None, list[Diagnostic]]:
    """The same of a text that stands in the file, or is about to."""
    try:
        root = yaml.compose(text.text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        return None, [_syntax(text, error)]
    except yaml.reader.ReaderError as error:
        at = text.text.find(chr(error.character))  # its position may count bytes
        span, message = text.span(at, at + 1), f"not YAML: the control character U+{error.character:04X}"
        return None, [Diagnostic("E110", message, span, help="take it out", excerpt=text.line(span.line))]
    except RecursionError:
        return None, [Diagnostic("E110", f"not YAML: nested deeper than {DEEPEST} levels", whole=text.name)]
    builder = _Builder(text)
    if root is None:
        help = "the file is empty, or holds only comments: write what it is to say, or leave it out"
        return None, [Diagnostic("E110", f"`{text.name}` is empty", help=help, whole=text.name)]
    data = builder.data(root, "")
    file = YamlFile(path, text, data, builder.nodes, builder.keys)
    return (None if builder.problems else file), builder.problems


def _syntax(text: Text, error: yaml.MarkedYAMLError) -> Diagnostic:
    """What the parser says, where it says it; of what is not closed, where it began."""
    mark = error.problem_mark
    within = "flow" in (error.context or "") or (mark is not None and not text.text[mark.index :].strip())
    if error.context_mark is not None and (mark is None or within):
        mark = error.context_mark
    span = text.span(mark.index, mark.index + 1) if mark is not None else None
    character = text.text[mark.index : mark.index + 1] if mark is not None else ""
    help = ""
    if character == "\t":
        help = "indent with spaces: YAML takes no tab"
    elif character in ("@", "`", "%") and "cannot start any token" in (error.problem or ""):
        help = f"put the value in single quotes: it begins with `{character}`"
    elif mark is not None and _shifted(text.text[: mark.index], error.problem or ""):
        help = "its indentation differs from that of the line above: keys of one mapping begin in one column"
    elif (error.problem or "").startswith("mapping values"):
        help = "put the value in single quotes: it holds a colon and a space"
    return Diagnostic(
        "E110", f"not YAML: {error.problem}", span, help=help, excerpt=text.line(span.line) if span else ""
    )


def _shifted(before: str, problem: str) -> bool:
    """Whether what stands before a fault, or at it, is out of line: its line begins in another column than the last."""
    *above, line = before.split("\n")
    last = next((one for one in reversed(above) if one.strip()), None)
    if last is None or len(last) - len(last.lstrip(" -")) == len(line) - len(line.lstrip(" -")):
        return False
    if problem.startswith("mapping values"):
        return re.fullmatch(r" *(- +)?[^\s:]+", line) is not None  # its colon is the first, so it is a key
    return not line.strip(" ") and ("expected key" in problem or "expected '-'" in problem or "<block end>" in problem)


class _Builder:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.nodes: dict[str, Any] = {}
        self.keys: dict[str, Any] = {}
        self.problems: list[Diagnostic] = []
        self.seen: set[int] = set()

    def problem(self, node: Any, message: str, help: str = "") -> None:
        span = self.text.span(node.start_mark.index, node.end_mark.index)
        self.problems.append(Diagnostic("E110", message, span, help=help, excerpt=self.text.line(span.line)))

    def plain(self, node: Any) -> bool:
        """Whether a node stands without anchor and tag: where it has either, its text begins with that."""
        what = {"&": "anchors", "!": "tags"}.get(self.text.text[node.start_mark.index : node.start_mark.index + 1])
        if what is not None:
            self.problem(node, f"{what} are refused", "write the value alone")
        return what is None

    def data(self, node: Any, pointer: str, depth: int = 0) -> Any:
        if id(node) in self.seen:
            self.problem(node, "aliases are refused", "write the value again, or name it as a parameter or definition")
            return None
        self.seen.add(id(node))
        self.nodes[pointer] = node
        if not self.plain(node):
            return None
        if depth >= DEEPEST and isinstance(node, yaml.CollectionNode):
            self.problem(node, f"nested deeper than {DEEPEST} levels")
            return None
        if isinstance(node, yaml.MappingNode):
            made: dict[str, Any] = {}
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    self.problem(key, "a key must be a text")
                    continue
                if key.value in made:
                    self.problem(key, f"the key `{key.value}` stands twice", "keep one of them")
                    continue
                if not self.plain(key):
                    continue
                below = pointer + json_pointer(key.value)
                self.keys[below] = key
                made[key.value] = self.data(value, below, depth + 1)
            return made
        if isinstance(node, yaml.SequenceNode):
            return [self.data(item, f"{pointer}/{i}", depth + 1) for i, item in enumerate(node.value)]
        return self.scalar(node)

    def scalar(self, node: Any) -> Any:
        if node.style or node.start_mark.index == node.end_mark.index:
            return node.value if node.style else None
        if _NUMBER.match(node.value):
            return Decimal(node.value)
        return {"true": True, "false": False, "null": None, "~": None}.get(node.value, node.value)


def excerpt(file: YamlFile, pointer: str) -> tuple[Excerpt | None, list[Diagnostic]]:
    """The expression at a pointer; refused in a style that hides where its characters stand."""
    node = file.nodes[pointer]
    source, start, end = file.text.text, node.start_mark.index, node.end_mark.index
    if _in_flow(file, pointer):
        return None, [file.problem("E205", pointer, "an expression cannot stand in flow style, `{...}` or `[...]`",
                                   "write the mapping in block style, one key on a line")]  # fmt: skip
    style = node.style or None  # the C loader says "" for plain
    if style is None:
        if "\n" in source[start:end]:
            return None, [file.problem("E205", pointer, "the expression goes over several lines", "use `|`")]
        behind = source[end : source.find("\n", end) if "\n" in source[end:] else len(source)]
        if "#" in behind:
            return None, [file.problem("E205", pointer, "a comment behind a plain expression could cut it short",
                                       "quote the expression, or use `|`, or move the comment")]  # fmt: skip
        return Excerpt(node.value, file.text, [(0, start)]), []
    if style == "'":
        if "\n" in source[start:end]:
            return None, [file.problem("E205", pointer, "the expression goes over several lines", "use `|`")]
        pieces = [(0, start + 1)]
        for m in re.finditer("''", source[start + 1 : end - 1]):
            pieces.append((m.start() + 1 - len(pieces) + 1, start + 1 + m.end()))
        return Excerpt(node.value, file.text, pieces), []
    if style == "|":
        return _literal(file, pointer, node)
    named = {'"': "double quotes", ">": "the folded style `>`"}[style]
    return None, [file.problem("E205", pointer, f"an expression cannot stand in {named}",
                               "write it plain, in single quotes, or behind `|`")]  # fmt: skip


def _in_flow(file: YamlFile, pointer: str) -> bool:
    while pointer:
        pointer = pointer.rpartition("/")[0]
        if getattr(file.nodes.get(pointer), "flow_style", False):
            return True
    return False


def _literal(file: YamlFile, pointer: str, node: Any) -> tuple[Excerpt | None, list[Diagnostic]]:
    source = file.text.text
    header_end = source.find("\n", node.start_mark.index)
    if not re.fullmatch(r"\|[-+]?\s*", source[node.start_mark.index : header_end]):
        return None, [file.problem("E205", pointer, "only `|`, `|-` or `|+` can open an expression")]
    at, indent, pieces, offset = header_end + 1, None, [], 0
    for line in node.value.rstrip("\n").split("\n"):
        line_end = source.find("\n", at)
        line_end = len(source) if line_end < 0 else line_end
        written = source[at:line_end]
        if indent is None and written.strip():
            indent = len(written) - len(written.lstrip(" "))
        pieces.append((offset, at + min(indent or 0, len(written))))
        offset += len(line) + 1
        at = line_end + 1
    return Excerpt(node.value.rstrip("\n"), file.text, pieces or [(0, header_end)]), []
