"""Trust: how many true neighbours the map keeps, where it misleads, and what another way of drawing makes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core import loaders
from core.documents import corpus, neighbours, steps
from core.documents.projection import ProjectionSettings
from core.figures.documents import side_by_side
from pages.documents.desk import Desk
from pages.documents.waiting import answer_of
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.take_away import show_figure

COUNT = 10


def show(desk: Desk) -> None:
    """Draw the view."""
    if desk.corpus is None:
        return
    encoded = answer_of(steps.encoding(desk.corpus, desk.corpus_key, loaders.load("minilm")), "Reading the documents")
    if encoded is None:
        return
    flat = ProjectionSettings(2, desk.settings.n_neighbors, desk.settings.min_dist, desk.settings.seed)
    measured = []
    for name, settings in (("UMAP", flat), ("Principal components", ProjectionSettings(method="pca"))):
        drawn = answer_of(steps.projecting(encoded["vectors"], settings), f"Drawing the map: {name}")
        trust = answer_of(steps.trusting(encoded["vectors"], drawn["points"], COUNT), "Comparing") if drawn else None
        if drawn is None or trust is None:
            return
        measured.append((name, loaders.array(drawn["points"]), trust))
    rows = np.array(loaders.array(measured[0][2]["rows"]))
    kept = np.array(loaders.array(measured[0][2]["kept"]))
    lit, chosen = _pick_document(desk.corpus, encoded["vectors"], rows, kept)
    ours, other = measured[0][2], measured[1][2]
    show_reading("Of a document\u2019s {} nearest, this map keeps {} near; principal components keep {}.",
                 ours["count"], f"{100 * ours['overlap']:.0f} %",
                 f"{100 * other['overlap']:.0f} %",
                 caveat=f"Trustworthiness {ours['trustworthiness']:.3f}, continuity {ours['continuity']:.3f}, from "
                 f"{len(rows):,} of {len(desk.corpus.texts):,} documents. Do not read distances between clumps, their "
                 "sizes or the axes: UMAP makes no promise about them.")
    maps = [(f"{name}: {100 * trust['overlap']:.0f} % kept", points[rows], np.array(loaders.array(trust["kept"])))
            for name, points, trust in measured]
    figure = side_by_side(maps, [desk.corpus.texts[row] for row in rows], lit, "Where do the ringed documents, near "
                          "each other in meaning, lie on each map?", dark())
    show_figure(figure, "document-trust", _numbers(rows, measured), f"Two maps of {len(rows)} documents",
                f"document-trust-{desk.corpus_key}")
    st.text("Ringed: " + desk.corpus.texts[chosen][:300])
    _explain(desk, flat, ours)


def _pick_document(made: corpus.Corpus, vectors: str, rows: np.ndarray, kept: np.ndarray) -> tuple[list[int], int]:
    """A document and its true neighbours, as places in `rows`; at first the one that the map treats worst."""
    order = np.argsort(kept, kind="stable")
    which = st.segmented_control("Ring", ["worst kept", "middling", "best kept"], default="worst kept", required=True,
                                 key="documents_ring", bind="query-params", label_visibility="collapsed",
                                 help="a document and its ten nearest by meaning")
    place = int(order[{"worst kept": 0, "middling": len(order) // 2, "best kept": -1}[which or "worst kept"]])
    among = loaders.array(vectors)[rows]
    lit, _ = neighbours.nearest(among, among[place], COUNT + 1)
    return [int(row) for row in lit], int(rows[place])


def _numbers(rows: np.ndarray, measured: list[tuple[str, np.ndarray, dict[str, Any]]]) -> dict[str, Any]:
    columns: dict[str, Any] = {"document": (rows + 1).tolist()}
    for name, points, trust in measured:
        columns[f"{name} x"], columns[f"{name} y"] = points[rows, 0].tolist(), points[rows, 1].tolist()
        columns[f"{name} neighbours kept"] = np.array(loaders.array(trust["kept"])).tolist()
    return columns


def _explain(desk: Desk, settings: ProjectionSettings, trust: dict[str, Any]) -> None:
    sample = desk.corpus_key if desk.corpus_key in corpus.SAMPLES else "everyday"
    show_method(
        r"T(k) = 1 - \frac{2}{nk(2n - 3k - 1)} \sum_i \sum_{j \in U_k(i)} (r(i, j) - k)",
        "Venna and Kaski 2001, equations 1 and 2.",
        f"""
from core.documents import corpus, encoders, projection, trust

vectors = encoders.load("minilm").encode(corpus.load("{sample}").texts[:60])
settings = projection.ProjectionSettings(n_neighbors={settings.n_neighbors}, min_dist={settings.min_dist}, \
seed={settings.seed})
result = trust.measure(vectors, projection.project(vectors, settings).points, count={COUNT})
""",
        {"neighbours compared": trust["count"], **vars(settings)},
        "U is the set of documents among the k nearest on the map that are not among the k nearest by cosine, r their "
        "true rank. Trustworthiness falls when the map shows false neighbours, continuity when it tears true ones "
        "apart. Both come from the ranks of all pairs of the documents compared.")


VIEW = View(key="trust", title="Trust", order=2, show=show)
