"""Schemas that a rulebook brings are input: what the reader could not check is refused, with its place."""

from __future__ import annotations

import copy
import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ktt_policy import ProblemError, Rulebook
from ktt_policy.resources import schema_folder
from ktt_policy.schemas.own import faults_of, own_kind
from ktt_policy.schemas.validation import faults
from ktt_policy.source.merge import merge_patch
from ktt_policy.source.text import Text
from tests import small

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures/rulebooks/kuulasmaa-kotipalvelu"

SOUND: dict[str, Any] = {
    "x-key": "number",
    "x-date": "period.starts",
    "type": "object",
    "properties": {
        "document_type": {"const": "order"},
        "number": {"type": "string", "minLength": 1},
        "period": {"type": "object", "properties": {"starts": {"type": "string", "format": "date"}}},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
    },
    "required": ["document_type", "number"],
    "unevaluatedProperties": False,
    "$defs": {"line": {"type": "object", "properties": {"units": {"type": "number", "minimum": 0}}}},
}


def read(tmp_path: Path, schema: Any) -> tuple[Any, list[Any]]:
    path = tmp_path / "order.schema.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema, indent=1), "utf-8")
    return own_kind(path, schema_folder(), "order", "schemas/order.schema.json")


def test_a_sound_schema_is_taken(tmp_path: Path) -> None:
    kind, found = read(tmp_path, SOUND)
    assert found == []
    assert (kind.name, kind.key) == ("order", "number")


@pytest.mark.parametrize("path", sorted(schema_folder().glob("*.schema.json")), ids=lambda p: p.name)
def test_the_shipped_kinds_keep_to_the_same(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    if "x-key" in schema:
        assert faults_of(schema, Text(path.name, path.read_text("utf-8"))) == []


NUMBER, LINES, STARTS = "/properties/number", "/properties/lines", "/properties/period/properties/starts"
STATE, ITEMS = "/properties/state", "/properties/lines/items"
WRONG: list[tuple[str, Any, str, str]] = [
    (f"{NUMBER}/type", "text", f"{NUMBER}/type", "not JSON Schema: `type` must be one of `array`, `boolean`, "),
    (f"{NUMBER}/maxLength", -1, f"{NUMBER}/maxLength", "not JSON Schema: `maxLength` must be at least 0, not -1"),
    ("/required", "number", "/required", "not JSON Schema: `required` must be a list, not the text `number`"),
    (f"{NUMBER}/type", ["string", "number"], NUMBER, "has one `type`"),
    (NUMBER, True, NUMBER, "described by an object"),
    (NUMBER, {}, NUMBER, "has one `type`"),
    (f"{NUMBER}/maxlength", 3, f"{NUMBER}/maxlength", "`maxlength` is not checked for the type string"),
    (f"{LINES}/maxItems", 3, f"{LINES}/maxItems", "`maxItems` is not checked for the type array"),
    ("/oneOf", [{}], "/oneOf", "`oneOf` is not checked for the type object"),
    (f"{ITEMS}/type", "object", f"{ITEMS}/type", "`type` is not checked for a reference"),
    (f"{NUMBER}/format", "email", f"{NUMBER}/format", "unknown format `email`"),
    (f"{NUMBER}/pattern", "(", f"{NUMBER}/pattern", "no regular expression"),
    (f"{NUMBER}/pattern", "^([a-z]+)*$", f"{NUMBER}/pattern", "must match in one way"),
    (f"{NUMBER}/x-fi", "abc", f"{NUMBER}/x-fi", "`x-fi` holds texts"),
    ("/x-fi", {"titel": "abc"}, "/x-fi", "`x-fi` holds texts"),
    (f"{NUMBER}/x-enum", "abc", f"{NUMBER}/x-enum", "`x-enum` holds a name in `fi` and `en`"),
    (f"{NUMBER}/x-enum", {"a": {"fi": "abc"}}, f"{NUMBER}/x-enum/a", "the name of `a` is needed in `fi` and `en`"),
    (f"{NUMBER}/x-type", "tim", f"{NUMBER}/x-type", '`x-type` can be "time" only'),
    (f"{NUMBER}/x-absent", "", f"{NUMBER}/x-absent", "`x-absent` can be null only"),
    (f"{NUMBER}/minLength", 10**20, f"{NUMBER}/minLength", "`minLength` is beyond what is counted"),
    (
        "/properties/count",
        {"type": "integer", "maximum": 10**30},
        "/properties/count/maximum",
        "beyond what is counted",
    ),
    (f"{STARTS}/pattern", "^2026", STARTS, "a date has no `pattern`"),
    (STATE, {"enum": ["1", 2]}, STATE, "only texts"),
    (STATE, {"type": "string", "enum": ["a"], "minLength": 1}, STATE, "a listed text has one list"),
    (STATE, {"type": "string", "enum": ["a"], "format": "date"}, STATE, "a listed text has one list"),
    (STATE, {"type": "string", "enum": ["a", None]}, STATE, "null stands both"),
    (STATE, {"type": ["string", "null"], "enum": ["a"]}, STATE, "null stands both"),
    (LINES, {"type": "array"}, ITEMS, "described by an object"),
    (ITEMS, {"type": "number"}, ITEMS, "a list holds records"),
    (ITEMS, {"type": "array", "items": {"type": "string"}}, ITEMS, "a list holds records"),
    (ITEMS, {"type": "string", "format": "iban"}, ITEMS, "a list holds records"),
    (ITEMS, {"$ref": "#/$defs/lien"}, f"{ITEMS}/$ref", "leads to nothing"),
    (ITEMS, {"$ref": "other.json"}, f"{ITEMS}/$ref", "leads to nothing"),
    ("/$defs/line", {"$ref": "#/$defs/line"}, f"{ITEMS}/$ref", "leads to another reference"),
    ("/$defs/line/properties/part", {"$ref": "#/$defs/line"}, "/$defs/line/properties/part/$ref", "holds itself"),
    ("/properties/Number", {"type": "string"}, "/properties/Number", "cannot be the name"),
    ("/properties/class", {"type": "string"}, "/properties/class", "cannot be the name"),
    ("/required", ["document_type", "number", "lnies"], "/required", "`lnies` is required and not described"),
    ("/properties/document_type/const", "orders", "/properties/document_type", "must be `order`"),
    ("/required", ["number"], "/properties/document_type", "must be `order`"),
    ("/x-key", "nmuber", "/x-key", "names no required text field"),
    ("/x-key", "period", "/x-key", "names no required text field"),
    ("/x-key-within", "period.starts", "/x-key-within", "leads to no required text field"),
    ("/x-key-within", "issuer", "/x-key-within", "leads to no required text field"),
    ("/x-date", "number", "/x-date", "leads to no date"),
    ("/x-date", "period.ends", "/x-date", "leads to no date"),
    ("/properties/number/x-sensitve", True, "/properties/number/x-sensitve", "`x-sensitve` is no keyword"),
    ("/properties/number/x-Sensitive", True, "/properties/number/x-Sensitive", "`x-Sensitive` is no keyword"),
    ("/x-extends", "invioce", "/x-extends", "no schema `invioce` is shipped"),
    ("/x-extends", 1, "/x-extends", "no schema `1` is shipped"),
]


@pytest.mark.parametrize(("at", "value", "place", "words"), WRONG)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, at: str, value: Any, place: str, words: str) -> None:
    schema = copy.deepcopy(SOUND)
    *way, last = at.split("/")[1:]
    part = schema
    for step in way:
        part = part[step]
    part[last] = value
    kind, found = read(tmp_path, schema)
    assert kind is None
    assert [(d.code, d.pointer) for d in found] == [("E207", place)]
    assert words in found[0].message
    assert found[0].span is not None


@pytest.mark.parametrize(("text", "code"), [("{", "E103"), ("[]", "E207"), ('{"a": 1, "a": 2}', "E104"), ("", "E103")])
def test_what_is_no_schema_at_all(tmp_path: Path, text: str, code: str) -> None:
    kind, found = read(tmp_path, text)
    assert kind is None
    assert [d.code for d in found] == [code]


def test_an_extension_merges_replaces_and_takes_away() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert merge_patch(base, {"a": {"b": 2, "c": [3], "e": {"f": None}}, "d": None}) == {
        "a": {"b": 2, "c": [3], "e": {}}
    }
    assert merge_patch({}, {"x": {"x-absent": None, "title": None}}, ["x-absent"]) == {"x": {"x-absent": None}}
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": 1}


def test_an_extension_that_spoils_the_schema_is_told_in_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "invoice.schema.json"
    path.write_text('{\n  "x-extends": "invoice",\n  "x-date": "period.end"\n}')
    kind, found = own_kind(path, schema_folder(), "invoice", "schemas/invoice.schema.json")
    assert kind is None
    assert "`x-date` leads to no date" in found[0].message
    assert found[0].span is not None
    assert found[0].span.source == "schemas/invoice.schema.json"


IDLE: list[tuple[dict[str, Any], str, str, str]] = [
    ({"$defs": {"line": {"properties": {"remot": None}}}}, "/$defs/line/properties/remot", "is not there", "`remote`"),
    ({"$defs": {"lines": {"properties": {}}}}, "/$defs/lines", "nothing refers to `#/$defs/lines`", "`line`"),
    ({"$defs": {"line": {"properties": {"unit": {"x-enum": {"hours": {"fi": "a", "en": "b"}}}}}}},
     "/$defs/line/properties/unit/x-enum/hours", "none of the field's values", "`hour`"),
]  # fmt: skip


@pytest.mark.parametrize(("overlay", "at", "words", "help"), IDLE, ids=[one[1] for one in IDLE])
def test_what_an_extension_says_in_vain(
    tmp_path: Path, overlay: dict[str, Any], at: str, words: str, help: str
) -> None:
    path = tmp_path / "invoice.schema.json"
    path.write_text(json.dumps({"x-extends": "invoice", **overlay}), "utf-8")
    kind, found = own_kind(path, schema_folder(), "invoice", "schemas/invoice.schema.json")
    assert kind is None
    assert [d.pointer for d in found] == [at]
    assert words in found[0].message
    assert help in found[0].help


# --- in a rulebook ------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "book"))


def told(folder: Path) -> str:
    with pytest.raises(ProblemError) as caught:
        Rulebook.load(folder)
    return str(caught.value)


def list_kinds(folder: Path, kinds: str) -> None:
    path = folder / "rulebook.yaml"
    path.write_text(path.read_text("utf-8").replace("[home_voucher, invoice]", f"[{kinds}]"), "utf-8")


def test_a_broken_schema_stops_the_rulebook(folder: Path) -> None:
    path = folder / "schemas/home_voucher.schema.json"
    path.write_text(path.read_text("utf-8").replace('"x-key": "voucher_number"', '"x-key": "number"'), "utf-8")
    assert "error[E207]: `x-key` names no required text field" in told(folder)


def test_a_kind_without_a_schema_is_told(folder: Path) -> None:
    (folder / "schemas/home_voucher.schema.json").unlink()
    assert "there is no schema of `home_voucher`" in told(folder)


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("schemas/invoice.json", "did you mean `schemas/invoice.schema.json`?"),
        ("schemas/Invoice.schema.json", "did you mean `schemas/invoice.schema.json`?"),
        ("schema/invoice.schema.json", "did you mean `schemas/invoice.schema.json`?"),
        ("schemas/order.schema.json", ""),
    ],
)
def test_a_schema_that_nothing_reads_is_told(folder: Path, name: str, help: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    (folder / "schemas/invoice.schema.json").rename(path)
    assert f"error[E202]: `book/{name}` is the schema of none of the `documents`" in told(folder)
    assert help in told(folder)


@pytest.mark.parametrize("clock", ["notatime", "25:00", "9:00"])
def test_a_time_without_a_pattern_is_a_time_all_the_same(tmp_path: Path, clock: str) -> None:
    schema = copy.deepcopy(SOUND)
    schema["properties"]["at"] = {"type": "string", "x-type": "time"}
    kind, found = read(tmp_path, schema)
    assert kind is not None, found
    assert faults(kind, {"document_type": "order", "number": "1", "at": "09:00"}) == []
    (fault,) = faults(kind, {"document_type": "order", "number": "1", "at": clock})
    assert (fault.pointer, fault.breaks) == ("/at", True)
    assert fault.message["en"] == f'`at` must be a time of day, such as 09:00; given: "{clock}"'


def test_a_report_is_no_document(folder: Path) -> None:
    list_kinds(folder, "home_voucher, invoice, report")
    assert "there is no schema of `report`" in told(folder)


def test_rules_of_a_kind_that_is_not_listed_are_not_left_out_in_silence(folder: Path) -> None:
    list_kinds(folder, "invoice")
    message = "error[E202]: `book/home_voucher` holds rules, and `home_voucher` is not among the `documents`"
    assert message in told(folder)


def test_the_codes_of_findings_on_documents_are_taken(folder: Path) -> None:
    (folder / "invoice/L403-invoice-total").rename(folder / "invoice/S001-invoice-total")
    assert "error[E204]: the code S001 is taken by the findings on documents as such" in told(folder)


def test_a_type_error_points_into_the_extension(folder: Path) -> None:
    path = folder / "invoice/L401-ceiling-price/2026-03-01.yaml"
    text = path.read_text("utf-8").replace("require: line.unit_price <= ceiling", 'require: line.unit = "visti"')
    path.write_text(text, "utf-8")
    schema = folder / "schemas/invoice.schema.json"
    schema.write_bytes(b"\xef\xbb\xbf" + schema.read_bytes())  # a byte-order mark is nothing
    message = told(folder)
    assert "visti" in message
    assert "did you mean `visit`?" in message
    assert "schemas/invoice.schema.json:" in message


def test_what_is_said_in_a_schema_stays_what_it_is(tmp_path: Path) -> None:
    """Texts under the names of limits, fractions elsewhere, whole numbers beyond any machine's."""
    unit = {"type": "string", "enum": ["minimum", "other"], "x-enum": {"minimum": {"fi": "a", "en": "b"}}}
    size = (
        '{"type": "number", "maximum": 10000000000000000000000000, "examples": [0.10], "x-note": {"maximum": "note"}}'
    )
    overlay = '{"x-extends": "invoice", "properties": {"kind": %s, "size": %s}}' % (json.dumps(unit), size)  # noqa: UP031
    book = Rulebook.load(small.write(tmp_path, {"schemas/invoice.schema.json": overlay}))
    (info,) = [kind for kind in Rulebook.from_bytes(book.to_bytes()).data.kinds if kind.name == "invoice"]
    assert info.schema["properties"]["size"]["examples"] == [Decimal("0.10")]
    assert info.schema["properties"]["size"]["x-note"] == {"maximum": "note"}
    text = (ROOT / "fixtures/conforming/invoices/2026-02.json").read_text("utf-8")
    for size, kind, wrong in (("1e25", "other", 0), ("1e26", "other", 1), ("1", "zz", 1)):
        raw = text.replace('"document_type"', f'"size": {size}, "kind": "{kind}", "document_type"', 1).encode()
        found = [f for f in book.check([raw], date(2026, 11, 24)).findings if f.code == "S000"]
        assert len(found) == wrong


LIMITS = [
    # the schema of `units` as its file has it, a value, and what is said of it in English
    ('{"type": "number", "maximum": 99999999999999.99}', "99999999999999.99", ""),
    ('{"type": "number", "maximum": 99999999999999.99}', "100000000000000", "must be at most 99999999999999.99; given"),
    ('{"type": "number", "minimum": 0.10}', "0.1", ""),
    ('{"type": "number", "minimum": 0.10}', "0.09", "must be at least 0.10; given: 0.09"),
    ('{"type": "number", "multipleOf": 5}', "7", "must be a multiple of 5; given: 7"),
    ('{"type": "number", "multipleOf": 0.0000000000000000000000000001}', "900000000000.01", ""),
    ('{"type": "number", "multipleOf": 0.01}', "7.001", "must have at most two decimals; given: 7.001"),
    ('{"type": "integer", "minimum": 1.5}', "1", "must be at least 1.5; given: 1"),
    ('{"type": "integer", "minimum": 1.5}', "2", ""),
    ('{"type": "string", "minLength": 8}', '"abc"', 'must be at least 8 characters; given: "abc"'),
    ('{"type": "string", "minLength": 2.0}', '"a"', 'must be at least 2 characters; given: "a"'),
    ('{"type": "string", "minLength": 1}', '""', 'must not be empty; given: ""'),
]


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize(("field", "value", "said"), LIMITS)
def test_limits_are_exact(tmp_path: Path, field: str, value: str, said: str, cached: bool) -> None:
    overlay = '{"x-extends": "invoice", "properties": {"units": %s}}' % field  # noqa: UP031  (braces all over)
    book = Rulebook.load(small.write(tmp_path, {"schemas/invoice.schema.json": overlay}))
    if cached:
        book = Rulebook.from_bytes(book.to_bytes())
    text = (ROOT / "fixtures/conforming/invoices/2026-02.json").read_text("utf-8")
    raw = text.replace('"document_type"', f'"units": {value}, "document_type"', 1).encode()
    found = [f.message["en"] for f in book.check([raw], date(2026, 11, 24)).findings if f.code == "S000"]
    assert len(found) == bool(said)
    assert all(message.startswith(f"`units` {said}") for message in found)
