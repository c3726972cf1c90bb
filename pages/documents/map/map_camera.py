"""The camera of the map in three dimensions, which stays the same after a search or a change of colour."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_turned = st.components.v2.component(
    "textlab_map_turned",
    html="<span hidden></span>",
    js=Path(__file__).with_name("map_camera.js").read_text(encoding="utf-8"),
)


def keep_turned(points: str) -> None:
    """Keep the camera from figure to figure of the same points; `points` is their digest."""
    _turned(key="documents_turned", data={"key": points})
