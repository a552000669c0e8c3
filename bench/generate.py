"""Makes the cases: deterministic, so that every engine and every run judges the same bytes.

    python -m bench.generate --out DIR --cases 120

writes one NDJSON file a set and size (a case a line) and the violations each case was built to have.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.documents import DAY, Document, half_up, invoice, line, to_json, voucher
from bench.rules import CEILINGS, GROUP_DAYS, HOURS_LIMIT, RULES, WORK_DAYS, Violation, week_of

SIZES = {"small": 5, "medium": 60, "large": 1000}
SETS = ("mixed", "half-cent")
SERVICES = tuple(CEILINGS)
ONE_CENT = Decimal("0.01")
LINES_A_VOUCHER = 8
# Eight is also the most a group can have: two days a week in the shortest month. Others may have more.
MOST_LINES_A_VOUCHER = 14
VIOLATING_EVERY = 10


class Case(NamedTuple):
    name: str
    raw: bytes
    expected: frozenset[Violation]


@dataclass(slots=True)
class Dossier:
    """The documents of a case while it is made; what goes wrong goes wrong on the first voucher."""

    vouchers: list[Document]
    lines: list[Document]
    starts: date
    ends: date

    def first_lines(self) -> list[Document]:
        voucher_id = self.vouchers[0]["voucher_id"]
        return [entry for entry in self.lines if entry["voucher_id"] == voucher_id]


def cases(kind: str, size: str, count: int, seed: int = 1) -> Iterator[Case]:
    """`mixed`: one case in ten violates one rule, the rules taking turns. `half-cent`: see `misbill`."""
    for number in range(count):
        rng = Random(f"{seed} {kind} {size} {number}")
        violating = number % VIOLATING_EVERY == VIOLATING_EVERY - 1
        rule = number // VIOLATING_EVERY % len(RULES) + 1 if violating and kind == "mixed" else 0
        prefix = f"{kind[0].upper()}{size[0].upper()}{number:05d}"
        half_cent = kind == "half-cent"
        dossier = build(rng, prefix, SIZES[size], rule, half_cent)
        expected = misbill(rng, dossier, number) if half_cent else violate(rng, dossier, rule)
        serial = 100_000 + number * 10 + (SETS.index(kind) * 3 + list(SIZES).index(size))
        bill = invoice(f"{prefix}-L", serial, dossier.starts, dossier.ends, dossier.lines)
        if rule == 2:
            bill["total"] += ONE_CENT
        text = to_json([*dossier.vouchers, bill])
        yield Case(f"{kind}/{size}/{number}", text.encode(), frozenset(expected))


def build(rng: Random, prefix: str, lines: int, rule: int, half_cent: bool) -> Dossier:
    """A conforming dossier on whose first voucher `rule` can be broken."""
    # A price between the two ceilings is wrong only before the later date: rule 10 wants such months too.
    month = rng.randint(1, 3) if rule == 10 and rng.random() < 0.6 else rng.randint(1, 11)
    starts, ends = date(2026, month, 1), date(2026, month + 1, 1) - DAY
    services = [rng.choice(SERVICES) for _ in range(max(2, -(-lines // LINES_A_VOUCHER)))]
    first = {6: "individual_coaching", 7: "group_coaching", 8: rng.choice(("assessment", "work_ability"))}
    services[0] = first.get(rule, services[0])
    dossier = Dossier([], [], starts, ends)
    for at, (service, count) in enumerate(zip(services, shares(rng, services, lines, rule), strict=True)):
        # Some clients have two vouchers at a time: of two services, and no coaching that could overlap.
        shared = at % 4 == 3 and len({service, services[at - 1], "individual_coaching"}) == 3
        client_ref = f"{prefix}-C{at + 1 - shared:03d}"
        price = choose_price(rng, service, starts, half_cent)
        granted = Decimal(HOURS_LIMIT if service == "individual_coaching" else rng.randint(30, 60))
        if half_cent:
            granted -= fractions(price)[0]
        # Not before the rulebook: a voucher of 2025 would be undecided, not judged.
        valid_from = max(starts - rng.randint(1, 60) * DAY, date(2026, 1, 1))
        made = voucher(rng, f"{prefix}-V{at + 1:03d}", client_ref, service, valid_from, granted, price)
        dossier.vouchers.append(made)
        visits = plan_days(rng, dossier, service, count, rule in (7, 8) and at == 0)
        dossier.lines += bill_visits(rng, made, visits, half_cent, plain=at == 0)
    dossier.lines.sort(key=lambda entry: entry["service_date"])
    for at, entry in enumerate(dossier.lines, 1):
        entry["line_id"] = str(at)
    return dossier


def shares(rng: Random, services: list[str], lines: int, rule: int) -> list[int]:
    """How many lines each voucher has: eight on average, a group never more."""
    if len(services) == 2:
        first = lines if rule == 8 else lines - 1
        return [first, lines - first]
    counts = [LINES_A_VOUCHER] * len(services)
    for at in range(sum(counts) - lines):
        counts[-1 - at % (len(counts) - 1)] -= 1
    for _ in services:
        giver, taker = rng.randrange(1, len(services)), rng.randrange(len(services))
        if counts[giver] > 4 and services[taker] != "group_coaching" and counts[taker] < MOST_LINES_A_VOUCHER:
            counts[giver] -= 1
            counts[taker] += 1
    return counts


def ceiling(service: str, day: date) -> Decimal:
    return max(Decimal(amount) for start, amount in CEILINGS[service] if start <= str(day))


def choose_price(rng: Random, service: str, day: date, half_cent: bool) -> Decimal:
    """At most the ceiling at the period's start, exactly the ceiling now and then."""
    top = int(ceiling(service, day).scaleb(2))
    prices = range(top * 8 // 10, top + 1)
    if half_cent:
        return Decimal(rng.choice([price for price in prices if price % 4])).scaleb(-2)
    return Decimal(top if rng.random() < 0.1 else rng.choice(prices)).scaleb(-2)


def fractions(price: Decimal) -> tuple[Decimal, ...]:
    """The parts of a unit at which this price falls on half a cent (none for a multiple of four cents)."""
    if int(price.scaleb(2)) % 2:
        return (Decimal("0.5"),)
    return (Decimal("0.25"), Decimal("0.75"))


def choose_quantity(rng: Random, service: str, price: Decimal, most: Decimal, half_cent: bool) -> Decimal:
    by_hour = service == "individual_coaching"
    if half_cent and by_hour:
        # Every twentieth of an hour whose price ends in half a cent.
        paid = int(price.scaleb(2))
        fitting = [part for part in range(5, int(most * 100) + 1, 5) if part * paid % 100 == 50]
        return Decimal(rng.choice(fitting)).scaleb(-2).normalize()
    if half_cent:
        return rng.choice(fractions(price))
    return Decimal(rng.randint(2, int(most * 4))) * Decimal("0.25") if by_hour else Decimal(1)


def plan_days(rng: Random, dossier: Dossier, service: str, count: int, overfull: bool) -> list[date]:
    """Distinct weekdays within the weekly limit; `overfull` puts one too many into one full week."""
    weeks: dict[str, list[date]] = {}
    for offset in range((dossier.ends - dossier.starts).days + 1):
        day = dossier.starts + offset * DAY
        if day.weekday() < 5:
            weeks.setdefault(week_of(str(day)), []).append(day)
    limit = {"individual_coaching": 5, "group_coaching": GROUP_DAYS}.get(service, WORK_DAYS)
    chosen: list[date] = []
    if overfull:
        full = rng.choice([week for week, days in weeks.items() if len(days) == 5])
        chosen = rng.sample(weeks.pop(full), limit + 1)
    pool = [day for days in weeks.values() for day in rng.sample(days, min(limit, len(days)))]
    return sorted(chosen + rng.sample(pool, max(0, count - len(chosen))))


def bill_visits(rng: Random, made: Document, days: list[date], half_cent: bool, plain: bool) -> list[Document]:
    """A line a day: most visits delivered, at most one missed, some cancelled and not billed."""
    service, price = made["service_type"], made["unit_price"]
    # Quarters of an hour such that all visits together stay within 30 hours.
    most = min(Decimal("3.5"), Decimal(HOURS_LIMIT * 4 // max(1, len(days))) / 4)
    lines: list[Document] = []
    missed = False
    for day in days:
        chance = 1.0 if plain else rng.random()
        event, quantity = "delivered", choose_quantity(rng, service, price, most, half_cent)
        if chance < 0.05:
            event, quantity = "cancelled_by_provider", Decimal(0)
        elif chance < 0.12 and not missed:
            missed = True
            event = rng.choice(("cancelled_same_day_by_client", "no_show"))
            quantity = fractions(price)[0] if half_cent else Decimal(1)
        entry = line(made, day, event, quantity)
        # A visit cancelled and made up on the same day: listed twice, billed once.
        if not quantity and lines and rng.random() < 0.5:
            entry["service_date"] = lines[-1]["service_date"]
        lines.append(entry)
    return lines


def rebill(entry: Document, **changes: Decimal) -> None:
    entry |= changes
    entry["amount"] = half_up(entry["quantity"] * entry["unit_price"])


def violate(rng: Random, dossier: Dossier, rule: int) -> set[Violation]:
    """Breaks one rule, once, and says what is to be found; rule 0 breaks none."""
    if rule == 0:
        return set()
    made, own = dossier.vouchers[0], dossier.first_lines()
    client, service, voucher_id = made["client"]["client_ref"], made["service_type"], made["voucher_id"]
    entry = rng.choice(own)
    key = entry["line_id"]
    match rule:
        case 1:
            entry["amount"] += ONE_CENT
        case 2:  # done on the finished invoice, whose total is computed last
            key = ""
        case 3:
            entry["voucher_id"] = f"{voucher_id}X"
        case 4:
            last = date.fromisoformat(own[-1]["service_date"]) - DAY
            made["valid_to"] = made["contract"]["ends"] = str(last)
            key = own[-1]["line_id"]
        case 5:
            own[-1]["service_date"] = str(dossier.ends + DAY)
            key = own[-1]["line_id"]
        case 6:
            each = Decimal(HOURS_LIMIT * 4 // len(own)) / 4
            for other in own[:-1]:
                rebill(other, quantity=each)
            rebill(own[-1], quantity=HOURS_LIMIT - each * (len(own) - 1) + ONE_CENT)
            key = voucher_id
        case 7 | 8:
            weeks = [week_of(other["service_date"]) for other in own]
            parts = [client, max(weeks, key=weeks.count)]
            key = "|".join(parts if rule == 7 else [client, service, parts[1]])
        case 9:
            for other, event in zip(own, ("cancelled_same_day_by_client", "no_show"), strict=False):
                rebill(other, quantity=Decimal(1))
                other["event"] = event
            key = f"{voucher_id}|{entry['service_date'][:7]}"
        case 10:
            price = ceiling(service, date.fromisoformat(entry["service_date"])) + ONE_CENT
            rebill(entry, unit_price=price)
            # The voucher has the price too, so that only the ceiling is exceeded.
            made |= {"unit_price": price, "total_value": half_up(made["granted_units"] * price)}
        case 11:
            made["total_value"] += ONE_CENT
            key = voucher_id
        case 12:
            own[1]["service_date"] = own[0]["service_date"]
            key = "|".join((client, service, own[0]["service_date"]))
    return {(rule, key)}


def misbill(rng: Random, dossier: Dossier, number: int) -> set[Violation]:
    """In every other half-cent case, bills some amounts a cent too low: rounded down from the half cent."""
    if number % 2 == 0:
        return set()
    found: set[Violation] = set()
    for entry in dossier.lines:
        if entry["quantity"] and rng.random() < 0.2:
            entry["amount"] -= ONE_CENT
            found.add((1, entry["line_id"]))
    for made in dossier.vouchers:
        if rng.random() < 0.2:
            made["total_value"] -= ONE_CENT
            found.add((11, made["voucher_id"]))
    return found


def write(directory: Path, kind: str, size: str, count: int, seed: int = 1) -> None:
    """One NDJSON file, a case a line, and the violations of each by its name, in the same order."""
    expected: dict[str, list[Violation]] = {}
    with (directory / f"{kind}-{size}.ndjson").open("wb") as file:
        for case in cases(kind, size, count, seed):
            file.write(case.raw + b"\n")
            expected[case.name] = sorted(case.expected)
    text = json.dumps(expected, indent=1) + "\n"
    (directory / f"{kind}-{size}.expected.json").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the benchmark's cases to files.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=120)
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for size in options.sizes.split(","):
        for kind in SETS:
            write(options.out, kind, size, options.cases, options.seed)


if __name__ == "__main__":
    main()
