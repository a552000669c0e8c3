// The theme looks for words that begin as those of the query do, and leaves them as typed: "käynti" would not find
// "käynnistä". Here each word is joined by its stem, found by the stemmer of the page's language that the theme loads.
// This script runs in place of the theme's search worker, whose file name is in its address, and hands over to it.
let language = "en";
const again = new WeakSet();

self.addEventListener("message", (event) => {
  if (again.has(event)) return;
  const { type, data } = event.data;
  if (type === 0) language = data.config.lang[0];
  if (type !== 2) return;
  event.stopImmediatePropagation();
  const copy = new MessageEvent("message", { data: { type, data: joined(data) } });
  again.add(copy);
  self.dispatchEvent(copy);
});

function joined(query) {
  const words = query.split(/\s+/).filter((word) => /^[\p{L}-]{4,}$/u.test(word));
  return [query, ...words.map(stem)].join(" ");
}

function stem(word) {
  const stemmer = language === "en" ? self.lunr?.stemmer : self.lunr?.[language]?.stemmer;
  return stemmer ? stemmer(new self.lunr.Token(word.toLowerCase())).toString() : "";
}

importScripts(location.search.slice(1));
