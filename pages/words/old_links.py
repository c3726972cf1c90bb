"""Links that were shared before an option got another label still choose it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def follow_old_link(key: str, labels: Mapping[str, str], once: Mapping[str, str]) -> bool:
    """Choose the option that the address calls by an earlier label; whether it did.

    `key` is that of the widget, `labels` its options with their labels, `once` earlier labels with their options. A
    widget with a default must have none (None) where this chose.
    """
    option = once.get(st.query_params.get(key, ""))
    if option is None:
        return False
    st.query_params[key] = labels[option]
    st.session_state[key] = option
    return True
