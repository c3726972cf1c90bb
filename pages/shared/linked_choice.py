"""A choice that the link carries by its id: two options of one label are two, also for those who open the link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st


def pick_linked(
    label: str,
    labels: Mapping[str, str],
    key: str,
    *,
    default: str | None,
    earlier: Mapping[str, str] | None = None,
    wanted: str | None = None,
    **widget: Any,
) -> str | None:
    """Draw a select box and give the id that was chosen.

    `labels`: what is shown for each id. `default`: what is chosen at first, which no link needs to carry; None for
    nothing. `earlier`: what links of earlier versions carried -> id. `wanted`: an id to be chosen now.
    """
    if wanted is None and key not in st.session_state:
        linked = st.query_params.get(key, "")
        wanted = linked if linked in labels else (earlier or {}).get(linked, default)
    if wanted in labels:
        st.session_state[key] = wanted
    if st.session_state.get(key) not in labels:
        st.session_state[key] = default
    chosen = st.selectbox(
        label,
        list(labels),
        format_func=lambda one: labels.get(one, one),
        key=key,
        persist_state="session",
        placeholder=widget.pop("placeholder", "Choose one"),
        **widget,
    )
    if chosen is None or chosen == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != chosen:
        st.query_params[key] = chosen
    return chosen
