"""The pages: every rule, clause and code has its own, in both languages, and every link leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy.build.model import SYSTEM
from ktt_policy.cli import main
from ktt_policy.diagnostics import CODES
from ktt_policy.docs import rules
from ktt_policy.docs.links import faults
from tests.docs.made import ON, ROOT, other, shipped, site_of

FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def shown(path: str) -> str:
    return shipped()[1][path].decode()


def page_of(address: str) -> str:
    """The Markdown file behind `rules/I502/` or `en/codes/#E101`."""
    path = address.partition("#")[0].strip("/")
    lang, _, rest = path.partition("/") if path.startswith("en/") else ("fi", "", path)
    return f"{lang}/{rest}.md"


@pytest.mark.parametrize("made", [shipped, other])
def test_every_link_leads_somewhere_and_both_languages_have_the_same_pages(made: object) -> None:
    _, files = made()  # type: ignore[operator]
    assert faults(files) == []


def test_faults_are_found() -> None:
    files = {
        "fi/index.md": b"# A {#a}\n[x](rules/I1.md) [y](b.md#no) <a href='x'>z</a>",
        "fi/b.md": b"# B",
        "en/index.md": b"# A",
    }
    found = faults(files)
    assert [f.partition(":")[0] for f in found] == ["fi/index.md", "fi/index.md", "fi/b.md"]
    assert "rules/I1.md" in found[0]
    assert "no such place" in found[1]
    assert "en/b.md" in found[2]


def test_the_address_of_the_page_that_checks_is_known() -> None:
    right = {
        "fi/index.md": b'<a href="check/#fi">', "en/index.md": b'<a href="../check/#en">',
        "fi/guides/a.md": b'<a href="../../check/">', "en/guides/a.md": b'<a href="../../../check/">',
    }  # fmt: skip
    assert faults(right) == []
    for name, wrong in {"fi/guides/a.md": b'<a href="../check/">', "en/index.md": b'<a href="../check/#sv">'}.items():
        found = faults({**right, name: wrong})
        assert [f.partition(":")[0] for f in found] == [name]


def test_every_rule_and_clause_has_its_page() -> None:
    site, files = shipped()
    for lang in ("fi", "en"):
        for code in (*site.rules, *SYSTEM):
            assert f"{lang}/rules/{code}.md" in files
        for edition in site.data.editions:
            for clause in edition.clauses:
                assert f"{lang}/clauses/{clause}.md" in files


def test_the_address_of_every_finding_leads_to_a_page() -> None:
    site, files = shipped()
    fixtures = ROOT / "fixtures"
    ceilings = {"ceilings": {"2026-01-01": {"individual_coaching": 1, "assessment": 1, "work_ability": 1}}}
    report = site.book.check([fixtures / "everything-wrong"], on=ON, parameters=ceilings, complete=True)
    links = {link.docs for finding in report.findings for link in finding.clauses}
    assert len(links) > 50
    for link in links:
        assert page_of(link.removeprefix(site.data.docs)) in files


def test_every_code_of_a_problem_has_its_place() -> None:
    for lang in ("fi", "en"):
        page = shown(f"{lang}/codes.md")
        assert [code for code in CODES if f'id="{code}"' not in page] == []


def test_every_rule_shows_what_it_must() -> None:
    site, _ = shipped()
    for code, rule in site.rules.items():
        for lang in ("fi", "en"):
            page = shown(f"{lang}/rules/{code}.md")
            for part in ("in-words", "as-written", "data", "examples", "fix", "missing", "in-force"):
                assert f"{{#{part}}}" in page, (code, lang, part)
            assert "{#example-passed}" in page, (code, lang)
            assert "{#example-violated}" in page, (code, lang)
        for ref in site.version(rule).clauses:
            assert code in shown(f"en/clauses/{ref.clause}.md")


def test_an_example_says_what_the_rule_says() -> None:
    page = shown("fi/rules/I601.md")
    example = page.partition("{#example-violated}")[2]
    assert '"unit_price": 62.90,' in example
    assert "summa on 15,72 €, mutta 0,25 × 62,90 € on 15,73 €" in example


def test_a_clause_that_is_not_checked_says_why() -> None:
    site, _ = shipped()
    reasons = {clause.id: clause.reason for clause in site.edition.clauses.values() if clause.reason is not None}
    assert len(reasons) > 10
    for name, reason in reasons.items():
        for lang, text in reason.items():
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", shown(f"{lang}/clauses/{name}.md"))
            assert " ".join(text.split()) in " ".join(plain.split())


def test_no_page_mixes_the_languages() -> None:
    site, files = shipped()
    said: dict[str, set[str]] = {"fi": set(), "en": set()}
    for rule in site.rules.values():
        for version in rule.versions:
            for lang in said:
                said[lang] |= {version.title[lang], version.explanation[lang]}
    for clause in site.edition.clauses.values():
        for lang in said:
            said[lang] |= {clause.heading[lang], clause.summary[lang]}
    for parameter in site.parameters.values():
        for lang in said:
            said[lang].add(parameter.title[lang])
    same = {" ".join(t.split()) for t in said["fi"]} & {" ".join(t.split()) for t in said["en"]}
    for name, data in files.items():
        if not name.endswith(".md"):
            continue
        foreign = said["en" if name.startswith("fi/") else "fi"]
        shown = FENCE.sub("", data.decode())
        wrong = [t for t in foreign if len(t) > 15 and t not in same and " ".join(t.split()) in shown]
        assert wrong == [], name


def test_the_index_lists_every_rule_and_clause_with_pages_that_exist() -> None:
    site, files = shipped()
    index = json.loads(files["fi/index.json"])
    assert files["fi/index.json"] == files["en/index.json"]
    assert [r["code"] for r in index["rules"]] == list(site.rules)
    assert [c["id"] for c in index["clauses"]] == list(site.edition.clauses)
    assert list(index["codes"]) == list(CODES)
    for entry in (*index["rules"], *index["clauses"]):
        assert {page_of(address) for address in entry["pages"].values()} <= set(files)
        assert set(entry["title"] if "title" in entry else entry["heading"]) == {"fi", "en"}


def test_the_settings_of_both_languages_agree() -> None:
    import yaml

    site, files = shipped()
    fi, en = (yaml.safe_load(files[f"mkdocs.{lang}.yml"]) for lang in ("fi", "en"))
    assert (fi["docs_dir"], fi["site_dir"], fi["theme"]["language"]) == ("fi", "site", "fi")
    assert (en["docs_dir"], en["site_dir"], en["theme"]["language"]) == ("en", "site/en", "en")
    assert fi["theme"]["font"] is False
    assert en["site_url"] == f"{fi['site_url']}en/" == f"{site.data.docs}/en/"
    assert paths(fi["nav"]) == paths(en["nav"])
    pages = [n for n in files if n.startswith("fi/") and n.endswith(".md")]
    assert sorted(f"fi/{p}" for p in paths(fi["nav"])) == sorted(pages)


def paths(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    inner = nav.values() if isinstance(nav, dict) else nav
    return [path for one in inner for path in paths(one)]  # type: ignore[attr-defined]


def test_the_generator_does_not_need_mkdocs() -> None:
    for path in (ROOT / "ktt_policy").rglob("*.py"):
        assert not re.search(r"^\s*(import|from) (mkdocs|material|pymdownx)", path.read_text("utf-8"), re.MULTILINE), (
            path
        )


# --- a site of one's own ------------------------------------------------------------------------------------


def test_another_rulebook_has_its_own_site() -> None:
    site, files = other()
    assert "fi/fields/home_voucher.md" in files
    assert "en/rules/L401.md" in files
    assert not any("I502" in name for name in files)
    assert "Palveluntuottaja" not in files["fi/coverage.md"].decode()
    notices = [n for n in files if re.match(r"en/changes/\d", n)]
    assert len(notices) >= 1
    chart = files["en/parameters.md"].decode()
    assert '<svg class="history"' in chart
    assert site.definition_title("nothing", "fi") == "nothing"


def invoke(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["docs", "build", *arguments])
    return result.exit_code, result.output


@pytest.fixture
def own(tmp_path: Path) -> Path:
    import shutil

    folder = tmp_path / "own"
    shutil.copytree(ROOT / "fixtures/rulebooks/kuulasmaa-kotipalvelu", folder)
    (folder / "docs/fi").mkdir(parents=True)
    (folder / "docs/en").mkdir()
    return folder


def test_name_colours_and_pages_come_from_the_folder(own: Path, tmp_path: Path) -> None:
    (own / "docs/site.toml").write_text(
        'url = "https://rules.example.fi"\nprimary = "#102030"\nlogo = "logo.svg"\n'
        '[name]\nfi = "Omat säännöt"\nen = "Own rules"\n', "utf-8",
    )  # fmt: skip
    (own / "docs/logo.svg").write_text("<svg/>", "utf-8")
    (own / "docs/fi/index.md").write_text("# Tervetuloa: {{name}}\n", "utf-8")
    (own / "docs/en/index.md").write_text("# Welcome: {{name}}\n", "utf-8")
    for lang in ("fi", "en"):
        (own / f"docs/{lang}/check").mkdir()
        (own / f"docs/{lang}/check/index.md").write_text("# Check\n", "utf-8")
        (own / f"docs/{lang}/check/check.js").write_text("// by hand\n", "utf-8")
    out = tmp_path / "out"
    (out / "fi").mkdir(parents=True)
    (out / "fi/of-a-reader.md").write_text("# mine", "utf-8")
    code, said = invoke("--rulebook", str(own), "--on", "2026-12-01", "--out", str(out))
    assert code == 0, said
    assert (out / "fi/index.md").read_text("utf-8") == "# Tervetuloa: Omat säännöt\n"
    assert "#102030" in (out / "theme/assets/colours.css").read_text("utf-8")
    assert "site_url: https://rules.example.fi/en/" in (out / "mkdocs.en.yml").read_text("utf-8")
    assert (out / "theme/assets/logo.svg").is_file()
    assert (out / "fi/of-a-reader.md").exists()
    assert (out / "en/check/check.js").read_text("utf-8") == "// by hand\n"
    assert "- check/index.md" in (out / "mkdocs.fi.yml").read_text("utf-8")
    assert "tests/" not in said


def test_a_correction_is_shown_as_its_own_file_has_it(own: Path) -> None:
    rule = own / "invoice/L401-ceiling-price"
    (rule / "2026-03-01@2026-04-01.yaml").write_bytes((rule / "2026-03-01.yaml").read_bytes())
    page = next(p for p in rules.pages(site_of(own), "en") if p.path == "rules/L401.md")
    assert "`L401-ceiling-price/2026-03-01@2026-04-01.yaml`" in page.text()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('primary = "blue"', "`primary` is no colour"),
        ('primary = "#808080"', "`primary` is too pale beside white"),  # 3.95; #767676 has 4.54
        ('[name]\nfi = "Vain suomeksi"', "`name` needs `fi` and `en`"),
        ('colour = "#000000"', "unknown field"),
        ('logo = "none.svg"', "there is no image"),
        ('url = "foo bar"', "`url` is no address"),
        ('url = "https://"', "`url` is no address"),
        ('url = "javascript:alert(1)//"', "`url` is no address"),
        ("primary = ", "Invalid value"),
    ],
)
def test_wrong_settings_are_refused(own: Path, text: str, problem: str) -> None:
    (own / "docs/site.toml").write_text(text, "utf-8")
    code, said = invoke("--rulebook", str(own), "--on", "2026-12-01", "--check")
    assert code == 2
    assert problem in said


def test_a_page_in_one_language_only_fails_the_check(own: Path) -> None:
    (own / "docs/fi/ohje.md").write_text("# Ohje\n[a](nowhere.md)\n", "utf-8")
    code, said = invoke("--rulebook", str(own), "--on", "2026-12-01", "--check")
    assert code == 1
    assert "fi/ohje.md: there is no en/ohje.md" in said
    assert "nowhere.md, which is no page" in said


def test_a_day_before_the_first_edition_is_refused() -> None:
    code, said = invoke("--on", "2020-01-01", "--check")
    assert code == 2
    assert "no edition" in said
