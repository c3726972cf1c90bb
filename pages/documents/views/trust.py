"""Trust: how many true neighbours a map keeps, where it misleads, and how other methods and settings change it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.documents.projection import ProjectionSettings
from pages.documents.map.map_data import own_vectors
from pages.documents.sidebar import PageSettings
from pages.documents.trust import trust_settings, trust_ways
from pages.documents.trust.trust_settings import show_settings
from pages.documents.trust.trust_ways import COUNT, pick_ring, show_ways_of_drawing
from pages.shared.frame import View
from pages.shared.job_status import result_or_progress
from pages.shared.method import show_method

NOT_TO_BE_READ = (
    "Do not read into such a map: the distance between clumps, their size and density, the axes, and "
    "which way is up; another seed changes them. It shows which documents are near each other."
)


def show(page: PageSettings) -> None:
    """Draw the view."""
    if page.corpus is None:
        return
    own = page.corpus.vectors != ""
    encoded = own_vectors(page.corpus) if own else result_or_progress(page.encoding(), "Encoding documents")
    if encoded is None:
        return
    row = st.container(horizontal=True, gap="medium")
    compared = row.segmented_control(
        "Compare",
        ["ways of drawing", "settings"],
        default="ways of drawing",
        required=True,
        key="documents_compare",
        bind="query-params",
        label_visibility="collapsed",
    )
    flat = ProjectionSettings(2, page.projection.n_neighbors, page.projection.min_dist, page.projection.seed)
    if compared == "settings":
        show_settings(page, encoded["vectors"], flat)
        lines = trust_settings.lines(page, flat)
    else:
        with row:
            share = pick_ring()
        show_ways_of_drawing(page, encoded["vectors"], flat, share)
        lines = trust_ways.lines(page, flat, share)
    st.caption(NOT_TO_BE_READ)
    _explain(lines, flat)


def _explain(lines: str, settings: ProjectionSettings) -> None:
    used: dict[str, Any] = {"neighbours compared": COUNT, **vars(settings)}
    show_method(
        r"T(k) = 1 - \frac{2}{nk(2n - 3k - 1)} \sum_i \sum_{j \in U_k(i)} (r(i, j) - k)",
        "Venna and Kaski 2001, equations 1 and 2; t-SNE: van der Maaten and Hinton 2008, drawn by openTSNE.",
        lines,
        used,
        "Neighbours kept: of a document's ten nearest by cosine, how many are among its ten nearest on the map, for "
        "every document. U is the set of documents among the k nearest on the map that are not among the k nearest by "
        "cosine, r their true rank. Trustworthiness falls when the map shows false neighbours, continuity when it "
        "tears true ones apart; both come from the ranks of all pairs of at most 2,000 documents. Every map is drawn "
        "from the same 50 neighbours of each document, found once.",
    )


VIEW = View(key="trust", title="Trust", order=2, show=show)
