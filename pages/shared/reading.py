"""The one sentence under a picture that says what one sees. Words of people and models in it are never markup."""

from __future__ import annotations

import html
from typing import Any

import streamlit as st


def show_reading(sentence: str, *values: Any, caveat: str = "") -> None:
    """Draw a sentence in which each {} is replaced by a value in bold, escaped; `caveat` stands smaller after it.

    Example: show_reading("{} is closer to {} than {} of the words here.", "nurse", "she", "94 %")
    """
    filled = html.escape(sentence).format(*(f"<b>{html.escape(str(value))}</b>" for value in values))
    more = f'<span style="opacity:.72;font-size:.92em"> {html.escape(caveat)}</span>' if caveat else ""
    st.html(f'<p style="font-size:1.15rem;line-height:1.45;margin:0;overflow-wrap:anywhere">{filled}{more}</p>')
