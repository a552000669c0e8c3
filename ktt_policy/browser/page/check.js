// The form, and the talk with the worker. State: the files, the last request, and its answer.

import { element, folder, show } from "./result.js";
import { TEXTS } from "./texts.js";

const SUFFIXES = /\.(json|ndjson|jsonl)$/i;
const base = new URL(".", location.href);
const $ = (id) => document.getElementById(id);

let lang = startLanguage();
let files = [];
let pasted = 0;
let site = null;
let ready = false;
let broken = false;
let asked = null; // what the shown result was asked with
let edits = 0;
let saying = "loading";
let worker;
let waiting = null;

const t = () => TEXTS[lang];

function startLanguage() {
  const chosen = location.hash.slice(1);
  if (chosen in TEXTS) return chosen;
  const known = navigator.languages.map((name) => name.slice(0, 2)).filter((name) => name in TEXTS);
  return known.includes("fi") ? "fi" : known[0] ?? "fi";
}

/** Say something in the status line: the name of a text, or a function that gives it in the language of the moment. */
function say(what) {
  saying = what;
  $("status").textContent = typeof what === "function" ? what(t()) : what ? t()[what] : "";
}

// --- files --------------------------------------------------------------------------------------------------

function unused(name) {
  const taken = new Set(files.map((file) => file.name));
  if (!taken.has(name)) return name;
  const [, stem, suffix] = /^(.*?)(\.[^./]*)?$/.exec(name);
  let n = 2;
  while (taken.has(`${stem} (${n})${suffix ?? ""}`)) n += 1;
  return `${stem} (${n})${suffix ?? ""}`;
}

async function addFiles(given) {
  let added = 0;
  for (const { name, file } of given) {
    try {
      files.push({ name: unused(name), content: new Uint8Array(await file.arrayBuffer()), judged: true });
      added += 1;
    } catch {
      say((texts) => texts.unreadable(name));
      drawFiles();
      return;
    }
  }
  changed();
  drawFiles();
  say((texts) => (added ? texts.added(added) : texts.nothing_added));
}

/** The files of what was dropped; of a folder those that could be documents, as on the command line. */
async function dropped(items) {
  const found = [];
  const walk = async (entry, chosen) => {
    const name = entry.fullPath.replace(/^\//, "");
    if (entry.isFile) {
      if (chosen || SUFFIXES.test(name)) found.push({ name, file: await new Promise((ok, no) => entry.file(ok, no)) });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((ok, no) => reader.readEntries(ok, no));
      if (!some.length) break;
      for (const one of some.sort((a, b) => (a.name < b.name ? -1 : 1))) await walk(one, false);
    }
  };
  // Entries must be taken before anything is waited for: the list is emptied after the event.
  const entries = [...items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry());
  for (const entry of entries) await walk(entry, true);
  return found;
}

function drawFiles() {
  $("list").hidden = !files.length;
  $("list").replaceChildren(...files.map((file, i) => {
    const role = element("select", { "aria-label": t().role(file.name) },
      element("option", { value: "judged" }, t().judged), element("option", { value: "context" }, t().context));
    role.value = file.judged ? "judged" : "context";
    role.addEventListener("change", () => {
      file.judged = role.value === "judged";
      changed();
    });
    const remove = element("button", { type: "button", "aria-label": t().remove_one(file.name) }, t().remove);
    remove.addEventListener("click", () => {
      files.splice(i, 1);
      changed();
      drawFiles();
      say((texts) => texts.removed(file.name));
      const left = $("list").querySelectorAll("button");
      (left[Math.min(i, left.length - 1)] ?? $("files")).focus();
    });
    return element("li", {}, element("span", { class: "name" }, file.name),
      element("span", { class: "help" }, t().size(file.content.length)), role, remove);
  }));
}

// --- the check ----------------------------------------------------------------------------------------------

/** The result on the page is of what was asked before. */
function changed() {
  edits += 1;
  if (asked && !waiting) markStale();
}

function markStale() {
  $("stale")?.remove();
  $("result").prepend(element("p", { id: "stale", class: "note open", role: "status" }, t().stale));
}

function ask() {
  if (!files.some((file) => file.judged)) {
    say("choose_first");
    $("files").focus();
    return;
  }
  if (!$("on").value) {
    say("choose_day");
    $("on").focus();
    return;
  }
  send({
    documents: files.map(({ name, judged }) => ({ name, judged })),
    contents: files.map(({ content }) => content),
    on: $("on").value,
    complete: $("complete").checked,
    parameters: $("values").value.trim() ? $("values").value : null,
  }, true);
}

function send(request, moveTo) {
  asked = request;
  waiting = { moveTo, lang, edits };
  $("check").disabled = true;
  say("checking");
  const { contents, ...rest } = request;
  worker.postMessage({ asked: JSON.stringify({ ...rest, lang }), contents });
}

function answered(answer) {
  const sent = waiting;
  waiting = null;
  $("check").disabled = broken;
  if (!asked) return say("");
  show($("result"), answer, sent.lang, site);
  $("result").hidden = false;
  say("checked");
  if (sent.edits !== edits) markStale();
  if (sent.moveTo) {
    $("result-title").focus({ preventScroll: true });
    $("result").scrollIntoView({ block: "start" });
  }
  return sent.lang === lang || broken ? null : send(asked, false);
}

function failed(why) {
  console.error(why);
  broken = !ready || broken;
  if (waiting) answered({ failed: why });
  else say("not_loaded");
}

async function start() {
  const [code, told] = await Promise.all(["worker.js", "files.json"].map(async (name) => {
    const answer = await fetch(new URL(name, base));
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.text();
  }));
  site = JSON.parse(told);
  named();
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  worker = new Worker(address, { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data.failed) failed(data.failed);
    else if (data.ready) {
      ready = true;
      $("check").disabled = false;
      say("ready");
    } else answered(JSON.parse(data.answer));
  };
  worker.onerror = (event) => {
    broken = true;
    failed(event.message);
  };
  worker.postMessage({ base: base.href });
}

// --- the page -----------------------------------------------------------------------------------------------

/** What the site is called and the page is made of; known once `files.json` is there. */
function named() {
  document.title = site ? `${t().title} – ${site.name[lang]}` : t().title;
  if (!site) return;
  $("home").textContent = site.name[lang];
  $("made").textContent = t().made(site.version, site.rulebook.titles[lang], site.rulebook.sha256.slice(0, 12));
}

function translate() {
  document.documentElement.lang = lang;
  $("home").href = folder(lang);
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = t()[one.dataset.text];
  for (const one of document.querySelectorAll("[data-lang]")) {
    one.setAttribute("aria-pressed", String(one.dataset.lang === lang));
  }
  drawFiles();
  named();
  say(saying);
}

function clear() {
  files = [];
  asked = null;
  $("form").reset();
  $("on").value = today();
  $("result").hidden = true;
  $("result").replaceChildren();
  drawFiles();
  say("");
  $("files").focus();
}

function today() {
  const now = new Date();
  const two = (n) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

for (const one of document.querySelectorAll("[data-lang]")) {
  one.addEventListener("click", () => {
    lang = one.dataset.lang;
    history.replaceState(null, "", `#${lang}`);
    translate();
    if (asked && !waiting && !broken) send(asked, false);
  });
}
$("files").addEventListener("change", async () => {
  await addFiles([...$("files").files].map((file) => ({ name: file.name, file })));
  $("files").value = "";
});
$("drop").addEventListener("dragover", (event) => {
  event.preventDefault();
  $("drop").classList.add("over");
});
$("drop").addEventListener("dragleave", () => $("drop").classList.remove("over"));
$("drop").addEventListener("drop", async (event) => {
  event.preventDefault();
  $("drop").classList.remove("over");
  await addFiles(await dropped(event.dataTransfer.items));
});
// A file that misses the mark must not replace the page.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
$("add").addEventListener("click", () => {
  const text = $("pasted").value;
  if (!text.trim()) return $("pasted").focus();
  pasted += 1;
  $("pasted").value = "";
  const name = t().pasted_name(pasted);
  return addFiles([{ name, file: new Blob([text]) }]);
});
for (const name of ["on", "complete", "values"]) $(name).addEventListener("input", changed);
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (ready && !waiting) ask();
});
$("clear").addEventListener("click", clear);

$("on").value = today();
translate();
start().catch((error) => failed(error.message));
