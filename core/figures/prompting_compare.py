"""What the columns of a comparison cost, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go

from core.figures import style
from core.prompting.comparison import Cost

PANELS: tuple[tuple[str, Callable[[Cost], Any]], ...] = (
    ("Generation, tokens/s", lambda cost: cost.speed),
    (
        "Time to first token, ms",
        lambda cost: None if cost.first_token_seconds is None else 1000 * cost.first_token_seconds,
    ),
    ("Memory, MB", lambda cost: None if cost.memory_bytes is None else cost.memory_bytes / 1e6),
    ("File, MB", lambda cost: None if cost.file_bytes is None else cost.file_bytes / 1e6),
    ("Length, words", lambda cost: cost.words),
)


def costs(labels: Sequence[str], found: Sequence[Cost], title: str, dark: bool = False) -> go.Figure:
    """One row a contestant, one panel a figure, each on a scale of its own that begins at 0."""
    figure = style.figure(title, dark, 118 + 40 * len(labels))
    names = [style.plain(f"{letter}  {label}", 34) for letter, label in zip("ABCD", labels, strict=False)]
    wide = 1 / len(PANELS)
    for place, (name, of) in enumerate(PANELS):
        values = [of(cost) for cost in found]
        axis = str(place + 1) if place else ""
        figure.add_bar(
            y=names,
            x=[value or 0 for value in values],
            orientation="h",
            xaxis=f"x{axis}",
            yaxis="y",
            marker_color=[style.CATEGORIES[number % 8] for number in range(len(names))],
            text=[_number(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate=f"%{{y}}: %{{x:,.2f}}<extra>{name}</extra>",
            showlegend=False,
        )
        figure.update_layout(
            {
                f"xaxis{axis}": {
                    "domain": [place * wide, (place + 0.62) * wide],
                    "visible": True,
                    "showticklabels": False,
                    "showgrid": False,
                    "zeroline": False,
                    "range": [0, max([value or 0 for value in values] + [1e-9])],
                    "title": {"text": name, "font": {"size": 15}, "standoff": 4},
                    "anchor": "y",
                    "side": "top",
                }
            }
        )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_layout(bargap=0.35, margin={"t": 78, "r": 40})
    return figure


def _number(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"
