"""Figures of the words page: results of core.words in, plotly figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.words.analogy import Candidate
from core.words.occupations import Comparison
from core.words.pairs import PairScore
from core.words.plane import Parallelogram
from core.words.vectors import Neighbour

_Box = tuple[float, float, float, float]
INPUT, ANSWER, QUERY, OTHER = (style.MEANING[name] for name in ("input", "answer", "query", "other"))


def _bare(figure: go.Figure) -> go.Figure:
    """Without axes: a picture whose coordinates have no meaning."""
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_layout(showlegend=False)
    return figure


def _say(figure: go.Figure, said: Sequence[dict[str, Any]]) -> None:
    """Add labels all at once: one by one, plotly copies all existing ones for each."""
    figure.layout.annotations = [*figure.layout.annotations, *said]


def short(word: str, longest: int = 18) -> str:
    """A word as a label: cut if too long, safe for plotly."""
    return style.plain(word, longest)


def neighbourhood(
    query: str, neighbours: Sequence[Neighbour], bearings: np.ndarray, title: str, dark: bool = False, height: int = 450
) -> go.Figure:
    """The query in the centre; each neighbour at its true angle from it, similar ones next to each other.

    `bearings` (N,) are directions in radians, from `core.words.neighbourhood.bearings`.
    """
    figure = _bare(style.figure(title, dark, height))
    said: list[dict[str, Any]] = []
    reach = np.array([neighbour.angle for neighbour in neighbours]) if neighbours else np.array([90.0])
    far = float(reach.max()) * 1.04
    near = max(0.0, float(reach.min()) * 0.94)
    rings = _round_steps(near, far)

    # The innermost part is always empty (few words are within 40 degrees), so it is drawn narrower than it is.
    def radius(angle: np.ndarray | float) -> np.ndarray:
        return 0.42 + 0.58 * (np.asarray(angle, float) - near) / max(far - near, 1e-6)

    turn = np.linspace(0, 2 * np.pi, 181)
    for ring in rings:
        size = float(radius(ring))
        figure.add_trace(
            go.Scatter(
                x=size * np.cos(turn),
                y=size * np.sin(turn),
                mode="lines",
                hoverinfo="skip",
                line={"color": style.faint(dark), "width": 1.2},
            )
        )
        said.append(
            dict(
                x=0,
                y=-size,
                text=f"{ring:.0f}°",
                showarrow=False,
                font={"size": 14, "color": OTHER},
                bgcolor=style.paper(dark),
                borderpad=1,
            )
        )
    x, y = radius(reach) * np.cos(bearings), radius(reach) * np.sin(bearings)
    lines_x = np.ravel(np.column_stack([np.zeros_like(x), x, np.full_like(x, np.nan)]))
    lines_y = np.ravel(np.column_stack([np.zeros_like(y), y, np.full_like(y, np.nan)]))
    figure.add_trace(
        go.Scatter(
            x=lines_x, y=lines_y, mode="lines", hoverinfo="skip", line={"color": style.faint(dark), "width": 1.5}
        )
    )
    figure.add_trace(
        go.Scatter(
            x=x,
            y=y,
            mode="markers",
            marker={"size": 11, "color": ANSWER if not dark else style.SKY},
            customdata=[[style.plain(n.word, 60), n.similarity, n.angle] for n in neighbours],
            hovertemplate="%{customdata[0]}<br>cosine %{customdata[1]:.3f}, angle %{customdata[2]:.1f}°<extra></extra>",
        )
    )
    for neighbour, px, py in zip(neighbours, x, y, strict=True):
        said.append(
            dict(
                x=px,
                y=py,
                text=short(neighbour.word),
                showarrow=False,
                font={"size": 17},
                xanchor="left" if px > 0.12 else "right" if px < -0.12 else "center",
                xshift=9 if px > 0.12 else -9 if px < -0.12 else 0,
                yshift=0 if abs(px) > 0.12 else 15 if py > 0 else -15,
            )
        )
    said.append(
        dict(
            x=0,
            y=0,
            text=f"<b>{short(query, 26)}</b>",
            showarrow=False,
            font={"size": 21, "color": QUERY},
            bgcolor=style.paper(dark),
            borderpad=5,
        )
    )
    # Circles stay circles; by the domain, since a range that was widened once stays wide when the figure grows.
    figure.update_xaxes(range=[-1.5, 1.5], constrain="domain")
    figure.update_yaxes(range=[-1.16, 1.16], constrain="domain", scaleanchor="x")
    figure.update_layout(margin={"l": 0, "r": 0, "t": 40, "b": 0})
    _say(figure, said)
    return figure


def _round_steps(low: float, high: float) -> list[float]:
    step = next((step for step in (1, 2, 5, 10, 20, 45) if (high - low) / step <= 4), 90)
    return [float(value) for value in np.arange(np.ceil(low / step) * step, high + 1e-9, step)]


def analogy_plane(
    names: tuple[str, str, str],
    shape: Parallelogram,
    candidates: Sequence[Candidate],
    answer: str,
    title: str,
    dark: bool = False,
    height: int = 430,
) -> go.Figure:
    """The parallelogram in its own plane: a to b, the same difference from c to the sum, and the words around.

    A dot is larger the nearer its word is to the plane; candidates that are query words are not drawn twice.
    """
    figure = _bare(style.figure(title, dark, height))
    said: list[dict[str, Any]] = []
    ink = style.ink(dark)
    a, b, c, total = shape.corners
    figure.add_trace(
        go.Scatter(
            x=[a[0], c[0], np.nan, b[0], total[0]],
            y=[a[1], c[1], np.nan, b[1], total[1]],
            mode="lines",
            hoverinfo="skip",
            line={"color": OTHER, "width": 1.5, "dash": "dot"},
        )
    )
    for start, end in ((a, b), (c, total)):
        said.append(
            dict(
                x=end[0],
                y=end[1],
                ax=start[0],
                ay=start[1],
                xref="x",
                yref="y",
                axref="x",
                ayref="y",
                showarrow=True,
                arrowhead=2,
                arrowsize=1.1,
                arrowwidth=2.6,
                arrowcolor=ink,
                text="",
                standoff=8,
                startstandoff=8,
            )
        )
    _say(figure, said)
    marks = {candidate.word: candidate for candidate in candidates}
    drawn = [i for i, word in enumerate(shape.words) if word not in names]
    spread = float(np.abs(shape.corners).max()) or 1.0
    labels: list[tuple[float, float, str, str, int]] = []
    if drawn:
        sizes = [9 + 9 / (1 + 3 * shape.heights[i] / spread) for i in drawn]
        colours = [(style.SKY if dark else ANSWER) if shape.words[i] == answer else OTHER for i in drawn]
        figure.add_trace(
            go.Scatter(
                x=shape.others[drawn, 0],
                y=shape.others[drawn, 1],
                mode="markers",
                marker={"size": sizes, "color": colours, "line": {"width": 1, "color": style.paper(dark)}},
                customdata=[
                    [style.plain(shape.words[i], 60), marks[shape.words[i]].score, shape.heights[i]] for i in drawn
                ],
                hovertemplate="%{customdata[0]}<br>score %{customdata[1]:.3f}<br>%{customdata[2]:.2f} from the plane"
                "<extra></extra>",
            )
        )
        labels += [
            (*shape.others[i], shape.words[i], "answer" if shape.words[i] == answer else "other", 16) for i in drawn
        ]
    figure.add_trace(
        go.Scatter(
            x=[a[0], b[0], c[0]],
            y=[a[1], b[1], c[1]],
            mode="markers",
            hoverinfo="skip",
            marker={"size": 15, "color": INPUT, "line": {"width": 1.5, "color": ink}},
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[total[0]],
            y=[total[1]],
            mode="markers",
            hoverinfo="skip",
            marker={"size": 17, "symbol": "x-thin", "line": {"width": 3.5, "color": QUERY}},
        )
    )
    _label_corners(figure, names, shape.corners, labels, answer, dark)
    return _with_room(figure, np.vstack([shape.corners, shape.others[drawn]]) if drawn else shape.corners)


def _label_corners(
    figure: go.Figure,
    names: tuple[str, str, str],
    corners: np.ndarray,
    labels: list[tuple[float, float, str, str, int]],
    answer: str,
    dark: bool,
) -> None:
    """Words next to their points, moved up or down where two would overlap."""
    said: list[dict[str, Any]] = []
    every = [(*corners[i], names[i], "input", 20) for i in range(3)]
    every.append((*corners[3], "the sum", "sum", 16))
    every += labels
    points = np.array([[item[0], item[1]] for item in every])
    span = np.ptp(points, axis=0)
    scale = np.array([820 / max(span[0], 1e-6) * 0.62, 400 / max(span[1], 1e-6) * 0.62])
    lines = [*_along(corners[0] * scale, corners[1] * scale), *_along(corners[2] * scale, corners[3] * scale)]
    lines += [(x - 6, y - 6, x + 6, y + 6) for x, y in points * scale]  # the dots themselves
    taken: list[_Box] = []
    for x, y, word, kind, size in every:
        text = short(word, 22)
        width, height = 0.6 * size * len(word[:22]) + 8, size * 1.25
        px, py = x * scale[0], y * scale[1]
        for shift_x, shift_y, anchor in (
            (0, 19, "center"),
            (0, -19, "center"),
            (13, 0, "left"),
            (-13, 0, "right"),
            (13, 17, "left"),
            (13, -17, "left"),
            (0, 36, "center"),
            (0, -36, "center"),
        ):
            left = px + shift_x - (width / 2 if anchor == "center" else 0 if anchor == "left" else width)
            box = (left, py + shift_y - height / 2, left + width, py + shift_y + height / 2)
            if not any(
                box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
                for other in [*taken, *lines]
            ):
                break
        else:
            if kind == "other":
                continue
        taken.append(box)
        colour = {"input": style.ink(dark), "sum": QUERY, "answer": style.SKY if dark else ANSWER}.get(kind, OTHER)
        said.append(
            dict(
                x=x,
                y=y,
                text=f"<b>{text}</b>" if kind != "other" else text,
                showarrow=False,
                xanchor=anchor,
                xshift=shift_x,
                yshift=shift_y,
                font={"size": size, "color": colour},
            )
        )
    _say(figure, said)


def _with_room(figure: go.Figure, points: np.ndarray) -> go.Figure:
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum((high - low) * 0.16, 1e-3)
    figure.update_xaxes(range=[float(low[0] - room[0]), float(high[0] + room[0])])
    figure.update_yaxes(range=[float(low[1] - room[1]), float(high[1] + room[1])])
    return figure


def shares_and_projections(
    comparison: Comparison, low: str, high: str, title: str, dark: bool = False, height: int = 500
) -> go.Figure:
    """Occupations: the real share of women (x), the projection between two words (y), and the least-squares line."""
    figure = style.figure(title, dark, height)
    x, y = comparison.shares, comparison.projections
    figure.add_hline(y=0, line={"color": OTHER, "width": 1, "dash": "dot"})
    ends = np.array([0.0, 100.0])
    figure.add_trace(
        go.Scatter(
            x=ends,
            y=comparison.slope * ends + comparison.intercept,
            mode="lines",
            hoverinfo="skip",
            line={"color": INPUT, "width": 3},
        )
    )
    figure.add_trace(
        go.Scatter(
            x=x,
            y=y,
            mode="markers",
            marker={
                "size": 10,
                "color": style.SKY if dark else ANSWER,
                "line": {"width": 1, "color": style.paper(dark)},
            },
            customdata=[style.plain(word, 60) for word in comparison.words],
            hovertemplate="%{customdata}<br>%{x:.0f} % women<br>cosine with the axis %{y:+.3f}<extra></extra>",
        )
    )
    first = list(np.argsort(-np.abs(comparison.residuals))) + list(np.argsort(-np.abs(y)))
    _label_points(figure, x, y, comparison.words, first, dark, height, line=(comparison.slope, comparison.intercept))
    room = float(np.ptp(y)) * 0.12 or 0.1
    figure.update_xaxes(title="women among those who work in it, %", range=[-4, 107])
    figure.update_yaxes(
        title=f"closer to “{short(low)}”   ←   0   →   closer to “{short(high)}”",
        range=[float(y.min()) - room, float(y.max()) + room],
        zeroline=False,
    )
    figure.update_layout(showlegend=False)
    return figure


def _label_points(
    figure: go.Figure,
    x: np.ndarray,
    y: np.ndarray,
    words: Sequence[str],
    order: Sequence[int],
    dark: bool,
    height: int,
    size: int = 15,
    reach: tuple[float, float] = (-4, 107),
    line: tuple[float, float] | None = None,
) -> None:
    """As many labels as have room, the first in `order` first; none covers another, a point's centre or `line`
    (slope, intercept)."""
    said: list[dict[str, Any]] = []
    narrow = 450 / (reach[1] - reach[0])  # on a phone
    across, up = 740 / (reach[1] - reach[0]), (height - 130) / (float(np.ptp(y)) * 1.24 or 1)
    px, py = x * across, y * up
    taken = [(px[i] - 5, py[i] - 5, px[i] + 5, py[i] + 5) for i in range(len(x))]
    if line:
        first, last = ((end * across, (line[0] * end + line[1]) * up) for end in reach)
        taken += _along(first, last, around=2, steps=90)
    done: set[int] = set()
    for i in order:
        if i in done:
            continue
        done.add(int(i))
        width = 0.52 * size * len(words[i][:18]) + 4
        beside = [("left", 9, 0), ("right", -9, 0)]
        if x[i] > (reach[0] + reach[1]) / 2:
            beside.reverse()  # towards the middle: in a window that is narrower than thought, nothing is cut off
        for anchor, dx, dy in (*beside, ("center", 0, 15), ("center", 0, -15)):
            left = px[i] + dx - (0 if anchor == "left" else width if anchor == "right" else width / 2)
            box = (left, py[i] + dy - 9, left + width, py[i] + dy + 9)
            if left < reach[0] * across or left + width > reach[1] * across:
                continue
            if abs(dx) and (reach[1] - x[i] if dx > 0 else x[i] - reach[0]) * narrow < width + 9:
                continue
            if not any(
                box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
                for k, other in enumerate(taken)
                if k != i
            ):
                taken.append(box)
                said.append(
                    dict(
                        x=x[i],
                        y=y[i],
                        text=short(words[i]),
                        showarrow=False,
                        xanchor=anchor,
                        xshift=dx,
                        yshift=dy,
                        font={"size": size, "color": style.ink(dark)},
                    )
                )
                break
    _say(figure, said)


def pair_among_random(
    scores: Sequence[PairScore], background: np.ndarray, title: str, dark: bool = False, height: int = 360
) -> go.Figure:
    """The similarity of random pairs of words, and of these pairs among them."""
    figure = style.figure(title, dark, height)
    said: list[dict[str, Any]] = []
    low = float(min(background[0], min(s.similarity for s in scores)))
    counts, edges = np.histogram(background, bins=120, range=(low, 1.0))
    middle = (edges[:-1] + edges[1:]) / 2 * 100
    figure.add_trace(
        go.Scatter(
            x=middle,
            y=counts / counts.max(),
            mode="lines",
            fill="tozeroy",
            line={"color": OTHER, "width": 1.5},
            fillcolor="rgba(138,143,152,.28)",
            hoverinfo="skip",
        )
    )
    ordered = sorted(scores, key=lambda s: s.similarity)
    for place, score in enumerate(ordered):
        # The more similar, the lower: no label, to the right of its line, meets the line of another.
        x, y = score.similarity * 100, 0.2 + 0.7 * (len(ordered) - 1 - place) / max(len(ordered) - 1, 1)
        strong = score is scores[0]
        colour = QUERY if strong else style.SKY if dark else ANSWER
        figure.add_trace(
            go.Scatter(
                x=[x, x],
                y=[0, y],
                mode="lines+markers",
                hoverinfo="skip",
                marker={"size": [0, 10], "color": colour},
                line={"color": colour, "width": 3 if strong else 1.5},
            )
        )
        name = f"<b>{short(score.b)}</b>" if strong else short(score.b)
        said.append(
            dict(
                x=x,
                y=y,
                text=f"{name} {x:.1f}",
                showarrow=False,
                xanchor="left",
                xshift=9,
                font={"size": 18 if strong else 16, "color": colour},
            )
        )
    said.append(
        dict(
            x=float(np.median(background)) * 100,
            y=1.0,
            text=f"{len(background):,} random pairs",
            showarrow=False,
            yshift=14,
            font={"size": 15, "color": OTHER},
        )
    )
    figure.update_xaxes(title="similarity: 100 × cosine", range=[low * 100 - 3, 108])
    figure.update_yaxes(visible=False, range=[0, 1.16])
    figure.update_layout(showlegend=False)
    _say(figure, said)
    return figure


def forest(
    labels: Sequence[str],
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    bands: Sequence[tuple[float, float]],
    notes: Sequence[str],
    title: str,
    x_title: str,
    dark: bool = False,
    height: int = 440,
    strong: Sequence[bool] = (),
    reach: tuple[float, float] | None = None,
) -> go.Figure:
    """One row for each number: its point, its interval as a line, and the band of its null distribution.

    `bands` are (low, high) by row; `notes` are at the right end of the rows; `strong` rows are drawn in full colour.
    """
    figure = style.figure(title, dark, height)
    said: list[dict[str, Any]] = []
    blue = style.SKY if dark else ANSWER
    places = list(range(len(labels), 0, -1))
    for place, band in zip(places, bands, strict=True):
        figure.add_shape(
            type="rect",
            x0=band[0],
            x1=band[1],
            y0=place - 0.36,
            y1=place + 0.36,
            layer="below",
            line={"width": 0},
            fillcolor="rgba(138,143,152,.26)",
        )
    for i, place in enumerate(places):
        colour = blue if not strong or strong[i] else OTHER
        figure.add_trace(
            go.Scatter(
                x=[lows[i], highs[i]],
                y=[place, place],
                mode="lines",
                hoverinfo="skip",
                line={"color": colour, "width": 4},
            )
        )
        figure.add_trace(
            go.Scatter(
                x=[values[i]],
                y=[place],
                mode="markers",
                marker={"size": 14, "color": colour, "line": {"width": 1.5, "color": style.paper(dark)}},
                customdata=[[style.plain(labels[i], 120)]],
                hovertemplate=f"%{{customdata[0]}}<br>%{{x:.2f}}, 95 % interval {lows[i]:.2f} to {highs[i]:.2f}"
                "<extra></extra>",
            )
        )
    figure.add_vline(x=0, line={"color": OTHER, "width": 1.2, "dash": "dot"})
    low, high = reach or (min([*lows, *(band[0] for band in bands)]), max([*highs, *(band[1] for band in bands)]))
    room = (high - low) * 0.04
    for place, note in zip(places, notes, strict=True):
        said.append(
            dict(
                xref="paper",  # in the margin, whose pixels are as many at any width of the window
                x=1.01,
                y=place,
                text=style.plain(note, 60),
                showarrow=False,
                xanchor="left",
                font={"size": 15, "color": style.ink(dark)},
            )
        )
    longest = max((len(note) for note in notes), default=0)
    figure.update_xaxes(
        title=x_title,
        range=[low - room, high + room],
        zeroline=False,
        tickvals=list(range(int(np.ceil(low)), int(np.floor(high)) + 1)),
        tickangle=0,
    )
    figure.update_yaxes(
        tickvals=places,
        ticktext=[style.plain(label, 60) for label in labels],
        showgrid=False,
        range=[0.4, len(labels) + 0.6],
        zeroline=False,
    )
    figure.update_layout(showlegend=False, margin={"r": 24 + 7.4 * min(longest, 60)})
    _say(figure, said)
    return figure


def _levels(x: np.ndarray, labels: Sequence[str], span: float, count: int = 7, width: float = 760) -> np.ndarray:
    """The level of each word, of `count` (N,), so that its label, to its right, has room.

    `span` is half of what the axis shows, `width` the pixels that the narrowest usual window gives it.
    """
    levels = np.zeros(len(x), int)
    ends = np.full(count, -np.inf)  # where the last label of each level ends
    for i in np.argsort(x, kind="stable"):
        free = np.flatnonzero(ends <= x[i])
        levels[i] = free[np.argmax(ends[free])] if len(free) else np.argmin(ends)  # the tightest that fits
        ends[levels[i]] = x[i] + (24 + 8 * len(labels[i])) * 2 * span / width
    return levels


def associations(
    words: Sequence[str],
    values: Sequence[float],
    groups: Sequence[str],
    names: tuple[str, str],
    ends: tuple[str, str],
    title: str,
    dark: bool = False,
    height: int = 430,
) -> go.Figure:
    """The association of every target word, in two groups: X above, Y below, those with the lower end to the left."""
    figure = style.figure(title, dark, height)
    said: list[dict[str, Any]] = []
    colours = {names[0]: style.SKY if dark else ANSWER, names[1]: style.ORANGE}
    span = max(abs(float(np.min(values))), abs(float(np.max(values)))) * 1.25 or 0.1
    for row, name in enumerate(names):
        mine = sorted(i for i, group in enumerate(groups) if group == name)
        x = np.array([values[i] for i in mine])
        y = (1 - row) * 2.4 + 0.28 * _levels(x, [short(words[i], 16) for i in mine], span)
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="markers+text",
                marker={"size": 10, "color": colours[name]},
                textposition="middle right",
                text=[short(words[i], 16) for i in mine],
                textfont={"size": 14, "color": style.ink(dark)},
                hovertemplate="%{text} %{x:+.3f}<extra></extra>",
            )
        )
        figure.add_trace(
            go.Scatter(
                x=[x.mean(), x.mean()],
                y=[(1 - row) * 2.4 - 0.2, (1 - row) * 2.4 + 1.9],
                mode="lines",
                line={"color": colours[name], "width": 3},
                hoverinfo="skip",
            )
        )
        said.append(
            dict(
                xref="paper",
                x=0,
                y=(1 - row) * 2.4 + 2.0,
                text=f"<b>{style.plain(name)}</b>",
                showarrow=False,
                xanchor="left",
                font={"size": 16, "color": colours[name]},
            )
        )
    figure.add_vline(x=0, line={"color": OTHER, "width": 1.2, "dash": "dot"})
    figure.update_xaxes(
        title=f"closer to {style.plain(ends[1])}   ←   0   →   closer to {style.plain(ends[0])}",
        range=[-span, span],
        zeroline=False,
    )
    figure.update_yaxes(visible=False, range=[-0.4, 4.8])
    figure.update_layout(showlegend=False)
    _say(figure, said)
    return figure


def along_an_axis(
    words: Sequence[str],
    places: np.ndarray,
    spans: np.ndarray,
    ends: tuple[str, str],
    title: str,
    drivers: Sequence[str] = (),
    dark: bool = False,
    height: int = 460,
) -> go.Figure:
    """Words on one axis, the high end's on top; a bar shows the range of a word when one pair is left out.

    `spans` (N, 2) are the lowest and highest projection without one pair; `drivers` the pair with the largest share.
    """
    figure = style.figure(title, dark, height)
    said: list[dict[str, Any]] = []
    order = np.argsort(places)
    blue = style.SKY if dark else ANSWER
    xs, ys = [], []
    for y, i in enumerate(order):
        xs += [spans[i, 0], spans[i, 1], None]
        ys += [y, y, None]
    figure.add_trace(
        go.Scatter(x=xs, y=ys, mode="lines", hoverinfo="skip", line={"color": "rgba(138,143,152,.55)", "width": 7})
    )
    colours = [blue if places[i] > 0 else style.ORANGE for i in order]
    figure.add_trace(
        go.Scatter(
            x=places[order],
            y=list(range(len(order))),
            mode="markers",
            marker={"size": 11, "color": colours},
            customdata=[[style.plain(words[i], 60), style.plain(drivers[i], 60) if drivers else ""] for i in order],
            hovertemplate="%{customdata[0]} %{x:+.3f}<br>largest share: %{customdata[1]}<extra></extra>",
        )
    )
    figure.add_vline(x=0, line={"color": OTHER, "width": 1.2, "dash": "dot"})
    for y, i in enumerate(order):
        right = places[i] >= 0
        edge = float(max(places[i], spans[i, 1]) if right else min(places[i], spans[i, 0]))
        said.append(
            dict(
                x=edge,
                y=y,
                text=short(words[i]),
                showarrow=False,
                xanchor="left" if right else "right",
                xshift=9 if right else -9,
                font={"size": 16 if len(words) <= 18 else 14, "color": style.ink(dark)},
            )
        )
    reach = float(max(np.abs(places).max(), np.abs(spans).max())) * 1.35 or 0.1
    figure.update_xaxes(
        title=f"closer to {short(ends[0], 40)}   ←   0   →   closer to {short(ends[1], 40)}",
        range=[-reach, reach],
        zeroline=False,
    )
    figure.update_yaxes(visible=False, range=[-0.8, len(order) - 0.2])
    figure.update_layout(showlegend=False)
    _say(figure, said)
    return figure


def on_two_axes(
    words: Sequence[str],
    x: np.ndarray,
    y: np.ndarray,
    x_ends: tuple[str, str],
    y_ends: tuple[str, str],
    title: str,
    dark: bool = False,
    height: int = 460,
) -> go.Figure:
    """Words on two axes; each axis names its ends."""
    figure = style.figure(title, dark, height)
    figure.add_hline(y=0, line={"color": OTHER, "width": 1, "dash": "dot"})
    figure.add_vline(x=0, line={"color": OTHER, "width": 1, "dash": "dot"})
    figure.add_trace(
        go.Scatter(
            x=x,
            y=y,
            mode="markers",
            text=[short(word) for word in words],
            marker={"size": 10, "color": style.SKY if dark else ANSWER},
            hovertemplate="%{text}<br>%{x:+.3f}, %{y:+.3f}<extra></extra>",
        )
    )
    room_x, room_y = float(np.ptp(x)) * 0.14 or 0.1, float(np.ptp(y)) * 0.14 or 0.1
    _label_points(
        figure,
        x,
        y,
        words,
        list(range(len(words))),
        dark,
        height,
        reach=(float(x.min()) - room_x, float(x.max()) + room_x),
    )
    figure.update_xaxes(
        title=f"{short(x_ends[0], 36)}   ←   →   {short(x_ends[1], 36)}",
        zeroline=False,
        range=[float(x.min()) - room_x, float(x.max()) + room_x],
    )
    figure.update_yaxes(
        title=f"{short(y_ends[0], 30)}   ←   →   {short(y_ends[1], 30)}",
        zeroline=False,
        range=[float(y.min()) - room_y, float(y.max()) + room_y],
    )
    figure.update_layout(showlegend=False)
    return figure


def two_kinds(
    points: np.ndarray,
    kinds: np.ndarray,
    names: Sequence[str],
    ends: tuple[str, str],
    title: str,
    x_title: str,
    dark: bool = False,
    height: int = 430,
    labelled: int = 7,
) -> go.Figure:
    """Words of two kinds in a plane (N, 2); the names of the strongest of each kind, as room allows."""
    figure = style.figure(title, dark, height)
    said: list[dict[str, Any]] = []
    room = np.maximum(np.ptp(points, axis=0) * 0.1, 0.05)
    low, high = points.min(axis=0) - room, points.max(axis=0) + room * np.array([1, 1.6])
    scale = np.array([760 / (high[0] - low[0]), (height - 110) / (high[1] - low[1])])
    taken: list[tuple[float, float, float, float]] = []
    order: list[int] = []
    for side, colour, end in ((True, style.SKY if dark else ANSWER, ends[1]), (False, style.ORANGE, ends[0])):
        rows = [int(i) for i in np.flatnonzero(kinds == side)]
        figure.add_trace(
            go.Scatter(
                x=points[rows, 0],
                y=points[rows, 1],
                mode="markers",
                marker={"size": 8, "color": colour, "opacity": 0.7},
                text=[style.plain(names[i], 60) for i in rows],
                hovertemplate="%{text}<extra></extra>",
            )
        )
        if len(rows):
            x, text = float(points[rows, 0].mean()), short(end, 24)
            # Side by side in the narrowest window, too: on a phone the plane is 450 pixels wide.
            box = _box((x * scale[0] * 450 / 760, float(points[:, 1].max()) * scale[1]), text, 17, 0, 16, "center")
            overlap = 0.0 if not taken else max(0.0, min(box[2], taken[0][2]) - max(box[0], taken[0][0]) + 12)
            shift = overlap if taken and box[0] + box[2] >= taken[0][0] + taken[0][2] else -overlap
            taken.append((box[0] + shift, box[1], box[2] + shift, box[3]))
            said.append(
                dict(
                    x=x,
                    y=float(points[:, 1].max()),
                    xshift=shift,
                    yshift=16,
                    showarrow=False,
                    text=f"<b>{text}</b>",
                    font={"size": 16, "color": colour},
                )
            )
        order += (rows[::-1] if side else rows)[: 3 * labelled]
    for number, i in enumerate(sorted(order, key=lambda i: order.index(i) % (3 * labelled))):
        if number >= 4 * labelled or len(taken) >= 2 + 2 * labelled:
            break
        place = _free_position(points[i] * scale, names[i][:18], 14, taken, beside=bool(np.ptp(points[:, 0]) < 0.02))
        if place:
            box, shift_x, shift_y, anchor = place
            taken.append(box)
            said.append(
                dict(
                    x=float(points[i, 0]),
                    y=float(points[i, 1]),
                    text=short(names[i]),
                    xanchor=anchor,
                    xshift=shift_x,
                    yshift=shift_y,
                    showarrow=False,
                    bgcolor=_veil(dark),
                    borderpad=1,
                    font={"size": 14, "color": style.ink(dark)},
                )
            )
    figure.update_xaxes(title=x_title, range=[float(low[0]), float(high[0])], zeroline=False)
    figure.update_yaxes(visible=False, range=[float(low[1]), float(high[1])])
    figure.update_layout(showlegend=False)
    _say(figure, said)
    return figure


def _veil(dark: bool) -> str:
    """The page's background, half clear: a label on it can be read over points, and they can be seen through it."""
    return "rgba(18,22,28,.6)" if dark else "rgba(252,251,248,.66)"


def _box(at: Sequence[float], text: str, size: int, shift_x: float, shift_y: float, anchor: str) -> _Box:
    """The approximate pixels of a label: left, bottom, right, top, from the same origin as `at`."""
    width, height = 0.54 * size * len(text) + 6, size * 1.25
    left = at[0] + shift_x - (0 if anchor == "left" else width if anchor == "right" else width / 2)
    return left, at[1] + shift_y - height / 2, left + width, at[1] + shift_y + height / 2


def _free_position(
    at: Sequence[float], text: str, size: int, taken: Sequence[_Box], beside: bool = False
) -> tuple[_Box, float, float, str] | None:
    """The first position around a point where its label overlaps no other: (box, shift right, shift up, anchor)."""
    places = (("center", 0, 14), ("center", 0, -14), ("left", 9, 0), ("right", -9, 0))
    for anchor, shift_x, shift_y in places[2:] if beside else places:
        box = _box(at, text, size, shift_x, shift_y, anchor)
        if not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
        ):
            return box, shift_x, shift_y, anchor
    return None


def _along(start: Sequence[float], end: Sequence[float], around: float = 3, steps: int = 40) -> list[_Box]:
    """Small boxes along a line, so that labels do not cover it."""
    ways = np.linspace(0.06, 0.94, steps)[:, None]
    points = np.asarray(start) * (1 - ways) + np.asarray(end) * ways
    return [(x - around, y - around, x + around, y + around) for x, y in points]


def sections(
    names: Sequence[str], shares: Mapping[str, Sequence[float]], title: str, dark: bool = False, height: int = 520
) -> go.Figure:
    """Accuracy by section (0..1), one column of dots for each set of vectors."""
    figure = style.figure(title, dark, height)
    places = list(range(len(names), 0, -1))
    colours = [style.SKY if dark else ANSWER, style.ORANGE, style.GREEN, style.PURPLE]
    for (label, values), colour in zip(shares.items(), colours, strict=False):
        percent = [100 * value for value in values]
        figure.add_trace(
            go.Scatter(
                x=percent,
                y=places,
                mode="markers",
                name=style.plain(label, 40),
                marker={"size": 12, "color": colour},
                hovertemplate="%{x:.1f} %<extra>" + style.plain(label, 40) + "</extra>",
            )
        )
    lows = [100 * min(values[i] for values in shares.values()) for i in range(len(names))]
    highs = [100 * max(values[i] for values in shares.values()) for i in range(len(names))]
    for place, low, high in zip(places, lows, highs, strict=True):
        figure.add_shape(
            type="line",
            x0=low,
            x1=high,
            y0=place,
            y1=place,
            layer="below",
            line={"color": "rgba(138,143,152,.45)", "width": 4},
        )
    figure.update_xaxes(title="accuracy, %", range=[-2, 102])
    figure.update_yaxes(
        tickvals=places,
        ticktext=[style.plain(name, 40) for name in names],
        showgrid=False,
        range=[0.3, len(names) + 0.7],
        zeroline=False,
        tickfont={"size": 14},
    )
    figure.update_layout(showlegend=len(shares) > 1, margin={"t": 84 if len(shares) > 1 else 48})
    return figure


def landing(
    rows: Sequence[str],
    parts: Sequence[Sequence[int]],
    kinds: Sequence[str],
    title: str,
    dark: bool = False,
    height: int = 520,
) -> go.Figure:
    """The nearest word to the sums, in per cent of each row's questions."""
    figure = style.figure(title, dark, height)
    colours = [style.SKY if dark else ANSWER, style.PURPLE, style.YELLOW, style.ORANGE, OTHER]
    for kind, (name, colour) in enumerate(zip(kinds, colours, strict=True)):
        values = [100 * part[kind] / max(1, sum(part)) for part in parts]
        figure.add_trace(
            go.Bar(
                y=list(range(len(rows), 0, -1)),
                x=values,
                orientation="h",
                name=name,
                marker={"color": colour, "line": {"width": 0}},
                hovertemplate=f"{name}: %{{x:.1f}} %<extra></extra>",
            )
        )
    figure.update_xaxes(title="of the questions, %", range=[0, 100])
    figure.update_yaxes(
        tickvals=list(range(len(rows), 0, -1)),
        ticktext=[style.plain(row, 40) for row in rows],
        showgrid=False,
        tickfont={"size": 14},
    )
    figure.update_layout(barmode="stack", bargap=0.25, margin={"t": 84})
    return figure


def answers(
    options: Sequence[str],
    values: Sequence[float] | None,
    guess: str,
    title: str,
    unit: str,
    dark: bool = False,
    height: int = 380,
) -> go.Figure:
    """The options of a question as bars: at first equal and with question marks, then at their true length."""
    figure = style.figure(title, dark, height)
    said: list[dict[str, Any]] = []
    places = list(range(len(options), 0, -1))
    best = int(np.argmax(values)) if values is not None else -1
    blue = style.SKY if dark else ANSWER
    shown = list(values) if values is not None else [0.5] * len(options)
    colours = [blue if i == best else "rgba(138,143,152,.45)" for i in range(len(options))]
    figure.add_trace(
        go.Bar(
            x=shown,
            y=places,
            orientation="h",
            marker={
                "color": colours,
                "line": {"width": [3 if option == guess else 0 for option in options], "color": QUERY},
            },
            hoverinfo="skip",
        )
    )
    for i, place in enumerate(places):
        text = "?" if values is None else f"{values[i]:.3f}"
        mark = "  your guess" if option_is(options[i], guess) else ""
        said.append(
            dict(
                x=max(shown[i], 0),
                y=place,
                text=f"<b>{text}</b>{mark}",
                showarrow=False,
                xanchor="left",
                xshift=8,
                font={"size": 20, "color": QUERY if mark else style.ink(dark)},
            )
        )
    top = max([*shown, 0.1])
    figure.update_xaxes(
        title=unit if values is not None else "",
        range=[min([*shown, 0]) * 1.1, top * 1.35],
        showticklabels=values is not None,
        showgrid=False,
    )
    figure.update_yaxes(
        tickvals=places,
        ticktext=[f"<b>{short(option, 24)}</b>" for option in options],
        tickfont={"size": 22},
        showgrid=False,
    )
    figure.update_layout(showlegend=False, bargap=0.35, title={"font": {"size": 26}}, margin={"t": 64})
    _say(figure, said)
    return figure


def option_is(option: str, guess: str) -> bool:
    """Whether this option is the one that was guessed."""
    return bool(guess) and option == guess


def neighbour_shares(
    bias: np.ndarray, shares: np.ndarray, words: Sequence[str], title: str, dark: bool = False, height: int = 430
) -> go.Figure:
    """The association that words had before debiasing, and the share of such words among their neighbours after."""
    figure = style.figure(title, dark, height)
    figure.add_trace(
        go.Scatter(
            x=bias,
            y=100 * shares,
            mode="markers",
            text=[style.plain(word, 60) for word in words],
            marker={"size": 10, "color": style.SKY if dark else ANSWER},
            hovertemplate="%{text}<br>%{x:+.3f}, %{y:.0f} %<extra></extra>",
        )
    )
    order = [int(i) for i in np.argsort(-np.abs(bias))]
    room = float(np.ptp(bias)) * 0.08
    reach = (float(bias.min()) - room, float(bias.max()) + room)
    _label_points(figure, bias, 100 * shares, words, order, dark, height, reach=reach)
    figure.update_xaxes(range=reach)
    figure.update_xaxes(title="before: he  ←  cosine with the direction  →  she")
    figure.update_yaxes(title="female-associated words<br>among 100 neighbours after, %")
    figure.update_layout(showlegend=False)
    return figure
