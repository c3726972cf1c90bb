"""The map in two dimensions as a component of our own: points are sent once, what changes (colours, hits) by itself."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core import storage
from core.documents.clusters import Clusters
from core.figures import style
from core.figures.documents import Colouring, point_size

_HERE = Path(__file__).parent
_JS = (_HERE / "map_canvas.js").read_text(encoding="utf-8")
_CSS = (_HERE / "map_canvas.css").read_text(encoding="utf-8")
_TOOLS = "".join(f'<button type="button" data-act="{act}" title="{title}">{sign}</button>' for act, sign, title in (
    ("in", "+", "Zoom in"), ("out", "−", "Zoom out"), ("all", "Whole map", "Show all"),
    ("lasso", "Lasso", "Select by hand; Shift adds, Alt removes, Ctrl keeps what both have"),
    ("box", "Box", "Select a box; Shift adds, Alt removes, Ctrl keeps what both have"),
    ("undo", "Undo", "The selection before"), ("clear", "Clear", "Select nothing")))
_points = st.components.v2.component("textlab_map_points", html='<div class="tl-points"></div>', css=_CSS, js=_JS)
_canvas = st.components.v2.component("textlab_map", css=_CSS, js=_JS, html=(
    '<div class="tl-map"><canvas aria-label="Map of documents"></canvas><svg><polygon points=""></polygon></svg>'
    '<div class="tl-overlay"></div><div class="tl-tip" hidden></div>'
    f'<div class="tl-tools">{_TOOLS}<span class="tl-count" role="status"></span></div></div>'))
HOVER_LETTERS, MOST_HOVER_TEXTS = 280, 100_000


def show_map(points: np.ndarray, texts: Sequence[str], colouring: Colouring, clusters: Clusters, level: int,
             hits: Sequence[int], dark: bool) -> np.ndarray:
    """Draw the map of `points` (N, 2); give the selected rows. Zoom and selection outlive reruns."""
    places, span = unit_places(points)
    key = storage.content_key(places, len(texts))
    shown = [text[:HOVER_LETTERS] for text in texts] if len(texts) <= MOST_HOVER_TEXTS else None
    palette, groups = colours_of(colouring)
    header = {"key": key, "span": span, "palette": palette, "hits": [int(hit) for hit in hits],
              "labels": labels_of(places, colouring, clusters, level), "size": point_size(len(points), 2),
              "light": style.MEANING["query"], "ink": style.ink(dark)}
    result = _canvas(key="documents_canvas", data=packed(header, groups), default={"selection": ""},
                     on_selection_change=_keep)
    _points(key="documents_points", data=packed({"key": key, "texts": shown}, places))
    return selected_rows(getattr(result, "selection", ""), key, len(points))


def _keep() -> None:
    """The selection is read from the component's state; a rerun is all that is needed."""


def unit_places(points: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """Points (N, 2) float32 within -1..1 round their middle, and half their extent along each axis."""
    low, high = points.min(axis=0), points.max(axis=0)
    places = points - (low + high) / 2
    places = (places / (float(np.abs(places).max()) or 1.0)).astype(np.float32)
    return places, [max(float(np.abs(places[:, axis]).max()), 1e-3) for axis in (0, 1)]


def colours_of(colouring: Colouring) -> tuple[list[str], np.ndarray]:
    """At most 64 colours, and which of them each point has (N,) uint8."""
    if colouring.groups is not None:
        palette = list(colouring.colours())[:64]
        return _filled(palette), (colouring.groups % len(palette)).astype(np.uint8)
    from plotly.colors import sample_colorscale, unlabel_rgb

    assert colouring.amounts is not None
    low, high = float(colouring.amounts.min()), float(colouring.amounts.max())
    scaled = (colouring.amounts - low) / ((high - low) or 1.0)
    sampled = sample_colorscale(style.AMOUNTS, [place / 63 for place in range(64)])
    palette = ["#" + "".join(f"{round(part):02X}" for part in unlabel_rgb(colour)) for colour in sampled]
    return palette, np.clip(np.nan_to_num(scaled) * 63, 0, 63).astype(np.uint8)


def _filled(palette: list[str]) -> list[str]:
    return palette + ["#8A8F98"] * (64 - len(palette))


def labels_of(places: np.ndarray, colouring: Colouring, clusters: Clusters, level: int) -> list[dict[str, Any]]:
    """Labels at their group's median: the chosen groups (level 0), and finer ones for when one zooms in (1, 2)."""
    if colouring.groups is None:
        return []
    kinds: list[tuple[np.ndarray, Sequence[str]]] = [(colouring.groups, colouring.names)]
    if colouring.title == "groups":
        kinds += [(clusters.labels[:, finer], [clusters.name(finer, group) for group in
                                               range(len(clusters.keywords[finer]))])
                  for finer in range(level + 1, clusters.labels.shape[1])]
    labels = []
    for depth, (groups, names) in enumerate(kinds):
        sizes = np.bincount(groups, minlength=len(names))
        for group in np.argsort(-sizes, kind="stable").tolist():
            if sizes[group]:
                x, y = np.median(places[groups == group], axis=0).tolist()
                labels.append({"text": names[group][:40], "x": x, "y": y, "level": depth, "group": group})
    return labels


def packed(header: dict[str, Any], array: np.ndarray) -> bytes:
    """4 bytes of length, the header as JSON, and the array's bytes."""
    head = json.dumps(header).encode()
    return len(head).to_bytes(4, "little") + head + np.ascontiguousarray(array).tobytes()


def selected_rows(text: Any, key: str, count: int) -> np.ndarray:
    """The rows that the component selected, as it sends them ("key:" and base64 of uint32); none for another map's."""
    if not isinstance(text, str) or not text.startswith(key + ":"):
        return np.array([], dtype=np.int64)
    try:
        rows = np.frombuffer(base64.b64decode(text[len(key) + 1:], validate=True), dtype="<u4").astype(np.int64)
    except (binascii.Error, ValueError):
        return np.array([], dtype=np.int64)
    return np.unique(rows[rows < count])
