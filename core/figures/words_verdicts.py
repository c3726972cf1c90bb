"""Rows of numbers with their intervals, null distributions and verdicts, for one set of vectors or two.

Each row has its label and what is said of it on a line of their own above its bars, so that it also fits a phone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

DARK_ORANGE = "#8A5F00"
"""The orange of the palette as text on a light page: contrast 5.4, where the palette's own has 2.2."""


@dataclass(frozen=True)
class ForestPoint:
    """A value with its interval and null band, whether it is a finding, and what is said of it (`note`).

    A value that is not a number (a test that is not testable) has its note only. Values beyond `reach` are drawn at its
    end with an arrow: `forest` marks them.
    """

    value: float
    low: float
    high: float
    band: tuple[float, float]
    finding: bool
    note: str


@dataclass(frozen=True)
class ForestSeries:
    """The points of one set of vectors, one for each row; None where a row has none."""

    name: str
    points: Sequence[ForestPoint | None]


def forest(
    labels: Sequence[str],
    series: Sequence[ForestSeries],
    title: str,
    x_title: str,
    dark: bool = False,
    height: int = 455,
    reach: tuple[float, float] | None = None,
    ticks: Sequence[float] | None = None,
) -> go.Figure:
    """One row for each label, in it one bar for each series: point, interval, null band.

    Findings are filled, the others hollow. `reach` limits the axis; what lies beyond is clipped and marked by an arrow.
    """
    figure = style.figure(title, dark, height)
    colours = [style.SKY if dark else style.BLUE, style.ORANGE][: len(series)]
    inks = [colours[0], style.ORANGE if dark else DARK_ORANGE][: len(series)]
    low, high = reach or _reach(series)
    room = (high - low) * 0.03
    offsets = [0.0] if len(series) == 1 else [0.08, -0.2]
    thick = 0.2 if len(series) == 1 else 0.11
    for row, label in enumerate(labels):
        y = len(labels) - row
        for one, colour, offset in zip(series, colours, offsets, strict=True):
            point = one.points[row]
            if point is not None and math.isfinite(point.value):
                _draw(figure, point, y - 0.2 + offset, thick, colour, label, one.name, (low, high), dark)
        _say_row(figure, label, [one.points[row] for one in series], y, inks, dark)
    figure.add_vline(x=0, line={"color": style.GREY, "width": 1.2, "dash": "dot"})
    figure.update_xaxes(title=x_title, range=[low - room, high + room], zeroline=False, tickvals=ticks)
    figure.update_yaxes(visible=False, range=[0.4, len(labels) + 0.62], zeroline=False)
    figure.update_layout(showlegend=False)
    if len(series) > 1:
        _name_series(figure, series, inks)
    return figure


def _reach(series: Sequence[ForestSeries]) -> tuple[float, float]:
    """From the smallest to the greatest of what is drawn."""
    drawn = [
        value
        for one in series
        for point in one.points
        if point is not None and math.isfinite(point.value)
        for value in (point.low, point.high, *point.band)
        if math.isfinite(value)
    ]
    return (min([*drawn, 0.0]), max([*drawn, 0.0])) if drawn else (-1.0, 1.0)


def _draw(
    figure: go.Figure,
    point: ForestPoint,
    y: float,
    thick: float,
    colour: str,
    label: str,
    name: str,
    reach: tuple[float, float],
    dark: bool,
) -> None:
    """A point with its interval and the band of its null; an arrow where it lies beyond the axis."""
    inside = tuple(float(np.clip(value, *reach)) for value in point.band)
    if all(map(math.isfinite, inside)):
        figure.add_shape(
            type="rect",
            x0=inside[0],
            x1=inside[1],
            y0=y - thick,
            y1=y + thick,
            layer="below",
            line={"width": 0},
            fillcolor="rgba(138,143,152,.28)",
        )
    ends = [float(np.clip(value, *reach)) for value in (point.low, point.high)]
    figure.add_trace(go.Scatter(x=ends, y=[y, y], mode="lines", hoverinfo="skip", line={"color": colour, "width": 4}))
    beyond = "triangle-right" if point.value > reach[1] else "triangle-left" if point.value < reach[0] else "circle"
    cut = ", drawn at the end of the axis" if beyond != "circle" else ""
    figure.add_trace(
        go.Scatter(
            x=[float(np.clip(point.value, *reach))],
            y=[y],
            mode="markers",
            cliponaxis=False,
            marker={
                "size": 13 if beyond == "circle" else 18,
                "symbol": beyond,
                "color": colour if point.finding else style.paper(dark),
                "line": {"width": 2.5, "color": colour},
            },
            customdata=[[style.plain(label, 120), style.plain(name, 80), style.plain(point.note, 120)]],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}: %{customdata[2]}<br>"
            f"95 % interval {point.low:.2f} to {point.high:.2f}, null {point.band[0]:.2f} to {point.band[1]:.2f}{cut}"
            "<extra></extra>",
        )
    )
    for value, end, arrow in ((point.low, 0, "◂"), (point.high, 1, "▸")):
        if beyond == "circle" and not reach[0] <= value <= reach[1]:
            figure.add_annotation(
                x=reach[end],
                y=y,
                text=arrow,
                showarrow=False,
                xshift=(-7, 7)[end],
                font={"size": 15, "color": colour},
            )


def _say_row(
    figure: go.Figure, label: str, points: Sequence[ForestPoint | None], y: float, colours: Sequence[str], dark: bool
) -> None:
    """The label at the left end above a row's bars, the notes at the right end, each in its set's colour."""
    shared: dict[str, Any] = {"xref": "paper", "y": y + 0.24, "yanchor": "middle", "showarrow": False}
    figure.add_annotation(
        x=0, xanchor="left", text=style.plain(label, 60), font={"size": 14, "color": style.ink(dark)}, **shared
    )
    notes = [
        f'<span style="color:{style.ink(dark) if len(points) == 1 else colour}">{style.plain(point.note, 60)}</span>'
        for point, colour in zip(points, colours, strict=True)
        if point is not None
    ]
    figure.add_annotation(x=1, xanchor="right", align="right", text=" · ".join(notes), font={"size": 13}, **shared)


def _name_series(figure: go.Figure, series: Sequence[ForestSeries], colours: Sequence[str]) -> None:
    """The sets' names in their colours, above the rows."""
    text = "   ".join(
        f'<span style="color:{colour}">● {style.plain(one.name, 34)}</span>'
        for one, colour in zip(series, colours, strict=True)
    )
    figure.add_annotation(
        x=1, y=1, xref="paper", yref="paper", yanchor="bottom", xanchor="right", text=text, showarrow=False
    )


def mark_findings(figure: go.Figure, finding: Sequence[bool], band: tuple[float, float], dark: bool) -> go.Figure:
    """Words on an axis (`core.figures.words.along_an_axis`) with their verdicts: the others than findings hollow, and
    the band of random words behind them. `finding` is in the order in which the dots are drawn."""
    dots = figure.data[-1]
    colours = list(dots.marker.color)
    dots.marker.line = {"width": 2.5, "color": colours}
    dots.marker.color = [colour if one else style.paper(dark) for colour, one in zip(colours, finding, strict=True)]
    if all(map(math.isfinite, band)):
        figure.add_vrect(x0=band[0], x1=band[1], layer="below", line={"width": 0}, fillcolor="rgba(138,143,152,.16)")
    return figure
