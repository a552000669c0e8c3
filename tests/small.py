"""A small rulebook for tests of what is said about a rulebook: files by path, written where a test wants them."""

from __future__ import annotations

from pathlib import Path

RULEBOOK = """\
id: small
titles: {fi: Pieni sääntökirja, en: Small rulebook}
issuer: {fi: Kukaan, en: Nobody}
documents: [voucher, invoice]
editions:
  2026-01-01:
    source: {fi: Lähde, en: Source}
"""
REGISTRY = """\
edition: "2026-01-01"
clauses:
  "6":
    heading: {fi: Luku, en: Chapter}
    summary: {fi: Yhteenveto, en: Summary}
    status: definition
    reason: {fi: Pelkkä otsikko., en: Heading only.}
  6.m1:
    heading: {fi: Arvo | summa, en: Value | sum}
    summary: {fi: Yhteenveto, en: Summary}
    status: rule
  6.m2:
    heading: {fi: Hinta, en: Price}
    summary: {fi: Yhteenveto, en: Summary}
    status: attested
  6.m2.k1:
    heading: {fi: Hinnan osa, en: Part of the price}
    summary: {fi: Yhteenveto, en: Summary}
    status: rule
"""
PARAMETER = """\
title: {fi: Raja, en: Limit}
clause: 6.m1
type: number
values:
  2026-01-01:
    value: 30
    reference: here
"""
RULE = """\
title: {fi: Määrä on enintään raja, en: The quantity is at most the limit}
clauses: [6.m1]
severity: error
for_each: line in invoice.lines
date: line.service_date
require: line.quantity <= parameters.limit
message:
  fi: "Määrä on {line.quantity}, raja {parameters.limit}."
  en: "The quantity is {line.quantity}, the limit {parameters.limit}."
explanation: {fi: Syy, en: Reason}
"""
VALUE = """\
title: {fi: Hinta on ilmoitettu, en: The price is stated}
clauses: [6.m2]
severity: warning
require: voucher.unit_price > 0
message:
  fi: "Hinta on {voucher.unit_price}."
  en: "The price is {voucher.unit_price}."
explanation: {fi: Syy, en: Reason}
"""
CASES = """\
cases:
  - {name: one, base: x.json, on: 2026-01-01, expect: passed}
  - {name: two, base: x.json, on: 2026-01-01, expect: violated}
  - {name: three, base: x.json, on: 2026-01-01, expect: violated}
"""

FILES = {
    "rulebook.yaml": RULEBOOK,
    "clauses/2026-01-01.yaml": REGISTRY,
    "parameters/limit.yaml": PARAMETER,
    "invoice/I901-quantity/2026-01-01.yaml": RULE,
    "invoice/I901-quantity/cases.yaml": CASES,
    "voucher/V901-price/2026-01-01.yaml": VALUE,
    "voucher/V901-price/cases.yaml": CASES,
}


def write(folder: Path, files: dict[str, str | None] | None = None) -> Path:
    """The small rulebook under `folder`, with other files put in the place of its own or beside them; None removes."""
    root = folder / "policies/small"
    for name, text in {**FILES, **(files or {})}.items():
        if text is None:
            continue
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root
