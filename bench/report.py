"""The figures of one size as a table, and as JSON."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Standing:
    """What comparing one engine on one size brought out: the worker's reply by set, or why it failed."""

    sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    error: str = ""

    def wrong(self) -> int:
        return sum(reply["wrong_cases"] for reply in self.sets.values())


@dataclass(slots=True)
class Result:
    engine: str
    standing: Standing
    rate: float | None
    ratio: float | None
    spread: tuple[float, float] | None

    def as_json(self) -> dict[str, Any]:
        return {
            "engine": self.engine,
            "cases_per_second": self.rate,
            "ratio": self.ratio,
            "ratio_lowest_highest": self.spread,
            "error": self.standing.error or None,
            "compared": self.standing.sets,
        }


def percent(part: int, whole: int) -> str:
    """Never 0 for something: one wrong verdict in a thousand must be seen."""
    if part == 0:
        return "0"
    return f"{max(0.1, 100 * part / whole):.1f} %"


def number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def half_cents(standing: Standing) -> list[str]:
    """Wrong verdicts of those on an amount, wrong cases, both on the half-cent set."""
    reply = standing.sets.get("half-cent")
    if reply is None:
        return ["-", "-"]
    return [
        percent(reply["wrong_amounts"], reply["amount_verdicts"]),
        percent(reply["wrong_cases"], reply["judged"]),
    ]


def row(result: Result) -> list[str]:
    ratio, spread = result.ratio, result.spread
    return [
        result.engine,
        number(result.rate),
        f"{ratio:.3g}" if ratio is not None else "-",
        f"{spread[0]:.3g}..{spread[1]:.3g}" if spread else "-",
        *half_cents(result.standing),
    ]


def remarks(results: list[Result]) -> list[str]:
    """What a row cannot say: failures, few cases, and verdicts on other rules that differ."""
    lines: list[str] = []
    for result in results:
        standing = result.standing
        if standing.error:
            lines.append(f"{result.engine}: gives up: {standing.error}")
        for kind, reply in standing.sets.items():
            of = max(entry.standing.sets[kind]["judged"] for entry in results if kind in entry.standing.sets)
            if reply["judged"] < of:
                lines.append(f"{result.engine}: compared on {reply['judged']} of {of} {kind} cases (too slow for all)")
            if kind != "half-cent" and reply["wrong_amounts"]:
                share = percent(reply["wrong_amounts"], reply["amount_verdicts"])
                lines.append(f"{result.engine}: {share} of the amounts judged wrong in the {kind} set too")
            if reply["wrong_others"]:
                examples = "; ".join(reply["examples"])
                lines.append(f"{result.engine}: {reply['wrong_others']} other verdicts differ ({kind}): {examples}")
    return lines


def table(results: list[Result]) -> str:
    head = ["engine", "cases/s", "ratio", "lowest..highest", "wrong half cents", "wrong cases"]
    rows = [head, *(row(result) for result in results)]
    widths = [max(len(cells[at]) for cells in rows) for at in range(len(head))]
    text = [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        for cells in rows
    ]
    text.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(["", *text, *(f"  {line}" for line in remarks(results))]).lstrip("\n")
