"""The selected documents: how many, a random sample to read, a table, and export as CSV, JSON lines or Parquet."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import streamlit as st

from core.text.csv_text import as_csv
from pages.documents.map.map_data import MapData, QueryResult, colouring
from pages.documents.map.result_list import Entry, pick_entries
from pages.shared.csv_button import pick_raw
from pages.shared.map.selected import Held, chosen_how

SAMPLE = 20
MOST_ROWS = 1000  # in the table; the export has them all
TEXT_IN_TABLE = 240


def show_selection(map_data: MapData, result: QueryResult, held: Held) -> None:
    """Draw the selection: how it was made, a sample of it, and its buttons."""
    rows = held.rows
    st.session_state.setdefault("documents_sample", 0)
    if map_data.points.shape[1] == 3:  # the 2-D map has these among its tools
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Undo",
                icon=":material/undo:",
                type="tertiary",
                on_click=held.undo,
                key="documents_undo",
                disabled=held.selection.before is None,
            )
            st.button(
                "Clear",
                icon=":material/close:",
                type="tertiary",
                key="documents_clear",
                on_click=lambda: held.choose(np.array([], dtype=np.int64), "new", ""),
            )
    if not len(rows):
        st.text(
            "Nothing is selected. Draw a lasso or a box on the map; click a name on it, a cluster, a hit or a bar of a "
            "field; or tick rows of the table."
        )
        return
    st.text(f"{len(rows):,} of {len(map_data.points):,} documents: {held.selection.source}")
    shown = rows
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        popover = st.popover(
            "Export", icon=":material/download:", type="tertiary", on_change="rerun", key="documents_export"
        )
        if popover.open:
            with popover:
                _offer(table_of(map_data, result, rows))
        if len(rows) > SAMPLE:
            st.button(
                "Sample",
                icon=":material/casino:",
                type="tertiary",
                key="documents_other",
                on_click=_other_sample,
                help=f"Below are {SAMPLE} at random; click for others",
            )
            shown = np.random.default_rng(st.session_state["documents_sample"]).choice(rows, SAMPLE, replace=False)
            st.button(
                "Use as selection",
                icon=":material/filter_alt:",
                type="tertiary",
                key="documents_keep",
                help="Undo restores the previous selection",
                on_click=lambda: held.choose(shown, "new", f"a sample of {held.selection.source}"),
            )
    colours = colouring(map_data, result)
    pick_entries(
        [
            Entry("", f"document {row + 1:,}", map_data.corpus.texts[row], colours.colour_of(int(row)), 1.0)
            for row in shown.tolist()
        ],
        "documents_selected_list",
        lambda place, how: held.choose(
            shown[place : place + 1], how or chosen_how(), f"document {int(shown[place]) + 1:,}"
        ),
        "Select this document",
        270,
    )


def _other_sample() -> None:
    st.session_state["documents_sample"] += 1


def show_table(map_data: MapData, result: QueryResult, held: Held) -> None:
    """The selected documents (all, where none is) as a table, closed at first; ticked rows can be selected."""
    rows = held.rows if len(held.rows) else np.arange(len(map_data.points))
    what = f"{len(rows):,} selected" if len(held.rows) else f"all {len(rows):,}"
    fold = st.expander(
        f"Table of {what} documents", icon=":material/table_rows:", on_change="rerun", key="documents_table_fold"
    )
    if not fold.open:
        return
    with fold:
        if len(rows) > MOST_ROWS:
            st.caption(f"The first {MOST_ROWS:,}; the export contains all.")
        shown = rows[:MOST_ROWS]
        columns = table_of(map_data, result, shown)
        columns["text"] = [text[:TEXT_IN_TABLE] for text in columns["text"]]
        event = st.dataframe(
            columns,
            key=f"documents_table_{held.name}_{result.query[:80]}",
            on_select="rerun",
            selection_mode="multi-row",
            hide_index=True,
            height=320,
            column_config={"text": st.column_config.TextColumn(width="large")},
        )
        ticked = [place for place in event["selection"]["rows"] if place < len(shown)]
        st.button(
            f"Select the {len(ticked)} ticked" if ticked else "Tick rows to select them",
            disabled=not ticked,
            on_click=lambda: held.choose(shown[ticked], chosen_how(), f"{len(ticked)} rows of the table"),
        )


def table_of(map_data: MapData, result: QueryResult, rows: np.ndarray) -> dict[str, list[Any]]:
    """Documents as columns: number (from 1), text, position on the map, cluster, scores for the query, fields."""
    chosen = rows.tolist()
    columns: dict[str, list[Any]] = {
        "document": [row + 1 for row in chosen],
        "text": [map_data.corpus.texts[row] for row in chosen],
    }
    for axis, name in enumerate("xyz"[: map_data.points.shape[1]]):
        columns[name] = map_data.points[rows, axis].tolist()
    level = map_data.page.level
    columns["cluster"] = [
        map_data.clusters.name(level, group) if group >= 0 else ""
        for group in map_data.clusters.labels[rows, level].tolist()
    ]
    if len(result.every):
        ranks = np.empty(len(result.every), dtype=np.int64)
        ranks[np.argsort(-result.every, kind="stable")] = np.arange(1, len(ranks) + 1)
        columns["cosine"], columns["rank"] = result.every[rows].tolist(), ranks[rows].tolist()
    if map_data.kept is not None:
        columns["neighbours kept"] = map_data.kept[rows].tolist()
    for name in map_data.corpus.fields:
        values, column = map_data.corpus.written(name), name
        while column in columns:
            column = f"field {column}"
        columns[column] = [values[row] for row in chosen]
    return columns


def as_json_lines(columns: dict[str, list[Any]]) -> str:
    """One JSON object a line."""
    return "".join(
        json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n"
        for row in zip(*columns.values(), strict=True)
    )


def as_parquet(columns: dict[str, list[Any]]) -> bytes:
    """The columns as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd")
    return file.getvalue()


def _offer(columns: dict[str, list[Any]]) -> None:
    raw = pick_raw("documents_selection")
    for label, name, kind, made in (
        ("CSV", "documents.csv", "text/csv", lambda table: as_csv(table, raw)),
        ("JSON lines", "documents.jsonl", "application/jsonl", as_json_lines),
        ("Parquet", "documents.parquet", "application/vnd.apache.parquet", as_parquet),
    ):
        st.download_button(label, made(columns), name, kind, on_click="ignore", width="stretch")
