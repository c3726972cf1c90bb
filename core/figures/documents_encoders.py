"""Figures of encoders compared: the neighbours of one document in each, and how far the encoders agree."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.documents import short

LETTERS = {2: 46, 3: 25, 4: 15}  # of a document's text, by the number of columns


def neighbours_figure(
    columns: Sequence[tuple[str, Sequence[int]]],
    labels: Sequence[str],
    title: str,
    dark: bool = False,
    height: int = 430,
) -> go.Figure:
    """One column of ranks for each encoder, (name, rows nearest first); lines join a document in columns side by side.

    A document has one colour in all columns if more than one encoder has it, and none if only one has it.
    """
    figure = style.figure(title, dark, height)
    count = max(len(rows) for _, rows in columns)
    everywhere = [row for _, rows in columns for row in rows]
    shared = [row for row in dict.fromkeys(everywhere) if everywhere.count(row) > 1]
    colours = dict(zip(shared, style.categories(max(len(shared), 9)), strict=False))
    letters, width = LETTERS.get(len(columns), 0), 0.34 + 0.06 * (len(columns) == 2)
    for place, (name, rows) in enumerate(columns):
        figure.add_annotation(
            x=place,
            y=0.0,
            xanchor="left",
            text=f"<b>{style.plain(short(name, 24))}</b>",
            showarrow=False,
            font={"size": 16, "color": style.ink(dark)},
        )
        for rank, row in enumerate(rows, 1):
            text = f"<b>{row + 1}</b>" + (f"  {style.plain(short(labels[row], letters))}" if letters else "")
            figure.add_annotation(
                x=place,
                y=rank,
                xanchor="left",
                showarrow=False,
                text=text,
                borderpad=3,
                hovertext=style.plain(labels[row]),
                bgcolor=style.paper(dark),
                borderwidth=1.5,
                bordercolor=colours.get(row, style.faint(dark)),
                font={"size": 14, "color": style.ink(dark)},
            )
        after = list(columns[place + 1][1]) if place + 1 < len(columns) else []
        for rank, row in enumerate(rows, 1):
            if row in after:
                figure.add_trace(
                    go.Scatter(
                        x=[place + 2 * width, place + 0.97],
                        y=[rank, after.index(row) + 1],
                        mode="lines",
                        hoverinfo="skip",
                        line={"color": colours[row], "width": 2.6},
                    )
                )
    hidden = {"showgrid": False, "zeroline": False, "showticklabels": False, "showline": False, "fixedrange": True}
    figure.update_xaxes(range=[-0.02, len(columns) - 1 + 0.8], **hidden)
    figure.update_yaxes(range=[count + 0.7, -0.6], **hidden)
    figure.update_layout(showlegend=False, margin={"l": 4, "r": 4, "t": 44, "b": 4})
    return figure


def agreement_figure(
    names: Sequence[str], shares: np.ndarray, count: int, title: str, dark: bool = False, height: int = 300
) -> go.Figure:
    """How many of `count` neighbours each two encoders share: `shares` (E, E), the diagonal `count`."""
    figure = style.figure(title, dark, height)
    shown = [style.plain(short(name, 30)) for name in names]
    wrapped = ["<br>".join(textwrap.wrap(name, 11)) for name in shown]
    off = np.array(shares, dtype=float)
    np.fill_diagonal(off, np.nan)
    figure.add_trace(
        go.Heatmap(
            z=off,
            x=shown,
            y=shown,
            colorscale=style.AMOUNTS,
            zmin=0,
            zmax=count,
            showscale=False,
            xgap=3,
            ygap=3,
            text=[["" if np.isnan(value) else f"{value:.1f}" for value in row] for row in off],
            texttemplate="%{text}",
            textfont={"size": 16},
            hoverongaps=False,
            hovertemplate=f"%{{y}} and %{{x}}: %{{z:.2f}} of {count}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False, tickangle=0, tickvals=shown, ticktext=wrapped)
    return figure
