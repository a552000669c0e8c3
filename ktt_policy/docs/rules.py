"""One page a rule, and the list of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ktt_policy.build.files import version_file
from ktt_policy.build.model import Rule, Version
from ktt_policy.docs.examples import Example
from ktt_policy.docs.highlight import block, expression
from ktt_policy.docs.page import Page, anchor, code, plain
from ktt_policy.docs.prose import Prose
from ktt_policy.docs.site import Site
from ktt_policy.docs.spans import titled, until
from ktt_policy.engine.wording import worded
from ktt_policy.expr import typed as t
from ktt_policy.reads import Place, Where, field_at
from ktt_policy.report import SYSTEM_RULES


def pages(site: Site, lang: str) -> list[Page]:
    return [_index(site, lang), *(_rule(site, lang, r) for r in site.rules.values()), *_system(lang)]


def _index(site: Site, lang: str) -> Page:
    page = Page("rules/index.md", lang)
    page.title(page("rules"))
    page.add(page("rules intro"))
    for kind in site.kinds:
        page.add(f"## {site.kind(kind, lang).capitalize()} {{#{kind}}}")
        rows = [
            [page.rule(code_), titled(site, page, code_), " ".join(map(page.clause, _clauses(site, rule))),
             page(site.version(rule).severity)]
            for code_, rule in site.rules.items() if rule.kind == kind
        ]  # fmt: skip
        page.table([page("code"), page("requirement"), page("clauses"), page("severity")], rows)
    page.section("system rules")
    rows = [[page.rule(c), title[lang]] for c, (_, title, _) in SYSTEM_RULES.items()]
    page.table([page("code"), page("requirement")], rows)
    return page


def _system(lang: str) -> list[Page]:
    made = []
    for code_, (_, title, _) in SYSTEM_RULES.items():
        page = Page(f"rules/{code_}.md", lang)
        page.title(f"{code_}: {title[lang]}", page.link(page("rules"), "rules/index.md"))
        page.add(page(f"{code_} what"))
        page.section("fix")
        page.add(page(f"{code_} fix"))
        made.append(page)
    return made


def _clauses(site: Site, rule: Rule) -> list[str]:
    return list(dict.fromkeys(ref.clause for ref in site.version(rule).clauses))


def _rule(site: Site, lang: str, rule: Rule) -> Page:
    page = Page(f"rules/{rule.code}.md", lang)
    version = site.version(rule)
    where = Where(rule, version)
    prose = Prose(site, page, where)
    kinds = page.link(site.kind(rule.kind, lang), f"rules/index.md#{rule.kind}")
    page.title(f"{rule.code}: {version.title[lang]}", page.link(page("rules"), "rules/index.md"), kinds)
    if rule.at(site.on) is None:
        page.note("warning", page("not in force"), page("not in force text", on=worded(site.on, lang)))
    page.add(plain(version.explanation[lang]))
    _facts(site, page, rule, version, prose)
    _in_words(page, version, prose)
    page.section("as written")
    path = version_file(site.book.folder, rule, version)
    page.add(page("as written intro", file=f"{path.parent.name}/{path.name}"))
    page.add(block(written(version), page))
    _definitions(site, page, version, prose)
    _data(site, page, rule)
    _examples(site, page, rule)
    _fix(site, page, rule, version, prose)
    _missing(site, page, rule)
    _versions(page, rule)
    return page


def _facts(site: Site, page: Page, rule: Rule, version: Version, prose: Prose) -> None:
    clauses = []
    for ref in version.clauses:
        edition = site.data.edition_of(ref.clause, version.start)
        heading = f" {plain(edition.clauses[ref.clause].heading[page.lang])}" if edition is not None else ""
        when = f" ({prose.phrase('clause when', prose.condition(ref.when.tree))})" if ref.when is not None else ""
        clauses.append(f"{page.clause(ref.clause)}{heading}{when}")
    rows = [
        [f"**{page('clauses')}**", "<br>".join(clauses)],
        [f"**{page('checked from')}**", page.link(site.kind(rule.kind, page.lang), f"fields/{rule.kind}.md")],
        [f"**{page('severity')}**", page(f"{version.severity} long")],
        [f"**{page('since')}**", until(page, version.start, rule.end_of(version))],
    ]
    page.table([page("fact"), page("value")], rows)


def _in_words(page: Page, version: Version, prose: Prose) -> None:
    page.section("in words")
    if not version.iterators:
        page.add(prose.phrase("whole"))
    for iterator in version.iterators:
        key = "items" if version.grouped else "each"
        page.add(prose.phrase(key, code(iterator.variable), prose.value(iterator.domain.tree)))
    dated = version.date or version.group_date
    if dated is not None:
        page.add(f"{prose.phrase('reference date')} {prose.value(dated.tree)}")
    if version.when is not None:
        page.add(f"**{prose.phrase('when')}**", "", *prose.lines(version.when.tree))
    if version.grouped:
        keys = [f"- {code(name)}: {prose.value(checked.tree)}" for name, checked in version.group_by]
        page.add(f"**{prose.phrase('together')}**", "", *keys)
        page.add(prose.phrase("in the run" if version.run else "in the document"))
    if version.lets:
        lets = [f"- {code(let.name)}: {prose.value(let.expression.tree)}" for let in version.lets]
        page.add(f"**{prose.phrase('let')}**", "", *lets)
    if version.having is not None:
        page.add(f"**{prose.phrase('having')}**", "", *prose.lines(version.having.tree))
    if version.require is not None:
        page.add(f"**{prose.phrase('require')}**", "", *prose.lines(version.require.tree))


def written(version: Version) -> list[tuple[str, str]]:
    """The expressions of a version with their names, as its file would show them."""
    found = []
    if version.iterators:
        found.append(("for_each", ", ".join(i.written for i in version.iterators)))
    if version.run:
        found.append(("scope", "run"))
    for one in version.expressions:
        head, _, name = one.place.partition(".")
        if name and (head, "") not in found:
            found.append((head, ""))
        if head != "for_each":
            found.append((f"  {name}" if name else head, one.checked.text))
    if version.at is not None:
        found.append(("at", version.at.text))
    return found


def _definitions(site: Site, page: Page, version: Version, prose: Prose) -> None:
    used = {n.name: n for w in version.expressions for n in t.walk(w.checked.tree) if isinstance(n, t.Define)}
    names = [name for name in site.definitions if name in used]
    if not names:
        return
    page.section("definitions")
    for name in names:
        entry = site.definitions[name]
        arguments = ", ".join(f"{a}: {kind}" for a, kind in entry.get("arguments", {}).items())
        page.add(f"`{name}({arguments})`: {plain(entry['title'][page.lang])}")
        prose.where.bind(used[name])
        body = used[name].body
        page.add(*(prose.lines(body) if body.kind == "boolean" else [f"- {prose.value(body)}"]))
        text = str(entry["expression"]).strip()
        page.add(f'<div class="highlight"><pre><code>{expression(text, page)}</code></pre></div>')


def _data(site: Site, page: Page, rule: Rule) -> None:
    reads = site.reads[rule.code]
    page.section("data")
    rows = []
    for place in reads.fields:
        info = field_at(site.kinds[place[0]].record, place[1])
        if info is not None:
            title = plain(site.title(info.schema, page.lang, otherwise=info.name))
            rows.append([site.kind(place[0], page.lang), _field(page, place), title])
    page.table([page("document"), page("field"), page("name")], rows)
    if reads.parameters:
        rows = []
        for name in reads.parameters:
            title = plain(site.parameters[name].title[page.lang])
            rows.append([page.parameter(name), title, page.clause(site.parameters[name].clause)])
        page.table([page("parameter"), page("name"), page("clause")], rows)


def _field(page: Page, place: Place) -> str:
    return page.link(f"`{'.'.join(place[1])}`", f"fields/{place[0]}.md#{anchor(place[1])}")


def _examples(site: Site, page: Page, rule: Rule) -> None:
    examples = site.examples[rule.code]
    if not examples:
        return
    page.section("examples")
    page.add(page("examples intro"))
    for outcome in ("passed", "violated"):
        if outcome in examples:
            page.add(f"### {page(f'example {outcome}')} {{#example-{outcome}}}")
            example(site, page, examples[outcome])


def example(site: Site, page: Page, shown: Example) -> None:
    """The documents of an example, and what the rule says of them."""
    for part in shown.parts:
        page.add(f'```json title="{site.kind(part.kind, page.lang)}"', part.text, "```")
    if shown.parameters:
        page.add(page("with parameters"))
        for name, values in shown.parameters.items():
            given = "; ".join(f"{day}: {_value(site, v, page.lang)}" for day, v in values.items())
            page.add(f"- {page.parameter(name)}: {given}")
    found = shown.finding
    if found is not None:
        kind = "failure" if shown.outcome == "violated" else "warning"
        text = [plain(found.message[page.lang])]
        if found.reason is not None and shown.outcome == "undecided":
            text += ["", f"{page('reason')}: {plain(found.reason[page.lang])}"]
        page.note(kind, f"{found.code}: {page(shown.outcome)}", *text)


def _value(site: Site, value: Any, lang: str) -> str:
    return plain(worded(value, lang, site.names))


def _fix(site: Site, page: Page, rule: Rule, version: Version, prose: Prose) -> None:
    page.section("fix")
    steps = []
    place = prose.where.of(version.at.tree) if version.at is not None else None
    if place is not None and place[1] and field_at(site.kinds[place[0]].record, place[1]) is not None:
        steps.append(page("fix at", field=_field(page, place)))
    else:
        steps.append(page("fix item"))
    compared = [p for p in site.reads[rule.code].fields if p != place]
    if compared:
        steps.append(page("fix values", fields=", ".join(_field(page, p) for p in compared[:8])))
    steps.append(page(f"fix {rule.kind}") if f"fix {rule.kind}" in page.words else page("fix document"))
    if version.severity == "warning":
        steps.append(page("fix warning"))
    steps.append(page("fix again", command=f"`ktt-policy check --select {rule.code} …`"))
    page.add(*(f"{number}. {step}" for number, step in enumerate(steps, 1)))


def _missing(site: Site, page: Page, rule: Rule) -> None:
    page.section("missing")
    reads = site.reads[rule.code]
    absent, empty = [], []
    for place in _ways(reads.fields):
        info = field_at(site.kinds[place[0]].record, place[1])
        if info is not None and info.absent_null:
            empty.append(_field(page, place))
        elif info is not None and not info.required:
            absent.append(_field(page, place))
    lines = [page("missing required")]
    if absent:
        lines.append(page("missing fields", fields=", ".join(absent)))
    if empty:
        lines.append(page("missing running", fields=", ".join(empty)))
    for kind in reads.related:
        lines.append(page("missing related", kind=site.kind(kind, page.lang)))
    if reads.parameters:
        lines.append(page("missing parameters", names=", ".join(page.parameter(n) for n in reads.parameters)))
    lines.append(page("missing edition", day=worded(site.data.editions[0].start, page.lang)))
    page.add(*(f"- {line}" for line in lines))
    shown = site.examples[rule.code].get("undecided")
    if shown is not None and shown.finding is not None and shown.finding.reason is not None:
        message = shown.finding.message[page.lang]
        page.note("warning", f"{rule.code}: {page('undecided')}", plain(message[0].upper() + message[1:]))


def _ways(places: Iterable[Place]) -> list[Place]:
    """The fields, each with the records and lists on the way to it before it."""
    return list(dict.fromkeys((kind, path[:end]) for kind, path in places for end in range(1, len(path) + 1)))


def _versions(page: Page, rule: Rule) -> None:
    page.section("in force")
    rows = []
    for version in rule.versions:
        clauses = " ".join(map(page.clause, dict.fromkeys(r.clause for r in version.clauses)))
        title = page("repealed") if version.repealed else plain(version.title[page.lang])
        published = worded(version.published_on, page.lang) if version.published_on is not None else "–"
        rows.append([until(page, version.start, rule.end_of(version)), title, clauses, published])
    page.table([page("time in force"), page("requirement"), page("clauses"), page("published")], rows)
    page.add(page("see timeline", timeline=page.link(page("timeline"), "timeline.md")))
