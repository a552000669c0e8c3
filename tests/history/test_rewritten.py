"""`lint --since`: what was in force by the day of a commit stays as it was."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from ktt_policy.cli import main
from ktt_policy.diagnostics import ProblemError
from ktt_policy.history.rewritten import rewritten
from tests import small

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "fixtures/rulebooks/kuulasmaa-kotipalvelu/schemas/home_voucher.schema.json"
VERSION = "invoice/I901-quantity/2026-01-01.yaml"
FUTURE = "invoice/I901-quantity/2027-01-01.yaml"
ENV = {
    "GIT_AUTHOR_DATE": "2026-06-01T12:00:00Z", "GIT_COMMITTER_DATE": "2026-06-01T12:00:00Z", "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.invalid", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.invalid",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
}  # fmt: skip
DEFINITIONS = """\
definitions:
  twice:
    title: {fi: Kaksi kertaa, en: Twice}
    arguments: {n: number}
    expression: same(2 * n)
  same:
    title: {fi: Sama, en: The same}
    arguments: {n: number}
    expression: n + 0
  thrice:
    title: {fi: Kolme kertaa, en: Three times}
    arguments: {n: number}
    expression: 3 * n
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    calls = small.RULE.replace("require:", "when: |\n  true and\n  twice(line.quantity) >= 0\nrequire:")
    future = small.RULE.replace("<=", "<").replace("require:", "when: thrice(line.quantity) >= 0\nrequire:")
    made = small.write(tmp_path, {VERSION: calls, FUTURE: future, "definitions.yaml": DEFINITIONS})
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path)], check=True)
    commit(made)
    return made


def commit(folder: Path) -> None:
    for command in (["add", "."], ["commit", "-q", "-m", "a rulebook"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)


def put(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


EDITION = "editions:\n  2026-02-01: {source: {fi: L, en: S}}\n"
LIMIT = "parameters/limit.yaml"
CHANGES = [
    (VERSION, "<= parameters.limit", "< parameters.limit", "E210", "`require` of I901 (2026-01-01) was changed"),
    (VERSION, "severity: error", "severity: warning", "E210", "`severity` of I901"),
    (VERSION, "date: line.service_date\n", "", "E210", "`date` of I901"),
    (VERSION, "Määrä on enintään raja", "Määrä on korkeintaan raja", "W508", "`title` of I901"),
    (VERSION, 'fi: "Määrä on', 'fi: "Rivin määrä on', "W508", "`message` of I901"),
    (VERSION, "require: line.quantity", "require:   line.quantity", "", ""),
    (FUTURE, "< parameters.limit", "<= parameters.limit", "", ""),
    ("parameters/limit.yaml", "value: 30", "value: 31", "E210", "the value of `limit` from 2026-01-01 was changed"),
    (LIMIT, "reference: here", "reference: there", "W508", "`reference` of the value of `limit` from 2026-01-01"),
    (LIMIT, "reference: here", "reference: here\n    verified_on: 2026-05-01", "W508", "`verified_on` of the value"),
    (LIMIT, "reference: here", "reference: here\n    published_on: 2026-12-01", "E210", "the day of publication of"),
    (LIMIT, "reference: here", "reference: here\n    published_on: 2026-03-15", "E210", "the day of publication of"),
    (LIMIT, "type: number", "type: number\nunit: h", "W508", "`unit` of `limit`"),
    (LIMIT, "clause: 6.m1", "clause: 6.m2", "W508", "`clause` of `limit`"),
    (LIMIT, "type: number", "type: number\nmembers: [a]", "E210", "the parameter `limit` is gone or of another type"),
    ("parameters/limit.yaml", "values:\n", "values:\n  2026-03-01: {value: 1, reference: x}\n", "E210", "in the past"),
    ("parameters/limit.yaml", "values:\n", "values:\n  2026-07-01: {value: 1, reference: x}\n", "", ""),
    ("parameters/limit.yaml", "values:\n", 'values:\n  "2026-01-01@2026-07-01": {value: 1, reference: x}\n', "", ""),
    ("definitions.yaml", "2 * n", "4 * n", "E210", "the definition `twice` was changed"),
    ("definitions.yaml", "n + 0", "n + 1", "E210", "the definition `same` was changed"),
    ("clauses/2026-01-01.yaml", "fi: Arvo | summa", "fi: Arvo", "W508", "clause 6.m1 of 2026-01-01 was reworded"),
    ("rulebook.yaml", "editions:\n", EDITION, "E210", "2026-02-01 is new"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "said"), CHANGES)
def test_what_was_changed_since_a_commit(folder: Path, name: str, old: str, new: str, code: str, said: str) -> None:
    assert rewritten(folder, "HEAD") == []
    put(folder, name, old, new)
    found = rewritten(folder, "HEAD")
    assert [d.code for d in found] == ([code] if code else []), found
    if code:
        assert said in found[0].message
        assert (found[0].severity == "error") == code.startswith("E")


def value(start: str = "2026-05-01", published: str = "") -> str:
    written = f"  {start}:\n    value: 40\n    reference: there\n"
    return written + (f"    published_on: {published}\n" if published else "")


PUBLISHED = [
    # a value that stands there, what it becomes, code, what is said
    (value(published="2026-05-15"), value("2026-05-01@2026-05-15"), "", ""),
    (value(published="2026-05-15"), value(), "E210", "the day of publication of the value of `limit` from 2026-05-01"),
    (value(published="2026-05-15"), value(published="2026-05-20"), "E210", "the day of publication"),
    (value(published="2026-12-01"), value(), "E210", "`limit` has a new value from 2026-05-01, in the past"),
    (value(published="2026-12-01"), value(published="2026-12-24"), "", ""),
    (value("2026-05-01@2026-05-15"), "", "E210", "the value of `limit` from 2026-05-01@2026-05-15 is gone"),
]


@pytest.mark.parametrize(("before", "after", "code", "said"), PUBLISHED)
def test_the_day_of_publication_of_a_value_stays(folder: Path, before: str, after: str, code: str, said: str) -> None:
    put(folder, LIMIT, "    reference: here\n", "    reference: here\n" + before)
    commit(folder)
    assert rewritten(folder, "HEAD") == []
    put(folder, LIMIT, before, after)
    found = rewritten(folder, "HEAD")
    assert [d.code for d in found] == ([code] if code else [])
    assert all(said in d.message for d in found)


def test_a_version_that_is_gone_and_one_put_into_the_past(folder: Path) -> None:
    (folder / VERSION).unlink()
    (folder / "invoice/I901-quantity/2026-05-01.yaml").write_text(small.RULE, "utf-8")
    (folder / "invoice/I901-quantity/2026-05-02.yaml").write_text(small.RULE + "published_on: 2026-07-01\n", "utf-8")
    messages = [d.message for d in rewritten(folder, "HEAD")]
    assert messages[0].startswith("the version 2026-01-01 of I901 is gone")
    assert messages[1] == "I901 has a new version from 2026-05-01, in the past"
    assert len(messages) == 2


@pytest.mark.parametrize(
    ("old", "new", "under"),
    [
        ('"minItems": 1', '"minItems": 2', ["2"]),
        ('"minItems": 1,', "", ["{"]),  # the array that it was of
        ('"title": "Carers who visit the family"', '"title": "Carers"', []),
        ('"granted_units": {', '"extra": {"type": "string"}, "granted_units": {', []),  # none of before has it
        ('    "ordered_on",\n', "", ["["]),
    ],
)
def test_a_schema_of_its_own(folder: Path, old: str, new: str, under: list[str]) -> None:
    put(folder, "rulebook.yaml", "[voucher, invoice]", "[voucher, invoice, home_voucher]")
    (folder / "schemas").mkdir()
    shutil.copy(SCHEMA, folder / "schemas")
    commit(folder)
    assert rewritten(folder, "HEAD") == []
    put(folder, f"schemas/{SCHEMA.name}", old, new)
    found = rewritten(folder, "HEAD")
    assert [d.code for d in found] == ["E210"] * len(under)
    lines = (folder / f"schemas/{SCHEMA.name}").read_text("utf-8").splitlines()
    assert [lines[d.span.line - 1][d.span.column - 1] for d in found if d.span is not None] == under
    assert all(d.span.source == f"policies/small/schemas/{SCHEMA.name}" for d in found if d.span is not None)


LINE = '{"x-extends": "invoice", "$defs": {"line": {"properties": {%s}}}}'


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        (None, LINE % '"unit_price": {"maximum": 1}', ["/$defs/line/properties/unit_price/maximum"]),
        (None, LINE % '"remote": {"x-absent": null}', ["/$defs/line/properties/remote/x-absent"]),
        (LINE % '"unit_price": {"maximum": 1}', None, [""]),
        (LINE % '"title": {"type": "string"}', LINE % '"title": {"type": "string", "maxLength": 3}',
         ["/$defs/line/properties/title/maxLength"]),  # a field of the name, and no title
        (LINE % '"note": {"type": "string"}', LINE % '"note": {"type": "string", "title": "Note"}', []),
        (LINE % '"note": {"enum": ["a", "b"]}', LINE % '"note": {"enum": ["b", "a"], "x-sensitive": true}', []),
        (LINE % '"note": {"enum": ["a", "b"]}', LINE % '"note": {"enum": ["c", "a", "b"]}', []),
        (LINE % '"note": {"enum": ["a", "b"]}', LINE % '"note": {"enum": ["a"]}', ["/$defs/line/properties/note/enum"]),
        (LINE % '"properties": {"type": "object", "properties": {"x": {"type": "string"}}}',
         LINE % '"properties": {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]}',
         ["/$defs/line/properties/properties/required"]),  # a field of the name
    ],
)  # fmt: skip
def test_a_schema_laid_over_a_shipped_one(folder: Path, before: str | None, after: str | None, at: list[str]) -> None:
    own = folder / "schemas/invoice.schema.json"
    own.parent.mkdir()
    if before is not None:
        own.write_text(before, "utf-8")
        commit(folder)
        own.unlink()
    if after is not None:
        own.write_text(after, "utf-8")
    assert [d.pointer for d in rewritten(folder, "HEAD")] == at


def test_a_kind_may_be_added_and_not_taken_away(folder: Path) -> None:
    put(folder, "rulebook.yaml", "[voucher, invoice]", "[voucher, invoice, provider]")
    assert rewritten(folder, "HEAD") == []
    commit(folder)
    put(folder, "rulebook.yaml", ", provider]", "]")
    assert "the rulebook judges no `provider` any more" in rewritten(folder, "HEAD")[0].message


def test_a_rule_stays_with_its_kind(folder: Path) -> None:
    shutil.move(folder / "voucher/V901-price", folder / "invoice/V901-price")
    put(folder, "invoice/V901-price/2026-01-01.yaml", "voucher.unit_price", "invoice.total")
    commit(folder)
    shutil.move(folder / "invoice/V901-price", folder / "voucher/V901-price")
    assert "V901 judges the kind `voucher` and no longer `invoice`" in rewritten(folder, "HEAD")[0].message


@pytest.mark.parametrize(
    ("written", "old", "new", "codes"),
    [
        # a part that has the name of a text, a comment that takes a condition in, blanks within a text
        ("let:\n  unit: line.quantity\nrequire: unit <= 2", "unit: line.quantity", "unit: line.amount", ["E210"]),
        ("require: |\n  line.quantity <= 2\n  // and\n  and line.amount > 0", "// and\n  and", "// and and", ["E210"]),
        ("require: 'line.unit = \"a  b\"'", "a  b", "a b", ["E210"]),
        ("require: line.quantity <= 2", "<= 2", "<=  (2)  // two", ["W508"]),
        ("require: line.quantity <= 2", "line in invoice.lines", "line in  invoice.lines", ["W508"]),
        ("require: line.quantity <= 2", "line in invoice.lines", "line in invoice.lines, x in [1]", ["E210"]),
    ],
)
def test_what_an_expression_says_decides(folder: Path, written: str, old: str, new: str, codes: list[str]) -> None:
    put(folder, VERSION, "require: line.quantity <= parameters.limit", written)
    commit(folder)
    put(folder, VERSION, old, new)
    assert [d.code for d in rewritten(folder, "HEAD")] == codes


def test_a_definition_that_only_a_version_to_come_calls_may_change(folder: Path) -> None:
    put(folder, "definitions.yaml", "3 * n", "4 * n")
    assert rewritten(folder, "HEAD") == []


def test_links_are_followed_as_everywhere(folder: Path) -> None:
    shared = folder.parent.parent / "shared/parameters"
    shared.parent.mkdir()
    shutil.move(folder / "parameters", shared)
    (folder / "parameters").symlink_to("../../shared/parameters")
    (folder / "note.txt").symlink_to("/etc/hostname")
    commit(folder.parent.parent)
    assert rewritten(folder, "HEAD") == []
    put(shared, "limit.yaml", "value: 30", "value: 99")
    assert [d.code for d in rewritten(folder, "HEAD")] == ["E210"]


@pytest.mark.parametrize("where", ["/elsewhere", "../../ignored"])
def test_a_link_that_leads_out_of_the_repository_is_told(folder: Path, where: str) -> None:
    shutil.move(folder / "parameters", folder.parent.parent / "ignored")
    (folder / "parameters").symlink_to(where)
    commit(folder)
    with pytest.raises(ProblemError, match="led to nothing in the repository"):
        rewritten(folder, "HEAD")


def test_a_registry_is_not_corrected_in_the_past(folder: Path) -> None:
    for day in ("2026-05-01", "2026-07-01"):
        shutil.copy(folder / "clauses/2026-01-01.yaml", folder / f"clauses/2026-01-01@{day}.yaml")
    found = rewritten(folder, "HEAD")
    assert [(d.code, d.span.source if d.span else "") for d in found] == [
        ("E210", "policies/small/clauses/2026-01-01@2026-05-01.yaml")
    ]


def test_a_clause_is_no_number(folder: Path) -> None:
    put(folder, VERSION, "[6.m1]", "[6.m1, 5.1]")
    put(folder, LIMIT, "clause: 6.m1", "clause: 5.1")
    commit(folder)
    put(folder, VERSION, "5.1]", "5.10]")
    put(folder, LIMIT, "clause: 5.1", "clause: 5.10")
    assert [d.code for d in rewritten(folder, "HEAD")] == ["E210", "W508"]


def test_the_command_fails_for_it(folder: Path) -> None:
    put(folder, VERSION, "<= parameters", "< parameters")
    result = CliRunner().invoke(main, ["lint", str(folder), "--since", "HEAD"])
    assert result.exit_code == 2
    assert "error[E210]" in result.output
    assert "help: put the file back; a correction is a new file, `2026-01-01@YYYY-MM-DD.yaml`" in result.output


@pytest.mark.parametrize(
    ("name", "old", "new", "help"),
    [
        (
            "parameters/limit.yaml",
            "value: 30",
            "value: 31",
            "a new key in the same file, `2026-01-01@YYYY-MM-DD`, with",
        ),
        ("parameters/limit.yaml", "  2026-01-01:", "  2027-01-01:", "a new key in the same file, `2026-01-01@YYYY-"),
        ("parameters/limit.yaml", "type: number", "type: string", "put it back as it was"),
        ("clauses/2026-01-01.yaml", "  6.m1:", "  6.m7:", "a new file, `2026-01-01@YYYY-MM-DD.yaml`"),
        ("rulebook.yaml", "id: small", "id: other", "put it back as it was"),
    ],
)
def test_the_hint_says_where_a_correction_goes(folder: Path, name: str, old: str, new: str, help: str) -> None:
    put(folder, name, old, new)
    assert help in rewritten(folder, "HEAD")[0].help


def test_a_ref_that_git_does_not_know(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ProblemError, match="git: "):
        rewritten(folder, "no-such-tag")
    written = folder / "written"
    with pytest.raises(ProblemError, match="is no single commit"):
        rewritten(folder, f"--output={written}")
    assert not written.exists()
    for ref in ("HEAD..HEAD", "^HEAD", "HEAD:policies", "HEAD^{tree}"):
        with pytest.raises(ProblemError, match="E501"):
            rewritten(folder, ref)
    elsewhere = small.write(tmp_path_factory.mktemp("no-repository"))
    with pytest.raises(ProblemError, match="git: "):
        rewritten(elsewhere, "HEAD")


def test_what_is_written_late_after_the_commit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry is of the past when it was in force before it was written, however old the commit is."""
    late = folder / "invoice/I901-quantity/2026-09-01.yaml"
    late.write_text(small.RULE, "utf-8")
    put(folder, LIMIT, "    reference: here\n", "    reference: here\n" + value("2026-08-01") + value("2026-10-01"))
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-08-15T12:00:00Z")
    commit(folder)
    assert [d.message for d in rewritten(folder, "HEAD~")] == [
        "`limit` has a new value from 2026-08-01, in the past",
    ]
    late.write_text(small.RULE.replace("Syy", "Peruste"), "utf-8")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-15T12:00:00Z")
    commit(folder)
    assert [d.pointer for d in rewritten(folder, "HEAD~2")] == ["/values/2026-08-01"]


def test_a_new_rulebook_has_no_past_and_a_hook_asks_of_its_own_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "new"
    shutil.copytree(folder, new)
    assert rewritten(new, "HEAD") is None
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    assert rewritten(folder, "HEAD") == []


def test_a_rulebook_that_was_moved_is_compared_with_where_it_stood(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    folder.rename(moved)
    put(moved, VERSION, "<=", "<")
    assert [d.code for d in rewritten(moved, "HEAD") or ()] == ["E210"]
    put(moved, "rulebook.yaml", "id: ", "id: another-")
    assert rewritten(moved, "HEAD") is None
    for broken in ("titles: {}\n", "- a\n"):
        (moved / "rulebook.yaml").write_text(broken, "utf-8")
        assert rewritten(moved, "HEAD") is None


WEEK = """\
title: {fi: Viikko, en: Week}
clause: 1.m1
type: string
values:
"""


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"2026-01-01": "monday-friday"}, []),
        ({"2026-01-01": "monday-friday", "2026-07-01": "monday-saturday"}, []),
        ({"2026-01-01": "monday-saturday"}, ["E210"]),
        ({"2026-01-01": "monday-friday", "2026-05-01": "monday-saturday"}, ["E210"]),
        ({"2026-02-01": "monday-friday"}, ["E210"]),  # none at all before
    ],
)
def test_a_new_working_week_begins_with_what_counted_without_it(
    folder: Path, values: dict[str, str], codes: list[str]
) -> None:
    parameter = folder / "parameters/working_week.yaml"
    entries = [f"  {day}:\n    value: {week}\n    reference: here\n" for day, week in values.items()]
    parameter.write_text(WEEK + "".join(entries), "utf-8")
    assert rewritten(folder, "HEAD") == []  # no rule counts working days
    parameter.unlink()
    put(folder, VERSION, "twice(line.quantity) >= 0", "is working  day (line.service_date)")
    commit(folder)
    parameter.write_text(WEEK + "".join(entries), "utf-8")
    assert [d.code for d in rewritten(folder, "HEAD") or ()] == codes
