"""The map: each document is a point, similar documents are near each other; a query highlights the nearest ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.figures.documents import Colouring, map_figure
from pages.documents.lines import loading
from pages.documents.map.map_camera import keep_turned
from pages.documents.map.map_data import (
    LONGEST_QUERY,
    NEIGHBOURS_COMPARED,
    MapData,
    QueryResult,
    colouring,
    compute,
    find,
)
from pages.documents.map.panel import show_panel
from pages.documents.map.selection import show_table, table_of
from pages.documents.sidebar import PageSettings, encoder_title
from pages.shared.export import show_figure, show_ways
from pages.shared.frame import View, dark
from pages.shared.map.map_canvas import HEIGHT, Label, Levels, labels_of, levels_of, show_map
from pages.shared.map.selected import Held, chosen_how, held_for
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import user_errors

HITS = 10
FEWEST = 5  # documents that a map says something of


def show(page: PageSettings) -> None:
    """Draw the view."""
    if page.corpus is None:
        return
    query = st.text_input(
        "Search by meaning",
        key="documents_query",
        persist_state="session",
        label_visibility="collapsed",
        placeholder="Search by meaning: a word, a question, a sentence",
        icon=":material/search:",
        on_change=lambda: st.session_state.update(documents_panel="Hits"),
    )
    map_data = compute(page)
    if map_data is None:
        return
    result = QueryResult()
    with user_errors():
        result = find(map_data, query or "", HITS)
    page = map_data.page  # of a sample, while the rest is encoded
    held = held_for(page.corpus_key)
    _read(map_data, result)
    left, right = st.columns([1.8, 1], gap="medium")
    with left:
        _draw(map_data, result, held, chosen_how())
    with right:
        show_panel(map_data, result, held)
    show_table(map_data, result, held)
    _explain(map_data, result)


def _draw(map_data: MapData, result: QueryResult, held: Held, how: str) -> None:
    """The map: in two dimensions by our own component (zoom survives reruns), in three by plotly."""
    colours = colouring(map_data, result)
    key = f"document-map-{map_data.page.corpus_key}"

    def picture() -> go.Figure:
        return map_figure(
            map_data.points,
            map_data.corpus.texts,
            colours,
            _title(map_data, result),
            dark(),
            result.hits.tolist(),
            height=HEIGHT,
            selected=held.rows,
        )

    def numbers() -> dict[str, Any]:
        return table_of(map_data, result, np.arange(len(map_data.points)))

    if map_data.points.shape[1] == 3:
        keep_turned(map_data.key)
        show_figure(picture(), "document-map", numbers, f"A map of {len(map_data.points)} documents", key)
        st.caption("Drag to rotate. Select documents in the list or the table; the lasso is on the 2-D map.")
        return

    def choose_cluster(level: int, group: int, how: str) -> None:
        groups, names = levels[min(max(level, 0), len(levels) - 1)]
        if 0 <= group < len(names):
            held.choose(np.flatnonzero(groups == group), how, names[group])
            st.session_state["documents_panel"] = "Selected"

    levels, base, labels = _labels(map_data, colours)
    show_map(
        map_data.points,
        map_data.corpus.texts,
        colours,
        held,
        dark(),
        result.hits.tolist(),
        labels,
        base,
        how,
        key=map_data.key,
        on_group=choose_cluster,
    )
    show_ways(picture, "document-map", numbers, key)


def _labels(map_data: MapData, colours: Colouring) -> tuple[Levels, int, list[Label]]:
    """(levels of groups with their names, the one for zoom 1, the labels): of the field that gives the colour, where
    it has kinds, else of the groups found."""
    if colours.groups is not None and not colours.of_clusters:
        levels: Levels = [(colours.groups, colours.names)]
        return levels, 0, labels_of(map_data.points, levels, {0: colours.colours()})
    levels, base = levels_of(map_data.clusters), map_data.page.level
    return (
        levels,
        base,
        labels_of(map_data.points, levels, {base: colours.colours()} if colours.groups is not None else {}),
    )


def _title(map_data: MapData, result: QueryResult) -> str:
    if len(result.hits):
        return f"“{result.short}” among {len(map_data.points):,} documents"
    if map_data.page.colour == "group":
        return f"{len(map_data.corpus.texts):,} documents: similar ones are near each other"
    colour = map_data.page.field or map_data.page.colour
    return f"{len(map_data.corpus.texts):,} documents by meaning, coloured by {colour}"


def _read(map_data: MapData, result: QueryResult) -> None:
    if len(result.hits):
        show_reading(
            "The nearest document has a cosine of {} with the query; half of all documents stay below {}.",
            f"{result.cosines[0]:.2f}",
            f"{float(np.median(result.every)):.2f}",
            caveat="Words need not match: the vectors compare meaning."
            + (" Only the first 2,000 characters of the query count." if len(result.query) > LONGEST_QUERY else ""),
        )
    elif map_data.page.colour == "search rank":
        show_reading("Type a query above: each document is then coloured by its rank for it.")
    elif map_data.kept is not None:
        show_reading(
            "Of a document’s ten true neighbours this map keeps {} near; where it is dark blue, the map is misleading.",
            f"{100 * float(map_data.kept.mean()):.0f} %",
            caveat=f"Counted for each of {len(map_data.points):,} documents.",
        )
    elif (only := _one_text(map_data)) is not None:
        show_reading(
            "All {} documents have the same text, so the map shows one text: “{}”.",
            f"{len(map_data.points):,}",
            only,
            caveat="Where they lie, and how far apart, means nothing.",
        )
    elif len(map_data.points) < FEWEST:
        show_reading(
            "{} document{}: a map and clusters want more, at least {}.",
            f"{len(map_data.points)}",
            "" if len(map_data.points) == 1 else "s",
            f"{FEWEST}",
            caveat="Search, the table and the fields work; distances on this map mean nothing.",
        )
    else:
        level = map_data.page.level
        largest = map_data.clusters.keywords[level][0]
        size = int((map_data.clusters.labels[:, level] == 0).sum())
        show_reading(
            "The largest cluster, {} of {} documents, has the keywords {}.",
            f"{size:,}",
            f"{len(map_data.points):,}",
            ", ".join(largest[:3]) or "(none)",
            caveat="Neighbours on the map are mostly neighbours in meaning; distances and the size of a clump mean "
            f"little. {map_data.note}",
        )


def _one_text(map_data: MapData) -> str | None:
    """The text that all documents have, cut; None where there are two that differ, or one document."""
    texts = map_data.corpus.texts
    if len(texts) < 2 or any(text != texts[0] for text in texts):
        return None
    return str(texts[0])[:80]


def _explain(map_data: MapData, result: QueryResult) -> None:
    settings, level = map_data.page.projection, map_data.page.level
    query = result.query[:LONGEST_QUERY]
    hits = f"""rows, cosines = neighbours.nearest(vectors, encoder.encode_query({ascii(query)}), {HITS})
result["hits"] = [(made.texts[row], cosine) for row, cosine in zip(rows, cosines)]"""
    places = f"projection.project(vectors, projection.{settings!r}, known).points"
    if map_data.corpus.vectors and map_data.corpus.places:
        places = "numpy.load(made.places)"
    kept = f'result["kept"] = trust.kept_of_each(known.indices, points, {NEIGHBOURS_COMPARED})'
    show_method(
        r"w_{ij} = \exp\!\left(-\frac{d(x_i, x_j) - \rho_i}{\sigma_i}\right), \qquad "
        r"d(x_i, x_j) = 1 - \cos(x_i, x_j)",
        "McInnes, Healy and Melville 2018 (UMAP); Ward 1963 (clusters); Grootendorst 2022, equation 3 (keywords).",
        f"""
from core.documents import corpus, encoders, projection
from core.documents.encoding import vector_store
from core.documents.mapping import clusters, neighbours, trust

{loading(map_data.page)}
known = neighbours.find(vectors, 50)
points = {places}
found = clusters.find(vectors, made.texts)
result = {{"points": points, "clusters": found.sizes({level})}}
{hits if len(result.hits) else ""}
{kept if map_data.kept is not None else ""}
""",
        {"encoder": encoder_title(map_data.page.encoder_key), "precision": map_data.precision, **vars(settings)},
        f"Each document becomes a vector of {map_data.vectors.shape[1]} dimensions and length 1; the encoder reads the "
        "beginning of a long text. UMAP draws documents near each other that are among each other's nearest neighbours "
        "by cosine. Clusters are found among the vectors, not on the map. A query is compared with every document.",
    )


VIEW = View(key="map", title="Map", order=1, show=show)
