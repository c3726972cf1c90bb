"""A `UserError` becomes a note on the page; everything else is a bug and surfaces."""

from __future__ import annotations

import contextlib
import html
from collections.abc import Iterator

import streamlit as st

from core.errors import Cancelled, of_system


@contextlib.contextmanager
def user_errors() -> Iterator[None]:
    """Show what happened and what to do next, and go on with the page below. What the system refuses (room, memory,
    open files) is shown in the same way."""
    try:
        yield
    except Cancelled:
        show_note("Cancelled.", "Nothing was lost; start again when you like.")
    except Exception as problem:
        if (error := of_system(problem)) is None:
            raise
        show_note(error.what, error.next_step)


def show_note(what: str, next_step: str = "") -> None:
    """A note in the flow of the page. The text may quote what a person typed, so it is escaped, never markup."""
    st.html(
        f'<div role="status" style="border-left:4px solid #E69F00;padding:.55rem .9rem;margin:.2rem 0;'
        f'background:rgba(230,159,0,.10);border-radius:.4rem;overflow-wrap:anywhere">'
        f"<strong>{html.escape(what)}</strong> {html.escape(next_step)}</div>"
    )
