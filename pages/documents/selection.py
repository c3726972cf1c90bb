"""What is selected on the map: how many, a random sample to read, and the way out as CSV, JSON lines or Parquet."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import streamlit as st

from core.documents.corpus import Corpus
from core.figures.documents import Colouring
from pages.documents.entries import Entry, show_entries
from pages.shared.take_away import as_csv

SAMPLE = 20


def show_selection(corpus: Corpus, points: np.ndarray, rows: np.ndarray, colours: Colouring) -> None:
    """Draw the selection: a sample of it, another at a press, and its downloads."""
    st.session_state.setdefault("documents_sample", 0)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(rows):,}** selected", width="content")
        if len(rows) > SAMPLE and st.button("Another sample", icon=":material/casino:", type="tertiary"):
            st.session_state["documents_sample"] += 1
        popover = st.popover("Export", icon=":material/download:", type="tertiary", on_change="rerun",
                             key="documents_export")
        if popover.open:
            with popover:
                _offer(table_of(corpus, points, rows))
    shown = rows
    if len(rows) > SAMPLE:
        shown = np.random.default_rng(st.session_state["documents_sample"]).choice(rows, SAMPLE, replace=False)
    show_entries([Entry("", f"document {row + 1:,}", corpus.texts[row], colours.colour_of(int(row)), 1.0)
                  for row in shown.tolist()], height=440)


def table_of(corpus: Corpus, points: np.ndarray, rows: np.ndarray) -> dict[str, list[Any]]:
    """The selected documents as columns: number (from 1), text, place on the map, and their fields."""
    chosen = rows.tolist()
    columns: dict[str, list[Any]] = {"document": [row + 1 for row in chosen],
                                     "text": [corpus.texts[row] for row in chosen]}
    for axis, name in enumerate("xyz"[:points.shape[1]]):
        columns[name] = points[rows, axis].tolist()
    for name, values in corpus.fields.items():
        columns[name if name not in columns else f"field {name}"] = [values[row] for row in chosen]
    return columns


def as_json_lines(columns: dict[str, list[Any]]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n"
                   for row in zip(*columns.values(), strict=True))


def as_parquet(columns: dict[str, list[Any]]) -> bytes:
    """The columns as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd")
    return file.getvalue()


def _offer(columns: dict[str, list[Any]]) -> None:
    st.download_button("CSV", as_csv(columns), "documents.csv", "text/csv", on_click="ignore", width="stretch")
    st.download_button("JSON lines", as_json_lines(columns), "documents.jsonl", "application/jsonl", on_click="ignore",
                       width="stretch")
    st.download_button("Parquet", as_parquet(columns), "documents.parquet", "application/vnd.apache.parquet",
                       on_click="ignore", width="stretch")
