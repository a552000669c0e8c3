"""What a reader of a report should know beside its findings: what is about to change, what was not looked at lately,
and which documents lie across an amendment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ktt_policy.build.model import Rule
from ktt_policy.documents import Document
from ktt_policy.engine.context import Timeframe
from ktt_policy.engine.wording import worded
from ktt_policy.report import Note

if TYPE_CHECKING:
    from ktt_policy.engine.judge import Judge

AHEAD = 30  # days
STALE = 365


def upcoming(time: Timeframe, on: date, days: int = AHEAD) -> list[Note]:
    """Versions and parameter values that come into force soon after the evaluation date."""
    found: dict[date, list[str]] = {}
    for rule in time.rules:
        for version in rule.versions:
            if on < version.start <= on + timedelta(days):
                found.setdefault(version.start, []).append(rule.code)
    for name, parameter in time.parameters.items():
        for value in parameter.values:
            if on < value.start <= on + timedelta(days):
                found.setdefault(value.start, []).append(name)
    return [
        Note(
            "upcoming",
            {
                "fi": f"{worded(day, 'fi')} alkaen muuttuu: {', '.join(names)}",
                "en": f"from {worded(day, 'en')} this changes: {', '.join(names)}",
            },
        )
        for day, names in sorted(found.items())
    ]


def stale(time: Timeframe, on: date, days: int = STALE) -> list[Note]:
    """Parameters in force whose value was verified against its source long ago."""
    old = []
    for name, parameter in time.parameters.items():
        begun = [v for v in parameter.values if v.start <= on]
        if begun and begun[-1].verified_on is not None and begun[-1].verified_on < on - timedelta(days):
            old.append((name, begun[-1].verified_on))
    return [
        Note(
            "stale",
            {
                "fi": f"parametri {name} on tarkistettu lähteestä viimeksi {worded(day, 'fi')}",
                "en": f"the parameter {name} was last verified against its source on {worded(day, 'en')}",
            },
        )
        for name, day in old
    ]


class Crossing:
    """Finds documents whose items are judged by more than one version of a rule, or of a parameter that it reads."""

    def __init__(self, time: Timeframe, judge: Judge) -> None:
        self.time = time
        self.judge = judge
        # Before the first edition nothing is judged, so only what changes after it can divide a document.
        self.changing: dict[str, list[tuple[Rule, list[date]]]] = {}
        for rule in time.rules:
            later = sorted(day for day in time.changes_of(rule) if day > time.first_edition)
            if later:
                self.changing.setdefault(rule.kind, []).append((rule, later))

    def note(self, document: Document) -> Note | None:
        """What changes within a document: the days, and the codes of the rules; None when nothing does."""
        found: dict[date, set[str]] = {}
        for rule, changes in self.changing.get(document.kind, ()):
            days = self.judge.days(rule, document)
            for change in changes:
                if days and min(days) < change <= max(days):
                    found.setdefault(change, set()).add(rule.code)
        if not found:
            return None
        said = {
            lang: ", ".join(f"{worded(day, lang)} ({', '.join(sorted(found[day]))})" for day in sorted(found))
            for lang in ("fi", "en")
        }
        name = document.key or document.file
        return Note(
            "across an amendment",
            {
                "fi": f"{name}: osa kohdista on ennen muutosta ja osa sen jälkeen, {said['fi']}",
                "en": f"{name}: some items are before and some after an amendment, {said['en']}",
            },
            document.file,
            document.line,
        )
