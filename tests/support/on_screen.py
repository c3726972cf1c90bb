"""Where tests and benchmarks look on the pages."""

from __future__ import annotations

DEFAULT_CONTENT = {
    "tokens": "[data-testid^=stBidiComponent] .token",
    "words": ".js-plotly-plot .main-svg",
    "documents": ".js-plotly-plot .main-svg, [data-testid^=stBidiComponent] canvas",
    "prompts": "[data-testid=stChatMessage]",
}
"""What each page opens with."""

MAP = "[aria-label*='tokens of context in use']"
UPDATED = """([text, label]) => new Promise((done) => {
  const box = document.querySelector("[data-testid=stChatInput] textarea");
  const read = () => document.querySelector("[aria-label*='tokens of context in use']")?.ariaLabel;
  const before = read();
  const watch = new MutationObserver(() => {
    const now = read();
    if (now && now !== before) { watch.disconnect(); done(performance.now() - began); }
  });
  watch.observe(document.body, { subtree: true, childList: true, attributes: true });
  const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
  const began = performance.now();
  set.call(box, text);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => done(-1), 30000);
})"""
"""Resolves, in milliseconds, once the context bar follows a typed text."""
