"""The numbers under a view as CSV, safe for spreadsheets; a switch gives the cells as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.text.csv_text import as_csv

RAW_HELP = (
    "Without it, a text that a spreadsheet would execute as a formula (it begins with =, +, - or @) gets an "
    "apostrophe before it. Numbers are numbers either way."
)


def pick_raw(key: str) -> bool:
    """The switch: whether cells are exported as they are."""
    return st.toggle("Cells as they are (for programs)", key=f"raw_{key}", help=RAW_HELP)


def show_csv(table: dict[str, Any] | Callable[[], dict[str, Any]], name: str, key: str, label: str = "Export") -> None:
    """A button that opens the export of `table`, made when it is opened. `name`: the file's, without its ending."""
    popover = st.popover(label, icon=":material/download:", type="tertiary", on_change="rerun", key=f"csv_open_{key}")
    if popover.open:
        with popover:
            raw = pick_raw(key)
            st.download_button(
                "CSV",
                as_csv(table() if callable(table) else table, raw),
                f"{name}.csv",
                "text/csv",
                key=f"csv_{key}",
                on_click="ignore",
                width="stretch",
            )
