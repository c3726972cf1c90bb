"""Chat: a conversation with a language model, streamed, with its timings and how full the context is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.prompting.recorded import QUESTION, Recorded
from core.prompting.runs import Run
from core.runtime import server_state
from pages.prompting import context_bar, state_keys, streaming
from pages.prompting.chat.after_answer import show_after_answer, show_held
from pages.prompting.chat.chat_method import show_chat_method
from pages.prompting.chat.context_view import show_context
from pages.prompting.chat.conversation import Conversation, current, go_to, start_new
from pages.prompting.chat.sending import open_with, question_of, send
from pages.prompting.chat.turns import AVATARS, show_removed, show_turns
from pages.prompting.sidebar import PageSettings
from pages.prompting.views import completion
from pages.shared.copy_text import copy_button
from pages.shared.frame import View
from pages.shared.plain_label import plain_label
from pages.shared.user_errors import show_note

PRESETS = {
    "Cheesecake teaches SQL": QUESTION,
    "A capital": "What is the capital of France?",
    "An analogy": "Man is to king as woman is to what?",
    "A sum": "What is 17 plus 25?",
    "JSON": "Write this as JSON: Anna is 12 years old and lives in Berlin.",
    "A story": "Tell me a short story about a llama.",
    "Trust": "Can I trust you?",
}
OPENING = "Cheesecake teaches SQL"
LONGEST_MESSAGE = 100_000


def show(page: PageSettings) -> None:
    """The conversation above, the message box and the timings below."""
    if not page.chats:
        show_note(
            f"{page.title} is a base model (completion only).",
            "Its file has no chat template: it continues a text and has no turns of a conversation.",
        )
        completion.show(page)
        return
    talk = current()
    talk.settle()
    if talk.held and not talk.run and talk.go_on:  # its summary is there
        talk.go_on = False
        send(page, talk, talk.held)
    _show_presets(page, talk)
    turns = st.container(height=330, border=True, autoscroll=True)
    with st.container():  # in the flow of the page: pinned to its foot it would scroll the page away
        message = st.chat_input(
            "Your message", key=state_keys.MESSAGE, max_chars=LONGEST_MESSAGE, disabled=bool(talk.held)
        )
    figures, context, used = st.container(gap="xsmall").empty(), st.container(), st.empty()
    method = st.container()
    if message:
        send(page, talk, message)
        if talk.held:
            st.rerun()
    elif not talk.tree.all and not talk.run and page.small and not st.session_state.get(state_keys.OPENED):
        open_with(page, talk, PRESETS[OPENING])
    st.session_state[state_keys.OPENED] = True
    with method:
        question = question_of(page, talk, PRESETS[OPENING])
        show_chat_method(question, talk.last_run.settings if talk.last_run else question.settings)
    with context:
        gauge = st.empty() if talk.run else None
        if not talk.run:
            show_context(page, talk)

    def draw_figures(run: Run | Recorded) -> None:
        figures.html(
            streaming.strip_html(run.timings, " " if run.waiting_for else "")
        )  # the answer's place says for what
        if gauge and page.model:
            gauge.html(
                context_bar.gauge_html(run.timings, page.model.n_ctx, 0 if run.done else run.settings.max_tokens)
            )
        used.html(streaming.used_html(run))

    with turns:
        _show_conversation(page, talk, draw_figures)


def _show_conversation(page: PageSettings, talk: Conversation, draw_figures: Callable[[Run], None]) -> None:
    show_turns(page, talk, max(talk.tree.left_out, talk.falling))
    if not talk.turns and not talk.run:
        st.caption("An empty conversation. Type a message below, or click a question above.")
    show_removed(talk)
    if talk.held:
        show_held(page, talk)
    if talk.run:
        _watch_answer(talk, talk.run, draw_figures)
    elif talk.last_run:
        draw_figures(talk.last_run)
        show_after_answer(page, talk)


def _show_presets(page: PageSettings, talk: Conversation) -> None:
    busy = bool(talk.run and not talk.run.done)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for name, question in PRESETS.items():
            st.button(
                name,
                key=f"prompting_preset_{name}",
                on_click=send,
                args=(page, talk, question),
                help=question,
                disabled=busy,
            )
        st.space("stretch")
        copy_button(talk.tree.as_text(), "prompting_copy_all", help="Copy the whole conversation")
        visited = {
            key: other
            for key in st.session_state.get(state_keys.CHATS, [])
            if key != talk.key and (other := server_state.conversations.get(key)) and other.turns
        }
        if visited:
            # The browser answers with the label, so each is numbered.
            labels = {
                key: f"{number}\\. {plain_label(other.turns[0].text)}"
                for number, (key, other) in enumerate(visited.items(), 1)
            }

            def turn_to() -> None:
                go_to(st.session_state["prompting_earlier"])

            st.menu_button(
                "",
                list(visited),
                key="prompting_earlier",
                icon=":material/history:",
                type="tertiary",
                format_func=labels.__getitem__,
                on_click=turn_to,
                help="Other conversations of this window",
            )
        st.button(
            "New",
            icon=":material/add_comment:",
            key="prompting_new",
            on_click=start_new,
            type="tertiary",
            help="Start a new conversation",
        )


def _watch_answer(talk: Conversation, run: Run, draw_figures: Callable[[Run], None]) -> None:
    avatar = ":material/summarize:" if talk.summarising else AVATARS["assistant"]
    with st.chat_message("assistant", avatar=avatar):
        if talk.summarising:
            st.caption(f"A summary of the {talk.summarising} oldest turns, to be sent in their place")
        words = st.empty()
        streaming.show_stop(run)

        def draw(run: Run) -> None:
            waiting = run.waiting_for
            words.html(
                streaming.waiting_html(waiting)
                if waiting
                else streaming.answer_html(run.text, writing=not run.done, thought=run.thought)
            )
            draw_figures(run)

        streaming.watch(run, draw)
    st.rerun()


VIEW = View(key="chat", title="Chat", order=1, show=show)
