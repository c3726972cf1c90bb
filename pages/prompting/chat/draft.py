"""What is being typed into the message box, sent to the page a moment after the last key, before it is submitted."""

from __future__ import annotations

import streamlit as st

PAUSE_MS = 40

# The box is Streamlit's own. One listener on the document hears it; a text can be given back to it, once by its id.
_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const box = () => document.querySelector(`.st-key-${data.box} textarea`);
  const here = parentElement.host ?? parentElement;
  document.removeEventListener("input", here.textlabListen);
  here.textlabListen = (event) => {
    if (event.target !== box() || event.isComposing) return;
    clearTimeout(here.textlabWaiting);
    // The first key after a pause is sent at once, those that follow it closely wait for the last of them.
    const rested = performance.now() - (here.textlabTold ?? -1e9) > 400;
    here.textlabWaiting = setTimeout(() => {
      here.textlabTold = performance.now();
      setStateValue("text", event.target.value);
    }, rested ? 0 : data.pause);
  };
  document.addEventListener("input", here.textlabListen);
  if (data.give && window.TextLabGiven !== data.give.id && box()) {
    window.TextLabGiven = data.give.id;
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
    set.call(box(), data.give.text);
    box().dispatchEvent(new Event("input", { bubbles: true }));
    box().focus();
  }
  return () => document.removeEventListener("input", here.textlabListen);
}
"""

_draft = st.components.v2.component("textlab_draft", html="<span hidden></span>", js=_JS)


def watch_draft(box: str, give: tuple[str, str] | None = None) -> str:
    """The text in the chat input of key `box` (a plain word). Reruns at once, then `PAUSE_MS` after the last key.

    `give`: (an id, a text) to be put into the box; each id is heeded once.
    """
    result = _draft(
        key=f"{box}_draft",
        on_text_change=lambda: None,
        data={"box": box, "pause": PAUSE_MS, "give": {"id": give[0], "text": give[1]} if give else None},
    )
    return result.text or ""
