"""Figures of the page Tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.tokens.conversation import Turn
from core.tokens.languages import TITLES, Counts, OwnPremium

LANDMARKS = ("English", "German", "Russian", "Chinese (Simplified)", "Hindi", "Burmese", "Shan")


def premiums(counts: Counts, keys: Sequence[str], language: str, title: str, dark: bool = False) -> go.Figure:
    """One row for each tokenizer, one dot for each language: how many times English's tokens the same text takes."""
    figure = style.figure(title, dark, 92 + 76 * len(keys))
    shifts = np.random.default_rng(0).uniform(-0.17, 0.17, len(counts.languages))
    for row, key in enumerate(reversed(keys)):
        values = counts.premiums(key)
        figure.add_scatter(
            x=values,
            y=row + shifts,
            mode="markers",
            showlegend=False,
            text=[style.plain(n) for n in counts.languages],
            marker={"size": 8, "color": style.SKY if dark else style.BLUE, "opacity": 0.42},
            hovertemplate="%{text}: %{x:.2f} times English<extra>" + TITLES[key] + "</extra>",
        )
        _label_landmarks(figure, counts, key, row, language, dark)
    figure.add_vline(x=1, line={"color": style.ink(dark), "width": 1.5})
    figure.update_xaxes(
        type="log",
        title="Tokens relative to English (log scale)",
        tickvals=[0.7, 1, 2, 3, 5, 10, 20],
        ticktext=["0.7", "1", "2", "3", "5", "10", "20"],
    )
    figure.update_yaxes(
        tickvals=list(range(len(keys))),
        ticktext=[TITLES[key] for key in reversed(keys)],
        tickfont={"size": 17},
        showgrid=False,
        zeroline=False,
        range=[-0.45, len(keys) - 0.35],
    )
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
        figure.add_scatter(
            x=[value],
            y=[row],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={"size": 13 if chosen else 9, "color": colour, "line": {"color": style.paper(dark), "width": 1.5}},
        )
        figure.add_annotation(
            x=np.log10(value),
            y=row,
            yshift=25,
            showarrow=False,
            text=f"{style.plain(name.split(' (')[0])} {value:.2f}",
            font={"size": 15, "color": colour},
            bgcolor=style.paper(dark),
            borderpad=1,
        )


def own_premiums(found: Sequence[OwnPremium], title: str, dark: bool = False) -> go.Figure:
    """A bar for each tokenizer: tokens of the second text over those of the first."""
    figure = style.figure(title, dark, 90 + 52 * len(found))
    rows = list(reversed(found))
    figure.add_bar(
        x=[one.premium for one in rows],
        y=[style.plain(one.title) for one in rows],
        orientation="h",
        marker={"color": style.SKY if dark else style.BLUE},
        hoverinfo="skip",
    )
    figure.add_vline(x=1, line={"color": style.ink(dark), "width": 1.5})
    for one in rows:  # on a ground of their own: the line may run behind them
        figure.add_annotation(
            x=one.premium,
            y=style.plain(one.title),
            xanchor="left",
            xshift=4,
            showarrow=False,
            text=f"{one.premium:.2f}  ({one.other_tokens:,} against {one.tokens:,})",
            font={"size": 16},
            bgcolor=style.paper(dark),
        )
    largest = max((one.premium for one in found), default=1)
    figure.update_xaxes(title="Tokens relative to the first text", range=[0, max(largest, 1) * 1.35])
    figure.update_yaxes(tickfont={"size": 16}, showgrid=False)
    return figure


def scripts(counts: Mapping[str, Mapping[str, int]], title: str, dark: bool = False) -> go.Figure:
    """A bar for each tokenizer: the share of its vocabulary in each script, the largest scripts by name."""
    total: dict[str, int] = {}
    for by_script in counts.values():
        for name, count in by_script.items():
            total[name] = total.get(name, 0) + count
    named = [name for name, _ in sorted(total.items(), key=lambda item: -item[1]) if name not in ("other", "no letter")]
    shown = [*named[:6], "no letter"]
    figure = style.figure(title, dark, 120 + 50 * len(counts))
    rows = list(reversed(list(counts)))
    for number, name in enumerate([*shown, "others"]):
        shares = [100 * _share(counts[row], name, shown) for row in rows]
        colour = style.GREY if name == "others" else style.CATEGORIES[number % 7]
        figure.add_bar(
            x=shares,
            y=[style.plain(row) for row in rows],
            orientation="h",
            name=name if name == "CJK" else name.capitalize(),
            marker={"color": colour},
            text=[f"{share:.0f} %" if share >= 6 else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            hovertemplate="%{y}: %{x:.1f} % " + name + "<extra></extra>",
        )
    figure.update_layout(barmode="stack", legend={"traceorder": "normal", "y": -0.12, "yanchor": "top"})
    figure.update_xaxes(showticklabels=False, showgrid=False, range=[0, 100])
    figure.update_yaxes(tickfont={"size": 16}, showgrid=False)
    return figure


def _share(by_script: Mapping[str, int], name: str, shown: Sequence[str]) -> float:
    everything = max(sum(by_script.values()), 1)
    if name == "others":
        return sum(count for other, count in by_script.items() if other not in shown) / everything
    return by_script.get(name, 0) / everything


def round_trips(
    names: Sequence[str], titles: Sequence[str], outcomes: np.ndarray, title: str, dark: bool = False
) -> go.Figure:
    """A cell for each string and tokenizer: `outcomes` (strings, tokenizers) are 0 lossless, 1 normalised, 2 lost."""
    figure = style.figure(title, dark, 280 + 44 * len(titles))
    words = np.array(["lossless", "normalised", "lost"])[outcomes].T
    marks = np.array(["", "≈", "✕"])[outcomes].T
    colours = [style.BLUE, style.YELLOW, style.VERMILLION]
    scale = [[(i + j) / 3, colours[i]] for i in range(3) for j in (0, 1)]
    figure.add_heatmap(
        z=outcomes.T,
        x=[style.plain(one) for one in names],
        y=[style.plain(one) for one in titles],
        zmin=-0.5,
        zmax=2.5,
        colorscale=scale,
        showscale=False,
        xgap=1,
        ygap=4,
        text=marks,
        texttemplate="%{text}",
        textfont={"size": 13},
        customdata=words,
        hovertemplate="%{x}, %{y}: %{customdata}<extra></extra>",
    )
    figure.update_xaxes(tickangle=-90, tickfont={"size": 13}, showgrid=False, dtick=1)
    figure.update_yaxes(autorange="reversed", tickfont={"size": 16}, showgrid=False)
    return figure


def norms(values: np.ndarray, texts: Sequence[str], title: str, dark: bool = False) -> go.Figure:
    """A dot for each token: the length of its input embedding by its id; the shortest by name."""
    figure = style.figure(title, dark, 420)
    figure.add_scattergl(
        x=np.arange(len(values)),
        y=values,
        mode="markers",
        showlegend=False,
        marker={"size": 4, "color": style.SKY if dark else style.BLUE, "opacity": 0.5},
        text=[style.plain(text, 40) for text in texts],
        hovertemplate="%{text} (id %{x}): %{y:.3f}<extra></extra>",
    )
    figure.update_xaxes(title="Token id")
    figure.update_yaxes(title="Length of its input embedding", rangemode="tozero")
    return figure


def window(turns: Sequence[Turn], tail: int, size: int, room: int, title: str, dark: bool = False) -> go.Figure:
    """The context window from 0 to `size`: what fits inside it, left of it what was dropped, and the answer's share.

    Each message has its speaker's colour, the template's tokens are grey.
    """
    figure = style.figure(title, dark, 240)
    at = -sum(turn.tokens for turn in turns if not turn.kept)
    widest = max(sum(turn.tokens for turn in turns) + tail + room, size - at)
    order = sorted(enumerate(turns, 1), key=lambda item: item[1].kept)
    for number, turn in order:
        at = _bar(figure, at, turn.template, style.GREY, turn.kept, f"{number} {turn.role}, template")
        name = f"{number} {turn.role}" if turn.own > 0.1 * widest else str(number)
        at = _bar(figure, at, turn.own, _COLOURS.get(turn.role, style.GREY), turn.kept, f"{number} {turn.role}", name)
    at = _bar(figure, at, tail, style.GREY, True, "opening of the answer")
    ink = style.ink(dark)
    figure.add_shape(type="rect", x0=0, x1=size, y0=-0.46, y1=0.46, line={"color": ink, "width": 3})
    figure.add_shape(
        type="rect",
        x0=size - room,
        x1=size,
        y0=-0.46,
        y1=0.46,
        line={"width": 0},
        layer="below",
        fillcolor="rgba(138,143,152,.22)",
    )
    for x, text in ((0, f"context window of {size:,} tokens"), (size - room, "reserved for the answer")):
        figure.add_annotation(
            x=x, y=0.5, yanchor="bottom", xanchor="left", text=text, showarrow=False, font={"size": 15, "color": ink}
        )
    figure.update_traces(insidetextfont={"color": ink}, selector=lambda trace: trace.marker.opacity < 1)
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(title="Tokens; left of 0: dropped", zeroline=False)
    figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False, range=[-0.55, 0.85])
    return figure


_COLOURS = {"system": style.MEANING["system"], "user": style.MEANING["user"], "assistant": style.MEANING["model"]}


def _bar(figure: go.Figure, at: int, count: int, colour: str, kept: bool, what: str, name: str = "") -> int:
    """A stretch of the window's bar; gives where it ends."""
    figure.add_bar(
        x=[count],
        base=[at],
        y=[0],
        width=[0.8],
        orientation="h",
        showlegend=False,
        marker={"color": colour, "opacity": 1 if kept else 0.3, "pattern": {"shape": "" if kept else "/"}},
        text=[style.plain(name)],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none" if len(name) < 3 else "both",
        hovertemplate=f"{style.plain(what)}: {count} tokens<extra></extra>",
    )
    return at + count
