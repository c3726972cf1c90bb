"""Export the map: a bundle for another Laptop Text Lab, and files for the Embedding Projector and Embedding Atlas."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.cached import jobs as cached_jobs
from core.documents.corpus import Corpus
from core.documents.encoders import Encoder
from core.documents.pipeline import job_spec
from core.documents.projection import ProjectionSettings
from core.errors import Cancelled, UserError
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note

KINDS = {"bundle": "Laptop Text Lab (bundle)", "projector": "Embedding Projector", "atlas": "Embedding Atlas"}
HOW = {
    "bundle": "A .zip of Parquet and JSON: texts, vectors, positions, clusters with their names, neighbours. Open it "
    "under “Your own documents”.",
    "projector": "A .zip of TSV files: unpack it, then “Load” in TensorFlow's Embedding Projector.",
    "atlas": "A Parquet file: embedding-atlas FILE --x x --y y --text text --neighbors neighbors",
}
NAMES = {"bundle": "document-map.zip", "projector": "embedding-projector.zip", "atlas": "embedding-atlas.parquet"}
LARGEST_DOWNLOAD = 500_000_000  # bytes; larger files are copied from their folder


def show_export(made: Corpus, corpus_key: str, encoder: Encoder, settings: ProjectionSettings, namer: str) -> None:
    """Draw the choice, its progress and its download. `namer` gave the cluster names: see `bundle.of_saved`."""
    with st.expander("Export this map", icon=":material/archive:"):
        kind = st.selectbox("For", list(KINDS), format_func=lambda kind: KINDS[kind], key="documents_take_kind")
        st.text(HOW[kind])
        spec = job_spec.exporting(kind, made, corpus_key, encoder, settings, namer)
        if st.button("Prepare", key="documents_take", width="stretch"):
            cached_jobs.forget_job(spec.key)
            st.session_state["documents_exporting"] = spec.key
        if st.session_state.get("documents_exporting") != spec.key:
            return
        try:
            ready = wait_for(cached_jobs.submit(spec), "Writing", narrow=True)
        except (Cancelled, UserError) as error:
            show_note(*((error.what, error.next_step) if isinstance(error, UserError) else ("Cancelled.", "")))
            return
        if ready is None:
            return
        if ready["bytes"] > LARGEST_DOWNLOAD:
            st.text(f"{ready['bytes'] / 1e6:,.0f} MB, too large for a browser download. The file is {ready['file']}")
            return
        size = f"{ready['bytes'] / 1e6:,.1f} MB" if ready["bytes"] > 1e6 else f"{ready['bytes'] / 1e3:,.0f} kB"
        st.download_button(
            f"Download ({size})",
            lambda: Path(ready["file"]).read_bytes(),
            NAMES[kind],
            on_click="ignore",
            type="primary",
            width="stretch",
        )
