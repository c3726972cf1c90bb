"""Evals: the same questions to several models and seeds, with checks, the expected answer, and what each cost."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.figures import prompting_sets as figures
from core.prompting.evals import eval_report
from core.prompting.evals.eval_runs import Outcome, SetRun
from core.prompting.evals.eval_sets import PromptSet
from core.prompting.history import record_export, records
from core.runtime import server_state
from pages.prompting.code_lines import imports, model_code
from pages.prompting.compare.contestants import open_model
from pages.prompting.evals.eval_choice import pick_models, pick_set
from pages.prompting.evals.eval_grid import grid_html
from pages.prompting.sidebar import PageSettings
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.user_errors import show_note

MOST_RUNS = 40


def show(page: PageSettings) -> None:
    """Which set, on which models; how many answers passed; all answers side by side."""
    plan, own, source = pick_set()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        models = pick_models(page)
        controls = st.empty()
    if plan is None or not models:
        return
    run = _run_of(page, plan, models)
    finished = len(run.done_keys())
    if not finished and not own and page.small and not run.running and run.id not in st.session_state:
        run.start()
    st.session_state[run.id] = True  # a set that was stopped does not start again by itself
    with controls.container():
        _show_controls(run, finished, sum(run.unanswered(run.outcomes())))
    bar = st.empty()
    grid, picture = st.container(height=340, border=True).empty(), st.container()
    if run.running:
        while run.running:
            outcomes = run.outcomes()
            answers = sum(outcome.answered for outcome in outcomes.values())
            bar.progress(len(outcomes) / len(run.cells), text=f"{answers:,} of {len(run.cells):,} answers")
            grid.html(grid_html(run, outcomes))
            run.finish(0.25 + len(run.cells) / 4_000)
        st.rerun()
    outcomes = run.outcomes()
    grid.html(grid_html(run, outcomes))
    if run.error:
        show_note(run.error.what, run.error.next_step)
    with picture:
        rows, unanswered = run.shares(outcomes), run.unanswered(outcomes)
        show_figure(
            figures.shares(rows, dark(), unanswered),
            "pass_rates",
            {
                "model": [row[0] for row in rows],
                "passed": [row[1] for row in rows],
                "answers": [row[2] for row in rows],
                "low": [row[3] for row in rows],
                "high": [row[4] for row in rows],
                "not answered": unanswered,
            },
        )
        if variation := eval_report.varied(run, outcomes):
            st.caption(variation)
    _offer(run, outcomes)
    _show_method(run, source)


def _run_of(page: PageSettings, plan: PromptSet, keys: list[str]) -> SetRun:
    """The run of this set on these models, the same for every session; what was saved before a restart counts."""
    runs = server_state.eval_runs
    base = replace(page.settings, grammar=None, json_schema=None, seed=None)
    name = st.session_state.get("prompting_set_round", "")
    made = SetRun(plan, [open_model(key, page) for key in keys], base, name)
    run = runs.setdefault(made.id, made)
    for gone in [key for key in runs if not runs[key].running and key != made.id][:-MOST_RUNS]:
        runs.pop(gone)
    return run


def _show_controls(run: SetRun, finished: int, unanswered: int) -> None:
    missing = len(run.cells) - finished
    sizes = f"{len(run.plan.prompts):,} prompts × {len(run.models)} models × {len(run.plan.seeds)} seeds"
    if run.running:
        st.button("Stop", icon=":material/stop_circle:", key="prompting_set_stop", on_click=run.stop)
    elif missing:
        label = (
            f"Continue: {missing:,} of {len(run.cells):,} are missing" if finished else f"Run all {len(run.cells):,}"
        )
        if missing == unanswered:
            label = f"Run again: {missing:,} of {len(run.cells):,} were not answered"
        st.button(
            label,
            icon=":material/play_arrow:",
            type="primary",
            key="prompting_set_start",
            on_click=run.start,
            help=sizes,
        )
    else:
        st.button("Run again", icon=":material/restart_alt:", key="prompting_set_anew", on_click=_again, help=sizes)


def _again() -> None:
    import secrets

    st.session_state["prompting_set_round"] = secrets.token_hex(4)


def _offer(run: SetRun, outcomes: dict[str, Outcome]) -> None:
    popover = st.popover("Export the report", icon=":material/download:", on_change="rerun", key="prompting_set_take")
    if popover.open:
        with popover:
            st.download_button(
                "Markdown",
                eval_report.as_markdown(run),
                "report.md",
                "text/markdown",
                on_click="ignore",
                width="stretch",
            )
            numbers = [outcome.record.id for outcome in outcomes.values() if outcome.record]
            st.download_button(
                "JSON Lines, all numbers",
                record_export.as_jsonl(records.find(numbers)),
                "report.jsonl",
                "application/jsonl",
                on_click="ignore",
                width="stretch",
            )


def _code(run: SetRun, source: str) -> str:
    """Lines that ask the same set again, without what is saved of this run."""
    models, module = [model for model, _ in run.models], source.partition(".")[0]
    named = ", ".join(f"({model_code(model)}, {title!r})" for model, title in run.models)
    return (
        f"{imports(models, f'from core.prompting.evals import {module}, eval_runs')}"
        f"models = [{named}]\n"
        f"plan = {source}\n"
        f'run = eval_runs.SetRun(plan, models, {run.base.as_code()}, "notebook")\n'
        f"run.start()\nrun.finish()\n"
        f"result = run.shares(run.outcomes()), run.answers(run.outcomes())\n"
        f"[model.close() for model, _ in models]"
    )


def _show_method(run: SetRun, source: str) -> None:
    show_method(
        r"\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}",
        "Wilson 1927, JASA 22:209–212; the questions of the shipped sets after the talk’s comparison page",
        _code(run, source),
        {"z": "1.96 (95 %)"},
        "Each question is asked on a fresh context, one after the other, and saved with its verdicts in one "
        "transaction: a set that was stopped continues where it was. A question whose model’s process ended or whose "
        "server was lost has no answer: it is in no share and is asked again. A check is a text that the answer must "
        "contain or must not, a regular expression, or a JSON schema. It does not say whether an answer is good.",
    )


VIEW = View(key="sets", title="Evals", order=7, show=show, once=("Prompt sets",))
