"""Beside the map: clusters, hits of a query, the selection and histograms of the fields; each can select documents."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.documents.mapping.selection import HOWS
from pages.documents.map.histograms import show_histograms
from pages.documents.map.map_data import MapData, QueryResult, colouring, every_field
from pages.documents.map.result_list import Entry, pick_entries
from pages.documents.map.selection import show_selection
from pages.shared.map.selected import Held, chosen_how

LIST_HEIGHT = 370


def show_panel(map_data: MapData, result: QueryResult, held: Held) -> None:
    """Draw the panel: the part that fits the last action, or the one that was chosen."""
    known = every_field(map_data)
    parts = ["Clusters", *(["Hits"] if len(result.hits) else []), "Selected", *(["Fields"] if known else [])]
    if st.session_state.get("documents_panel") not in parts:
        st.session_state["documents_panel"] = "Hits" if len(result.hits) else "Clusters"
    part = st.segmented_control(
        "Beside the map",
        parts,
        key="documents_panel",
        required=True,
        persist_state="session",
        label_visibility="collapsed",
        width="stretch",
    )
    if part == "Clusters":
        _list_clusters(map_data, result, held)
    elif part == "Hits":
        _list_hits(map_data, result, held)
    elif part == "Fields":
        show_histograms(known, held, chosen_how)
    else:
        show_selection(map_data, result, held)
    st.segmented_control(
        "Selection mode",
        list(HOWS),
        format_func=lambda how: HOWS[how],
        default="new",
        required=True,
        key="documents_how",
        persist_state="session",
        label_visibility="collapsed",
        width="stretch",
        help="What a lasso, a box, a cluster, a hit, a bar or a ticked row does to the selection. "
        "With Shift it adds, with Alt it subtracts, with Ctrl it intersects.",
    )


def _list_clusters(map_data: MapData, result: QueryResult, held: Held) -> None:
    colours = colouring(map_data, result)
    level = map_data.page.level
    groups = map_data.clusters.labels[:, level] if colours.groups is None else colours.groups
    own = colours.groups is not None and not colours.of_clusters
    names = (
        colours.names
        if own
        else [map_data.clusters.name(level, group) for group in range(len(map_data.clusters.keywords[level]))]
    )
    sizes = np.bincount(groups[groups >= 0], minlength=len(names))
    inside = np.bincount(groups[held.rows][groups[held.rows] >= 0], minlength=len(names))
    paint = colours.colours() if colours.groups is not None else ["#8A8F98"] * len(names)

    def choose(place: int, how: str) -> None:
        held.choose(np.flatnonzero(groups == place), how or chosen_how(), names[place])

    def amount(group: int) -> str:
        told = f"{sizes[group]:,} documents"
        return f"{inside[group]:,} of {told}" if len(held.rows) else told

    apart = len(set(paint))
    again = colours.groups is not None and apart < len(names)
    if again:
        st.caption(f"{apart} colours, repeated for {len(names)} clusters")
    told = names if own else [map_data.clusters.describe(level, group) for group in range(len(names))]
    pick_entries(
        [
            Entry("", amount(group), told[group], paint[group], int(sizes[group]) / max(len(map_data.points), 1))
            for group in range(len(names))
        ],
        "documents_groups_list",
        choose,
        "Select this cluster",
        LIST_HEIGHT - 40 if again else LIST_HEIGHT,
    )


def _list_hits(map_data: MapData, result: QueryResult, held: Held) -> None:
    colours = colouring(map_data, result)
    source = f"the hits of “{result.short}”"
    st.button(
        f"Select these {len(result.hits)}",
        icon=":material/select_all:",
        type="tertiary",
        key="documents_select_hits",
        on_click=lambda: held.choose(result.hits, chosen_how(), source),
    )

    def choose(place: int, how: str) -> None:
        held.choose(result.hits[place : place + 1], how or chosen_how(), f"document {int(result.hits[place]) + 1:,}")

    pick_entries(
        [
            Entry(
                f"{rank}",
                f"cosine {cosine:.2f}",
                map_data.corpus.texts[hit],
                colours.colour_of(int(hit)),
                float(cosine),
            )
            for rank, (hit, cosine) in enumerate(zip(result.hits, result.cosines, strict=True), 1)
        ],
        "documents_hits_list",
        choose,
        "Select this document",
        LIST_HEIGHT - 45,
    )
