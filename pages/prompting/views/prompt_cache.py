"""Warm and cold: what it saves that a model still has the beginning of the prompt in its context."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import html
from typing import Any

import streamlit as st

from core import storage
from core.figures import prompting as figures
from core.figures import style
from core.prompting.engine import Model
from core.prompting.prompt_cache import Pair
from core.prompting.runs import Run
from pages.prompting import streaming
from pages.prompting.sidebar import PageSettings, path_code
from pages.prompting.window_state import remember, window_state
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note

LONG_TEXT = (
    "Anna has a cat. The cat likes fish. Ben has a dog. The dog likes bread. Clara lives in Rome. Clara works "
    "as a baker. David lives in Paris. David reads books. The park is green. The sun is warm. "
)
TOKENS = 48
QUESTION = "What does the cat of Anna like?"


def show(page: PageSettings) -> None:
    """One prompt on a fresh and on a warmed context, one after the other, side by side."""
    model = page.model
    if not isinstance(model, Model):
        show_note("This view needs a model on this computer.", "What a server keeps is its own affair.")
        return
    room = model.n_ctx // 2
    beginning = remember("prompting_warm_text", LONG_TEXT * max(1, min(4, room // 90)))
    question = remember("prompting_warm_question", QUESTION)
    st.text_area(
        "The long beginning: a document, a system prompt, a conversation so far",
        key="prompting_warm_text",
        height=84,
        persist_state="session",
        max_chars=100_000,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "The new question after it", key="prompting_warm_question", persist_state="session", max_chars=5_000
        )
        st.button("Measure again", icon=":material/restart_alt:", on_click=lambda: window_state().pop("pair", None))
    asked = storage.content_key(str(model.path), model.n_ctx, beginning, question)
    pair: Pair | None = window_state().get("pair")
    if pair is None or pair.asked != asked:
        pair = window_state()["pair"] = Pair(asked)
    if not pair.done:
        _measure(page, model, pair, beginning, question)
    _show_pair(pair)
    _show_method(page)


def _measure(page: PageSettings, model: Model, pair: Pair, beginning: str, question: str) -> None:
    """Have the three answers one after the other, showing how far they are; a stop ends all of it."""
    place = st.empty()
    with place.container():
        words = st.empty()
        stop = st.button("Stop", icon=":material/stop_circle:", key="prompting_warm_stop")
        if stop and pair.runs:
            pair.runs[-1].stop()
            pair.runs[-1].finish(2)
        steps = (
            ("Reading the beginning alone, which warms the context", "Hello.", True, 1),
            ("Answering on the warmed context", question, False, TOKENS),
            ("Answering on a fresh context", question, True, TOKENS),
        )
        number = -1
        while (number := number + 1) < pair.wanted:
            doing, ending, cold, tokens = steps[number % 3]
            if number == len(pair.runs):
                pair.runs.append(_run(page, model, f"{beginning}\n{ending}", cold, tokens))
            run = pair.runs[number]
            streaming.watch(run, functools.partial(_draw, words, doing), wait=0.1)
            if run.error or run.ended_by == "stopped":
                break
    place.empty()


def _draw(words: Any, doing: str, run: Run) -> None:
    words.html(streaming.text_html(run.text or run.waiting_for, writing=True, before=f"{doing}: "))


def _run(page: PageSettings, model: Model, text: str, cold: bool, tokens: int) -> Run:
    prompt: Any = [{"role": "user", "content": text}] if page.chats else text
    settings = dataclasses.replace(page.settings, temperature=0.0, seed=1, max_tokens=tokens)
    return Run(lambda: model.ask(prompt, settings, cold=cold, conversation="warm"))


def _show_pair(pair: Pair) -> None:
    error = next((run.error for run in pair.runs if run.error), None)
    if error:
        show_note(error.what, error.next_step)
    elif not pair.done or any(run.ended_by == "stopped" for run in pair.runs):
        show_note("Stopped before both answers were there.", "Press “Measure again” when you like.")
    if error or not pair.done or any(run.ended_by == "stopped" for run in pair.runs):
        return
    warm, cold = pair.middle(1), pair.middle(2)
    show_figure(
        figures.warm_and_cold(warm.timings, cold.timings, dark()),
        "warm_and_cold",
        {
            "context": ["fresh", "warmed"],
            **{
                name: [getattr(run.timings, name) for run in (cold, warm)]
                for name in (
                    "prompt_tokens",
                    "cached_tokens",
                    "evaluated_tokens",
                    "prompt_seconds",
                    "first_token_seconds",
                )
            },
        },
    )
    same = warm.text == cold.text
    left, right = st.columns(2, border=True)
    for column, title, one, other in ((left, "Fresh context", cold, warm), (right, "Warmed context", warm, cold)):
        with column:
            st.markdown(f"**{title}**")
            st.html(streaming.paragraph(different(one.text, other.text)))
    show_reading(
        "The two answers are {}.",
        "the same, token for token" if same else "not the same",
        caveat=f"Times are the median of {len(pair.runs) // 3}."
        if same
        else "Numbers are rounded otherwise when tokens are read in other groups, so two likely tokens can change "
        "places.",
    )


def different(text: str, other: str) -> str:
    """`text` as HTML, its words that `other` lacks at that place underlined and coloured; nothing in it is markup."""
    words, others = text.split(" "), other.split(" ")
    pieces = []
    for tag, start, end, _, _ in difflib.SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        part = html.escape(" ".join(words[start:end]))
        if part:
            line = f"text-decoration-color:{style.VERMILLION};text-decoration-thickness:3px"
            pieces.append(part if tag == "equal" else f'<u style="{line}">{part}</u>')
    return " ".join(pieces)


def _show_method(page: PageSettings) -> None:
    show_method(
        "",
        "llama.cpp’s memory of keys and values; the prompt’s longest known beginning is kept, the rest is read",
        f"from core import catalog\nfrom core.prompting.engine import Settings, open_model\n"
        f"model, ask = open_model({path_code(page)}), Settings(temperature=0, max_tokens=8)\n"
        f'result = []\nfor question in ("Who?", "Where?"):\n'
        f'    list(model.generate("Once upon a time there was a llama. " * 5 + question, ask))\n'
        f"    result.append((model.timings.cached_tokens, model.timings.evaluated_tokens))\nmodel.close()",
        {"temperature": 0},
        "Reading a token leaves its keys and values in the context. A prompt that begins as an earlier one did needs "
        "only its new tokens read; the last one is always read, for the scores that follow it. *Fresh* throws all "
        "of it away first. Both runs are greedy and come one after the other on the same loaded model, so loading is "
        "in neither; another *cold*, the first reading of the file from disk, is not measured here.",
    )


VIEW = View(key="warm", title="Warm and cold", order=4, show=show)
