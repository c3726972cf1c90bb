"""Compare: one prompt before two to four models, quantisations, settings or seeds, and what each answer cost."""

from __future__ import annotations

import secrets

import streamlit as st

from core.figures import prompting_compare as figures
from core.prompting.comparison import LETTERS, Comparison, tally
from core.runtime import server_state
from pages.prompting.compare import columns as drawn
from pages.prompting.compare.contestants import COLUMNS, HERE, contestants, model_code, pick_columns, presets
from pages.prompting.sidebar import PageSettings
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note

OPENING = "Explain GROUP BY as a sentient cheesecake who teaches SQL."
QUESTION = "prompting_compare_text"
TIMES = (1, 3, 5, 10, 20)
MOST_KEPT = 40


def show(page: PageSettings) -> None:
    """The prompt, the columns as they are written, then their cost; names hidden while a blind vote is open."""
    state = st.session_state
    kept = server_state.comparisons
    comparison: Comparison | None = kept.get(st.query_params.get("compare", ""))
    if comparison and QUESTION not in state:  # after a reload: everything as it was
        state[QUESTION], state[COLUMNS] = comparison.prompt, comparison.chosen
        state["prompting_compare_times"] = comparison.times
    state.setdefault(QUESTION, OPENING)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Prompt",
            key=QUESTION,
            persist_state="session",
            max_chars=20_000,
            label_visibility="collapsed",
            placeholder="The prompt that all of them get",
        )
        times = st.selectbox(
            "How often",
            TIMES,
            key="prompting_compare_times",
            width=120,
            label_visibility="collapsed",
            format_func=lambda count: "once" if count == 1 else f"{count} times",
        )
        asked = st.button("Ask all", icon=":material/play_arrow:", type="primary", key="prompting_compare_ask")
        stop = st.empty()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        columns, together = pick_columns(page, presets(page))
        blind = st.toggle(
            "Blind", key="prompting_compare_blind", help="Hide the names and mix the columns until you have voted"
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
        kept[key], st.query_params["compare"] = comparison, key
        for gone in list(kept)[:-MOST_KEPT]:
            kept.pop(gone)
    state["prompting_compare_wanted"] = wanted
    if comparison:
        _show_comparison(comparison, blind, stop)
    _show_method(page, [model_code(column["model"], page) for column in columns])


def _show_comparison(comparison: Comparison, blind: bool, stop: st.delta_generator.DeltaGenerator) -> None:
    hidden = blind and comparison.voted is None
    order = comparison.order if blind else list(range(len(comparison.contestants)))
    slots = drawn.make_slots(len(order))
    if not comparison.series.done:
        stop.button(
            "Stop",
            icon=":material/stop_circle:",
            key=f"prompting_stop_{id(comparison)}",
            on_click=comparison.series.stop,
        )
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
        show_note("There is nothing to vote on: too many answers broke off.", "Ask all once more.")
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
    show_reading("{} is hidden until you have voted: names, times and sizes.", "What would sway you")


def _show_tally(comparison: Comparison) -> None:
    best = "none of them" if comparison.voted == -1 or comparison.voted is None else comparison.labels[comparison.voted]
    rows = [f"{name} {won} of {stood}" for name, won, stood in tally()[:6]]
    show_reading("You voted for {}. Blind votes won so far: {}.", best, "; ".join(rows))


def _show_method(page: PageSettings, paths: list[str]) -> None:
    listed = ", ".join(paths)
    show_method(
        r"\mathrm{likeness} = \frac{1}{\binom{n}{2}} \sum_{i<j} \frac{2\,M_{ij}}{T_i + T_j}",
        "Python’s difflib (Ratcliff and Obershelp’s matching) over words; times by wall clock in each model’s process",
        "from core import catalog\nfrom core.prompting.comparison import Comparison, Contestant\n"
        "from core.prompting.engine import Settings, open_model\n"
        f"paths = [{listed}]\nmodels = [open_model(path) for path in dict.fromkeys(paths)]\n"
        "columns = [Contestant(model, model.path.stem, Settings(temperature=0, seed=1, max_tokens=30)) "
        "for model in models]\n"
        'comparison = Comparison("What is the capital of France?", columns)\ncomparison.series.finish()\n'
        "result = [(comparison.labels[place], comparison.runs(place)[0].text, comparison.cost(place)) "
        "for place in range(len(models))]\nfor model in models:\n    model.close()",
        {"at most": f"{page.settings.max_tokens} tokens", "top-p": page.settings.top_p},
        "Each question is asked on a fresh context, one model after the other, so that none slows another and nothing "
        "asked before makes one quicker; loading is not in the times. *First word* counts from the start of work. "
        "M counts the words that stand in both answers in the same order, T the words of each. Memory is what the "
        "model's process holds after its answer, mapped file included. With several questions each, speeds and times "
        "are medians.",
    )


VIEW = View(key="compare", title="Compare", order=5, show=show)
