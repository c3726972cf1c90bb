"""Under the conversation: a question held back because turns would fall out, and what can be done after an answer."""

from __future__ import annotations

import streamlit as st

from pages.prompting import streaming
from pages.prompting.chat.conversation import Conversation
from pages.prompting.chat.sending import answer, send, summarise
from pages.prompting.chat.turns import AVATARS
from pages.prompting.sidebar import PageSettings
from pages.shared.user_errors import show_note


def show_held(page: PageSettings, talk: Conversation) -> None:
    """A question not sent yet, because turns would fall out; and the choice."""
    count = talk.falling - talk.tree.left_out

    def trim() -> None:
        talk.tree.leave_out(talk.falling)
        send(page, talk, talk.held)

    def replace() -> None:
        talk.go_on = True
        summarise(page, talk, talk.falling)

    def back() -> None:
        talk.hold_back(talk.held)

    with st.chat_message("user", avatar=AVATARS["user"]):
        st.html(f'<div style="max-height:5.2rem;overflow:auto">{streaming.text_html(talk.held)}</div>')
        if talk.run:
            return
        if talk.problem:
            show_note(talk.problem.what, talk.problem.next_step)
        oldest = "oldest turn falls" if count == 1 else f"{count} oldest turns fall"
        show_note("Not sent yet.", f"The context is too small for it and all earlier turns: the {oldest} out (dimmed).")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Leave them out", icon=":material/content_cut:", key="prompting_trim", on_click=trim, type="primary"
            )
            st.button(
                "Send a summary of them",
                icon=":material/summarize:",
                key="prompting_summarise",
                on_click=replace,
                help=f"{page.title} writes it first",
            )
            st.button(
                "Cancel",
                icon=":material/undo:",
                key="prompting_hold_back",
                on_click=back,
                type="tertiary",
                help="Back into the message box",
            )


def show_after_answer(page: PageSettings, talk: Conversation) -> None:
    """Under the last answer: what went wrong with it, if anything, and a way to compute it again."""
    last = talk.turns[-1] if talk.turns else None
    error = last.run.error if last and last.run else None
    if error:
        show_note(error.what, error.next_step)
    if not last or talk.held or talk.editing is not None:
        return

    def again() -> None:
        question = last.parent if last.role == "assistant" else last.id
        if not last.text:
            talk.tree.remove(last)
        talk.tree.current = question
        answer(page, talk)

    def take_back() -> None:
        way = talk.turns
        question = way[-2] if last.role == "assistant" and len(way) > 1 else last
        talk.tree.remove(question)
        talk.hold_back(question.text)

    with st.container(horizontal=True, gap="small"):
        st.button(
            "Regenerate",
            icon=":material/restart_alt:",
            key="prompting_again",
            on_click=again,
            type="primary" if error else "tertiary",
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="prompting_take_back",
            on_click=take_back,
            type="tertiary",
            help="Remove the last question and put it back into the message box",
        )
