"""What a browser window typed and had computed on this page, kept on the server so that a reload finds it again."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from core.runtime import server_state

MOST_WINDOWS = 200


def window_state() -> dict[str, Any]:
    """This window's things by name. Its key stands in the address, what was typed does not."""
    windows, state = server_state.prompting_windows, st.session_state
    key = st.query_params.get("kept", "")
    if key not in windows:
        key = state.get("prompting_kept_key", "")
    if key not in windows:
        key = secrets.token_hex(6)
        windows[key] = {}
        for old in list(windows)[:-MOST_WINDOWS]:
            del windows[old]
    state["prompting_kept_key"] = key
    if st.query_params.get("kept") != key:
        st.query_params["kept"] = key
    return windows[key]


def remember(key: str, default: Any) -> Any:
    """The value of a widget's `key`, to be called before the widget is drawn: what was there before a reload, too."""
    state = st.session_state
    if key not in state:
        state[key] = window_state().get(key, default)
    window_state()[key] = state[key]
    return state[key]
