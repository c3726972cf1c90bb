"""Figures of the lessons: how often each answer came; a model's pronouns against who does the work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style


def answers(rows: Sequence[tuple[str, int]], title: str, dark: bool = False) -> go.Figure:
    """A bar for each different answer: how many of the times it came."""
    figure = style.figure(title, dark, 96 + 30 * len(rows))
    names = [
        f"{style.plain(' '.join(text.split()) or '(no words)', 34)} {' ' * place}"
        for place, (text, _) in enumerate(rows)
    ]
    figure.add_bar(
        y=names,
        x=[count for _, count in rows],
        orientation="h",
        marker_color=style.BLUE,
        text=[f"{count} ×" for _, count in rows],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x} times<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_xaxes(visible=False, range=[0, 1.15 * max([count for _, count in rows] or [1])])
    figure.update_layout(bargap=0.3, title={"x": 0, "xref": "container", "xanchor": "left"})  # beside long labels too
    return figure


def pronouns(
    words: Sequence[str], real: np.ndarray, model: np.ndarray, pair: tuple[str, str], title: str, dark: bool = False
) -> go.Figure:
    """Each occupation by the real share of women (per cent) and by the first pronoun's share of both (per cent)."""
    figure = style.figure(title, dark, 390)
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", hoverinfo="skip", line={"color": style.GREY, "width": 1, "dash": "dot"}
    )
    figure.add_hline(y=50, line={"color": style.faint(dark), "width": 2})
    named = _apart(real, model)
    figure.add_scatter(
        x=real,
        y=model,
        mode="markers+text",
        text=[word if keep else "" for word, keep in zip(words, named, strict=True)],
        textposition="top center",
        textfont={"size": 15},
        marker={"size": 11, "color": style.BLUE},
        customdata=list(words),
        cliponaxis=False,
        hovertemplate="%{customdata}: %{x:.0f} % women; %{y:.1f} % “" + pair[0] + "”<extra></extra>",
    )
    figure.update_xaxes(title="women among those who do this work, % (US 2015)", range=[-3, 103])
    figure.update_yaxes(title=f"“{pair[0]}” as a share of “{pair[0]}” and “{pair[1]}”, %", range=[-3, 106])
    figure.update_layout(showlegend=False)
    return figure


def _apart(x: np.ndarray, y: np.ndarray) -> list[bool]:
    """Which labels fit without covering one another: each that keeps its distance from those before it."""
    labelled: list[int] = []
    for place in range(len(x)):
        if all(abs(x[place] - x[other]) > 13 or abs(y[place] - y[other]) > 7 for other in labelled):
            labelled.append(place)
    return [place in labelled for place in range(len(x))]
