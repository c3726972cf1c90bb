"""A map of words: of the first of the vocabulary, of the neighbourhood of a query, or of a list; with search in it."""

from __future__ import annotations

import streamlit as st

from core.figures.documents import Colouring, map_figure
from pages.shared.export import show_ways
from pages.shared.frame import View, dark
from pages.shared.map.map_canvas import Label, labels_of, show_map
from pages.shared.map.selected import Held, held_for
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.map_words import (
    COLOURS,
    NAMED_AT_ONCE,
    SHOWN,
    WordMap,
    colouring,
    compute,
    pick_words,
    search,
    table_of,
)
from pages.words.result_list import Row, show_list
from pages.words.sidebar import PageSettings

LISTED = 12
FORMULAS = {
    "umap": r"w_{ij} = \exp\!\left(-\frac{d(x_i, x_j) - \rho_i}{\sigma_i}\right), \qquad d = 1 - \cos(x_i, x_j)",
    "pca": r"y_i = W^\top (\hat x_i - \bar x), \qquad W \in \mathbb{R}^{D \times 2}: \text{first principal axes}",
}


def show(settings: PageSettings) -> None:
    """Draw the view."""
    choice = pick_words(settings)
    made = compute(settings, choice)
    if made is None:
        return
    hits, cosines, note = search(settings, made, choice.query)
    held = held_for(made.list_key, "words")
    left, right = st.columns([12, 5], gap="medium")
    with left:
        _draw(settings, made, hits, held)
    with right:
        _panel(made, hits, cosines, held)
    _read(made, choice.query, hits, cosines, note)
    _method(settings, made)


def _draw(settings: PageSettings, made: WordMap, hits: list[int], held: Held) -> None:
    colours = colouring(settings, made)

    def choose_cluster(level: int, group: int, how: str) -> None:
        groups, names = made.levels[min(max(level, 0), len(made.levels) - 1)]
        if 0 <= group < len(names):
            held.choose((groups == group).nonzero()[0], how, names[group])

    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<p style="font-size:1.25rem;font-weight:600;line-height:1.25;margin:0">{_title(made)}</p>')
        show_ways(
            lambda: map_figure(made.points, made.words, colours, _title(made), dark(), hits, 560, held.rows),
            "word-map",
            lambda: table_of(settings, made, hits),
            "word-map",
        )
    few = len(made.words) <= NAMED_AT_ONCE
    show_map(
        made.points,
        made.words,
        colours,
        held,
        dark(),
        hits,
        _labels(f"{made.key} {made.list_key} {colours.groups is None}", made, colours),
        len(made.levels) - 1 if few else made.base,
        name="words_canvas",
        size="growing",
        key=made.key,
        noun="word",
        on_group=choose_cluster,
    )


@st.cache_resource(show_spinner=False, max_entries=6)
def _labels(key: str, _made: WordMap, _colours: Colouring) -> list[Label]:
    """The names of clusters and words at their places: two thousand take a tenth of a second."""
    if _colours.groups is None:
        return labels_of(_made.points, _made.levels, {})
    own = [_colours.colour_of(row) for row in range(len(_made.words))]
    return labels_of(_made.points, _made.levels, {_made.base: _colours.colours(), len(_made.levels) - 1: own})


def _title(made: WordMap) -> str:
    return (
        f"{len(made.words):,} words by {SHOWN[made.settings.method]}, coloured by {COLOURS[made.choice.colour].lower()}"
    )


def _panel(made: WordMap, hits: list[int], cosines: list[float], held: Held) -> None:
    """Beside the map: the hits of the search, else the selection, else the clusters."""
    groups, names = made.levels[made.base]
    if hits:
        show_list(
            ("nearest here", "", "cosine"),
            [
                Row(made.words[row], (f"{value:.3f}",), value, remark=str(rank))
                for rank, (row, value) in enumerate(zip(hits, cosines, strict=True), 1)
            ],
        )
    elif len(held.rows):
        st.text(f"{len(held.rows):,} of {len(made.words):,} words selected: {held.selection.source}")
        shown = held.rows[:LISTED].tolist()
        show_list(("word", "", "kept"), [Row(made.words[row], (f"{100 * made.kept[row]:.0f} %",)) for row in shown])
        if len(held.rows) > LISTED:
            st.caption(f"The first {LISTED}; the export has all.")
    else:
        sizes = [int((groups == group).sum()) for group in range(len(names))]
        order = sorted(range(len(names)), key=lambda group: -sizes[group])[:LISTED]
        top = max(sizes, default=1)
        show_list(("cluster", "", "words"), [Row(names[i], (f"{sizes[i]:,}",), sizes[i] / top) for i in order])


def _read(made: WordMap, query: str, hits: list[int], cosines: list[float], note: str) -> None:
    caveat = (
        f"Trustworthiness {made.trustworthiness:.2f}, continuity {made.continuity:.2f} (10 neighbours; 1 is perfect). "
        "Distances between far groups mean little." + (f" {note}" if note else "")
    )
    kept = f"{100 * float(made.kept.mean()):.0f} %"
    first = next((place for place, row in enumerate(hits) if made.words[row] != query), None)
    if first is not None:
        show_reading(
            "Of the words on this map, {} is nearest to {} (cosine {}). The map keeps {} of each word’s ten nearest.",
            made.words[hits[first]],
            query,
            f"{cosines[first]:.2f}",
            kept,
            caveat=caveat,
        )
    else:
        show_reading(
            "Of each word’s ten nearest among these {} words, the map keeps {} near it.",
            f"{len(made.words):,}",
            kept,
            caveat=caveat,
        )


def _method(settings: PageSettings, made: WordMap) -> None:
    formula = r"w_{ij} = \exp\!\left(-\frac{d(x_i, x_j) - \rho_i}{\sigma_i}\right), \qquad d = 1 - \cos(x_i, x_j)"
    show_method(
        formula
        if made.settings.method == "umap"
        else r"y_i = W^\top (\hat x_i - \bar x), \qquad W: \text{first 2 axes}",
        "McInnes, Healy and Melville 2018 (UMAP); Pearson 1901 (principal components); Venna and Kaski 2001 "
        "(trustworthiness); Ward 1963 (clusters).",
        f"from core.documents import projection\nfrom core.documents.mapping import clusters, neighbours, trust\n"
        f"{made.choice.imports}\n{settings.code}\n{made.choice.code}\nunits = vectors.units(rows)\n"
        f"points = projection.project(units, projection.{made.settings!r}, neighbours.find(units, 50)).points\n"
        'result = {"words": [vectors.words[row] for row in rows], "points": points,\n'
        '          "trust": trust.measure(units, points, 10)}',
        {"vectors": settings.title, "words": f"{len(made.words):,}", **vars(made.settings)},
        "Each word is its vector at length 1. Clusters are found among the vectors, not on the map, and named by the "
        "three words nearest to their mean.",
    )


VIEW = View("map", "Map", 9, show)
