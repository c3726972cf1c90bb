"""Figures of search: three ways of ranking side by side, and which way found what on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.figures import style
from core.figures.documents import Colouring, short

KINDS = ("words alone", "meaning alone", "both", "neither")
COLOURS = (style.ORANGE, style.BLUE, style.GREEN, style.GREY)
COLUMNS = ((0.0, "Words"), (1.0, "Both, fused"), (2.0, "Meaning"))


@dataclass(frozen=True)
class FoundBy(Colouring):
    """Points coloured by what found them: `groups` are places in `KINDS`."""

    def colours(self) -> tuple[str, ...]:
        return COLOURS


@dataclass(frozen=True)
class Found:
    """A document in the picture: its label, its place in `KINDS`, its rank by words, fused, by meaning (None: not
    among the `count` shown)."""

    label: str
    kind: int
    ranks: tuple[int | None, int | None, int | None]


def fusion_figure(found: Sequence[Found], title: str, count: int = 10, dark: bool = False, height: int = 470
                  ) -> go.Figure:
    """Three columns of ranks; a line joins a document's places, so that one sees what fusing lifts and what it drops.

    A line that leaves a column at the bottom belongs to a document that is not among its first `count`.
    """
    figure = style.figure(title, dark, height)
    below = count + 1.1
    for one in found:
        colour = COLOURS[one.kind]
        for left, right in ((0, 1), (1, 2)):
            ranks = one.ranks[left], one.ranks[right]
            if ranks == (None, None) or ranks[1 if left == 0 else 0] is None:
                continue
            ends = [below if rank is None else float(rank) for rank in ranks]
            figure.add_trace(go.Scatter(
                x=[left + 0.36, right - 0.36], y=ends, mode="lines", hoverinfo="skip",
                line={"color": colour, "width": 2.5 if None not in ranks else 1.2, "shape": "spline",
                      "dash": "solid" if None not in ranks else "dot"}, opacity=0.85 if None not in ranks else 0.5))
        for place, rank in enumerate(one.ranks):
            if rank is not None:
                figure.add_annotation(
                    x=place - 0.35, y=rank, xanchor="left", showarrow=False, align="left", borderpad=1,
                    text=f"<b>{rank}</b> {style.plain(short(one.label, 24))}",
                    hovertext=style.plain(one.label), font={"size": 14, "color": style.ink(dark)})
                figure.add_shape(type="line", x0=place - 0.355, x1=place - 0.355, y0=rank - 0.34, y1=rank + 0.34,
                                 line={"color": colour, "width": 4})
    for place, name in COLUMNS:
        figure.add_annotation(x=place - 0.36, y=0.05, xanchor="left", text=f"<b>{name}</b>", showarrow=False,
                              font={"size": 16, "color": style.ink(dark)})
    hidden = {"showgrid": False, "zeroline": False, "showticklabels": False, "showline": False, "fixedrange": True}
    figure.update_xaxes(range=[-0.4, 2.42], **hidden)
    figure.update_yaxes(range=[below + 0.2, -0.6], **hidden)
    figure.update_layout(showlegend=False, margin={"l": 4, "r": 4, "t": 44, "b": 4})
    return figure
