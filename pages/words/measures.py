"""All other measures of bias, each with its formula, its convention and its value without bias."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.cached import words as cached_words
from core.errors import UserError
from core.figures import words_verdicts
from core.words import own_lists
from core.words.bias_measure import Measure
from core.words.bias_report import BOOTSTRAP_DRAWS, Measured, word_sets
from core.words.lists import as_written
from core.words.occupations import us_2015
from core.words.own_lists import OwnList
from core.words.verdicts import Verdict, p_text
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.own_lists import pick_own
from pages.words.sidebar import PageSettings, missing_words

FARTHEST = 6.0
"""Half-widths of the grey band: a value farther out is drawn at this distance, with an arrow."""


def show(settings: PageSettings) -> None:
    with st.sidebar:
        own = pick_own("lists")
    asked = _lists(own)
    found = cached_words.bias_report(settings.key, *asked)
    figure = words_verdicts.forest(
        [item.measure.title for item in found],
        [words_verdicts.ForestSeries(settings.title, [_point(item) for item in found])],
        _title([item.verdict for item in found]),
        "distance from the null’s median, in bands",
        dark(),
        400,
        _reach(found),
        [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6],
    )
    show_figure(figure, "bias-measures", _table(found))
    testable = [item.verdict for item in found if item.verdict.is_testable]
    lost = len(found) - len(testable)
    show_reading(
        "{} of {} measures are findings (p at most 0.05, Holm’s correction over all)"
        + ("; {} not testable." if lost else "."),
        sum(one.is_finding for one in testable),
        len(testable),
        *([lost] if lost else []),
        caveat="They measure different things, with different conventions. None of them is “the” bias of "
        "these vectors. The grey band is what a finding must leave; an arrow at the end of "
        "the axis: the value is farther out.",
    )
    _explain(found)
    words, female, male = asked
    _, absent = settings.vectors.present(as_written(settings.vectors, words))
    missing_words(settings, absent, f"{len(words)} {'words of X and Y' if own else 'occupations'}")
    names = {
        "female": (own.content["names"][2] if own else "female"),
        "male": (own.content["names"][3] if own else "male"),
    }
    given = {"female": female, "male": male}
    for name, listed in word_sets().items():
        listed = given.get(name) or listed
        missing_words(
            settings,
            settings.vectors.present(as_written(settings.vectors, listed))[1],
            f"{len(listed)} {names.get(name, name)} words",
        )
    show_method(
        "",
        "named with each measure; for the null distributions: Ethayarajh et al. 2019, Dobrzeniecka and Urbaniak 2024; "
        "correction: Holm 1979.",
        _lines(settings, own),
        {
            "vectors": settings.title,
            "words": len(words) - len(absent),
            "female and male words": "those of WEAT 7" if own is None else f"A and B of “{own.title}”",
            "interval": f"{BOOTSTRAP_DRAWS} bootstrap draws of words",
            "null": _nulls([item.measure for item in found]),
            "finding": "p at most 0.05 after Holm's correction over the measures, p the larger of both nulls",
        },
        "A finding is outside two null distributions: other words in the place of the occupations, and other groups "
        "and pairs in the place of the words for women and men.",
    )


def _lists(own: OwnList | None) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(the words measured, group A, group B): the occupations with the standard groups (empty), or a person's own.

    Raises:
        UserError: own lists lack the words or a group.
    """
    if own is None:
        return tuple(item.word for item in us_2015()), (), ()
    test = own_lists.as_test(own)
    words = tuple(dict.fromkeys([*test.x, *test.y]))
    if not words or not test.a or not test.b:
        raise UserError(
            f"“{own.title}” lacks target words or one of the groups A and B.",
            "Add them under “Edit own word lists”, or choose other lists.",
        )
    return words, test.a, test.b


def _lines(settings: PageSettings, own: OwnList | None) -> str:
    if own is None:
        return (
            f"from core.words.occupations import us_2015\nfrom core.words.bias_report import bias_report\n"
            f"{settings.code}\nresult = bias_report(vectors, [item.word for item in us_2015()])"
        )
    return (
        f"from core.words import own_lists\nfrom core.words.bias_report import bias_report\n{settings.code}\n"
        f"test = own_lists.as_test(own_lists.find({own.id!r}))\n"
        "result = bias_report(vectors, [*test.x, *test.y], test.a, test.b)"
    )


def _title(verdicts: Sequence[Verdict]) -> str:
    testable = [one for one in verdicts if one.is_testable]
    findings = sum(one.is_finding for one in testable)
    if not testable:
        return "Not testable: " + verdicts[0].reason.removesuffix(" in the vocabulary")
    if findings == len(testable) > 1:
        return f"All {len(testable)} measures are findings"
    return f"{findings} of {len(testable)} measures are findings" if findings else "No measure is a finding"


def _reach(found: Sequence[Measured]) -> tuple[float, float]:
    """As far as the values and intervals go, at least twice the band, at most `FARTHEST`."""
    ends = [end for item in found if item.verdict.is_testable for end in scale_to_null(item)]
    return max(-FARTHEST, min([-2.0, *ends])), min(FARTHEST, max([2.0, *ends]))


def _point(item: Measured) -> words_verdicts.ForestPoint:
    """A measure's row on the common scale; one that is not testable keeps its note only."""
    verdict = item.verdict
    if not verdict.is_testable:
        nan = float("nan")
        return words_verdicts.ForestPoint(nan, nan, nan, (nan, nan), False, f"{item.value:.3g}, not testable")
    value, low, high = scale_to_null(item)
    note = f"{item.value:.3g}, unbiased: {_unbiased(item.measure, 'band')}, {p_text(verdict.p_corrected)}"
    return words_verdicts.ForestPoint(value, low, high, (-1, 1), verdict.is_finding, note)


def _unbiased(measure: Measure, where: str) -> str:
    return where if measure.unbiased is None else f"{measure.unbiased:g}"


def _nulls(shown: Sequence[Measure]) -> str:
    """What the null distributions are made of: each kind with the measures that use it and their draws."""
    kinds: dict[str, list[str]] = {}
    for measure in shown:
        for null in (measure.null, measure.groups):
            if null is not None:
                kinds.setdefault(null.description, []).append(f"{measure.title} {null.draws}")
    return "; ".join(f"{kind} ({', '.join(names)} draws)" for kind, names in kinds.items())


def _table(found: Sequence[Measured]) -> dict[str, list[object]]:
    return {
        "measure": [item.measure.title for item in found],
        "verdict": [item.verdict.label for item in found],
        "value": [item.value for item in found],
        "p": [item.verdict.p for item in found],
        "p_corrected": [item.verdict.p_corrected for item in found],
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
    """Value and interval, so that the null’s interval is -1 to 1: all measures on one scale."""
    low, middle, high = item.null

    def scaled(value: float) -> float:
        half = (high - middle) if value >= middle else (middle - low)
        return (value - middle) / half if half > 0 else 0.0

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
                f"without one word {item.without[0]:.4g} to {item.without[1]:.4g}   {item.verdict.words}"
            )
