"""Constrain: an answer bound to a JSON schema or a grammar, beside the free one, with a verdict on both."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from core import storage
from core.prompting.series import Question, Series, prompt_for
from core.prompting.structured import forms
from core.prompting.structured.forms import GALLERY, FormReading, overruled
from core.runtime import server_state
from pages.prompting.bound_answer import answer_html
from pages.prompting.sidebar import PageSettings, path_code
from pages.shared.frame import View
from pages.shared.live_text import live_text_area
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note

TEXT, PROMPT, KIND = "prompting_constrain_text", "prompting_constrain_prompt", "prompting_constrain_kind"
MOST_KEPT = 40
HEIGHTS = (150, 230)  # free and bound, pixels
LEAST_TOKENS = 160  # a record needs more than a sentence


def show(page: PageSettings) -> None:
    """The form and what is wrong with it at the left, the two answers at the right."""
    _pick_example()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        kind, reading, shown = _edit()
    prompt = st.session_state[PROMPT]
    with right:
        if reading.settings:
            asked = forms.shown_to_model(prompt, kind, st.session_state[TEXT]) if shown else prompt
            _show_answers(page, asked, reading)
        else:
            for problem in reading.problems:
                show_note(problem)
            st.caption("Nothing was sent to the model. It is asked as soon as the form can be read.")
    _show_method(page)


def _pick_example() -> None:
    state = st.session_state

    def take() -> None:
        if form := next((form for form in GALLERY if form.key == state.get("prompting_constrain_form")), None):
            state[KIND], state[TEXT], state[PROMPT] = form.kind, form.text, form.prompt

    if TEXT not in state:
        state[KIND], state[TEXT], state[PROMPT] = GALLERY[0].kind, GALLERY[0].text, GALLERY[0].prompt
    state["prompting_constrain_form"] = next((form.key for form in GALLERY if form.text == state[TEXT]), None)
    st.pills(
        "Examples",
        [form.key for form in GALLERY],
        key="prompting_constrain_form",
        on_change=take,
        format_func={form.key: form.title for form in GALLERY}.__getitem__,
        label_visibility="collapsed",
    )


def _edit() -> tuple[str, FormReading, bool]:
    st.text_input("Prompt", key=PROMPT, persist_state="session", max_chars=20_000, label_visibility="collapsed")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = st.segmented_control(
            "Kind",
            ["schema", "grammar"],
            required=True,
            key=KIND,
            persist_state="session",
            format_func={"schema": "JSON schema", "grammar": "Grammar"}.__getitem__,
            label_visibility="collapsed",
        )
        shown = st.toggle(
            "Show it to the model",
            key="prompting_constrain_shown",
            persist_state="session",
            help="Enforced or not, the model sees nothing of the form unless it stands in the prompt",
        )
    text = live_text_area("Form", TEXT, pause_ms=250, height=300, max_chars=100_000, label_visibility="collapsed")
    reading = forms.read(str(kind), text)
    if reading.ignored:
        show_note(
            "Not enforced: " + "; ".join(f"{each.keyword} ({each.where})" for each in reading.ignored[:6]) + ".",
            "Grammars of llama.cpp cannot say it. The verdict still checks it.",
        )
    return str(kind), reading, shown


def _show_answers(page: PageSettings, prompt: str, reading: FormReading) -> None:
    model = page.model
    base = dataclasses.replace(
        page.settings, grammar=None, json_schema=None, max_tokens=max(page.settings.max_tokens, LEAST_TOKENS)
    )
    kept = server_state.structured_runs
    key = storage.content_key(page.title, prompt, repr(reading.settings), repr(base), page.system)
    again = st.button(
        "Ask again" if key in kept else "Ask",
        icon=":material/play_arrow:",
        key="prompting_constrain_ask",
        type="secondary" if key in kept else "primary",
    )
    if again or key not in kept and page.small:
        if key in kept:
            kept[key].stop()
        base = base.checked()  # one seed for both
        question = prompt_for(model, prompt, page.system)
        bound = dataclasses.replace(base, **reading.settings)
        kept[key] = Series(
            [
                Question(model, page.title, question, base, page.thinking),
                Question(model, page.title, question, bound, page.thinking),
            ],
            "constrain",
        )
        for gone in list(kept)[:-MOST_KEPT]:
            kept.pop(gone)
    if key in kept:
        _show_pair(kept[key], reading.settings)


def _show_pair(series: Series, form: dict[str, Any]) -> None:
    slots = [st.container(border=True, height=height, autoscroll=True).empty() for height in HEIGHTS]
    stop = st.empty()

    def draw() -> None:
        for slot, name, run in zip(slots, ("Free", "Bound to the form"), series.runs, strict=True):
            slot.html(answer_html(name, run, form))

    if not series.done:
        stop.button("Stop", icon=":material/stop_circle:", key=f"prompting_stop_{id(series)}", on_click=series.stop)
        while series.look(0.05):
            draw()
        st.rerun()
    draw()
    free, bound = series.runs
    if free and bound and not free.error and not bound.error:
        speeds = free.timings.generation_speed, bound.timings.generation_speed
        times = f"{speeds[0] / speeds[1]:.2f}" if all(speeds) else "not told"  # type: ignore[operator]
        show_reading(
            "The form overruled the model at {} of {} tokens. A bound token took {} times as long as a free one.",
            overruled(bound.steps),
            f"{len(bound.steps):,}",
            times,
            caveat="The form says nothing about whether the content is true.",
        )


def _show_method(page: PageSettings) -> None:
    show_method(
        "",
        "llama.cpp, grammars/README.md (GBNF) and its converter of schemas; JSON Schema 2020-12, by jsonschema",
        f"from core import catalog\nfrom core.prompting.structured import forms\n"
        f"from core.prompting.engine import Settings, open_model\nmodel = open_model({path_code(page)})\n"
        f"city = forms.GALLERY[0]\n"
        f"settings = Settings(temperature=0, max_tokens=200, **forms.read(city.kind, city.text).settings)\n"
        f'steps = model.generate([{{"role": "user", "content": city.prompt}}], settings)\n'
        f'text = "".join(step.text for step in steps)\n'
        f"result = text, forms.verdict(text, settings, model.timings.ended_by)\nmodel.close()",
        {"temperature": page.settings.temperature, "at most": max(page.settings.max_tokens, LEAST_TOKENS)},
        "The model draws its token as ever; only if the form does not allow it are the allowed ones looked for and one "
        "of them drawn (underlined; point at it to see what the model wanted). A form is read here, then tried in a "
        "process of its own, and only then given to the model. An answer cut off is the beginning of a valid one.",
    )


VIEW = View(key="constrain", title="Constrain", order=6, show=show)
