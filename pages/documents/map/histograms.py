"""Histograms of the fields, linked with the map: what is selected shows in them, and their bars select."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.documents.ingest import fields
from pages.shared.map.selected import Held, message_of

_HERE = Path(__file__).parent
_bars = st.components.v2.component(
    "textlab_histograms",
    html='<div class="tl-fields"></div>',
    js=(_HERE / "histograms.js").read_text(encoding="utf-8"),
    css=(_HERE / "histograms.css").read_text(encoding="utf-8"),
)
HEIGHT = 370
KEY = "documents_histograms"


def show_histograms(known: Sequence[fields.Field], held: Held, how: Callable[[], str]) -> None:
    """Draw a histogram of each field; a click on a bar or a drag across several selects their documents."""
    counted = {field.name: fields.count(field, held.rows) for field in known}

    def pulled() -> None:
        select_bars(message_of(KEY, "pulled"), counted, held, how())

    _bars(
        key=KEY,
        on_pulled_change=pulled,
        data={
            "height": HEIGHT,
            "some": len(held.rows) > 0,
            "fields": [
                {
                    "name": name,
                    "labels": list(bars.labels),
                    "every": bars.every.tolist(),
                    "selected": bars.selected.tolist(),
                }
                for name, bars in counted.items()
            ],
        },
    )


def select_bars(told: Any, counted: dict[str, fields.Bars], held: Held, how: str) -> None:
    """Select the documents of the bars that were dragged across; an invalid message is ignored."""
    if not isinstance(told, dict) or told.get("field") not in counted:
        return
    bars = counted[told["field"]]
    low, high = int(told.get("from", 0)), int(told.get("to", 0))
    if not 0 <= low <= high < len(bars.labels):
        return
    first, last = bars.labels[low], bars.labels[high]
    ends = first if low == high else f"{first.split(' to ')[0]} to {last.split(' to ')[-1]}"
    rows = np.flatnonzero((bars.bar_of >= low) & (bars.bar_of <= high))
    held.choose(rows, str(told.get("how") or how), f"{told['field']} {ends}")
