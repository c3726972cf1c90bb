"""Lipstick: debiasing in visible steps, and always the check that shows what it leaves."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.cached import words as cached_words
from core.figures import words as figures
from core.words.debias import Lipstick
from core.words.statistics import correlation
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.result_list import Row, show_list
from pages.words.sidebar import PageSettings

STEPS = {
    "1 As they are": "before",
    "2 Direction taken out": "after",
    "3 Pairs set even": "even",
    "4 Look elsewhere": "check",
    "5 The company they keep": "company",
}


def show(settings: PageSettings) -> None:
    found: Lipstick = cached_words.lipstick(settings.key)
    step = (
        st.segmented_control(
            "Step",
            list(STEPS),
            default="4 Look elsewhere",
            required=True,
            key="words_step",
            bind="query-params",
            label_visibility="collapsed",
        )
        or "4 Look elsewhere"
    )
    kinds, ends = found.bias > 0, ("he", "she")
    if STEPS[step] == "before":
        figure = figures.two_kinds(
            found.picture_before,
            kinds,
            found.words,
            ends,
            f"The {len(found.words)} words that lean most",
            "cosine with the gender direction",
            dark(),
            400,
        )
        table = {"word": found.words, "cosine_with_direction": found.bias}
    elif STEPS[step] == "after":
        figure = figures.two_kinds(
            found.picture_after,
            kinds,
            found.words,
            ends,
            "Taken out: nothing is left along this direction",
            "cosine with the gender direction",
            dark(),
            400,
        )
        figure.update_xaxes(range=[-0.4, 0.4])
        table = {"word": found.words, "cosine_with_direction": found.after @ found.axis.direction}
    elif STEPS[step] == "even":
        figure = figures.along_an_axis(
            found.pair_words,
            found.pair_places[:, 1],
            np.sort(found.pair_places, axis=1),
            ends,
            "The pairs that define it are set symmetrically",
            (),
            dark(),
            400,
        )
        table = {"word": found.pair_words, "before": found.pair_places[:, 0], "after": found.pair_places[:, 1]}
    elif STEPS[step] == "check":
        points = found.picture_check
        figure = figures.two_kinds(
            points, kinds, found.words, ends, _title(found), "greatest spread of the debiased vectors", dark(), 400
        )
        table = {"word": found.words, "across": points[:, 0], "upward": points[:, 1], "leant_to_she": kinds}
    else:
        figure = figures.company(
            found.subject_bias,
            found.shares_after,
            found.subjects,
            "Words keep the company they had" if found.company_after > 0.25 else "The company of words has changed",
            dark(),
            400,
        )
        table = {
            "word": found.subjects,
            "cosine_before": found.subject_bias,
            "share_of_neighbours_after": found.shares_after,
        }
    show_figure(figure, f"lipstick-{STEPS[step]}", table)
    _read(found, STEPS[step])
    _numbers(found)
    show_method(
        r"w \leftarrow \frac{w - (w \cdot g)\,g}{|w - (w \cdot g)\,g|}",
        "Bolukbasi et al. 2016 (hard debiasing); Gonen and Goldberg 2019, “Lipstick on a Pig” (the check).",
        "from core.words.debias import lipstick\nfrom core.words.lists import definitional_pairs\n"
        f"from core.words.occupations import us_2015\n{settings.code}\n"
        "result = lipstick(vectors, definitional_pairs(), [item.word for item in us_2015()])",
        {
            "vectors": settings.title,
            "pairs": len(found.axis.pairs),
            "words on each side": len(found.words) // 2,
            "neighbours": 100,
            "searched": "the first 50,000 words",
        },
        "The direction is the first principal component of the ten definitional pairs. The words are those "
        "that lean most to either side before, leaving out the pairs themselves.",
    )


def _apart(found: Lipstick) -> bool:
    """Whether the groups are still told apart: 58 % of 500 words is more than four standard errors above half."""
    return found.clusters_after > 0.58


def _title(found: Lipstick) -> str:
    percent = f"{100 * found.clusters_after:.0f} %"
    return f"… and yet {percent} are still told apart" if _apart(found) else f"{percent} are told apart: hardly any"


def _read(found: Lipstick, step: str) -> None:
    """What the step shows, and in every step what the check says of the whole."""
    before, after = f"{100 * found.clusters_before:.0f} %", f"{100 * found.clusters_after:.0f} %"
    caveat = "Taking a direction out hides it from this measure; it does not take it out of the words."
    if step == "company":
        show_reading(
            "How far an occupation leant still goes with the company its word keeps: r = {} before, {} after; "
            "k-means finds {} of the words’ kinds.",
            f"{found.company_before:.2f}",
            f"{found.company_after:.2f}",
            after,
            caveat=caveat,
        )
    elif step == "before":
        show_reading(
            "These {} words lean most to one side or the other: k-means puts {} of them with their own kind. "
            "With the direction taken out it will still be {}, where chance is near 50 %.",
            len(found.words),
            before,
            after,
            caveat=caveat,
        )
    elif step == "even":
        show_reading(
            "Then the words of each pair are set at the same distance from the middle (bars: how far each is "
            "moved). k-means puts {} of the other words with their own kind before, and {} after.",
            before,
            after,
            caveat=caveat,
        )
    else:
        start = "The direction is gone, the groups are not" if _apart(found) else "The direction is gone"
        show_reading(
            start + ": k-means puts {} of these words with their own kind before, and {} after; chance would "
            "be near 50 %.",
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
                    "own kind by k-means",
                    (f"{100 * found.clusters_before:.1f} %", f"{100 * found.clusters_after:.1f} %"),
                    found.clusters_after,
                ),
                Row(
                    "lean and company, r (95 % interval)",
                    (_r(found, found.shares_before), _r(found, found.shares_after)),
                    max(0.0, found.company_after),
                ),
            ],
        )


def _r(found: Lipstick, shares: np.ndarray) -> str:
    around = correlation(found.subject_bias, shares)
    return f"{around.value:.2f} ({around.low:.2f} to {around.high:.2f})"


VIEW = View("lipstick", "Debiasing", 6, show, once=("Lipstick",))
