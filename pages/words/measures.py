"""All other measures of bias, each with its formula, its convention and its value without bias."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.cached import words as cached_words
from core.figures import words as figures
from core.words.bias_measure import Measure
from core.words.bias_report import BOOTSTRAP_DRAWS, Measured, word_sets
from core.words.lists import as_written
from core.words.occupations import us_2015
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.sidebar import PageSettings, missing_words

FARTHEST = 6.0
"""Half-widths of the grey band: a value farther out is drawn at this distance."""


def show(settings: PageSettings) -> None:
    occupations = tuple(item.word for item in us_2015())
    found = cached_words.bias_report(settings.key, occupations)
    scaled = [scale_to_null(item) for item in found]
    beyond = [item.beyond_null for item in found]
    figure = figures.forest(
        [item.measure.title for item in found],
        [s[0] for s in scaled],
        [s[1] for s in scaled],
        [s[2] for s in scaled],
        [(-1, 1)] * len(found),
        [f"{item.value:.3g}, unbiased: {_unbiased(item.measure, 'the grey band')}" for item in found],
        _title(beyond),
        "distance from the null’s median; the grey band is the middle 95 % of the null distribution",
        dark(),
        400,
        beyond,
    )
    show_figure(figure, "bias-measures", _table(found))
    show_reading(
        "{} of {} measures are outside the middle 95 % of their null distribution.",
        sum(beyond),
        len(found),
        caveat="They measure different things, with different conventions. None of them is “the” bias of "
        "these vectors.",
    )
    _explain(found)
    _, absent = settings.vectors.present(list(occupations))
    missing_words(settings, absent, f"{len(occupations)} occupations")
    for name, words in word_sets().items():
        missing_words(
            settings, settings.vectors.present(as_written(settings.vectors, words))[1], f"{len(words)} {name} words"
        )
    show_method(
        "",
        "named with each measure; for the null distributions: Ethayarajh et al. 2019, Dobrzeniecka and Urbaniak 2024.",
        f"from core.words.occupations import us_2015\nfrom core.words.bias_report import bias_report\n{settings.code}\n"
        "result = bias_report(vectors, [item.word for item in us_2015()])",
        {
            "vectors": settings.title,
            "occupations": len(occupations) - len(absent),
            "female and male words": "those of WEAT 7",
            "interval": f"{BOOTSTRAP_DRAWS} bootstrap draws of words",
            "null": _nulls([item.measure for item in found]),
        },
    )


def _title(beyond: list[bool]) -> str:
    if all(beyond):
        return f"All {len(beyond)} measures are outside their null distribution"
    return (
        f"{len(beyond)} measures of one thing do not agree"
        if any(beyond)
        else "No measure is outside its null distribution"
    )


def _unbiased(measure: Measure, where: str) -> str:
    return where if measure.unbiased is None else f"{measure.unbiased:g}"


def _nulls(shown: Sequence[Measure]) -> str:
    """What the null distributions are made of: each kind with the measures that use it and their draws."""
    kinds: dict[str, list[str]] = {}
    for measure in shown:
        kinds.setdefault(measure.null.description, []).append(f"{measure.title} {measure.null.draws}")
    return "; ".join(f"{kind} ({', '.join(names)} draws)" for kind, names in kinds.items())


def _table(found: Sequence[Measured]) -> dict[str, list[object]]:
    return {
        "measure": [item.measure.title for item in found],
        "value": [item.value for item in found],
        "low": [item.interval.low for item in found],
        "high": [item.interval.high for item in found],
        "null_low": [item.null[0] for item in found],
        "null_median": [item.null[1] for item in found],
        "null_high": [item.null[2] for item in found],
        "without_one_low": [item.without[0] for item in found],
        "without_one_high": [item.without[1] for item in found],
        "words": [item.targets for item in found],
    }


def scale_to_null(item: Measured) -> tuple[float, float, float]:
    """Value and interval, so that the middle 95 % of the null is -1 to 1: all measures on one scale."""
    low, middle, high = item.null

    def scaled(value: float) -> float:
        half = (high - middle) if value >= middle else (middle - low)
        return max(-FARTHEST, min(FARTHEST, (value - middle) / half)) if half > 0 else 0.0

    return scaled(item.value), scaled(item.interval.low), scaled(item.interval.high)


def _explain(found: Sequence[Measured]) -> None:
    with st.expander("Formulas, conventions and numbers", icon=":material/functions:"):
        for item in found:
            measure = item.measure
            st.markdown(
                f"**{measure.title}**: {measure.convention}. Without bias: "
                f"{_unbiased(measure, 'the null distribution, not 0')}. More bias: {measure.direction}. "
                f"{measure.source}."
            )
            st.latex(measure.formula)
            st.text(
                f"{item.value:.4g}   95 % interval {item.interval.low:.4g} to {item.interval.high:.4g}   "
                f"null {item.null[0]:.4g} to {item.null[2]:.4g} (median {item.null[1]:.4g})   "
                f"without one word {item.without[0]:.4g} to {item.without[1]:.4g}"
            )
