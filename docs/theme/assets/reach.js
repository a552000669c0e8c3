// What scrolls can be scrolled by keyboard (WCAG 2.1.1): tables and code that are wider than their column. The theme
// does this for code only, and not on every device; its own observer is older than this one and has its say before.
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
    if (scrolls) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
window.addEventListener("load", () => {
  for (const one of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code")) observer.observe(one);
});
