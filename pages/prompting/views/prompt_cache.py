"""Prompt cache: what it saves that the beginning of a prompt is already in the model's KV cache."""

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
from core.figures.prompting import COLD, WARM
from core.prompting.asking import ask
from core.prompting.engine import Model
from core.prompting.prompt_cache import Pair
from core.prompting.runs import Question, Run
from core.prompting.settings import Settings
from pages.prompting import streaming
from pages.prompting.code_lines import imports, model_code
from pages.prompting.sidebar import PageSettings
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
    """One prompt on a fresh context and with its beginning cached, one after the other, side by side."""
    model = page.model
    if not isinstance(model, Model):
        show_note("This view needs a model on this computer.", "What a server caches cannot be seen from here.")
        return
    room = model.n_ctx // 2
    beginning = remember("prompting_warm_text", LONG_TEXT * max(1, min(4, room // 90)))
    question = remember("prompting_warm_question", QUESTION)
    st.text_area(
        "Beginning of the prompt: a document, a system prompt, a conversation so far",
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
    _show_method(page, model, beginning, question)


def _measure(page: PageSettings, model: Model, pair: Pair, beginning: str, question: str) -> None:
    """Compute the three answers one after the other and show the progress; a stop ends all of it."""
    place = st.empty()
    with place.container():
        words = st.empty()
        stop = st.button("Stop", icon=":material/stop_circle:", key="prompting_warm_stop")
        if stop and pair.runs:
            pair.runs[-1].stop()
            pair.runs[-1].finish(2)
        steps = (
            ("Reading the beginning alone, so that it is cached", "Hello.", True, 1),
            ("Answering with the cached beginning", question, False, TOKENS),
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
    settings = dataclasses.replace(_greedy(page), max_tokens=tokens)
    return ask(Question(model, page.title, _prompt(page, text), settings, cold=cold, conversation="warm"))


def _prompt(page: PageSettings, text: str) -> Any:
    return [{"role": "user", "content": text}] if page.chats else text


def _greedy(page: PageSettings) -> Settings:
    return dataclasses.replace(page.settings, temperature=0.0, seed=1, max_tokens=TOKENS)


def _show_pair(pair: Pair) -> None:
    error = next((run.error for run in pair.runs if run.error), None)
    if error:
        show_note(error.what, error.next_step)
    elif not pair.done or any(run.ended_by == "stopped" for run in pair.runs):
        show_note("Stopped before both answers were complete.", "Press “Measure again” to repeat it.")
    if error or not pair.done or any(run.ended_by == "stopped" for run in pair.runs):
        return
    warm, cold = pair.middle(1), pair.middle(2)
    show_figure(
        figures.prompt_cache(warm.timings, cold.timings, dark()),
        "prompt_cache",
        {
            "context": ["fresh", "cached"],
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
    for column, title, one, other in ((left, COLD, cold, warm), (right, WARM, warm, cold)):
        with column:
            st.markdown(f"**{title}**")
            st.html(streaming.paragraph(different(one.text, other.text)))
    show_reading(
        "The two answers are {}.",
        "the same, token for token" if same else "not the same",
        caveat=f"Times are the median of {len(pair.runs) // 3}."
        if same
        else "Results are rounded differently when tokens are computed in other batches, so two tokens that are almost "
        "equally likely can change places.",
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


def _code(page: PageSettings, model: Model, beginning: str, question: str) -> str:
    first, then = f"{beginning}\nHello.", f"{beginning}\n{question}"
    return (
        f"{imports([model], 'from dataclasses import replace')}"
        f"model, settings = {model_code(model)}, {_greedy(page).as_code()}\n"
        f"first = {_prompt(page, first)!r}\n"
        f"prompt = {_prompt(page, then)!r}\n"
        f"list(model.generate(first, replace(settings, max_tokens=1), cold=True))\n"
        f"result = []\n"
        f'for name, cold in (("{WARM}", False), ("{COLD}", True)):\n'
        f'    text = "".join(step.text for step in model.generate(prompt, settings, cold=cold))\n'
        f"    result.append((name, text, model.timings.evaluated_tokens, model.timings.cached_tokens))\n"
        f"model.close()"
    )


def _show_method(page: PageSettings, model: Model, beginning: str, question: str) -> None:
    show_method(
        "",
        "llama.cpp’s KV cache; the longest beginning of the prompt that is in it is kept, the rest is computed",
        _code(page, model, beginning, question),
        {"temperature": 0},
        "Computing a token leaves its keys and values in the KV cache. Of a prompt that begins like an earlier one "
        "only the new tokens are computed, and always the last one, for the scores that follow it. *Fresh context* "
        "empties the cache first. Both runs are greedy and use the same loaded model one "
        "after the other, so neither includes loading. The first reading of the file from disk is not measured here.",
    )


VIEW = View(key="warm", title="Prompt cache", order=4, show=show, once=("Warm and cold",))
