"""The turns of a conversation, each with what can be done with it: copy, edit, regenerate, fork, delete."""

from __future__ import annotations

import streamlit as st

from core.prompting.conversation import Tree, Turn
from core.prompting.recorded import Recorded
from core.prompting.thinking import split
from pages.prompting import streaming
from pages.prompting.chat.conversation import Conversation, open_conversation
from pages.prompting.chat.sending import answer
from pages.prompting.model.form import verdict
from pages.prompting.sidebar import PageSettings
from pages.shared.copy_text import copy_button
from pages.shared.plain_label import plain_label

AVATARS = {"user": ":material/person:", "assistant": ":material/robot_2:", "system": ":material/tune:"}
EDIT, AGAIN, FORK, REMOVE = "Edit", "Regenerate", "Fork", "Delete from here"
CHANGED = tuple(ending for ending in streaming.ENDINGS if ending != "stop text")


def show_turns(page: PageSettings, talk: Conversation, falling: int) -> None:
    """The way through the conversation; the `falling` oldest turns are dimmed: they are not or would not be sent."""
    gone = talk.tree.left_out
    for place, turn in enumerate(talk.turns):
        _show_turn(page, talk, turn, faded=place < falling)
        if place + 1 == gone:
            _show_cut(talk, turn)


def _show_turn(page: PageSettings, talk: Conversation, turn: Turn, faded: bool) -> None:
    with st.chat_message(turn.role if turn.role in ("user", "assistant") else "user", avatar=AVATARS[turn.role]):
        if talk.editing == turn.id:
            _show_editor(page, talk, turn)
            return
        with st.container(horizontal=True, gap="xsmall", wrap=False):
            st.html(_turn_html(turn, faded), width="stretch")
            _show_ways(talk, turn)
            _show_menu(page, talk, turn)
        if faded:
            return
        if turn.run and (said := verdict(split(turn.text).answer, turn.run.settings, turn.run.ended_by)):
            st.text(said)
        if isinstance(turn.run, Recorded):
            st.caption(streaming.recorded_words(turn.run))
        if turn.run and turn.run.ended_by in CHANGED:
            st.caption(streaming.ENDINGS[turn.run.ended_by])
        for sentence in getattr(turn.run, "notes", ()):
            st.caption(plain_label(sentence))


def _turn_html(turn: Turn, faded: bool) -> str:
    if faded:
        return streaming.text_html("", before=turn.text)
    if turn.role != "assistant":
        return streaming.text_html(turn.text or "…")
    return streaming.answer_html(turn.text or "…", thought=getattr(turn.run, "thought", None))


def _show_menu(page: PageSettings, talk: Conversation, turn: Turn) -> None:
    key = f"prompting_turn_{turn.id}"
    copy_button(turn.text, f"{key}_copy")
    if talk.run:
        return  # what is being written belongs after the last turn: nothing is moved meanwhile
    options = [EDIT, *([AGAIN] if turn.role == "assistant" else []), FORK, REMOVE]

    def act() -> None:
        act_on(page, talk, turn, st.session_state[key])

    st.menu_button("More", options, key=key, type="tertiary", on_click=act)


def act_on(page: PageSettings, talk: Conversation, turn: Turn, wanted: str) -> None:
    """Do what was chosen in a turn's menu."""
    if wanted == EDIT:
        talk.editing = turn.id
    elif wanted == AGAIN:
        talk.tree.go_before(turn)
        answer(page, talk)
    elif wanted == FORK:
        way = talk.turns
        open_conversation(Tree.of([(each.role, each.text, each.by) for each in way[: way.index(turn) + 1]]))
    elif wanted == REMOVE:
        talk.tree.remove(turn)


def _show_ways(talk: Conversation, turn: Turn) -> None:
    """‹ 2 of 3 ›: the turns that are alternatives of one another, to step through."""
    beside = talk.tree.beside(turn)
    if len(beside) < 2:
        return
    place = beside.index(turn)

    def show_way(sign: str, other: int, label: str) -> None:
        st.button(
            "",
            icon=f":material/{sign}:",
            key=f"prompting_{sign}_{turn.id}",
            type="tertiary",
            help=label,
            on_click=talk.tree.go_to,
            args=(beside[other % len(beside)],),
            disabled=talk.run is not None or not 0 <= other < len(beside),
        )

    with st.container(horizontal=True, gap=None, width="content", vertical_alignment="center"):
        show_way("chevron_left", place - 1, "The one before")
        st.caption(f"{place + 1} of {len(beside)}", width="content")
        show_way("chevron_right", place + 1, "The one after")


def _show_editor(page: PageSettings, talk: Conversation, turn: Turn) -> None:
    key = f"prompting_edit_{turn.id}"

    def keep() -> None:
        text = st.session_state[key].strip()
        talk.editing = None
        if text and text != turn.text:
            talk.tree.change(turn, text)
            if turn.role == "user":
                answer(page, talk)

    def leave() -> None:
        talk.editing = None

    st.text_area("Edited text", turn.text, key=key, label_visibility="collapsed", max_chars=100_000)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Save and submit" if turn.role == "user" else "Save",
            type="primary",
            on_click=keep,
            key="prompting_edit_keep",
            help="The old text stays as another branch",
        )
        st.button("Cancel", on_click=leave, key="prompting_edit_leave", type="tertiary")


def _show_cut(talk: Conversation, turn: Turn) -> None:
    summary = talk.tree.cuts[turn.id]

    def send_again() -> None:
        talk.tree.cuts.pop(turn.id, None)

    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.html(
            streaming.line_html("No longer sent: the turns above." + (" Sent instead: " if summary else ""), summary),
            width="stretch",
        )
        st.button("Send them again", key=f"prompting_uncut_{turn.id}", type="tertiary", on_click=send_again)


def show_removed(talk: Conversation) -> None:
    """A way back, after something was removed."""
    if talk.tree.removed:
        count = len(talk.tree.removed[0])
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{count} {'turn' if count == 1 else 'turns'} deleted.", width="content")
            st.button(
                "Undo",
                icon=":material/undo:",
                key="prompting_restore",
                type="tertiary",
                on_click=talk.tree.restore,
            )
