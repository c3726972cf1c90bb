"""Neighbours: the nearest words of a word, or of a sum of words."""

from __future__ import annotations

import statistics

import streamlit as st

from core.cached import words as cached_words
from core.figures import words as figures
from core.words.algebra import parse, vector_of, written
from core.words.neighbourhood import bearings, mutual
from core.words.ranking import near
from core.words.vectors import Neighbour
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words import in_a_list, two_lists
from pages.words.first_words import pick_first
from pages.words.presets import pick_preset
from pages.words.result_list import Row, show_list
from pages.words.second_set import pick_second_set
from pages.words.sidebar import PageSettings

PRESETS = {
    "linux": "linux",
    "raise": "raise",
    "king - man + woman": "king - man + woman",
    "doctor": "doctor",
    "paris - france + japan": "paris - france + japan",
    "nurse - she + he": "nurse - she + he",
}


MODES = {"nearest": "Nearest", "farthest": "Farthest", "list": "Rank a list", "odd": "Odd one out"}


def show(settings: PageSettings) -> None:
    """Draw the view."""
    with st.sidebar:
        mode = (
            st.radio("Show", list(MODES), format_func=MODES.__getitem__, key="words_near_mode", bind="query-params")
            or "nearest"
        )
    if mode == "odd":
        in_a_list.show_odd_one_out(settings)
        return
    with st.sidebar:
        pick_preset("words_query", PRESETS, "Examples")
    place, beside = st.columns([1, 2]) if mode == "list" else (st, st)
    typed = place.text_input(
        "A word, or a sum of words",
        "linux",
        max_chars=400,
        key="words_query",
        bind="query-params",
        placeholder="linux, or king - man + woman",
    )
    if mode == "list":
        in_a_list.show_ranked(settings, typed or "", beside)
        return
    with st.sidebar:
        count = st.slider("Neighbours", 5, 20, 12, key="words_count", bind="query-params")
        first = pick_first(settings)
        second = pick_second_set(settings) if mode == "nearest" else None
    if second is not None:
        two_lists.show_neighbours(settings, second, typed or "", count)
        return
    _show_near(settings, typed or "", count, first, mode == "farthest")


def _show_near(settings: PageSettings, typed: str, count: int, first: int, farthest: bool) -> None:
    """The nearest or farthest words, with the picture by angle."""
    terms = parse(typed, settings.vectors)
    text = written(terms)
    single = len(terms) == 1 and terms[0].weight > 0
    word = terms[0].word if single else ""
    centre = settings.vectors.vector(word) if single else vector_of(terms, settings.vectors)
    vectors = cached_words.first_words(settings.key, first) if first else settings.vectors
    found = near(vectors, centre, count, word, farthest)
    inputs = set() if single else {term.word for term in terms}
    marks = single and not farthest and word in vectors
    both = mutual(vectors, word, found) if marks else [False] * len(found)
    left, right = st.columns([11, 8], gap="small")
    with left:
        title = f"The {len(found)} words {'farthest from' if farthest else 'nearest to'} “{text}”, by angle"
        directions = bearings(vectors, centre, [n.word for n in found])
        map_of = figures.neighbourhood(text, found, directions, title, dark())
        show_figure(map_of, "nearest-words", _table(found, both))
    with right:
        _list(settings, found, both, inputs)
    if farthest:
        _read_far(text, found, settings, len(vectors))
    else:
        _read(text, found, both if marks else None, single)
    plain = not first and not farthest
    show_method(
        r"\cos(q, w) = \frac{q \cdot w}{|q|\,|w|} \qquad \text{angle} = \arccos(\cos(q, w))",
        "Salton and McGill 1983; for word vectors Mikolov et al. 2013.",
        _lines(settings, word, typed, count) if plain else _lines_near(settings, word, typed, count, first, farthest),
        {"vectors": settings.title, "words compared": f"{len(vectors):,}"},
        "Every word of the vocabulary is compared, none is skipped. In the picture the distance from the centre is the "
        "true angle; around the centre, similar words are next to each other, and their positions mean nothing else. "
        "In a sum each word has length 1. ⇄ marks mutual nearest neighbours: words that have this word among their own "
        f"{count} nearest.",
    )


def _lines_near(settings: PageSettings, word: str, typed: str, count: int, first: int, farthest: bool) -> str:
    """The lines of Python among the first words only, or of the farthest words."""
    query = f"vectors.vector({word!r})" if word else f"vector_of(parse({typed!r}, vectors), vectors)"
    among = f"first_of(vectors, {first})" if first else "vectors"
    return (
        "from core.words.algebra import parse, vector_of\nfrom core.words.ranking import first_of, near\n"
        f"{settings.code}\nquery = {query}\n"
        f"found = near({among}, query, {count}, without={word!r}, farthest={farthest})\n"
        "result = [(n.word, n.similarity, n.angle) for n in found]"
    )


def _read_far(text: str, found: list[Neighbour], settings: PageSettings, among: int) -> None:
    if not found:
        return
    caveat = "Farthest is not opposite in meaning: opposites are used alike and lie near each other."
    if settings.vectors.ordered:
        middle = statistics.median(item.frequency_rank for item in found)
        caveat += f" Their median rank in the vocabulary is {middle:,.0f} of {among:,}."
    show_reading(
        "The word farthest from {} is {}, at {} (cosine {}).",
        text,
        found[0].word,
        f"{found[0].angle:.0f}°",
        f"{found[0].similarity:.2f}",
        caveat=caveat,
    )


def _lines(settings: PageSettings, word: str, typed: str, count: int) -> str:
    """The lines of Python: of one word with its mutual neighbours, or (`word` is "") of a sum."""
    if word:
        return (
            f"from core.words.neighbourhood import mutual\n{settings.code}\n"
            f"found = vectors.nearest({word!r}, {count})\n"
            f"both = mutual(vectors, {word!r}, found)\n"
            "result = [(n.word, n.similarity, n.angle, mark) for n, mark in zip(found, both)]"
        )
    return (
        f"from core.words.algebra import parse, vector_of\n{settings.code}\n"
        f"query = vector_of(parse({typed!r}, vectors), vectors)\n"
        f"result = [(n.word, n.similarity, n.angle) for n in vectors.nearest(query, {count})]"
    )


def _table(found: list[Neighbour], both: list[bool]) -> dict:
    return {
        "word": [n.word for n in found],
        "cosine": [n.similarity for n in found],
        "angle_degrees": [n.angle for n in found],
        "rank": [n.rank for n in found],
        "vocabulary_rank": [n.frequency_rank for n in found],
        "mutual": both,
    }


def _list(settings: PageSettings, found: list[Neighbour], both: list[bool], inputs: set[str]) -> None:
    top = max((abs(n.similarity) for n in found), default=1.0) or 1.0
    rows = [
        Row(
            n.word,
            (f"{n.similarity:.3f}", f"{n.angle:.1f}°", f"{n.frequency_rank:,}"),
            abs(n.similarity) / top,
            n.word in inputs,
            "⇄" if mark else "",
        )
        for n, mark in zip(found, both, strict=True)
    ]
    show_list(("word", "", "cosine", "angle", "rank in the vocabulary" if settings.vectors.ordered else "row"), rows)


def _read(text: str, found: list[Neighbour], both: list[bool] | None, single: bool) -> None:
    if not found:
        return
    best = found[0]
    if single:
        caveat = f"{sum(both)} of the {len(found)} are mutual nearest neighbours (⇄). " if both is not None else ""
        show_reading(
            "The nearest word to {} is {}, at {} (90° would be unrelated).",
            text,
            best.word,
            f"{best.angle:.0f}°",
            caveat=caveat + "Near means: used in similar contexts. Opposites often are.",
        )
    else:
        other = next((n for n in found if n.word not in text.split()), best)
        show_reading(
            "The nearest word to {} is {}; the nearest that is not in the sum is {}.",
            text,
            best.word,
            other.word,
            caveat="Words of the sum stay in the list, struck through: one of them is often the nearest.",
        )


VIEW = View("neighbours", "Neighbours", 1, show)
