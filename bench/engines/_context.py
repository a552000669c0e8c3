"""What hosts of expression languages prepare for every case: an index of the vouchers, and what a language
lacks.
"""

from collections.abc import Callable
from typing import Any

from bench.rules import week_of


def context(read: Callable[[bytes], Any], raw: bytes) -> dict[str, Any]:
    """Vouchers by id, the invoice, and on each line its ISO week and month."""
    found: dict[str, Any] = {"vouchers": {}}
    for document in read(raw):
        if document["document_type"] == "voucher":
            found["vouchers"][document["voucher_id"]] = document
        else:
            found["invoice"] = document
    for line in found["invoice"]["lines"]:
        day = line["service_date"]
        line["week"], line["month"] = week_of(day), day[:7]
    return found
