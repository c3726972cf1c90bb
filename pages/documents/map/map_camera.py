"""The camera of the map in three dimensions, kept through a search and another colour."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_turned = st.components.v2.component(
    "textlab_map_turned",
    html="<span hidden></span>",
    js=Path(__file__).with_name("map_camera.js").read_text(encoding="utf-8"),
)


def keep_turned(points: str) -> None:
    """Hand the camera on from figure to figure of the same points; `points` is their digest."""
    _turned(key="documents_turned", data={"key": points})
