"""The picture of this page: one column for each tokenizer, every token a box; drawn by text nodes only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.tokens.comparison import Counts
from core.tokens.display import Drawn

_HERE = Path(__file__).parent
_PARTS = ("boxes", "columns", "lanes", "stage")
_columns = st.components.v2.component(
    "textlab_token_columns",
    html='<div class="tl-tokens"></div>',
    css=(_HERE / "token_columns.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / f"token_{part}.js").read_text(encoding="utf-8") for part in _PARTS),
)


def column(title: str, about: str, counts: Counts, drawn: Drawn, total: int) -> dict[str, Any]:
    """One tokenizer's column: its name, what it is, its counts over the whole text, the tokens on this page."""
    return {
        "title": title,
        "about": about,
        "tokens": total,
        "groups": drawn.groups,
        "first": drawn.first,
        "unit": "token",
        "perToken": f"{counts.characters_per_token:.2f}" if total else "–",
    }


def show_columns(
    columns: Sequence[dict[str, Any]], differing: Sequence[tuple[int, int]], show_ids: bool, show_bytes: bool, key: str
) -> None:
    """Draw the columns. `differing`: stretches of the typed text (bytes) to be ringed."""
    _columns(
        key=key,
        data={
            "columns": list(columns),
            "differing": [list(stretch) for stretch in differing],
            "ids": show_ids,
            "bytes": show_bytes,
        },
    )


def show_lanes(columns: Sequence[dict[str, Any]], cells: Sequence[tuple[int, int]], key: str) -> None:
    """Draw the same as rows one above the other. `cells`: the stretches of the text (bytes) that stand in one line."""
    _columns(
        key=key,
        data={
            "columns": list(columns),
            "cells": [list(cell) for cell in cells],
            "differing": [],
            "ids": True,
            "bytes": False,
        },
    )
