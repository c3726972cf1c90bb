"""Structured output: an answer constrained by a JSON schema or a grammar, beside the free one; a verdict on both."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from core import storage
from core.prompting.series import Question, Series, prompt_for
from core.prompting.structured import forms
from core.prompting.structured.forms import GALLERY, FormReading, overruled
from core.runtime import server_state
from pages.prompting import streaming
from pages.prompting.bound_answer import answer_html
from pages.prompting.code_lines import how_code, imports, model_code
from pages.prompting.sidebar import PageSettings
from pages.prompting.window_state import store
from pages.shared.frame import View
from pages.shared.live_text import live_text_area
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note

TEXT, PROMPT, KIND = "prompting_constrain_text", "prompting_constrain_prompt", "prompting_constrain_kind"
HEIGHTS = (150, 230)  # free and bound, pixels
LEAST_TOKENS = 160  # a record needs more than a sentence


def show(page: PageSettings) -> None:
    """The format and its problems on the left, the two answers on the right."""
    _pick_example()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        kind, reading, shown = _edit()
    prompt, free = st.session_state[PROMPT], None
    with right:
        if reading.settings:
            asked = forms.shown_to_model(prompt, kind, st.session_state[TEXT]) if shown else prompt
            free = _show_answers(page, asked, reading)
        else:
            for problem in reading.problems:
                show_note(problem)
            st.caption("Nothing was sent to the model. It is asked as soon as the format can be read.")
    _show_method(page, free, kind, st.session_state[TEXT])


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
            help="The model sees the format only if it is in the prompt, even where it is enforced",
        )
    text = live_text_area("Form", TEXT, pause_ms=250, height=300, max_chars=100_000, label_visibility="collapsed")
    reading = forms.read(str(kind), text)
    if reading.ignored:
        show_note(
            "Not enforced: " + "; ".join(f"{each.keyword} ({each.where})" for each in reading.ignored[:6]) + ".",
            "llama.cpp’s grammars cannot express it. The verdict still checks it.",
        )
    return str(kind), reading, shown


def _show_answers(page: PageSettings, prompt: str, reading: FormReading) -> Question:
    """Draw them, and give the question without the form."""
    model = page.model
    base = dataclasses.replace(
        page.settings, grammar=None, json_schema=None, max_tokens=max(page.settings.max_tokens, LEAST_TOKENS)
    )
    runs = server_state.structured_runs
    key = storage.content_key(page.title, prompt, repr(reading.settings), repr(base), page.system)
    again = st.button(
        "Run again" if key in runs else "Ask",
        icon=":material/play_arrow:",
        key="prompting_constrain_ask",
        type="secondary" if key in runs else "primary",
    )
    if again or key not in runs and page.small:
        if key in runs:
            runs[key].stop()
        base = base.checked()  # one seed for both
        free = Question(model, page.title, prompt_for(model, prompt, page.system), base, page.thinking)
        bound = dataclasses.replace(free, settings=dataclasses.replace(base, **reading.settings))
        store(runs, key, Series([free, bound], "constrain"))
    if key not in runs:
        return Question(model, page.title, prompt_for(model, prompt, page.system), base, page.thinking)
    _show_pair(runs[key], reading.settings)
    return runs[key].questions[0]


def _show_pair(series: Series, form: dict[str, Any]) -> None:
    slots = [st.container(border=True, height=height, autoscroll=True).empty() for height in HEIGHTS]
    stop = st.empty()

    def draw() -> None:
        for slot, name, run in zip(slots, ("Unconstrained", "Constrained"), series.runs, strict=True):
            slot.html(answer_html(name, run, form))

    if not series.done:
        streaming.show_stop(series, stop)
        while series.look(0.05):
            draw()
        st.rerun()
    draw()
    free, bound = series.runs
    if free and bound and not free.error and not bound.error:
        speeds = free.timings.generation_speed, bound.timings.generation_speed
        times = f"{speeds[0] / speeds[1]:.2f}" if all(speeds) else "an unknown number of"  # type: ignore[operator]
        show_reading(
            "The format overruled the model at {} of {} tokens. A constrained token took {} times as long as an "
            "unconstrained one.",
            overruled(bound.steps),
            f"{len(bound.steps):,}",
            times,
            caveat="The format says nothing about whether the content is true.",
        )


def _code(free: Question | None, kind: str, text: str) -> str:
    """Lines that ask without the form and with it; for a form that cannot be read, those that say why."""
    if free is None:
        return f"from core.prompting.structured import forms\nresult = forms.read({kind!r}, {text!r}).problems"
    more = "from dataclasses import replace", "from core.prompting.structured import forms"
    return (
        f"{imports([free.model], *more)}"
        f"form = forms.read({kind!r}, {text!r}).settings\n"
        f"model, free = {model_code(free.model)}, {free.settings.as_code()}\n"
        f"prompt = {free.prompt!r}\n"
        f"result = []\n"
        f"for settings in (free, replace(free, **form)):\n"
        f'    text = "".join(step.text for step in model.generate(prompt, settings{how_code(free)}))\n'
        f'    judged = replace(settings, json_schema=form.get("json_schema"))\n'
        f"    result.append((text, forms.verdict(text, judged, model.timings.ended_by).sentence))\n"
        f"model.close()"
    )


def _show_method(page: PageSettings, free: Question | None, kind: str, text: str) -> None:
    show_method(
        "",
        "llama.cpp, grammars/README.md (GBNF) and its converter of schemas; JSON Schema 2020-12, by jsonschema",
        _code(free, kind, text),
        {"temperature": page.settings.temperature, "max tokens": max(page.settings.max_tokens, LEAST_TOKENS)},
        "The model samples its token as usual. Only if the format does not allow it, one of the allowed tokens is "
        "sampled instead (underlined; hover to see what the model wanted). A format is parsed here, then tried in a "
        "process of its own, and only then given to the model. An answer that was cut off is the beginning of a valid "
        "one.",
    )


VIEW = View(key="constrain", title="Structured output", order=6, show=show, once=("Constrain",))
