"""All other measures of bias side by side, each with its formula, its convention and its value without bias."""

from __future__ import annotations

import streamlit as st

from core.cached import words as cached_words
from core.figures import words as figures
from core.words.lists import as_written, weat_tests
from core.words.measures import MEASURES, Measured
from core.words.occupations import us_2015
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.sidebar import Desk, missing_words


def show(desk: Desk) -> None:
    occupations = tuple(item.word for item in us_2015())
    found: list[Measured] = cached_words.bias_panel(desk.key, occupations)
    scaled = [_scaled(item) for item in found]
    beyond = [item.beyond_null for item in found]
    names = [MEASURES[item.key].title for item in found]
    notes = [
        f"{item.value:.3g}, unbiased: {MEASURES[item.key].unbiased.replace('the null, not 0', 'the grey band')}"
        for item in found
    ]
    figure = figures.forest(
        names,
        [s[0] for s in scaled],
        [s[1] for s in scaled],
        [s[2] for s in scaled],
        [(-1, 1)] * len(found),
        notes,
        _title(beyond),
        "distance from chance; the grey band is 95 % of random draws",
        dark(),
        400,
        beyond,
    )
    show_figure(
        figure,
        "bias-measures",
        {
            "measure": names,
            "value": [item.value for item in found],
            "low": [item.interval.low for item in found],
            "high": [item.interval.high for item in found],
            "chance_low": [item.null[0] for item in found],
            "chance_middle": [item.null[1] for item in found],
            "chance_high": [item.null[2] for item in found],
            "without_one_low": [item.without[0] for item in found],
            "without_one_high": [item.without[1] for item in found],
            "words": [item.words for item in found],
        },
    )
    show_reading(
        "{} of {} measures lie outside what random words or directions give.",
        sum(beyond),
        len(found),
        caveat="They measure different things, with different conventions. None of them is “the” bias of "
        "these vectors.",
    )
    _explain(found)
    _, absent = desk.vectors.present(list(occupations))
    missing_words(desk, absent, f"{len(occupations)} occupations")
    for name, words in _sets().items():
        missing_words(desk, desk.vectors.present(as_written(desk.vectors, words))[1], f"{len(words)} {name} words")
    show_method(
        "",
        "named beside each measure; for the null: Ethayarajh et al. 2019, Dobrzeniecka and Urbaniak 2024.",
        f"from core.words.occupations import us_2015\nfrom core.words.bias_report import panel\n{desk.code}\n"
        "result = panel(vectors, [item.word for item in us_2015()])",
        {
            "vectors": desk.title,
            "occupations": found[0].words,
            "female and male words": "those of association test 7",
            "interval": "500 bootstrap draws of words",
            "null": "500 draws of random words; of random directions for direct and indirect bias",
        },
    )


def _title(beyond: list[bool]) -> str:
    if all(beyond):
        return f"All {len(beyond)} measures lie outside chance"
    return f"{len(beyond)} measures of one thing do not agree" if any(beyond) else "No measure lies outside chance"


def _sets() -> dict[str, tuple[str, ...]]:
    """The other sets of words that the measures use, by what they are."""
    people, flowers = weat_tests()[6], weat_tests()[0]
    return {
        "female": tuple(people.b),
        "male": tuple(people.a),
        "pleasant": tuple(flowers.a),
        "unpleasant": tuple(flowers.b),
    }


def _scaled(item: Measured) -> tuple[float, float, float]:
    """Value and interval, so that the null's middle 95 % is -1 to 1: seven scales on one picture."""
    low, middle, high = item.null

    def place(value: float) -> float:
        half = (high - middle) if value >= middle else (middle - low)
        return max(-6.0, min(6.0, (value - middle) / half)) if half > 0 else 0.0

    return place(item.value), place(item.interval.low), place(item.interval.high)


def _explain(found: list[Measured]) -> None:
    with st.expander("Formulas, conventions and numbers", icon=":material/functions:"):
        for item in found:
            about = MEASURES[item.key]
            st.markdown(f"**{about.title}**: {about.convention}. Without bias: {about.unbiased}. {about.source}.")
            st.latex(about.formula)
            st.text(
                f"{item.value:.4g}   95 % interval {item.interval.low:.4g} to {item.interval.high:.4g}   "
                f"chance {item.null[0]:.4g} to {item.null[2]:.4g} (middle {item.null[1]:.4g})   "
                f"without one word {item.without[0]:.4g} to {item.without[1]:.4g}"
            )
