"""The map behind a search: which way found what, and where it lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from core.cached import documents as cached_documents
from core.documents.mapping.clusters import Clusters
from core.documents.pipeline import job_spec
from core.documents.retrieval.answer import NEITHER, Answer
from core.figures.search import COLOURS, KINDS, FoundBy
from pages.documents.job_status import answer_of
from pages.documents.map.map_canvas import labels_of, levels_of, show_map
from pages.documents.map.selected import held_for
from pages.documents.sidebar import Desk
from pages.shared.frame import dark


def show_found(desk: Desk, vectors: str, answer: Answer) -> None:
    """Draw the flat map with the answer lit; nothing while the map itself is being drawn."""
    flat = type(desk.settings)(2, desk.settings.n_neighbors, desk.settings.min_dist, desk.settings.seed)
    drawn = answer_of(job_spec.projecting(vectors, flat), "Drawing the map")
    grouped = answer_of(job_spec.grouping(desk.corpus_key, vectors), "Finding groups") if drawn else None
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
        held_for(desk.corpus_key),
        dark(),
        labels=labels_of(points, levels, {}),
        base=desk.level,
        name="documents_found_canvas",
        small=True,
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
