"""Occupations on an axis between two ends, against the real share of women who work in them."""

from __future__ import annotations

import dataclasses

import streamlit as st

from core.errors import UserError
from core.figures import words as figures
from core.words.axis import axis_of
from core.words.files import foreign
from core.words.occupations import Comparison, Occupation, compare, us_2015
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.axes import METHODS, ONE, PLACEHOLDER, TYPED, PickedAxis, pairs_of, pick_method, pick_pairs
from pages.words.presets import pick_preset
from pages.words.sidebar import PageSettings, missing_words

PRESETS = {
    "she, he": ("she", "he"),
    "woman, man": ("woman", "man"),
    "her, his": ("her", "his"),
    "female, male": ("female", "male"),
    "mother, father": ("mother", "father"),
    "control: summer, winter": ("summer", "winter"),
}


def show(settings: PageSettings) -> None:
    with st.sidebar:
        key = pick_pairs("words_occ", one_pair=True)
        if key == ONE:
            pick_preset(("words_high", "words_low"), PRESETS, "Examples")
            method = "mean"
        else:
            method = pick_method("words_occ")
        plain = st.toggle(
            "Only words with one meaning",
            True,
            key="words_plain",
            bind="query-params",
            help="Without “model”, “guide”, “carrier” and other words with several meanings",
        )
        own, file = _own_shares()
    picked = _pick_axis(settings, key, method)
    result = compare(settings.vectors, own or us_2015(plain), picked.axis)
    show_figure(
        figures.shares_and_projections(result, picked.low, picked.high, _title(result, picked), dark(), 364),
        "occupations",
        {"word": result.words, "women_percent": result.shares, "cosine_with_axis": result.projections},
    )
    _read(result, picked)
    missing_words(settings, list(result.missing), f"{len(result.missing) + len(result.words)} occupations")
    if picked.axis.missing:
        missing_words(settings, [" - ".join(pair) for pair in picked.axis.missing], f"{len(picked.pairs)} pairs")
    several = len(picked.axis.pairs) > 1
    show_method(
        r"\text{projection}(w) = \cos\left(w,\ \hat{" + "h" + r"} - \hat{l}\right)",
        "Bolukbasi et al. 2016; the comparison with real shares follows Caliskan, Bryson and Narayanan 2017. "
        + (f"Pairs: {picked.source}. " if picked.source else "")
        + "Shares: US Bureau of Labor Statistics, 2015.",
        "from core.words.axis import axis_of, read_pairs\nfrom core.words.lists import axis_pairs\n"
        "from core.words.occupations import compare, read_shares, us_2015\n"
        f"{settings.code}\noccupations = {_occupations_code(plain, file)}\n"
        f"result = compare(vectors, occupations, axis_of(vectors, {picked.code}, {method!r}))",
        {
            "vectors": settings.title,
            "occupations": len(result.words),
            "pairs": len(picked.axis.pairs),
            **({"several pairs": METHODS[method]} if several else {}),
            "interval": "2,000 bootstrap draws over the words",
            "null": "2,000 random axes of the same kind; 2,000 orders of the shares; p is the larger of both",
            "finding": "p at most 0.05, two-sided",
        },
        "A word's projection is the cosine of its vector with the direction from the low word (l) to the high word "
        "(h), both at length 1; of several pairs, their mean or first principal component. The line is the "
        "least-squares line through all points. A random axis is made of as many random pairs among the first 20,000 "
        "words.",
    )


def _pick_axis(settings: PageSettings, key: str, method: str) -> PickedAxis:
    """The axis: of two words, of a list of pairs, or of typed pairs.

    Raises:
        UserError: the words are the same, or out of vocabulary.
    """
    vectors = settings.vectors
    if key != ONE:
        typed = ""
        if key == TYPED:
            typed = st.text_input("Pairs", PLACEHOLDER, max_chars=1000, key="words_occ_pairs", bind="query-params")
        picked = pairs_of(vectors, key, typed or "")
        return dataclasses.replace(picked, axis=axis_of(vectors, picked.pairs, method))
    left, right = st.columns(2)
    with left:
        high = st.text_input("One end of the axis", "she", max_chars=80, key="words_high", bind="query-params") or ""
    with right:
        low = st.text_input("The other end", "he", max_chars=80, key="words_low", bind="query-params") or ""
    high, low = settings.vectors.look_up(high), settings.vectors.look_up(low)
    if high == low:
        raise UserError("An axis needs two different words.", "Change one of the two.")
    return PickedAxis(axis_of(vectors, [(high, low)]), high, low, ((high, low),), f"[({high!r}, {low!r})]")


def _occupations_code(plain: bool, file: str) -> str:
    """The expression of Python that gives the occupations: those of the lab, or of a person's file by its name."""
    return f"read_shares(open({file!r}, encoding='utf-8-sig').read())" if file else f"us_2015({plain})"


def _own_shares() -> tuple[tuple[Occupation, ...], str]:
    """Words and percentages from a person's own small table, and its file's name; none and "" without one."""
    with st.expander("Own table of shares", icon=":material/table:"):
        uploaded = st.file_uploader(
            "CSV: a word and a percentage in each row",
            type=["csv", "tsv", "txt"],
            key="words_shares",
            max_upload_size=2,
        )
    if uploaded is None:
        return (), ""
    try:
        return foreign.shares(uploaded.getvalue().decode("utf-8-sig"), uploaded.name), uploaded.name
    except UnicodeDecodeError as problem:
        raise UserError("The table is not UTF-8 text.", "Save it as CSV in UTF-8 and upload it again.") from problem


def _title(result: Comparison, picked: PickedAxis) -> str:
    """The finding with its direction, or that there is none, or that it cannot be tested."""
    verdict = result.verdict
    if verdict.is_finding:
        end = picked.high if result.r.value > 0 else picked.low
        return f"More women, more “{end[:14]}”: r = {result.r.value:.2f}"
    if not verdict.is_testable:
        return f"Not testable: {verdict.reason.removesuffix(' in the vocabulary')}"
    return f"r = {result.r.value:.2f}, {verdict.label}"


def _read(result: Comparison, picked: PickedAxis) -> None:
    far = ", ".join(result.outliers(3))
    without = result.without_each()
    axes, orders = result.null_axes, result.null_orders
    pairs = len(picked.axis.pairs)
    explained = f" The pairs have {100 * picked.axis.explained:.0f} % of their variance along it." if pairs > 1 else ""
    show_reading(
        "Correlation with the share of women: r = {} (95 % interval {} to {}); {}. Largest residuals: {}.",
        f"{result.r.value:.2f}",
        f"{result.r.low:.2f}",
        f"{result.r.high:.2f}",
        result.verdict.words,
        far,
        caveat=f"Random axes give r from {axes[0]:.2f} to {axes[1]:.2f}, the shares in other orders {orders[0]:.2f} to "
        f"{orders[1]:.2f}; leaving one of the {len(result.words)} words out, r from {without.min():.2f} to "
        f"{without.max():.2f}. Spearman {result.rho:.2f}.{explained} An association in texts, not in the world.",
    )
