"""Findings that the settings accept for now: told with the reason, not held against the run until their day is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from msgspec.structs import replace

from ktt_policy.baseline import divided
from ktt_policy.diagnostics import Diagnostic, did_you_mean
from ktt_policy.report import Baseline, Finding, Report
from ktt_policy.settings import Suppression


def apply_suppressions(report: Report, suppressions: list[Suppression], on: date, codes: Collection[str]) -> None:
    """Mark what is accepted on a day. A suppression that has expired, or names none of the codes of rules, or fits no
    finding of a run in which its rule had judged its document, is a problem of the report."""
    judged = {document.key for document in report.documents if document.judged}
    findings = report.findings
    for suppression in suppressions:
        if suppression.until < on:
            report.problems.append(_expired(suppression))
            continue
        if suppression.document and not suppression.fingerprint and _shared(report, suppression.document):
            help = "give the fingerprint of the finding, as the JSON report has it"
            report.problems.append(_idle(suppression, "names documents of several issuers", help))
            continue
        made: list[Finding] = []
        for finding in findings:
            made.extend(_accepted(report, finding, suppression))
        fits = any(one.known for f in findings for one in _accepted(report, replace(f, known=False), suppression))
        if suppression.code not in codes:
            report.problems.append(_idle(suppression, "names no rule", did_you_mean(suppression.code, list(codes))))
        tried = suppression.code in report.counts and (not suppression.document or suppression.document in judged)
        if tried and not fits:
            report.problems.append(_idle(suppression, "fits no finding", "take it out of the settings"))
        findings = made
    report.findings = [*(f for f in findings if not f.known), *(f for f in findings if f.known)]
    known = sum(f.count for f in report.findings if f.known)
    if known or report.baseline is not None:
        report.baseline = Baseline(known, report.baseline.gone if report.baseline is not None else 0)


def _shared(report: Report, key: str) -> bool:
    """True for a key that several issuers have given."""
    return len({(d.kind, d.issuer) for d in report.documents if d.judged and d.key == key}) > 1


def _accepted(report: Report, finding: Finding, suppression: Suppression) -> list[Finding]:
    """The finding, marked where the suppression fits it; an undecided one in what it fits and what not."""
    if finding.known or finding.code != suppression.code:
        return [finding]
    if suppression.fingerprint and suppression.fingerprint != finding.fingerprint:
        return [finding]
    if not suppression.document:
        return [replace(finding, known=True, accepted=suppression.reason)]
    if not finding.parts:
        fits = finding.document_key == suppression.document
        return [replace(finding, known=True, accepted=suppression.reason) if fits else finding]
    fitting = [p for p in finding.parts if report.documents[p.document].key == suppression.document]
    others = [p for p in finding.parts if p not in fitting]
    return [replace(f, accepted=suppression.reason) if f.known else f for f in divided(finding, others, fitting)]


def _named(suppression: Suppression) -> str:
    parts = [suppression.code, suppression.document, suppression.fingerprint[:8]]
    return " ".join(part for part in parts if part)


def _idle(suppression: Suppression, why: str, help: str) -> Diagnostic:
    return Diagnostic("W111", f"the suppression of {_named(suppression)} {why}", severity="warning", help=help)


def _expired(suppression: Suppression) -> Diagnostic:
    message = f"the suppression of {_named(suppression)} expired on {suppression.until}: {suppression.reason}"
    return Diagnostic("E114", message, help="mend what it accepts, or decide anew and give it another day")
