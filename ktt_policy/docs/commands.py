"""The command line, from its own help; Finnish texts stand in a table by the English ones."""

from __future__ import annotations

import click

from ktt_policy.docs.page import Page, code, quoted
from ktt_policy.docs.site import Site
from ktt_policy.docs.texts.commands import FINNISH

VERBATIM = "\b"  # click's mark of a paragraph that is shown as it is written


def pages(site: Site, lang: str) -> list[Page]:
    page = Page("commands.md", lang)
    page.title(page("commands"))
    page.add(page("commands intro"))
    page.section("exit codes")
    page.table([page("code"), page("meaning")], [[str(n), page(f"exit {n}")] for n in range(4)])
    for name, command in commands_of(site.commands):
        _command(page, name, command)
    return [page]


def commands_of(root: click.Group) -> list[tuple[str, click.Command]]:
    """Every command by its full name, groups followed by what is in them."""
    found = []
    context = click.Context(root)
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        if command is None:
            continue
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", c) for inner, c in commands_of(command)]
    return found


def said(text: str, lang: str) -> str:
    """A help text in a language; the English one where the Finnish is wanting (a test finds it)."""
    written = " ".join(text.split())
    return FINNISH.get(written, written) if lang == "fi" else written


def _command(page: Page, name: str, command: click.Command) -> None:
    page.add(f"## `ktt-policy {name}` {{#{name.replace(' ', '-')}}}")
    for paragraph in (command.help or "").split("\n\n"):
        if VERBATIM in paragraph:
            shown = said(paragraph, page.lang) if page.lang == "fi" else paragraph
            page.add("```text", *(line.strip() for line in shown.replace(VERBATIM, "").strip().splitlines()), "```")
        else:
            page.add(quoted(said(paragraph, page.lang)))
    context = click.Context(command, info_name=f"ktt-policy {name}")
    pieces = " ".join(command.collect_usage_pieces(context))
    page.add("```text", f"ktt-policy {name} {pieces}", "```")
    rows = []
    for option in command.params:
        if not isinstance(option, click.Option) or option.hidden:
            continue
        names = ", ".join(f"`{n}`" for n in [*option.opts, *option.secondary_opts])
        meaning = quoted(said(option.help or "", page.lang))
        if option.show_default:
            meaning += f" {page('default', value=code(str(option.default)))}"
        rows.append([f"{names} {_metavar(option, context)}".strip(), meaning])
    page.table([page("option"), page("meaning")], rows)


def _metavar(option: click.Option, context: click.Context) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return code("|".join(str(c) for c in option.type.choices))
    return code(option.metavar or option.type.name.upper())
