"""Figures of lists of words: ranked by a score, and two lists side by side with what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from core.figures import style
from core.words.two_sets import Agreement


def ranked(
    words: Sequence[str],
    values: Sequence[float],
    strong: Sequence[str],
    title: str,
    x_title: str,
    dark: bool = False,
    height: int = 460,
) -> go.Figure:
    """One row for each word with its value as a dot, the first on top; the `strong` ones in the colour of the query."""
    figure = style.figure(title, dark, height)
    places = list(range(len(words), 0, -1))
    blue = style.SKY if dark else style.BLUE
    colours = [style.MEANING["query"] if word in strong else blue for word in words]
    xs: list[float | None] = []
    ys: list[float | None] = []
    for value, place in zip(values, places, strict=True):
        xs += [0, value, None]
        ys += [place, place, None]
    figure.add_trace(
        go.Scatter(x=xs, y=ys, mode="lines", hoverinfo="skip", line={"color": "rgba(138,143,152,.45)", "width": 2})
    )
    figure.add_trace(
        go.Scatter(
            x=list(values),
            y=places,
            mode="markers+text",
            text=[f"{value:.3f}" for value in values],
            textposition="middle right",
            textfont={"size": 14},
            marker={"size": 12, "color": colours},
            customdata=[style.plain(word, 60) for word in words],
            hovertemplate="%{customdata}: %{x:.3f}<extra></extra>",
        )
    )
    low, high = min([*values, 0.0]), max([*values, 0.0])
    room = (high - low) * 0.16 or 0.1
    figure.update_xaxes(title=x_title, range=[low - room * (low < 0), high + room], zeroline=True)
    figure.update_yaxes(
        tickvals=places,
        ticktext=[f"<b>{style.plain(word, 24)}</b>" if word in strong else style.plain(word, 24) for word in words],
        showgrid=False,
        zeroline=False,
        range=[0.3, len(words) + 0.7],
        tickfont={"size": 15 if len(words) <= 18 else 12},
    )
    figure.update_layout(showlegend=False)
    return figure


def side_by_side(
    found: Agreement,
    names: tuple[str, str],
    title: str,
    dark: bool = False,
    height: int = 460,
    marked: Sequence[str] = (),
) -> go.Figure:
    """Two ranked lists with their scores; a word that is in both is bold, and a line joins its two places. `marked`
    words (those of the query) are named so."""
    figure = style.figure(title, dark, height)
    common = set(found.common)
    blue = style.SKY if dark else style.BLUE
    said: list[dict[str, Any]] = []
    other = {item.word: item.rank for item in found.second}
    for item in found.first:
        if item.word in common:
            figure.add_trace(
                go.Scatter(
                    x=[0.36, 0.64],
                    y=[-item.rank, -other[item.word]],
                    mode="lines+markers",
                    line={"color": blue, "width": 2.5},
                    marker={"size": 8},
                    hovertemplate=f"{style.plain(item.word, 60)}: rank {item.rank} and {other[item.word]}"
                    "<extra></extra>",
                )
            )
    for items, x, anchor, name in ((found.first, 0.34, "right", names[0]), (found.second, 0.66, "left", names[1])):
        said.append(
            dict(x=x, y=0.1, text=f"<b>{style.plain(name, 24)}</b>", xanchor=anchor, showarrow=False, font={"size": 15})
        )
        for item in items:
            text = style.plain(item.word, 20)
            number = f'<span style="color:{style.GREY}">{item.similarity:.3f}</span>'
            word = f"<b>{text}</b>" if item.word in common else text
            if item.word in marked:
                word += " (query word)"
            said.append(
                dict(
                    x=x,
                    y=-item.rank,
                    text=f"{number}  {word}" if anchor == "right" else f"{word}  {number}",
                    xanchor=anchor,
                    showarrow=False,
                    font={"size": 16 if len(items) <= 14 else 13, "color": style.ink(dark)},
                )
            )
    figure.add_trace(go.Scatter(x=[0.5], y=[-1], mode="markers", marker={"opacity": 0}, hoverinfo="skip"))
    longest = max(len(found.first), len(found.second), 1)
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[-longest - 0.6, 0.8])
    figure.update_layout(showlegend=False, margin={"l": 0, "r": 0})
    figure.layout.annotations = said
    return figure
