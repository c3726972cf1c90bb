"""What several views draw of an answer: its text as it comes, where its time went, the settings it was drawn with."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from typing import Any, Protocol

import streamlit as st

from core.figures import style
from core.prompting import thinking
from core.prompting.recorded import Recorded
from core.prompting.runs import Run
from core.prompting.settings import Settings, Timings
from pages.shared.open_tab import tab_is_open

ENDINGS = {
    "max tokens": "ended at Max tokens, as set in the sidebar",
    "context full": "ended because the context is full",
    "stopped": "stopped by you",
    "stop text": "ended by a stop sequence",
    "broken off": "cut short by an error",
    "content filter": "cut short by the server’s content filter",
    "refusal": "the model refused to answer",
    "tool call": "the model asks for a tool, which the lab does not run",
}
REDRAW_S = 0.2  # of what has not changed
_TEXT = 'style="white-space:pre-wrap;overflow-wrap:anywhere;font-size:1.08rem;line-height:1.55;margin:0"'


def text_html(text: str, writing: bool = False, before: str = "") -> str:
    """Words of a person or a model as they are, never as markup; `before` (a prompt) is paler."""
    cursor = f'<span style="color:{style.BLUE}">▍</span>' if writing else ""
    behind = f'<span style="opacity:.62">{html.escape(before)}</span>' if before else ""
    return paragraph(f"{behind}{html.escape(text)}{cursor}")


def waiting_html(waiting_for: str) -> str:
    """In place of an answer: what happens before its first token."""
    return paragraph(
        f'<span style="color:{style.BLUE}">▍</span> <span style="opacity:.75">'
        f"{html.escape(waiting_for.capitalize())} …</span>"
    )


def answer_html(text: str, writing: bool = False, thought: tuple[int, float] | None = None) -> str:
    """An answer; the thinking before it is folded away once it has ended. `thought`: its tokens and seconds."""
    parts = thinking.split(text, complete=not writing)
    if not parts.thinking and not parts.under_way:
        return text_html(parts.answer, writing)
    under_way = writing and parts.under_way
    cursor = f'<span style="color:{style.BLUE}">▍</span>' if under_way else ""
    title = f"Thinking: {thought[0]:,} tokens, {thought[1]:.1f} s" if thought else "Thinking"
    folded = (
        f'<details{" open" if under_way else ""} style="opacity:.8;margin:0 0 .4rem"><summary>{title}'
        f"</summary>{paragraph(html.escape(parts.thinking) + cursor)}</details>"
    )
    if parts.under_way and not writing:
        return folded + paragraph("<i>No answer: the thinking used all tokens.</i>")
    return folded + (text_html(parts.answer, writing) if parts.answer or not writing else "")


def paragraph(safe_html: str) -> str:
    """A paragraph in the type of answers, from HTML that is escaped already."""
    return f"<p {_TEXT}>{safe_html}</p>"


class Stoppable(Protocol):
    """A run, or several of them."""

    def stop(self) -> None: ...


def show_stop(work: Stoppable, place: Any = st) -> None:
    """The button that stops what is under way; `place`: where it goes."""
    place.button("Stop", icon=":material/stop_circle:", key=f"prompting_stop_{id(work)}", on_click=work.stop)


def watch(run: Run, draw: Callable[[Run], Any], wait: float = 0.04) -> None:
    """Draw an answer as it grows, 25 times a second at most, until it ends. A rerun takes it up again where it is.

    It continues while another page is open, and ends soon after the tab is closed.
    """
    run.watched = tab_is_open()
    shown, drawn_at = None, 0.0
    while run.look(wait):
        there = len(run.steps), run.waiting_for
        # Ten that wait must not take the processor from the one that writes; but a press is heard only while drawing.
        if there != shown or time.monotonic() - drawn_at > REDRAW_S:
            draw(run)
            shown, drawn_at = there, time.monotonic()
    draw(run)


def strip_html(timings: Timings, waiting_for: str = "") -> str:
    """Where the time went: five figures in a row, each with its unit; before there are any, `waiting_for` or a gap."""
    prompt = f"{timings.prompt_tokens:,} tokens"
    if timings.cached_tokens:
        prompt += f", {timings.cached_tokens:,} cached"
    figures = [
        ("Load", _seconds(timings.load_seconds), "the model, once" if timings.load_seconds else "already loaded"),
        ("Queue", _seconds(timings.queue_seconds), "behind earlier answers"),
        ("Prompt processing", _speed(timings.prompt_speed), prompt),
        ("Time to first token", _seconds(timings.first_token_seconds), "after load and queue"),
        ("Generation", _speed(timings.generation_speed), f"{timings.generated_tokens:,} tokens"),
    ]
    cells = "".join(
        f'<div style="flex:1 1 8.2rem;min-width:8.2rem;line-height:1.3">'
        f'<div style="font-size:.85rem;opacity:.75">{name}</div>'
        f'<div style="font-size:1.28rem;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap">{value}'
        f'</div><div style="font-size:.85rem;opacity:.75">{note}</div></div>'
        for name, value, note in figures
    )
    if waiting_for:
        state = f"{html.escape(waiting_for.capitalize())} …" if waiting_for.strip() else ""
        cells = f'<div style="font-size:1.05rem;min-height:3.7rem;width:100%">{state}</div>'
    return (
        f'<div role="group" aria-label="Timings" style="display:flex;flex-wrap:wrap;gap:.3rem 1rem;'
        f'padding:.1rem 0">{cells}</div>'
    )


def line_html(safe_words: str, words: str) -> str:
    """A line across the conversation: our own words, then others', escaped."""
    return (
        '<div style="border-top:2px dashed rgba(138,143,152,.6);padding-top:.35rem;font-size:.95rem;opacity:.85">'
        f"{safe_words}<i>{html.escape(words)}</i></div>"
    )


def effective(settings: Settings) -> str:
    """The values that were really used, in words."""
    if settings.temperature <= 0:
        drawn = "the likeliest token each time (temperature 0)"
    else:
        drawn = (
            f"temperature {settings.temperature:g}, top-k {settings.top_k or 'off'}, top-p {settings.top_p:g}, "
            f"min-p {settings.min_p:g}, seed {settings.seed}"
        )
    penalty = "off" if settings.repeat_penalty == 1 else f"{settings.repeat_penalty:g}"
    return f"In effect: {drawn}, repeat penalty {penalty}, max tokens {settings.max_tokens:,}."


def used_html(run: Run | Recorded) -> str:
    """`effective`, small, for under the figures; those of a recorded run are called so."""
    recorded = f"Recorded run ({run.made}): times of that run. " if isinstance(run, Recorded) else ""
    return f'<div style="font-size:.88rem;opacity:.75">{html.escape(recorded + effective(run.settings))}</div>'


def recorded_words(run: Recorded) -> str:
    """What is said under an answer that was not computed now."""
    return (
        f"A recorded run of this model ({run.made}), shown while the model is loading. “Regenerate” computes it here."
    )


def _seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value * 1000:.0f} ms" if value < 0.9995 else f"{value:.1f} s"


def _speed(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f} tokens/s" if value >= 10 else f"{value:.1f} tokens/s"
