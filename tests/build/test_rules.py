"""Wrong policy files: each error with its file, line and column, all of them in one run."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from ktt_policy import Rulebook
from ktt_policy.build.assemble import build
from ktt_policy.diagnostics import Diagnostic, render
from ktt_policy.expr.typed import LOOPED
from ktt_policy.lint import lint
from tests import small

RULE = small.RULE
CONFORMING = Path(__file__).parents[2] / "fixtures/conforming"
FOLDER, FILE = "I901-quantity", "2026-01-01.yaml"


def rulebook(tmp_path: Path, rule: str = RULE, name: str = FOLDER, file: str = FILE) -> Path:
    """The small rulebook with its rule on invoices in other words, or under another name."""
    without = {f"invoice/{FOLDER}/{FILE}": None, f"invoice/{FOLDER}/cases.yaml": None}
    return small.write(tmp_path, {**without, f"invoice/{name}/{file}": rule})


def problems(folder: Path) -> list[Diagnostic]:
    data, found = build(folder, "x")
    assert (data is None) == any(d.severity == "error" for d in found)
    return found


def test_the_rule_itself_is_right(tmp_path: Path) -> None:
    assert problems(rulebook(tmp_path)) == []


WRONG = [
    # what stands, what is written instead, code, line, column, help
    ("line.quantity <=", "line.quantty <=", "E402", 6, 15, "`quantity`"),
    ("parameters.limit", "parameters.limt", "E412", 6, 38, "`limit`"),
    ("line.quantity <= parameters.limit", "line.quantity", "E408", 6, 10, ""),
    ("line.quantity <= parameters.limit", 'line.event = "deliverd"', "E406", 6, 23, "`delivered`"),
    ("line.quantity <= parameters.limit", "line.service_date < 5", "E405", 6, 10, ""),
    ("date: line.service_date", "date: line.quantity", "E408", 5, 7, ""),
    ("line in invoice.lines", "line in invoice.total", "E408", 4, 19, ""),
    ("line in invoice.lines", "line of invoice.lines", "E301", 4, 16, ""),
    ("[6.m1]", "[6.m9]", "E203", 2, 11, "`6.m2`"),
    ("on {line.quantity},", "on {line.quantty},", "E402", 8, 23, "`quantity`"),
    (small.RULE.splitlines()[7], "  fi: '{line.quantty}'", "E402", 8, 14, "`quantity`"),
    ("on {line.quantity},", "on {line.quantity,", "E301", 8, 7, "{{"),
    ("severity: error", "severity: fatal", "E201", 3, 11, ""),
    ("severity: error", "severty: error", "E201", 3, 1, "`severity`"),
    ("severity: error", "severity: error\nrepealed: true", "E201", 1, 1, "a repeal says no more than `clauses`"),
    ("severity: error", "severity: error\nscope: run", "E201", 4, 8, "leave it out"),
    ("severity: error", "severity: error\nlet:\n  line: 1", "E409", 5, 9, ""),
    ("severity: error", "severity: error\nlet:\n  today: 1", "E410", 5, 10, ""),
    ("severity: error", "severity: error\nlet: {x: 1}", "E205", 4, 10, "block style"),
    ("severity: error", "severity: error\nlet:\n  if: 1", "E410", 5, 7, "no keyword"),
    ("severity: error", "severity: error\nlet:\n  a b: 1", "E410", 5, 8, "no keyword"),
    ("severity: error", "severity: error\ngroup_by:\n  group: line.voucher_id", "E410", 5, 10, "another name"),
    ("severity: error", "severity: error\ngroup_by:\n  1x: line.voucher_id", "E410", 5, 7, "no keyword"),
    ("severity: error", "severity: error\ngroup_by:\n  line: line.voucher_id", "E409", 5, 9, "another name"),
    ("line in invoice.lines", "line in invoice.lines, line in invoice.lines", "E409", 4, 34, "another name"),
    ("line in invoice.lines", "line invoice.lines", "E301", 4, 16, ""),
    ("severity: error", "severity: error\nat: 1 + 1", "E408", 4, 5, "`line.amount`"),
    ("severity: error", "severity: error\nat: parameters.limit", "E408", 4, 5, "`line.amount`"),
    ("severity: error", "severity: error\nat: due\nlet:\n  due: line.service_date", "E408", 4, 5, "`line.amount`"),
    ("severity: error", "severity: error\nat: '[line.amount, 5]'", "E408", 4, 5, "`line.amount`"),
    ("severity: error", "severity: error\nat: dates\nlet:\n  dates: invoice.lines.service_date", "E408", 4, 5, "`line"),
    ("severity: error", 'severity: error\nat: related("voucher", "x").notices[true]', "E408", 4, 5, "`line.amount`"),
    ("severity: error", "severity: error\nat: if 1 = 1 then line.amount else 5", "E408", 4, 5, "`line.amount`"),
    ("require: line.quantity", 'require: "line.quantity', "E110", 0, 0, ""),
    (
        "line.quantity <= parameters.limit",
        "every a in invoice.lines, b in invoice.lines, c in invoice.lines satisfies a.amount > b.amount + c.amount",
        "E411", 6, 10, "group the items",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "line", "column", "help_"), WRONG)
def test_an_error_has_its_place(
    tmp_path: Path, old: str, new: str, code: str, line: int, column: int, help_: str
) -> None:
    assert old in RULE
    found = problems(rulebook(tmp_path, RULE.replace(old, new, 1)))
    first = next(d for d in found if d.severity == "error")
    assert first.code == code, render(first)
    assert help_ in first.help
    if line:
        assert first.span is not None
        assert (first.span.line, first.span.column) == (line, column), render(first)
        assert first.span.source.endswith(f"{FOLDER}/{FILE}")


BROKEN = [
    # what stands, what is written instead, message
    ("clauses: [6.m1]", "clauses: [{clause: 6.m1}]", "`when` is missing"),
    ("clauses: [6.m1]", "clauses: [{clause: 6.m1, whn: x}]", "unknown key `whn`"),
    ("clauses: [6.m1]", "clauses: [[6.m1]]",
     "an item of `clauses` must be a text or a number or a mapping of keys to values, not a list"),
    ("clauses: [6.m1]", "clauses: 6.m1", "`clauses` must be a list, not the text `6.m1`"),
    ("clauses: [6.m1]", "clauses: []", "`clauses` is empty"),
    ("severity: error", "severity: fatal", "`severity` must be one of `error`, `warning`, not `fatal`"),
    ("severity: error", "severity:", "`severity` must be one of `error`, `warning`, not null"),
    ("severity: error", "severity: error\nrepealed: 1", "`repealed` must be true, not 1"),
    ("severity: error", "severity: error\nrepealed: 'true'", "`repealed` must be true, not the text `true`"),
    ("severity: error", "severity: error\nwhn: true", "unknown key `whn`"),
    ("date: line.service_date", "date:", "`date` must be a text or a number or true or false, not null"),
    ("explanation: {fi: Syy, en: Reason}", "explanation: {fi: '', en: Reason}", "`fi` is empty"),
    ("explanation: {fi: Syy, en: Reason}", "published_on: 1.1.2026", "`explanation` is missing"),
    ("explanation: {fi: Syy, en: Reason}", "published_on: 1.1.2026", "`1.1.2026` is not written as it must be"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), BROKEN)
def test_what_breaks_the_schema_is_said_in_plain_words(tmp_path: Path, old: str, new: str, message: str) -> None:
    found = problems(rulebook(tmp_path, RULE.replace(old, new, 1)))
    assert {d.code for d in found} == {"E201"}  # and not that the rule has no version
    assert message in [d.message for d in found]


@pytest.mark.parametrize(
    ("docs", "sound"),
    [
        ("https://rules.example/a", True),
        ("http://localhost:8000", True),
        ("javascript:alert(1)//", False),
        ("rules.example", False),
        ("'https://rules.example/a b'", False),
        ("|\n  https://rules.example", False),
    ],
)
def test_findings_link_to_addresses_of_the_web_only(tmp_path: Path, docs: str, sound: bool) -> None:
    folder = small.write(tmp_path, {"rulebook.yaml": f"{small.RULEBOOK}docs: {docs}\n"})
    assert [(d.code, d.pointer) for d in problems(folder)] == ([] if sound else [("E201", "/docs")])


def test_each_missing_key_is_told_with_what_to_add(tmp_path: Path) -> None:
    found = problems(rulebook(tmp_path, "clauses: [6.m1]\nseverity: error\nrequire: 'true'\n"))
    assert [(d.message, d.help.partition(":`")[0]) for d in found] == [
        (f"`{key}` is missing", f"add `{key}") for key in ("title", "message", "explanation")
    ]


def test_a_rule_without_any_version(tmp_path: Path) -> None:
    folder = rulebook(tmp_path, RULE, file="cases.yaml")
    assert [d.message.partition("` ")[2] for d in problems(folder)] == ["has no version"]


def test_all_errors_are_told_and_a_type_error_names_the_schema_property(tmp_path: Path) -> None:
    rule = RULE.replace("date: line.service_date", "date: line.quantity").replace("<= parameters.limit", '= "x"')
    found = problems(rulebook(tmp_path, rule))
    assert [d.code for d in found] == ["E408", "E405"]
    related = found[0].related[0]
    assert related.span.source == "schemas/invoice.schema.json"
    assert related.span.line > 1


@pytest.mark.parametrize(
    ("name", "file", "code"),
    [("i901-a-rule", "2026-01-01.yaml", "E202"), ("I901-a-rule", "2026-1-1.yaml", "E202"), ("I901", "x.yaml", "E202")],
)
def test_names_are_checked(tmp_path: Path, name: str, file: str, code: str) -> None:
    assert problems(rulebook(tmp_path, RULE, name, file))[0].code == code


@pytest.mark.parametrize("clause", ["../../evil", "a/b", "Foo bar", "2..m1", "1,2", "#x", "I101", ".m1", "m1."])
def test_the_id_of_a_clause_has_its_form(tmp_path: Path, clause: str) -> None:
    folder = rulebook(tmp_path)
    path = folder / "clauses/2026-01-01.yaml"
    path.write_text(path.read_text("utf-8").replace("  6.m2.k1:", f'  "{clause}":'), "utf-8")
    found = problems(folder)
    assert [d.code for d in found] == ["E201"]
    assert "Letters, digits and dots" in found[0].help


@pytest.mark.parametrize(
    ("written", "at", "words"),
    [
        ("date: line.service_date + @\"P1D\" * parameters.limit\n", "/date", "`date` cannot go by the parameter"),
        ("let:\n  late: line.service_date + @\"P1D\" * parameters.limit\ndate: late\n", "/let/late",
         "`date` cannot go by"),
        ("group_by:\n  voucher: line.voucher_id\ngroup_date: max(group.service_date) + @\"P1D\" * parameters.limit\n",
         "/group_date", "`group_date` cannot go by the parameter `parameters.limit`"),
    ],
)  # fmt: skip
def test_a_reference_date_goes_by_no_parameter(tmp_path: Path, written: str, at: str, words: str) -> None:
    require = "sum(group.quantity) >= 0" if "group" in written else "line.quantity >= 0"
    text = RULE.replace("date: line.service_date\n", written).replace("line.quantity <= parameters.limit", require)
    text = re.sub(r"(?m)^  (fi|en): .*$", r"  \1: abc", text)
    found = [d for d in problems(rulebook(tmp_path, text)) if d.code == "E201"]
    assert [d.pointer for d in found] == [at]
    assert words in found[0].message


def test_any_name_may_be_given(tmp_path: Path) -> None:
    text = RULE.replace("line", "self").replace("invoice.selfs", "invoice.lines")
    assert problems(rulebook(tmp_path, text)) == []


def test_a_code_belongs_to_one_rule(tmp_path: Path) -> None:
    folder = rulebook(tmp_path)
    other = folder / "invoice/I901-another"
    other.mkdir()
    (other / "2026-01-01.yaml").write_text(RULE, "utf-8")
    assert "E204" in [d.code for d in problems(folder)]


def test_a_type_that_is_unknown_is_told_with_the_nearest(tmp_path: Path) -> None:
    folder = rulebook(tmp_path)
    entry = "    title: {fi: A, en: A}\n    arguments: {v: vouchr}\n    expression: 1 = 1\n"
    (folder / "definitions.yaml").write_text(f"definitions:\n  twice:\n{entry}", "utf-8")
    found = next(d for d in problems(folder) if d.code == "E401")
    assert (found.message, found.help) == ("unknown type `vouchr`", "did you mean `voucher`?")


@pytest.mark.parametrize("line", ["having: true", "group_date: line.service_date", "scope: run"])
def test_what_groups_have_stands_with_group_by(tmp_path: Path, line: str) -> None:
    rule = RULE.replace("date: line.service_date\n", "").replace("require:", f"{line}\nrequire:")
    found = problems(rulebook(tmp_path, rule))[0]
    key = line.partition(":")[0]
    assert (found.message, found.pointer) == (f"`{key}` stands only with `group_by`", f"/{key}")
    assert found.excerpt == line


def test_a_name_is_not_called_unused_where_its_use_is_wrong(tmp_path: Path) -> None:
    rule = RULE.replace("require: line.quantity", "let:\n  known: 1\nrequire: known + line.nothing")
    assert [d.code for d in problems(rulebook(tmp_path, rule))] == ["E402"]


def test_lint_doubts(tmp_path: Path) -> None:
    rule = RULE.replace("severity: error", "severity: error\nlet:\n  unused: 1").replace("<= parameters.limit", "> 0")
    rule = rule.replace(small.RULE.splitlines()[8], '  en: "none"')
    found = lint(rulebook(tmp_path, rule))
    assert [d.code for d in found] == ["W401", "W504", "W503"]


@pytest.mark.parametrize(
    ("require", "doubts"),
    [
        ("voucher.ended.on >= line.service_date", ["W402"]),
        ("voucher.ended = null or voucher.ended.on >= line.service_date", []),
        ("ended = null or ended.on >= line.service_date", []),
    ],
)
def test_lint_warns_of_a_null_that_is_compared_without_a_guard(tmp_path: Path, require: str, doubts: list[str]) -> None:
    lets = 'let:\n  voucher: related("voucher", line.voucher_id)\n  ended: voucher.ended\n'
    rule = RULE.replace("require: line.quantity <= parameters.limit", f"{lets}require: {require}")
    assert [d.code for d in lint(rulebook(tmp_path, rule)) if d.code == "W402"] == doubts


def test_a_let_of_no_item_is_known_in_the_group(tmp_path: Path) -> None:
    group = "group_by:\n  client: line.client_ref\nlet:\n  most: parameters.limit * 2\n  own: line.quantity\n"
    rule = RULE.replace("require: line.quantity <= parameters.limit", f"{group}require: count(group) < most")
    rule = rule.replace("{line.quantity}", "{client}").replace("date: line", "when: own > 0\ndate: line")
    assert problems(rulebook(tmp_path / "free", rule)) == []
    bound = problems(rulebook(tmp_path / "bound", rule.replace("< most", "< most + own")))
    assert [d.code for d in bound if d.severity == "error"] == ["E401"]


UNDATED = small.RULE.replace("date: line.service_date\n", "").replace("line.quantity <= ", "sum(group.quantity) <= ")
UNDATED = UNDATED.replace("{line.quantity}", "{count(group)}")
WITHOUT_A_DATE = [
    # lines of a rule with `group_date`, where the parameter is read
    ("when: line.quantity < parameters.limit\ngroup_by:\n  v: line.voucher_id", "/when"),
    ("group_by:\n  v: line.quantity < parameters.limit", "/group_by/v"),
    ("let:\n  small: line.quantity < parameters.limit\nwhen: small\ngroup_by:\n  v: line.voucher_id", "/let/small"),
]


@pytest.mark.parametrize(("lines", "pointer"), WITHOUT_A_DATE)
def test_with_group_date_no_parameter_is_read_of_items(tmp_path: Path, lines: str, pointer: str) -> None:
    rule = UNDATED.replace("require:", f"{lines}\ngroup_date: max(group.service_date)\nrequire:")
    found = problems(rulebook(tmp_path, rule))
    assert [(d.code, d.pointer) for d in found] == [("E201", pointer)], found
    assert "parameters.limit" in found[0].message


DAYS = small.PARAMETER.replace("type: number", "type: list\nitems: number").replace("value: 30", "value: [30]")


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ("for_each: most in parameters.days\nrequire: invoice.total <= most\n", None),
        (
            "for_each: line in invoice.lines, most in parameters.days\ndate: line.service_date\nrequire: most > 1\n",
            None,
        ),
        ('for_each: most in parameters.days\ndate: invoice.invoice_date + @"P1D" * most\nrequire: most > 1\n', "/date"),
        (
            'for_each: m in parameters.days\nlet:\n  d: invoice.invoice_date + @"P1D" * m\ndate: d\nrequire: m > 1\n',
            "/date",
        ),
    ],
)
def test_a_list_of_a_parameter_needs_a_date_before_it(tmp_path: Path, rule: str, pointer: str | None) -> None:
    head, tail = small.RULE.split("for_each:")[0], "message:" + small.RULE.split("message:")[1]
    tail = tail.replace("{line.quantity}", "x").replace("{parameters.limit}", "y")
    without = {"invoice/I901-quantity/2026-01-01.yaml": head + rule + tail, "parameters/days.yaml": DAYS}
    found = problems(small.write(tmp_path, without))
    assert [(d.code, d.pointer) for d in found] == ([("E201", pointer)] if pointer else []), found


GROUPED = UNDATED.replace(
    "severity: error", "severity: error\ngroup_by:\n  v: line.voucher_id\ndate: line.service_date"
)


@pytest.mark.parametrize(
    ("require", "codes"),
    [
        ("every a in group, b in group satisfies a.amount = b.amount", []),
        ("every a in group, b in group, c in group satisfies a.amount + b.amount > c.amount", ["W403"]),
        ("every a in group, b in group, c in group, d in group satisfies a.amount + b.amount > c.amount", ["E411"]),
    ],
)
def test_the_groups_of_all_items_are_walked_as_one_list(tmp_path: Path, require: str, codes: list[str]) -> None:
    rule = GROUPED.replace("sum(group.quantity) <= parameters.limit", require)
    assert [d.code for d in problems(rulebook(tmp_path, rule))] == codes


def looped(many: int) -> str:
    return (
        "every " + ", ".join(f"x{i} in [1]" for i in range(many)) + " satisfies x0 = line.quantity - line.quantity + 1"
    )


def test_loops_that_python_could_not_hold_are_refused(tmp_path: Path) -> None:
    folder = rulebook(tmp_path / "few", RULE.replace("line.quantity <= parameters.limit", looped(LOOPED)))
    report = Rulebook.load(folder).check([CONFORMING / "invoices"], date(2026, 11, 24), compiled=True)
    assert (report.problems, report.counts["I901"]["violated"]) == ([], 0)
    assert report.counts["I901"]["passed"] > 0
    many = rulebook(tmp_path / "many", RULE.replace("line.quantity <= parameters.limit", looped(LOOPED + 1)))
    assert [d.code for d in problems(many)] == ["E303"]


def test_a_repeal_need_say_no_more(tmp_path: Path) -> None:
    folder = rulebook(tmp_path)
    (folder / f"invoice/{FOLDER}/2027-01-01.yaml").write_text("repealed: true\n", "utf-8")
    data, found = build(folder, "x")
    assert data is not None, found
    rule = next(rule for rule in data.rules if rule.code == "I901")
    assert (rule.at(date(2026, 12, 31)) is not None, rule.at(date(2027, 1, 1))) == (True, None)


@pytest.mark.parametrize(
    ("message", "line", "column"),
    [('"Määrä {line.quantty}."', 8, 20), ("'Määrä {line.quantty}.'", 8, 20), ("Määrä {line.quantty}.", 8, 19),
     ("|\n    Määrä\n    {line.quantty}.", 10, 11), (">-\n    Määrä\n    {line.quantty}.", 8, 7),
     ('"M\\u00e4\\u00e4rä {line.quantty}."', 8, 7)],
)  # fmt: skip
def test_a_wrong_part_of_a_message_is_shown_where_it_can_be(
    tmp_path: Path, message: str, line: int, column: int
) -> None:
    old = '"Määrä on {line.quantity}, raja {parameters.limit}."'
    assert old in RULE
    (found,) = [d for d in problems(rulebook(tmp_path, RULE.replace(old, message))) if d.severity == "error"]
    assert found.span is not None
    assert (found.code, found.pointer, found.span.line, found.span.column) == ("E402", "/message/fi", line, column)
