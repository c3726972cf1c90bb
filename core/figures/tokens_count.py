"""The figure of the view that counts: tokens of one text by tokenizer."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from core.figures import style


def bars(tokens: Mapping[str, int], title: str, dark: bool = False) -> go.Figure:
    """One bar for each tokenizer, the fewest tokens first, its number at its end."""
    figure = style.figure(title, dark, 96 + 52 * max(len(tokens), 1))
    ranked = sorted(tokens.items(), key=lambda item: -item[1])
    figure.add_bar(
        x=[count for _, count in ranked],
        y=[style.plain(name) for name, _ in ranked],
        orientation="h",
        marker={"color": style.SKY if dark else style.BLUE},
        text=[f"{count:,}" for _, count in ranked],
        textposition="auto",
        hovertemplate="%{y}: %{x:,} tokens<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(title="Tokens", rangemode="tozero")
    figure.update_yaxes(tickfont={"size": 16})
    return figure
