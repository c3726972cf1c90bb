"""Warm and cold: what it saves that a model still has the beginning of the prompt in its context."""

from __future__ import annotations

import dataclasses
import difflib
import html
from typing import Any

import streamlit as st

from core import loaders, storage
from core.figures import prompting as figures
from core.figures import style
from core.prompting.engine import Model
from core.prompting.runs import Run
from core.prompting.settings import Settings
from pages.prompting import stage
from pages.prompting.desk import Desk, path_code
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.take_away import show_figure
from pages.shared.user_errors import show_note

LONG_TEXT = ("Anna has a cat. The cat likes fish. Ben has a dog. The dog likes bread. Clara lives in Rome. Clara works "
             "as a baker. David lives in Paris. David reads books. The park is green. The sun is warm. ")
QUESTION = "What does the cat of Anna like?"


def show(desk: Desk) -> None:
    """One prompt on a fresh and on a warmed context, one after the other, side by side."""
    model = desk.model
    if not isinstance(model, Model):
        show_note("This view needs a model on this computer.", "What a server keeps is its own affair.")
        return
    room = model.n_ctx // 2
    st.session_state.setdefault("prompting_warm_text", LONG_TEXT * max(1, min(4, room // 90)))
    st.text_area("The long beginning: a document, a system prompt, a conversation so far", key="prompting_warm_text",
                 height=104, persist_state="session", max_chars=100_000)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("The new question after it", QUESTION, key="prompting_warm_question", persist_state="session",
                      max_chars=5_000)
        again = st.button("Measure again", icon=":material/restart_alt:")
    beginning = st.session_state["prompting_warm_text"]
    question = st.session_state.get("prompting_warm_question") or QUESTION
    settings = dataclasses.replace(desk.settings, temperature=0.0, seed=1, max_tokens=48)
    kept = loaders.shelf("warm")
    key = storage.content_key(str(model.path), beginning, question)
    if again or key not in kept:
        with st.spinner("Reading on a fresh context, then on a warmed one …"):
            kept[key] = _measure(desk, model, beginning, question, settings)
        for old in list(kept)[:-20]:
            kept.pop(old, None)
    _show_pair(*kept[key])
    _show_method(desk)


def _measure(desk: Desk, model: Model, beginning: str, question: str, settings: Settings) -> tuple[Run, Run]:
    def prompt(ending: str) -> Any:
        text = f"{beginning}\n{ending}"
        return [{"role": "user", "content": text}] if desk.chats else text

    def run(ending: str, cold: bool, tokens: int = 48) -> Run:
        chosen = dataclasses.replace(settings, max_tokens=tokens)
        made = Run(lambda: model.ask(prompt(ending), chosen, cold=cold, conversation="warm"), patience=120)
        made.finish(120)
        return made

    run("Hello.", cold=True, tokens=1)     # warms the context with the beginning alone, and the processor
    warm = run(question, cold=False)
    return warm, run(question, cold=True)


def _show_pair(warm: Run, cold: Run) -> None:
    error = warm.error or cold.error
    if error:
        show_note(error.what, error.next_step)
        return
    show_figure(figures.warm_and_cold(warm.timings, cold.timings, dark()), "warm_and_cold", {
        "context": ["fresh", "warmed"],
        **{name: [getattr(run.timings, name) for run in (cold, warm)] for name in
           ("prompt_tokens", "cached_tokens", "evaluated_tokens", "prompt_seconds", "first_token_seconds")}})
    same = warm.text == cold.text
    left, right = st.columns(2, border=True)
    for column, title, one, other in ((left, "Fresh context", cold, warm), (right, "Warmed context", warm, cold)):
        with column:
            st.markdown(f"**{title}**")
            st.html(stage.paragraph(different(one.text, other.text)))
    show_reading("The two answers are {}.", "the same, token for token" if same else "not the same",
                 caveat="" if same else "Numbers are rounded otherwise when tokens are read in other groups, so two "
                                        "likely tokens can change places.")


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


def _show_method(desk: Desk) -> None:
    show_method(
        "", "llama.cpp’s memory of keys and values; the prompt’s longest known beginning is kept, the rest is read",
        f"from core import catalog\nfrom core.prompting.engine import Settings, open_model\n"
        f"model, ask = open_model({path_code(desk)}), Settings(temperature=0, max_tokens=8)\n"
        f'result = []\nfor question in ("Who?", "Where?"):\n'
        f'    list(model.generate("Once upon a time there was a llama. " * 5 + question, ask))\n'
        f"    result.append((model.timings.cached_tokens, model.timings.evaluated_tokens))\nmodel.close()",
        {"temperature": 0},
        "Reading a token leaves its keys and values in the context. A prompt that begins as an earlier one did needs "
        "only its new tokens read; the last one is always read, for the scores that follow it. *Fresh* throws all "
        "of it away first. Both runs are greedy and come one after the other on the same loaded model, so loading is "
        "in neither; another *cold*, the first reading of the file from disk, is not measured here.")


VIEW = View(key="warm", title="Warm and cold", order=4, show=show)
