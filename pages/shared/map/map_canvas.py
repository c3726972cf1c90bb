"""The map in two dimensions as a component of our own: arrays are sent once, what changes (hits, selection) by itself.

`show_map` can be drawn several times on a page; maps with the same `link` light up the same documents together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st

from core import storage
from core.documents.mapping.clusters import Clusters
from core.figures import style
from core.figures.documents import Colouring, point_size
from pages.shared.map.selected import Held, message_of

_HERE = Path(__file__).parent
_CSS = (_HERE / "map_canvas.css").read_text(encoding="utf-8")


def _script(*names: str) -> str:
    return "\n".join((_HERE / f"map_{name}.js").read_text(encoding="utf-8") for name in names)


def _page(height: str, tools: bool) -> str:
    acts = (
        ("in", "+", "Zoom in"),
        ("out", "−", "Zoom out"),
        ("all", "Whole map", "Show all"),
        ("lasso", "Lasso", "Lasso; Shift adds, Alt subtracts, Ctrl intersects"),
        ("box", "Box", "Select a box; Shift adds, Alt subtracts, Ctrl intersects"),
        ("undo", "Undo", "Undo: the previous selection"),
        ("clear", "Clear", "Clear the selection"),
    )
    shown = acts if tools else (acts[2], acts[3], acts[6])
    buttons = "".join(
        f'<button type="button" data-act="{act}" title="{title}">{sign}</button>' for act, sign, title in shown
    )
    return (
        f'<div class="tl-map" style="height:{height}"><canvas class="tl-ground" aria-hidden="true"></canvas>'
        '<canvas class="tl-light" aria-hidden="true"></canvas><div class="tl-hands" tabindex="0" role="application"'
        ' aria-label="Map: drag to move, turn the wheel to zoom"></div>'
        '<svg><polygon points=""></polygon></svg><div class="tl-overlay"></div>'
        '<div class="tl-tip" hidden></div><div class="tl-legend" hidden></div>'
        f'<div class="tl-tools">{buttons}<span class="tl-count" role="status"></span></div></div>'
    )


HEIGHT = 455
GROWING = "clamp(300px, calc(100vh - 375px), 130vw)"  # with the window; its input and sentence stay in sight
_keep = st.components.v2.component("textlab_map_keep", html="<span hidden></span>", js=_script("store", "keep"))
_JS = _script("store", "painters", "labels", "canvas")
_large = st.components.v2.component("textlab_map", css=_CSS, js=_JS, html=_page(f"{HEIGHT}px", tools=True))
_small = st.components.v2.component("textlab_map_small", css=_CSS, js=_JS, html=_page("330px", tools=False))
_growing = st.components.v2.component("textlab_map_growing", css=_CSS, js=_JS, html=_page(GROWING, tools=True))
HOVER_LETTERS, MOST_HOVER_LETTERS = 280, 12_000_000  # of a text, and of all of them


@dataclass(frozen=True)
class Label:
    """The name of a cluster at its position on the map; `level` 0 is the coarsest."""

    text: str
    x: float
    y: float
    level: int
    group: int
    size: int
    colour: str = ""


def show_map(
    points: np.ndarray,
    texts: Sequence[str],
    colouring: Colouring,
    held: Held,
    dark: bool,
    hits: Sequence[int] = (),
    labels: Sequence[Label] = (),
    base: int = 0,
    how: str = "new",
    name: str = "documents_canvas",
    size: Literal["fixed", "small", "growing"] = "fixed",
    key: str = "",
    rings: Sequence[int] = (),
    noun: str = "document",
    on_group: Callable[[int, int, str], None] | None = None,
) -> None:
    """Draw the map of `points` (N, 2); what is selected on it goes into `held`, and zoom and selection outlive reruns.

    `base` is the level of labels at zoom 1, `how` what a gesture does to the selection, `key` a digest of the points
    (made here where it is not known), `rings` points that are ringed while the others keep their colour; `noun` what
    a point is; `on_group(level, group, how)` is called for a label that was pressed.
    """
    key = key or storage.content_key(points)
    palette, groups = colours_of(colouring)
    groups_key = storage.content_key(groups)
    texts_key = f"texts {held.corpus} {len(texts)}"
    message, span = _places_message(key, points)
    header = {
        "places": key,
        "groups": groups_key,
        "texts": texts_key,
        "link": held.corpus,
        "span": span,
        "palette": palette,
        "hits": [int(hit) for hit in hits],
        "rings": [int(row) for row in rings],
        "labels": [vars(label) for label in labels],
        "base": base,
        "how": how,
        "noun": noun,
        "selection": held.name,
        "legend": vars(colouring.legend) if colouring.legend else None,
        "ink": style.ink(dark),
        "size": point_size(len(points), 2) * (0.7 if size == "small" else 1),
        "light": style.MEANING["query"],
    }

    with st.container(gap=None):  # the parts that only carry arrays take no space
        _keep(key=f"{name}_places", data=message)
        _keep(key=f"{name}_groups", data=packed({"key": groups_key, "kind": "uint8"}, groups))
        {"fixed": _large, "small": _small, "growing": _growing}[size](
            key=name,
            data=packed(header, held.body(len(points))),
            default={"selection": ""},
            on_selection_change=lambda: held.receive(message_of(name, "selection"), len(points)),
            on_act_change=lambda: _act(message_of(name, "act"), held, on_group),
        )
        if letters_for_hover(len(texts)):  # after the map: they are the larger part, and are not needed at once
            _keep(key=f"{name}_texts", data=_texts_message(texts_key, texts))


def _act(told: Any, held: Held, on_group: Callable[[int, int, str], None] | None) -> None:
    """An action on the map: undo, clear, a click on a cluster's name, or that the browser has lost the selection."""
    act = told.get("act") if isinstance(told, dict) else None
    if act == "undo":
        held.undo()
    elif act == "clear":
        held.choose(np.array([], dtype=np.int64), "new", "")
    elif act == "lost":
        held.tell_again()
    elif act == "group" and on_group:
        on_group(int(told.get("level", 0)), int(told.get("group", 0)), str(told.get("how", "new")))


@st.cache_resource(show_spinner=False, max_entries=12)
def _places_message(key: str, _points: np.ndarray) -> tuple[bytes, list[float]]:
    places, span = unit_places(_points)
    return packed({"key": key, "kind": "float32"}, places), span


@st.cache_resource(show_spinner=False, max_entries=3)
def _texts_message(key: str, _texts: Sequence[str]) -> bytes:
    letters = letters_for_hover(len(_texts))
    return packed({"key": key, "kind": "json"}, json.dumps([text[:letters] for text in _texts]).encode())


def letters_for_hover(count: int) -> int:
    """How many characters of each text are sent for the hover label: fewer of more texts, never under 60 but 0."""
    letters = min(HOVER_LETTERS, MOST_HOVER_LETTERS // max(count, 1))
    return letters if letters >= 60 else 0


def unit_places(points: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """Points (N, 2) float32 within -1..1 round their middle, and half their extent along each axis."""
    low, high = points.min(axis=0), points.max(axis=0)
    places = points - (low + high) / 2
    places = (places / (float(np.abs(places).max()) or 1.0)).astype(np.float32)
    return places, [max(float(np.abs(places[:, axis]).max()), 1e-3) for axis in (0, 1)]


def colours_of(colouring: Colouring) -> tuple[list[str], np.ndarray]:
    """64 colours, and which of them each point has (N,) uint8; a point without a value is grey."""
    if colouring.groups is not None:
        palette = list(dict.fromkeys(colouring.colours()))  # with many clusters the colours repeat
        known = (colouring.groups % len(palette)).astype(np.uint8)
        return palette + [style.GREY] * (64 - len(palette)), np.where(colouring.groups < 0, 63, known).astype(np.uint8)
    from plotly.colors import sample_colorscale, unlabel_rgb

    assert colouring.amounts is not None
    low, high = colouring.ends()
    scaled = (colouring.amounts - low) / ((high - low) or 1.0)
    sampled = sample_colorscale(style.AMOUNTS, [place / 62 for place in range(63)])
    palette = ["#" + "".join(f"{round(part):02X}" for part in unlabel_rgb(colour)) for colour in sampled]
    places = np.clip(np.nan_to_num(scaled) * 62, 0, 62)
    return [*palette, style.GREY], np.where(np.isfinite(scaled), places, 63).astype(np.uint8)


Levels = Sequence[tuple[np.ndarray, Sequence[str]]]


def levels_of(clusters: Clusters) -> Levels:
    """For each level, the coarsest first, the groups (N,) of the points and the names of the groups."""
    return [
        (clusters.labels[:, level], [clusters.name(level, group) for group in range(len(words))])
        for level, words in enumerate(clusters.keywords)
    ]


def labels_of(points: np.ndarray, levels: Levels, colours: dict[int, Sequence[str]]) -> list[Label]:
    """Names at their group's median, level by level from the coarsest, in each the larger first.

    `colours[level]` are the colours of a level's groups, where they are those of the points.
    """
    places, _ = unit_places(points)
    labels = []
    for level, (groups, names) in enumerate(levels):
        order = np.argsort(groups, kind="stable")
        sizes = np.bincount(groups[groups >= 0], minlength=len(names))
        ends = np.searchsorted(groups[order], np.arange(len(names) + 1))
        for group in np.argsort(-sizes, kind="stable").tolist():
            if sizes[group]:
                x, y = np.median(places[order[ends[group] : ends[group + 1]]], axis=0).tolist()
                colour = colours[level][group] if level in colours else ""
                labels.append(Label(names[group][:40], x, y, level, group, int(sizes[group]), colour))
    return labels


def packed(header: dict[str, Any], body: np.ndarray | bytes) -> bytes:
    """4 bytes of length, the header as JSON, and the rest as it is."""
    head = json.dumps(header).encode()
    raw = body if isinstance(body, bytes) else np.ascontiguousarray(body).tobytes()
    return len(head).to_bytes(4, "little") + head + raw
