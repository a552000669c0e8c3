"""What a reader of a report should know beside its findings: what is about to change, what was not looked at lately,
and which documents lie across an amendment."""

from __future__ import annotations

from datetime import date
from functools import cached_property
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
NAMED = 12  # so many names are told, of more their number

NOT_COMPLETE = Note(
    "not complete",
    {
        "fi": "kaikkia annettuja asiakirjoja tai niiden tunnuksia ei voitu lukea, joten puuttuvasta asiakirjasta ei "
        "päätellä mitään",
        "en": "not all that was given, or its key, could be read, so nothing follows from a document that is missing",
    },
)


def broken(document: Document) -> Note:
    """A document to look things up in that breaks its schema: no rule judges it, and yet it may decide nothing."""
    faults = document.faults or []
    more = {"fi": "", "en": ""}
    if len(faults) > 1:
        more = {"fi": f" (virheitä yhteensä {len(faults)})", "en": f" ({len(faults)} faults in all)"}
    name = document.key or document.file
    fi = f"{name}: asiakirja, josta vain haetaan tietoja, rikkoo skeemaansa: {faults[0].message['fi']}{more['fi']}"
    en = f"{name}: the context document breaks its schema: {faults[0].message['en']}{more['en']}"
    return Note("broken context", {"fi": fi, "en": en}, document.file, document.line)


class Notes:
    """What an engine has to say beside findings; worked out when first asked for, and kept for later runs."""

    def __init__(self, time: Timeframe) -> None:
        self.time = time
        self._general: dict[date, list[Note]] = {}

    def general(self, on: date) -> list[Note]:
        """What is about to change, and what was not verified for long, as of an evaluation date."""
        if on not in self._general:
            self._general[on] = [*self._upcoming(on), *self._stale(on)]
        return self._general[on]

    def _upcoming(self, on: date) -> list[Note]:
        found: dict[date, list[str]] = {}
        for rule in self.time.rules:
            for version in rule.versions:
                if 0 < (version.start - on).days <= AHEAD:
                    found.setdefault(version.start, []).append(rule.code)
        for name, parameter in self.time.parameters.items():
            for value in parameter.values:
                if 0 < (value.start - on).days <= AHEAD:
                    found.setdefault(value.start, []).append(name)
        made = []
        for day, names in sorted(found.items()):
            listed = ", ".join(names[:NAMED]) + (f", … (+{len(names) - NAMED})" if len(names) > NAMED else "")
            fi, en = f"{worded(day, 'fi')} alkaen muuttuu: {listed}", f"from {worded(day, 'en')} this changes: {listed}"
            made.append(Note("upcoming", {"fi": fi, "en": en}))
        return made

    def _stale(self, on: date) -> list[Note]:
        made = []
        for name, parameter in self.time.parameters.items():
            begun = [v for v in parameter.values if v.start <= on]
            day = begun[-1].verified_on if begun else None
            if day is not None and (on - day).days > STALE:
                fi = f"parametri {name} on tarkistettu lähteestä viimeksi {worded(day, 'fi')}"
                en = f"the parameter {name} was last verified against its source on {worded(day, 'en')}"
                made.append(Note("stale", {"fi": fi, "en": en}))
        return made

    @cached_property
    def changing(self) -> dict[str, list[tuple[Rule, list[date]]]]:
        """Kind → the rules that change, or read what changes, and when. Before the first edition nothing is judged,
        so only what changes after it can divide a document."""
        first = self.time.first_edition
        found: dict[str, list[tuple[Rule, list[date]]]] = {}
        for rule in self.time.rules if self.time.changes[-1:] > [first] else ():
            later = sorted(day for day in self.time.changes_of(rule) if day > first)
            if later:
                found.setdefault(rule.kind, []).append((rule, later))
        return found

    def crossing(self, document: Document, judge: Judge) -> Note | None:
        """What changes between the items of a document: the days and the rules; None when nothing does."""
        found: dict[date, set[str]] = {}
        for rule, changes in self.changing.get(document.kind, ()):
            days = judge.days(rule, document)
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
        fi = f"{name}: osa tapahtumista ajoittuu ennen muutosta ja osa sen jälkeen; muutos: {said['fi']}"
        en = f"{name}: some items are before and some after an amendment, {said['en']}"
        return Note("across an amendment", {"fi": fi, "en": en}, document.file, document.line)
