"""What a browser window typed and had computed on this page, held by the server so that a reload shows it again."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from core.runtime import server_state

MOST_WINDOWS = 200
MOST_RUNS = 40
_KEY = "prompting_kept_key"


def window_state() -> dict[str, Any]:
    """This window's inputs and results by name. Its key is in the address, what was typed is not."""
    windows, state = server_state.prompting_windows, st.session_state
    key = st.query_params.get("kept", "")
    if key not in windows:
        key = state.get(_KEY, "")
    if key not in windows:
        key = secrets.token_hex(6)
        store(windows, key, {}, MOST_WINDOWS)
    state[_KEY] = key
    if st.query_params.get("kept") != key:
        st.query_params["kept"] = key
    return windows[key]


def remember(key: str, default: Any) -> Any:
    """The value of the widget `key`, also after a reload. To be called before the widget is drawn."""
    state, saved = st.session_state, window_state()
    if key not in state:
        state[key] = saved.get(key, default)
    saved[key] = state[key]
    return state[key]


def store(results: dict[str, Any], key: str, result: Any, most: int = MOST_RUNS) -> None:
    """Put a result among those of all sessions, and drop the oldest where there are more than `most`."""
    results[key] = result
    for old in list(results)[:-most]:
        del results[old]
