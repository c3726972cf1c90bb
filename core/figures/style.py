"""The lab's palette and figure template, light and dark.

Okabe and Ito's eight colours (https://jfly.uni-koeln.de/color/) tell categories apart for every kind of colour vision;
cividis shows amounts; blue - white - orange shows what lies on either side of zero. The same thing has the same colour
on every page, see `MEANING`.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#8A8F98"

CATEGORIES = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, YELLOW, GREY)
"""Up to eight categories."""

MANY = (
    "#4E79A7",
    "#F28E2B",
    "#59A14F",
    "#B07AA1",
    "#E15759",
    "#76B7B2",
    "#EDC948",
    "#9C755F",
    "#6A8FC7",
    "#D4A6C8",
    "#86BCB6",
    "#D37295",
    "#A0CBE8",
    "#FFBE7D",
    "#8CD17D",
    "#B6992D",
    "#499894",
    "#79706E",
    "#FABFD2",
    "#D7B5A6",
)
"""More than eight categories: light, many, told apart by labels as well."""

MEANING = {
    "query": VERMILLION,
    "selected": VERMILLION,
    "input": ORANGE,
    "answer": BLUE,
    "other": GREY,
    "model": BLUE,
    "user": ORANGE,
    "system": PURPLE,
}

FONT = "Source Sans, Source Sans Pro, Helvetica, Arial, sans-serif"  # the page's own, then what any machine has

AMOUNTS = "cividis"
AROUND_ZERO = [[0.0, BLUE], [0.5, "#F7F7F5"], [1.0, ORANGE]]
AROUND_ZERO_DARK = [[0.0, SKY], [0.5, "#20262E"], [1.0, ORANGE]]


def categories(count: int) -> tuple[str, ...]:
    """`count` colours: the eight of Okabe and Ito while they last, else the larger set, repeated if need be."""
    if count <= len(CATEGORIES):
        return CATEGORIES[:count]
    return tuple(MANY[i % len(MANY)] for i in range(count))


def ink(dark: bool) -> str:
    """The colour of text and of strong lines."""
    return "#E8EAED" if dark else "#1C2430"


def faint(dark: bool) -> str:
    """The colour of grid lines and of what stands back."""
    return "#333B45" if dark else "#E3E1DA"


def paper(dark: bool) -> str:
    """The page's own background, for marks that must stand out from it."""
    return "#12161C" if dark else "#FCFBF8"


def template(dark: bool = False) -> go.layout.Template:
    """Type, grid and colours for every figure; backgrounds are clear, so that a figure sits on any slide."""
    axis: dict[str, Any] = {
        "gridcolor": faint(dark),
        "zerolinecolor": GREY,
        "linecolor": faint(dark),
        "ticks": "",
        "automargin": True,
        "title": {"font": {"size": 16}, "standoff": 10},
        "tickfont": {"size": 15},
        "ticklabelstandoff": 6,
    }
    scene = {
        **{key: axis[key] for key in ("gridcolor", "zerolinecolor", "linecolor")},
        "backgroundcolor": "rgba(0,0,0,0)",
        "showbackground": False,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 16, "color": ink(dark)},
            "title": {
                "font": {"size": 20, "weight": 600},
                "x": 0,
                "xanchor": "left",
                "xref": "paper",
                "yref": "container",
                "y": 0.98,
                "yanchor": "top",
            },
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(CATEGORIES),
            "xaxis": axis,
            "yaxis": axis,
            "scene": {"xaxis": scene, "yaxis": scene, "zaxis": scene},
            "margin": {"l": 12, "r": 12, "t": 48, "b": 12},
            "hoverlabel": {"font": {"size": 15}, "align": "left"},
            "legend": {"font": {"size": 15}, "orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
            "colorscale": {"sequential": AMOUNTS, "diverging": AROUND_ZERO_DARK if dark else AROUND_ZERO},
            "coloraxis": {"colorbar": {"outlinewidth": 0, "thickness": 14, "tickfont": {"size": 14}}},
        }
    )


def figure(title: str, dark: bool = False, height: int = 460) -> go.Figure:
    """An empty figure with the lab's template. `title` says the finding or the question; `height` in pixels."""
    return go.Figure(layout={"template": template(dark), "title": {"text": plain(title)}, "height": height})


def plain(text: str, longest: int = 200) -> str:
    """Text of people and models made safe for plotly, which reads a little HTML: shown as typed, cut if too long."""
    shown = text if len(text) <= longest else text[: longest - 1] + "…"
    for mark, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        shown = shown.replace(mark, escaped)
    return shown
