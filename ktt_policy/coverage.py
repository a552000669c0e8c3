"""What of the source is checked, by which rules, proved by how many cases; and what is not checked, and why.

`read_coverage` makes the table, clause by clause and rule by rule; `RENDERERS` write it as text, JSON or Markdown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from ktt_policy.build.files import rule_folder
from ktt_policy.build.model import Clause, Rule, RulebookData
from ktt_policy.diagnostics import Diagnostic, Texts, has_errors
from ktt_policy.engine.wording import worded
from ktt_policy.policies import base_of, read_file
from ktt_policy.report import OUTCOME_WORDS, OUTCOMES

STATUSES = ("rule", "attested", "not machine-checkable", "definition", "elsewhere")
CHECKED = STATUSES[:2]

WORDS: dict[str, dict[str, str]] = {
    "fi": {
        "rule": "tarkastetaan säännöllä", "attested": "tarkastetaan ilmoituksesta",
        "not machine-checkable": "ei tarkastettavissa asiakirjoista", "definition": "määritelmä",
        "elsewhere": "säädetty muualla", "unaccounted": "selvittämättä", "coverage": "Kattavuus", "edition": "painos",
        "on": "tarkastuspäivä", "clauses": "Kohdat", "rules": "Säännöt", "clause": "kohta", "rule_": "sääntö",
        "heading": "otsikko", "status": "käsittely", "cases": "tapauksia", "reason": "perustelu",
        "via": "ylä- tai alakohdan säännöt",
        "number": "määrä", "all": "yhteensä", "checked": "Tarkastettavat kohdat", "unchecked": "Muut kohdat",
        "no rule": "mikään voimassa oleva sääntö ei nimeä kohtaa",
        "no reason": "kohdalla ei ole sääntöä eikä perustelua",
        "totals": "Yhteenveto", "provider": "palveluntuottaja", "voucher": "palveluseteli", "invoice": "lasku",
    },
    "en": {
        "rule": "checked by rule", "attested": "checked as stated", "not machine-checkable": "not machine-checkable",
        "definition": "definition", "elsewhere": "set elsewhere", "unaccounted": "unaccounted for",
        "coverage": "Coverage", "edition": "edition", "on": "evaluation date", "clauses": "Clauses", "rules": "Rules",
        "clause": "clause",
        "rule_": "rule", "heading": "heading", "status": "status", "cases": "cases", "reason": "reason",
        "via": "rules of a clause above or below:",
        "number": "number", "all": "in all", "checked": "Clauses that are checked", "unchecked": "Other clauses",
        "no rule": "no rule in force names the clause", "no reason": "the clause has neither a rule nor a reason",
        "totals": "Totals",
    },
}  # fmt: skip


class RuleRow(Struct, frozen=True):
    """A rule in force on the day. `cases` counts its cases by the outcome that they expect."""

    code: str
    name: str
    kind: str
    title: Texts
    severity: str
    version: date
    clauses: tuple[str, ...]
    cases: dict[str, int]


class ClauseRow(Struct, frozen=True):
    """A clause of the registry. `via` are rules on a clause above or below it, where none names the clause itself.

    `cases` are those of its rules together; `fault` says why the clause is unaccounted for, empty when it is not.
    """

    clause: str
    heading: Texts
    status: str
    reason: Texts | None
    rules: tuple[str, ...]
    via: tuple[str, ...]
    cases: int
    fault: str


class Coverage(Struct, frozen=True):
    rulebook: str
    titles: Texts
    digest: str
    edition: date
    on: date
    kinds: tuple[str, ...]
    clauses: tuple[ClauseRow, ...]
    rules: tuple[RuleRow, ...]

    @property
    def totals(self) -> dict[str, int]:
        """Clauses by status, then those unaccounted for, which are in none of the others."""
        found = {status: sum(c.status == status and not c.fault for c in self.clauses) for status in STATUSES}
        return {**found, "unaccounted": len(self.unaccounted)}

    @property
    def unaccounted(self) -> list[ClauseRow]:
        return [c for c in self.clauses if c.fault]


def related(clause: str, other: str) -> bool:
    """True when the clauses are the same, or one is a part of the other: 2.3 of 2.3.m1."""
    return f"{clause}.".startswith(f"{other}.") or f"{other}.".startswith(f"{clause}.")


def fault_of(clause: Clause, cited: Iterable[str]) -> str:
    """Why a clause is unaccounted for (a key of WORDS), given the clauses that rules name; empty when it is not."""
    if clause.status in CHECKED:
        return "" if any(related(clause.id, one) for one in cited) else "no rule"
    return "" if clause.reason is not None else "no reason"


def read_coverage(data: RulebookData, folder: Path, on: date) -> tuple[Coverage | None, list[Diagnostic]]:
    """The coverage of the edition in force on the day by the rules in force on it; or None and what is wrong."""
    data = data.known_on(None)
    edition = data.edition_at(on)
    if edition is None:
        first = min(e.start for e in data.editions)
        message = f"no edition of {data.id} is in force on {on}"
        return None, [Diagnostic("E502", message, help=f"the first one begins on {first}: give --on {first} or later")]
    rules, found = [], []
    for rule in data.rules:
        version = rule.at(on)
        if version is None:
            continue
        cases, problems = _cases(folder, rule)
        found.extend(problems)
        clauses = tuple(dict.fromkeys(ref.clause for ref in version.clauses))
        rules.append(
            RuleRow(rule.code, rule.name, rule.kind, version.title, version.severity, version.start, clauses, cases)
        )
    if has_errors(found):
        return None, found
    rows = tuple(_clause(clause, rules) for clause in edition.clauses.values())
    kinds = tuple(kind.name for kind in data.kinds)
    return Coverage(data.id, data.titles, data.digest, edition.start, on, kinds, rows, tuple(rules)), found


def _cases(folder: Path, rule: Rule) -> tuple[dict[str, int], list[Diagnostic]]:
    counts: dict[str, int] = dict.fromkeys(OUTCOMES, 0)
    path = rule_folder(folder, rule) / "cases.yaml"
    if not path.is_file():
        return counts, []
    file, found = read_file(path, "cases", base_of(folder))
    for case in file.data["cases"] if file is not None else ():
        counts[case["expect"]] += 1
    return counts, found


def _clause(clause: Clause, rules: list[RuleRow]) -> ClauseRow:
    naming = [r for r in rules if clause.id in r.clauses]
    near = [r for r in rules if any(related(clause.id, c) for c in r.clauses)]
    via = near if clause.status in CHECKED and not naming else []
    fault = fault_of(clause, [c for r in rules for c in r.clauses])
    cases = sum(sum(r.cases.values()) for r in naming or via)
    codes, via_codes = tuple(r.code for r in naming), tuple(r.code for r in via)
    return ClauseRow(clause.id, clause.heading, clause.status, clause.reason, codes, via_codes, cases, fault)


# --- as text, JSON, Markdown ----------------------------------------------------------------------------------


def to_text(c: Coverage, lang: str) -> str:
    w = WORDS[lang]
    edition, on = worded(c.edition, lang), worded(c.on, lang)
    lines = [f"{c.rulebook}, {w['edition']} {edition}, {w['on']} {on}", "", f"{w['clauses']}:"]
    for row in c.clauses:
        lines.append(f"  {row.clause}  {row.heading[lang]}")
        lines.append(f"    {w[row.status]}{_of(row, w, lang)}")
        if row.fault:
            lines.append(f"    {w['unaccounted']}: {w[row.fault]}")
    lines += ["", f"{w['rules']}:"]
    for rule in c.rules:
        counts = ", ".join(f"{OUTCOME_WORDS[lang][outcome]} {n}" for outcome, n in rule.cases.items() if n)
        lines.append(f"  {rule.code}  {rule.title[lang]}")
        cases = f"{w['cases']} {sum(rule.cases.values())}" + (f" ({counts})" if counts else "")
        word = w["clause"] if len(rule.clauses) == 1 else w["clauses"].lower()
        lines.append(f"    {word} {', '.join(rule.clauses)}; {cases}")
    totals = "; ".join(f"{w[key]} {n}" for key, n in c.totals.items())
    lines += ["", f"{w['clauses']} {len(c.clauses)}: {totals}", f"{w['rules']} {len(c.rules)}; {w['cases']} {_all(c)}"]
    return "\n".join(lines) + "\n"


def _of(row: ClauseRow, w: dict[str, str], lang: str) -> str:
    if row.rules or row.via:
        codes = ", ".join(row.rules) if row.rules else f"{w['via']} {', '.join(row.via)}"
        return f": {codes}; {w['cases']} {row.cases}"
    return f": {row.reason[lang]}" if row.reason is not None else ""


def to_json(c: Coverage, lang: str) -> str:
    def chosen(row: Struct, *texts: str) -> dict[str, Any]:
        made: dict[str, Any] = to_builtins(row)
        for name in texts:
            made[name] = made[name][lang] if made[name] is not None else None
        return made

    data = {
        "rulebook": {"id": c.rulebook, "title": c.titles[lang], "sha256": c.digest},
        "edition": c.edition.isoformat(),
        "on": c.on.isoformat(),
        "lang": lang,
        "totals": {"clauses": len(c.clauses), **c.totals, "rules": len(c.rules), "cases": _all(c)},
        "clauses": [chosen(row, "heading", "reason") for row in c.clauses],
        "rules": [chosen(row, "title") for row in c.rules],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def to_markdown(c: Coverage, lang: str) -> str:
    w = WORDS[lang]
    kinds = {kind: w.get(kind, kind) for kind in c.kinds}
    kind_of = {rule.code: rule.kind for rule in c.rules}
    edition, on = worded(c.edition, lang), worded(c.on, lang)
    lines = [f"# {w['coverage']}: {c.titles[lang]}", "", f"{w['edition']} {edition}, {w['on']} {on}".capitalize()]
    lines += ["", f"## {w['totals']}", "", *_head(w["status"], w["number"])]
    lines += [_line(w[key], n) for key, n in c.totals.items()]
    lines.append(_line(f"**{w['all']}**", f"**{len(c.clauses)}**"))
    lines += ["", f"## {w['checked']}", ""]
    lines += _head(w["clause"], w["heading"], w["status"], *kinds.values(), w["cases"])
    for row in (r for r in c.clauses if r.status in CHECKED):
        cells = []
        for kind in kinds:
            named = [code for code in row.rules if kind_of[code] == kind]
            named += [f"({code})" for code in row.via if kind_of[code] == kind]
            cells.append(" ".join(named))
        status = f"**{w['unaccounted']}**: {w[row.fault]}" if row.fault else w[row.status]
        lines.append(_line(row.clause, row.heading[lang], status, *cells, row.cases))
    lines += ["", f"## {w['unchecked']}", "", *_head(w["clause"], w["heading"], w["status"], w["reason"])]
    for row in (r for r in c.clauses if r.status not in CHECKED):
        reason = row.reason[lang] if row.reason is not None else f"**{w['unaccounted']}**: {w[row.fault]}"
        lines.append(_line(row.clause, row.heading[lang], w[row.status], reason))
    lines += ["", f"## {w['rules']}", ""]
    lines += _head(w["rule_"], w["heading"], w["clauses"].lower(), *OUTCOME_WORDS[lang].values())
    for rule in c.rules:
        lines.append(_line(rule.code, rule.title[lang], ", ".join(rule.clauses), *rule.cases.values()))
    return "\n".join(lines) + "\n"


def _head(*titles: str) -> list[str]:
    return [_line(*titles), _line(*("---" for _ in titles))]


def _line(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _all(c: Coverage) -> int:
    return sum(sum(rule.cases.values()) for rule in c.rules)


RENDERERS: dict[str, Callable[[Coverage, str], str]] = {"text": to_text, "json": to_json, "markdown": to_markdown}
