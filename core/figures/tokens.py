"""Figures of the page Tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.tokens.languages import TITLES, Counts, OwnPremium

LANDMARKS = ("English", "German", "Russian", "Chinese (Simplified)", "Hindi", "Burmese", "Shan")


def premiums(counts: Counts, keys: Sequence[str], language: str, title: str, dark: bool = False) -> go.Figure:
    """One row for each tokenizer, one dot for each language: how many times English's tokens the same text takes."""
    figure = style.figure(title, dark, 92 + 76 * len(keys))
    shifts = np.random.default_rng(0).uniform(-0.17, 0.17, len(counts.languages))
    for row, key in enumerate(reversed(keys)):
        values = counts.premiums(key)
        figure.add_scatter(
            x=values, y=row + shifts, mode="markers", showlegend=False, text=[style.plain(n) for n in counts.languages],
            marker={"size": 8, "color": style.SKY if dark else style.BLUE, "opacity": 0.42},
            hovertemplate="%{text}: %{x:.2f} times English<extra>" + TITLES[key] + "</extra>")
        _label_landmarks(figure, counts, key, row, language, dark)
    figure.add_vline(x=1, line={"color": style.ink(dark), "width": 1.5})
    figure.update_xaxes(type="log", title="Tokens, times those of English (log scale)",
                        tickvals=[0.7, 1, 2, 3, 5, 10, 20], ticktext=["0.7", "1", "2", "3", "5", "10", "20"])
    figure.update_yaxes(tickvals=list(range(len(keys))), ticktext=[TITLES[key] for key in reversed(keys)],
                        tickfont={"size": 17}, showgrid=False, zeroline=False, range=[-0.45, len(keys) - 0.35])
    return figure


def _label_landmarks(figure: go.Figure, counts: Counts, key: str, row: int, language: str, dark: bool) -> None:
    """The languages everybody asks for, by name; one label less wherever two would meet."""
    taken: list[tuple[float, int]] = []  # place and letters of each label; a letter is about 0.0185 of a decade wide
    for name in dict.fromkeys((language, *LANDMARKS)):
        value = counts.premium(key, name)
        chosen = name == language
        letters = len(name.split(" (")[0]) + 6
        if any(abs(np.log10(value / other)) < 0.0095 * (letters + more) for other, more in taken):
            continue
        taken.append((value, letters))
        colour = style.MEANING["selected"] if chosen else style.ink(dark)
        figure.add_scatter(x=[value], y=[row], mode="markers", showlegend=False, hoverinfo="skip",
                           marker={"size": 13 if chosen else 9, "color": colour, "line": {
                               "color": style.paper(dark), "width": 1.5}})
        figure.add_annotation(x=np.log10(value), y=row, yshift=25, showarrow=False,
                              text=f"{style.plain(name.split(' (')[0])} {value:.2f}",
                              font={"size": 15, "color": colour}, bgcolor=style.paper(dark), borderpad=1)


def own_premiums(found: Sequence[OwnPremium], title: str, dark: bool = False) -> go.Figure:
    """A bar for each tokenizer: tokens of the second text over those of the first."""
    figure = style.figure(title, dark, 90 + 52 * len(found))
    rows = list(reversed(found))
    figure.add_bar(x=[one.premium for one in rows], y=[style.plain(one.title) for one in rows], orientation="h",
                   marker={"color": style.SKY if dark else style.BLUE}, textposition="outside", cliponaxis=False,
                   text=[f"{one.premium:.2f}  ({one.other_tokens:,} against {one.tokens:,})" for one in rows],
                   hoverinfo="skip")
    figure.add_vline(x=1, line={"color": style.ink(dark), "width": 1.5})
    largest = max((one.premium for one in found), default=1)
    figure.update_xaxes(title="Tokens, times those of the first text", range=[0, max(largest, 1) * 1.35])
    figure.update_yaxes(tickfont={"size": 16}, showgrid=False)
    return figure
