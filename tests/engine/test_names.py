"""Messages name values of enumerations as the field that they are from names them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ktt_policy import Rulebook
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import decode

FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_a_value_that_several_fields_have_is_named_by_its_path() -> None:
    path = FIXTURES / "conforming/vouchers/individual-coaching.json"
    tree = parse(decode(path.read_bytes(), str(path)))
    tree["plan"]["type"] = "other"  # of benefits and insurances, too, by other names
    (finding,) = Rulebook.load().check([tree], date(2026, 11, 24), select=["V105"]).findings
    assert "laji: muu suunnitelma" in finding.message["fi"]
    assert "kind: other plan" in finding.message["en"]
