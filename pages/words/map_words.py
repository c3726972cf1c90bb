"""The data of the map of words: which words, their points and clusters (from the job process), search and colours."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core import storage
from core.cached import documents as cached_documents
from core.documents.mapping.neighbours import largest
from core.documents.pipeline import job_spec
from core.documents.projection import ProjectionSettings
from core.errors import UnknownWord, UserError
from core.figures.documents import Colouring, Legend
from core.words.word_map import MOST_WORDS, central_words, first_words, projections, rows_near, rows_of_list
from pages.shared.job_status import result_or_progress
from pages.shared.user_errors import show_note
from pages.words.sidebar import PageSettings

KINDS = {"first": "First words", "near": "Near a word", "list": "A list"}
SHOWN = {"umap": "UMAP", "pca": "PCA"}
COLOURS = {"cluster": "Cluster", "axis": "Projection", "rank": "Rank"}
COUNTS = (500, 1000, 2000, 5000)
NEAR = (100, 300, 1000)
EXAMPLE_LIST = (
    "monday, tuesday, friday, january, june, december, red, green, blue, yellow, paris, london, rome, tokyo, "
)
EXAMPLE_LIST += "france, england, italy, japan, cat, dog, horse, cow, bread, cheese, wine, beer, doctor, nurse, teacher"
HITS = 10
LEAST_WORDS = 4
MOST_LABELS = 2000  # words that can be named on the map
NAMED_AT_ONCE = 60  # of so few words each is named before one zooms in


@dataclass(frozen=True)
class Choice:
    """The words of a map: their rows, how Python chooses the same (`imports`, `code`), their colours, and a word that
    is looked for among them."""

    rows: tuple[int, ...]
    imports: str
    code: str
    colour: str
    axis: tuple[str, str]
    method: str
    query: str


@dataclass(frozen=True, eq=False)
class WordMap:
    """Words with their points (N, 2), their clusters by level with names, and how far the map can be trusted:
    `kept` (N,) is the share of each word's ten nearest that are near on the map. `key`: of the points, `list_key`: of
    the words. The last of the `levels` is the words themselves, whose names appear as one zooms in."""

    choice: Choice
    settings: ProjectionSettings
    words: list[str]
    units: np.ndarray = field(repr=False)
    points: np.ndarray = field(repr=False)
    levels: list[tuple[np.ndarray, list[str]]] = field(repr=False)
    base: int
    kept: np.ndarray = field(repr=False)
    trustworthiness: float
    continuity: float
    key: str
    list_key: str


def pick_words(settings: PageSettings) -> Choice:
    """The sidebar and the input of the view: which words, how they are drawn and coloured.

    Raises:
        UserError: too few words.
    """
    with st.sidebar:
        kind = st.radio("Words", list(KINDS), format_func=KINDS.__getitem__, key="words_map_kind", bind="query-params")
        method = st.radio(
            "Projection",
            list(SHOWN),
            format_func=SHOWN.__getitem__,
            key="words_map_method",
            bind="query-params",
            horizontal=True,
        )
        colour = st.selectbox(
            "Colour", list(COLOURS), format_func=COLOURS.__getitem__, key="words_map_colour", bind="query-params"
        )
        axis = ("", "")
        if colour == "axis":
            left, right = st.columns(2)
            low = left.text_input("From", "he", max_chars=80, key="words_map_low", bind="query-params")
            high = right.text_input("to", "she", max_chars=80, key="words_map_high", bind="query-params")
            axis = ((high or "").strip(), (low or "").strip())
            for word in axis:
                settings.vectors.row(word)
    rows, imports, code, query = _rows(settings, kind or "first")
    if len(rows) < LEAST_WORDS:
        raise UserError(f"A map needs at least {LEAST_WORDS} words of the vocabulary.", "Type more words.")
    return Choice(tuple(rows), imports, code, colour or "cluster", axis, method or "umap", query)


def _rows(settings: PageSettings, kind: str) -> tuple[list[int], str, str, str]:
    """The rows of the chosen words, the lines of Python that choose them, and the query of the search in the map."""
    vectors = settings.vectors
    if kind == "near":
        first, second, third = st.columns([3, 2, 5], vertical_alignment="bottom")
        typed = first.text_input(
            "A word, or a sum of words", "coffee", max_chars=400, key="words_map_near", bind="query-params"
        )
        count = second.selectbox("Words near it", NEAR, index=1, key="words_map_near_count", bind="query-params")
        return (
            rows_near(vectors, typed or "", int(count or NEAR[1])),
            "from core.words.word_map import rows_near",
            f"rows = rows_near(vectors, {typed!r}, {count})",
            _search_field(third),
        )
    if kind == "list":
        first, second = st.columns(2, vertical_alignment="bottom")
        typed = first.text_area(
            "Words", EXAMPLE_LIST, height=68, max_chars=60_000, key="words_map_list", persist_state="session"
        )
        rows, missing = rows_of_list(vectors, typed or "")
        query = _search_field(second)
        if len(rows) > MOST_WORDS:
            show_note(f"{len(rows) - MOST_WORDS:,} words are left out:", f"a map has at most {MOST_WORDS:,}.")
        if missing:
            show_note(f"{len(missing)} words are out of vocabulary and left out:", ", ".join(missing[:40]) + ".")
        code = f"rows = rows_of_list(vectors, {typed!r})[0][:{MOST_WORDS}]"
        return rows[:MOST_WORDS], "from core.words.word_map import rows_of_list", code, query
    with st.sidebar:
        count = int(st.selectbox("How many", COUNTS, index=2, key="words_map_count", bind="query-params") or 2000)
        letters = st.toggle(
            "Only words of letters",
            True,
            key="words_map_letters",
            bind="query-params",
            help="Without numbers and punctuation marks",
        )
    return (
        first_words(vectors, count, letters),
        "from core.words.word_map import first_words",
        f"rows = first_words(vectors, {count}, {letters})",
        _search_field(st.container()),
    )


def _search_field(place: Any) -> str:
    typed = place.text_input(
        "Search within the map",
        key="words_map_query",
        bind="query-params",
        max_chars=80,
        placeholder="Search within the map: a word",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return (typed or "").strip()


def compute(settings: PageSettings, choice: Choice) -> WordMap | None:
    """Points, clusters and trust; None while one of them is under way (its progress is drawn)."""
    rows = list(choice.rows)
    units = np.asarray(settings.vectors.units(rows), dtype=np.float32)
    list_key = storage.content_key("word map", settings.key, rows)
    path = storage.folder("matrices") / f"{list_key}.npy"
    if not path.exists():
        storage.save_array(path, units)
    drawing = ProjectionSettings(method=choice.method)  # type: ignore[arg-type]
    drawn = result_or_progress(job_spec.projecting(str(path), drawing), "Drawing the map")
    grouped = result_or_progress(job_spec.clustering(str(path)), "Finding clusters") if drawn else None
    trusted = (
        result_or_progress(job_spec.trusting(str(path), drawn["points"]), "Comparing") if drawn and grouped else None
    )
    if drawn is None or grouped is None or trusted is None:
        return None
    words = [settings.vectors.words[row] for row in rows]
    labels = cached_documents.array(grouped["labels"])
    base = min(1, labels.shape[1] - 1)  # eight clusters
    levels = [(labels[:, level], central_words(units, labels[:, level], words)) for level in range(base + 1)]
    levels.append((np.where(np.arange(len(words)) < MOST_LABELS, np.arange(len(words)), -1), words[:MOST_LABELS]))
    return WordMap(
        choice,
        drawing,
        words,
        units,
        cached_documents.array(drawn["points"]),
        levels,
        base,
        cached_documents.array(trusted["each"]),
        float(trusted["trustworthiness"]),
        float(trusted["continuity"]),
        Path(drawn["points"]).stem,
        list_key,
    )


def search(settings: PageSettings, made: WordMap, query: str) -> tuple[list[int], list[float], str]:
    """(points of the map nearest to a word of the vocabulary, their cosines, a note): the word itself first, if it is
    on the map. Nothing for an empty query, or for a word that is not in the vocabulary, which the note says."""
    if not query:
        return [], [], ""
    word = query if query in settings.vectors else query.lower()
    try:
        vector = settings.vectors.unit(word)
    except UnknownWord as missing:
        show_note(missing.what, missing.next_step)
        return [], [], ""
    cosines = made.units @ vector
    hits = largest(cosines, HITS).tolist()
    note = "" if word in made.words else f"“{word[:40]}” itself is not on this map."
    return hits, [float(min(cosines[row], 1.0)) for row in hits], note


def colouring(settings: PageSettings, made: WordMap) -> Colouring:
    """What the points are coloured by."""
    rows = list(made.choice.rows)
    if made.choice.colour == "axis":
        high, low = made.choice.axis
        values = projections(settings.vectors, rows, high, low)
        most = float(np.abs(values).max()) or 1.0
        return Colouring("projection", amounts=values, limits=(-most, most), legend=Legend("Nearer to", low, high))
    if made.choice.colour == "rank":
        ranks = np.array(rows, dtype=np.float64) + 1
        return Colouring(
            "rank", amounts=-np.log10(ranks), legend=Legend("Rank", f"{ranks.max():,.0f}", f"{ranks.min():,.0f}")
        )
    groups, names = made.levels[made.base]
    return Colouring("groups", groups, tuple(names))


def table_of(settings: PageSettings, made: WordMap, hits: list[int]) -> dict[str, Any]:
    """The words as columns, with what is shown of them."""
    groups, names = made.levels[made.base]
    columns: dict[str, Any] = {
        "word": made.words,
        "x": made.points[:, 0].tolist(),
        "y": made.points[:, 1].tolist(),
        "cluster": [names[group] for group in groups.tolist()],
        "vocabulary_rank": [row + 1 for row in made.choice.rows],
        "neighbours_kept": made.kept.tolist(),
    }
    if made.choice.colour == "axis":
        columns["projection"] = projections(settings.vectors, list(made.choice.rows), *made.choice.axis).tolist()
    if hits:
        columns["search_rank"] = [hits.index(row) + 1 if row in hits else "" for row in range(len(made.words))]
    return columns
