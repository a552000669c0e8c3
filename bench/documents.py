"""The documents of a case as templates: a voucher, an invoice line, an invoice, and their exact JSON text.

Every number is an int or a Decimal from the start, so that no amount ever passes through a binary float.
"""

import json
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

Document = dict[str, Any]

CENT = Decimal("0.01")
DAY = timedelta(days=1)
DESCRIPTIONS = {
    "individual_coaching": "Yksilövalmennus, tapaaminen",
    "group_coaching": "Ryhmävalmennus, kokoontuminen",
    "assessment": "Kartoittava kuntouttava työtoiminta, päivä",
    "work_ability": "Työ- ja toimintakykyä edistävä kuntouttava työtoiminta, päivä",
}
DAYS_A_WEEK = {"group_coaching": 2, "assessment": 4, "work_ability": 4}
MUNICIPALITIES = ("Kuopio", "Siilinjärvi", "Iisalmi", "Varkaus", "Leppävirta", "Kiuruvesi")
# The example account number of the Finnish banks' own guides.
IBAN = "FI2112345600000785"


def half_up(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def business_id(number: int) -> str:
    """A business id with a valid check digit; a number that can have none gives way to the next one."""
    while True:
        digits = f"{number:07d}"
        rest = sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        if rest != 1:
            return f"{digits}-{11 - rest if rest else 0}"
        number += 1


def creditor_reference(number: int) -> str:
    """A Finnish creditor reference: weights 7, 3, 1 from the right."""
    total = sum(int(digit) * (7, 3, 1)[at % 3] for at, digit in enumerate(reversed(str(number))))
    return f"{number}{-total % 10}"


# A range not given out so far, so that no real business is named.
PROVIDER = business_id(9_900_001)
COUNTY = business_id(9_900_101)


def voucher(
    rng: Random,
    voucher_id: str,
    client_ref: str,
    service: str,
    valid_from: date,
    granted: Decimal,
    price: Decimal,
) -> Document:
    """A voucher of a little less than four months with the decision and the contract on it."""
    by_hour = service == "individual_coaching"
    valid_to = valid_from + 119 * DAY
    document: Document = {
        "document_type": "voucher",
        "schema_version": "1",
        "voucher_id": voucher_id,
        "decided_on": str(valid_from - 7 * DAY),
        "service_type": service,
        "valid_from": str(valid_from),
        "valid_to": str(valid_to),
        "unit": "hour" if by_hour else "day",
        "granted_units": granted,
        "unit_price": price,
        "total_value": half_up(granted * price),
        "client": {
            "client_ref": client_ref,
            "birth_date": str(date(rng.randint(1965, 2005), rng.randint(1, 12), rng.randint(1, 28))),
            "municipality": rng.choice(MUNICIPALITIES),
            "job_search_valid": True,
            "benefit": rng.choice(("labour_market_subsidy", "social_assistance")),
        },
        "plan": {
            "type": rng.choice(("activation_plan", "multidisciplinary_employment_plan")),
            "made_on": str(valid_from - 14 * DAY),
        },
        "provider": {"business_id": PROVIDER, "legal_form": "association", "distance_km": rng.randint(1, 20)},
    }
    if not by_hour:
        document |= {"days_per_week": DAYS_A_WEEK[service], "hours_per_day": 4}
    document |= {
        "contract": contract(service, valid_from, valid_to),
        "reports": [],
        "absences": [],
        "notices": [],
    }
    return document


def contract(service: str, starts: date, ends: date) -> Document:
    document: Document = {
        "signed_on": str(starts - DAY),
        "starts": str(starts),
        "ends": str(ends),
        "continues": False,
        "responsible_instructor": {
            "named_on": str(starts - 2 * DAY),
            "client_informed": True,
            "case_worker_informed": True,
        },
    }
    if service == "group_coaching":
        document["group"] = {
            "mode": "open",
            "max_size": 12,
            "session_hours": 4,
            "content_specified_on": str(starts),
        }
    elif service != "individual_coaching":
        document["shop_steward_notified_on"] = str(starts)
        document["tasks"] = {
            "assisting_only": True,
            "cash_responsibility": False,
            "driver": False,
            "replaces_employment": False,
        }
    return document


def line(voucher: Document, day: date, event: str, quantity: Decimal) -> Document:
    """One visit, billed or (quantity 0) only listed; the line_id comes when the lines are in order."""
    service = voucher["service_type"]
    by_hour = service == "individual_coaching"
    document: Document = {
        "line_id": "",
        "voucher_id": voucher["voucher_id"],
        "client_ref": voucher["client"]["client_ref"],
        "service_type": service,
        "service_date": str(day),
        "event": event,
        "unit": voucher["unit"],
        "quantity": quantity,
        "unit_price": voucher["unit_price"],
        "amount": half_up(quantity * voucher["unit_price"]),
    }
    if event == "delivered":
        minutes = int(quantity * 60) if by_hour else 240
        document |= {
            "starts_at": "08:30",
            "ends_at": f"{(510 + minutes) // 60:02d}:{(510 + minutes) % 60:02d}",
        }
        if not by_hour:
            document["hours"] = 4
    document["remote"] = False
    if service == "group_coaching":
        document |= {"group_id": "R1", "group_size": 9}
    document["description"] = DESCRIPTIONS[service]
    return document


def invoice(number: str, serial: int, starts: date, ends: date, lines: list[Document]) -> Document:
    return {
        "document_type": "invoice",
        "schema_version": "1",
        "invoice_number": number,
        "invoice_date": str(ends + 5 * DAY),
        "due_date": str(ends + 35 * DAY),
        "provider": {"business_id": PROVIDER, "name": "Esimerkkiyhdistys ry", "iban": IBAN},
        "recipient": {"business_id": COUNTY, "name": "Esimerkin hyvinvointialue"},
        "reference": creditor_reference(serial),
        "currency": "EUR",
        "period": {"starts": str(starts), "ends": str(ends)},
        "lines": lines,
        "total": sum((entry["amount"] for entry in lines), Decimal(0)),
    }


def to_json(value: Any) -> str:
    """Compact JSON in which a Decimal is written digit by digit (the json module knows only floats)."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{to_json(key)}:{to_json(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(to_json, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False)
