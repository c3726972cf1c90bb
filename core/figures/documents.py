"""Figures of documents: the map in two and three dimensions, coloured by group or field, a query's hits lit."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

MOST_HOVER_TEXTS = 20_000
LABEL_WIDTH = 9.0  # pixels a letter, for keeping labels apart
LABEL_HEIGHT = 24.0
MOST_LABELS = 24  # on a picture, which nobody can come nearer to: of more groups, the largest


@dataclass(frozen=True)
class Legend:
    """What the two ends of a scale of colours mean."""

    title: str
    low: str
    high: str


@dataclass(frozen=True)
class Colouring:
    """What gives each point its colour: `groups` (N,) with `names` (-1: none), or `amounts` (N,) with their `legend`
    (NaN: none). `limits` are the amounts at the two ends of the scale, where those are not the least and the most.
    `of_clusters`: the groups are the clusters that were found, not those of a field."""

    title: str
    groups: np.ndarray | None = None
    names: tuple[str, ...] = ()
    amounts: np.ndarray | None = None
    legend: Legend | None = None
    limits: tuple[float, float] | None = None
    of_clusters: bool = False

    def colours(self) -> tuple[str, ...]:
        """One colour for each name."""
        return style.categories(len(self.names))

    def ends(self) -> tuple[float, float]:
        """The amounts at the two ends of the scale."""
        assert self.amounts is not None
        if self.limits:
            return self.limits
        known = self.amounts[np.isfinite(self.amounts)]
        return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)

    def colour_of(self, row: int) -> str:
        """The colour of one point."""
        if self.groups is not None:
            return self.colours()[int(self.groups[row])] if self.groups[row] >= 0 else style.GREY
        from plotly.colors import sample_colorscale

        assert self.amounts is not None
        low, high = self.ends()
        share = (float(self.amounts[row]) - low) / ((high - low) or 1.0)
        return sample_colorscale(style.AMOUNTS, min(max(share, 0.0), 1.0))[0] if np.isfinite(share) else style.GREY


def wrapped(text: str, width: int = 64, longest: int = 360) -> str:
    """A text for the hover box: escaped, cut, in lines."""
    shown = text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
    return "<br>".join(style.plain(line, width + 20) for line in textwrap.wrap(shown, width)) or "(no text)"


def map_figure(
    points: np.ndarray,
    texts: Sequence[str],
    colouring: Colouring,
    title: str,
    dark: bool = False,
    hits: Sequence[int] = (),
    height: int = 560,
    selected: np.ndarray | None = None,
) -> go.Figure:
    """The map of `points` (N, 2 or 3). `hits` are lit and numbered by rank, the `selected` rows keep their colour, and
    the others stand back as a grey ground."""
    figure = style.figure(title, dark, height)
    hover = [wrapped(text) for text in texts] if len(texts) <= MOST_HOVER_TEXTS else None
    size = point_size(len(points), points.shape[1])
    chosen = np.zeros(len(points), dtype=bool)
    chosen[selected if selected is not None else []] = True
    picked = bool(chosen.any())
    for rows, name, marker in _marks(colouring, len(points)):
        for part, lit in ((rows[~chosen[rows]], False), (rows[chosen[rows]], True)):
            if not len(part):
                continue
            look = {
                **marker,
                "size": size * (1.25 if lit else 1),
                "line": {"width": 0.6, "color": style.paper(dark)},
                "opacity": 0.95 if lit else 0.16 if picked else 0.28 if len(hits) else 0.88,
            }
            if picked and not lit:
                look = {**{key: look[key] for key in ("size", "line", "opacity")}, "color": style.GREY}
            figure.add_trace(_scatter(points, part, hover, name, look))
    if colouring.groups is not None:
        _label_groups(figure, points, colouring, dark, faint=bool(len(hits)))
    if len(hits):
        _light(figure, points, list(hits), hover, size, dark)
    figure.update_layout(
        showlegend=False, hovermode="closest", uirevision="kept", dragmode="orbit" if points.shape[1] == 3 else "pan"
    )
    bare: dict[str, Any] = {
        "showgrid": False,
        "zeroline": False,
        "showticklabels": False,
        "title": {"text": ""},
        "showline": False,
    }
    if points.shape[1] == 2:
        figure.update_xaxes(**bare)
        figure.update_yaxes(**bare)
    else:
        axis = {**bare, "showspikes": False, "showgrid": True, "gridcolor": style.faint(dark), "nticks": 5}
        figure.update_layout(
            scene={
                "xaxis": axis,
                "yaxis": axis,
                "zaxis": axis,
                "aspectmode": "data",
                "camera": {"eye": {"x": 1.25, "y": 1.25, "z": 0.75}},
            },
            margin={"l": 0, "r": 0, "t": 44, "b": 0},
        )
    return figure


def point_size(count: int, dimensions: int) -> float:
    """Pixels across a point: 11 for a hundred, 2 for a hundred thousand; a little less in three dimensions."""
    size = float(np.clip(22 / max(count, 1) ** 0.16, 2.0, 11.0))
    return size if dimensions == 2 else size * 0.6


def _marks(colouring: Colouring, count: int) -> list[tuple[np.ndarray, str, dict[str, Any]]]:
    """(which points, their name, how they are drawn) for each trace."""
    if colouring.groups is None:
        low, high = colouring.ends()
        bar: dict[str, Any] = {
            "title": {"text": style.plain(colouring.title)},
            "thickness": 14,
            "outlinewidth": 0,
            "len": 0.7,
        }
        if colouring.legend:
            bar.update(tickvals=[low, high], ticktext=[colouring.legend.low, colouring.legend.high])
        return [
            (
                np.arange(count),
                "",
                {
                    "color": colouring.amounts,
                    "colorscale": style.AMOUNTS,
                    "showscale": True,
                    "cmin": low,
                    "cmax": high,
                    "colorbar": bar,
                },
            )
        ]
    colours = colouring.colours()
    none = [(np.flatnonzero(colouring.groups < 0), "no group", {"color": style.GREY})]
    return none + [
        (np.flatnonzero(colouring.groups == group), style.plain(name, 60), {"color": colours[group]})
        for group, name in enumerate(colouring.names)
    ]


def _scatter(
    points: np.ndarray, rows: np.ndarray, hover: list[str] | None, name: str, marker: dict[str, Any]
) -> go.Scatter | go.Scattergl | go.Scatter3d:
    if "color" in marker and isinstance(marker["color"], np.ndarray):
        marker = {**marker, "color": marker["color"][rows]}
    axes = dict(zip("xyz", points[rows].T, strict=False))
    kind = go.Scatter3d if points.shape[1] == 3 else go.Scattergl if len(points) > 3000 else go.Scatter
    shown: dict[str, Any] = {"hoverinfo": "skip"}
    if hover is not None:
        shown = {"hovertext": [hover[row] for row in rows], "hovertemplate": "%{hovertext}<extra>" + name + "</extra>"}
    return kind(mode="markers", marker=marker, name=name, customdata=rows, **axes, **shown)


def _light(
    figure: go.Figure, points: np.ndarray, hits: list[int], hover: list[str] | None, size: float, dark: bool
) -> None:
    """The hits of a query: in the query's colour, numbered by rank."""
    colour = style.MEANING["query"]
    rows = np.array(hits)
    trace = _scatter(
        points,
        rows,
        hover,
        "hit",
        {"color": colour, "size": size * 1.7, "opacity": 1.0, "line": {"width": 1.5, "color": style.ink(dark)}},
    )
    trace.update(
        mode="markers+text",
        text=[f"<b>{rank}</b>" for rank in range(1, len(hits) + 1)],
        textposition="top center",
        textfont={"size": 16, "color": style.ink(dark)},
    )
    figure.add_trace(trace)


def label_places(
    centres: np.ndarray, names: Sequence[str], span: np.ndarray, width: float = 760, height: float = 480
) -> np.ndarray:
    """Where labels go, (G, 2): at their group's centre, moved up or down until no two cover each other.

    `span` (2,) is the extent of the map in its own units, drawn on `width` x `height` pixels.
    """
    scale = float(np.max(span / np.array([width, height]))) or 1.0
    placed: list[tuple[float, float, float]] = []  # x, y, half width, in pixels
    found = np.array(centres, dtype=float)
    for group, name in enumerate(names):
        x, y = found[group] / scale
        half = len(name) * LABEL_WIDTH / 2
        for step in range(40):
            moved = y + (step + 1) // 2 * LABEL_HEIGHT * (1 if step % 2 else -1)
            if all(
                abs(x - other_x) > half + other_half or abs(moved - other_y) >= LABEL_HEIGHT
                for other_x, other_y, other_half in placed
            ):
                break
        placed.append((x, moved, half))
        found[group] = x * scale, moved * scale
    return found


def _label_groups(figure: go.Figure, points: np.ndarray, colouring: Colouring, dark: bool, faint: bool) -> None:
    assert colouring.groups is not None
    present = [group for group in range(len(colouring.names)) if (colouring.groups == group).any()]
    present = present[:MOST_LABELS]
    names = [short(colouring.names[group], 34) for group in present]
    centres = np.array([np.median(points[colouring.groups == group], axis=0) for group in present])
    if points.shape[1] == 3:
        names = [name.split(" · ")[0] for name in names]  # turned, labels cannot give way: the shorter, the fewer meet
        figure.add_trace(
            go.Scatter3d(
                x=centres[:, 0],
                y=centres[:, 1],
                z=centres[:, 2],
                mode="text",
                hoverinfo="skip",
                text=[f"<b>{style.plain(name)}</b>" for name in names],
                textfont={"size": 15, "color": style.ink(dark)},
                opacity=0.55 if faint else 1.0,
            )
        )
        return
    for (x, y), name in zip(label_places(centres, names, np.ptp(points, axis=0)), names, strict=True):
        figure.add_annotation(
            x=x,
            y=y,
            text=f"<b>{style.plain(name)}</b>",
            showarrow=False,
            borderpad=2,
            bgcolor=style.paper(dark),
            opacity=0.5 if faint else 0.86,
            font={"size": 15, "color": style.ink(dark)},
        )


def short(text: str, longest: int) -> str:
    """A label cut to `longest` letters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def small_multiples(
    maps: Sequence[tuple[str, np.ndarray]],
    columns: int,
    colouring: Colouring,
    texts: Sequence[str],
    title: str,
    dark: bool = False,
    height: int = 560,
) -> go.Figure:
    """Maps of the same documents, each (name, points (M, 2)), in rows of `columns`, all in the same colours."""
    from plotly.subplots import make_subplots

    rows = -(-len(maps) // columns)
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=[style.plain(name) for name, _ in maps],
        horizontal_spacing=0.03,
        vertical_spacing=0.09,
    )
    colours = [colouring.colour_of(row) for row in range(len(texts))]
    hover = [wrapped(text, longest=200) for text in texts]
    size = max(2.0, point_size(len(texts), 2) * 0.6)
    for place, (_, points) in enumerate(maps):
        figure.add_trace(
            go.Scattergl(
                x=points[:, 0],
                y=points[:, 1],
                mode="markers",
                hovertext=hover,
                hovertemplate="%{hovertext}<extra></extra>",
                marker={"color": colours, "size": size, "opacity": 0.85},
            ),
            place // columns + 1,
            place % columns + 1,
        )
    bare = {
        "showgrid": False,
        "zeroline": False,
        "showticklabels": False,
        "showline": True,
        "mirror": True,
        "linecolor": style.faint(dark),
    }
    figure.update_xaxes(**bare)
    figure.update_yaxes(**bare)
    figure.update_layout(
        template=style.template(dark),
        height=height,
        showlegend=False,
        title={"text": style.plain(title)},
        margin={"l": 4, "r": 4, "t": 84, "b": 4},
    )
    figure.update_annotations(font={"size": 15})
    return figure
