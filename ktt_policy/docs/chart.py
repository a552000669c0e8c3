"""The history of a parameter as a small SVG: steps for numbers, stretches for everything else. No script."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import escape

from ktt_policy.build.model import Parameter
from ktt_policy.docs.page import Page
from ktt_policy.engine.wording import worded

WIDTH, HIGH, LOW, LEFT, RIGHT, TOP, BOTTOM = 640, 120, 72, 16, 16, 26, 24
LONGEST = 44  # signs of a label


def chart(page: Page, p: Parameter, on: date, labels: list[str]) -> str:
    """The values over time as SVG; empty where a table says it better: one list, or one keyed table."""
    if not p.values or (len(p.values) == 1 and (p.by or p.type in ("list", "record"))):
        return ""
    starts = [v.start for v in p.values]
    last = max(on, starts[-1]).toordinal()
    first = starts[0].toordinal()
    end = last + max((last - first) // 6, 30)

    def x(day: int) -> Decimal:
        return _tenths(LEFT + Decimal((WIDTH - LEFT - RIGHT) * (day - first)) / (end - first))

    heights = _heights(p)
    tall = HIGH if len(set(heights)) > 1 else LOW
    drawn, before = [], None
    for number, start in enumerate(starts):
        left = x(start.toordinal())
        right = x(starts[number + 1].toordinal() if number + 1 < len(starts) else end)
        y = heights[number]
        if before is not None:
            drawn.append(f'<path class="step" d="M{left} {before}V{y}"/>')
        drawn.append(f'<path class="value" d="M{left} {y}H{right}"/>')
        label = _short(re.sub(r"<br>", "; ", labels[number]), right - left)
        drawn.append(f'<text x="{left + 4}" y="{y - 6}">{label}</text>')
        drawn.append(f'<path class="tick" d="M{left} {tall - BOTTOM}v5"/>')
        drawn.append(f'<text class="day" x="{left}" y="{tall - 6}">{worded(start, page.lang)}</text>')
        before = y
    now = x(on.toordinal()) if first <= on.toordinal() else None
    if now is not None:
        drawn.append(f'<path class="now" d="M{now} {TOP - 14}V{tall - BOTTOM}"/>')
    title = escape(page("chart of", name=p.title[page.lang], day=worded(on, page.lang)))
    axis = f'<path class="axis" d="M{LEFT} {tall - BOTTOM}H{WIDTH - RIGHT}"/>'
    return (
        f'<svg class="history" viewBox="0 0 {WIDTH} {tall}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{axis}{''.join(drawn)}</svg>"
    )


def _tenths(length: Decimal) -> Decimal:
    return length.quantize(Decimal("0.1"))


def _heights(p: Parameter) -> list[Decimal]:
    """Where each value stands: by its size when all are numbers, else on one line."""
    middle = Decimal(LOW - BOTTOM - 10)
    if p.type != "number" or p.by or any(v.value is None for v in p.values):
        return [middle] * len(p.values)
    values = [Decimal(str(v.value)) for v in p.values]
    low, high = min(values), max(values)
    if low == high:
        return [middle] * len(values)
    room = HIGH - TOP - BOTTOM - 14
    return [_tenths(HIGH - BOTTOM - 8 - room * (v - low) / (high - low)) for v in values]


def _short(text: str, width: Decimal) -> str:
    plain_text = text.replace("\\", "")
    most = min(LONGEST, max(int(width / 7), 4))
    return plain_text if len(plain_text) <= most else plain_text[: most - 1].rstrip() + "…"
