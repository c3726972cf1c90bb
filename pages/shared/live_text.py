"""A text area whose text is taken while one types, not only on leaving it."""

from __future__ import annotations

from typing import Any

import streamlit as st

# The native text area sends its text on Ctrl+Enter; a moment after the last key we press that for the person. If a
# later version no longer listened to it, the area would work as it always did, on leaving it.
# One listener on the document serves all such areas: an area may come into the page after this script.
_LIVE_JS = """
const enter = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true };

export default function ({ data }) {
  const live = window.TextLabLive ??= new Map();
  if (!live.size && !window.TextLabLiveListens) {
    window.TextLabLiveListens = true;
    document.addEventListener("input", (event) => {
      const area = event.target;
      if (area.tagName !== "TEXTAREA") return;
      const key = [...live.keys()].find((name) => area.closest(`.st-key-${name}`));
      if (key === undefined) return;
      clearTimeout(area.textlabWaiting);
      if (event.isComposing) return;
      // The first key after a rest is sent at once, those that follow it closely wait for the last of them.
      const rested = performance.now() - (area.textlabSent ?? -1e9) > 400;
      area.textlabWaiting = setTimeout(() => {
        area.textlabSent = performance.now();
        area.dispatchEvent(new KeyboardEvent("keydown", enter));
      }, rested ? 0 : live.get(key));
    });
  }
  live.set(data.key, data.pause);
  return () => live.delete(data.key);
}
"""

_live = st.components.v2.component("textlab_live_text", html="<span hidden></span>", js=_LIVE_JS)


def live_text_area(label: str, key: str, pause_ms: int = 30, **settings: Any) -> str:
    """A text area; reruns the page (or the fragment) `pause_ms` after the last key. `key` must be a plain word.

    The text is kept across pages; it is never in the URL.
    """
    text = st.text_area(label, key=key, persist_state="session", **settings)
    _live(key=f"{key}_live", data={"key": key, "pause": pause_ms})
    return text or ""
