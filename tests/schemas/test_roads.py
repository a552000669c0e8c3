"""The fast road accepts only what the JSON Schema accepts, and reads it as the careful road does."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ktt_policy import Rulebook
from ktt_policy.reporters.json_ import encode
from ktt_policy.schemas.model import RecordInfo, kind_of
from ktt_policy.schemas.records import Kind, Reader, from_tree
from ktt_policy.schemas.remembered import FRACTIONS, NotPlainError
from ktt_policy.schemas.validation import faults
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode

FIXTURES = Path(__file__).parents[2] / "fixtures"
PATHS = sorted((FIXTURES / "conforming").rglob("*.json"))
READER = Rulebook.load().reader
TREES = [parse(decode(path.read_bytes(), str(path))) for path in PATHS]


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.name)
def test_both_roads_read_the_same(path: Path) -> None:
    raw = path.read_bytes()
    record = READER.decode(raw)[0]
    kind = READER.by_class[record.__class__]
    tree = parse(decode(raw, str(path)))
    assert faults(kind.info, tree) == []
    marks: Any = set()
    assert from_tree(kind, tree, set(), marks) == record
    assert marks == set()


def places(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        found.extend(places(value, (*here, key)))
    return found


SMALL = [t for t in TREES if t["document_type"] != "invoice"]
for _tree in TREES:
    if _tree["document_type"] == "invoice":
        _copy = copy.deepcopy(_tree)
        _copy["lines"] = _copy["lines"][:2]
        SMALL.append(_copy)
ODD = [
    None, True, Decimal("-1"), Decimal("0.001"), Decimal("1e3"), Decimal("1000000000000"), Decimal("1.0"), "", "x",
    "2026-02-30", "2026-2-3", "25:00", "010190-900P", [], {}, [None], {"a": Decimal(1)},
]  # fmt: skip


@settings(derandomize=True, max_examples=400)
@given(st.data())
def test_what_the_fast_road_accepts_the_schema_accepts(data: st.DataObject) -> None:
    tree = copy.deepcopy(data.draw(st.sampled_from(SMALL)))
    place = data.draw(st.sampled_from(places(tree)))
    parent = tree
    for part in place[:-1]:
        parent = parent[part]
    action = data.draw(st.integers(0, 2))
    if action == 0:
        parent[place[-1]] = data.draw(st.sampled_from(ODD))
    elif action == 1:
        del parent[place[-1]]
    elif isinstance(parent, dict):
        parent["surplus"] = "x"
    raw = encode(tree).encode()
    try:
        record = READER.decode(raw)[0]
    except NotPlainError:
        return
    kind = READER.by_class[record.__class__]
    again = parse(decode(raw, "x"))
    assert faults(kind.info, again) == []
    assert from_tree(kind, again, set(), set()) == record


@pytest.mark.parametrize("old", ['"total":', '"voucher_id":', '"starts":'])
def test_a_duplicate_key_never_takes_the_fast_road(old: str) -> None:
    raw = encode(SMALL[-1])
    assert READER.decode(raw.encode())
    twice = raw.replace(old, f"{old} 1, {old}", 1)
    with pytest.raises(NotPlainError):
        READER.decode(twice.encode())
    spaced = raw.replace(old, old.replace(":", "\t :"), 1)
    assert READER.decode(spaced.encode())


def keys_of(tree: Any) -> int:
    if isinstance(tree, list):
        return sum(map(keys_of, tree))
    return len(tree) + sum(map(keys_of, tree.values())) if isinstance(tree, dict) else 0


def altered(tree: dict[str, Any], record: RecordInfo) -> Iterator[None]:
    """The tree in all ways in which one field of it is null or left out, as far as the record allows."""
    for field in record.fields:
        kept = dict(tree)
        inner = tree.get(field.name)
        if field.nullable:
            tree[field.name] = None
            yield
        if not field.required:
            tree.pop(field.name, None)
            yield
        tree.clear()
        tree.update(kept)
        item = field.item.record if field.item is not None else None
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict) and (field.record or item) is not None:
                yield from altered(one, field.record or item)


@pytest.mark.parametrize("tree", SMALL, ids=lambda t: t["document_type"])
def test_the_fast_road_counts_each_key(tree: dict[str, Any]) -> None:
    """Duplicates are told by the count: each key that it adds too many would let one through."""
    tree, tried = copy.deepcopy(tree), 0
    for _ in altered(tree, READER.kinds[tree["document_type"]].info.record):
        raw = encode(tree).encode()
        made = READER.decode(raw)[0].__class__
        record = msgspec.json.Decoder(made, float_hook=FRACTIONS.__getitem__).decode(raw)
        assert READER.by_class[made].accept(record)[0] == keys_of(tree)
        tried += 1
    assert tried > 10


def reader_of(part: dict[str, Any]) -> Reader:
    """Of a kind of one's own, with a list of parts."""
    schema = {
        "type": "object", "x-key": "id", "x-date": "day", "additionalProperties": False,
        "properties": {
            "document_type": {"const": "thing"}, "id": {"type": "string"}, "day": {"type": "string", "format": "date"},
            "parts": {"type": "array", "items": {**part, "additionalProperties": False}},
        },
        "required": ["document_type", "id", "day"],
    }  # fmt: skip
    return Reader([Kind(kind_of("thing", "thing.schema.json", schema))])


def test_items_of_a_list_may_be_null() -> None:
    """In a kind of one's own."""
    part = {"type": ["object", "null"], "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    reader = reader_of(part)
    raw = b'{"document_type": "thing", "id": "a", "day": "2026-01-02", "parts": [{"n": 1}, null, {"n": 2}]}'
    assert [part and part.n for part in reader.decode(raw)[0].parts] == [1, None, 2]
    with pytest.raises(NotPlainError):
        reader.decode(raw.replace(b'{"n": 1}', b'{"n": 1, "n": 3}'))


@pytest.mark.parametrize("clock", ["09:30:00.5", "٠٩:30", "24:00", "9:30", "09:60", "09:30Z", "09:30\n"])
def test_a_time_that_its_pattern_refuses_never_takes_the_fast_road(clock: str) -> None:
    tree = copy.deepcopy(SMALL[-1])
    tree["lines"][0]["starts_at"] = "09:30:00"
    assert READER.decode(encode(tree).encode())
    tree["lines"][0]["starts_at"] = clock
    with pytest.raises(NotPlainError):
        READER.decode(encode(tree).encode())
    assert faults(READER.kinds["invoice"].info, tree)


@pytest.mark.parametrize("number", ["1e26", "1e99", "1e-99", "9.999999999999999999999999999999999e99"])
def test_a_number_far_beyond_its_limits_is_a_fault_like_any_other(number: str) -> None:
    tree = copy.deepcopy(SMALL[-1])
    tree["total"] = Decimal(number)
    assert {f.pointer for f in faults(READER.kinds["invoice"].info, tree)} == {"/total"}


LONG = "x" * 50
SAID: list[tuple[dict[str, Any], str, str]] = [
    ({"schema_version": Decimal(1)}, '`schema_version`: arvon on oltava teksti "1", ei 1',
     '`schema_version` must be the text "1", not 1'),
    ({"schema_version": "2"}, '`schema_version`: "2" ei ole mikään näistä: "1"',
     '`schema_version`: "2" is none of "1"'),
    ({"lines": [Decimal(5)]}, "`lines[0]`: arvon on oltava tietue, ei 5",
     "`lines[0]` must be an object, not 5"),
    ({"lines": "5"}, '`lines`: arvon on oltava luettelo, ei "5"', '`lines` must be an array, not "5"'),
    ({"invoice_number": Decimal(5)}, "`invoice_number`: arvon on oltava teksti, ei 5",
     "`invoice_number` must be a text, not 5"),
    ({"invoice_date": Decimal(20260101)}, '`invoice_date`: arvon on oltava päivä ("VVVV-KK-PP"), ei 20260101',
     '`invoice_date` must be a date ("YYYY-MM-DD"), not 20260101'),
    ({"total": f"{LONG} 010190-900P"}, f'`total`: arvon on oltava luku, ei "{LONG} •••"',
     f'`total` must be a number, not "{LONG} •••"'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "fi", "en"), SAID)
def test_a_fault_says_what_is_needed_and_where(change: dict[str, Any], fi: str, en: str) -> None:
    (fault,) = faults(READER.kinds["invoice"].info, {**SMALL[-1], **change})
    assert fault.message == {"fi": fi, "en": en}


@pytest.mark.parametrize(
    ("schema", "value", "fi", "en"),
    [
        ({"enum": ["hour", "day"]}, True, 'jokin teksteistä "hour", "day", ei true',
         'one of the texts "hour", "day", not true'),
        ({"type": "boolean"}, "true", 'true tai false, ei "true"', 'true or false, not "true"'),
        ({"type": ["string", "null"], "format": "date"}, Decimal(1), 'päivä ("VVVV-KK-PP") tai null, ei 1',
         'a date ("YYYY-MM-DD") or null, not 1'),
    ],
)  # fmt: skip
def test_what_is_needed_is_asked_for(schema: Any, value: Any, fi: str, en: str) -> None:
    (fault,) = faults(kind_of("invoice", "invoice.schema.json", {"properties": {"it": schema}}), {"it": value})
    assert fault.message == {"fi": f"`it`: arvon on oltava {fi}", "en": f"`it` must be {en}"}


def test_numbers_of_python_data_have_the_limits_of_json() -> None:
    for number in (10**5000, Decimal("1e5000"), Decimal("NaN"), 10**34 + 1):
        report = Rulebook.load().check([{**SMALL[-1], "total": number}])
        assert (report.exit_code(), [p.code for p in report.problems]) == (2, ["E105"])


def test_faults_are_told_in_the_order_of_the_items() -> None:
    tree = copy.deepcopy(next(t for t in TREES if len(t.get("lines", ())) > 11))
    for line in tree["lines"]:
        line["unit"] = "x"
    found = faults(READER.kinds["invoice"].info, tree)
    assert [fault.pointer for fault in found] == [f"/lines/{i}/unit" for i in range(len(tree["lines"]))]


@pytest.mark.parametrize("name", ["²", "٣", "1" * 5000, ""])
def test_any_key_may_be_unknown(name: str) -> None:
    tree = {**TREES[-1], name: 1}
    tree["client"] = {"zz": 1}
    found = faults(READER.kinds[tree["document_type"]].info, tree)
    assert name in {one for fault in found for one in fault.unknown}


@pytest.mark.parametrize("codes", [["2909", "29095"], ["x"], ["2909\n"]])
def test_a_text_in_a_list_that_its_pattern_refuses_never_takes_the_fast_road(codes: list[str]) -> None:
    tree = next(copy.deepcopy(t) for t in TREES if t["document_type"] == "provider")
    tree["register"]["service_codes"] = ["2909", "2909"]
    assert READER.decode(encode(tree).encode())
    tree["register"]["service_codes"] = codes
    with pytest.raises(NotPlainError):
        READER.decode(encode(tree).encode())
    assert faults(READER.kinds["provider"].info, tree)


def test_a_document_must_say_its_kind_even_where_one_kind_alone_was_read() -> None:
    book = Rulebook.load()
    vouchers = [t for t in TREES if t["document_type"] == "voucher"]
    one, other = encode(vouchers[0]), encode(vouchers[1])
    unnamed = other.replace('"document_type": "voucher",', "", 1)
    assert unnamed != other
    for text in (unnamed, f"[{unnamed}]", other.replace('"voucher"', '""', 1), '{"document_type": ""}'):
        book = Rulebook.load()
        report = book.check([one.encode(), text.encode()])
        assert len(report.documents) == 1
        assert [p.code for p in report.problems] == ["E109"]
        assert [p.code for p in book.check([text.encode()]).problems] == ["E109"]


def test_a_number_that_is_written_too_long_is_refused_on_both_roads() -> None:
    raw, found = re.subn('"total": [0-9.]+', f'"total": 1e{"0" * 250}', encode(SMALL[-1]))
    assert found == 1
    with pytest.raises(NotPlainError):
        READER.decode(raw.encode())
    report = Rulebook.load().check([raw.encode()])
    assert [p.code for p in report.problems] == ["E105"]


def test_a_document_type_within_a_document_is_a_field_like_any_other() -> None:
    part = {"type": "object", "properties": {"document_type": {"type": "string", "pattern": "^[a-z]+$"}}}
    reader = reader_of(part)
    raw = b'{"document_type": "thing", "id": "a", "day": "2026-01-02", "parts": [{"document_type": "abc"}, {}]}'
    assert [part.document_type for part in reader.decode(raw)[0].parts] == ["abc", msgspec.UNSET]
    for wrong in (raw.replace(b"abc", b"ABC 7"), raw.replace(b'"id": "a"', b'"id": "b", "id": "a"')):
        with pytest.raises(NotPlainError):
            reader.decode(wrong)
