"""The page in a real browser: what it says is what the command line says, and nothing leaves it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import broken
from .checker import Checker, agree
from .conftest import FIXTURES, Served, data, serving

pytestmark = pytest.mark.browser
Told = Callable[..., tuple[str, int]]
VIOLATING = sorted((FIXTURES / "violating").glob("*.json"))
DOSSIER = sorted((FIXTURES / "conforming").rglob("*.json"))
WRONG = sorted((FIXTURES / "everything-wrong").rglob("*.json"))


@pytest.fixture(scope="module")
def checker(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    downloads = tmp_path_factory.mktemp("downloads")
    from .chromium import opened  # here, so that the tests can be left out where its library is not installed

    with opened(tmp_path_factory.mktemp("profile"), downloads) as page:
        made = Checker(page, served, downloads)
        made.open()
        yield made


@pytest.fixture(autouse=True)
def quiet(checker: Checker) -> Iterator[None]:
    """No error on the console, and no request but to the folder of the page."""
    yield
    complaints, requests = list(checker.page.complaints), list(checker.page.requests)
    checker.page.complaints.clear()
    checker.page.requests.clear()
    assert complaints == []
    ours = (f"{checker.served.address}check/", f"blob:{checker.served.address}", "data:", "about:blank")
    assert [address for address in requests if not address.startswith(ours)] == []
    assert [path for path in checker.served.paths if not path.startswith("GET /check/")] == []


# --- what the page says -------------------------------------------------------------------------------------


def test_the_dossier_conforms(checker: Checker, told: Told, ceilings: str) -> None:
    said = agree(checker, checker.fresh(DOSSIER, ceilings), told(DOSSIER, parameters=True))
    assert (said["exit_code"], said["findings"]) == ("0", [])
    assert int(checker.page.run("document.querySelector('[data-count=passed]').textContent.replace(/\\D/g, '')")) > 1000


def test_undecided_is_not_shown_as_passed(checker: Checker, told: Told) -> None:
    said = agree(checker, checker.fresh(DOSSIER), told(DOSSIER))
    assert said["exit_code"] == "3"
    assert "ei ole hyväksytty" in checker.page.run("document.querySelector('.verdict').textContent")


@pytest.mark.parametrize("path", VIOLATING, ids=lambda path: path.stem[:4])
def test_each_violating_file(checker: Checker, told: Told, ceilings: str, path: Path) -> None:
    report = checker.fresh([path], ceilings, complete=True)
    said = agree(checker, report, told([path], "--complete", parameters=True))
    assert path.name[:4] in {f["code"] for f in said["findings"]}
    marked = checker.page.run("document.querySelectorAll('#result article mark').length")
    assert marked == len(said["findings"])


def test_a_dossier_in_which_everything_is_wrong(checker: Checker, told: Told) -> None:
    report = checker.fresh(WRONG, complete=True)
    few = len(checker.shown())
    said = agree(checker, report, told(WRONG, "--complete"))
    assert len(said["findings"]) > few  # not all are shown at once


def test_on_paper_all_findings_stand(checker: Checker) -> None:
    report = data(checker.fresh(WRONG, complete=True))
    assert len(checker.shown()) < len(report["findings"])
    checker.page.send("Page.printToPDF")
    assert len(checker.shown()) == len(report["findings"])


def test_many_documents_are_judged_by_compiled_rules(
    checker: Checker, told: Told, ceilings: str, tmp_path: Path
) -> None:
    """More bytes than `WORTH_COMPILING`: the fast road runs in the browser too."""
    from ktt_policy.engine.run import WORTH_COMPILING

    invoice = json.loads((FIXTURES / "violating/I601-line-amount.json").read_bytes())
    lines = [json.dumps(one) for one in invoice[:-1]]
    lines += [json.dumps({**invoice[-1], "invoice_number": f"2026-{n}"}) for n in range(60)]
    many = tmp_path / "many.ndjson"
    many.write_text("\n".join(lines))
    assert many.stat().st_size > WORTH_COMPILING
    said = agree(checker, checker.fresh([many], ceilings), told([many], parameters=True))
    assert [f["code"] for f in said["findings"]].count("I601") == 60


def test_what_cannot_be_read_is_said_and_not_passed(checker: Checker, told: Told, tmp_path: Path) -> None:
    texts = {
        "cut.json": b'{"document_type": "invoice", "lines": [',
        "twice.json": b'{"document_type": "invoice", "a": 1, "a": 2}',
        "latin.json": '{"document_type": "invoice", "a": "ä"}'.encode("latin-1"),
        "deep.json": b'{"document_type": "invoice", "x": ' + b"[" * 200_000,
        "empty.json": b" ",
        "other.json": b'{"document_type": "bill"}',
        "text.json": b'"invoice"',
        "lines.ndjson": b'{"document_type": "voucher"\n\n{"document_type": "voucher"}\n',
        "-": b"{}",
    }
    files = []
    for name, raw in texts.items():
        files.append(tmp_path / name)
        files[-1].write_bytes(raw)
    files.append(VIOLATING[0])
    said = agree(checker, checker.fresh(files), told(files))
    assert said["exit_code"] == "2"
    shown = checker.page.run("[...document.querySelectorAll('#result .problem')].map((c) => c.dataset.code)")
    assert shown == [problem["code"] for problem in said["problems"]]
    assert {"E102", "E103", "E104", "E106", "E108", "E109"} <= set(shown)


def test_context_is_not_judged(checker: Checker, told: Told) -> None:
    checker.click("#clear")
    checker.set("on", "2026-11-24")
    invoice, rest = DOSSIER[0], DOSSIER[1:]
    checker.give([invoice, *rest])
    checker.page.run(
        "document.querySelectorAll('#list select').forEach((role, i) => { if (i) { role.value = 'context';"
        " role.dispatchEvent(new Event('change')); } })"
    )
    checker.check()
    said = agree(checker, checker.saved(), told([invoice], context=rest))
    assert said["summary"]["judged"] == "1"


def test_documents_that_break_their_schemas(checker: Checker, told: Told, tmp_path: Path) -> None:
    """The messages of the validator that the browser has are those of the command line's."""
    files = []
    for path in broken.documents():
        files.append(tmp_path / f"{path.stem}.ndjson")
        files[-1].write_text("\n".join(broken.texts(path)[::29]))
    said = agree(checker, checker.fresh(files), told(files))
    assert sum(f["code"] == "S000" for f in said["findings"]) > 100


def test_english(checker: Checker, told: Told) -> None:
    checker.fresh([VIOLATING[0]])
    checker.click("[data-lang=en]")
    checker.page.wait("document.querySelector('#result-title')?.textContent === 'Result'")
    assert checker.page.run("document.documentElement.lang") == "en"
    agree(checker, checker.saved(), told([VIOLATING[0]], "--lang", "en"))
    checker.click("[data-lang=fi]")
    checker.page.wait("document.querySelector('#result-title')?.textContent === 'Tulos'")


def test_every_text_is_there_in_both_languages(checker: Checker, site: Path) -> None:
    script = "import(new URL('texts.js', location.href)).then(({ TEXTS }) => JSON.parse(JSON.stringify(TEXTS)))"
    texts = checker.page.run(script)
    every = "Object.keys((await import(new URL('texts.js', location.href))).TEXTS"
    fi, en = (set(checker.page.run(f"(async () => {every}.{lang}))()")) for lang in ("fi", "en"))
    assert fi - {"said"} == en
    written = re.findall(r'data-text="(\w+)">([^<]*)<', (site / "check/index.html").read_text("utf-8"))
    assert len(written) > 20
    for name, text in written:
        assert texts["fi"][name] == text  # what is seen before the script has run
        assert texts["en"][name] != text


def test_clauses_lead_to_their_pages_in_the_site(checker: Checker) -> None:
    checker.fresh([FIXTURES / "violating/I601-line-amount.json"])
    links = "[...document.querySelectorAll('.facts a')].map((link) => link.href)"
    assert f"{checker.served.address}clauses/6.m1/" in checker.page.run(links)
    checker.click("[data-lang=en]")
    checker.page.wait("document.querySelector('#result-title')?.textContent === 'Result'")
    assert f"{checker.served.address}en/clauses/6.m1/" in checker.page.run(links)
    checker.click("[data-lang=fi]")
    checker.page.wait("document.querySelector('#result-title')?.textContent === 'Tulos'")


def test_text_of_a_document_is_never_markup(checker: Checker, tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.json"
    file.write_text('{"document_type": "invoice", "<b>bold</b>": "<script>alert(1)</script>"}')
    checker.fresh([file])
    assert checker.page.run("document.querySelectorAll('main img, main b, #result script').length") == 0
    assert "<b>bold</b>" in checker.page.run("document.querySelector('#result').textContent")


# --- how it is used -----------------------------------------------------------------------------------------


def test_files_and_folders_are_dropped(checker: Checker) -> None:
    checker.click("#clear")
    checker.page.run("document.querySelector('#drop').scrollIntoView({ block: 'center' })")
    box = checker.page.run(
        "(({ x, y, width }) => [x + width / 2, y + 20])(document.querySelector('#drop').getBoundingClientRect())"
    )
    for kind in ("dragEnter", "dragOver", "drop"):
        dragged = {"items": [], "files": [str(FIXTURES / "conforming")], "dragOperationsMask": 1}
        checker.page.send("Input.dispatchDragEvent", type=kind, x=box[0], y=box[1], data=dragged)
    checker.page.wait(f"document.querySelectorAll('#list li').length === {len(DOSSIER)}")
    names = checker.page.run("[...document.querySelectorAll('#list .name')].map((one) => one.textContent)")
    assert "conforming/invoices/2026-02.json" in names


def test_text_is_pasted(checker: Checker) -> None:
    checker.click("#clear")
    checker.click("details summary")
    checker.page.run("document.querySelector('#pasted').focus()")
    checker.page.send("Input.insertText", text=(FIXTURES / "conforming/provider.json").read_text("utf-8"))
    checker.click("#add")
    checker.page.wait("document.querySelectorAll('#list li').length === 1")
    checker.check()
    said = data(checker.saved())
    assert [(one["kind"], one["sound"]) for one in said["documents"]] == [("provider", True)]


def test_the_keyboard_is_enough(checker: Checker) -> None:
    checker.click("#clear")
    checker.give([VIOLATING[0]])
    checker.page.run("document.querySelector('.skip').focus()")
    seen = []
    while not seen or seen[-1] != "check":
        assert len(seen) < 40, f"the button is not reached: {seen}"
        checker.page.press("Tab", 9)
        seen.append(checker.page.run("document.activeElement.id || document.activeElement.tagName"))
    assert {"files", "SELECT", "on", "complete", "SUMMARY"} <= set(seen)
    checker.page.press("Enter", 13, "\r")
    checker.answered()
    assert checker.page.run("document.activeElement.id") == "result-title"


def test_a_result_is_marked_when_it_is_no_longer_of_what_is_asked(checker: Checker) -> None:
    checker.fresh([VIOLATING[0]])
    checker.set("on", "2026-01-01")
    assert checker.page.run("document.querySelector('#stale') !== null")
    checker.check()
    assert data(checker.saved())["on"] == "2026-01-01"


def test_nothing_given_is_said(checker: Checker) -> None:
    checker.click("#clear")
    checker.click("#check")
    assert "vähintään yksi" in checker.page.run("document.querySelector('#status').textContent")
    assert checker.page.run("document.querySelector('#result').hidden")


def test_unfit_parameters_are_refused(checker: Checker) -> None:
    checker.click("#clear")
    checker.give([VIOLATING[0]])
    checker.set("values", '{"ceilings": ')
    checker.check()
    assert checker.verdict() == "bad"
    assert checker.page.run("document.querySelector('#result .problem').dataset.code") == "E103"


# --- what it keeps to ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_accessibility(checker: Checker, axe: str, scheme: str, width: int) -> None:
    """axe-core finds nothing against WCAG 2.1 A and AA, in the form and in a result with all kinds of findings."""
    page = checker.page
    page.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    try:
        checker.click("#clear")
        page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.run(f"{axe}; undefined")
        script = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })"
        found = f"{script}.then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes.map((n) => n.html)]))"
        assert page.run(found) == []
        bad = checker.downloads / "bad.json"
        bad.write_text('{"a": 1, "a": 2}')
        checker.fresh([FIXTURES / "violating/S000-unknown-field.json", VIOLATING[0], bad])
        assert page.run(found) == []
        # Nothing sticks out to the side.
        assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    finally:
        page.send("Emulation.clearDeviceMetricsOverride")
        page.send("Emulation.setEmulatedMedia", features=[])


def test_the_browser_itself_forbids_to_send(checker: Checker, tmp_path: Path) -> None:
    """Neither the page nor its worker reaches another origin, whatever would be in their code."""
    page = checker.page
    assert page.workers
    with serving(tmp_path) as other:
        for session in (None, page.workers[-1]):
            script = f"fetch('{other.address}', {{ mode: 'no-cors' }}).then(() => 'sent', () => 'refused')"
            assert page.run(script, session) == "refused"
        assert other.paths == []
    # Each says so on the console, the worker a moment later.
    page.run("new Promise((done) => setTimeout(done, 500))")
    told = [line for line in page.complaints if "Content Security Policy" in line]
    assert len(told) == len(page.complaints) >= 2
    page.complaints.clear()
    page.requests[:] = [address for address in page.requests if not address.startswith(other.address)]


def test_an_engine_that_stops_passes_nothing(checker: Checker) -> None:
    checker.fresh([VIOLATING[0]])
    stopped = "onmessage = ({ data }) => postMessage({ id: data.id, failed: 'boom' }); 1"
    checker.page.run(stopped, checker.page.workers[-1])
    checker.check()
    assert checker.verdict() == "bad"
    assert "Asiakirjoista ei voida sanoa mitään" in checker.page.run("document.querySelector('#result').textContent")
    assert checker.page.run("document.querySelectorAll('#result .counts, #result .card, #save').length") == 0
    assert len(checker.page.complaints) == 1
    checker.page.complaints.clear()
    checker.open()


def test_an_engine_that_is_not_there_is_said(checker: Checker, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    (data_file,) = (tmp_path / "site/check").glob("rulebook-*.msgpack")
    data_file.unlink()
    page = checker.page
    with serving(tmp_path / "site") as other:
        page.send("Page.navigate", url=f"{other.address}check/#fi")
        page.wait("document.querySelector('#status')?.textContent.includes('ei voitu ladata')")
        assert page.run("document.querySelector('#check').disabled")
    assert page.complaints
    page.complaints.clear()
    page.requests.clear()
    checker.open()


def test_it_works_when_the_server_is_gone(checker: Checker, told: Told, site: Path) -> None:
    """Once loaded; a document of each road is checked for the first time then."""
    before = checker.served
    with serving(site) as other:
        checker.served = other
        try:
            checker.open()
            other.stop()
            checker.page.requests.clear()
            for path in (FIXTURES / "violating/I602-total.json", FIXTURES / "violating/S000-unknown-field.json"):
                agree(checker, checker.fresh([path]), told([path]))
        finally:
            checker.served = before
        # The saved reports, from the page's own memory.
        assert all(address.startswith(f"blob:{other.address}") for address in checker.page.requests)
        checker.page.requests.clear()
