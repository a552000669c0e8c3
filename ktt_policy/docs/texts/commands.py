"""Help texts of the command line in Finnish, by the English text: a text that changes there is wanted here anew."""

FINNISH: dict[str, str] = {
    "Check documents: files, folders, globs, or - for stdin; JSON, arrays of documents, or NDJSON.":
        "Tarkastaa asiakirjoja: tiedostoja, kansioita, hakukuvioita tai vakiosyötteen (-); JSONia, asiakirjojen luetteloita "
        "tai NDJSONia.",
    "Exit codes: 0 conforms; 1 violations; 2 could not check; 3 no violation, but something was undecided.":
        "Paluukoodit: 0 sääntöjen mukainen; 1 rikkomuksia; 2 ei voitu tarkastaa; 3 ei rikkomuksia, mutta jotakin jäi "
        "ratkaisematta.",
    "Documents to look things up in, not judged. Repeatable.":
        "Asiakirjat, joista tietoja haetaan mutta joita ei tarkasteta. Voi toistaa.",
    "The evaluation date (default: today).": "Tarkastuspäivä (oletus: tänään).",
    "A shipped rulebook's id, or a folder.": "Mukana tulevan sääntökirjan tunnus tai kansio.",
    "YAML or JSON: parameter → date → value, over the rulebook's.":
        "YAML tai JSON: parametri → päivä → arvo; ohittaa sääntökirjan arvot.",
    "Only these rules. Repeatable, or with commas.": "Vain nämä säännöt. Voi toistaa tai erottaa pilkuilla.",
    "Not these rules. Repeatable, or with commas.": "Ei näitä sääntöjä. Voi toistaa tai erottaa pilkuilla.",
    "What goes to stdout (default: text).": "Mitä tulostetaan (oletus: text).",
    "Write a report to a file. Repeatable.": "Kirjoittaa raportin tiedostoon. Voi toistaa.",
    "Language of messages.": "Viestien kieli.",
    "Exit 0 when nothing is violated but something undecided.":
        "Paluukoodi on 0, kun rikkomuksia ei ole mutta jotakin jäi ratkaisematta.",
    "All documents are given: one that is not does not exist.":
        "Kaikki asiakirjat on annettu: sitä, jota ei annettu, ei ole.",
    "Largest single document (default: 64 MiB).": "Suurin yksittäinen asiakirja (oletus: 64 MiB).",
    "Show each clause of the edition in force with its rules and cases, and each rule with its clauses.":
        "Näyttää voimassa olevan painoksen jokaisen kohdan sääntöineen ja testitapauksineen sekä jokaisen säännön kohtineen.",
    "Exit codes: 0 every clause is accounted for; 1 some clause has neither a rule nor a reason; 2 broken rulebook.":
        "Paluukoodit: 0 jokainen kohta on selvitetty; 1 jollakin kohdalla ei ole sääntöä eikä perustelua; 2 rikkinäinen "
        "sääntökirja.",
    "Compare the rulebook of two days: rules, parameters, clauses, schemas; with --documents, whose verdict changes.":
        "Vertaa kahden päivän sääntökirjaa: säännöt, parametrit, kohdat ja skeemat; valitsimella --documents myös se, kenen tulos "
        "muuttuu.",
    "With --against the second day is read in another rulebook, or in this one as of a git ref: `--against v1.2`. With "
    "--known-from the first day is read without what was published later: what has been corrected since? Documents are judged "
    "under the rules of both days as if their dates fell there.":
        "Valitsimella --against jälkimmäinen päivä luetaan toisesta sääntökirjasta tai tästä git-viitteen kohdalta: "
        "`--against v1.2`. Valitsimella --known-from edellinen päivä luetaan ilman myöhemmin julkaistua: mitä sen jälkeen on "
        "korjattu? Asiakirjat tarkastetaan kummankin päivän säännöillä ikään kuin ne olisi päivätty kyseiselle päivälle.",
    "The rulebook on TO: another folder, or --rulebook at a git ref.":
        "Päivän TO sääntökirja: toinen kansio tai --rulebook git-viitteen kohdalta.",
    "Whose verdict changes? Repeatable.": "Asiakirjat, joiden tuloksen muuttuminen selvitetään. Voi toistaa.",
    "Write the Markdown pages and the mkdocs settings, in Finnish and English.":
        "Kirjoittaa Markdown-sivut ja mkdocs-asetukset suomeksi ja englanniksi.",
    "Where the pages go; what was made there before is replaced.":
        "Minne sivut kirjoitetaan; aiemmin sinne tehdyt korvataan.",
    "Write nothing; fail when a link leads nowhere or a page lacks a language.":
        "Ei kirjoita mitään; epäonnistuu, jos linkki ei johda mihinkään tai sivu puuttuu toisella kielellä.",
    "Evaluate one expression of the rule language; prints its value as JSON.":
        "Laskee yhden sääntökielen lausekkeen ja tulostaa sen arvon JSONina.",
    "With --rulebook the expression may read the rulebook's parameters (of the evaluation date) and call its definitions, "
    "and a --context that is a document is known by its kind, as in a rule: `invoice.lines`. What is sensitive in a document "
    "is masked; so is whatever looks like an identity code.":
        "Valitsimella --rulebook lauseke voi lukea sääntökirjan parametreja (tarkastuspäivän arvoin) ja käyttää sen "
        "määritelmiä, ja --context-asiakirja tunnetaan lajinsa nimellä kuten säännössä: `invoice.lines`. Asiakirjan "
        "arkaluonteiset kentät peitetään, samoin kaikki henkilötunnukselta näyttävä.",
    "A JSON object: its fields are names in the expression.": "JSON-olio: sen kentät ovat nimiä lausekkeessa.",
    "Print the type instead of the value.": "Tulostaa arvon sijasta tyypin.",
    "Check schemas, types, clauses, parameters, names, versions, conditions and messages of a rulebook.":
        "Tarkastaa sääntökirjan skeemat, tyypit, kohdat, parametrit, nimet, versiot, ehdot ja viestit.",
    "Exit codes: 0 nothing to fail on; 1 warnings, with --fail-on warning; 2 errors: the rulebook cannot be used.":
        "Paluukoodit: 0 ei huomautettavaa; 1 varoituksia, kun --fail-on warning; 2 virheitä: sääntökirjaa ei voi käyttää.",
    "Fail for what was rewritten that was in force before that commit.":
        "Epäonnistuu, jos ennen annettua committia voimassa ollutta on muutettu.",
    "The same as --fail-on warning.": "Sama kuin --fail-on warning.",
    "Write the files of a new rule, or of the next version of one, and say what to do with them.":
        "Kirjoittaa uuden säännön tai säännön seuraavan version tiedostot ja kertoo, mitä niille tehdään.",
    "The kind of document (default: that of the rules whose codes begin alike).":
        "Asiakirjan laji (oletus: niiden sääntöjen laji, joiden tunnus alkaa samoin).",
    "The clause that it checks.": "Kohta, jonka sääntö tarkastaa.",
    "A correction after the fact: the day of publication.": "Jälkikäteinen oikaisu: julkaisupäivä.",
    "The rule ends on DATE.": "Sääntö kumotaan päivänä DATE.",
    "With --rulebook the kinds are those that the rulebook judges, its extensions of shipped schemas laid over them.":
        "Valitsimella --rulebook lajit ovat ne, joita sääntökirja koskee, sen omat laajennukset mukaan luettuina.",
    "Run the cases of the rules (all, or those of the CODEs).":
        "Ajaa sääntöjen testitapaukset (kaikki tai annettujen tunnusten).",
    "Exit codes: 0 all passed; 1 a case failed, a mutant survived, an exception is not needed, or with --strict the cases "
    "leave something out; 2 could not test.":
        "Paluukoodit: 0 kaikki onnistuivat; 1 tapaus epäonnistui, mutantti jäi huomaamatta, poikkeus on tarpeeton tai "
        "valitsimella --strict tapaukset jättävät jotakin kattamatta; 2 ei voitu testata.",
    "Where the base documents are.": "Missä pohja-asiakirjat ovat.",
    "Fail also for what the cases leave out.": "Epäonnistuu myös, jos tapaukset jättävät jotakin kattamatta.",
    "Alter each rule in every way, and list what no case notices.":
        "Muuttaa jokaista sääntöä kaikin tavoin ja luettelee muutokset, joita mikään tapaus ei huomaa.",
    "Name every case.": "Nimeää jokaisen tapauksen.",
    "List all editions, rules and parameters over time, with the evaluation date marked.":
        "Luettelee painokset, säännöt ja parametrit ajan mukaan ja merkitsee tarkastuspäivän.",
    "The rulebook on FROM as it was known on that day, uncorrected.":
        "Päivän FROM sääntökirja sellaisena kuin se mainittuna päivänä tunnettiin, ilman myöhempiä korjauksia.",
    "As the rulebook was known on that day.": "Sääntökirja sellaisena kuin se sinä päivänä tunnettiin.",
    "\x08 bash in ~/.bashrc: eval \"$(ktt-policy completion bash)\" zsh in ~/.zshrc, after compinit: eval \"$(ktt-policy completion zsh)\" fish ~/.config/fish/completions/: ktt-policy completion fish > ktt-policy.fish":
        "\x08\n"
        "bash  tiedostoon ~/.bashrc:                     eval \"$(ktt-policy completion bash)\"\n"
        "zsh   tiedostoon ~/.zshrc, compinitin jälkeen:  eval \"$(ktt-policy completion zsh)\"\n"
        "fish  kansioon ~/.config/fish/completions/:     ktt-policy completion fish > ktt-policy.fish",
    "A JSON report: what it found is known, and passes.":
        "JSON-raportti, jonka havainnot ovat tunnettuja eivätkä kaada ajoa.",
    "Exit codes: 0 compared; 2 could not compare.":
        "Paluukoodit: 0 verrattu; 2 ei voitu verrata.",
    "Exit codes: 0 evaluated; 2 could not evaluate.":
        "Paluukoodit: 0 laskettu; 2 ei voitu laskea.",
    "Exit codes: 0 explained, whatever the verdict; 2 could not explain.":
        "Paluukoodit: 0 selitetty, olipa tulos mikä tahansa; 2 ei voitu selittää.",
    "Exit codes: 0 listed; 2 broken rulebook.":
        "Paluukoodit: 0 lueteltu; 2 sääntökirja on rikki.",
    "Exit codes: 0 made, or nothing amiss; 1 with --check, something is amiss; 2 could not make it.":
        "Paluukoodit: 0 tehty, tai kaikki kunnossa; 1 valitsimella --check: jotakin on vialla; 2 ei voitu tehdä.",
    "Exit codes: 0 printed; 2 no such schema.":
        "Paluukoodit: 0 tulostettu; 2 skeemaa ei ole.",
    "Exit codes: 0 printed; 2 no such shell.":
        "Paluukoodit: 0 tulostettu; 2 komentotulkkia ei tunneta.",
    "Exit codes: 0 written; 2 could not write.":
        "Paluukoodit: 0 kirjoitettu; 2 ei voitu kirjoittaa.",
    "Explain a rule (I502) or a clause (5.m3): what it asks, since when, by which expressions, on which data.":
        "Selittää säännön (I502) tai kohdan (5.m3): mitä se vaatii, mistä alkaen, millä lausekkeilla ja mistä tiedoista.",
    "Formats: text, json, ndjson, sarif, junit, github, gitlab, azure, tap, markdown, html.":
        "Muodot: text, json, ndjson, sarif, junit, github, gitlab, azure, tap, markdown ja html.",
    "Make the documentation of a rulebook: its pages, and the page that checks documents in the browser.":
        "Tekee sääntökirjan dokumentaation: sivut ja sivun, joka tarkastaa asiakirjoja selaimessa.",
    "Needs npm and pip, and their registries. Exit codes: 0 made; 2 could not make it.":
        "Tarvitsee npm:n ja pip:n sekä niiden pakettivarastot. Paluukoodit: 0 tehty; 2 ei voitu tehdä.",
    "Print the JSON SCHEMA of a kind of document, of a policy file (rule), of the `report` of a run or of `settings`; "
    "else their names.":
        "Tulostaa asiakirjalajin, sääntökirjan tiedoston (rule), raportin (`report`) tai asetusten (`settings`) "
        "JSON-skeeman SCHEMA; ilman sitä niiden nimet.",
    "Print the script that lets a SHELL complete commands, options, codes, clauses and file names.":
        "Tulostaa skriptin, jolla komentotulkki täydentää komennot, valitsimet, tunnukset, kohdat ja tiedostonimet.",
    "Processes for a large run.":
        "Prosesseja suurelle ajolle.",
    "Refuse files of a folder that are not named as documents.":
        "Hylkää kansion tiedostot, joita ei ole nimetty asiakirjoiksi.",
    "Show values of sensitive fields, on a terminal only.":
        "Näyttää arkaluonteisten kenttien arvot, vain päätteessä.",
    "Tell of these too: passed, not-applicable.":
        "Kertoo myös näistä: passed, not-applicable.",
    "Text: a line for each finding, and nothing else.":
        "Teksti: rivi havaintoa kohti, ei muuta.",
    "Text: also why each rule is there, all rules, and timings.":
        "Teksti: myös sääntöjen perustelut, kaikki säännöt ja kestot.",
    "The least severity that fails.":
        "Lievin vakavuus, jolla ajo epäonnistuu.",
    "What goes to stdout.":
        "Mitä tulostetaan.",
    "Why on this document? Repeatable.":
        "Miksi juuri tässä asiakirjassa? Voi toistaa.",
    "With --document, every part of its conditions with the value that it has, for each item: why did it pass, fail, not apply, or stay undecided?":
        "Valitsimella --document näytetään kohteittain ehdon jokainen osa arvoineen: miksi sääntö täyttyi, rikkoutui, jäi soveltamatta tai jäi ratkaisematta?",
    "Write a rule in force from DATE, with cases to fill in.":
        "Kirjoittaa päivästä DATE voimassa olevan säännön ja sille täydennettävät tapaukset.",
    "Write the page that checks documents in the reader's browser into FOLDER, as `check` of the built site.":
        "Kirjoittaa kansioon FOLDER sivun, joka tarkastaa asiakirjoja lukijan selaimessa; sen paikka on valmiin sivuston `check`.",
    "Write the version of a rule from DATE, with cases to fill in.":
        "Kirjoittaa säännön version päivästä DATE alkaen ja sille täydennettävät tapaukset.",
}  # fmt: skip
