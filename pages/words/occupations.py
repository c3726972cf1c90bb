"""Occupations on an axis between two words, against the real share of women who work in them."""

from __future__ import annotations

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
        pick_preset(("words_high", "words_low"), PRESETS, "Examples")
        plain = st.toggle(
            "Only words with one meaning",
            True,
            key="words_plain",
            bind="query-params",
            help="Without “model”, “guide”, “carrier” and other words with several meanings",
        )
        own, file = _own_shares()
    left, right = st.columns(2)
    with left:
        high = st.text_input("One end of the axis", "she", max_chars=80, key="words_high", bind="query-params") or ""
    with right:
        low = st.text_input("The other end", "he", max_chars=80, key="words_low", bind="query-params") or ""
    high, low = settings.vectors.look_up(high), settings.vectors.look_up(low)
    if high == low:
        raise UserError("An axis needs two different words.", "Change one of the two.")
    axis = axis_of(settings.vectors, [(high, low)])
    result = compare(settings.vectors, own or us_2015(plain), axis)
    title = _title(result, high, low)
    show_figure(
        figures.shares_and_projections(result, low, high, title, dark(), 380),
        "occupations",
        {"word": result.words, "women_percent": result.shares, "cosine_with_axis": result.projections},
    )
    _read(result, high, low)
    missing_words(settings, list(result.missing), f"{len(result.missing) + len(result.words)} occupations")
    show_method(
        r"\text{projection}(w) = \cos\left(w,\ \hat{" + "h" + r"} - \hat{l}\right)",
        "Bolukbasi et al. 2016; the comparison with real shares follows Caliskan, Bryson and Narayanan 2017. "
        "Shares: US Bureau of Labor Statistics, 2015.",
        "from core.words.axis import axis_of\nfrom core.words.occupations import compare, read_shares, us_2015\n"
        f"{settings.code}\noccupations = {_occupations_code(plain, file)}\n"
        f"result = compare(vectors, occupations, axis_of(vectors, [({high!r}, {low!r})]))",
        {
            "vectors": settings.title,
            "occupations": len(result.words),
            "interval": "2,000 bootstrap draws over the words",
            "null": "2,000 random directions",
        },
        "A word's projection is the cosine of its vector with the direction from the low word (l) to the high word "
        "(h), both at length 1. The line is the least-squares line through all points.",
    )


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


def _title(result: Comparison, high: str, low: str) -> str:
    if result.r.low > 0 and result.r.value > result.null[1]:
        return f"The more women work in it, the closer its word is to “{high}”"
    if result.r.high < 0 and result.r.value < result.null[0]:
        return f"The more women work in it, the closer its word is to “{low}”"
    if not result.r.holds_zero:
        return f"Between “{low}” and “{high}”: r = {result.r.value:.2f}, which random directions reach, too"
    return f"Between “{low}” and “{high}”, occupations do not follow the real shares"


def _read(result: Comparison, high: str, low: str) -> None:
    far = ", ".join(result.outliers(3))
    without = result.without_each()
    show_reading(
        "Correlation with the share of women: r = {} (95 % interval {} to {}). Largest residuals: {}.",
        f"{result.r.value:.2f}",
        f"{result.r.low:.2f}",
        f"{result.r.high:.2f}",
        far,
        caveat=f"Random directions give r from {result.null[0]:.2f} to {result.null[1]:.2f}; leaving one of "
        f"the {len(result.words)} words out, r from {without.min():.2f} to {without.max():.2f}. "
        f"Spearman {result.rho:.2f}. An association in texts, not in the world.",
    )
