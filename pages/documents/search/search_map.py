"""The map of a search: the hits at their positions, coloured by what found them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from core.cached import documents as cached_documents
from core.documents.mapping.clusters import Clusters
from core.documents.pipeline import job_spec
from core.documents.retrieval.answer import NEITHER, Answer
from core.figures.search import COLOURS, KINDS, FoundBy
from pages.documents.sidebar import PageSettings
from pages.shared.frame import dark
from pages.shared.job_status import result_or_progress
from pages.shared.map.map_canvas import labels_of, levels_of, show_map
from pages.shared.map.selected import held_for


def show_found(page: PageSettings, vectors: str, answer: Answer) -> None:
    """Draw the 2-D map with the hits highlighted; nothing while the map itself is being computed."""
    flat = type(page.projection)(2, page.projection.n_neighbors, page.projection.min_dist, page.projection.seed)
    drawn = result_or_progress(job_spec.projecting(vectors, flat), "Drawing the map")
    grouped = result_or_progress(job_spec.grouping(page.corpus_key, vectors), "Finding clusters") if drawn else None
    if drawn is None or grouped is None:
        return
    clusters = Clusters(
        cached_documents.array(grouped["labels"]), tuple(tuple(map(tuple, level)) for level in grouped["keywords"])
    )
    points, levels = cached_documents.array(drawn["points"]), levels_of(clusters)
    kinds = answer.kinds()
    found = FoundBy("found by", np.where(kinds == NEITHER, -1, kinds), KINDS[:NEITHER])
    show_map(
        points,
        answer.corpus.texts,
        found,
        held_for(page.corpus_key),
        dark(),
        labels=labels_of(points, levels, {}),
        base=page.level,
        name="documents_found_canvas",
        size="small",
        key=Path(drawn["points"]).stem,
        rings=answer.rows("hybrid"),
    )
    st.html(
        '<div style="font-size:.9rem;display:flex;gap:1rem;flex-wrap:wrap">'
        + "".join(
            f'<span><span style="color:{colour}">●</span> {name}</span>'
            for colour, name in zip(COLOURS[:3], KINDS[:3], strict=True)
        )
        + '<span style="opacity:.75">ringed: the first ten of both, fused</span></div>'
    )
