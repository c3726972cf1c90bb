"""Probabilities: how sure the model was of each token, what else was likely, and how it continues from there."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.figures import prompting as figures
from core.prompting.engine import Model
from core.prompting.history.branches import Branch, Tree
from core.prompting.settings import Step
from pages.prompting import streaming
from pages.prompting.probabilities.alternatives import show_alternatives
from pages.prompting.probabilities.heat import Heat, code, start_run, take
from pages.prompting.probabilities.heat_method import ALTERNATIVES, show_heat_method
from pages.prompting.probabilities.heat_text import MEASURES, as_data, heat_html, scale_html, show_heat_text
from pages.prompting.sidebar import PageSettings
from pages.prompting.window_state import remember, window_state
from pages.shared.frame import View
from pages.shared.progress import wait_for
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note

PRESETS = {
    "Capital": "What is the capital of Australia?",
    "Analogy": "Man is to king as woman is to what?",
    "Jobs": "The doctor said that",
    "Once": "Once upon a time",
}


def show(page: PageSettings) -> None:
    """The coloured text, and under it the ten likeliest tokens at the one pressed."""
    if not isinstance(page.model, Model):
        show_note("This view needs a model on this computer.", "Servers return too little about their tokens.")
        return
    remember("prompting_heat_text", PRESETS["Capital"] if page.chats else PRESETS["Once"])
    _show_choices(page)
    heat: Heat | None = window_state().get("heat")
    if heat is None or heat.asked != _asked(page):
        heat = window_state()["heat"] = _ask(page, page.model)
    try:
        if _there(page, page.model, heat):
            _show_text(page, heat)
    finally:
        show_heat_method(page, code(page.model, heat, page.settings))


def _asked(page: PageSettings) -> tuple[Any, ...]:
    settings = page.settings
    return (
        st.session_state["prompting_heat_text"],
        page.title,
        settings.temperature,
        settings.top_k,
        settings.top_p,
        settings.min_p,
        settings.repeat_penalty,
        settings.seed,
        settings.grammar,
        str(settings.json_schema),
    )


def _ask(page: PageSettings, model: Model) -> Heat:
    text = st.session_state["prompting_heat_text"]
    prompt: Any = [{"role": "user", "content": text}] if page.chats else text
    return Heat(_asked(page), prompt, model.submit_measure(prompt, ALTERNATIVES))


def _there(page: PageSettings, model: Model, heat: Heat) -> bool:
    """Whether prompt and answer are there; draws what is under way."""
    if heat.tree is None:
        if not heat.measuring.within(0.3) and wait_for(heat.measuring, "Reading the prompt") is None:
            return False
        heat.prompt = [Step.from_list(step) for step in heat.measuring.result()]
        heat.tree = Tree([step.token_id for step in heat.prompt])
        heat.tree.branches.append(Branch(start_run(model, heat.tree.prompt, page.settings)))
    heat.branch = min(heat.branch, len(heat.tree.branches) - 1)
    run = heat.tree.branches[heat.branch].run
    if run.look(0.25):
        words = st.empty()
        st.button("Stop", icon=":material/stop_circle:", key=f"prompting_heat_stop_{id(run)}", on_click=run.stop)
        streaming.watch(run, lambda _: words.html(heat_html(heat.steps, len(heat.prompt))), wait=0.1)
        st.rerun()
    if run.error:
        show_note(run.error.what, run.error.next_step)
    return True


def _show_choices(page: PageSettings) -> None:
    def press(text: str) -> None:
        st.session_state["prompting_heat_text"] = text

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Text" if not page.chats else "Question",
            key="prompting_heat_text",
            persist_state="session",
            max_chars=20_000,
            label_visibility="collapsed",
        )
        for name, text in PRESETS.items():
            st.button(name, key=f"prompting_heat_{name}", on_click=press, args=(text,), help=text)


def _show_text(page: PageSettings, heat: Heat) -> None:
    tree = heat.tree
    assert tree is not None
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        measure = str(
            st.segmented_control(
                "Colour",
                list(MEASURES),
                format_func=MEASURES.__getitem__,
                default="probability",
                required=True,
                key="prompting_measure",
                bind="query-params",
                label_visibility="collapsed",
            )
        )
        if len(tree.branches) > 1:
            heat.branch = st.selectbox(
                "Branch",
                range(len(tree.branches)),
                format_func=tree.label,
                index=heat.branch,
                label_visibility="collapsed",
                width=280,
            )
        st.html(scale_html(measure))
    steps, before = heat.steps, len(heat.prompt)
    chosen = heat.place
    key = f"prompting_tokens_{len(tree.branches)}_{id(tree)}"

    def press() -> None:
        heat.chosen = st.session_state[key].pressed

    show_heat_text([as_data(step, measure, place < before) for place, step in enumerate(steps)], chosen, key, press)
    if chosen is not None and chosen < len(steps):
        _show_place(page, heat, steps, chosen)


def _show_place(page: PageSettings, heat: Heat, steps: list[Step], chosen: int) -> None:
    step, before = steps[chosen], len(heat.prompt)
    if not step.alternatives:
        st.caption("The first token has nothing before it, so it has no probability.")
        return
    standing = "the likeliest token" if step.rank == 1 else f"rank {step.rank:,}"
    caveat = "A token of the prompt: this is what the model expected there."
    if chosen >= before and heat.tree:
        timings = heat.tree.branches[heat.branch].run.timings
        caveat = (
            f"Click another token to continue from it. {timings.cached_tokens:,} tokens before this answer were "
            f"cached, {timings.evaluated_tokens:,} were computed."
        )
    show_reading(
        "{} came with a probability of {}: {}. The model's uncertainty here: {} bits.",
        figures.visible(step.text),
        f"{step.probability:.1%}",
        standing,
        f"{step.entropy:.1f}",
        caveat=caveat,
    )
    show_alternatives(step, chosen, chosen >= before, lambda number: take(page, heat, chosen - before, number))


VIEW = View(key="heatmap", title="Probabilities", order=3, show=show)
