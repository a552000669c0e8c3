"""Labels and short texts of generated pages: key → (Finnish, English)."""

WORDS: dict[str, tuple[str, str]] = {
    # the site
    "language name": ("Suomi", "English"),
    "switch": ("Kieli", "Language"),
    "to dark": ("Vaihda tummaan", "Switch to dark mode"),
    "to light": ("Vaihda vaaleaan", "Switch to light mode"),
    "to system": ("Noudata järjestelmän asetusta", "Follow the system"),
    "on this page": ("Tällä sivulla", "On this page"),
    "description of site": ("Mitä sääntökirjasta tarkastetaan, miten ja miksi",
                            "What of the rulebook is checked, how, and why"),
    "home": ("Etusivu", "Home"),
    "guides": ("Ohjeet", "Guides"),
    "the rulebook": ("Sääntökirja", "Rulebook"),
    "reference": ("Hakuteos", "Reference"),
    "for authors": ("Sääntöjen laatijalle", "For authors"),
    # things
    "rule": ("Sääntö", "Rule"),
    "rules": ("Säännöt", "Rules"),
    "clause": ("Kohta", "Clause"),
    "clauses": ("Kohdat", "Clauses"),
    "parameter": ("Parametri", "Parameter"),
    "parameters": ("Parametrit", "Parameters"),
    "edition": ("Painos", "Edition"),
    "editions": ("Painokset", "Editions"),
    "document": ("Asiakirja", "Document"),
    "field": ("Kenttä", "Field"),
    "fields": ("Kentät", "Fields"),
    "code": ("Tunnus", "Code"),
    "codes": ("Ilmoitustunnukset", "Codes"),
    "name": ("Nimi", "Name"),
    "title": ("Otsikko", "Title"),
    "heading": ("Otsikko", "Heading"),
    "requirement": ("Vaatimus", "Requirement"),
    "severity": ("Vakavuus", "Severity"),
    "error": ("virhe", "error"),
    "warning": ("varoitus", "warning"),
    "error long": ("virhe: tarkastus ei mene läpi, jos sääntöä rikotaan (paluukoodi 1)",
                   "error: a violation fails the check (exit code 1)"),
    "warning long": ("varoitus: rikkomus näytetään, mutta se ei yksin estä läpimenoa",
                     "warning: a violation is shown, but does not fail the check by itself"),
    "value": ("Arvo", "Value"),
    "meaning": ("Merkitys", "Meaning"),
    "fact": ("Tieto", "Fact"),
    "number": ("Määrä", "Number"),
    "reason": ("Perustelu", "Reason"),
    "description": ("Kuvaus", "Description"),
    "status": ("Käsittely", "Status"),
    "for example": ("Esimerkiksi", "For example"),
    "in all": ("Yhteensä", "In all"),
    "published": ("Julkaistu", "Published"),
    "repealed": ("Kumottu", "Repealed"),
    "repealed from": ("kumottu {day} alkaen", "repealed from {day}"),
    "begins": ("tulee voimaan {day}", "in force from {day}"),
    "from": ("{day} alkaen", "from {day}"),
    "from day": ("Alkaen", "From"),
    "time in force": ("Voimassa", "In force"),
    "kind provider": ("palveluntuottaja", "provider"),
    "kind voucher": ("palveluseteli", "voucher"),
    "kind invoice": ("lasku", "invoice"),
    # rules
    "rules intro": (
        "Jokaisella säännöllä on oma sivunsa: mitä se vaatii ja miksi, mihin sääntökirjan kohtaan se perustuu, mitä tietoja se "
        "lukee ja miten rikkomus korjataan. Säännön tunnus on sama kuin tarkastuksen tuloksessa.",
        "Each rule has a page of its own: what it requires and why, the clause that it rests on, the data that it reads, "
        "and how to put a violation right. Its code is the one that a check reports."),
    "system rules": ("Asiakirjaa koskevat havainnot", "Findings about the document itself"),
    "not in force": ("Sääntö ei ole voimassa", "Not in force"),
    "not in force text": ("Sääntö ei ole voimassa {on}. Sivu näyttää sen lähimmän version.",
                          "This rule is not in force on {on}. The page shows its nearest version."),
    "checked from": ("Tarkastetaan asiakirjasta", "Checked from"),
    "since": ("Tämä versio voimassa", "This version in force"),
    "in words": ("Sääntö sanoin", "In plain words"),
    "as written": ("Sääntö lausekkeina", "As written"),
    "as written intro": ("Näin sääntö on kirjoitettu tiedostoon `{file}`. Parametrit ja funktiot ovat linkkejä.",
                         "This is what the file `{file}` says. Parameters and functions are links."),
    "definitions": ("Säännön käyttämät määritelmät", "Definitions that it uses"),
    "data": ("Tiedot, jotka sääntö lukee", "The data that it reads"),
    "examples": ("Esimerkit", "Examples"),
    "examples intro": (
        "Esimerkit ovat säännön omista testitapauksista, ja niistä näytetään vain tiedot, jotka sääntö lukee. "
        "Henkilöt, tunnukset ja hinnat ovat keksittyjä.",
        "The examples are cases of the rule's own tests; only the data that the rule reads is shown. "
        "Persons, identifiers and prices are invented."),
    "example passed": ("Vaatimus täyttyy", "It passes"),
    "example violated": ("Vaatimus ei täyty", "It is violated"),
    "with parameters": ("Esimerkissä on annettu nämä parametrien arvot:", "The example was given these parameter values:"),
    "fix": ("Näin korjaat", "How to put it right"),
    "fix at": ("Avaa asiakirja havainnon näyttämästä kohdasta. Virhe on kentässä {field}.",
               "Open the document at the place that the finding names. The fault is in the field {field}."),
    "fix item": ("Avaa asiakirja havainnon näyttämästä kohdasta. Ryhmää koskeva havainto luettelee myös muut kohdat, joista "
                 "tulos laskettiin.",
                 "Open the document at the place that the finding names. A finding about a group lists the other places "
                 "that it was worked out from as well."),
    "fix values": ("Vertaa sitä tietoihin, joihin ratkaisu perustuu: {fields}. Havainnon viesti kertoo arvot ja sen, mikä "
                   "olisi oikein.",
                   "Compare it with the data that the verdict rests on: {fields}. The message gives the values, and what "
                   "would be right."),
    "fix invoice": ("Jos tieto on kirjattu väärin, korjaa se laskutusjärjestelmään. Jos tieto on oikein, laskutus ei ole "
                    "sääntökirjan mukainen: poista tai muuta rivi ja muodosta lasku uudelleen.",
                    "If the data is wrong, correct it in the billing system. If it is right, the billing does not conform: "
                    "take out or change the line, and make the invoice again."),
    "fix voucher": ("Jos tieto on kirjattu väärin, korjaa se palvelusetelin, sopimuksen tai seurannan tietoihin. Jos tieto "
                    "on oikein, ota yhteys asiakkaan omatyöntekijään: puute on toiminnassa eikä asiakirjassa.",
                    "If the data is wrong, correct it in the voucher, the contract or its follow-up. If it is right, turn to "
                    "the client's case worker: the fault is in what was done, not in the record."),
    "fix provider": ("Jos tieto on kirjattu väärin, korjaa se hakemuksen tietoihin. Jos tieto on oikein, hanki puuttuva "
                     "selvitys tai korjaa toiminta ennen hakemuksen käsittelyä.",
                     "If the data is wrong, correct it in the application. If it is right, get what is missing, or change "
                     "what is done, before the application is decided."),
    "fix document": ("Jos tieto on kirjattu väärin, korjaa se. Jos tieto on oikein, toiminta ei ole sääntökirjan mukaista.",
                     "If the data is wrong, correct it. If it is right, what was done does not conform to the rulebook."),
    "fix warning": ("Varoitus ei yksin hylkää asiakirjaa, mutta sille on syytä kirjata selitys.",
                    "A warning does not fail the document by itself, but its reason should be put on record."),
    "fix again": ("Tarkasta asiakirja uudelleen: {command}", "Check the document again: {command}"),
    "missing": ("Kun tieto puuttuu", "When data is missing"),
    "missing required": ("Pakollisen kentän puuttuminen on skeemavirhe (S000), ja kenttää tarvitseva sääntö jää silloin myös "
                         "*ratkaisematta*.",
                         "A required field that is absent breaks the schema (S000), and leaves a rule that needs it "
                         "*undecided* too."),
    "missing fields": ("Jos jokin näistä puuttuu ja sitä tarvitaan, tulos on *ratkaisematta*: {fields}.",
                       "If one of these is absent and needed, the outcome is *undecided*: {fields}."),
    "missing running": ("Puuttuva tieto luetaan tyhjäksi (*ei ole*, *jatkuu*): {fields}.",
                        "Absent, these read as empty (*there is none*, *it still runs*): {fields}."),
    "missing related": ("Jos asiakirjaa ({kind}) ei ole annettu ja sitä tarvitaan, tulos on *ratkaisematta*. Valitsin "
                        "`--complete` kertoo, ettei asiakirjaa ole; kaikki säännöt eivät ratkea silläkään.",
                        "If the {kind} is not given and is needed, the outcome is *undecided*. `--complete` says that it "
                        "does not exist; not every rule is decided even then."),
    "missing parameters": ("Jos parametrilla ei ole arvoa viitepäivänä, tulos on *ratkaisematta*: {names}.",
                           "If a parameter has no value on the reference date, the outcome is *undecided*: {names}."),
    "missing edition": ("Jos viitepäivä on ennen päivää {day}, tulos on *ratkaisematta*: voimassa ei ollut mikään tunnettu "
                        "painos.",
                        "If the reference date is before {day}, the outcome is *undecided*: no known edition was in force."),
    "in force": ("Voimassaolo", "In force"),
    "see timeline": ("Kaikki muutokset aikajärjestyksessä: {timeline}.", "All changes by date: {timeline}."),
    "S000 what": (
        "Asiakirjan rakenne ei ole sen JSON-skeeman mukainen: kenttä on tuntematon tai väärää tyyppiä, pakollinen kenttä "
        "puuttuu tai arvo ei ole sallittujen joukossa. Muut säännöt tarkastetaan siltä osin kuin niiden tarvitsemat tiedot "
        "ovat luettavissa; skeeman vastaista arvoa ei käytetä.",
        "The document breaks its JSON Schema: a field is unknown or of the wrong type, a required one is missing, or a value "
        "is not among those allowed. Other rules are judged as far as their data can be read; a value that breaks the schema "
        "is not used."),
    "S000 fix": (
        "Havainto nimeää kentän ja skeeman ehdon. Katso kentän kuvaus [kenttäluettelosta](../fields/index.md), korjaa asiakirja "
        "ja tarkasta uudelleen.",
        "The finding names the field and the condition of the schema. See the field in the "
        "[field reference](../fields/index.md), correct the document, and check again."),
    "S001 what": (
        "Tarkastukseen on annettu useita samanlajisia asiakirjoja, joilla on sama tunnus. Sitä, mikä niistä on oikea, "
        "ei arvata: säännöt, jotka hakevat asiakirjaa tunnuksella, jäävät ratkaisematta.",
        "Several documents of one kind with the same key were given. Which one is right is not guessed: "
        "rules that look the document up stay undecided."),
    "S001 fix": ("Poista vanhentunut tai päällekkäinen asiakirja, tai korjaa sen tunnus.",
                 "Take away the outdated or repeated document, or correct its key."),
    # clauses
    "clauses intro": (
        "Jokainen sääntökirjan kohta on luettelossa. Kohdan sivulla kerrotaan sen sisältö lyhyesti, miten se tarkastetaan ja "
        "millainen tulkinta on tehty, kun sääntökirja jättää asian avoimeksi.",
        "Every clause of the rulebook is listed. Its page says briefly what the clause holds, how it is checked, and which "
        "reading was chosen where the rulebook leaves a question open."),
    "preamble": ("Johdanto", "Preamble"),
    "annexes": ("Liitteet", "Annexes"),
    "chapter": ("Luku {number}", "Chapter {number}"),
    "own words": ("Tiivistelmä omin sanoin; oikeudellisesti pätevä on sääntökirjan teksti.",
                  "A summary in our own words; the rulebook's text is what binds."),
    "how checked": ("Miten kohta tarkastetaan", "How it is checked"),
    "near rules": ("Kohdan sisältö tarkastetaan ylä- tai alakohdan säännöillä:",
                   "It is checked by the rules of a clause above or below it:"),
    "idle rules": ("Säännöt, jotka eivät ole voimassa {on}:", "Rules that are not in force on {on}:"),
    "interpretation": ("Tulkinta", "Interpretation"),
    "interpretation intro": ("Sääntökirja jättää tämän avoimeksi, ja tarkastus noudattaa seuraavaa lukutapaa:",
                             "The rulebook leaves this open, and the check follows this reading:"),
    "note": ("Huomautus", "Note"),
    "clause gone": ("Kohta ei ole voimassa", "No longer in force"),
    "clause gone text": ("Kohtaa ei ole voimassa olevassa painoksessa. Sivu näyttää painoksen {day}.",
                         "The edition in force does not hold this clause. The page shows the edition of {day}."),
    "clause coming": ("Kohta ei ole vielä voimassa", "Not yet in force"),
    "clause coming text": ("Kohtaa ei ole voimassa olevassa painoksessa. Se tulee voimaan painoksessa {day}.",
                           "The edition in force does not hold this clause. It begins with the edition of {day}."),
    "not in edition": ("Kohtaa ei ole tässä painoksessa", "Not in this edition"),
    "no earlier": ("Aiempaa painosta ei ole aineistossa; ennen päivää {day} tapahtunutta ei tarkasteta.",
                   "No earlier edition is on record; what happened before {day} is not judged."),
    "status rule": ("tarkastetaan säännöllä", "checked by rule"),
    "status attested": ("tarkastetaan ilmoituksesta", "checked as stated"),
    "status not machine-checkable": ("ei tarkastettavissa asiakirjoista", "not checkable from documents"),
    "status definition": ("määritelmä", "definition"),
    "status elsewhere": ("säädetty muualla", "set elsewhere"),
    "status unaccounted": ("selvittämättä", "unaccounted for"),
    "status rule means": ("Vaatimuksen täyttyminen ratkaistaan asiakirjojen tiedoista.",
                          "Whether the requirement is met is decided from the data of documents."),
    "status attested means": ("Asiakirjassa vakuutetaan, että vaatimus täyttyy. Tarkastetaan, että vakuutus on annettu.",
                              "A document states that the requirement is met. The check sees that it is so stated."),
    "status not machine-checkable means": ("Asiakirjoista ei voi ratkaista, täyttyykö vaatimus; sen arvioi ihminen.",
                                           "Documents cannot show whether the requirement is met; people judge it."),
    "status definition means": ("Kohta määrittelee tai selittää eikä aseta tarkastettavaa vaatimusta.",
                                "The clause defines or explains, and sets no requirement to check."),
    "status elsewhere means": ("Vaatimus on laissa, yleisessä sääntökirjassa tai liitteessä, joka ei kuulu aineistoon.",
                               "The requirement stands in law, in the general rulebook or in an annex that is not at hand."),
    "status unaccounted means": ("Kohdalta puuttuu voimassa oleva sääntö tai perustelu sille, ettei sitä tarkasteta.",
                                 "The clause lacks a rule in force, or a reason why it is not checked."),
    # parameters
    "parameters intro": (
        "Parametri on luku, kesto, teksti tai luettelo, jonka sääntökirjan kohta määrää. Arvolla on alkamispäivä, ja sääntö käyttää "
        "viitepäivänä voimassa ollutta arvoa. Arvoja voi täydentää valitsimella `--parameters`.",
        "A parameter is a number, a duration, a text or a list that a clause fixes. A value has a first day, and a rule uses the one in "
        "force on the reference date. Values can be added with the option `--parameters`."),
    "read by": ("Säännöt, jotka lukevat tätä", "Read by"),
    "no values": ("**Sääntökirjassa ei ole arvoa.** Anna arvot päivineen valitsimella `--parameters`; ilman niitä parametria "
                  "lukevat säännöt jäävät ratkaisematta.",
                  "**The rulebook ships no value.** Give values with their days by the option `--parameters`; without them "
                  "the rules that read the parameter stay undecided."),
    "no value": ("ei arvoa", "no value"),
    "verified": ("Tarkistettu lähteestä", "Verified against the source"),
    "not verified": ("ei tarkistettu", "not verified"),
    "chart of": ("{name}: arvot ajan mukaan; pystyviiva on {day}", "{name}: values over time; the upright line is {day}"),
    # timeline and changes
    "timeline": ("Aikajana", "Timeline"),
    "timeline intro": (
        "Sääntökirjan kaikki painokset, säännöt ja parametrit aikajärjestyksessä: sarakkeet ovat ne päivät, joina jokin muuttuu. "
        "Tarkastuspäivä {on}.",
        "All editions, rules and parameters of the rulebook: the columns are the days on which something changes. "
        "Evaluation date {on}."),
    "timeline legend": ("● alkaa, ─ on voimassa, ✕ on kumottu.", "● starts, ─ in force, ✕ repealed."),
    "changes": ("Muutostiedotteet", "Change notices"),
    "corrections": ("Jälkikäteen korjattu", "Corrected afterwards"),
    "corrections intro": (
        "Mitä on korjattu julkaisupäivää aiemmilta päiviltä. Tarkastus noudattaa korjausta. Valitsimella `--known-on` se noudattaa "
        "sitä, mitä annettuna päivänä tiedettiin.",
        "What was corrected for days before the day of publication. Checks go by the correction; with `--known-on` they go by "
        "what was known on a given day.",
    ),
    "before": ("Aiemmin", "Before"),
    "now": ("Nyt", "Now"),
    "changes intro": (
        "Mikä sääntökirjan tarkastuksessa muuttuu minäkin päivänä. Tiedote tehdään sääntöjen, parametrien ja kohtien "
        "versioista, joten siitä ei voi puuttua mitään. Komento `ktt-policy diff` kertoo lisäksi, keiden asiakirjoihin muutos "
        "vaikuttaa, ja valitsimella `--known-from`, mitä on jälkikäteen korjattu.",
        "What changes in the checks of the rulebook on which day. A notice is made from the versions of rules, parameters and "
        "clauses, so nothing can be left out. The command `ktt-policy diff` also says whose documents are affected and, with "
        "`--known-from`, what was corrected afterwards."),
    "notices": ("Tiedotteet", "Notices"),
    "no changes": ("Ensimmäisen painoksen ({day}) jälkeen mikään ei ole muuttunut.",
                   "Nothing has changed since the first edition ({day})."),
    # fields
    "fields intro": (
        "Asiakirjat ovat JSON-muotoisia. Jokaisella lajilla on tiukka skeema: tuntematon kenttä on virhe, joten "
        "kirjoitusvirhe ei jää huomaamatta. Luettelo on tehty skeemoista.",
        "Documents are JSON. Each kind has a strict schema: an unknown field is an error, so a slip of the pen is noticed. "
        "This reference is made from the schemas."),
    "document type": ("document_type", "document_type"),
    "key field": ("Tunnuskenttä", "Key field"),
    "absent null empty": ("Puuttuva, null ja tyhjä", "Absent, null, empty"),
    "absent null empty text": (
        "Puuttuva kenttä on *ei ilmoitettu*: sitä tarvitseva sääntö jää ratkaisematta. `null` on ilmoitus *ei ole* tai *ei ole "
        "tapahtunut*, ja sääntö ratkaistaan sen mukaan. Tyhjä luettelo on *ei yhtään*, puuttuva luettelo *ei ilmoitettu*. "
        "Joidenkin kenttien puuttuminen tarkoittaa samaa kuin null; kentän kuvaus kertoo sen.",
        "An absent field is *not stated*: a rule that needs it stays undecided. `null` states *none* or *did not happen*, and "
        "a rule is judged by that. An empty list is *none*, an absent list *not stated*. For some fields absence means the "
        "same as null; their description says so."),
    "key is": ("Asiakirjan yksilöi kenttä {field}.", "The field {field} identifies a document."),
    "key within": ("Asiakirjan yksilöivät yhdessä kentät {field} ja {within}.",
                   "The fields {field} and {within} together identify a document."),
    "read by rules": ("Tästä asiakirjasta tarkastettavat säännöt: {rules}.", "Rules that are checked from it: {rules}."),
    "whole example": ("Kokonainen esimerkki", "A whole example"),
    "whole example intro": ("Asiakirja, joka läpäisee tarkastuksen. Sisältö on keksitty.",
                            "A document that passes. Its content is invented."),
    "schema": ("JSON-skeema", "JSON Schema"),
    "schema text": ("Skeema tulostuu komennolla:", "This command prints the schema:"),
    "required": ("pakollinen", "required"),
    "optional": ("vapaaehtoinen", "optional"),
    "may be null": ("voi olla null", "may be null"),
    "absent is null": ("puuttuva luetaan arvoksi null", "absent reads as null"),
    "sensitive": ("arkaluonteinen: peitetään tulosteissa", "sensitive: masked in every output"),
    "always": ("aina", "always"),
    "one of": ("jokin näistä", "one of"),
    "type string": ("teksti", "text"),
    "type number": ("luku", "number"),
    "type integer": ("kokonaisluku", "whole number"),
    "type boolean": ("tosi tai epätosi", "true or false"),
    "type date": ("päivä (VVVV-KK-PP)", "date (YYYY-MM-DD)"),
    "type time": ("kellonaika (TT:MM)", "time (HH:MM)"),
    "type object": ("tietue", "record"),
    "type array": ("luettelo", "list"),
    "limit minimum": ("vähintään", "at least"),
    "limit maximum": ("enintään", "at most"),
    "limit minLength": ("vähimmäispituus", "shortest length"),
    "limit maxLength": ("enimmäispituus", "greatest length"),
    "limit minItems": ("kohteita vähintään", "items at least"),
    "limit multipleOf": ("tarkkuus", "precision"),
    "limit pattern": ("muoto", "pattern"),
    "limit format": ("muoto", "format"),
    # language
    "language": ("Lausekekieli", "The language"),
    "functions": ("Funktiot", "Functions"),
    "functions intro": (
        "Jokainen esimerkki ajetaan testeissä. Muut kuin laajennuksiksi merkityt funktiot ovat DMN-standardin.",
        "Every example is run in the tests. Functions that are not marked as extensions are those of the DMN standard."),
    "extension": ("laajennus", "extension"),
    "used in": ("Käyttävät säännöt", "Used in"),
    "group lists": ("Luettelot ja tietueet", "Lists and contexts"),
    "group numbers": ("Luvut", "Numbers"),
    "group strings": ("Tekstit", "Strings"),
    "group dates": ("Päivät, ajat ja kestot", "Dates, times and durations"),
    "group calendar": ("Arkipäivät", "Working days"),
    "group ranges": ("Välit", "Ranges"),
    "grammar": ("Kielioppi", "Grammar"),
    "grammar intro": ("Kielioppi siinä muodossa, jossa ohjelma sen lukee (Lark, LALR).",
                      "The grammar as the program reads it (Lark, LALR)."),
    # codes
    "codes intro": (
        "Kirjaimella S tai säännön tunnuksella alkava havainto koskee asiakirjan sisältöä. Kirjaimella E alkava virhe estää "
        "tarkastuksen (paluukoodi 2), W on varoitus sääntökirjan laatijalle. Sääntöjen sivut: {rules}.",
        "A finding whose code is S… or that of a rule is about the content of a document. An error E… stops the check (exit "
        "code 2), W… is a doubt for the rulebook's author. Pages of the rules: {rules}."),
    "finding codes": ("Havainnot asiakirjoista", "Findings about documents"),
    "codes reading": ("Tiedostojen lukeminen", "Reading files"),
    "codes policy files": ("Sääntökirjan tiedostot", "Files of a rulebook"),
    "codes syntax": ("Lausekkeiden kirjoitusasu", "Syntax of expressions"),
    "codes types": ("Lausekkeiden nimet ja tyypit", "Names and types in expressions"),
    "codes running": ("Ajaminen", "Running"),
    "codes warnings": ("Varoitukset", "Warnings"),
    "what to do": ("Mitä tehdä", "What to do"),
    # commands
    "commands": ("Komennot", "Commands"),
    "commands intro": (
        "Luettelo on tehty ohjelman omista ohjeista (`ktt-policy KOMENTO --help`). Jokaisen valitsimen voi antaa myös "
        "ympäristömuuttujassa, esimerkiksi `KTT_POLICY_CHECK_LANG=en`; komentorivillä annettu voittaa.",
        "Made from the program's own help (`ktt-policy COMMAND --help`). Every option can also be given by an environment "
        "variable, `KTT_POLICY_CHECK_LANG=en` say; the command line wins."),
    "default": ("Oletus: {value}.", "Default: {value}."),
    "option": ("Valitsin", "Option"),
    "exit codes": ("Paluukoodit", "Exit codes"),
    "exit 0": ("Asiakirjat ovat sääntöjen mukaisia.", "The documents conform."),
    "exit 1": ("Rikkomuksia, joiden vakavuus on virhe; `--fail-on warning` ottaa mukaan varoitukset.",
               "Violations of severity error; `--fail-on warning` counts warnings too."),
    "exit 2": ("Tarkastusta ei voitu tehdä: väärä käyttö, lukukelvoton tiedosto tai rikkinäinen sääntökirja.",
               "Could not check: wrong use, an unreadable file, a broken rulebook."),
    "exit 3": ("Ei rikkomuksia, mutta jotakin jäi ratkaisematta; `--allow-undecided` hyväksyy sen.",
               "No violation, but something is undecided; `--allow-undecided` accepts that."),
    # coverage
    "coverage": ("Kattavuus", "Coverage"),
    "coverage intro": (
        "Painos {edition}, tarkastuspäivä {on}. Taulukko kertoo jokaisesta kohdasta, millä säännöllä ja mistä asiakirjasta se "
        "tarkastetaan, tai miksi sitä ei tarkasteta.",
        "Edition {edition}, evaluation date {on}. For every clause: which rule checks it, and from which document, or why none "
        "does."),
    "totals": ("Yhteenveto", "Totals"),
    "coverage numbers": ("Sääntöjä on {rules} ja niillä testitapauksia {cases}.", "{rules} rules with {cases} test cases."),
    "checked clauses": ("Tarkastettavat kohdat", "Clauses that are checked"),
    "unchecked clauses": ("Muut kohdat", "Other clauses"),
    "matrix note": ("Suluissa olevat säännöt nimeävät kohdan ylä- tai alakohdan.",
                    "Rules in parentheses name a clause above or below."),
    # the first page
    "no example": ("*Esimerkkejä ei ole, koska testitapausten pohja-asiakirjoja (`fixtures`) ei löytynyt.*",
                   "*There are no examples, since the base documents of the test cases (`fixtures`) were not found.*"),
    "numbers": (
        "Sääntökirjassa on **{clauses} kohtaa**. Niistä **{checked}** tarkastetaan asiakirjoista **{rules} säännöllä**, joilla on "
        "{cases} testitapausta. Muista kerrotaan, miksi niitä ei tarkasteta.",
        "The rulebook has **{clauses} clauses**. **{checked}** of them are checked from documents, by **{rules} rules** with "
        "{cases} test cases. For the others it is said why they are not."),
}  # fmt: skip
