
"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const articles = [...document.querySelectorAll("article")];
  const fields = ["outcome", "rule", "document"];
  const apply = () => {
    const text = form.elements.text.value.trim().toLowerCase();
    let shown = 0;
    for (const article of articles) {
      const fits = fields.every((name) => {
        const wanted = form.elements[name].value;
        return !wanted || article.dataset[name].split("\n").includes(wanted);
      }) && (!text || article.textContent.toLowerCase().includes(text));
      article.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    const count = form.elements.count;
    count.value = `${shown} / ${articles.length} ${count.dataset.of}`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
})();
