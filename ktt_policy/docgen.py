"""Markdown pages that are made from what they describe: today the language reference, from the functions' table."""

from __future__ import annotations

from ktt_policy.expr.functions import BUILTINS

GROUPS = {
    "lists": "Lists and contexts",
    "numbers": "Numbers",
    "strings": "Strings",
    "dates": "Dates, times and durations",
    "calendar": "Working days",
    "ranges": "Ranges",
}

HEAD = """# The language

<!-- Made by `python -m ktt_policy.docgen`; do not edit. -->

A typed, total subset of FEEL, the expression language of OMG's DMN standard. Numbers are exact decimals of 34 digits.

**Two nulls.** A JSON `null` is *stated*: `x = null` finds it true. An absent field is *not known*: everything
that needs it is not known either, `x = null` included; only `is defined(x)` answers. `and` and `or` are
three-valued; a filter whose condition is not known for some item is not known as a whole. `if` with a condition
that is not known is not known; a stated null takes the `else` branch.

**Functions.** Those marked with * are ours and not in DMN.
"""


def language_page() -> str:
    """The language reference in Markdown."""
    lines = [HEAD]
    for group, title in GROUPS.items():
        lines += [f"## {title}", "", "| function | what it gives | example |", "| --- | --- | --- |"]
        for entry in sorted(BUILTINS.values(), key=lambda e: e.name):
            if entry.group == group:
                mark = "*" if entry.extension else ""
                shapes = "<br>".join(f"`{entry.name}({s.rpartition(' -> ')[0]})`" for s in entry.signatures)
                text, value = (part.replace("|", "\\|") for part in entry.example)
                lines.append(f"| {shapes}{mark} | {entry.en} | `{text}` = `{value}` |")
        lines.append("")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Write the pages under `docs/`; with `--check`, only say whether they are true."""
    from pathlib import Path

    path = Path(__file__).resolve().parent.parent / "docs" / "language.md"
    made = language_page()
    if "--check" in arguments:
        return 0 if path.is_file() and path.read_text("utf-8") == made else 1
    path.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
