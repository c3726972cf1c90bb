"""Debiasing in visible steps, and in every step the check that shows what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.cached import words as cached_words
from core.figures import words as figures
from core.words.debias import Lipstick
from core.words.statistics import correlation
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.old_links import follow_old_link
from pages.words.result_list import Row, show_list
from pages.words.sidebar import PageSettings

ENDS, GROUPS = ("he", "she"), ("male-associated", "female-associated")
HEIGHT = 400


@dataclass(frozen=True)
class Step:
    """A step: its label, its figure, the numbers for export, and the line of Python that gives what is drawn."""

    label: str
    draw: Callable[[Lipstick], go.Figure]
    table: Callable[[Lipstick], dict[str, Any]]
    line: str


def show(settings: PageSettings) -> None:
    found = cached_words.lipstick(settings.key)
    labels = {key: step.label for key, step in STEPS.items()}
    followed = follow_old_link("words_step", labels, ONCE)
    key = (
        st.segmented_control(
            "Step",
            list(STEPS),
            format_func=labels.__getitem__,
            default=None if followed else "check",
            required=True,
            key="words_step",
            bind="query-params",
            label_visibility="collapsed",
        )
        or "check"
    )
    step = STEPS[key]
    show_figure(step.draw(found), f"lipstick-{key}", step.table(found))
    _read(found, key)
    _numbers(found)
    show_method(
        r"w \leftarrow \frac{w - (w \cdot g)\,g}{|w - (w \cdot g)\,g|}",
        "Bolukbasi et al. 2016 (hard debiasing); Gonen and Goldberg 2019, “Lipstick on a Pig” (the check).",
        "from core.words.debias import lipstick\nfrom core.words.lists import definitional_pairs\n"
        f"from core.words.occupations import us_2015\n{settings.code}\n"
        f"found = lipstick(vectors, definitional_pairs(), [item.word for item in us_2015()])\n{step.line}",
        {
            "vectors": settings.title,
            "pairs": len(found.axis.pairs),
            "words on each side": len(found.words) // 2,
            "neighbours": 100,
            "searched": "the first 50,000 words",
        },
        "The direction is the first principal component of the ten definitional pairs. The words are those with the "
        "largest and the smallest cosine with it before debiasing, without the words of the pairs.",
    )


def _two_kinds(found: Lipstick, points: np.ndarray, title: str, x_title: str) -> go.Figure:
    return figures.two_kinds(points, found.bias > 0, found.words, GROUPS, title, x_title, dark(), HEIGHT)


def _before(found: Lipstick) -> go.Figure:
    title = f"The {len(found.words)} words with the strongest association"
    return _two_kinds(found, found.picture_before, title, "cosine with the gender direction")


def _neutralized(found: Lipstick) -> go.Figure:
    title = "Neutralized: no difference is left along this direction"
    figure = _two_kinds(found, found.picture_after, title, "cosine with the gender direction")
    figure.update_xaxes(range=[-0.4, 0.4])
    return figure


def _equalized(found: Lipstick) -> go.Figure:
    return figures.along_an_axis(
        found.pair_words,
        found.pair_projections[:, 1],
        np.sort(found.pair_projections, axis=1),
        ENDS,
        "Equalized: the two words of each pair are equally far from the middle",
        (),
        dark(),
        HEIGHT,
    )


def _check(found: Lipstick) -> go.Figure:
    return _two_kinds(found, found.picture_check, _title(found), "first principal component of the debiased vectors")


def _neighbours(found: Lipstick) -> go.Figure:
    persists = found.neighbours_after > 0.25
    title = (
        "Words keep their female- and male-associated neighbours" if persists else "The words’ neighbours have changed"
    )
    return figures.neighbour_shares(found.subject_bias, found.shares_after, found.subjects, title, dark(), HEIGHT)


STEPS = {
    "before": Step(
        "1 Before",
        _before,
        lambda found: {"word": found.words, "cosine_with_direction": found.bias},
        "result = list(zip(found.words, found.picture_before))",
    ),
    "after": Step(
        "2 Neutralize",
        _neutralized,
        lambda found: {"word": found.words, "cosine_with_direction": found.after @ found.axis.direction},
        "result = list(zip(found.words, found.picture_after))",
    ),
    "even": Step(
        "3 Equalize",
        _equalized,
        lambda found: {
            "word": found.pair_words,
            "before": found.pair_projections[:, 0],
            "after": found.pair_projections[:, 1],
        },
        "result = list(zip(found.pair_words, found.pair_projections))",
    ),
    "check": Step(
        "4 Check: clusters",
        _check,
        lambda found: {
            "word": found.words,
            "x": found.picture_check[:, 0],
            "y": found.picture_check[:, 1],
            "female_associated": found.bias > 0,
        },
        "result = list(zip(found.words, found.picture_check))",
    ),
    "company": Step(
        "5 Check: neighbours",
        _neighbours,
        lambda found: {
            "word": found.subjects,
            "cosine_before": found.subject_bias,
            "share_of_neighbours_after": found.shares_after,
        },
        "result = list(zip(found.subjects, found.subject_bias, found.shares_after))",
    ),
}

ONCE = {
    "1 As they are": "before",
    "2 Direction taken out": "after",
    "3 Pairs set even": "even",
    "4 Look elsewhere": "check",
    "5 The company they keep": "company",
}
"""Earlier labels of the steps, which shared links still carry."""


def _separable(found: Lipstick) -> bool:
    """Whether k-means still separates the groups: 58 % of 500 words is more than four standard errors above half."""
    return found.clusters_after > 0.58


def _title(found: Lipstick) -> str:
    percent = f"{100 * found.clusters_after:.0f} %"
    return (
        f"After debiasing, k-means still puts {percent} in the right group"
        if _separable(found)
        else f"After debiasing, k-means puts {percent} in the right group: hardly better than 50 %"
    )


def _read(found: Lipstick, step: str) -> None:
    """What the step shows, and in every step what the check says of the whole."""
    before, after = f"{100 * found.clusters_before:.0f} %", f"{100 * found.clusters_after:.0f} %"
    caveat = "Neutralizing hides the bias from this measure; it does not take it out of the words."
    if step == "company":
        show_reading(
            "How female-associated an occupation was correlates with the share of such words among its neighbours: "
            "r = {} before, {} after; k-means puts {} of the words in the right group.",
            f"{found.neighbours_before:.2f}",
            f"{found.neighbours_after:.2f}",
            after,
            caveat=caveat,
        )
    elif step == "before":
        show_reading(
            "These {} words are the most female- and male-associated: k-means puts {} of them in the right group, "
            "and {} after debiasing; chance is near 50 %.",
            len(found.words),
            before,
            after,
            caveat=caveat,
        )
    elif step == "even":
        show_reading(
            "The two words of each pair are set equally far from the middle (bars: how far each is moved). k-means "
            "puts {} of the other words in the right group before, and {} after.",
            before,
            after,
            caveat=caveat,
        )
    else:
        start = "The direction is gone, the groups are not" if _separable(found) else "The direction is gone"
        show_reading(
            start + ": k-means puts {} of these words in the right group before, and {} after; chance is near 50 %.",
            before,
            after,
            caveat=caveat,
        )


def _numbers(found: Lipstick) -> None:
    with st.expander("Before and after in numbers", icon=":material/table:"):
        show_list(
            ("check", "", "before", "after"),
            [
                Row(
                    "in the right group by k-means",
                    (f"{100 * found.clusters_before:.1f} %", f"{100 * found.clusters_after:.1f} %"),
                    found.clusters_after,
                ),
                Row(
                    "association and neighbours, r (95 % interval)",
                    (_r(found, found.shares_before), _r(found, found.shares_after)),
                    max(0.0, found.neighbours_after),
                ),
            ],
        )


def _r(found: Lipstick, shares: np.ndarray) -> str:
    around = correlation(found.subject_bias, shares)
    return f"{around.value:.2f} ({around.low:.2f} to {around.high:.2f})"


VIEW = View("lipstick", "Debiasing", 6, show, once=("Lipstick",))
