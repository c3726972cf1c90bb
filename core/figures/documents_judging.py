"""The figure of judging: how well each way of searching finds what people call relevant, by each encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.figures import style
from core.figures.documents import short

COLOURS = {"keyword": style.ORANGE, "vector": style.BLUE, "hybrid": style.GREEN}
NAMES = {"keyword": "words alone (BM25)", "vector": "its vectors", "hybrid": "fused with words"}
SIGNS = {"keyword": "diamond", "vector": "circle", "hybrid": "square"}


@dataclass(frozen=True)
class Score:
    """A mean with its 95 % interval; `encoder` is "" for words alone, which need none."""

    encoder: str
    mode: str
    mean: float
    low: float
    high: float


def scores_figure(scores: Sequence[Score], measure: str, title: str, dark: bool = False) -> go.Figure:
    """One row for each encoder and mode, the mean as a mark, the interval as a line; the best is written out."""
    rows = [f"{short(one.encoder, 26)} · {NAMES[one.mode]}" if one.encoder else NAMES[one.mode] for one in scores]
    best = max(one.mean for one in scores)
    figure = style.figure(title, dark, 96 + 36 * len(scores))
    for one, row in zip(scores, rows, strict=True):
        colour = COLOURS[one.mode]
        figure.add_trace(
            go.Scatter(
                x=[one.low, one.high],
                y=[row, row],
                mode="lines",
                hoverinfo="skip",
                line={"color": colour, "width": 4},
                opacity=0.35,
            )
        )
        figure.add_trace(
            go.Scatter(
                x=[one.mean],
                y=[row],
                mode="markers",
                marker={"color": colour, "size": 13, "symbol": SIGNS[one.mode]},
                hovertemplate=f"{measure} {one.mean:.3f}, 95 % interval {one.low:.3f} to {one.high:.3f}<extra></extra>",
            )
        )
        figure.add_annotation(
            x=one.high,
            y=row,
            xanchor="left",
            xshift=6,
            showarrow=False,
            font={"size": 16, "color": style.ink(dark)},
            text=f"<b>{one.mean:.2f}</b>" if one.mean == best else f"{one.mean:.2f}",
        )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(
        range=[0, 1.08],
        title={"text": f"{measure}, mean over the queries, 95 % interval"},
        tickvals=[0, 0.25, 0.5, 0.75, 1],
    )
    figure.update_layout(showlegend=False, margin={"l": 12, "r": 12, "t": 48, "b": 12})
    return figure
