"""The figure of vectors as strips of coloured cells, and of the product that makes the cosine of two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.words.vector_parts import Product


def strips(
    words: Sequence[str],
    numbers: np.ndarray,
    order: np.ndarray,
    product: Product | None,
    running: np.ndarray | None,
    title: str,
    dark: bool = False,
    height: int = 460,
) -> go.Figure:
    """The numbers (N, D) of N words as rows of cells, their dimensions in `order` (D,); under them, of two words, what
    each dimension adds to the cosine, as bars, and the sum up to there as a line."""
    figure = style.figure(title, dark, height)
    reach = float(np.percentile(np.abs(numbers), 99)) or 1.0
    places = list(range(len(order)))
    dimensions = [int(dimension) + 1 for dimension in order]
    figure.add_trace(
        go.Heatmap(
            z=numbers[:, order],
            x=places,
            y=list(range(len(words))),
            zmin=-reach,
            zmax=reach,
            colorscale=style.AROUND_ZERO_DARK if dark else style.AROUND_ZERO,
            customdata=np.broadcast_to(np.array(dimensions)[None, :], numbers.shape),
            text=[[style.plain(word, 60)] * len(order) for word in words],
            hovertemplate="%{text}<br>dimension %{customdata}: %{z:.4f}<extra></extra>",
            xgap=1 if len(order) <= 120 else 0,
            ygap=3,
            showscale=True,
            colorbar={
                "thickness": 10,
                "len": 0.42 if product else 1,
                "y": 1,
                "yanchor": "top",
                "outlinewidth": 0,
                "tickvals": [-reach, 0, reach],
                "ticktext": [f"{-reach:.2g}", "0", f"{reach:.2g}"],
            },
        )
    )
    share = 0.16 + 0.1 * len(words) if product else 1.0
    figure.update_layout(
        xaxis={
            "title": {"text": "" if product else "dimension"},
            "showticklabels": product is None,
            "tickvals": places[:: max(1, len(order) // 10)],
            "ticktext": dimensions[:: max(1, len(order) // 10)],
            "showgrid": False,
            "zeroline": False,
            "range": [-0.5, len(order) - 0.5],
            "anchor": "y",
        },
        yaxis={
            "domain": [1 - share, 1],
            "tickvals": list(range(len(words))),
            "ticktext": [f"<b>{style.plain(word, 18)}</b>" for word in words],
            "autorange": "reversed",
            "showgrid": False,
            "zeroline": False,
        },
        showlegend=False,
    )
    if product is not None and running is not None:
        _add_product(figure, product, order, running, dimensions, share, dark)
    return figure


def _add_product(
    figure: go.Figure,
    product: Product,
    order: np.ndarray,
    running: np.ndarray,
    dimensions: list[int],
    share: float,
    dark: bool,
) -> None:
    blue = style.SKY if dark else style.BLUE
    places = list(range(len(order)))
    parts = product.contributions[order]
    said: list[dict[str, Any]] = []
    figure.add_trace(
        go.Bar(
            x=places,
            y=parts,
            xaxis="x2",
            yaxis="y2",
            marker={"color": [blue if part >= 0 else style.ORANGE for part in parts], "line": {"width": 0}},
            customdata=np.column_stack([dimensions, product.products[order]]),
            hovertemplate="dimension %{customdata[0]}: product %{customdata[1]:.4f}, "
            "adds %{y:+.4f} to the cosine<extra></extra>",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=places,
            y=running,
            xaxis="x2",
            yaxis="y3",
            mode="lines",
            line={"color": style.ink(dark), "width": 2.5, "shape": "hv"},
            hovertemplate="sum up to here: %{y:.3f}<extra></extra>",
        )
    )
    said.append(
        dict(
            xref="x2",
            yref="y3",
            x=places[-1],
            y=float(running[-1]),
            text=f"<b>{product.cosine:.3f}</b>",
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"size": 16},
        )
    )
    top = 1 - share - 0.06
    high, high_sum = max(float(parts.max()), 1e-9) * 1.08, max(1.0, float(running.max())) * 1.05
    below = min(float(parts.min()) / high, float(running.min()) / high_sum, 0.0) * 1.1 - 0.02  # both zeros on one line
    figure.update_layout(
        xaxis2={
            "anchor": "y2",
            "title": {"text": "dimension" if order[0] == 0 and bool((np.diff(order) == 1).all()) else "largest first"},
            "range": [-0.5, len(order) - 0.5],
            "showgrid": False,
            "zeroline": False,
            "showticklabels": False,
        },
        yaxis2={
            "domain": [0, top],
            "anchor": "x2",
            "title": {"text": "added by each"},
            "zeroline": True,
            "range": [below * high, high],
        },
        yaxis3={
            "overlaying": "y2",
            "side": "right",
            "anchor": "x2",
            "showgrid": False,
            "zeroline": False,
            "title": {"text": "sum so far", "standoff": 34},
            "range": [below * high_sum, high_sum],
            "tickmode": "array",
            "tickvals": [0, 0.5, 1],
        },
        bargap=0.15,
    )
    figure.layout.annotations = said
