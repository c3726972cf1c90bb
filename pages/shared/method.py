"""“How this is computed”: the formula, where it comes from, the settings in use, and the lines of Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

OPEN_KEY = "how_open"
"""Whether the panel is open, on whichever view: what is inside is drawn only then."""


def show_method(
    formula: str,
    source: str,
    code: str | Callable[[], str],
    settings: dict[str, Any] | None = None,
    explanation: str = "",
) -> None:
    """Draw the panel under a view; inside of the view's fragment, if it has one, so that it follows each input.

    `formula` is LaTeX (may be empty), `source` and `explanation` our own Markdown, `settings` what was used by name,
    and `code` a few lines of Python (`from core ...`) that give in a notebook, as `result`, what the view shows; the
    tests run them and compare. Code that takes time to write is given as a function.
    """
    panel = st.expander("How this is computed", icon=":material/function:", key=OPEN_KEY, on_change="rerun")
    if not panel.open:
        return
    with panel:
        if explanation:
            st.markdown(explanation)
        if formula:
            st.latex(formula)
        if settings:
            st.text("Settings used: " + "; ".join(f"{name} = {value}" for name, value in settings.items()))
        st.markdown(f"Source: {source}")
        st.code((code() if callable(code) else code).strip(), language="python")
