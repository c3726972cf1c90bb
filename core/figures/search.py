"""Figures of search: three ways of ranking side by side, and which way found what on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.figures import style
from core.figures.documents import Colouring, short

KINDS = ("words alone", "meaning alone", "both", "neither")
COLOURS = (style.ORANGE, style.BLUE, style.GREEN, style.GREY)
MIDDLE, EDGES = (3.0, 7.4), (1.5, 8.5)  # where the fused names begin and end, and where the outer ones do, of 10


@dataclass(frozen=True)
class FoundBy(Colouring):
    """Points coloured by what found them: `groups` are places in `KINDS`."""

    def colours(self) -> tuple[str, ...]:
        return COLOURS[: len(self.names)]


@dataclass(frozen=True)
class Found:
    """A document in the picture: its number, its text, its place in `KINDS`, and its rank by words, fused, by meaning
    (None: not among those shown)."""

    number: int
    label: str
    kind: int
    ranks: tuple[int | None, int | None, int | None]


def fusion_figure(
    found: Sequence[Found], title: str, count: int = 10, dark: bool = False, height: int = 430
) -> go.Figure:
    """The ranks by words on the left, by meaning on the right, fused in between; lines join a document's places.

    A dotted line comes from beyond the `count` shown, or leads there: fusing lifted the document, or dropped it.
    """
    figure = style.figure(title, dark, height)
    for one in found:
        _join(figure, one, count)
        for column, rank in enumerate(one.ranks):
            if rank is not None:
                _name(figure, one, column, rank, dark)
    for x, anchor, name in ((0.0, "left", "Words"), (MIDDLE[0], "left", "Both, fused"), (10.0, "right", "Meaning")):
        figure.add_annotation(
            x=x,
            y=0.0,
            xanchor=anchor,
            text=f"<b>{name}</b>",
            showarrow=False,
            font={"size": 16, "color": style.ink(dark)},
        )
    hidden = {"showgrid": False, "zeroline": False, "showticklabels": False, "showline": False, "fixedrange": True}
    figure.update_xaxes(range=[0, 10], **hidden)
    figure.update_yaxes(range=[count + 1.4, -0.6], **hidden)
    figure.update_layout(showlegend=False, margin={"l": 4, "r": 4, "t": 44, "b": 4})
    return figure


def _join(figure: go.Figure, one: Found, count: int) -> None:
    """The lines from a document's side places to its fused one."""
    for side, fused, ends in (
        (one.ranks[0], one.ranks[1], (EDGES[0], MIDDLE[0] - 0.15)),
        (one.ranks[2], one.ranks[1], (EDGES[1], MIDDLE[1])),
    ):
        if side is None and (fused is None or one.ranks[0] == one.ranks[2]):
            continue
        if side is None or fused is None:
            look = {"dash": "dot", "width": 1.4}
        else:
            look = {"dash": "solid", "width": 2.6}
        figure.add_trace(
            go.Scatter(
                x=list(ends),
                y=[float(rank or count + 1.2) for rank in (side, fused)],
                mode="lines",
                hoverinfo="skip",
                line={"color": COLOURS[one.kind], **look},
                opacity=0.9 if side and fused else 0.5,
            )
        )


def _name(figure: go.Figure, one: Found, place: int, rank: int, dark: bool) -> None:
    """A document at one of its places: its rank, and its number or the beginning of its text."""
    x, anchor = ((0.0, "left"), (MIDDLE[0], "left"), (10.0, "right"))[place]
    text = (f"<b>{rank}</b>  {style.plain(short(one.label, 22))}", f"<b>{rank}</b> · {one.number}")[place != 1]
    figure.add_annotation(
        x=x,
        y=rank,
        xanchor=anchor,
        showarrow=False,
        text=text,
        hovertext=style.plain(one.label),
        bordercolor=COLOURS[one.kind],
        borderwidth=1.5,
        borderpad=3,
        bgcolor=style.paper(dark),
        font={"size": 14, "color": style.ink(dark)},
    )
