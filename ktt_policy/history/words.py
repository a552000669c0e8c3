"""The words of a change notice, in Finnish and English."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, dict[str, str]] = {
    "fi": {
        "title": "Sääntökirjan muutokset", "same": "Mikään ei muutu.",
        "rules": "Säännöt", "parameters": "Parametrit", "clauses": "Kohdat", "schemas": "Skeemat",
        "impact": "Vaikutus asiakirjoihin", "published": "julkaistu",
        "added": "uusi", "changed": "muuttunut", "repealed": "kumottu", "removed": "poistunut",
        "renumbered": "numeroitu uudelleen", "was": "ennen", "before": "Ennen", "after": "Jälkeen",
        "from": "alkaen", "clause": "kohta", "definition": "muuttunut määritelmä, jota ehto käyttää",
        "texts": "Vain tekstit muuttuvat; tarkastuksen tulos ei muutu.", "none": "ei arvoa", "basis": "peruste",
        "other language": "Vain englanninkielinen teksti muuttuu.",
        "newly": "laskutettua summaa, jossa on uusi rikkomus",
        "released": "laskutettua summaa, jossa ei enää ole rikkomusta",
        "rule": "Sääntö", "affected": "Asiakirjoja", "violated": "Uusia rikkomuksia",
        "undecided": "Uusia ratkaisemattomia", "no_longer": "Poistuvia rikkomuksia",
        "amount": "Uusissa rikkomuksissa, €",
        "document": "Asiakirja", "place": "Paikka", "clause_column": "Kohta",
        "unknown": "muutoksen vaikutusta ei tiedetä",
        "more": "muuta asiakirjaa jätettiin tästä pois; JSON-muodossa ovat kaikki",
    },
    "en": {
        "title": "Changes in the rulebook", "same": "Nothing changes.",
        "rules": "Rules", "parameters": "Parameters", "clauses": "Clauses", "schemas": "Schemas",
        "impact": "Impact on documents", "published": "published",
        "added": "new", "changed": "changed", "repealed": "repealed", "removed": "removed",
        "renumbered": "renumbered", "was": "was", "before": "Before", "after": "After",
        "from": "from", "clause": "clause", "definition": "a definition that it uses has changed",
        "texts": "Only texts change; no verdict does.", "none": "no value", "basis": "basis",
        "other language": "Only the Finnish text changes.",
        "newly": "billed amount newly at fault", "released": "billed amount no longer at fault",
        "rule": "Rule", "affected": "Documents", "violated": "Newly violated", "undecided": "Newly undecided",
        "no_longer": "No longer violated", "amount": "Newly at fault, €", "document": "Document", "place": "Place",
        "clause_column": "Clause",
        "unknown": "the effect of the change is not known",
        "more": "more documents are left out here; the JSON form has all of them",
    },
}  # fmt: skip
PARTS = {
    "fi": {
        "title": "otsikko", "message": "viesti", "explanation": "perustelu", "clauses": "kohdat",
        "severity": "vakavuus", "heading": "otsikko", "summary": "tiivistelmä", "status": "käsittely",
        "reason": "peruste", "interpretation": "tulkinta", "note": "huomautus",
    },
    "en": {},
}  # fmt: skip
COUNTED: dict[str, dict[str, tuple[str, str]]] = {
    "fi": {
        "judged": ("asiakirja tarkastettu", "asiakirjaa tarkastettu"),
        "changed": ("asiakirjan tulos muuttuu", "asiakirjan tulos muuttuu"),
        "unknown": (
            "asiakirja, jossa jokin jää ratkaisematta kumpanakin päivänä",
            "asiakirjaa, joissa jokin jää ratkaisematta kumpanakin päivänä",
        ),
        "documents": ("asiakirja", "asiakirjaa"), "violated": ("uusi rikkomus", "uutta rikkomusta"),
        "undecided": ("uusi ratkaisematon", "uutta ratkaisematonta"),
        "no longer": ("poistuva rikkomus", "poistuvaa rikkomusta"),
    },
    "en": {
        "judged": ("document judged", "documents judged"),
        "changed": ("document whose verdict changes", "documents whose verdict changes"),
        "unknown": (
            "document in which something is undecided on both days",
            "documents in which something is undecided on both days",
        ),
        "documents": ("document", "documents"), "violated": ("newly violated", "newly violated"),
        "undecided": ("newly undecided", "newly undecided"),
        "no longer": ("no longer violated", "no longer violated"),
    },
}  # fmt: skip
UNITS = {  # of one, and of any other number
    "days": (("päivä", "päivää"), ("day", "days")),
    "working days": (("arkipäivä", "arkipäivää"), ("working day", "working days")),
    "years": (("vuosi", "vuotta"), ("year", "years")),
    "h": (("h", "h"), ("h", "h")),
    "km": (("km", "km"), ("km", "km")),
    "EUR": (("€", "€"), ("€", "€")),
    "units": (("yksikkö", "yksikköä"), ("unit", "units")),
    "clients": (("asiakas", "asiakasta"), ("client", "clients")),
    "visits": (("käynti", "käyntiä"), ("visit", "visits")),
}


def unit_name(unit: str, lang: str, value: Any) -> str:
    """The unit of a parameter behind its value, with a space before it; as written where it has no name here."""
    if not unit or value is None:
        return ""
    one, more = UNITS.get(unit, ((unit, unit), (unit, unit)))[0 if lang == "fi" else 1]
    return f" {one if str(value) == '1' else more}"
