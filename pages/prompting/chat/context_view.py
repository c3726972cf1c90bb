"""What is in the context, and what would be with the words being typed: the map, and the exact text behind it."""

from __future__ import annotations

import streamlit as st

from core.prompting.context_map import Piece, of_text
from core.prompting.engine import Model
from core.prompting.runs import Run
from pages.prompting import context_bar, state_keys
from pages.prompting.chat.conversation import Conversation
from pages.prompting.chat.draft import watch_draft
from pages.prompting.chat.sending import divided, falls_out, room
from pages.prompting.sidebar import PageSettings
from pages.shared.user_errors import user_errors


@st.fragment
def show_context(page: PageSettings, talk: Conversation) -> None:
    """The map, redrawn a moment after each key; a turn that would no longer fit is dimmed above."""
    place = st.container()  # the map comes before the part that only listens, which has no height but a gap around it
    typed = watch_draft(state_keys.MESSAGE, talk.give)
    sent = any(turn.text == typed for turn in talk.turns[-2:])  # the box is empty then, but nobody typed that
    draft = talk.draft = "" if sent else talk.held or typed
    if isinstance(page.model, Model):
        with place, user_errors():
            _show_map(page, page.model, talk, draft)


def _show_map(page: PageSettings, model: Model, talk: Conversation, draft: str) -> None:
    falling = falls_out(page, talk, draft)
    if talk.falling != max(falling, talk.tree.left_out):
        talk.falling = max(falling, talk.tree.left_out)
        st.rerun()
    there = divided(page, talk, draft)
    last = max((piece.turn for piece in there), default=-1) if draft else -1
    st.html(context_bar.map_html(there, model.n_ctx, model.n_ctx - room(page), draft_turn=last))
    if falling < 0:
        need = sum(piece.tokens for piece in there)
        st.caption(f"Your message alone is too long: {need:,} tokens, {room(page):,} available.")
    elif falling > talk.tree.left_out and not talk.held:
        st.caption("The dimmed turns no longer fit when you send this; you will be asked.")
    _show_exact(there)


@st.fragment
def show_text_context(page: PageSettings, asked: str, run: Run | None) -> None:
    """Under a text to continue: what it takes of the context, redrawn a moment after each key."""
    state, place = st.session_state, st.container()
    typed = watch_draft(state_keys.TEXT)
    if typed == state.get("prompting_text_typed", ""):
        typed = state.get(state_keys.TEXT, "")  # nothing typed since: a preset may have changed the text
    else:
        state["prompting_text_typed"] = typed
    model = page.model
    if not isinstance(model, Model):
        return
    with place, user_errors():
        there = of_text(model.tokens_of(typed))
        if run and typed == asked:
            st.html(context_bar.gauge_html(run.timings, model.n_ctx, 0))
        else:
            st.html(context_bar.map_html(there, model.n_ctx, page.settings.max_tokens, draft_turn=0))
        _show_exact(there)


def _show_exact(there: list[Piece]) -> None:
    pane = st.expander(
        "Exact prompt",
        icon=":material/data_object:",
        on_change="rerun",
        key="prompting_exact",
    )
    if pane.open:
        with pane:
            st.html(context_bar.exact_html(there))
            st.caption(
                "Boxed: special tokens. Grey: what the chat template adds. Underlined: text of the system "
                "prompt (purple), yours (orange), the model's (blue)."
            )
