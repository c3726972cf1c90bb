"""Pair: how similar two words are, and how unusual that is among all pairs of this vocabulary."""

from __future__ import annotations

import streamlit as st

from core.cached import words as cached_words
from core.errors import UnknownWord, UserError
from core.figures import words as figures
from core.words.pairs import PairScore, judge_pairs, score
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.plain_label import plain_label
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note
from pages.words.presets import pick_preset
from pages.words.result_list import Row, show_list
from pages.words.second_set import pick_second_set
from pages.words.sidebar import PageSettings

PRESETS = {
    "raise (the talk)": ("raise", "risen, above, below, shine, linux"),
    "good, bad": ("good", "bad, better, nice, evil, table"),
    "doctor": ("doctor", "physician, nurse, hospital, she, he"),
    "coffee": ("coffee", "tea, cup, morning, sleep, tractor"),
}
MOST = 8


def show(settings: PageSettings) -> None:
    with st.sidebar:
        pick_preset(("words_pair_a", "words_pair_b"), PRESETS, "Examples")
        second = pick_second_set(settings)
    left, right = st.columns([1, 2])
    with left:
        a = st.text_input("A word", "raise", max_chars=80, key="words_pair_a", bind="query-params")
    with right:
        typed = st.text_input(
            "compared with",
            "risen, above, below, shine, linux",
            max_chars=400,
            key="words_pair_b",
            bind="query-params",
            help=f"One word, or up to {MOST} separated by commas",
        )
    others = [word.strip() for word in (typed or "").split(",") if word.strip()][:MOST]
    if not (a or "").strip() or not others:
        raise UserError("Two words are needed.", "Type a word in each of the two fields.")
    first = settings.vectors.look_up(a)
    background = cached_words.random_cosines(settings.key)
    scores = _scores(settings, first, others, background)
    best = max(scores, key=lambda item: item.similarity)
    ordered = [best, *(item for item in scores if item is not best)]
    other = _other_scores(second, first, [item.b for item in scores]) if second else {}
    picture, numbers = st.columns([5, 3], gap="medium")
    with picture:
        verdicts = judge_pairs(scores, background)
        verdict = verdicts[scores.index(best)]
        above = f"more similar than {best.percentile:.1f} % of random pairs"
        title = f"“{first}” and “{best.b}”: {above}" + ("" if verdict.is_finding else f", {verdict.label}")
        show_figure(
            figures.pair_among_random(ordered, background, title, dark(), 380),
            "pair-similarity",
            {
                "a": [s.a for s in scores],
                "b": [s.b for s in scores],
                "cosine": [s.similarity for s in scores],
                "angle_degrees": [s.angle for s in scores],
                "percentile": [s.percentile for s in scores],
                **({"percentile_by_other": [_percentile(other, s.b) for s in scores]} if second else {}),
            },
        )
    with numbers:
        _list(scores, other, second)
    show_reading(
        "The angle between {} and {} is {}; its cosine times 100 is {}. {} of random pairs are less similar: {}.",
        first,
        best.b,
        f"{best.angle:.0f}°",
        f"{100 * best.similarity:.1f}",
        f"{best.percentile:.1f} %",
        verdict.words,
        caveat=f"{verdicts.findings} of {len(scores)} are more similar than random pairs ({verdicts.rule}). "
        "Higher is more similar. The numbers of two sets of vectors cannot be compared; "
        "their percentiles among random pairs can." + _told(second, scores, other),
    )
    show_method(
        r"100 \cdot \cos(a, b) = 100 \cdot \frac{a \cdot b}{|a|\,|b|}",
        "the talk “Laptop-sized ML for Text” prints this number as “difference” and cuts it to an integer; it "
        "is a similarity.",
        f"from core.words.pairs import random_cosines, score\n{settings.code}\nbackground = random_cosines(vectors)\n"
        f"result = [score(vectors, {first!r}, word, background) for word in {[item.b for item in scores]!r}]"
        + (_other_lines(second, first, list(other)) if second else ""),
        {"vectors": settings.title, "random pairs": f"{len(background):,}, drawn uniformly from the vocabulary"},
    )


def _list(scores: list[PairScore], other: dict[str, PairScore], second: PageSettings | None) -> None:
    """The scores in a list; with a second set of vectors the percentiles of both."""
    top = max(item.similarity for item in scores) or 1.0
    show_list(
        ("word", "", "similarity", "angle", "percentile") if second is None else ("word", "", "percentile", "other"),
        [
            Row(
                item.b,
                (f"{100 * item.similarity:.1f}", f"{item.angle:.0f}°", f"{item.percentile:.1f}")
                if second is None
                else (f"{item.percentile:.1f}", f"{other[item.b].percentile:.1f}" if item.b in other else "OOV"),
                item.similarity / top,
            )
            for item in scores
        ],
    )
    if second is not None:
        st.caption(plain_label(f"other: {second.title}", 80))


def _other_scores(second: PageSettings, first: str, words: list[str]) -> dict[str, PairScore]:
    """The scores by the second set, of the words that it has."""
    if first not in second.vectors:
        show_note(f"“{first[:40]}” is not among the words of {second.title}.", "Choose another word or set.")
        return {}
    background = cached_words.random_cosines(second.key)
    return {word: score(second.vectors, first, word, background) for word in words if word in second.vectors}


def _percentile(other: dict[str, PairScore], word: str) -> float | str:
    return other[word].percentile if word in other else ""


def _told(second: PageSettings | None, scores: list[PairScore], other: dict[str, PairScore]) -> str:
    """Whether the second set puts the words in the same order."""
    both = [item for item in scores if item.b in other]
    if second is None or len(both) < 2:
        return ""
    pairs = [(x, y) for place, x in enumerate(both) for y in both[place + 1 :]]
    same = sum((x.similarity - y.similarity) * (other[x.b].similarity - other[y.b].similarity) > 0 for x, y in pairs)
    return (
        f" {second.title} puts {same} of {len(pairs)} pairs of these words in the same order of similarity "
        f"(by chance {len(pairs) / 2:.1f})."
    )


def _other_lines(second: PageSettings, first: str, words: list[str]) -> str:
    """The lines of Python for the second set."""
    return (
        f"\n{second.code}\nbackground = random_cosines(vectors)\n"
        f"result = [result, [score(vectors, {first!r}, word, background) for word in {words!r}]]"
    )


def _scores(settings: PageSettings, first: str, others: list[str], background) -> list[PairScore]:
    """The scores of the words in the vocabulary; a note for each other word."""
    scores: list[PairScore] = []
    problem = None
    for word in others:
        try:
            found = settings.vectors.look_up(word)
            if found not in [item.b for item in scores]:  # a word twice counts once
                scores.append(score(settings.vectors, first, found, background))
        except UnknownWord as missing:
            problem = missing
            show_note(missing.what, missing.next_step)
    if not scores and problem:
        raise UserError(
            "None of the words to compare with is in the vocabulary.", "Type another word in the second field."
        )
    return scores


VIEW = View("pair", "Pair", 2, show)
