"""How the two rankings are fused: chosen in the sidebar, for the search view and the judge view."""

from __future__ import annotations

from typing import cast

import streamlit as st

from core.documents.retrieval.ranking import FUSIONS, Fusion

NAMES: dict[Fusion, str] = {"scores": "Strength of the scores", "ranks": "Reciprocal rank fusion"}
NOTES: dict[Fusion, str] = {
    "scores": "√((words² + meaning²) / 2), each 0 to 1: the stronger one leads",
    "ranks": "each list gives 1 / (60 + rank), and the two are added",
}
FORMULAS: dict[Fusion, str] = {
    "scores": r"\mathrm{fused} = \sqrt{\tfrac{1}{2}(w^2 + m^2)}, \quad w = \frac{\mathrm{BM25}(q, d)}"
    r"{\sum_{t \in q} (k_1 + 1)\,\ln\!\left(1 + \frac{N - n_t + 0.5}{n_t + 0.5}\right)}, \quad "
    r"m = \max(0, \cos(q, d))",
    "ranks": r"\mathrm{RRF} = \sum_r \frac{1}{60 + \mathrm{rank}_r(d)}",
}
SOURCES: dict[Fusion, str] = {
    "scores": "Salton, Fox and Wu 1983 (p-norm, p = 2: words OR meaning); Bruch, Gai and Ingber 2023 (limits "
    "of theory rather than of the list)",
    "ranks": "Cormack, Clarke and Buettcher 2009",
}


def pick_fusion() -> Fusion:
    """In the sidebar: by the strength of the scores, or by ranks alone."""
    with st.sidebar:
        return cast(
            Fusion,
            st.selectbox(
                "Words and meaning are fused by",
                FUSIONS,
                format_func=lambda one: NAMES[one],
                key="documents_fusion",
                bind="query-params",
                help="Reciprocal rank fusion uses ranks only, so a list with poor results has the same "
                "weight as the other. With scores, a list of weak results counts little.",
            )
            or "scores",
        )
