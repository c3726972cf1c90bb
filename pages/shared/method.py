"""“How this is computed”: the formula, where it comes from, the settings in use, and the lines that repeat it."""

from __future__ import annotations

from typing import Any

import streamlit as st


def show_method(
    formula: str, source: str, code: str, settings: dict[str, Any] | None = None, explanation: str = ""
) -> None:
    """Draw the panel under a view.

    `formula` is LaTeX (may be empty), `source` and `explanation` our own Markdown, `settings` what was used by name,
    and `code` about five lines of Python (`from core ...`) that give the same result in a notebook as `result`;
    tests/pages/test_methods.py runs them.
    """
    with st.expander("How this is computed", icon=":material/function:"):
        if explanation:
            st.markdown(explanation)
        if formula:
            st.latex(formula)
        if settings:
            st.text("Settings used: " + "; ".join(f"{name} = {value}" for name, value in settings.items()))
        st.markdown(f"Source: {source}")
        st.code(code.strip(), language="python")
