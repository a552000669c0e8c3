"""The report as JSON (`schemas/report.schema.json`). Numbers are written exactly as they were computed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from ktt_policy.diagnostics import Diagnostic, Span
from ktt_policy.masking import mask
from ktt_policy.report import DocumentEntry, Finding, Note, Place, Report, sha256_of
from ktt_policy.reporters import Settings
from ktt_policy.screen import COMMAND


def render(report: Report, settings: Settings) -> str:
    data = masked(to_data(report, settings.lang, settings.exit_code))
    data["documents"] = [document_data(d) for d in report.documents]
    return quiet(encode(data, indent=2)) + "\n"


def quiet(text: str) -> str:
    """The same JSON, without what a log or a terminal would act on: `##vso[…]`, `##[…]`, invisible controls."""
    return _UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", COMMAND.sub("#\\\\u0023", text))


_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def masked(value: Any) -> Any:
    """Data without anything that looks like an identity code, in whatever text it stands."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {mask(str(k)): masked(v) for k, v in value.items()}
    return [masked(v) for v in value] if isinstance(value, (list, tuple)) else value


def encode(value: Any, indent: int = 0) -> str:
    """JSON text of data with exact numbers: a Decimal is written as its digits, without passing through a float.

    On one line without `indent`. Half a surrogate, which the name of a file can hold, is written out.
    """
    spelt = _spelt(value)
    try:
        raw = _ENCODER.encode(spelt)
    except UnicodeEncodeError:
        raw = _ENCODER.encode(_spelt(_written_out(value)))
    return msgspec.json.format(raw, indent=indent).decode()


_ENCODER = msgspec.json.Encoder()


def _spelt(value: Any) -> Any:
    """The data with its decimals as the text that JSON will have."""
    if isinstance(value, Decimal):
        return msgspec.Raw(f"{value:f}".encode())
    if isinstance(value, dict):
        return {str(k): _spelt(v) for k, v in value.items()}
    return [_spelt(v) for v in value] if isinstance(value, (list, tuple)) else value


def _written_out(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_written_out(str(k)): _written_out(v) for k, v in value.items()}
    return [_written_out(v) for v in value] if isinstance(value, (list, tuple)) else value


def to_data(report: Report, lang: str, exit_code: int) -> dict[str, Any]:
    """The report as JSON-ready data."""
    data = head_data(report, lang)
    data["exit_code"] = exit_code
    data["summary"] = summary_data(report)
    data["findings"] = [finding_data(f, lang) for f in (*report.findings, *report.shown)]
    data["rules"] = rules_data(report)
    data["documents"] = []  # many, and masked one by one
    data["problems"] = [problem_data(p) for p in report.problems]
    data["notes"] = [note_data(note, lang) for note in report.notes]
    return data


def note_data(note: Note, lang: str) -> dict[str, Any]:
    return {"kind": note.kind, "message": note.message[lang], "file": note.file, "line": note.line}


def head_data(report: Report, lang: str) -> dict[str, Any]:
    return {
        "tool": report.tool,
        "rulebook": {"id": report.rulebook, "title": report.titles[lang], "sha256": report.digest},
        "on": report.on,
        "known_on": report.known_on,
        "complete": report.complete,
        "select": report.basis.select,
        "ignore": report.basis.ignore,
        "parameters": _file(report.basis.parameters, report.basis.text),
        "baseline": _file(report.basis.baseline, report.basis.baseline_text),
        "fail_on": report.basis.fail_on,
        "allow_undecided": report.basis.allow_undecided,
        "lang": lang,
    }


def _file(name: str, text: bytes | None) -> dict[str, str] | None:
    return {"file": name, "sha256": sha256_of(text) if text is not None else ""} if name else None


def summary_data(report: Report) -> dict[str, Any]:
    data = {
        "documents": len(report.documents),
        "judged": sum(d.judged for d in report.documents),
        "kinds": report.by_kind,
        **_counts(report.totals),
    }
    if report.baseline is not None:
        data["gone"] = report.baseline.gone
    return data


def _counts(counts: dict[str, int]) -> dict[str, int]:
    return {outcome.replace(" ", "_"): n for outcome, n in counts.items()}


def rules_data(report: Report) -> dict[str, dict[str, int]]:
    return {code: _counts(counts) for code, counts in report.tally.items()}


def document_data(d: DocumentEntry) -> dict[str, Any]:
    """A document as the report lists it; masked, as there may be many."""
    return {"file": mask(d.file), "pointer": d.pointer, "line": d.line, "kind": d.kind, "key": mask(d.key),
            "sha256": d.sha256, "judged": d.judged, "sound": d.sound}  # fmt: skip


def finding_data(f: Finding, lang: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": f.code,
        "name": f.name,
        "severity": f.severity,
        "outcome": f.outcome,
        "title": f.title[lang],
        "message": f.message[lang],
        "clauses": [
            {"rulebook": c.rulebook, "edition": c.edition, "clause": c.clause, "heading": c.heading.get(lang, ""),
             "docs": c.docs}
            for c in f.clauses
        ],
        "version": f.version,
        "reference_date": f.reference_date,
        "document": {"kind": f.document_kind, "key": f.document_key},
        "place": place_data(f.place),
        "related": [place_data(p) for p in f.related],
        "values": f.values,
        "parameters": [
            {"name": p.name, "value": p.value, "since": p.start, "reference": p.reference, **_published(p.published_on)}
            for p in f.parameters
        ],
        "count": f.count,
        "fingerprint": f.fingerprint,
        "known": f.known,
    }  # fmt: skip
    data |= _published(f.published_on)
    if f.reason is not None:
        data["reason"] = f.reason[lang]
    if f.accepted:
        data["accepted"] = f.accepted
    if f.parts:
        data["parts"] = [{"document": p.document, "count": p.count, "fingerprint": p.fingerprint} for p in f.parts]
    if f.schema:
        data["schema"] = f.schema
    return data


def _published(day: date | None) -> dict[str, date]:
    """Of a version or value that corrects another one after the fact; nothing of all others."""
    return {"published_on": day} if day is not None else {}


def place_data(place: Place) -> dict[str, Any]:
    return {"file": place.file, "pointer": place.pointer, "span": _span(place.span)}


def _span(span: Span | None) -> dict[str, int] | None:
    if span is None:
        return None
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def problem_data(p: Diagnostic) -> dict[str, Any]:
    return {"code": p.code, "severity": p.severity, "message": p.message, "help": p.help, "file": p.file or None,
            "span": _span(p.span)}  # fmt: skip
