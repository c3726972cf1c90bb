"""Axis: projections of words on a direction between two ends, and which pair of words decides them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.errors import UserError
from core.figures import style
from core.figures import words as figures
from core.figures.words_verdicts import mark_findings
from core.words.axis import Axis, along, axis_from_text, positions
from core.words.lists import axis_pairs
from core.words.position_verdicts import judge_positions, judge_two_axes
from core.words.verdicts import Coverage, Verdict
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.looked_up import looked_up_list
from pages.words.presets import pick_preset
from pages.words.sidebar import PageSettings, missing_words

GENDER = "she - he, woman - man, her - his, girl - boy, female - male"
JOBS = "nurse, engineer, teacher, carpenter, librarian, lawyer, doctor, mechanic, dancer, pilot, secretary, programmer"
ANIMALS = "elephant, mouse, whale, ant, horse, cat, bear, bee, lion, rabbit, shark, fly"
PRESETS = {
    "occupations": (GENDER, "", JOBS),
    "control: animals by size": ("big - small, huge - tiny, large - little", "", ANIMALS),
    "size and danger": ("big - small, huge - tiny", "dangerous - safe, fierce - tame", ANIMALS),
    "money and gender": (GENDER, "rich - poor, wealthy - needy", JOBS),
    "seasons": ("summer - winter, hot - cold", "", "beach, snow, ski, swim, ice, sun, january, july, coat"),
    **{one.title: (one.text, "", JOBS) for key, one in axis_pairs().items() if key not in ("gender", "control")},
    "good and bad": (
        "good - bad, pleasant - unpleasant",
        "",
        "flower, insect, music, gun, rose, spider, peace, war, holiday, prison, friend, dentist",
    ),
}
MOST = 40


def show(settings: PageSettings) -> None:
    with st.sidebar:
        pick_preset(("words_axis", "words_axis_up", "words_axis_list"), PRESETS, "Examples")
        method = st.radio(
            "Several pairs: use",
            ["mean", "pca"],
            key="words_axis_by",
            bind="query-params",
            horizontal=True,
            format_func={"mean": "their mean", "pca": "first principal component"}.__getitem__,
        )
        listed = st.text_area(
            "Words",
            JOBS,
            key="words_axis_list",
            persist_state="session",
            height=120,
            help=f"Separated by commas; up to {MOST} are drawn",
        )
    left, right = st.columns(2)
    with left:
        across = st.text_input("Axis: pairs or one sum", GENDER, max_chars=1000, key="words_axis", bind="query-params")
    with right:
        upward = st.text_input(
            "Second axis (optional)",
            "",
            max_chars=1000,
            key="words_axis_up",
            bind="query-params",
            placeholder="rich - poor, wealthy - needy",
        )
    words, absent = _words(settings, listed)
    axis = axis_from_text(settings.vectors, across or "", method)
    if upward:
        second = axis_from_text(settings.vectors, upward, method)
        asked = [Coverage("listed words", len(words), len(words) + len(absent), tuple(absent))]
        _two(settings, words, axis, second, asked)
    else:
        _one(settings, words, axis, method)
    missing_words(settings, absent, f"{len(words) + len(absent)} words")
    if axis.missing:
        missing_words(settings, [" - ".join(pair) for pair in axis.missing], "pairs")
    show_method(
        r"\text{projection}(w) = \cos(w, g), \qquad g = \mathrm{unit}\Big(\sum_i \hat h_i - \hat l_i\Big)",
        "Bolukbasi et al. 2016; on the effect of the choice of pairs: Zhang, Sneyd and Stevenson 2020, "
        "Antoniak and Mimno 2021.",
        _lines(settings, words, (across or "", upward or ""), method),
        {
            "vectors": settings.title,
            "pairs": len(axis.pairs) or "one sum",
            "method": method,
            "variance of the pairs along it": f"{100 * axis.explained:.0f} %",
            "null": "2,000 random words, 2,000 random axes of the same kind; p is the larger of both, two-sided",
            "finding": "p at most 0.05 after Holm's correction over the words",
        },
    )


def _lines(settings: PageSettings, words: list[str], texts: tuple[str, str], method: str) -> str:
    across, upward = texts
    if not upward:
        return (
            f"from core.words.axis import axis_from_text, positions\n{settings.code}\n"
            f"axis = axis_from_text(vectors, {across!r}, {method!r})\n"
            f"result = positions(vectors, {words!r}, axis, {method!r})"
        )
    return (
        f"from core.words.axis import along, axis_from_text\n{settings.code}\nwords = {words!r}\n"
        f"across = axis_from_text(vectors, {across!r}, {method!r})\n"
        f"upward = axis_from_text(vectors, {upward!r}, {method!r})\n"
        "result = list(zip(words, along(vectors, words, across), along(vectors, words, upward)))"
    )


def _words(settings: PageSettings, listed: str) -> tuple[list[str], list[str]]:
    if len(listed) > 20_000:
        raise UserError(f"The list has {len(listed):,} characters.", f"Give up to {MOST} words, separated by commas.")
    typed = [word.strip() for word in listed.replace("\n", ",").split(",") if word.strip()]
    here, absent = looked_up_list(settings.vectors, typed)
    if len(here) < 2:
        raise UserError(
            "Fewer than two of the listed words are in the vocabulary.",
            "List words in the sidebar, separated by commas.",
        )
    return here[:MOST], absent


def _one(settings: PageSettings, words: list[str], axis: Axis, method: str) -> None:
    found = positions(settings.vectors, words, axis, method)
    judged = judge_positions(settings.vectors, words, axis)
    projections = np.array([item.projection for item in found])
    spans = np.array([(item.low, item.high) for item in found])
    drivers = [item.decided_by for item in found]
    order = np.argsort(projections)
    finding = [one.is_finding for one in judged.verdicts]
    figure = figures.along_an_axis(
        words, projections, spans, (axis.low, axis.high), _title(words, projections, finding), drivers, dark(), 385
    )
    ends = [style.plain(end if len(end) <= 16 else f"{end[:15]}…") for end in (axis.low, axis.high)]
    figure.update_xaxes(title=f"{ends[0]}   ←   0   →   {ends[1]}")
    show_figure(
        mark_findings(figure, [finding[i] for i in order], judged.band, dark()),
        "words-on-an-axis",
        {
            "word": words,
            "projection": projections,
            "lowest_without_a_pair": spans[:, 0],
            "highest_without_a_pair": spans[:, 1],
            "largest_share": drivers,
            "verdict": [one.state for one in judged.verdicts],
            "p": [one.p for one in judged.verdicts],
            "p_corrected": [one.p_corrected for one in judged.verdicts],
            "null_low": judged.nulls[:, 0],
            "null_high": judged.nulls[:, 1],
        },
    )
    turning = [words[i] for i in range(len(words)) if spans[i, 0] < 0 < spans[i, 1]]
    caveat = (
        f"The grey band: 95 % of random words are between {judged.band[0]:.2f} and {judged.band[1]:.2f}. "
        f"The pairs have {100 * axis.explained:.0f} % of their variance along this axis. "
    )
    if len(axis.pairs) > 1:
        caveat += (
            f"Without one of the pairs (grey bars), {', '.join(turning[:4])} would be on the other side."
            if turning
            else "No word changes sides when one pair is left out (grey bars)."
        )
    far = int(order[-1])
    show_reading(
        "{} of {} words are farther out than random words and random axes put them (p at most 0.05, Holm’s "
        "correction); the nearest to {} is {} ({}); the pair with the largest share of its projection is {}.",
        judged.verdicts.findings,
        len(words),
        axis.high,
        words[far],
        judged.verdicts[far].words,
        drivers[far] or axis.high,
        caveat=caveat,
    )


def _title(words: list[str], projections: np.ndarray, finding: list[bool]) -> str:
    """How many words are findings. Titles are short enough for a phone: the sentence below has the rest."""
    order = [int(i) for i in np.argsort(projections) if finding[i]]
    if not order:
        return "No word is farther out than chance"
    if len(order) == 1:
        return f"“{words[order[0]][:18]}” is farther out than chance"
    return f"{len(order)} of {len(words)} words are farther out than chance"


def _short(verdict: Verdict) -> str:
    return f"Not testable: {verdict.reason.removesuffix(' in the vocabulary')}"


def _two(settings: PageSettings, words: list[str], axis: Axis, second: Axis, asked: Sequence[Coverage]) -> None:
    x, y = along(settings.vectors, words, axis), along(settings.vectors, words, second)
    r, verdict = judge_two_axes(settings.vectors, words, axis, second, asked)
    cosine = float(axis.direction @ second.direction)
    title = f"Two axes: r = {r:.2f}, {verdict.label}" if verdict.is_testable else _short(verdict)
    show_figure(
        figures.on_two_axes(words, x, y, (axis.low, axis.high), (second.low, second.high), title, dark(), 460),
        "words-on-two-axes",
        {"word": words, "across": x, "upward": y},
    )
    show_reading(
        "Highest towards {} is {}; highest towards {} is {}; correlation r = {}, {}.",
        axis.high,
        words[int(np.argmax(x))],
        second.high,
        words[int(np.argmax(y))],
        f"{r:.2f}",
        verdict.words,
        caveat=f"The two axes have cosine {cosine:.2f}: near 0 they are independent, near 1 the same. p is the larger "
        "of those against random second axes and against the words in other orders.",
    )


VIEW = View("axis", "Axis", 4, show)
