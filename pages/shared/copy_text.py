"""A small button that puts a text on the clipboard. The text reaches the browser as data and is never markup."""

from __future__ import annotations

import streamlit as st

_HTML = """
<button type="button" aria-label="Copy"><svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
<path fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"
 d="M9 9h10.5v11.5H9zM5.5 15.5h-1V3.5h10.5v2"/></svg><span></span></button>
"""
_CSS = """
button { font: inherit; font-size: .9rem; display: inline-flex; gap: .35rem; align-items: center; cursor: pointer;
  border: 0; background: none; color: var(--st-text-color); opacity: .55; padding: .3rem; border-radius: .4rem; }
button:hover, button:focus-visible { opacity: 1; color: var(--st-primary-color); }
"""
_JS = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button"), words = button.querySelector("span");
  words.textContent = data.label;
  button.title = data.help;
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.text);
      words.textContent = "Copied";
    } catch {
      words.textContent = "Not allowed here";
    }
    clearTimeout(button.textlabBack);
    button.textlabBack = setTimeout(() => { words.textContent = data.label; }, 1500);
  };
}
"""

_copy = st.components.v2.component("textlab_copy", html=_HTML, css=_CSS, js=_JS)


def copy_button(text: str, key: str, label: str = "", help: str = "Copy") -> None:
    """Draw the button; `label` stands beside its sign."""
    _copy(key=key, data={"text": text, "label": label, "help": help}, width="content")
