"""A second rulebook, invented, runs through every command: a rulebook is data.

Nothing here is about its rules as such; its own cases hold those.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ktt_policy import Report, Rulebook, evaluate
from ktt_policy.cli import main
from ktt_policy.lint import lint

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures/rulebooks/kuulasmaa-kotipalvelu"
CONFORMING, VIOLATING = FOLDER / "fixtures/conforming", FOLDER / "fixtures/violating"
ON = date(2026, 12, 1)
SCHEMA = re.compile(r"# yaml-language-server: \$schema=(.*)")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def on_it(command: str, *arguments: str) -> Result:
    return run(command, "--rulebook", str(FOLDER), *arguments)


def check(*arguments: str) -> Result:
    return on_it("check", "--on", ON.isoformat(), *arguments)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook.load(FOLDER)


def both(book: Rulebook, paths: list[Any], **options: Any) -> Report:
    slow = book.check(paths, ON, compiled=False, **options)
    fast = book.check(paths, ON, compiled=True, **options)
    assert slow.counts == fast.counts
    assert [(f.code, f.place.pointer, f.message) for f in slow.findings] == [
        (f.code, f.place.pointer, f.message) for f in fast.findings
    ]
    assert not slow.crashed
    return slow


def test_check_passes_what_conforms_and_leaves_nothing_undecided() -> None:
    result = check("--format", "json", str(CONFORMING))
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["rulebook"]["id"] == "kuulasmaa-kotipalvelu"
    assert data["findings"] == []
    assert data["summary"]["passed"] == 25


def test_check_finds_what_is_wrong_with_clause_value_and_parameter() -> None:
    english, finnish = check("--lang", "en", str(VIOLATING)), check(str(VIOLATING))
    assert english.exit_code == finnish.exit_code == 1
    assert "L401 error: Line 1: the unit price is 43.50 €. The ceiling of home help on 2026-06-29 is 42.00 €." in (
        english.output
    )
    assert "L401 virhe: Rivi 1: yksikköhinta on 43,50 €." in finnish.output
    assert "kuulasmaa-kotipalvelu@2026-03-01 4.m1" in english.output
    assert "to be confirmed by 2026-03-10; confirmed: 2026-03-11" in english.output
    assert "2 violated, 0 undecided" in english.output


def test_a_document_that_is_not_given_leaves_undecided() -> None:
    invoice = str(CONFORMING / "invoice-2026-05.json")
    assert check(invoice).exit_code == 3
    assert check(invoice, "--context", str(CONFORMING)).exit_code == 0


def test_lint_finds_nothing() -> None:
    assert lint(FOLDER) == []
    result = on_it("lint", "--strict")
    assert result.exit_code == 0
    assert "0 errors, 0 warnings" in result.stdout


def test_test_passes_and_lacks_nothing() -> None:
    result = on_it("test", "--strict", "--mutate")
    assert result.exit_code == 0, result.output
    assert re.search(
        r"^\d{3} passed, 0 failed; 12 rules; conditions (\d+)/\1, 0 excepted; 0 lacking$", result.stdout, re.M
    )
    assert re.search(r"^mutation score (\d+)/\1; 0 survived; 0 equivalent, not counted$", result.stdout, re.M)
    assert on_it("test", "L999").exit_code == 2


def test_eval_reads_parameters_of_the_day_definitions_and_documents() -> None:
    ceiling = 'get value(parameters.ceilings, "home_help")'
    assert on_it("eval", ceiling, "--on", "2026-06-30").stdout == "42.00\n"
    assert on_it("eval", ceiling, "--on", "2026-07-01").stdout == "43.50\n"
    assert on_it("eval", ceiling, "--on", "2026-02-28").stdout == "null\n"
    assert on_it("eval", 'in_time(@"2026-03-02", @"2026-03-02")').stdout == "true\n"
    invoice = str(CONFORMING / "invoice-2026-05.json")
    assert on_it("eval", "sum(invoice.lines.amount)", "--context", invoice).stdout == "219.00\n"
    assert on_it("eval", "invoice.lines.travel_minutes", "--context", invoice, "--type").stdout == "list<number>\n"
    voucher = str(CONFORMING / "voucher-cleaning.json")
    assert on_it("eval", "granted(home_voucher)", "--context", voucher).stdout == "10\n"
    wrong = on_it("eval", "parameters.ceiling")
    assert wrong.exit_code == 2
    assert "did you mean `ceilings`?" in wrong.stderr
    assert run("eval", "parameters.ceilings").exit_code == 2


def test_schema_shows_its_kinds_and_no_others() -> None:
    names = on_it("schema").stdout.split()
    assert [n for n in names if "/" not in n] == ["home_voucher", "invoice", "report", "settings"]
    own = json.loads(on_it("schema", "home_voucher").stdout)
    assert own == json.loads((FOLDER / "schemas/home_voucher.schema.json").read_text("utf-8"))
    extended = json.loads(on_it("schema", "invoice").stdout)
    shipped = json.loads(run("schema", "invoice").stdout)
    line, before = (s["$defs"]["line"]["properties"] for s in (extended, shipped))
    assert set(before) - set(line) == {"remote", "group_id", "group_size", "hours"}
    assert set(line) - set(before) == {"travel_minutes"}
    assert line["unit"]["enum"] == ["hour", "visit", "day"]
    assert line["amount"] == before["amount"]
    assert "x-extends" not in extended
    assert on_it("schema", "provider").exit_code == 2


def test_shipped_documents_are_none_of_its_documents_and_the_other_way_round() -> None:
    vouchers = check(str(ROOT / "fixtures/conforming/vouchers"))
    assert vouchers.exit_code == 2
    assert "unknown document_type `voucher`" in vouchers.stderr
    invoice = check("--lang", "en", str(ROOT / "fixtures/conforming/invoices/2026-02.json"))
    assert invoice.exit_code == 1
    assert 'S000 error: `service_type`: "individual_coaching" is none of "home_help"' in invoice.output
    assert "unknown field `remote`" in invoice.output
    other = run("check", str(CONFORMING / "voucher-cleaning.json"))
    assert other.exit_code == 2
    assert "unknown document_type `home_voucher`" in other.stderr
    back = run("check", "--lang", "en", str(CONFORMING / "invoice-2026-05.json"))
    assert "unknown field `travel_minutes`" in back.output


def test_python_gives_the_same_both_ways(book: Rulebook) -> None:
    assert [kind.name for kind in book.data.kinds] == ["home_voucher", "invoice"]
    assert both(book, [CONFORMING]).findings == []
    found = both(book, [VIOLATING]).findings
    assert sorted(f.code for f in found) == ["H202", "L401"]
    assert evaluate("parameters.hours_a_day", on=ON, rulebook=book) == 8


def test_sound_documents_take_the_fast_road(book: Rulebook) -> None:
    for path in [*CONFORMING.glob("*.json"), *VIOLATING.glob("*.json")]:
        assert book.reader.decode(path.read_bytes()), path


def test_it_shows_every_shape_of_a_rule_and_every_status_of_a_clause(book: Rulebook) -> None:
    versions = [v for rule in book.data.rules for v in rule.versions]
    assert any(not v.iterators for v in versions)
    assert any(v.iterators and not v.grouped for v in versions)
    assert any(v.grouped and not v.run for v in versions)
    assert any(v.run for v in versions)
    assert any(v.group_date is not None for v in versions)
    assert {v.severity for v in versions} == {"error", "warning"}
    assert max(len(rule.versions) for rule in book.data.rules) == 2
    assert any(p.by and len(p.values) == 2 for p in book.data.parameters)
    assert {c.status for c in book.data.editions[0].clauses.values()} == {
        "rule", "attested", "not machine-checkable", "definition", "elsewhere",
    }  # fmt: skip


def test_it_is_marked_as_invented(book: Rulebook) -> None:
    assert "keksitty" in book.data.titles["fi"]
    assert "invented" in book.data.titles["en"]
    for path in FOLDER.rglob("*.yaml"):
        assert path.name == "rulebook.yaml" or "Keksitty esimerkki. Invented example." in path.read_text("utf-8"), path
    for path in FOLDER.glob("fixtures/**/*.json"):
        assert "Keksitty esimerkki" in path.read_text("utf-8"), path


def test_no_code_names_it_or_its_kinds() -> None:
    for path in (ROOT / "ktt_policy").rglob("*.py"):
        text = path.read_text("utf-8")
        assert "kuulasmaa" not in text, path
        assert "home_voucher" not in text, path


# --- the recipe of the docs ---------------------------------------------------------------------------------

PAGES = {lang: (ROOT / f"docs/{lang}/own-rulebook.md").read_text("utf-8") for lang in ("fi", "en")}


def blocks(language: str, lang: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGES[lang], re.DOTALL)


def test_both_languages_have_one_recipe() -> None:
    for language in ("sh", "python", "json", "yaml"):
        finnish = [b.replace("--lang fi  # paluukoodi 1", "--lang en  # exit code 1") for b in blocks(language, "fi")]
        assert finnish == blocks(language, "en")


def test_the_clause_and_the_parameters_of_the_recipe_are_of_the_copy() -> None:
    clause, parameter, week = blocks("yaml", "en")
    assert clause in (FOLDER / "clauses/2026-03-01.yaml").read_text("utf-8")
    assert parameter in (FOLDER / "parameters/visits_a_week.yaml").read_text("utf-8")
    assert week in (FOLDER / "parameters/working_week.yaml").read_text("utf-8")


def test_the_commands_of_the_recipe_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER, tmp_path / FOLDER.relative_to(ROOT))
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    monkeypatch.chdir(tmp_path)
    done = 0
    for line in "".join(blocks("sh", "en")).splitlines():
        command, _, comment = line.partition("  # exit code ")
        program, *arguments = shlex.split(command)
        if program in ("cp", "find"):
            subprocess.run(["bash", "-c", line], check=True)
            continue
        assert program == "ktt-policy"
        result = run(*arguments)
        assert result.exit_code == int(comment or 0), f"{line}\n{result.output}"
        done += 1
    assert done == 9
    texts = {path: path.read_text("utf-8") for path in Path("my-county").rglob("*") if path.is_file()}
    assert [path for path, text in texts.items() if FOLDER.name in text] == []
    schemas = [path.parent / found[1] for path, text in texts.items() if (found := SCHEMA.match(text))]
    assert len(schemas) > 30
    assert [path for path in schemas if not path.is_file()] == []


def test_the_python_of_the_recipe_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(FOLDER, tmp_path / "my-county")
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python", "en")
    exec(compile(code, "own-rulebook.md", "exec"), {})
    assert capsys.readouterr().out == "['H202', 'L401']\n"


def test_the_schemas_of_the_recipe_are_some(tmp_path: Path) -> None:
    from ktt_policy.resources import schema_folder
    from ktt_policy.schemas.own import own_kind

    kinds = {}
    for name, text in zip(("visit", "invoice"), blocks("json", "en"), strict=True):
        path = tmp_path / f"{name}.schema.json"
        path.write_text(text, "utf-8")
        kinds[name], found = own_kind(path, schema_folder(), name, f"schemas/{name}.schema.json")
        assert found == []
    visit, invoice = kinds["visit"], kinds["invoice"]
    assert visit is not None
    assert [field.name for field in visit.record.fields] == ["document_type", "visit_id", "held_on", "unit"]
    assert invoice is not None
    assert "travel_minutes" in invoice.schema["$defs"]["line"]["properties"]
