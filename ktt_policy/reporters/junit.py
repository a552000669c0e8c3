"""JUnit XML: a suite a document, a case a rule on it. What could not be read is a suite of its own.

The file keeps the schema of the Jenkins xUnit plugin. A violated case has a `failure`, an undecided one an
`error` of type `undecided`; each finding is a line of its text.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from ktt_policy.report import Report
from ktt_policy.reporters import Settings
from ktt_policy.reporters.common import Item, Test, Trouble, because, document_name, safe, tests, titles, troubles
from ktt_policy.reporters.words import WORDS


def render(report: Report, settings: Settings) -> str:
    words, called = WORDS[settings.lang], titles(report, settings.lang)
    by_document: dict[int, list[Test]] = {}
    for test in tests(report, settings.lang):
        by_document.setdefault(test.document, []).append(test)
    unread = troubles(report, settings.lang)
    failed = sum(trouble.severity == "error" for trouble in unread)
    every = [test.status for group in by_document.values() for test in group]
    errors = every.count("undecided") + failed
    total = f'tests="{len(every) + len(unread)}" failures="{every.count("violated")}" errors="{errors}"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="ktt-policy" {total}>']
    for index, group in by_document.items():
        entry = report.documents[index]
        name = document_name(entry)
        statuses = [test.status for test in group]
        skipped = statuses.count("not applicable") + statuses.count("known")
        lines.append(
            f'  <testsuite name={quoteattr(name)} tests="{len(group)}" failures="{statuses.count("violated")}" '
            f'errors="{statuses.count("undecided")}" skipped="{skipped}" file={quoteattr(safe(entry.file))}>'
        )
        lines += [line for test in group for line in _case(test, called.get(test.code, ""), name, words)]
        lines.append("  </testsuite>")
    if unread:
        lines.append(
            f'  <testsuite name={quoteattr(words["unread"])} tests="{len(unread)}" failures="0" errors="{failed}">'
        )
        lines += [line for trouble in unread for line in _unread(trouble)]
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _case(test: Test, title: str, suite: str, words: dict[str, str]) -> list[str]:
    head = f"    <testcase classname={quoteattr(suite)} name={quoteattr(f'{test.code} {title}'.strip())}"
    status = test.status
    if status == "passed":
        return [head + "/>"]
    if status == "not applicable":
        return [head + ">", f"      <skipped message={quoteattr(words['not applicable'])}/>", "    </testcase>"]
    held = [i for i in test.items if not i.known]
    told = sorted(held or test.items, key=lambda i: i.outcome != "violated")
    first = told[0].message + because(told[0], words) + (f" (+{len(told) - 1})" if len(told) > 1 else "")
    tag = {"violated": "failure", "undecided": "error", "known": "skipped"}[status]
    kind = status if status != "violated" or told[0].severity == "error" else "warning"
    text = "\n".join(_line(i, words) for i in told)
    return [head + ">", f"      <{tag} type={quoteattr(kind)} message={quoteattr(first)}>{escape(text)}</{tag}>",
            "    </testcase>"]  # fmt: skip


def _line(i: Item, words: dict[str, str]) -> str:
    told = i.told + because(i, words)
    return f"{i.outcome}: {i.place} {i.place.pointer}: {told}" + (f" [{i.cited}]" if i.clauses else "")


def _unread(t: Trouble) -> list[str]:
    name = quoteattr(f"{t.code} {t.place.file}".strip())
    text = f"{t.place}: {t.message}" if t.place.file else t.message
    body = escape(text + (f"\n{t.help}" if t.help else ""))
    if t.severity != "error":
        return [f"    <testcase classname=\"ktt-policy\" name={name}>",
                f"      <system-out>{body}</system-out>", "    </testcase>"]  # fmt: skip
    return [f"    <testcase classname=\"ktt-policy\" name={name}>",
            f'      <error type="could not check" message={quoteattr(t.message)}>{body}</error>',
            "    </testcase>"]  # fmt: skip
