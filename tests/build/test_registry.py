"""The registry of clauses accounts for every clause of the source, and for nothing else.

The source's numbering is kept as a list of ids, in the order of the source: .mN is a paragraph, .kN a numbered item,
.bN a bullet; 6.yv, 6.rv, 6.kk and 6.tt are the voucher lists of chapter 6, L1 and L2 the annexes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ktt_policy import Rulebook
from ktt_policy.build.model import RulebookData
from ktt_policy.source.yaml_ import read_yaml

ROOT = Path(__file__).parents[2]
IDS = (ROOT / "tests/data/clause-ids-2026-01-01.txt").read_text("utf-8").split()
STATUSES = {"rule", "attested", "not machine-checkable", "definition", "elsewhere"}
LISTS = {"yv", "rv", "kk", "tt"}


def _registry() -> dict[str, dict[str, Any]]:
    file, found = read_yaml(ROOT / "policies/pohjois-savo-ktt/clauses/2026-01-01.yaml")
    assert file is not None, found
    clauses: dict[str, dict[str, Any]] = file.data["clauses"]
    return clauses


CLAUSES = _registry()


@pytest.fixture(scope="module")
def data() -> RulebookData:
    return Rulebook.load().data


@pytest.fixture(scope="module")
def named(data: RulebookData) -> set[str]:
    """The clauses that some rule names."""
    return {ref.clause for rule in data.rules for version in rule.versions for ref in version.clauses}


def parent_of(clause: str) -> str:
    return clause.rpartition(".")[0]


def both(texts: dict[str, str]) -> bool:
    return set(texts) == {"fi", "en"} and all(text.strip() for text in texts.values())


def test_the_list_has_no_id_twice_and_no_gap() -> None:
    assert len(set(IDS)) == len(IDS)
    places = {clause: at for at, clause in enumerate(IDS)}
    for clause in IDS:
        parent, last = parent_of(clause), clause.rpartition(".")[2]
        letter, number = re.fullmatch(r"([a-zL]*)(\d*)", last).groups()  # type: ignore[union-attr]
        assert (letter in LISTS) != bool(number), clause
        if parent and parent != "0":
            assert places[parent] < places[clause], f"{clause} stands before {parent}"
        if number and int(number) > 1:
            before = f"{parent}.{letter}{int(number) - 1}".lstrip(".")
            assert places[before] < places[clause], f"{clause} stands before {before}"


def test_the_list_covers_each_chapter_section_and_list_of_the_source() -> None:
    sections = [i for i in IDS if re.fullmatch(r"[\d.]+", i)]
    assert sections == [
        "1", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "3", "3.1", "3.2", "4", "4.1", "4.2", "4.2.1", "4.2.2", "4.2.3",
        "4.2.4", "5", "6",
    ]  # fmt: skip
    counts: dict[str, int] = {}
    for clause in IDS:
        if re.search(r"[mkb]\d+$", clause):
            what = re.sub(r"\d+$", "", clause)
            counts[what] = counts.get(what, 0) + 1
    assert counts == {
        "0.m": 1, "1.m": 2, "2.1.k": 3, "2.2.m": 1, "2.3.m": 2, "2.3.m1.b": 8, "2.4.m": 1, "2.5.m": 5, "3.1.m": 6,
        "3.1.m4.k": 2, "3.2.m": 1, "4.1.m": 4, "4.2.m": 1, "4.2.1.m": 3, "4.2.1.k": 7, "4.2.1.m2.b": 5, "4.2.2.m": 4,
        "4.2.2.k": 8, "4.2.2.m2.b": 5, "4.2.3.m": 3, "4.2.3.k": 11, "4.2.3.m2.b": 8, "4.2.4.m": 3, "4.2.4.k": 10,
        "4.2.4.m2.b": 7, "5.m": 9, "6.m": 6, "6.yv.k": 2, "6.rv.k": 2, "6.kk.k": 2, "6.tt.k": 2,
    }  # fmt: skip
    assert [i for i in IDS if i.rpartition(".")[2] in LISTS] == ["6.yv", "6.rv", "6.kk", "6.tt"]
    assert IDS[-2:] == ["L1", "L2"]


def test_the_registry_holds_these_clauses_in_this_order_and_no_others() -> None:
    assert [c for c in IDS if c not in CLAUSES] == []
    assert [c for c in CLAUSES if c not in IDS] == []
    assert list(CLAUSES) == IDS


@pytest.mark.parametrize("clause", IDS)
def test_each_clause_is_accounted_for(clause: str, named: set[str]) -> None:
    entry = CLAUSES[clause]
    assert both(entry["heading"])
    assert both(entry["summary"])
    assert entry["status"] in STATUSES
    for field in ("reason", "interpretation", "note"):
        assert field not in entry or both(entry[field])
    if entry["status"] != "rule":
        assert "reason" in entry, "say why no rule checks it, where it stands, or why a statement has to do"
    if entry["status"] in ("rule", "attested"):
        assert any(f"{c}.".startswith(f"{clause}.") for c in named), "no rule names it, or a part of it"


def test_a_clause_that_a_rule_names_says_so(named: set[str]) -> None:
    """What a rule names is `rule` or `attested`: a finding must not cite what the registry calls unchecked."""
    assert {c: CLAUSES[c]["status"] for c in named if CLAUSES[c]["status"] not in ("rule", "attested")} == {}


# What the source leaves open, and where the registry takes a position: clauses, and words that say which.
OPEN = [
    ("the amounts of annex 2", ["L2"], "ceilings"),
    ("contracts of one or two months", ["3.1.m2"], "one or two months"),
    ("what three to four months are", ["4.2.1.m3", "4.2.2.m4", "4.2.3.m3", "4.2.4.m3"], "Act 150/1930"),
    ("one price a month: whose, and which month", ["5.m3"], "per calendar month"),
    ("a visit missed without a word", ["5.m3"], "caused by the client"),
    ("illness as a reason", ["5.m3"], "illness"),
    ("missed visits of an interrupted service", ["5.m5"], "overrides 5.m3"),
    ("working days", ["5.m2"], "Saturday"),
    ("a minimum that is a range", ["4.2.2.k5"], "mildest reading"),
    ("hours for the period, not the month", ["4.2.1.m3", "6.yv.k2"], "whole period"),
    ("upper limits only", ["6.rv.k2", "6.kk.k2", "6.tt.k2"], "upper limit"),
    ("60 % of what", ["5.m2"], "60 %"),
    ("when an interim report is due", ["3.1.m2"], "goes on with a new period"),
    ("plan and benefit", ["4.1.m2"], "whatever the client's benefit"),
    ("benefits that come", ["1.m1"], "general support"),
    ("billing by the general rulebook", ["6.m6"], "general rulebook"),
    ("without delay, at once", ["2.5.m5"], "seventh day"),
    ("prolonged absences", ["4.2.3.k9"], "5.m7"),
    ("rounding", ["6.m1"], "nearest cent"),
    ("a period that is at most a range", ["6.rv.k1"], "Four months"),
]
# Apparent errors of the source: told, not corrected in silence.
ERRORS = [
    ("2.5.m2", "section 23"), ("L2", "2024"), ("6.m1", "daily price"), ("6.rv", "number"), ("6.kk", "11"),
    ("6.tt", "number"),
    ("4.2.2.k4", "4.2.2.k6"), ("4.2.2.k6", "4.2.2.k4"), ("4.2.2.k1", "työllistämissuunnitelma"), ("5.m2", "missing"),
    ("4.2.4.k9", "missing"), ("2.2.m1", "Valvira"), ("2.1.k1", "aluehallintovirasto"), ("2.3.m1.b7", "authority"),
    ("2.5.m4", "sum insured"), ("L1", "3.2.m1"), ("4.2.3.m2", "four"),
]  # fmt: skip


@pytest.mark.parametrize(("clauses", "words"), [(c, w) for _, c, w in OPEN], ids=[name for name, _, _ in OPEN])
def test_what_the_source_leaves_open_has_a_position(clauses: list[str], words: str) -> None:
    for clause in clauses:
        assert words in CLAUSES[clause]["interpretation"]["en"], clause


@pytest.mark.parametrize(("clause", "words"), ERRORS)
def test_apparent_errors_of_the_source_are_noted(clause: str, words: str) -> None:
    assert words in CLAUSES[clause]["note"]["en"]


def test_parameters_that_the_registry_names_are_the_rulebooks(data: RulebookData) -> None:
    known = {p.name for p in data.parameters}
    for clause, entry in CLAUSES.items():
        if "interpretation" in entry:
            names = [set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text)) for text in entry["interpretation"].values()]
            assert names[0] == names[1], f"{clause}: the languages name unlike parameters"
            assert names[0] <= known, clause
