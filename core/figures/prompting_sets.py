"""How many of a prompt set's answers pass their checks, model by model."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.figures import style
from core.prompting.evals.eval_verdicts import Share, finding


def shares(rows: Sequence[Share], dark: bool = False, unanswered: Sequence[int] = ()) -> go.Figure:
    """A point for each model's share of passed answers, with its 95 % interval, in per cent.

    `unanswered`: for each model, how many questions have no answer; they are in no share.
    """
    figure = style.figure(finding(rows, sum(unanswered)), dark, 108 + 38 * len(rows))
    for (title, passed, count, low, high), missing in zip(rows, unanswered or [0] * len(rows), strict=True):
        name, share = style.plain(title, 34), 100 * passed / count if count else 0
        figure.add_scatter(
            x=[100 * low, 100 * high],
            y=[name, name],
            mode="lines",
            hoverinfo="skip",
            line={"color": style.BLUE, "width": 5},
            opacity=0.45 if count else 0,
        )
        figure.add_scatter(
            x=[share],
            y=[name],
            mode="markers",
            marker={"size": 15, "color": style.BLUE},
            opacity=1 if count else 0,
            hovertemplate=f"%{{x:.0f}} %: {passed} of {count}<extra></extra>",
        )
        figure.add_annotation(
            x=1.01,
            xref="paper",
            y=name,
            xanchor="left",
            showarrow=False,
            text=f"{passed} of {count}" + (f", {missing} not answered" if missing else ""),
        )
    figure.update_xaxes(range=[-2, 100], title="answers that pass all their checks, % (with 95 % interval)", dtick=25)
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_layout(showlegend=False, margin={"r": 210 if any(unanswered) else 90})
    return figure
