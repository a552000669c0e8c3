"""The field reference of each kind of document, from its JSON Schema, with a whole example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ktt_policy.docs.examples import json_text
from ktt_policy.docs.page import Page, anchor, code, plain, quoted
from ktt_policy.docs.site import Site
from ktt_policy.schemas.model import FieldInfo, KindInfo, RecordInfo
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import JsonError, decode

LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "multipleOf", "pattern", "format")


def pages(site: Site, lang: str) -> list[Page]:
    index = Page("fields/index.md", lang)
    index.title(index("fields"))
    index.add(index("fields intro"))
    rows = [
        [index.link(site.kind(k.name, lang).capitalize(), f"fields/{k.name}.md"), f"`{k.name}`", f"`{k.key}`",
         plain(site.title(k.schema, lang, "description"))]
        for k in site.kinds.values()
    ]  # fmt: skip
    index.table([index("document"), index("document type"), index("key field"), index("description")], rows)
    index.section("absent null empty")
    index.add(index("absent null empty text"))
    return [index, *(_kind(site, lang, kind) for kind in site.kinds.values())]


def _kind(site: Site, lang: str, kind: KindInfo) -> Page:
    page = Page(f"fields/{kind.name}.md", lang)
    page.title(site.title(kind.schema, lang))
    page.add(plain(site.title(kind.schema, lang, "description")))
    key = "key within" if kind.within else "key is"
    page.add(page(key, field=f"`{kind.key}`", within=f"`{kind.within}`"))
    page.add(page("read by rules", rules=page.link(page("rules"), f"rules/index.md#{kind.name}")))
    readers: dict[tuple[str, ...], list[str]] = {}
    for rule, reads in site.reads.items():
        for name, path in reads.fields:
            if name == kind.name:
                readers.setdefault(path, []).append(rule)
    page.section("fields")
    _record(site, page, kind.record, (), readers)
    example = smallest(site, kind.name)
    if example is not None:
        page.section("whole example")
        page.add(page("whole example intro"))
        page.add('<div class="tall" markdown>', "", "```json", json_text(example), "```", "", "</div>")
    page.section("schema")
    page.add(page("schema text"), "", "```sh", f"ktt-policy schema {kind.name}", "```")
    return page


def _record(
    site: Site, page: Page, record: RecordInfo, path: tuple[str, ...], readers: dict[tuple[str, ...], list[str]]
) -> None:
    for field in record.fields:
        here = (*path, field.name)
        inner = field.record or (field.item.record if field.item is not None else None)
        depth = min(2 + len(here), 6) if inner is not None else 0
        if inner is not None:
            page.add(f"{'#' * depth} `{'.'.join(here)}` {{#{anchor(here)}}}")
        else:
            page.add(f'<p class="field" id="{anchor(here)}">{code(".".join(here))}</p>')
        title = plain(site.title(field.schema, page.lang, otherwise=field.name))
        text = quoted(site.title(field.schema, page.lang, "description"))
        page.add(f"**{title}**: {_about(page, field)}. {text}")
        _values(page, field.item or field)
        if here in readers:
            page.add(f"{page('read by')}: {', '.join(map(page.rule, readers[here]))}")
        if inner is not None:
            _record(site, page, inner, here, readers)


def _values(page: Page, field: FieldInfo) -> None:
    """The values of an enumeration with what they mean, as far as the schema says it."""
    meanings = field.schema.get("x-enum") or {}
    values = dict.fromkeys([*meanings, *(field.members or ())])
    if meanings:
        rows = [[f"`{v}`", plain(meanings[v][page.lang]) if v in meanings else ""] for v in values]
        page.table([page("value"), page("meaning")], rows)
    elif values and "const" not in field.schema:
        page.add(f"{page('one of')}: {', '.join(map(code, values))}")


def _about(page: Page, field: FieldInfo) -> str:
    parts = [page(f"type {field.kind}")]
    if field.item is not None and field.item.record is None:
        parts[0] += f" ({page(f'type {field.item.kind}')})"
    parts.append(page("required" if field.required else "optional"))
    if field.nullable:
        parts.append(page("may be null"))
    if field.absent_null:
        parts.append(page("absent is null"))
    if field.sensitive:
        parts.append(page("sensitive"))
    limits = [
        f"{page(f'limit {name}')} {code(str(field.schema[name]))}"
        for name in LIMITS
        if field.schema.get(name, "date") != "date"
    ]
    if "const" in field.schema:
        limits.append(f"{page('always')} {code(str(field.schema['const']))}")
    return ", ".join([*parts, *limits])


def smallest(site: Site, kind: str) -> Any:
    """The shortest conforming document of a kind among the fixtures; None when there is none."""
    folder = site.fixtures / "conforming"
    found = [d for path in sorted(folder.rglob("*.json")) for d in _documents(path) if d.get("document_type") == kind]
    return min(found, key=lambda d: len(json_text(d)), default=None)


def _documents(path: Path) -> list[Any]:
    try:
        tree = parse(decode(path.read_bytes(), str(path)))
    except (OSError, JsonError):
        return []
    trees = tree if isinstance(tree, list) else [tree]
    return [one for one in trees if isinstance(one, dict)]
