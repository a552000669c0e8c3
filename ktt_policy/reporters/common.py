"""What most formats tell of a report, in one language, masked, and with nothing that could steer a reader's screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ktt_policy.diagnostics import Diagnostic
from ktt_policy.masking import mask
from ktt_policy.report import ClauseLink, DocumentEntry, Finding, Outcome, Place, Report, UsedParameter
from ktt_policy.reporters.words import WORDS
from ktt_policy.screen import plain

# Up to this code a file could not be read; later ones are about the run.
LAST_UNREAD = "E109"


def safe(text: str) -> str:
    """The text on one line, masked, with control characters written out and commands to build logs broken up."""
    return plain(mask(text))


def noted(report: Report, lang: str) -> list[str]:
    """What is to be known beside the findings."""
    return [safe(note.message[lang]) for note in report.notes]


def value_text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, dict)):
        from ktt_policy.reporters.json_ import encode

        return safe(encode(value))
    return safe(f"{value:f}" if isinstance(value, Decimal) else str(value))


class At(Struct, frozen=True):
    """A place as it is printed. Columns count characters, the end is exclusive; 0 where nothing is known."""

    file: str
    pointer: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


def at(place: Place) -> At:
    span = place.span
    file, pointer = safe(place.file), safe(place.pointer)
    if span is None:
        return At(file, pointer)
    return At(file, pointer, span.line, span.column, span.end_line, span.end_column)


def relative(file: str) -> str:
    """The path as repositories know it: from the working folder, with forward slashes."""
    path = Path(file)
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except ValueError:
            return path.as_posix()
    return path.as_posix()


class Item(Struct, frozen=True):
    """A finding, ready to be printed. `clauses` are (as cited, heading, address)."""

    code: str
    name: str
    outcome: Outcome
    known: bool
    severity: str
    title: str
    message: str
    help: str
    place: At
    related: list[At]
    clauses: list[tuple[str, str, str]]
    values: list[tuple[str, str]]
    parameters: list[str]
    document: str
    called: str  # the document, as readers call it
    concerned: list[str]  # so called; several documents, of an undecided one
    count: int
    source: Finding

    @property
    def fingerprint(self) -> str:
        return self.source.fingerprint

    @property
    def status(self) -> str:
        """What a reader sorts by: `known`, or the outcome."""
        return "known" if self.known else self.outcome

    @property
    def told(self) -> str:
        """The message, with what to do about it."""
        return f"{self.message} ({self.help})" if self.help else self.message

    @property
    def cited(self) -> str:
        return ", ".join(clause for clause, _, _ in self.clauses)

    @property
    def accepted(self) -> str:
        """Why the settings accept it for now; empty where they do not."""
        return safe(self.source.accepted)


def because(i: Item, words: dict[str, str]) -> str:
    """The reason for which a finding is accepted, as it stands behind the message."""
    return f" ({words['accepted']}: {i.accepted})" if i.accepted else ""


def items(report: Report, lang: str, shown: bool = True) -> list[Item]:
    """The findings in order, then what `--show` asked for."""
    return [item(f, report, lang) for f in (*report.findings, *(report.shown if shown else ()))]


def item(f: Finding, report: Report, lang: str) -> Item:
    words = WORDS[lang]
    remedy = f.remedy
    title = safe(f.title.get(lang, ""))
    if f.published_on is not None:
        title += f" ({words['published']} {day(f.published_on, lang)})"
    documents = [report.documents[part.document] for part in f.parts]
    own = called(f.document_kind, f.document_key, report, lang)
    return Item(
        f.code, f.name, f.outcome, f.known, f.severity, title, safe(f.message[lang]),
        remedy[lang] if remedy is not None else "", at(f.place), [at(p) for p in f.related],
        [(cited(c), safe(c.heading.get(lang, "")), c.docs) for c in f.clauses],
        [(safe(k), value_text(v)) for k, v in f.values.items()],
        [f"{p.name} = {value_text(p.value)} ({_since(p, lang)})" for p in f.parameters],
        safe(f"{f.document_kind} {f.document_key}".strip()), own,
        list(dict.fromkeys(called(d.kind, d.key, report, lang) for d in documents)) or [own], f.count, f,
    )  # fmt: skip


def _since(p: UsedParameter, lang: str) -> str:
    """From when a value is in force, and when it was published where it corrects one after the fact."""
    words = WORDS[lang]
    published = f", {words['published']} {day(p.published_on, lang)}" if p.published_on is not None else ""
    return f"{words['since']} {day(p.start, lang)}{published}"


def cited(c: ClauseLink) -> str:
    return f"{c.rulebook}@{c.edition} {c.clause}"


class Trouble(Struct, frozen=True):
    """Something that could not be checked, ready to be printed."""

    code: str
    severity: str
    message: str
    help: str
    place: At

    @property
    def kind(self) -> str:
        """The word for it: a warning is not something that could not be checked."""
        return "unread" if self.severity == "error" else self.severity

    @property
    def told(self) -> str:
        return f"{self.message} ({self.help})" if self.help else self.message


def troubles(report: Report, lang: str) -> list[Trouble]:
    """What stood in the way. The messages are English; in Finnish what the code means stands before each."""
    return [_trouble(p, lang) for p in report.problems]


def _trouble(p: Diagnostic, lang: str) -> Trouble:
    from ktt_policy.advice import ADVICE

    meaning = f"{ADVICE[p.code].fi}: " if lang == "fi" and p.code in ADVICE else ""
    span = p.span
    place = At(safe(p.file))
    if span is not None:
        place = At(safe(p.file), safe(p.pointer), span.line, span.column, span.end_line, span.end_column)
    return Trouble(p.code, p.severity, meaning + safe(p.message), safe(p.help), place)


# --- rule by document -----------------------------------------------------------------------------------


class Test(Struct):
    """One rule on one document, with its findings and how many items it left undecided."""

    code: str
    document: int
    counts: dict[str, int]
    items: list[Item]

    @property
    def status(self) -> str:
        """The worst that is not known: `violated`, `undecided`, `known`, `passed`, `not applicable`."""
        return next((s for s in ("violated", "undecided", "known", "passed") if self.counts.get(s)), "not applicable")


def tests(report: Report, lang: str) -> list[Test]:
    """Each rule on each judged document, documents in order, S000 and S001 first."""
    made: dict[tuple[int, str], Test] = {}
    for index, entry in enumerate(report.documents):
        if entry.judged:
            for code in ("S000", "S001"):
                made[index, code] = Test(code, index, {"passed": 1}, [])
    for case in report.cases or ():
        made[case.document, case.code] = Test(case.code, case.document, {str(k): n for k, n in case.counts.items()}, [])
    for whole in items(report, lang, shown=False):
        for index, told in _shares(whole, lang):
            test = made.setdefault((index, told.code), Test(told.code, index, {}, []))
            test.items.append(told)
            if told.code in ("S000", "S001"):
                test.counts.pop("passed", None)
                test.counts["violated"] = test.counts.get("violated", 0) + 1
            if told.known:
                test.counts[told.outcome] -= told.count
                test.counts["known"] = test.counts.get("known", 0) + told.count
    shared = {_key(report, finding.document) for finding in report.findings if finding.code == "S001"}
    for index, code in list(made):
        # Told once, of one of the documents; the others that have the key have not passed.
        if code == "S001" and not made[index, code].items and _key(report, index) in shared:
            del made[index, code]
    return [made[key] for key in sorted(made)]


def _key(report: Report, index: int) -> tuple[str, str, str]:
    """What tells a document from others: documents that have it in common are one, or at fault."""
    entry = report.documents[index]
    return entry.kind, entry.key, entry.issuer


def _shares(whole: Item, lang: str) -> Iterator[tuple[int, Item]]:
    """The documents of a finding, with what it is about in each."""
    f = whole.source
    if not f.parts or f.reason is None:
        yield f.document, whole
        return
    message = safe(f.reason[lang])
    for part in f.parts:
        times = f" (× {part.count})" if part.count > 1 else ""
        yield part.document, replace(whole, place=at(part.place), related=[], count=part.count, message=message + times)


def day(value: date, lang: str) -> str:
    return f"{value.day}.{value.month}.{value.year}" if lang == "fi" else value.isoformat()


def called(kind: str, key: str, report: Report, lang: str) -> str:
    """A document as a reader of the language calls it: `lasku 2026-014`."""
    if lang == "fi":
        kind = WORDS[lang].get(f"kind {kind}") or report.kinds.get(kind) or kind
    return safe(f"{kind} {key}".strip())


def document_name(entry: DocumentEntry, name: str = "") -> str:
    """Kind and key, or another name, and file: what tells documents apart."""
    where = entry.file + (f":{entry.line}" if entry.line > 1 else "") + (f"#{entry.pointer}" if entry.pointer else "")
    return safe((name or f"{entry.kind} {entry.key}".strip()) + f" ({where})")


def number(n: int, name: str, words: dict[str, str]) -> str:
    """`1 document read`, `2 documents read`."""
    one, _, many = words[f"n {name}"].partition("|")
    return f"{n} {many if many and n != 1 else one}"


def read(report: Report, lang: str) -> list[str]:
    """What was read: `3 documents read`, `2 judged`, of several `2 × invoice`, and what could not be."""
    words = WORDS[lang]
    told = [number(len(report.documents), "documents", words)]
    told.append(number(sum(d.judged for d in report.documents), "judged", words))
    if len(report.documents) > 1:
        told += [f"{n} × {called(kind, '', report, lang)}" for kind, n in report.by_kind.items()]
    unread = sum(p.severity == "error" and p.code <= LAST_UNREAD for p in report.problems)
    return [*told, number(unread, "broken", words)] if unread else told


def counted(report: Report, words: dict[str, str]) -> list[str]:
    """`65 passed`, `1 violated` …; what is known only with a baseline."""
    names = ["passed", "violated", "undecided", "not applicable", *(["known"] if report.baseline else [])]
    totals = report.totals
    return [number(totals[name], name, words) for name in names]


def result(report: Report, exit_code: int) -> str:
    """The name of what the run came to, among the words. Exit code 0 alone is not "conforms": much may be let pass."""
    if exit_code == 0:
        totals = report.totals
        for name in ("undecided", "violated", "known"):
            if totals[name]:
                return f"result 0 {name}"
    return f"result {exit_code}"


def summary(report: Report, exit_code: int, lang: str) -> str:
    """The run in a line, for the logs of builds."""
    words = WORDS[lang]
    told = f"{words[result(report, exit_code)]} ({words['exit']} {exit_code})"
    return f"ktt-policy: {told}: {', '.join((*read(report, lang), *counted(report, words)))}"


def by_rule(report: Report, all_rules: bool) -> Iterable[tuple[str, dict[str, int]]]:
    """The tally, of the rules that found something or of all."""
    for code, counts in sorted(report.tally.items()):
        if all_rules or counts["violated"] or counts["undecided"] or counts["known"]:
            yield code, counts


def titles(report: Report, lang: str) -> dict[str, str]:
    return {rule.code: safe(rule.title.get(lang, "")) for rule in report.rules}
