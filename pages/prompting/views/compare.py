"""Compare: one prompt given to two to four models, quantizations, settings or seeds, and what each answer cost."""

from __future__ import annotations

import secrets

import streamlit as st

from core.figures import prompting_compare as figures
from core.prompting.comparison import LETTERS, Comparison, Plan, tally
from core.runtime import server_state
from pages.prompting import state_keys, streaming
from pages.prompting.code_lines import imports, model_code
from pages.prompting.compare import columns as drawn
from pages.prompting.compare.contestants import HERE, contestants, pick_columns, presets
from pages.prompting.sidebar import PageSettings
from pages.prompting.window_state import store
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note

OPENING = "Explain GROUP BY as a sentient cheesecake who teaches SQL."
QUESTION = "prompting_compare_text"
TIMES = (1, 3, 5, 10, 20)


def show(page: PageSettings) -> None:
    """The prompt, the columns as they are written, then their cost; names hidden while a blind vote is open."""
    state = st.session_state
    comparison: Comparison | None = server_state.comparisons.get(st.query_params.get("compare", ""))
    if comparison and QUESTION not in state:  # after a reload: everything as it was
        state[QUESTION], state[state_keys.COMPARE_COLUMNS] = comparison.prompt, comparison.chosen
        state["prompting_compare_times"] = comparison.times
    state.setdefault(QUESTION, OPENING)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Prompt",
            key=QUESTION,
            persist_state="session",
            max_chars=20_000,
            label_visibility="collapsed",
            placeholder="The prompt for all columns",
        )
        times = st.selectbox(
            "How often",
            TIMES,
            key="prompting_compare_times",
            width=120,
            label_visibility="collapsed",
            format_func=lambda count: "once" if count == 1 else f"{count} times",
        )
        asked = st.button("Run all", icon=":material/play_arrow:", type="primary", key="prompting_compare_ask")
        stop = st.empty()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        columns, together = pick_columns(page, presets(page))
        blind = st.toggle(
            "Blind", key="prompting_compare_blind", help="Hide the names and shuffle the columns until you have voted"
        )
    at_the_side = page.title if any(column["model"] == HERE for column in columns) else ""
    wanted = (state[QUESTION], repr(columns) + at_the_side, int(times), blind)
    if (
        asked
        or comparison is None
        and page.small
        or comparison
        and state.get("prompting_compare_wanted", wanted)[1:] != wanted[1:]
        and page.small
    ):
        if comparison:
            comparison.series.stop()
        comparison = Comparison(state[QUESTION], contestants(page, columns), page.system, int(times), together)
        comparison.chosen, key = columns, secrets.token_hex(6)
        store(server_state.comparisons, key, comparison)
        st.query_params["compare"] = key
    state["prompting_compare_wanted"] = wanted
    if comparison:
        _show_comparison(comparison, blind, stop)
    _show_method(
        page,
        comparison.plan if comparison else Plan(state[QUESTION], contestants(page, columns), page.system, int(times)),
    )


def _show_comparison(comparison: Comparison, blind: bool, stop: st.delta_generator.DeltaGenerator) -> None:
    hidden = blind and comparison.voted is None
    order = comparison.order if blind else list(range(len(comparison.contestants)))
    slots = drawn.make_slots(len(order))
    if not comparison.series.done:
        streaming.show_stop(comparison.series, stop)
        while comparison.series.look(0.05):
            drawn.draw(comparison, order, hidden, slots)
        st.rerun()
    drawn.draw(comparison, order, hidden, slots)
    if hidden:
        _show_vote(comparison, order)
        return
    if blind:
        _show_tally(comparison)
    found = [comparison.cost(place) for place in order]
    labels = [comparison.labels[place] for place in order]
    if all(run.error for place in order for run in comparison.runs(place)):
        return
    show_figure(
        figures.costs(labels, found, drawn.finding(labels, found), dark()),
        "comparison",
        {
            "column": labels,
            "words": [cost.words for cost in found],
            "tokens": [cost.tokens for cost in found],
            "tokens per second": [cost.speed for cost in found],
            "seconds to first token": [cost.first_token_seconds for cost in found],
            "file bytes": [cost.file_bytes for cost in found],
            "memory bytes": [cost.memory_bytes for cost in found],
        },
    )


def _show_vote(comparison: Comparison, order: list[int]) -> None:
    standing = comparison.standing
    if len(standing) < 2:
        show_note("There is nothing to vote on: too many answers were cut short by an error.", "Run all again.")
        return
    slots = st.columns(len(order))
    for letter, place, slot in zip(LETTERS, order, slots, strict=False):
        slot.button(
            f"{letter} is best",
            key=f"prompting_vote_{letter}",
            width="stretch",
            on_click=comparison.vote,
            args=(place,),
            disabled=place not in standing,
        )
    st.button("None is better", key="prompting_vote_none", on_click=comparison.vote, args=(None,), type="tertiary")
    show_reading("{} are hidden until you have voted.", "Names, times and sizes")


def _show_tally(comparison: Comparison) -> None:
    best = "none of them" if comparison.voted == -1 or comparison.voted is None else comparison.labels[comparison.voted]
    rows = [f"{name} {won} of {stood}" for name, won, stood in tally()[:6]]
    show_reading("You voted for {}. Blind votes won so far: {}.", best, "; ".join(rows))


def _code(asked: Plan) -> str:
    """Lines that ask the same columns the same, and give each column's answers."""
    models = list({id(one.model): one.model for one in asked.contestants}.values())
    columns = "".join(
        f"    Contestant(models[{models.index(one.model)}], {one.title!r}, {one.settings.as_code()}),\n"
        for one in asked.contestants
    )
    return (
        f"{imports(models, 'from core.prompting.comparison import Comparison, Contestant')}"
        f"models = [{', '.join(map(model_code, models))}]\n"
        f"columns = [\n{columns}]\n"
        f"comparison = Comparison({asked.prompt!r}, columns, {asked.system!r}, times={asked.times}, kind='')\n"
        f"comparison.series.finish()\n"
        f"result = [(name, comparison.texts(place)) for place, name in enumerate(comparison.labels)]\n"
        f"[model.close() for model in models]"
    )


def _show_method(page: PageSettings, asked: Plan) -> None:
    show_method(
        r"\mathrm{similarity} = \frac{1}{\binom{n}{2}} \sum_{i<j} \frac{2\,M_{ij}}{T_i + T_j}",
        "Python’s difflib (Ratcliff and Obershelp’s matching) over words; times by wall clock in each model’s process",
        _code(asked),
        {"max tokens": page.settings.max_tokens, "top-p": page.settings.top_p},
        "Each question is asked on a fresh context, one model after the other, so that none slows another and nothing "
        "asked before makes one quicker; loading is not in the times. *First word* counts from the start of work. "
        "M counts the words that stand in both answers in the same order, T the words of each. Memory is what the "
        "model's process holds after its answer, mapped file included. With several questions each, speeds and times "
        "are medians.",
    )


VIEW = View(key="compare", title="Compare", order=5, show=show)
