"""Completion: the model continues a text, as every language model does underneath."""

from __future__ import annotations

import streamlit as st

from core.prompting.asking import ask
from core.prompting.runs import Question, Run
from pages.prompting import context_bar, state_keys, streaming
from pages.prompting.chat.context_view import show_text_context
from pages.prompting.code_lines import answer_code
from pages.prompting.sidebar import PageSettings
from pages.prompting.window_state import remember, window_state
from pages.shared.frame import View
from pages.shared.method import show_method
from pages.shared.user_errors import show_note

PRESETS = {
    "Once upon a time": "Once upon a time",
    "Facts": "The capital of France is Paris. The capital of Italy is",
    "He said, she said": "The doctor said that",
    "A pattern": "red, green, blue, red, green, blue, red,",
    "A list": "Three animals:\n1. dog\n2.",
    "Nothing at all": "",
}
OPENING = "Once upon a time"
LONGEST_PROMPT = 100_000


def show(page: PageSettings) -> None:
    """The text above, its continuation below."""
    assert page.model is not None
    text = remember(state_keys.TEXT, OPENING)
    asked, run = window_state().get("completion", ("", None))
    if run is None and page.small and "completion" not in window_state():
        asked, run = text, _start(page)
    _show_presets(page, bool(run and not run.done))
    st.text_area(
        "The text to continue",
        key=state_keys.TEXT,
        height=96,
        max_chars=LONGEST_PROMPT,
        persist_state="session",
        label_visibility="collapsed",
        placeholder="A text for the model to continue",
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Continue",
            icon=":material/edit_note:",
            type="primary",
            key="prompting_continue",
            on_click=_press_start,
            args=(page,),
        )
        stop = st.empty()
        st.button(
            "Append",
            icon=":material/playlist_add:",
            on_click=_take_in,
            args=(run,),
            disabled=not (run and run.done and run.text),
            help="Append the answer to the text, so that the model can continue from there",
        )
    if run is None:
        show_text_context(page, "", None)
        _show_method(page, None)
        return
    words = st.container(border=True, height=190, autoscroll=True).empty()
    figures, gauge, used = st.empty(), st.container(), st.empty()
    problem = st.empty()
    _show_method(page, run)
    with gauge:
        bar = None if run.done else st.empty()
        if run.done:
            show_text_context(page, asked, run)

    def draw(run: Run) -> None:
        words.html(streaming.text_html(run.text, writing=not run.done, before=asked))
        figures.html(streaming.strip_html(run.timings, run.waiting_for))
        if bar and page.model:
            bar.html(context_bar.gauge_html(run.timings, page.model.n_ctx, 0 if run.done else run.settings.max_tokens))
        used.html(streaming.used_html(run))

    if not run.done:
        streaming.show_stop(run, stop)
        streaming.watch(run, draw)
        st.rerun()
    draw(run)
    if run.error:
        with problem.container():
            show_note(run.error.what, run.error.next_step)
            st.button("Try again", icon=":material/restart_alt:", on_click=_press_start, args=(page,))


def _start(page: PageSettings) -> Run:
    model, prompt = page.model, st.session_state.get(state_keys.TEXT, "")
    assert model is not None
    _, old = window_state().get("completion", ("", None))
    if old:
        old.stop()
    question = Question(model, page.title, prompt, page.settings, cold=False, conversation="completion")
    run = ask(question, "complete")
    window_state()["completion"] = prompt, run
    return run


def _press_start(page: PageSettings) -> None:
    _start(page)


def _take_in(run: Run | None) -> None:
    if run:
        st.session_state[state_keys.TEXT] = window_state()["completion"][0] + run.text


def _show_presets(page: PageSettings, busy: bool) -> None:
    def press(text: str) -> None:
        st.session_state[state_keys.TEXT] = text
        _start(page)

    with st.container(horizontal=True, gap="small"):
        for name, text in PRESETS.items():
            st.button(
                name,
                key=f"prompting_text_{name}",
                on_click=press,
                args=(text,),
                disabled=busy,
                help=text or "The model starts from its beginning-of-text token alone",
            )


def _show_method(page: PageSettings, run: Run | None) -> None:
    text = st.session_state[state_keys.TEXT]
    question = (run.question if run else None) or Question(page.model, page.title, text, page.settings, cold=False)
    settings = run.settings if run else page.settings
    show_method(
        r"p(\mathrm{text}) = \prod_t p(\mathrm{token}_t \mid \mathrm{token}_1 \dots \mathrm{token}_{t-1})",
        "llama.cpp; Radford et al. 2019, “Language models are unsupervised multitask learners”",
        answer_code(question, settings),
        {"temperature": settings.temperature, "max tokens": settings.max_tokens},
        "The text is cut into tokens. The model gives every token of its vocabulary a probability of coming next; one "
        "is sampled and appended, and so on. The beginning-of-text token is put in front, once, if the model was "
        "trained with one.",
    )


VIEW = View(key="complete", title="Completion", order=2, show=show, once=("Complete",))
