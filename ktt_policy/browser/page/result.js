// The report on the page. It says what the report says: nothing is judged here.

import { TEXTS, day } from "./texts.js";

const AT_ONCE = 100; // findings
const MOST = 1000; // rows of documents
const WIDEST = 120;

/** An element. Attributes that are null are left out; children are elements or texts, so no text is read as HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Fill `target` with the answer of a check. `site` has the rulebook's address in `docs`. */
export function show(target, answer, lang, site) {
  const t = TEXTS[lang];
  target.replaceChildren(element("h2", { id: "result-title", tabindex: "-1" }, t.result));
  if (answer.failed) {
    target.append(banner("bad", "✕", t.crashed, t.crashed_text));
    return;
  }
  if (answer.refused.length) {
    target.append(banner("bad", "✕", t.refused, t.refused_text));
    target.append(list(answer.refused.map((problem) => problemCard(problem, t)), t));
    return;
  }
  const report = JSON.parse(answer.report);
  const findings = report.findings.map((finding, i) => ({ ...finding, ...answer.shown[i] }));
  const violated = findings.filter((finding) => finding.outcome !== "undecided");
  const undecided = findings.filter((finding) => finding.outcome === "undecided");
  target.append(verdict(report, violated, t), summary(report, violated, t));
  section(target, t.problems, report.problems.map((problem) => problemCard(problem, t)), t);
  section(target, t.errors_found, violated.map((finding) => findingCard(finding, t, lang, site)), t);
  section(target, t.undecided_found, undecided.map((finding) => findingCard(finding, t, lang, site)), t);
  if (report.documents.length) target.append(element("h3", {}, t.documents_read), documents(report, t));
  const save = element("button", { type: "button", id: "save" }, t.save);
  save.addEventListener("click", () => download(answer.report));
  const print = element("button", { type: "button" }, t.print);
  print.addEventListener("click", () => window.print());
  target.append(element("p", { class: "actions print-hidden" }, save, print));
  const assumed = report.complete ? ` ${t.assumed}` : "";
  target.append(element("p", { class: "help" }, t.by(report.rulebook.title, day(report.on, lang)) + assumed));
}

function verdict(report, violated, t) {
  const code = report.exit_code;
  if (code === 2) return banner("bad", "✕", t.unchecked, t.unchecked_text);
  if (code === 1) return banner("bad", "✕", t.violates, t.violates_text);
  if (code === 3) return banner("open", "?", t.undecided_title, t.undecided_text);
  if (violated.length) return banner("open", "!", t.warnings, t.warnings_text);
  return banner("good", "✓", t.conforms, t.conforms_text);
}

function banner(kind, sign, title, text) {
  return element("div", { class: `verdict ${kind}` },
    element("span", { class: "sign", "aria-hidden": "true" }, sign),
    element("div", {}, element("p", { class: "verdict-title" }, title), element("p", {}, text)));
}

function summary(report, violated, t) {
  const counts = report.summary;
  // Findings about documents as such come from no rule, and are not counted among the rules' outcomes.
  const system = violated.filter((finding) => finding.code.startsWith("S")).length;
  const unread = report.problems.filter((problem) => problem.severity === "error").length;
  const entries = [
    ["violated", counts.violated + system], ["undecided", counts.undecided], ["passed", counts.passed],
    ["not_applicable", counts.not_applicable],
  ];
  if (unread) entries.unshift(["broken", unread]);
  return element("div", {},
    element("dl", { class: "counts", "aria-label": t.counts },
      ...entries.map(([name, n]) => element("div", { class: n ? name : "none" },
        element("dt", {}, t[name]), element("dd", { "data-count": name }, n.toLocaleString(report.lang))))),
    element("p", { class: "help" }, t.read(counts.documents, counts.judged)));
}

function section(target, title, cards, t) {
  if (cards.length) target.append(element("h3", {}, `${title} (${cards.length})`), list(cards, t));
}

// On paper there is nothing to press.
window.addEventListener("beforeprint", () => {
  for (const more of document.querySelectorAll("#result .more")) while (more.isConnected) more.click();
});

/** Cards in portions: a run may have thousands. */
function list(cards, t) {
  const made = element("ol", { class: "findings" });
  const more = element("button", { type: "button", class: "more print-hidden" });
  let next = 0;
  const add = () => {
    const before = next;
    for (const card of cards.slice(next, (next += AT_ONCE))) made.append(element("li", {}, card));
    const left = cards.length - next;
    if (left > 0) more.textContent = t.more(Math.min(left, AT_ONCE));
    else more.remove();
    if (before) {
      made.children[before].tabIndex = -1;
      made.children[before].focus();
    }
  };
  more.addEventListener("click", add);
  add();
  return element("div", {}, made, cards.length > AT_ONCE ? more : null);
}

function problemCard(problem, t) {
  const title = t.codes[problem.code];
  const said = problem.help ? `${problem.message}; ${problem.help}` : problem.message;
  const where = problem.file ? t.place(problem.file, problem.span?.line, problem.span?.column) : null;
  return element("article", { class: "card problem", "data-code": problem.code },
    element("p", { class: "head" }, element("span", { class: "level" }, t.problem), " ", element("code", {}, problem.code)),
    element("p", { class: "message" }, ...marked(title ?? said)),
    where ? element("p", { class: "place" }, where) : null,
    title ? element("p", { class: "help" }, `${t.said}: `, element("span", { lang: "en" }, ...marked(said))) : null);
}

function findingCard(finding, t, lang, site) {
  const open = finding.outcome === "undecided";
  const level = open ? t.undecided : t[finding.severity];
  const facts = [];
  if (finding.clauses.length) {
    facts.push([t.clause, element("ul", {}, ...finding.clauses.map((clause) =>
      element("li", {}, clauseLink(clause, lang, site))))]);
  }
  if (finding.values.length) {
    facts.push([t.values_used, element("ul", {}, ...finding.values.map(([name, value]) =>
      element("li", {}, element("code", {}, name), ` = ${value}`)))]);
  }
  for (const [name, value, since] of finding.parameters) {
    facts.push([t.parameter, element("span", {}, element("code", {}, name), ` = ${value} (${t.from(day(since, lang))})`)]);
  }
  if (finding.related.length) {
    facts.push([t.related, element("ul", {}, ...finding.related.map((place) => element("li", {}, placeOf(place, t))))]);
  }
  if (finding.schema) facts.push([t.schema, element("code", {}, finding.schema)]);
  const about = [finding.title];
  if (finding.version) about.push(t.since(day(finding.version, lang)));
  if (finding.reference_date) about.push(t.reference_date(day(finding.reference_date, lang)));
  facts.push([t.rule, about.join(", ")]);
  return element("article",
    { class: `card ${open ? "undecided" : finding.severity}`, "data-code": finding.code, "data-pointer": finding.place.pointer },
    element("p", { class: "head" }, element("span", { class: "level" }, level), " ", element("code", {}, finding.code)),
    element("p", { class: "message" }, ...marked(finding.message)),
    element("p", { class: "place" }, placeOf(finding.place, t)),
    source(finding),
    element("dl", { class: "facts" }, ...facts.map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value)))));
}

/** A message, what stands in it in backticks as code. */
function marked(text) {
  return text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

function placeOf(place, t) {
  const where = t.place(place.file, place.span?.line, place.span?.column);
  return place.pointer ? element("span", {}, `${where} `, element("code", {}, place.pointer)) : where;
}

/** The pages of the site that this page is part of, in a language. */
export const folder = (lang) => (lang === "fi" ? "../" : `../${lang}/`);

/** The clause's page, in the reader's language, in the site that this page is part of. */
function clauseLink(clause, lang, site) {
  const text = clause.heading ? `${clause.clause} ${clause.heading}` : clause.clause;
  if (!clause.docs) return text;
  const base = `${site.docs.replace(/\/$/, "")}/`;
  const inside = site.docs && clause.docs.startsWith(base);
  const address = inside ? folder(lang) + clause.docs.slice(base.length) : clause.docs;
  return element("a", { href: address, target: "_blank", rel: "noopener" }, text);
}

/** The source line with the value marked; a long line is cut around it. Columns count characters, as the engine's do. */
function source(finding) {
  const span = finding.place.span;
  let line = Array.from(finding.excerpt);
  if (!span || !finding.excerpt.trim()) return null;
  let start = span.column - 1;
  let end = span.end_line === span.line ? span.end_column - 1 : line.length;
  let [before, after] = ["", ""];
  if (line.length > WIDEST) {
    const cut = Math.max(0, start - 40);
    if (cut) before = "…";
    if (cut + WIDEST < line.length) after = "…";
    line = line.slice(cut, cut + WIDEST);
    [start, end] = [start - cut, Math.min(end - cut, line.length)];
  }
  const text = (from, to) => line.slice(from, to).join("");
  return element("pre", {}, element("span", { class: "number", "aria-hidden": "true" }, `${span.line}  `),
    element("code", {}, before + text(0, start), element("mark", {}, text(start, Math.max(end, start + 1))),
      text(Math.max(end, start + 1)) + after));
}

function documents(report, t) {
  const heads = [t.document, t.kind, t.key, t.role_read, t.sound];
  const rows = report.documents.map((one) => [
    [one.line > 1 ? `${one.file}:${one.line}` : one.file, one.pointer].join(" ").trim(),
    t.kinds[one.kind] ?? one.kind, one.key, one.judged ? t.judged : t.context, one.sound ? t.sound_yes : t.sound_no,
  ]);
  // The heads stand in each cell too: on a narrow screen the table falls apart into entries.
  return element("table", {},
    rows.length > MOST ? element("caption", {}, t.others(rows.length - MOST)) : null,
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.slice(0, MOST).map((row) =>
      element("tr", {}, ...row.map((cell, i) => element("td", { "data-head": heads[i] }, cell))))));
}

function download(report) {
  const address = URL.createObjectURL(new Blob([report], { type: "application/json" }));
  element("a", { href: address, download: "report.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
