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
from core.words.debias_check import FOLDS, KMEANS_DRAWS, SVM_DRAWS
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.words.axes import PLACEHOLDER, TYPED, PickedAxis, pairs_of, pick_pairs
from pages.words.debias_words import check_title, read_step, show_numbers
from pages.words.offer_debiased import offer_debiased
from pages.words.old_links import follow_old_link
from pages.words.sidebar import PageSettings, missing_words

HEIGHT = 400


@dataclass(frozen=True)
class Step:
    """A step: its label, its figure, the numbers for export, and the line of Python that gives what is drawn."""

    label: str
    draw: Callable[[Lipstick, PickedAxis], go.Figure]
    table: Callable[[Lipstick], dict[str, Any]]
    line: str


def show(settings: PageSettings) -> None:
    with st.sidebar:
        axis_key = pick_pairs("words_debias", one_pair=False)
    typed = ""
    if axis_key == TYPED:
        typed = st.text_input("Pairs", PLACEHOLDER, max_chars=1000, key="words_debias_pairs", bind="query-params") or ""
    picked = pairs_of(settings.vectors, axis_key, typed)
    with st.sidebar:
        offer_debiased(settings, picked, axis_key)
    found = cached_words.lipstick(settings.key, picked.pairs)
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
    show_figure(step.draw(found, picked), f"lipstick-{key}", step.table(found))
    read_step(found, picked, key)
    show_numbers(found)
    if picked.axis.missing:
        missing_words(settings, [" - ".join(pair) for pair in picked.axis.missing], f"{len(picked.pairs)} pairs")
    show_method(
        r"w \leftarrow \frac{w - (w \cdot g)\,g}{|w - (w \cdot g)\,g|}",
        "Bolukbasi et al. 2016 (hard debiasing); Gonen and Goldberg 2019, “Lipstick on a Pig” (the check).",
        "from core.words.axis import read_pairs\nfrom core.words.debias import lipstick\n"
        "from core.words.lists import axis_pairs\n"
        f"from core.words.occupations import us_2015\n{settings.code}\n"
        f"found = lipstick(vectors, {picked.code}, [item.word for item in us_2015()])\n{step.line}",
        {
            "vectors": settings.title,
            "pairs": len(found.axis.pairs),
            "words on each side": len(found.words) // 2,
            "neighbours": 100,
            "searched": "the first 50,000 words",
            "specific words left out": found.left_out,
            "SVM": f"RBF kernel, C = 1, {FOLDS}-fold cross-validation; {SVM_DRAWS} permutations of the labels",
            "k-means": f"2 clusters, the tightest of 8 starts; {KMEANS_DRAWS:,} permutations of the labels",
            "finding": "p at most 0.05 after Holm's correction over k-means, SVM and neighbours",
        },
        "The direction is the first principal component of the pairs. The words are those with the largest and the "
        "smallest cosine with it before debiasing, without the words of the pairs; for gender also without words that "
        "mean a woman or a man by definition (sons, pregnant) and given names.",
    )


def _two_kinds(found: Lipstick, picked: PickedAxis, points: np.ndarray, title: str, x_title: str) -> go.Figure:
    groups = f"{picked.low}-associated", f"{picked.high}-associated"
    return figures.two_kinds(points, found.bias > 0, found.words, groups, title, x_title, dark(), HEIGHT)


def _before(found: Lipstick, picked: PickedAxis) -> go.Figure:
    title = f"The {len(found.words)} most biased neutral words"
    return _two_kinds(found, picked, found.picture_before, title, "cosine with the direction")


def _neutralized(found: Lipstick, picked: PickedAxis) -> go.Figure:
    left = float(np.abs(found.after @ found.axis.direction).max())
    title = f"Neutralized: |cosine| at most {left:.0e}"
    figure = _two_kinds(found, picked, found.picture_after, title, "cosine with the direction")
    figure.update_xaxes(range=[-0.4, 0.4])
    return figure


def _equalized(found: Lipstick, picked: PickedAxis) -> go.Figure:
    return figures.along_an_axis(
        found.pair_words,
        found.pair_projections[:, 1],
        np.sort(found.pair_projections, axis=1),
        (picked.low, picked.high),
        "Equalized: pairs are symmetric",
        (),
        dark(),
        HEIGHT,
    )


def _check(found: Lipstick, picked: PickedAxis) -> go.Figure:
    return _two_kinds(
        found, picked, found.picture_check, check_title(found), "first principal component after debiasing"
    )


def _neighbours(found: Lipstick, picked: PickedAxis) -> go.Figure:
    title = f"Neighbours: r = {found.neighbours_after:.2f}, {found.neighbours_verdict.label}"
    figure = figures.neighbour_shares(found.subject_bias, found.shares_after, found.subjects, title, dark(), HEIGHT)
    figure.update_xaxes(title=f"before: {picked.low}  ←  cosine with the direction  →  {picked.high}")
    figure.update_yaxes(title=f"{picked.high}-associated words<br>among 100 neighbours after, %")
    return figure


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
            "associated_with_high_end": found.bias > 0,
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


VIEW = View("lipstick", "Debiasing", 6, show, once=("Lipstick",))
