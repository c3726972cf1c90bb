"""Neighbours: the nearest words of a word, or of a sum of words."""

from __future__ import annotations

import streamlit as st

from core.figures import words as figures
from core.words.algebra import parse, vector_of, written
from core.words.neighbourhood import bearings, mutual
from core.words.vectors import Neighbour
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.presets import pick_preset
from pages.words.result_list import Row, show_list
from pages.words.sidebar import PageSettings

PRESETS = {
    "linux": "linux",
    "raise": "raise",
    "king - man + woman": "king - man + woman",
    "doctor": "doctor",
    "paris - france + japan": "paris - france + japan",
    "nurse - she + he": "nurse - she + he",
}


def show(settings: PageSettings) -> None:
    with st.sidebar:
        pick_preset("words_query", PRESETS, "Examples")
        count = st.slider("Neighbours", 5, 20, 12, key="words_count", bind="query-params")
    typed = st.text_input(
        "A word, or a sum of words",
        "linux",
        max_chars=400,
        key="words_query",
        bind="query-params",
        placeholder="linux, or king - man + woman",
    )
    terms = parse(typed or "", settings.vectors)
    text = written(terms)
    single = len(terms) == 1 and terms[0].weight > 0
    centre = settings.vectors.vector(terms[0].word) if single else vector_of(terms, settings.vectors)
    found = settings.vectors.nearest(terms[0].word if single else centre, count)
    inputs = set() if single else {term.word for term in terms}
    both = mutual(settings.vectors, terms[0].word, found) if single else [False] * len(found)
    left, right = st.columns([11, 8], gap="small")
    with left:
        title = f"The {len(found)} words nearest to “{text}”, by angle"
        directions = bearings(settings.vectors, centre, [n.word for n in found])
        map_of = figures.neighbourhood(text, found, directions, title, dark())
        show_figure(map_of, "nearest-words", _table(found, both))
    with right:
        _list(settings, found, both, inputs)
    _read(text, found, both, single, settings)
    show_method(
        r"\cos(q, w) = \frac{q \cdot w}{|q|\,|w|} \qquad \text{angle} = \arccos(\cos(q, w))",
        "Salton and McGill 1983; for word vectors Mikolov et al. 2013.",
        _lines(settings, terms[0].word if single else "", typed or "", count),
        {"vectors": settings.title, "words compared": f"{len(settings.vectors):,}"},
        "Every word of the vocabulary is compared, none is skipped. In the picture the distance from the centre is the "
        "true angle; around the centre, similar words are next to each other, and their positions mean nothing else. "
        "In a sum each word has length 1. ⇄ marks mutual nearest neighbours: words that have this word among their own "
        f"{count} nearest.",
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
    top = max((n.similarity for n in found), default=1.0) or 1.0
    rows = [
        Row(
            n.word,
            (f"{n.similarity:.3f}", f"{n.angle:.1f}°", f"{n.frequency_rank:,}"),
            n.similarity / top,
            n.word in inputs,
            "⇄" if mark else "",
        )
        for n, mark in zip(found, both, strict=True)
    ]
    show_list(("word", "", "cosine", "angle", "rank in the vocabulary" if settings.vectors.ordered else "row"), rows)


def _read(text: str, found: list[Neighbour], both: list[bool], single: bool, settings: PageSettings) -> None:
    if not found:
        return
    best = found[0]
    if single:
        caveat = f"{sum(both)} of the {len(found)} are mutual nearest neighbours (⇄). "
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
