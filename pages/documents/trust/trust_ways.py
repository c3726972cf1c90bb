"""The same documents drawn by UMAP, t-SNE and principal components, linked: a selection shows in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents.mapping import neighbours, trust
from core.documents.pipeline import job_spec
from core.documents.projection import ProjectionSettings
from core.figures.documents import Colouring, Legend
from pages.documents.lines import loading
from pages.documents.sidebar import PageSettings
from pages.shared.csv_button import show_csv
from pages.shared.frame import dark
from pages.shared.job_status import result_or_progress
from pages.shared.map.map_canvas import show_map
from pages.shared.map.selected import chosen_how, held_for
from pages.shared.reading import show_reading

COUNT = 10
LARGE = 20_000  # documents from which on t-SNE takes minutes, and waits for a click
RINGS = {"worst kept": 0.0, "middling": 0.5, "best kept": 1.0}


@dataclass(frozen=True)
class Measured:
    """A map and how far it can be trusted; `each` (N,) is the share of neighbours kept of every document."""

    name: str
    key: str
    points: np.ndarray
    trust: dict[str, Any]
    each: np.ndarray


def show_ways_of_drawing(page: PageSettings, vectors: str, flat: ProjectionSettings, share: float) -> None:
    """Draw the three maps side by side, as far as they are there."""
    assert page.corpus is not None
    measured = [
        found for name, settings in ways_of(flat).items() if (found := _measured(page, name, vectors, settings))
    ]
    if not measured:
        return
    ours = measured[0]
    rings, chosen = _ringed(vectors, ours.each, share)
    total = len(page.corpus.texts)
    others = "; ".join(f"{found.name} {100 * found.trust['every']:.0f} %" for found in measured[1:])
    show_reading(
        "Of a document\u2019s {} nearest, {} keeps {} near" + (" ({})." if others else "."),
        COUNT,
        ours.name,
        f"{100 * ours.trust['every']:.0f} %",
        others,
        caveat=f"Counted for all {total:,} documents; trustworthiness and continuity from "
        f"{len(cached_documents.array(ours.trust['rows'])):,} of them.",
    )
    _draw(page, measured, rings)
    st.text("Ringed with its ten nearest: " + page.corpus.texts[chosen][:240])
    show_csv(lambda: _numbers(measured), "document-trust", "documents_trust", "Export the numbers")


def _measured(page: PageSettings, name: str, vectors: str, settings: ProjectionSettings) -> Measured | None:
    """A map with its measures; None while it is under way, or where it would take long and was not asked for."""
    assert page.corpus is not None
    spec = job_spec.projecting(vectors, settings)
    asked = f"documents_asked_{spec.key}"
    if (
        settings.method == "tsne"
        and len(page.corpus.texts) > LARGE
        and cached_jobs.cached_result(spec) is None
        and not st.session_state.get(asked)
    ):
        st.button(f"Draw {name} as well; with {len(page.corpus.texts):,} documents it takes minutes", key=asked)
        return None
    drawn = result_or_progress(spec, f"Drawing the map: {name}")
    measures = (
        result_or_progress(job_spec.trusting(vectors, drawn["points"], COUNT), f"Comparing: {name}") if drawn else None
    )
    if drawn is None or measures is None:
        return None
    return Measured(
        name,
        Path(drawn["points"]).stem,
        cached_documents.array(drawn["points"]),
        measures,
        np.array(cached_documents.array(measures["each"])),
    )


def pick_ring() -> float:
    """Which document is ringed, by how well its neighbours are kept: 0 the worst, 1 the best; the worst at first."""
    which = st.segmented_control(
        "Ring",
        list(RINGS),
        default="worst kept",
        required=True,
        key="documents_ring",
        bind="query-params",
        label_visibility="collapsed",
        help="A document and its ten nearest by meaning, ringed in every map",
    )
    return RINGS[which or "worst kept"]


def ways_of(flat: ProjectionSettings) -> dict[str, ProjectionSettings]:
    """The three ways of drawing, by name."""
    return {
        "UMAP": flat,
        "Principal components": ProjectionSettings(method="pca"),
        "t-SNE": ProjectionSettings(method="tsne", seed=flat.seed),
    }


def _ringed(vectors: str, each: np.ndarray, share: float) -> tuple[list[int], int]:
    """(a document at that share of the order by neighbours kept with its ten true neighbours, the document)."""
    chosen = trust.document_at(each, share)
    rows = cached_documents.array(vectors)
    rings, _ = neighbours.nearest(rows, rows[chosen], COUNT + 1)
    return rings.tolist(), chosen


def lines(page: PageSettings, flat: ProjectionSettings, share: float) -> str:
    """The lines of Python that give what is drawn."""
    return f"""
from core.documents import corpus, encoders, projection
from core.documents.encoding import vector_store
from core.documents.mapping import neighbours, trust

{loading(page)}
known, result = neighbours.find(vectors, 50), []
for settings in {list(ways_of(flat).values())!r}:
    points = projection.project(vectors, settings, known).points
    kept = trust.kept_of_each(known.indices, points, {COUNT})
    result.append((settings.method, points, kept, trust.measure(vectors, points, {COUNT})))
ring = trust.document_at(result[0][2], {share})
result = {{"maps": result, "ring": neighbours.nearest(vectors, vectors[ring], {COUNT + 1})[0]}}
""".replace("ProjectionSettings(", "projection.ProjectionSettings(")


def _draw(page: PageSettings, measured: list[Measured], rings: list[int]) -> None:
    assert page.corpus is not None
    held = held_for(page.corpus_key)
    for place, (column, found) in enumerate(zip(st.columns(len(measured), gap="small"), measured, strict=True)):
        legend = Legend("Kept", "0 %", "100 %") if place == len(measured) - 1 else None
        colours = Colouring("neighbours kept", amounts=found.each, limits=(0.0, 1.0), legend=legend)
        with column:
            st.markdown(f"**{found.name}: {100 * found.trust['every']:.0f} % kept**")
            show_map(
                found.points,
                page.corpus.texts,
                colours,
                held,
                dark(),
                how=chosen_how(),
                size="small",
                name=f"documents_trust_{place}",
                key=found.key,
                rings=rings,
            )
            st.caption(
                f"trustworthiness {found.trust['trustworthiness']:.3f}, continuity {found.trust['continuity']:.3f}"
            )


def _numbers(measured: list[Measured]) -> dict[str, Any]:
    columns: dict[str, Any] = {"document": list(range(1, len(measured[0].each) + 1))}
    for found in measured:
        for axis, name in enumerate("xy"):
            columns[f"{found.name} {name}"] = found.points[:, axis].tolist()
        columns[f"{found.name} neighbours kept"] = found.each.tolist()
    return columns
