"""The map: every document a point, near points alike in meaning; a query lights up what is nearest to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core import loaders
from core.documents import corpus, neighbours, steps
from core.documents.clusters import Clusters
from core.figures.documents import Colouring, map_figure
from pages.documents.desk import Desk
from pages.documents.entries import Entry, show_entries
from pages.documents.map_canvas import show_map
from pages.documents.selection import show_selection
from pages.documents.waiting import answer_of
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.take_away import show_figure, show_ways
from pages.shared.user_errors import user_errors

HITS = 10
LONGEST_QUERY = 2000


@dataclass(frozen=True)
class Mapped:
    """A corpus with its vectors (N, 384), its points on the map and its groups."""

    desk: Desk
    corpus: corpus.Corpus
    vectors: np.ndarray
    points: np.ndarray
    clusters: Clusters
    precision: str
    note: str


def show(desk: Desk) -> None:
    """Draw the view."""
    if desk.corpus is None:
        return
    query = st.text_input("Look for", key="documents_query", persist_state="session", label_visibility="collapsed",
                          placeholder="Look for a meaning: a word, a question, a sentence", icon=":material/search:")
    mapped = compute(desk)
    if mapped is None:
        return
    hits, cosines = np.array([], dtype=int), np.array([])
    with user_errors():
        hits, cosines = _search(mapped, query)
    _read(mapped, query, hits, cosines)
    left, right = st.columns([2.3, 1], gap="medium")
    with left:
        selected = _draw(mapped, query, hits)
    with right:
        if len(selected):
            show_selection(mapped.corpus, mapped.points, selected, colouring(mapped))
        elif len(hits):
            _list_hits(mapped, hits, cosines)
        else:
            _list_groups(mapped)
    _explain(mapped)


def _draw(mapped: Mapped, query: str, hits: np.ndarray) -> np.ndarray:
    """The map: in two dimensions by our own component (zoom outlives reruns), in three by plotly; the selection."""
    def picture() -> go.Figure:
        return map_figure(mapped.points, mapped.corpus.texts, colouring(mapped), _title(mapped, query, hits), dark(),
                          hits.tolist(), height=500)

    key = f"document-map-{mapped.desk.corpus_key}"
    if mapped.points.shape[1] == 3:
        show_figure(picture(), "document-map", _numbers(mapped), f"A map of {len(mapped.points)} documents", key)
        return np.array([], dtype=int)
    selected = show_map(mapped.points, mapped.corpus.texts, colouring(mapped), mapped.clusters, mapped.desk.level,
                        hits.tolist(), dark())
    show_ways(picture, "document-map", _numbers(mapped), key)
    return selected


def compute(desk: Desk) -> Mapped | None:
    """Vectors, groups and points; None while one of them is under way (its progress is drawn)."""
    assert desk.corpus is not None
    encoder = loaders.load("minilm")
    encoded = answer_of(steps.encoding(desk.corpus, desk.corpus_key, encoder), "Reading the documents")
    if encoded is None:
        return None
    grouped = answer_of(steps.grouping(desk.corpus_key, encoded["vectors"]), "Finding groups")
    drawn = answer_of(steps.projecting(encoded["vectors"], desk.settings), "Drawing the map") if grouped else None
    if grouped is None or drawn is None:
        return None
    names = tuple(tuple(tuple(words) for words in level) for level in grouped["keywords"])
    clusters = Clusters(loaders.array(grouped["labels"]), names)
    return Mapped(desk, desk.corpus, loaders.array(encoded["vectors"]), loaders.array(drawn["points"]), clusters,
                  f"{encoded['precision']} ({encoded['reason']})", drawn["note"])


def colouring(mapped: Mapped) -> Colouring:
    """What gives the points their colour."""
    name = mapped.desk.colour
    if name == "group":
        level = mapped.desk.level
        groups = range(len(mapped.clusters.keywords[level]))
        return Colouring("groups", mapped.clusters.labels[:, level],
                         tuple(mapped.clusters.name(level, group) for group in groups))
    values = mapped.corpus.fields[name]
    if corpus.is_numeric(values):
        return Colouring(name, amounts=np.array(values, dtype=float))
    kinds = sorted(set(map(str, values)))
    return Colouring(name, np.array([kinds.index(str(value)) for value in values]), tuple(kinds))


def _search(mapped: Mapped, query: str) -> tuple[np.ndarray, np.ndarray]:
    if not query.strip():
        return np.array([], dtype=int), np.array([])
    return neighbours.nearest(mapped.vectors, loaders.load("minilm").encode_query(query[:LONGEST_QUERY]), HITS)


def _title(mapped: Mapped, query: str, hits: np.ndarray) -> str:
    if len(hits):
        shown = query if len(query) <= 40 else query[:39] + "…"
        return f"Where “{shown}” lies among {len(mapped.points):,} documents"
    if mapped.desk.colour == "group":
        return f"{len(mapped.corpus.texts):,} documents, near each other where they mean alike"
    return f"{len(mapped.corpus.texts):,} documents by meaning, coloured by {mapped.desk.colour}"


def _list_hits(mapped: Mapped, hits: np.ndarray, cosines: np.ndarray) -> None:
    colours = colouring(mapped)
    show_entries([Entry(f"{rank}", f"cosine {cosine:.2f}", mapped.corpus.texts[hit], colours.colour_of(int(hit)),
                        float(cosine))
                  for rank, (hit, cosine) in enumerate(zip(hits, cosines, strict=True), 1)])


def _list_groups(mapped: Mapped) -> None:
    colours = colouring(mapped)
    if colours.groups is None:
        return
    sizes = np.bincount(colours.groups, minlength=len(colours.names))
    details = mapped.clusters.keywords[mapped.desk.level] if mapped.desk.colour == "group" else [()] * len(sizes)
    show_entries([Entry("", f"{size:,} documents", ", ".join(details[group]) or colours.names[group],
                        colours.colours()[group], size / max(len(mapped.points), 1))
                  for group, size in enumerate(sizes.tolist())])


def _read(mapped: Mapped, query: str, hits: np.ndarray, cosines: np.ndarray) -> None:
    if len(hits):
        every = np.asarray(mapped.vectors @ loaders.load("minilm").encode_query(query[:LONGEST_QUERY]))
        show_reading("The nearest document has a cosine of {} with the query; half of all documents stay below {}.",
                     f"{cosines[0]:.2f}", f"{float(np.median(every)):.2f}",
                     caveat="Words need not match: the vectors compare meaning."
                     + (" Only the first 2,000 characters of the query count." if len(query) > LONGEST_QUERY else ""))
        return
    level = mapped.desk.level
    largest = mapped.clusters.keywords[level][0]
    size = int((mapped.clusters.labels[:, level] == 0).sum())
    show_reading("The largest group, {} of {} documents, is told apart by the words {}.", size, len(mapped.points),
                 ", ".join(largest[:3]) or "it has none", caveat="Neighbours here are mostly neighbours in "
                 f"meaning; distances and the size of a clump say little. {mapped.note}")


def _numbers(mapped: Mapped) -> dict[str, list]:
    names = ("x", "y", "z")[:mapped.points.shape[1]]
    columns = {name: mapped.points[:, place].tolist() for place, name in enumerate(names)}
    level = mapped.desk.level
    return {"document": list(mapped.corpus.texts), **columns,
            "group": [mapped.clusters.name(level, group) for group in mapped.clusters.labels[:, level]]}


def _explain(mapped: Mapped) -> None:
    settings = mapped.desk.settings
    sample = mapped.desk.corpus_key if mapped.desk.corpus_key in corpus.SAMPLES else "everyday"
    show_method(
        r"w_{ij} = \exp\!\left(-\frac{d(x_i, x_j) - \rho_i}{\sigma_i}\right), \qquad "
        r"d(x_i, x_j) = 1 - \cos(x_i, x_j)",
        "McInnes, Healy and Melville 2018 (UMAP); Ward 1963 (groups); Grootendorst 2022, equation 3 (their words).",
        f"""
from core.documents import corpus, encoders, neighbours, projection

texts = corpus.load("{sample}").texts[:60]
encoder = encoders.load("minilm")
vectors = encoder.encode(texts)
settings = projection.ProjectionSettings(dimensions={settings.dimensions}, n_neighbors={settings.n_neighbors}, \
min_dist={settings.min_dist}, seed={settings.seed})
points = projection.project(vectors, settings).points
result = points, neighbours.nearest(vectors, encoder.encode_query("a long journey"), 5)
""",
        {"encoder": "all-MiniLM-L6-v2", "precision": mapped.precision, **vars(settings)},
        "Each document becomes a vector of 384 numbers of length 1 (the first 256 tokens are read). UMAP draws "
        "documents near each other that are among each other's nearest neighbours by cosine. Groups are found among "
        "the vectors, not on the map. A query is compared with every document.")


VIEW = View(key="map", title="Map", order=1, show=show)
