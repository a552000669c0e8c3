"""Pages on a day: what is repealed, not yet in force or amended is shown as such, and by no other version."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from ktt_policy.docs import Site, clauses, codes, coverage, home, notices, rules
from ktt_policy.docs.page import Page
from tests.docs.made import OTHER, site_of

LATER = date(2027, 2, 1)


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A rulebook on a day on which one rule is repealed, and another is not in force yet."""
    folder = tmp_path_factory.mktemp("amended") / "own"
    shutil.copytree(OTHER, folder)
    (folder / "invoice/L302-shortest-visit/2027-01-01.yaml").write_text("clauses: [3.m2]\nrepealed: true\n", "utf-8")
    future = folder / "invoice/L405-later"
    future.mkdir()
    shutil.copy(folder / "invoice/L403-invoice-total/2026-03-01.yaml", future / "2027-06-01.yaml")
    return site_of(folder, on=LATER)


def one(pages: list[Page], path: str) -> str:
    return next(p for p in pages if p.path == path).text()


def row(text: str, first: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| [{first}]"))


@pytest.mark.parametrize(
    ("lang", "repealed", "begins"),
    [("fi", "*(kumottu 1.1.2027 alkaen)*", "*(tulee voimaan 1.6.2027)*"),
     ("en", "*(repealed from 2027-01-01)*", "*(in force from 2027-06-01)*")],
)  # fmt: skip
def test_lists_mark_rules_that_are_not_in_force(amended: Site, lang: str, repealed: str, begins: str) -> None:
    for text in (one(rules.pages(amended, lang), "rules/index.md"), one(codes.pages(amended, lang), "codes.md")):
        assert repealed in row(text, "L302")
        assert begins in row(text, "L405")
        assert "*(" not in row(text, "L403")


@pytest.mark.parametrize(
    ("lang", "status", "idle", "checked"),
    [("fi", "Selvittämättä", "eivät ole voimassa 1.2.2027:", "Tarkastetaan säännöllä"),
     ("en", "Unaccounted for", "not in force on 2027-02-01:", "Checked by rule")],
)  # fmt: skip
def test_a_clause_is_checked_by_rules_in_force_only(
    amended: Site, lang: str, status: str, idle: str, checked: str
) -> None:
    made = clauses.pages(amended, lang)
    orphan, kept = one(made, "clauses/3.m2.md"), one(made, "clauses/4.m3.md")
    assert f"**{status}.**" in orphan
    assert checked not in orphan
    assert "[L302]" in orphan.partition(idle)[2]
    assert f"**{checked}.**" in kept
    assert "[L403]" in kept.partition(idle)[0]
    assert "[L405]" in kept.partition(idle)[2]
    assert "L302" not in one(made, "clauses/index.md")
    assert status.lower() in row(one(made, "clauses/index.md"), "3.m2")
    assert f"**({status.lower()})**" in row(one(coverage.pages(amended, lang), "coverage.md"), "3.m2")


def test_the_first_page_counts_what_checks_on_the_day(amended: Site) -> None:
    page = Page("index.md", "en")
    for block in ("numbers", "checked", "unchecked"):
        home.BLOCKS[block](amended, page)
    text = page.text()
    assert "**19 clauses**. **11** of them are checked from documents, by **11 rules**" in text
    assert [int(n) for n in re.findall(r"rules/index\.md#\w+\) \| (\d+)", text)] == [5, 6]
    assert "L302" not in text
    assert "| unaccounted for | 1 | [3.m2](clauses/3.m2.md) |" in text


@pytest.mark.parametrize(
    ("on", "span", "days"),
    [(date(2026, 6, 1), "2026-03-01 – 2026-08-31", ("2026-03-01", "2026-08-31")),
     (date(2026, 12, 1), "from 2026-09-01", ("2026-09-01", "9999-12-31"))],
)  # fmt: skip
def test_a_rule_page_shows_examples_of_its_own_version(on: date, span: str, days: tuple[str, str]) -> None:
    site = site_of(OTHER, on=on)
    page = one(rules.pages(site, "en"), "rules/L302.md")
    assert f"| **This version in force** | {span} |" in page
    dated = re.findall(r'"service_date": "([^"]+)"', page)
    assert len(dated) == 2
    assert all(days[0] <= day <= days[1] for day in dated), dated


def test_corrections_are_told_with_what_they_took_the_place_of(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(OTHER, folder)
    value = folder / "parameters/hours_a_day.yaml"
    corrected = "  2026-03-01@2026-12-15:\n    value: 7\n    reference: oikaisu\n"
    value.write_text(value.read_text("utf-8").rstrip("\n") + "\n" + corrected, "utf-8")
    rule = folder / "invoice/L302-shortest-visit"
    text = (rule / "2026-03-01.yaml").read_text("utf-8").replace("  en: ", "  en: Corrected: ", 1)
    (rule / "2026-03-01@2026-12-10.yaml").write_text(text.replace("en: Corrected: ", "en: Corrected ", 1), "utf-8")
    index = one(notices.pages(site_of(folder, on=LATER), "en"), "changes/index.md").splitlines()
    table = index[index.index("## Corrected afterwards {#corrections}") :]
    rows = [line for line in table if line.startswith("| 2026-12")]
    assert [line.split(" | ")[0] for line in rows] == ["| 2026-12-10", "| 2026-12-15"]
    assert "[L302]" in rows[0]
    assert "| Corrected " in rows[0]
    assert rows[1].endswith("| 8 h | 7 h |")
    plain = one(notices.pages(site_of(OTHER, on=LATER), "en"), "changes/index.md")
    assert "Corrected afterwards" not in plain
