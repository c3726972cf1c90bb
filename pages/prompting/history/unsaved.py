"""A note above every view of the page: answers that could not be saved in the history, and a way to try again."""

from __future__ import annotations

import streamlit as st

from core.prompting.history import unsaved
from pages.shared.user_errors import show_note


def _save() -> None:
    unsaved.write_all()


def show_unsaved() -> None:
    """Draw the note, if there is anything to tell."""
    trouble = unsaved.trouble()
    if trouble is None:
        return
    answers = "1 answer is" if trouble.count == 1 else f"{trouble.count} answers are"
    lost = f" {trouble.given_up} older ones were lost." if trouble.given_up else ""
    show_note(
        f"{answers} not saved in the history. {trouble.error.what}",
        f"{trouble.error.next_step} They are held in memory until the lab ends.{lost}",
    )
    with st.container(horizontal=True, gap="small"):
        st.button("Save them now", icon=":material/save:", key="prompting_save_now", on_click=_save)
        st.button(
            "Discard", icon=":material/delete:", type="tertiary", key="prompting_discard", on_click=unsaved.forget
        )
