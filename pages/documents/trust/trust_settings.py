"""The effect of the number of neighbours and the minimum distance: nine maps from the same stored neighbours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents.mapping.clusters import Clusters
from core.documents.pipeline import job_spec
from core.documents.projection import ProjectionSettings
from core.figures.documents import Colouring, small_multiples
from pages.documents.lines import loading
from pages.documents.sidebar import PageSettings
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.job_status import result_or_progress
from pages.shared.reading import show_reading

NEIGHBOURS, DISTANCES = (5, 15, 50), (0.0, 0.1, 0.5)
COUNT = 10
DRAWN = 2000  # documents drawn in each of the nine
LARGE = 5000  # documents from which on nine maps take long, and wait for a click


def show_settings(page: PageSettings, vectors: str, flat: ProjectionSettings) -> None:
    """Draw the nine maps, each as soon as it is there."""
    assert page.corpus is not None
    total = len(page.corpus.texts)
    wanted = [replace(flat, n_neighbors=near, min_dist=apart) for apart in DISTANCES for near in NEIGHBOURS]
    if total > LARGE and not all(cached_jobs.cached_result(job_spec.projecting(vectors, each)) for each in wanted):
        asked = f"documents_nine_{Path(vectors).stem}"
        st.session_state[asked] = st.session_state.get(asked) or st.button(
            f"Draw nine maps of {total:,} documents",
            type="primary",
            help="The neighbours are known already; each map takes about as long as the first did after that.",
        )
        if not st.session_state[asked]:
            return
    maps: list[tuple[str, np.ndarray]] = []
    kept: list[float] = []
    for settings in wanted:
        name = f"{settings.n_neighbors} neighbours, minimum distance {settings.min_dist}"
        drawn = result_or_progress(job_spec.projecting(vectors, settings), f"Map {len(maps) + 1} of 9: {name}")
        trust = (
            result_or_progress(job_spec.trusting(vectors, drawn["points"], COUNT), f"Comparing {len(maps) + 1} of 9")
            if drawn
            else None
        )
        if drawn is None or trust is None:
            break
        kept.append(float(trust["every"]))
        maps.append(
            (
                f"{settings.n_neighbors} · {settings.min_dist}: {100 * kept[-1]:.0f} % kept",
                cached_documents.array(drawn["points"]),
            )
        )
    if not maps:
        return
    best = wanted[int(np.argmax(kept))]
    show_reading(
        "{} neighbours and a minimum distance of {} keep the most of each document\u2019s ten nearest: {}.",
        best.n_neighbors,
        best.min_dist,
        f"{100 * max(kept):.0f} %",
        caveat="Few neighbours show detail and break the overall structure; a small minimum distance packs similar "
        "texts tightly. The sliders in the sidebar take any value.",
    )
    rows = np.arange(total) if total <= DRAWN else np.sort(np.random.default_rng(0).choice(total, DRAWN, replace=False))
    figure = small_multiples(
        [(name, points[rows]) for name, points in maps],
        len(NEIGHBOURS),
        _groups(page, vectors, rows),
        [page.corpus.texts[row] for row in rows.tolist()],
        "Neighbours · minimum distance: the same documents, the same seed",
        dark(),
    )
    show_figure(
        figure,
        "document-settings",
        lambda: _numbers(maps, rows),
        f"{len(maps)} maps of {len(rows)} documents",
        f"document-settings-{page.corpus_key}",
    )


def lines(page: PageSettings, flat: ProjectionSettings) -> str:
    """The lines of Python that give what is drawn."""
    return f"""
from core.documents import corpus, encoders, projection
from core.documents.encoding import vector_store
from core.documents.mapping import neighbours, trust

{loading(page)}
known, result = neighbours.find(vectors, 50), []
for distance in {DISTANCES}:
    for near in {NEIGHBOURS}:
        settings = projection.ProjectionSettings(n_neighbors=near, min_dist=distance, seed={flat.seed})
        points = projection.project(vectors, settings, known).points
        result.append((near, distance, points, trust.kept_of_each(known.indices, points, {COUNT}).mean()))
"""


def _groups(page: PageSettings, vectors: str, rows: np.ndarray) -> Colouring:
    """The clusters; one colour while they are not there."""
    grouped = cached_jobs.cached_result(job_spec.grouping(page.corpus_key, vectors))
    if grouped is None:
        return Colouring("groups", np.zeros(len(rows), dtype=np.int32), ("documents",))
    clusters = Clusters(
        cached_documents.array(grouped["labels"]), tuple(tuple(map(tuple, level)) for level in grouped["keywords"])
    )
    names = tuple(clusters.name(page.level, group) for group in range(len(clusters.keywords[page.level])))
    return Colouring("groups", clusters.labels[rows, page.level], names)


def _numbers(maps: list[tuple[str, np.ndarray]], rows: np.ndarray) -> dict[str, Any]:
    columns: dict[str, Any] = {"document": (rows + 1).tolist()}
    for name, points in maps:
        told = name.split(":")[0]
        columns[f"{told} x"], columns[f"{told} y"] = points[rows, 0].tolist(), points[rows, 1].tolist()
    return columns
