"""Probabilities: how sure the model was of each token, what else it might have written, and what follows from that."""

from __future__ import annotations

import math
import secrets
from typing import Any

import streamlit as st

from core import loaders
from core.figures import prompting as figures
from core.prompting.branches import Branch, Tree
from core.prompting.engine import Model
from core.prompting.runs import Run
from core.prompting.settings import Settings, Step
from pages.prompting.desk import Desk, path_code
from pages.prompting.heat_text import colour, show_heat_text
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.take_away import show_figure
from pages.shared.user_errors import show_note

PRESETS = {"Capital": "What is the capital of Australia?", "Analogy": "Man is to king as woman is to what?",
           "Jobs": "The doctor said that", "Once": "Once upon a time"}
ALTERNATIVES = 10
MEASURES = {"probability": "Probability", "after": "After sampling", "entropy": "Certainty"}


def show(desk: Desk) -> None:
    """The coloured text, and beside it the ten likeliest tokens at the one pressed."""
    if not isinstance(desk.model, Model):
        show_note("This view needs a model on this computer.", "Servers tell too little about their tokens.")
        return
    state = st.session_state
    state.setdefault("prompting_heat_key", secrets.token_hex(6))
    state.setdefault("prompting_heat_text", PRESETS["Capital"] if desk.chats else PRESETS["Once"])
    trees = loaders.shelf("trees")
    kept = trees.get(state["prompting_heat_key"])
    _show_choices(desk)
    if kept is None or kept["asked"] != _asked(desk):
        kept = trees[state["prompting_heat_key"]] = _ask(desk, state["prompting_heat_text"])
    tree: Tree = kept["tree"]
    number = min(kept["branch"], len(tree.branches) - 1)
    run = tree.branches[number].run
    with st.spinner("The model is writing …"):
        while run.look(0.1):
            pass
    if run.error:
        show_note(run.error.what, run.error.next_step)
    steps = kept["prompt"] + tree.steps(number)
    _show_text(desk, kept, steps)
    _show_method(desk)


def _asked(desk: Desk) -> tuple[Any, ...]:
    settings = desk.settings
    return (st.session_state["prompting_heat_text"], desk.title, settings.temperature, settings.top_k, settings.top_p,
            settings.min_p, settings.repeat_penalty, settings.seed, settings.grammar, str(settings.json_schema))


def _ask(desk: Desk, text: str) -> dict[str, Any]:
    model = desk.model
    assert isinstance(model, Model)
    prompt: Any = [{"role": "user", "content": text}] if desk.chats else text
    measured = model.measure(prompt, ALTERNATIVES)
    tree = Tree([step.token_id for step in measured])
    tree.branches.append(Branch(_run(model, tree.prompt, desk.settings)))
    return {"tree": tree, "prompt": measured, "branch": 0, "chosen": None, "asked": _asked(desk)}


def _run(model: Model, tokens: list[int], settings: Settings) -> Run:
    import dataclasses

    chosen = dataclasses.replace(settings, alternatives=ALTERNATIVES, max_tokens=min(settings.max_tokens, 120))
    return Run(lambda: model.ask(tokens, chosen, conversation="heatmap"), patience=60)


def _show_choices(desk: Desk) -> None:
    def press(text: str) -> None:
        st.session_state["prompting_heat_text"] = text

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Text" if not desk.chats else "Question", key="prompting_heat_text", persist_state="session",
                      max_chars=20_000, label_visibility="collapsed")
        for name, text in PRESETS.items():
            st.button(name, key=f"prompting_heat_{name}", on_click=press, args=(text,), help=text)


def _show_text(desk: Desk, kept: dict[str, Any], steps: list[Step]) -> None:
    tree, prompt_length = kept["tree"], len(kept["prompt"])
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        measure = st.segmented_control("Colour", list(MEASURES), format_func=MEASURES.__getitem__,
                                       default="probability", required=True, key="prompting_measure",
                                       label_visibility="collapsed")
        if len(tree.branches) > 1:
            kept["branch"] = st.selectbox("Branch", range(len(tree.branches)), format_func=tree.label,
                                          index=kept["branch"], label_visibility="collapsed", width=230)
        st.html(_scale_html(str(measure)))
    chosen = kept["chosen"] if kept["chosen"] is not None else _least_likely(steps, prompt_length)
    key = f"prompting_tokens_{len(tree.branches)}_{id(tree)}"

    def press() -> None:
        kept["chosen"] = st.session_state[key].pressed

    show_heat_text([_as_data(step, str(measure), place < prompt_length) for place, step in enumerate(steps)], chosen,
                   key, press)
    if chosen is not None and chosen < len(steps):
        _show_place(desk, kept, steps, chosen)


def _show_place(desk: Desk, kept: dict[str, Any], steps: list[Step], chosen: int) -> None:
    step, prompt_length = steps[chosen], len(kept["prompt"])
    picture, choices = st.columns([3, 2], gap="large")
    if not step.alternatives:
        st.caption("The first token follows nothing, so nothing was foretold.")
        return
    with picture:
        show_figure(figures.likeliest(step, f"What could stand at token {chosen + 1}?", dark()), "likeliest_tokens",
                    {"token": [other.text for other in step.alternatives],
                     "probability": [other.probability for other in step.alternatives],
                     "after sampling": [other.after_sampling for other in step.alternatives]})
    with choices:
        show_reading("{} came with a probability of {}: {}. The model's uncertainty here: {} bits.",
                     figures.visible(step.text), f"{step.probability:.1%}", _standing(step.rank),
                     f"{step.entropy:.1f}")
        if chosen >= prompt_length:
            st.caption("Take another token, and the model goes on from there:")
            with st.container(horizontal=True, gap="small"):
                for number, other in enumerate(step.alternatives):
                    if other.token_id != step.token_id:
                        st.button(f"{number + 1}", key=f"prompting_take_{chosen}_{number}", on_click=_take,
                                  args=(desk, kept, chosen - prompt_length, number), help=f"Take number {number + 1}")
            run: Run = kept["tree"].branches[kept["branch"]].run
            show_reading("{} tokens were still in the context, {} had to be read.", f"{run.timings.cached_tokens:,}",
                         f"{run.timings.evaluated_tokens:,}")
        else:
            st.caption("A token of the prompt: the picture says what the model would have expected there.")


def _take(desk: Desk, kept: dict[str, Any], place: int, number: int) -> None:
    tree: Tree = kept["tree"]
    model = desk.model
    assert isinstance(model, Model)
    branch = kept["branch"]
    tokens, taken = tree.taking(branch, place, tree.steps(branch)[place].alternatives[number])
    kept["branch"] = tree.grow(_run(model, tokens, desk.settings), branch, place, taken)
    kept["chosen"] = len(kept["prompt"]) + place


def _least_likely(steps: list[Step], start: int) -> int | None:
    places = [place for place in range(start, len(steps)) if steps[place].text.strip() and steps[place].alternatives]
    return min(places, key=lambda place: steps[place].probability, default=None)


def _as_data(step: Step, measure: str, of_prompt: bool) -> dict[str, Any]:
    bits = math.log2(max(1 / max(step.probability, 1e-12), 1))
    amount = {"probability": step.probability, "after": step.after_sampling or step.probability,
              "entropy": 1 - min(step.entropy / 6, 1)}[measure]
    background, ink = colour(amount)
    tip = f"{step.probability:.1%}, rank {step.rank or 1}, {bits:.1f} bits of surprise"
    return {"text": step.text, "tip": tip, "colour": background, "ink": ink, "plain": of_prompt,
            "ending": not step.text and not of_prompt}


def _scale_html(measure: str) -> str:
    low, high = ("6 bits open", "certain") if measure == "entropy" else ("0 %", "100 %")
    blocks = "".join(f'<span style="background:{colour(step / 12)[0]};width:.8rem;height:.9rem;display:inline-block">'
                     "</span>" for step in range(13))
    return f'<span style="font-size:.92rem;white-space:nowrap">{low} {blocks} {high}</span>'


def _standing(rank: int) -> str:
    return "the likeliest of all" if rank == 1 else f"number {rank:,} in the model’s order"


def _show_method(desk: Desk) -> None:
    show_method(
        r"p(t) = \frac{e^{z_t}}{\sum_j e^{z_j}}, \qquad H = -\sum_j p(j) \log_2 p(j)",
        "the model's scores z as llama.cpp gives them, before any sampler; Gehrmann, Strobelt and Rush 2019 (GLTR) "
        "for the picture",
        f"from core import catalog\nfrom core.prompting.engine import Settings, open_model\n"
        f"model = open_model({path_code(desk)})\n"
        f'steps = model.generate("Once upon a time", Settings(temperature=0, max_tokens=20, alternatives=10))\n'
        f"result = [(step.text, step.probability, step.entropy, step.alternatives[:3]) for step in steps]\n"
        f"model.close()", {"alternatives": ALTERNATIVES, "temperature": desk.settings.temperature},
        "Probabilities are the model's own, before sampling; *after sampling* is what was left after top-k, top-p, "
        "min-p and temperature. The row of scores is read where it lies, token by token, so this costs little. Tokens "
        "of the prompt (paler) are measured by reading it in slices. A token taken by hand becomes a branch: all "
        "tokens before it stay in the context, only the new one is read.")


VIEW = View(key="heatmap", title="Probabilities", order=3, show=show)
