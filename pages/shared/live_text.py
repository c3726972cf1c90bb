"""A text area whose text is taken while one types, not only on leaving it."""

from __future__ import annotations

from typing import Any

import streamlit as st

# The native text area sends its text on Ctrl+Enter; a moment after the last key we press that for the person. If a
# later version no longer listened to it, the area would work as it always did, on leaving it.
_LIVE_JS = """
export default function ({ data, parentElement }) {
  const area = document.querySelector(`.st-key-${data.key} textarea`);
  if (!area || area.dataset.live === "on") return;
  area.dataset.live = "on";
  let waiting = 0;
  area.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (event.isComposing) return;
    waiting = setTimeout(() => area.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true,
        cancelable: true })), data.pause);
  });
}
"""

_live = st.components.v2.component("textlab_live_text", html="<span hidden></span>", js=_LIVE_JS)


def live_text_area(label: str, key: str, pause_ms: int = 60, **settings: Any) -> str:
    """A text area; reruns the page (or the fragment) `pause_ms` after the last key. `key` must be a plain word.

    The text is kept across pages; it is never in the URL.
    """
    text = st.text_area(label, key=key, persist_state="session", **settings)
    _live(key=f"{key}_live", data={"key": key, "pause": pause_ms})
    return text or ""
