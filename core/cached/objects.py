"""The object of any catalogue key, loaded once for the whole server."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import catalog


@st.cache_resource(show_spinner=False, max_entries=24)
def load(key: str) -> Any:
    """The object of a catalogue key (vectors, encoder, tokenizer, corpus): its spec says of which type."""
    return catalog.load(key)
