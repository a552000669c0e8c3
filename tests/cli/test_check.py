"""The command line as a CI gate uses it: exit codes, what is refused, formats."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ktt_policy.cli import main

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
CEILINGS = str(FIXTURES / "example-ceilings.yaml")
ON = "2026-11-24"


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=stdin)


def check(*arguments: str, stdin: bytes | None = None) -> Result:
    return run("check", "--on", ON, "--parameters", CEILINGS, *arguments, stdin=stdin)


CONFORMING = str(FIXTURES / "conforming")
VIOLATING = str(FIXTURES / "violating/I601-line-amount.json")


def test_exit_0_conforms() -> None:
    assert check(CONFORMING).exit_code == 0


def test_exit_1_violation_with_its_place_and_clause() -> None:
    result = check("--lang", "en", "--select", "I601", VIOLATING)
    assert result.exit_code == 1
    assert "I601 error: Line 1: the amount is 92.26 €" in result.output
    assert "I601-line-amount.json:" in result.output
    assert "^^^^^" in result.output
    assert "pohjois-savo-ktt@2026-01-01 6.m1" in result.output


def test_exit_3_undecided_unless_allowed() -> None:
    undecided = run("check", "--on", ON, "--lang", "en", CONFORMING)
    assert undecided.exit_code == 3
    assert "I611 undecided: the parameter `ceilings` has no value" in undecided.output
    assert run("check", "--on", ON, "--allow-undecided", CONFORMING).exit_code == 0


BROKEN = [
    (b"", "E108"), (b"   \n", "E108"), (b"{", "E103"), (b"\xff{}", "E102"), (b"[]", "E109"), (b'"x"', "E109"),
    (b"{}", "E109"), (b'{"document_type": {}}', "E109"),
    (b'{"document_type": []}', "E109"), (b'{"document_type": "invoic"}', "E109"),
    (b'{"a": 1, "a": 2}', "E104"), (b"[1]", "E109"),
    (b'{"document_type": "invoice", "total": NaN}', "E105"), (b"[" * 200, "E106"), (b"null", "E109"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "code"), BROKEN)
def test_exit_2_for_what_is_no_document(tmp_path: Path, raw: bytes, code: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(raw)
    result = check(str(path))
    assert result.exit_code == 2
    assert f"error[{code}]" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("kind", "what"),
    [("5", "a number"), ("null", "null"), ("{}", "an object"), ("[]", "an array"), ("true", "true or false")],
)
def test_the_kind_of_a_document_is_a_text(tmp_path: Path, kind: str, what: str) -> None:
    (tmp_path / "x.json").write_text(f'{{"document_type": {kind}}}')
    result = check(str(tmp_path / "x.json"))
    assert f"no document: `document_type` must be a text, not {what}\n" in result.stderr
    assert "help: one of provider, voucher, invoice" in result.stderr


@pytest.mark.parametrize("number", ["1e-99999999999999999999", "-1E99999999999999999999", "0e+99999999999999999999"])
def test_an_exponent_that_no_number_has_is_told_with_its_file(tmp_path: Path, number: str) -> None:
    for name, tree in (
        ("document", f'{{"document_type": "invoice", "total": {number}}}'),
        ("values", f'{{"individual_hours": {{"2026-01-01": {number}}}}}'),
        ("names", f'{{"a": {number}}}'),
    ):
        (tmp_path / f"{name}.json").write_text(tree)
    document, values, names = (str(tmp_path / f"{name}.json") for name in ("document", "values", "names"))
    told = check(document, VIOLATING, "--select", "I601")
    assert "I601" in told.stdout
    for result in (told, run("check", VIOLATING, "--parameters", values), run("eval", "a", "--context", names)):
        assert (result.exit_code, "error[E105]" in result.stderr) == (2, True), result.stderr


def test_exit_2_whatever_the_other_files_say_and_their_findings_are_told(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    result = check(str(tmp_path / "bad.json"), VIOLATING, "--select", "I601")
    assert result.exit_code == 2
    assert "I601" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nowhere.json"], "cannot read"),
        (["*.nothing"], "no file matches"),
        ([CONFORMING, "--select", "I999"], "no rule code"),
        ([CONFORMING, "--rulebook", "nowhere"], "no rulebook"),
        ([CONFORMING, "--parameters", "nowhere.yaml"], "cannot read"),
        ([CONFORMING, "--on", "31.1.2026"], "is no date"),
        ([CONFORMING, "--output", "xml=x"], "FORMAT=FILE"),
        ([], "Missing argument"),
    ],
)
def test_exit_2_for_wrong_use(arguments: list[str], text: str) -> None:
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert text in result.stderr


@pytest.mark.parametrize("command", [["check", CONFORMING], ["explain", "I603"], ["diff", "2026-01-01", "2026-12-01"]])
def test_a_second_file_of_parameters_does_not_take_the_place_of_the_first(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "hours.yaml").write_text("individual_hours: {2026-01-01: 1}")
    for files in ([tmp_path / "hours.yaml", CEILINGS], [CEILINGS, tmp_path / "hours.yaml"]):
        result = run(*command, *(f"--parameters={file}" for file in files))
        assert result.exit_code == 2
        assert "`--parameters` is given more than once" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain", "I601", "--context", CONFORMING], "`--context` does nothing without `--document`"),
        (["explain", "I601", "--complete"], "`--complete` does nothing without `--document`"),
        (["diff", "2026-01-01", "2026-12-01", "--context", CONFORMING], "`--context` does nothing without `--docum"),
        (["diff", "2026-01-01", "2026-12-01", "--on", ON], "`--on` does nothing without `--documents`"),
        (["lint", str(ROOT / "policies/pohjois-savo-ktt"), "--rulebook", "x"], "the rulebook is given twice"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, said in result.stderr) == (2, True), result.output


def test_an_empty_folder_is_not_green(tmp_path: Path) -> None:
    assert check(str(tmp_path)).exit_code == 2


def documents() -> list[Any]:
    paths = sorted((FIXTURES / "conforming").rglob("*.json"))
    return [json.loads(p.read_text("utf-8"), parse_float=str) for p in paths]


def test_arrays_lines_and_stdin_give_the_same(tmp_path: Path) -> None:
    raws = [p.read_bytes() for p in sorted((FIXTURES / "conforming").rglob("*.json"))]
    array = b"[" + b",".join(raws) + b"]"
    lines = b"\n".join(b" ".join(raw.split(b"\n")) for raw in raws)
    (tmp_path / "all.json").write_bytes(b"\xef\xbb\xbf" + array)
    (tmp_path / "all.ndjson").write_bytes(lines)
    outcomes = []
    for result in (
        check("--format", "json", str(tmp_path / "all.json")),
        check("--format", "json", str(tmp_path / "all.ndjson")),
        check("--format", "json", "-", stdin=array),
        check("--format", "json", "-", stdin=lines),
        check("--format", "json", CONFORMING),
    ):
        assert result.exit_code == 0, result.output
        data = json.loads(result.stdout)
        outcomes.append((data["summary"], data["rules"]))
    assert all(o == outcomes[0] for o in outcomes)


def test_a_stream_may_be_longer_than_a_document() -> None:
    voucher = json.dumps(json.loads((FIXTURES / "conforming/vouchers/work-ability.json").read_text("utf-8")))
    lines = [voucher.replace('"PS-', f'"{number}-').encode() for number in range(3)]
    limit = ["--max-bytes", str(len(voucher) + 9), "--lang", "en"]
    assert "3 documents read" in check("-", *limit, stdin=b"\n".join(lines)).stdout
    refused = check("-", *limit, stdin=b"[" + b",".join(lines) + b"]")
    assert refused.exit_code == 2
    assert "E107" in refused.stderr


def test_lines_count_physical_lines(tmp_path: Path) -> None:
    raw = (FIXTURES / "violating/V601-total-value.json").read_bytes()
    good, bad = b'{"document_type": "x"}', json.dumps(json.loads(raw)[0]).encode()
    path = tmp_path / "x.ndjson"
    path.write_bytes(b"\n\n" + good + b"\n" + bad + b"\n")
    result = check("--format", "json", str(path), "--select", "V601")
    assert result.exit_code == 2
    data = json.loads(result.stdout)
    assert data["problems"][0]["span"]["line"] == 3
    assert data["findings"][0]["place"]["span"]["line"] == 4


def test_a_broken_first_line_does_not_hide_the_others() -> None:
    voucher = json.dumps(json.loads((FIXTURES / "conforming/vouchers/work-ability.json").read_text("utf-8"))).encode()
    result = check("-", "--lang", "en", "--max-bytes", str(10**30), stdin=b'{"a": }\n' + voucher + b"\n")
    assert result.exit_code == 2
    assert "1 document read" in result.stdout
    assert "<stdin>:1:7" in result.stderr


@pytest.mark.parametrize("most", [10**11, 10**30])
def test_a_limit_beyond_all_memory_is_a_limit_like_any_other(most: int) -> None:
    assert check("--max-bytes", str(most), VIOLATING).exit_code == 1


def test_json_holds_what_a_finding_rests_on() -> None:
    data = json.loads(check("--format", "json", "--lang", "en", VIOLATING, "--select", "I601").stdout, parse_float=str)
    finding = data["findings"][0]
    assert finding["values"] == {"right": "92.25", "line.amount": "92.26"}
    assert finding["place"]["pointer"] == "/2/lines/0/amount"
    assert finding["clauses"][0]["clause"] == "6.m1"
    assert finding["version"] == "2026-01-01"
    assert len(data["rulebook"]["sha256"]) == 64
    assert all(len(d["sha256"]) == 64 for d in data["documents"])


def test_a_report_says_what_it_rests_on() -> None:
    data = json.loads(check("--format", "json", "--select", "I601,6.m4", "--ignore", "I608", VIOLATING).output)
    assert (data["select"], data["ignore"]) == (["I601", "6.m4"], ["I608"])
    digest = hashlib.sha256(Path(CEILINGS).read_bytes()).hexdigest()
    assert data["parameters"] == {"file": CEILINGS, "sha256": digest}
    (note,) = [n for n in data["notes"] if n["kind"] == "chosen rules"]
    assert note["message"] == "vain valitut säännöt tarkastettiin: I601, 6.m4; pois jätettiin: I608"
    whole = json.loads(run("check", "--on", ON, "--format", "json", VIOLATING).output)
    assert (whole["select"], whole["ignore"], whole["parameters"]) == ([], [], None)
    assert "chosen rules" not in [n["kind"] for n in whole["notes"]]


@pytest.mark.parametrize(("option", "value"), [("--select", ""), ("--ignore", " , ")])
def test_a_choice_of_nothing_is_a_slip(option: str, value: str) -> None:
    result = check(option, value, VIOLATING)
    assert result.exit_code == 2
    assert f"{option} names no rule and no clause" in result.output


def test_a_finding_on_a_group_names_the_parameters_that_gathered_it() -> None:
    path = str(FIXTURES / "violating/I502-two-missed-visits.json")
    data = json.loads(run("check", "--on", ON, "--format", "json", "--select", "I502", path).output)
    (finding,) = data["findings"]
    assert {one["name"] for one in finding["parameters"]} == {"missed_units_a_month", "billable_misses"}


def test_sensitive_values_are_masked(tmp_path: Path) -> None:
    tree = json.loads((FIXTURES / "conforming/vouchers/assessment.json").read_text("utf-8"))
    tree["client"]["personal_identity_code"] = "130491-903X"
    tree["client"]["client_ref"] = "130491-903D"
    path = tmp_path / "x.json"
    path.write_text(json.dumps(tree))
    for name in ("text", "json"):
        result = check("--format", name, str(path))
        assert result.exit_code == 1
        assert "130491" not in result.output


@pytest.mark.parametrize(
    ("expression", "output"),
    [
        ("0.1 + 0.2", "0.3"),
        ('@"P4M"', '"P4M"'),
        ("[1, null]", "[1, null]"),
        ("{a: 1.50}", '{"a": 1.50}'),
        ("-1 + 2", "1"),
        ("-(1)", "-1"),
    ],
)
def test_eval_prints_json(expression: str, output: str) -> None:
    assert run("eval", expression).stdout.strip() == output


def test_eval_with_context_and_type(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"lines": [{"amount": 62.88}, {"amount": 0.12}]}')
    arguments = ["eval", "sum(lines.amount)", "--context", str(tmp_path / "c.json")]
    assert run(*arguments).stdout.strip() == "63.00"
    assert run(*arguments, "--type").stdout.strip() == "number"
    wrong = run("eval", "sum(lines.amunt)", "--context", str(tmp_path / "c.json"))
    assert wrong.exit_code == 2
    assert "did you mean `amount`?" in wrong.stderr


def test_eval_says_why_a_value_is_not_known() -> None:
    unknown, stated = run("eval", "1 / 0"), run("eval", "null")
    assert (unknown.stdout, unknown.stderr) == ("null\n", "note: not known: division by zero\n")
    assert (stated.stdout, stated.stderr) == ("null\n", "")
    assert (unknown.exit_code, stated.exit_code) == (0, 0)


def test_schema_lint_and_test() -> None:
    assert json.loads(run("schema", "invoice").stdout)["x-key"] == "invoice_number"
    assert "policy/rule" in run("schema").stdout
    assert run("schema", "rule").stdout == run("schema", "policy/rule").stdout
    assert run("schema", "invoise").exit_code == 2
    assert "0 errors" in run("lint").stdout
    assert run("test", "I601").exit_code == 0
    assert run("chek").exit_code == 2


def test_rules_that_cancel_out_judge_nothing() -> None:
    assert check("--select", "I601", "--ignore", "I601", VIOLATING).exit_code == 2


@pytest.mark.parametrize("code", ["S000", "S001"])
def test_findings_of_no_policy_can_be_chosen(code: str) -> None:
    provider = str(ROOT / "fixtures/conforming/provider.json")
    (violating,) = (ROOT / "fixtures/violating").glob(f"{code}-*.json")
    assert run("check", provider, "--select", code).exit_code == 0
    assert run("check", str(violating), "--select", code).exit_code == 1
    assert run("check", str(violating), "--select", "I601").exit_code == 2
    assert run("check", provider, "--select", code, "--jobs", "2").exit_code == 0


def test_documents_that_no_chosen_rule_judges_were_read_all_the_same() -> None:
    result = run("check", str(ROOT / "fixtures/conforming/provider.json"), "--select", "I601")
    assert result.exit_code == 2
    assert "\n1 asiakirja luettu, 1 tarkastettu\n" in result.stdout
    assert "error[E115]: no chosen rule judges what was given (provider)" in result.stderr
    assert "suomeksi: Mikään valittu sääntö ei tarkasta annettua. Anna asiakirjoja, joiden lajia" in result.stderr


@pytest.mark.parametrize("spoilt", ["{bad", '{"document_type": "voucher", "voucher_id": 5}'])
def test_complete_says_nothing_of_a_document_that_was_given_unreadable(tmp_path: Path, spoilt: str) -> None:
    folder = tmp_path / "dossier"
    shutil.copytree(CONFORMING, folder)
    voucher = folder / "vouchers/individual-coaching.json"
    voucher.unlink()
    gone = json.loads(check("--complete", "--format", "json", str(folder)).output)
    assert {f["outcome"] for f in gone["findings"] if f["code"] == "I603"} == {"violated"}
    voucher.write_text(spoilt)
    result = check("--complete", "--format", "json", str(folder))
    report = json.loads(result.stdout)
    assert result.exit_code in (1, 2)
    assert {f["outcome"] for f in report["findings"] if f["code"] == "I603"} == {"undecided"}
    assert [n["kind"] for n in report["notes"]] == ["not complete"]
    assert report["complete"] is True


def test_a_parameter_takes_durations_of_its_own_kind_only(tmp_path: Path) -> None:
    given = tmp_path / "p.json"
    for value, code in (("P30D", 2), ("P5M", 0)):
        given.write_text(json.dumps({"max_period": {"2026-01-01": value}}))
        result = run("check", "--on", ON, "--parameters", str(given), "--select", "V305", CONFORMING)
        assert result.exit_code == code
        assert ("of another kind than `P4M`" in result.stderr) == (code == 2)


@pytest.mark.parametrize(
    ("name", "written", "said", "place"),
    [
        ("p.yaml", "ceilings: 3", "the value of `ceilings` is no mapping", ":1:11 /ceilings"),
        ("p.yaml", "x:\n  2026-01-01: 1", "unknown parameter `x`", ":1:1 /x"),
        ("p.yaml", "ceilings:\n  2026-02-30: {}", "`2026-02-30` of `ceilings` is no date", ":2:3 /ceilings/2026-02-30"),
        ("p.yaml", "ceilings:\n  2026-01-01:\n    assessment: 7\n    group_coaching: free",
         "group_coaching: `free` is no number", ":4:21 /ceilings/2026-01-01/group_coaching"),
        ("p.yaml", "ceilings:\n  2026-01-01:\n    group_coachng: 83.50",
         "unknown key `group_coachng` of `ceilings` from 2026-01-01", ":3:5 /ceilings/2026-01-01/group_coachng"),
        ("p.yaml", "max_period:\n  2026-01-01: {value: P5M, refrence: x}", "unknown key `refrence` of `max_period`",
         ":2:28 /max_period/2026-01-01/refrence"),
        ("p.yaml", "max_period:\n  2026-01-01: {value: 4, reference: x}", "`4` is no duration",
         ":2:23 /max_period/2026-01-01/value"),
        ("p.json", '{"max_period":\n  {"2026-01-01": 4}}', "`max_period` from 2026-01-01: `4` is no duration",
         ":2:18 /max_period/2026-01-01"),
        ("p.json", "[]", "this is no mapping of parameter", ":1:1"),
        ("p.yaml", "", "help: the file is empty, or holds only comments", "` is empty"),
    ],
)  # fmt: skip
def test_a_fault_in_a_parameters_file_has_its_place(
    tmp_path: Path, name: str, written: str, said: str, place: str
) -> None:
    given = tmp_path / name
    given.write_text(written, "utf-8")
    result = run("check", "--on", ON, "--parameters", str(given), CONFORMING)
    assert result.exit_code == 2
    assert said in result.stderr
    assert f"{given}{place}\n" in result.stderr


def test_a_report_never_takes_the_place_of_what_was_read(tmp_path: Path) -> None:
    document = tmp_path / "w.json"
    shutil.copy(VIOLATING, document)
    before = document.read_bytes()
    assert check(str(document), "--output", f"json={tmp_path}/./w.json").exit_code == 2
    assert document.read_bytes() == before
