"""Rego on regorus (`opa-eval`): all twelve rules in the language itself, in `rules.rego`.

Rego has no ISO weeks, so the weeks of three years come as a `data` document, loaded once; the ceilings too.
The engine takes the JSON text as it is. Groups are partial rules (`hours[voucher] contains ...`), which
grow in one pass. The language knows no decimal type; regorus happens to count in decimal digits, OPA itself
in binary ones.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import opa_eval

from bench.rules import CEILINGS, Violation, week_of

PACKAGE = "opa-eval"
engine: opa_eval.OpaEval


def prepare() -> None:
    global engine
    days = [str(date(2025, 1, 1) + timedelta(days=offset)) for offset in range(3 * 365)]
    # As numbers in JSON, since Rego has nothing but JSON's values.
    ceilings = {
        service: [{"from": start, "amount": float(amount)} for start, amount in steps]
        for service, steps in CEILINGS.items()
    }
    data = json.dumps({"week": {day: week_of(day) for day in days}, "ceilings": ceilings})
    engine = opa_eval.OpaEval(
        str(Path(__file__).with_name("rules.rego")), data_json=data, query="data.bench.violations"
    )


def judge(raw: bytes) -> set[Violation]:
    return {(rule, key) for rule, key in engine.evaluate_parsed(raw.decode())}
