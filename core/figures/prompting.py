"""Figures of the prompts page: the likeliest tokens at one position, and what a cached prompt saves."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.figures import style
from core.prompting.settings import Alternative, Step, Timings

WARM, COLD = "Cached prompt", "Fresh context"


def visible(text: str) -> str:
    """A token's text with its invisible characters made visible: spaces as ␣, line ends as ↵; nothing as ⏹."""
    return text.replace(" ", "␣").replace("\n", "↵").replace("\t", "⇥") or "⏹"


def likeliest(step: Step, title: str, dark: bool = False, height: int = 330) -> go.Figure:
    """The likeliest tokens at one place, each with its probability in per cent; the sampled one is highlighted."""
    others: Sequence[Alternative] = step.alternatives
    if others and all(other.token_id != step.token_id for other in others):
        others = [*others[:-1], Alternative(step.token_id, step.text, step.probability, step.after_sampling)]
    names = [
        f"{step.rank if other.token_id == step.token_id else number}  {style.plain(visible(other.text), 24)}"
        for number, other in enumerate(others, 1)
    ]
    shares = [100 * other.probability for other in others]
    colours = [
        style.MEANING["selected"] if other.token_id == step.token_id else style.MEANING["model"] for other in others
    ]
    figure = style.figure(title, dark, height)
    figure.add_bar(
        y=names,
        x=shares,
        orientation="h",
        marker_color=colours,
        cliponaxis=False,
        textposition="outside",
        text=[f"{share:.1f} %" if share >= 0.05 else "< 0.1 %" for share in shares],
        hovertemplate="%{y}: %{x:.3f} %<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_xaxes(visible=False, range=[0, max(shares, default=1) * 1.25])
    figure.update_layout(bargap=0.25, showlegend=False)
    return figure


def prompt_cache(warm: Timings, cold: Timings, dark: bool = False, height: int = 215) -> go.Figure:
    """Milliseconds to the first token, with the beginning of the prompt cached (`warm`) and on a fresh context."""
    rows = [(COLD, cold, style.ORANGE), (WARM, warm, style.BLUE)]
    longest = max((each.first_token_seconds or 0) * 1000 for _, each, _ in rows) or 1
    quick, slow = (warm.first_token_seconds or 0), (cold.first_token_seconds or 0)
    sooner = quick and slow > 1.1 * quick
    title = (
        f"The first token comes {slow / quick:.1f} times sooner with the prompt cached"
        if sooner
        else "Here caching makes no difference to the time to first token"
    )
    figure = style.figure(title, dark, height)
    for name, timings, colour in rows:
        value = (timings.first_token_seconds or 0) * 1000
        label = f"{value:,.1f} ms: {timings.evaluated_tokens:,} tokens computed, {timings.cached_tokens:,} cached"
        figure.add_bar(
            y=[name],
            x=[value],
            orientation="h",
            marker_color=colour,
            text=[label],
            cliponaxis=False,
            textposition="inside" if value > 0.6 * longest else "outside",
            insidetextanchor="start",
            insidetextfont={"color": "#10151B" if colour == style.ORANGE else "#FFFFFF"},
            hovertemplate=f"{name}: %{{x:.2f}} ms<extra></extra>",
        )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_xaxes(title="milliseconds to the first token", rangemode="tozero")
    figure.update_layout(showlegend=False, bargap=0.35)
    return figure
