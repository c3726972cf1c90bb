"""A text whose tokens are coloured and can be pressed. Words reach the browser as data and are drawn by textContent."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from typing import Any

import plotly.colors
import streamlit as st

from core.figures.style import AMOUNTS
from core.prompting.settings import Step

_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".heat");
  box.replaceChildren();
  data.tokens.forEach((token, place) => {
    const piece = document.createElement("button");
    piece.type = "button";
    piece.textContent = token.text.replaceAll("\\n", "↵") || (token.ending ? "⏹" : "·");
    piece.title = token.tip;
    piece.style.background = token.colour;
    piece.style.color = token.ink;
    if (token.plain) piece.className = "plain";
    if (place === data.chosen) piece.className += " chosen";
    piece.setAttribute("aria-label", token.text + ": " + token.tip);
    piece.onclick = () => setTriggerValue("pressed", place);
    box.appendChild(piece);
    if (token.text.includes("\\n")) box.appendChild(document.createElement("br"));
  });
}
"""
_CSS = """
.heat { font-family: var(--st-font); font-size: 1.12rem; line-height: 2; overflow-wrap: anywhere; max-height: 230px;
  overflow-y: auto; padding: 4px; }
button { font: inherit; line-height: 1.45; border: 0; padding: 1px 0; margin: 0 1px 0 0; border-radius: 3px;
  white-space: pre-wrap; cursor: pointer; }
button.plain { opacity: .8; }
button:hover, button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
button.chosen { outline: 3px solid #D55E00; outline-offset: 1px; }
"""

MEASURES = {"probability": "Probability", "after": "After sampling", "entropy": "Certainty"}

_text = st.components.v2.component("textlab_heat", html='<div class="heat"></div>', css=_CSS, js=_JS)
_COLOURS = plotly.colors.sample_colorscale(AMOUNTS, [step / 100 for step in range(101)])


def colour(amount: float) -> tuple[str, str]:
    """Background and ink for an amount 0..1."""
    place = round(100 * min(max(amount, 0.0), 1.0))
    return _COLOURS[place], "#FFFFFF" if place < 55 else "#10151B"


def show_heat_text(
    tokens: Sequence[dict[str, Any]], chosen: int | None, key: str, on_press: Callable[[], None]
) -> int | None:
    """Draw tokens (text, tip, colour, ink) in a row; the place of the one pressed in this run, or None."""
    result = _text(key=key, data={"tokens": list(tokens), "chosen": chosen}, on_pressed_change=on_press)
    return result.pressed


def as_data(step: Step, measure: str, of_prompt: bool) -> dict[str, Any]:
    """A token for `show_heat_text`, coloured by "probability", "after" (sampling) or "entropy"."""
    bits = math.log2(max(1 / max(step.probability, 1e-12), 1))
    amount = {
        "probability": step.probability,
        "after": step.after_sampling or step.probability,
        "entropy": 1 - min(step.entropy / 6, 1),
    }.get(measure, step.probability)
    background, ink = colour(amount)
    tip = f"{step.probability:.1%}, rank {step.rank or 1}, {bits:.1f} bits of surprise"
    return {
        "text": step.text,
        "tip": tip,
        "colour": background,
        "ink": ink,
        "plain": of_prompt,
        "ending": not step.text and not of_prompt,
    }


def heat_html(steps: Sequence[Step], before: int) -> str:
    """The same colours while the answer is being written; nothing can be pressed yet. `before` are of the prompt."""
    parts = []
    for place, step in enumerate(steps):
        background, ink = colour(step.probability)
        paler = "opacity:.8;" if place < before else ""
        parts.append(
            f'<span style="background:{background};color:{ink};{paler}padding:1px 0;margin-right:1px;'
            f'border-radius:3px;white-space:pre-wrap">{html.escape(step.text)}</span>'
        )
    return (
        f'<div style="font-size:1.12rem;line-height:2;overflow-wrap:anywhere;max-height:230px;overflow-y:auto;'
        f'padding:4px">{"".join(parts)}</div>'
    )


def scale_html(measure: str) -> str:
    """The scale of colours."""
    low, high = ("6 bits open", "certain") if measure == "entropy" else ("0 %", "100 %")
    blocks = "".join(
        f'<span style="background:{colour(step / 12)[0]};width:.8rem;height:.9rem;display:inline-block"></span>'
        for step in range(13)
    )
    return f'<span style="font-size:.92rem;white-space:nowrap">{low} {blocks} {high}</span>'
