"""A reason names what is missing as the document has it, whatever an expression calls it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ktt_policy import Rulebook
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode
from tests import small

CONFORMING = Path(__file__).parents[2] / "fixtures" / "conforming"

# Document, where and which field is taken out of it, rule, and how its reason names the field.
CASES = [
    # what the expression has is the variable of a loop, a `let` that filters, an item of a group, an argument
    ("provider.json", "attachments", "certified_copy", "P301", "provider.attachments.certified_copy"),
    ("provider.json", "insurances", "covers", "P305", "provider.insurances.covers"),
    ("invoices/2026-02.json", "lines", "remote", "I302", "line.remote"),
    ("vouchers/work-ability.json", "contract", "ends", "V204", "voucher.contract.ends"),
]


@pytest.mark.parametrize(("name", "where", "field", "code", "path"), CASES)
def test_a_reason_names_the_path_in_the_document(name: str, where: str, field: str, code: str, path: str) -> None:
    tree = parse(decode((CONFORMING / name).read_bytes(), name))
    for item in tree[where] if isinstance(tree[where], list) else [tree[where]]:
        item.pop(field, None)
    context = [] if name.startswith("vouchers") else [CONFORMING / "vouchers"]
    report = Rulebook.load().check([tree], date(2026, 11, 24), context, select=[code], complete=True)
    finding = next(f for f in report.findings if f.code == code)
    assert finding.outcome == "undecided"
    assert finding.reason == {"fi": f"tietoa ei ole ilmoitettu: {path}", "en": f"not stated: {path}"}


ASKED = 'related("voucher", line.voucher_id).contract'


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize(
    ("require", "told"),
    [
        (f"if {ASKED} = null then null else true", ASKED),
        ("if contract = null then null else true", ASKED),
        ("if line.quantity = 0 then true else if contract != null then true else null", ASKED),
        ("if line.quantity >= 0 then null else true", ""),
    ],
)
def test_a_plain_null_is_told_by_what_is_null(tmp_path: Path, require: str, told: str, given: bool) -> None:
    """A voucher that has no contract, or does not exist."""
    rule = small.RULE.replace(
        "require: line.quantity <= parameters.limit", f"let:\n  contract: {ASKED}\nrequire: {require}"
    )
    book = Rulebook.load(small.write(tmp_path, {"invoice/I901-quantity/2026-01-01.yaml": rule}))
    path = CONFORMING / "invoices/2026-02.json"
    vouchers = [parse(decode(one.read_bytes(), one.name)) for one in sorted((CONFORMING / "vouchers").glob("*.json"))]
    context = [{**voucher, "contract": None} for voucher in vouchers] if given else []
    report = book.check([path], date(2026, 11, 24), context, complete=True)
    reasons = {f.reason["en"] if f.reason else "" for f in report.findings}
    if given or not told:
        assert reasons == {f"is null: {told or require}"}
    else:
        assert reasons == {f"there is no document: voucher PS-2026-000{i}" for i in (1, 2, 3, 4)}
