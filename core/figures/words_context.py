"""The figure of a word in context: cosines of its occurrences over the layers, and a map of them at one layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.words.senses import Separation

SAME, OTHER = "same sense", "other sense"


def layers_and_map(
    layers: Sequence[Separation],
    names: Sequence[str],
    chosen: int,
    points: np.ndarray,
    senses: Sequence[str],
    sentences: Sequence[str],
    title: str,
    dark: bool = False,
    height: int = 460,
) -> go.Figure:
    """Left: the mean cosine of pairs of one sense and of different ones at each layer, every pair as a faint dot.
    Right: the occurrences in the first two principal components of the layer `chosen`, `points` (N, 2)."""
    figure = style.figure(title, dark, height)
    said: list[dict[str, Any]] = []
    blue = style.SKY if dark else style.BLUE
    labelled = any(found.is_same.any() for found in layers) and any(np.isfinite(found.other) for found in layers)
    places = list(range(len(names)))
    for flag, name, colour, shift in ((True, SAME, blue, -0.09), (False, OTHER, style.ORANGE, 0.09)):
        chosen_pairs = [found.pairs[_of(found, flag)] if labelled else found.pairs for found in layers]
        x = [place + shift for place, values in zip(places, chosen_pairs, strict=True) for _ in values]
        y = [float(value) for values in chosen_pairs for value in values]
        if not labelled:
            if flag:
                continue
            name, colour = "pairs", style.GREY
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                name=f"{name}, each pair",
                marker={"size": 5, "color": colour, "opacity": 0.3},
                hovertemplate=f"{name}: cosine %{{y:.3f}}<extra></extra>",
            )
        )
        means = [
            (found.same if flag else found.other)
            if labelled
            else float(found.pairs.mean())
            if len(found.pairs)
            else None
            for found in layers
        ]
        figure.add_trace(
            go.Scatter(
                x=places,
                y=means,
                mode="lines+markers",
                name=f"{name}, mean",
                line={"color": colour, "width": 3},
                marker={"size": 9},
                hovertemplate=f"{name}: mean %{{y:.3f}}<extra></extra>",
            )
        )
        at = min(2 if flag else 1, len(means) - 1)  # where there is room over the one, under the other
        if (mean := means[at]) is not None and np.isfinite(mean):
            said.append(
                dict(
                    x=places[at],
                    y=mean,
                    text=f"<b>{name}</b>",
                    showarrow=False,
                    xanchor="left" if flag or len(means) == 1 else "right",
                    yshift=14 if flag else -16,
                    xshift=8 if flag or len(means) == 1 else -4,
                    font={"size": 15, "color": colour},
                )
            )
    figure.add_shape(
        type="rect",
        x0=chosen - 0.3,
        x1=chosen + 0.3,
        y0=0,
        y1=1,
        yref="paper",
        layer="below",
        line={"width": 0},
        fillcolor="rgba(138,143,152,.18)",
    )
    figure.add_hline(y=1, line={"color": style.GREY, "width": 1.2, "dash": "dot"}, row=None, col=None)
    said.append(dict(x=-0.4, y=1, text="static vector", showarrow=False, xanchor="left", yshift=10, font={"size": 13}))
    _add_map(figure, said, points, senses, sentences, dark)
    lowest = min((float(found.pairs.min()) for found in layers if len(found.pairs)), default=0.0)
    figure.update_layout(
        xaxis={
            "domain": [0, 0.56],
            "title": {"text": "layer of the encoder" if len(names) > 1 else ""},
            "tickvals": places,
            "ticktext": list(names),
            "range": [-0.5, len(names) - 0.5],
            "zeroline": False,
            "showgrid": False,
        },
        yaxis={"title": {"text": "cosine"}, "range": [lowest - 0.05, 1.06], "zeroline": False},
        showlegend=False,
    )
    figure.layout.annotations = said
    return figure


def _of(found: Separation, flag: bool) -> np.ndarray:
    return found.is_same if flag else found.is_other


def _add_map(
    figure: go.Figure,
    said: list[dict[str, Any]],
    points: np.ndarray,
    senses: Sequence[str],
    sentences: Sequence[str],
    dark: bool,
) -> None:
    """The occurrences, coloured by sense, each sense named once at its mean."""
    kinds = list(dict.fromkeys(senses))
    colours = dict(zip(kinds, style.categories(max(len(kinds), 1)), strict=False))
    for kind in kinds:
        rows = [row for row, sense in enumerate(senses) if sense == kind]
        colour = colours[kind] if kind else style.GREY
        if dark and colour == style.BLUE:
            colour = style.SKY
        figure.add_trace(
            go.Scatter(
                x=points[rows, 0],
                y=points[rows, 1],
                xaxis="x2",
                yaxis="y2",
                mode="markers+text",
                text=[str(row + 1) for row in rows],
                textposition="top center",
                name=style.plain(kind or "no label", 40),
                marker={"size": 12, "color": colour},
                customdata=[style.plain(sentences[row], 110) for row in rows],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
        if kind:
            said.append(
                dict(
                    xref="x2",
                    yref="y2",
                    x=float(points[rows, 0].mean()),
                    y=float(points[rows, 1].min()),
                    text=f"<b>{style.plain(kind, 24)}</b>",
                    showarrow=False,
                    yshift=-18,
                    font={"size": 16, "color": colour},
                )
            )
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
    room = np.maximum((high - low) * 0.18, 1e-3)
    figure.update_layout(
        xaxis2={
            "domain": [0.62, 1],
            "anchor": "y2",
            "visible": False,
            "range": [float(low[0] - room[0]), float(high[0] + room[0])],
        },
        yaxis2={
            "anchor": "x2",
            "visible": False,
            "range": [float(low[1] - 1.6 * room[1]), float(high[1] + room[1])],
        },
    )
