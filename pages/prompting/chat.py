"""Chat: a conversation with a language model, streamed, with where the time went and how full the context is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.prompting import records
from core.prompting.context_map import Piece, pieces
from core.prompting.engine import Model
from core.prompting.runs import Run
from pages.prompting import complete, stage
from pages.prompting.conversation import Conversation, Turn, current, start_anew
from pages.prompting.desk import Desk, path_code
from pages.prompting.form import verdict
from pages.shared.frame import View
from pages.shared.method import show_method
from pages.shared.user_errors import show_note

PRESETS = {
    "Cheesecake teaches SQL": "Explain GROUP BY as a sentient cheesecake who teaches SQL.",
    "A capital": "What is the capital of France?",
    "An analogy": "Man is to king as woman is to what?",
    "A sum": "What is 17 plus 25?",
    "JSON": "Write this as JSON: Anna is 12 years old and lives in Berlin.",
    "A story": "Tell me a short story about a llama.",
    "Trust": "Can I trust you?",
}
AVATARS = {"user": ":material/person:", "assistant": ":material/robot_2:", "system": ":material/tune:"}
OPENING = "Cheesecake teaches SQL"
LONGEST_MESSAGE = 100_000


def show(desk: Desk) -> None:
    """The conversation above, the message box below; between them what the answer cost."""
    model = desk.model
    assert model is not None  # the page shows another panel without one
    if not desk.chats:
        _show_completion_only(desk)
        return
    talk = current()
    talk.settle()
    _show_presets(desk, talk)
    turns = st.container(height=330, border=True, autoscroll=True)
    with st.container():  # in the flow of the page: pinned to its foot it would scroll the page away
        message = st.chat_input("Your message", key="prompting_message", max_chars=LONGEST_MESSAGE)
    figures, gauge, used = st.container(gap="xsmall").empty(), st.empty(), st.empty()
    exact = st.empty()
    _show_method(desk)
    if message:
        _ask(desk, talk, message)
    elif not talk.turns and desk.small and not st.session_state.get("prompting_opened"):
        _ask(desk, talk, PRESETS[OPENING])
    st.session_state["prompting_opened"] = True

    def draw_figures(run: Run) -> None:
        figures.html(stage.strip_html(run.timings, run.waiting_for))
        gauge.html(stage.gauge_html(run.timings, model.n_ctx, run.settings.max_tokens if not run.done else 0))
        used.html(stage.used_html(run))

    with turns:
        for place, turn in enumerate(talk.turns):
            _show_turn(turn, faded=place < talk.forgotten)
        if not talk.turns:
            st.caption("An empty conversation. Write below, or press one of the questions above.")
        if talk.run:
            _watch_answer(talk.run, draw_figures)
        elif talk.last_run:
            draw_figures(talk.last_run)
            _show_after_answer(desk, talk)
    if not talk.run and talk.turns and isinstance(model, Model):
        divided = _divided(desk, model, talk)
        gauge.html(stage.map_html(divided, model.n_ctx, desk.settings.max_tokens))
        with exact.container():
            _show_exact(divided)


def _ask(desk: Desk, talk: Conversation, message: str) -> None:
    if talk.run:
        talk.run.stop()
        talk.run.finish(2)
        talk.settle()
    talk.turns.append(Turn("user", message))
    _answer(desk, talk)


def _answer(desk: Desk, talk: Conversation) -> None:
    model, settings, messages = desk.model, desk.settings, talk.messages(desk.system)
    assert model is not None
    talk.by = desk.title
    talk.run = Run(lambda: model.ask(messages, settings, thinking=desk.thinking, conversation=talk.key),
                   then=records.keeper("chat", model, desk.title, messages, thinking=desk.thinking))


def _show_presets(desk: Desk, talk: Conversation) -> None:
    def press(question: str) -> None:
        _ask(desk, talk, question)

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for name, question in PRESETS.items():
            st.button(name, key=f"prompting_preset_{name}", on_click=press, args=(question,), help=question,
                      disabled=bool(talk.run and not talk.run.done))
        st.space("stretch")
        st.button("New", icon=":material/add_comment:", key="prompting_new", on_click=start_anew, type="tertiary",
                  help="Start a new conversation")


def _divided(desk: Desk, model: Model, talk: Conversation) -> list[Piece]:
    """What the model has before it, token by token; counted once for each state of the conversation."""
    messages = talk.messages(desk.system)
    state = (model.path, len(talk.turns), talk.forgotten, desk.system, messages[-1:])
    if talk.divided is None or talk.divided[0] != state:
        talk.divided = state, pieces(model.tokens_of(messages, desk.thinking), messages) if messages else []
    return talk.divided[1]


def _show_exact(divided: list[Piece]) -> None:
    pane = st.expander("The exact text the model has before it", icon=":material/data_object:", on_change="rerun",
                       key="prompting_exact")
    if pane.open:
        with pane:
            st.html(stage.exact_html(divided))
            st.caption("Boxed: special tokens. Grey: what the model's template adds. Underlined: words of the system "
                       "prompt (purple), yours (orange), the model's (blue).")


def _show_turn(turn: Turn, faded: bool = False) -> None:
    with st.chat_message(turn.role if turn.role in ("user", "assistant") else "user", avatar=AVATARS[turn.role]):
        if faded:
            st.html(stage.text_html("", before=turn.text))
            return
        st.html(stage.text_html(turn.text or "…"))
        if turn.run and (said := verdict(turn.text, turn.run.settings, turn.run.ended_by)):
            st.text(said)
        if turn.run and turn.run.ended_by in ("stopped", "broken off", "context full", "max tokens"):
            st.caption(stage.ENDINGS[turn.run.ended_by])


def _watch_answer(run: Run, draw_figures: Callable[[Run], None]) -> None:
    with st.chat_message("assistant", avatar=AVATARS["assistant"]):
        words = st.empty()
        st.button("Stop", icon=":material/stop_circle:", key=f"prompting_stop_{id(run)}", on_click=run.stop)

        def draw(run: Run) -> None:
            words.html(stage.text_html(run.text, writing=not run.done))
            draw_figures(run)

        stage.watch(run, draw)
    st.rerun()


def _show_after_answer(desk: Desk, talk: Conversation) -> None:
    """Under the last answer: what went wrong with it, if anything, and a way to have it again."""
    def again() -> None:
        talk.drop_answer()
        _answer(desk, talk)

    def forget() -> None:
        if isinstance(desk.model, Model):
            divided = _divided(desk, desk.model, talk)
            shift = 1 if desk.system.strip() else 0
            spoken = sum(1 for turn in talk.turns[talk.forgotten:] if turn.text)
            counts = [sum(piece.tokens + 4 for piece in divided if piece.turn == place + shift)
                      for place in range(spoken)]
            talk.drop_answer()
            system = sum(piece.tokens for piece in divided if piece.role == "system")
            room = desk.model.n_ctx - system - min(desk.settings.max_tokens, desk.model.n_ctx // 3)
            talk.forget_oldest(counts, room)
            _answer(desk, talk)

    error = talk.last_run.error if talk.last_run else None
    if error:
        show_note(error.what, error.next_step)
    with st.container(horizontal=True, gap="small"):
        st.button("Answer again", icon=":material/restart_alt:", key="prompting_again", on_click=again,
                  type="primary" if error else "tertiary")
        if error and len(talk.turns) - talk.forgotten > 2 and "context holds" in error.what:
            st.button("Forget the oldest turns and answer", icon=":material/content_cut:", key="prompting_forget",
                      on_click=forget, type="primary")
        st.button("Take back", icon=":material/undo:", key="prompting_take_back", on_click=talk.take_back,
                  type="tertiary", help="Remove the last question and its answer")


def _show_completion_only(desk: Desk) -> None:
    assert desk.model is not None
    show_note(f"{desk.title} is a completion model.",
              "Its file has no chat template: it goes on with a text and knows no turns of a conversation.")
    complete.show(desk)


def _show_method(desk: Desk) -> None:
    show_method(
        r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}",
        "llama.cpp (its sampler chain, in its order); Holtzman et al. 2020 for top-p, Nguyen et al. 2024 for min-p",
        _code(desk), {"temperature": desk.settings.temperature, "top-k": desk.settings.top_k,
                      "top-p": desk.settings.top_p, "min-p": desk.settings.min_p},
        "The model's file carries a chat template, a small program that writes the turns as one text with special "
        "tokens between them. The model gives a score z for every token of its vocabulary; the repeat penalty, top-k, "
        "top-p and min-p leave some of them out; one of the rest is drawn with probability p at temperature T. Speeds "
        "are tokens by wall-clock time in the model's own process; *first word* counts from the start of work, after "
        "loading and queue.")


def _code(desk: Desk) -> str:
    return (f"from core import catalog\n"
            f"from core.prompting.engine import Settings, open_model\n"
            f"model = open_model({path_code(desk)})\n"
            f'messages = [{{"role": "user", "content": "What is the capital of France?"}}]\n'
            f'result = "".join(step.text for step in model.generate(messages, Settings(temperature=0)))\n'
            f"timings = model.timings\n"
            f"model.close()")


VIEW = View(key="chat", title="Chat", order=1, show=show)
