"""One HTML page that needs nothing else: no network, and no script to be read. Its script only filters.

`page.css` and `page.js` stand beside this file and are written into the page; a content policy allows just them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files

from ktt_policy.report import Report
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import (
    Item,
    by_rule,
    called,
    counted,
    day,
    document_name,
    items,
    noted,
    read,
    result,
    titles,
    troubles,
)
from ktt_policy.reporters.text import source
from ktt_policy.reporters.words import WORDS

SIGNS = {"violated": "✖", "undecided": "?", "known": "≡", "passed": "✔", "not applicable": "–"}


def render(report: Report, settings: Settings) -> str:
    return "\n".join(_page(report, settings)) + "\n"


def _page(report: Report, settings: Settings) -> Iterator[str]:
    words, lang = WORDS[settings.lang], settings.lang
    style, script = (files(__package__).joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    told = items(report, lang)
    yield "<!DOCTYPE html>"
    yield f'<html lang="{lang}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{escape(words['title'])}: {escape(words[result(report, settings.exit_code)])}</title>"
    yield f"<style>{style}</style>"
    yield "</head>"
    yield "<body>"
    yield f'<a class="skip" href="#findings">{escape(words["skip"])}</a>'
    yield from _header(report, settings, words)
    yield "<main>"
    yield from _unread(report, settings, words)
    yield '<section id="findings" aria-labelledby="findings-h" tabindex="-1">'
    yield f'<h2 id="findings-h">{escape(words["findings"])}</h2>'
    if told:
        yield from _filters(told, words)
        for i in told:
            yield from _finding(i, report, words)
    else:
        yield f"<p>{escape(words['no findings'])}</p>"
    yield "</section>"
    yield from _rules(report, lang, words)
    yield from _documents(report, lang, words)
    yield "</main>"
    yield (
        f"<footer><p>{escape(words['made by'])} {escape(report.tool)}. {escape(words['rulebook'])} "
        f'{escape(report.rulebook)}, SHA-256 <code class="long">{escape(report.digest)}</code></p></footer>'
    )
    yield f"<script>{script}</script>"
    yield "</body>"
    yield "</html>"


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _header(report: Report, settings: Settings, words: dict[str, str]) -> Iterator[str]:
    code = settings.exit_code
    came = result(report, code)
    style = came.split()[1] if came.count(" ") == 1 else "3"  # let pass is not conforming
    yield "<header>"
    yield f'<h1 class="r{style}">{escape(words[came])}</h1>'
    about = f"{report.titles[settings.lang]}, {words['on']} {day(report.on, settings.lang)} ({words['exit']} {code})"
    yield f"<p>{escape(about)}</p>"
    yield '<ul class="totals">'
    for text in (*read(report, settings.lang), *counted(report, words)):
        many, _, rest = text.partition(" ")
        yield f"<li><strong>{many}</strong> {escape(rest)}</li>"
    yield "</ul>"
    for note in noted(report, settings.lang):
        yield f"<p>{escape(words['note'])}: {escape(note)}</p>"
    yield "</header>"


def _unread(report: Report, settings: Settings, words: dict[str, str]) -> Iterator[str]:
    if not report.problems:
        return
    yield f'<section aria-labelledby="unread-h"><h2 id="unread-h">{escape(words["problems"])}</h2><ul class="unread">'
    for t in troubles(report, settings.lang):
        where = f" <code>{escape(str(t.place))}</code>" if t.place.file else ""
        yield f"<li><strong>{t.code}</strong>{where} {escape(t.told)}</li>"
    yield "</ul></section>"


def _rules(report: Report, lang: str, words: dict[str, str]) -> Iterator[str]:
    called = titles(report, lang)
    names = ["violated", "undecided", *(["known"] if report.baseline else []), "passed", "not applicable"]
    rows = (
        [
            f'<th scope="row">{code}</th><td>{escape(called.get(code, ""))}</td>',
            *(f'<td class="n">{counts[n]}</td>' for n in names),
        ]
        for code, counts in by_rule(report, True)
    )
    heads = [words["rule"], words["rule title"], *(words[f"all {n}"] for n in names)]
    yield from _table("rules", words["by rule"], heads, rows)


def _documents(report: Report, lang: str, words: dict[str, str]) -> Iterator[str]:
    rows = (
        [
            f'<th scope="row">{escape(document_name(d, called(d.kind, d.key, report, lang)))}</th>',
            f"<td>{escape(words['judged'] if d.judged else words['only context'])}</td>",
            f"<td>{escape(words['sound'] if d.sound else words['broke schema'])}</td>",
            f'<td><code class="long">{d.sha256}</code></td>',
        ]
        for d in report.documents
    )
    yield from _table(
        "documents", words["read documents"], [words["document"], words["judged"], "JSON Schema", "SHA-256"], rows
    )


def _table(name: str, caption: str, heads: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f'<section aria-labelledby="{name}-h"><details open>'
    yield f'<summary><h2 id="{name}-h">{escape(caption)}</h2></summary>'
    yield f'<div class="wide" role="region" aria-labelledby="{name}-h" tabindex="0"><table>'
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    yield f"<thead><tr>{columns}</tr></thead><tbody>"
    for row in rows:
        yield f"<tr>{''.join(row)}</tr>"
    yield "</tbody></table></div></details></section>"


def _filters(told: list[Item], words: dict[str, str]) -> Iterator[str]:
    yield f'<form id="filter" hidden aria-label="{escape(words["filter"])}">'
    for name, label, values in (
        ("outcome", words["outcome"], [(s, words[s]) for s in SIGNS if any(i.status == s for i in told)]),
        ("rule", words["rule"], [(c, c) for c in sorted({i.code for i in told})]),
        ("document", words["document"], [(d, d) for d in sorted({d for i in told for d in i.concerned})]),
    ):
        yield f'<label>{escape(label)} <select name="{name}"><option value="">{escape(words["all"])}</option>'
        yield "".join(f'<option value="{escape(v)}">{escape(text)}</option>' for v, text in values)
        yield "</select></label>"
    yield f'<label>{escape(words["search"])} <input type="search" name="text"></label>'
    yield f'<output name="count" aria-live="polite" data-of="{escape(words["of"])}">{len(told)}</output>'
    yield "</form>"


def _finding(i: Item, report: Report, words: dict[str, str]) -> Iterator[str]:
    status = i.status.replace(" ", "-")
    warning = f" ({escape(words['warning'])})" if i.status == "violated" and i.severity == "warning" else ""
    yield (
        f'<article class="{status}" data-outcome="{escape(i.status)}" data-rule="{i.code}" '
        f'data-document="{"&#10;".join(map(escape, i.concerned))}">'
    )
    yield (
        f'<h3><span class="mark" aria-hidden="true">{SIGNS[i.status]}</span> {i.code} '
        f"{escape(words[i.status])}{warning}: {escape(i.title)}</h3>"
    )
    yield f'<p class="message">{escape(i.message)}</p>'
    yield f'<p class="place"><code>{escape(str(i.place))}</code> <code>{escape(i.place.pointer)}</code></p>'
    lines = report.lines(i.source.place) if report.lines is not None else {}
    if lines:
        shown = ["".join(text for text, _ in line.parts).rstrip() for line in source(lines, i.place, None)]
        yield f'<pre tabindex="0" aria-label="{escape(words["place"])}">{escape(chr(10).join(shown))}</pre>'
    yield "<dl>"
    for name, value in _facts(i, words):
        yield f"<dt>{name}</dt><dd>{value}</dd>"
    yield "</dl></article>"


def _facts(i: Item, words: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Names and values of a finding, as HTML."""
    for document in i.concerned:
        yield escape(words["document"]), escape(document)
    for clause, heading, docs in i.clauses:
        named = f'<a href="{escape(docs)}">{escape(clause)}</a>' if docs.startswith("https://") else escape(clause)
        yield escape(words["clause"]), f"{named}: {escape(heading)}"
    for name, value in i.values:
        yield f"<code>{escape(name)}</code>", escape(value)
    for parameter in i.parameters:
        yield escape(words["parameter"]), escape(parameter)
    if i.accepted:
        yield escape(words["accepted"]), escape(i.accepted)
    if i.help:
        yield escape(words["help"]), escape(i.help)
    for place in i.related:
        yield escape(words["related"]), f"<code>{escape(str(place))}</code> <code>{escape(place.pointer)}</code>"
    yield escape(words["fingerprint"]), f"<code>{i.fingerprint}</code>"
