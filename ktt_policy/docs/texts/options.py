"""What each setting means, in Finnish and English. A key without an entry fails the build."""

from __future__ import annotations

OPTIONS: dict[str, tuple[str, str]] = {
    "rulebook": ("sääntökirja: ohjelman mukana tulevan tunnus tai kansio", "a shipped rulebook's id, or a folder"),
    "parameters": ("tiedosto: parametri → päivä → arvo", "a file: parameter → date → value"),
    "context": ("asiakirjat, joista haetaan tietoja mutta joita ei tarkasteta", "documents to look things up in, not judged"),
    "select": ("vain nämä säännöt tai kohdat", "only these rules or clauses"),
    "ignore": ("ei näitä sääntöjä tai kohtia", "not these rules or clauses"),
    "lang": ("viestien kieli, `fi` tai `en` (oletus: `fi`)", "language of messages, `fi` or `en` (default: `fi`)"),
    "format": ("tulosteen muoto", "what goes to stdout"),
    "output": ("raportit tiedostoihin: muoto → tiedosto", "reports to files: format → file"),
    "baseline": ("JSON-raportti, jonka havainnot ovat tunnettuja", "a JSON report whose findings are known"),
    "fail-on": ("lievin vakavuus, jolla ajo epäonnistuu: `error` tai `warning`", "what fails a run: `error` or `warning`"),
    "allow-undecided": ("ajo ei epäonnistu siitä, mikä jäi ratkaisematta", "undecided outcomes do not fail a run"),
    "complete": ("kaikki asiakirjat on annettu", "all documents are given"),
    "strict-input": (
        "ajo epäonnistuu, jos kansiossa on tiedostoja, joita ei ole nimetty asiakirjoiksi",
        "files of a folder that are not named as documents fail the run",
    ),
    "max-bytes": ("suurin yksittäinen asiakirja tavuina", "largest single document, in bytes"),
    "jobs": ("prosesseja suurelle ajolle", "processes for a large run"),
    "suppress.code": ("säännön tunnus, esimerkiksi I502", "the code of the rule, such as I502"),
    "suppress.reason": ("miksi havainto hyväksytään määräajaksi", "why it is accepted for now"),
    "suppress.until": (
        "viimeinen päivä, jona poikkeus on voimassa; sen jälkeen ajo epäonnistuu",
        "the last day on which it holds; after that the run fails",
    ),
    "suppress.document": ("yhden asiakirjan tunnus, esimerkiksi laskun numero", "the key of one document: its number, say"),
    "suppress.fingerprint": (
        "yhden havainnon tunniste JSON-raportista", "the fingerprint of one finding, from the JSON report",
    ),
}  # fmt: skip
