"""Why something is undecided, in words, and what to do about it."""

from __future__ import annotations

from datetime import date

from ktt_policy.diagnostics import Texts
from ktt_policy.expr.values import Reason

# Language → text.

REASONS: dict[str, Texts] = {
    "not stated": {"fi": "tietoa ei ole ilmoitettu: {0}", "en": "not stated: {0}"},
    "broke schema": {"fi": "tieto on skeeman vastainen: {0}", "en": "breaks its schema: {0}"},
    "null value": {"fi": "arvo on null: {0}", "en": "is null: {0}"},
    "not given": {"fi": "asiakirjaa ei ole annettu: {0} {1}", "en": "not given: {0} {1}"},
    "no document": {"fi": "asiakirjaa ei ole: {0} {1}", "en": "there is no document: {0} {1}"},
    "not complete": {
        "fi": "ei tiedetä, annettiinko kaikki asiakirjat", "en": "it is not known whether all documents were given",
    },
    "ambiguous": {"fi": "asiakirjoja on useita: {0} {1}", "en": "ambiguous, given more than once: {0} {1}"},
    "no parameter": {
        "fi": "parametrilla `{0}` ei ole arvoa päivästä {1} alkaen",
        "en": "the parameter `{0}` has no value from {1} on",
    },
    "no edition": {
        "fi": "mikään sääntökirjan painos ei ole voimassa {0}", "en": "no edition in force on {0}",
    },
    "no entry": {
        "fi": "taulukosta, josta arvo haetaan, puuttuu kohta `{0}`",
        "en": "the table that the value is looked up in has no entry for `{0}`",
    },
    "no date": {"fi": "viitepäivää ei voi määrittää: {0}", "en": "the reference date is not known: {0}"},
    "division by zero": {"fi": "jako nollalla", "en": "division by zero"},
    "out of range": {"fi": "tulos ei mahdu lukualueelle: {0}", "en": "the result is out of range: {0}"},
    "unknown item": {"fi": "luettelossa on tuntematon arvo: {0}", "en": "an item is not known: {0}"},
    "crash": {"fi": "säännön laskenta kaatui: {0}", "en": "the evaluation crashed: {0}"},
    # what functions and operators have no answer to
    "not a date": {"fi": "arvo ei ole päivä", "en": "the value is not a date"},
    "not a time": {"fi": "arvo ei ole kellonaika", "en": "the value is not a time"},
    "not a date and time": {"fi": "arvo ei ole aikaleima", "en": "the value is not a date and time"},
    "not a duration": {"fi": "arvo ei ole kesto", "en": "the value is not a duration"},
    "not a number": {"fi": "teksti ei ole luku", "en": "the text is not a number"},
    "not a whole number": {"fi": "luku ei ole kokonaisluku", "en": "the number is not a whole number"},
    "not a number of days": {
        "fi": "päivien määrä ei ole kokonaisluku tai on liian suuri",
        "en": "the number of days is not a whole number, or is too large",
    },
    "too many days": {"fi": "päivät ovat liian kaukana toisistaan", "en": "the days are too far apart"},
    "too many steps": {
        "fi": "lueteltavia arvoja on liikaa: enintään 10 000", "en": "too many values to go through: at most 10,000",
    },
    "not a working week": {"fi": "työviikko on tuntematon", "en": "there is no such working week"},
    "not a period": {"fi": "jakso on kuukautta lyhyempi", "en": "the period is shorter than a month"},
    "not a leap day": {
        "fi": "karkauspäivän sijaan käytettävä päivä ei ole 02-28 eikä 03-01",
        "en": "the day that stands for the leap day is neither 02-28 nor 03-01",
    },
    "not born yet": {
        "fi": "henkilö ei ole vielä syntynyt kyseisenä päivänä", "en": "the person is not born yet on that day",
    },
    "not an identity code": {
        "fi": "teksti ei ole kelvollinen henkilötunnus", "en": "the text is not a valid personal identity code",
    },
    "no such position": {
        "fi": "luettelossa tai tekstissä ei ole sellaista paikkaa", "en": "the list or text has no such position",
    },
    "no such scale": {
        "fi": "desimaalien määrä ei ole kokonaisluku väliltä −34…34",
        "en": "the number of decimals is not a whole number from −34 to 34",
    },
    "no such power": {"fi": "potenssia ei ole määritelty", "en": "the power is not defined"},
    "root of a negative number": {
        "fi": "negatiivisella luvulla ei ole neliöjuurta", "en": "a negative number has no square root",
    },
}  # fmt: skip
# What to do about it, where there is something to do besides filling the field in.
REMEDIES: dict[str, Texts] = {
    "not given": {
        "fi": "anna asiakirja tai lisää se valitsimella --context; --complete sanoo, ettei sitä ole",
        "en": "give the document, or add it with --context; --complete says that it does not exist",
    },
    "no document": {
        "fi": "anna asiakirja tai lisää se valitsimella --context",
        "en": "give the document, or add it with --context",
    },
    "not complete": {
        "fi": "anna kaikki asiakirjat ja sano se valitsimella --complete",
        "en": "give all documents, and say so with --complete",
    },
    "ambiguous": {"fi": "poista kaksoiskappale", "en": "take out the duplicate"},
    "no parameter": {
        "fi": "anna arvo tiedostossa, jonka valitsin --parameters nimeää",
        "en": "give its value in the file that --parameters names",
    },
    "not stated": {"fi": "täydennä tieto asiakirjaan", "en": "state it in the document"},
    "broke schema": {"fi": "korjaa ensin skeemavirhe", "en": "correct the schema fault first"},
    "crash": {"fi": "ilmoita viasta ja säännöstä", "en": "report the fault together with the rule"},
}


# Of a parameter that is read where no day is known yet, or on one before all that the rulebook says.
NO_PARAMETER: Texts = {"fi": "parametrilla `{0}` ei ole arvoa", "en": "the parameter `{0}` has no value"}
NO_DAY = ("", date.min.isoformat())
DAYS = {"no parameter": 1, "no edition": 0}  # which part of what a reason speaks of is a day


def reason_text(reason: Reason, lang: str, kinds: dict[str, str] | None = None) -> str:
    """The reason in words. `kinds`: what kinds of documents are called, where not by their names."""
    code, about = reason.code, [*reason.about, "", ""]
    if code == "no parameter" and about[1] in NO_DAY:
        return NO_PARAMETER[lang].format(*about)
    if code in DAYS and lang == "fi":
        day = date.fromisoformat(about[DAYS[code]])
        about[DAYS[code]] = f"{day.day}.{day.month}.{day.year}"
    elif code in ("not given", "no document", "ambiguous") and kinds is not None:
        about[0] = kinds.get(about[0], about[0])
    said = REASONS[code][lang].format(*about).rstrip(": ")
    return f"{said} ({reason.document})" if reason.document else said
