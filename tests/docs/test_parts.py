"""Single parts of pages: plain words, colours, what a rule reads, charts, examples."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from ktt_policy.build.model import Parameter, ParameterValue
from ktt_policy.docs.chart import chart
from ktt_policy.docs.colours import contrast_with_white, lightened, on_dark
from ktt_policy.docs.examples import json_text
from ktt_policy.docs.fields import pages as kinds
from ktt_policy.docs.highlight import block, expression
from ktt_policy.docs.page import Page, code, plain, quoted
from ktt_policy.docs.prose import Prose
from ktt_policy.docs.rules import pages, written
from ktt_policy.docs.settings import Settings
from ktt_policy.reads import Where
from tests import small
from tests.docs.made import ON, shipped, site_of

LINK = r"\[([^\]]*)\]\([^)]*\)"


def test_an_enumeration_lists_its_values_with_the_meanings_that_are_said(tmp_path: Path) -> None:
    x_enum = {"spoken": {"fi": "puhuttu", "en": "spoken word"}}
    listed = {"type": "array", "items": {"type": "string", "enum": ["one", "two"]}}
    fields = {"plain": {"type": "string", "enum": ["a_1", "b_2"]}, "many": listed,
              "half": {"type": "string", "enum": ["spoken", "mute"], "x-enum": x_enum}}  # fmt: skip
    schema = json.dumps({"x-extends": "invoice", "properties": fields})
    site = site_of(small.write(tmp_path, {"schemas/invoice.schema.json": schema}), Settings())
    for lang, word, meaning in (("fi", "jokin näistä", "puhuttu"), ("en", "one of", "spoken word")):
        text = next(p for p in kinds(site, lang) if p.path == "fields/invoice.md").text()
        assert f"{word}: <code>a&#95;1</code>, <code>b&#95;2</code>" in text
        assert f"{word}: <code>one</code>, <code>two</code>" in text
        assert f"| `spoken` | {meaning} |" in text
        assert "| `mute` |  |" in text


def words(rule: str, part: str, lang: str) -> list[str]:
    """A condition of a rule in plain words, without links."""
    import re

    site, _ = shipped()
    version = site.version(site.rules[rule])
    prose = Prose(site, Page("rules/x.md", lang), Where(site.rules[rule], version))
    return [re.sub(LINK, r"\1", line) for line in prose.lines(getattr(version, part).tree)]


@pytest.mark.parametrize(
    ("rule", "part", "lang", "said"),
    [
        ("I501", "require", "fi", ["- Palvelun päivä on viimeistään Laskun päiväys"]),
        ("I501", "require", "en", ["- Service date is no later than Invoice date"]),
        ("I304", "require", "en", ["- Billing unit is “hour”"]),
        ("I304", "require", "fi", ["- Laskutuksen yksikkö on ”tunti”"]),
        ("I505", "require", "fi", [
            "- kaikki seuraavista pitävät paikkansa:", "    - Laskutettu määrä on 0", "    - Rivin summa on 0",
        ]),
        ("I305", "require", "en", [
            "- all of these hold:", "    - <code>timed</code>: yes",
            "    - for every <code>c</code> of “<code>coaching</code>”:",
            "        - for every <code>w</code> of “<code>work</code>”:",
            "            - at least one of these holds:",
            "                - End time (of <code>c</code>) is no later than Start time (of <code>w</code>)",
            "                - End time (of <code>w</code>) is no later than Start time (of <code>c</code>)",
        ]),
        ("V204", "require", "en", [
            "- for at least one <code>r</code> of “Interim and final reports”:",
            "    - all of these hold:", "        - Report type is “final report”",
            "        - Report return date is no earlier than *The reference date of a rule on the contract*",
            "        - Report return date is no later than <code>due</code>",
        ]),
        ("P305", "require", "en", ["- number (<code>uncovered</code>) is 0"]),
        ("I302", "require", "en", [
            "- this does not hold:", "    - all of these hold:", "        - <code>all&#95;remote</code>: yes",
            "        - <code>every&#95;invoice&#95;given</code>: yes",
        ]),
    ],
)  # fmt: skip
def test_conditions_in_plain_words(rule: str, part: str, lang: str, said: list[str]) -> None:
    assert words(rule, part, lang) == said


def test_every_expression_of_every_rule_has_words() -> None:
    site, files = shipped()
    for rule in site.rules:
        page = files[f"fi/rules/{rule}.md"].decode()
        inside = page.partition("{#in-words}")[2].partition("## ")[0]
        assert "'" not in inside.replace("&#x27;", ""), rule  # a name that the checker made unique: item'1
        assert "@2026" not in inside, rule


def test_definitions_and_values_of_lists_are_worded_too() -> None:
    _, files = shipped()
    page = files["fi/rules/P201.md"].decode()
    assert "ei ole tyhjä (null)" in page.partition("{#definitions}")[2]
    assert "social\\_services\\_bachelor" not in files["fi/parameters.md"].decode()


def test_what_a_rule_reads() -> None:
    site, _ = shipped()
    reads = site.reads["I608"]
    assert ("invoice", ("lines", "unit_price")) in reads.fields
    assert ("voucher", ("unit_price",)) in reads.fields
    assert ("invoice", ("lines",)) not in reads.fields
    assert reads.related == ["voucher"]
    assert "ceilings" in site.reads["I611"].parameters


def test_expressions_are_coloured_and_lead_on() -> None:
    page = Page("rules/x.md", "fi")
    made = expression('sum(xs[a < 2]) = parameters.limit and x = "</b>" // end', page)
    assert '<a href="../../language/#f-sum"><span class="nf">sum</span></a>' in made
    assert '<a href="../../parameters/#limit"><span class="nv">parameters.limit</span></a>' in made
    assert '<span class="s">"&lt;/b&gt;"</span>' in made
    assert '<span class="k">and</span>' in made
    assert made.endswith('<span class="c">// end</span>')
    assert expression("in_time(x)", page) == "in_time(x)"  # a definition, whose name ends as a function's
    assert '</span>:\n  <span class="m">1</span>\n  <span class="m">2</span>' in block([("let", "1\n2")], page)


def test_links_are_relative() -> None:
    page = Page("rules/I1.md", "en")
    assert page.to("clauses/5.m3.md#a") == "../clauses/5.m3.md#a"
    assert page.url("clauses/5.m3.md") == "../../clauses/5.m3/"
    assert page.url("fields/index.md#x") == "../../fields/#x"
    assert Page("index.md", "en").url("language.md") == "language/"


def test_texts_of_a_rulebook_are_no_markdown() -> None:
    assert plain("a_b *c* <d> | [e]") == "a\\_b \\*c\\* &lt;d&gt; \\| \\[e\\]"
    assert code("a|b_c") == "<code>a&#124;b&#95;c</code>"
    assert quoted("use `a_b` now") == "use <code>a&#95;b</code> now"


def parameter(*values: tuple[str, str | None]) -> Parameter:
    dated = tuple(ParameterValue(date.fromisoformat(day), value) for day, value in values)
    return Parameter("limit", {"fi": "Raja", "en": "Limit"}, "1", "number", dated)


def test_a_chart_climbs_with_its_values() -> None:
    import re

    made = chart(Page("p.md", "en"), parameter(("2026-01-01", "1"), ("2026-07-01", "3")), ON, ["1 h", "3 h"])
    first, second = (float(y) for y in re.findall(r'class="value" d="M[\d.]+ ([\d.]+)H', made))
    assert first > second  # further down is less
    assert "<title>Limit: values over time; the upright line is 2026-11-24</title>" in made
    assert made.count('class="step"') == 1
    assert "<script" not in made
    level = chart(Page("p.md", "en"), parameter(("2026-01-01", "2"), ("2026-07-01", None)), ON, ["2", "no value"])
    heights = re.findall(r'class="value" d="M[\d.]+ ([\d.]+)H', level)
    assert len(set(heights)) == 1


def test_decimals_keep_their_digits() -> None:
    from decimal import Decimal

    assert json_text({"a": Decimal("62.90"), "b": [Decimal("1"), None]}) == (
        '{\n  "a": 62.90,\n  "b": [\n    1,\n    null\n  ]\n}'
    )


def test_colours_move_towards_white_and_black() -> None:
    assert lightened("#000000", 1) == "#ffffff"
    assert lightened("#808080", -1) == "#000000"
    assert lightened("#102030", 0) == "#102030"
    assert on_dark("#17405e") == "#8cbee3"


def test_contrast_is_that_of_wcag() -> None:
    found = {c: round(contrast_with_white(c), 2) for c in ("#ffffff", "#000000", "#767676", "#777777")}
    assert found == {"#ffffff": 1.0, "#000000": 21.0, "#767676": 4.54, "#777777": 4.48}


EACH = ["line in concatenate(invoice.lines, invoice.lines)", 'line in invoice.lines[event in ("delivered", "no_show")]']


@pytest.mark.parametrize("each", EACH)
def test_a_page_shows_a_rule_as_it_is_written(tmp_path: Path, each: str) -> None:
    """Lists with commas in them, and a definition that takes nothing."""
    definition = "definitions:\n  most:\n    title: {fi: Eniten, en: Most}\n    expression: 30\n"
    rule = small.RULE.replace("line in invoice.lines", f"'{each}'").replace("<= parameters.limit", "<= most()")
    files = {"invoice/I901-quantity/2026-01-01.yaml": rule, "definitions.yaml": definition}
    site = site_of(small.write(tmp_path, files))
    (page,) = [page for page in pages(site, "en") if page.path == "rules/I901.md"]
    assert ("for_each", each) in written(site.version(site.rules["I901"]))
    assert "`most()`: Most" in page.lines


def test_lists_on_the_way_to_a_field_may_be_missing_too() -> None:
    _, files = shipped()
    told = files["en/rules/V501.md"].decode().partition("{#missing}")[2]
    assert "*undecided*: [`notices`](../fields/voucher.md#notices), [`notices.case_worker_notified_on`]" in told
    assert "[`ended`]" in told


def test_fields_of_a_filter_and_a_loop_in_it_say_whose_they_are() -> None:
    _, files = shipped()
    told = files["en/rules/I311.md"].decode()
    assert "(of <code>item</code>) is before [End time](../fields/invoice.md#lines.ends_at) (of <code>o</code>)" in told


def test_words_behind_their_argument_stand_in_parentheses() -> None:
    _, files = shipped()
    assert " rounded to 2 decimals, half up) − [" in files["en/rules/I502.md"].decode()
