"""A figure on the page, and its export: PNG, SVG, a page that opens offline, its numbers as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

import core
from core.figures import style
from core.text.csv_text import as_csv
from pages.shared.csv_button import pick_raw
from pages.shared.figure_size import corner, fitted
from pages.shared.frame import dark

_PICTURES_JS = """
export default function ({ data, parentElement }) {
  const status = parentElement.querySelector("[role=status]");
  const ready = window.TextLabPlotly ?? (window.TextLabPlotly = new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = URL.createObjectURL(new Blob([data.plotly], { type: "text/javascript" }));
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("plotly.js did not load"));
    document.head.appendChild(script);
  }));
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = async () => {
      status.textContent = "Drawing…";
      try {
        const Plotly = await ready;
        const figure = JSON.parse(data.figure);
        const url = await Plotly.toImage({ data: figure.data, layout: figure.layout },
          { format: button.dataset.format, width: 1280, height: 720, scale: button.dataset.format === "png" ? 2 : 1 });
        const link = document.createElement("a");
        link.href = url;
        link.download = data.name + "." + button.dataset.format;
        link.click();
        status.textContent = "Saved " + link.download;
      } catch (error) {
        status.textContent = "The picture could not be drawn: " + error.message;
      }
    };
  }
}
"""

_PICTURES_CSS = """
div { width: 100%; display: flex; gap: .5rem; align-items: center; flex-wrap: wrap; font-family: var(--st-font); }
button { flex: 1; padding: .45rem .8rem; font: inherit; cursor: pointer; color: var(--st-text-color);
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius); }
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
span { width: 100%; font-size: .85rem; opacity: .75; min-height: 1.2em; color: var(--st-text-color); }
"""

_PICTURES_HTML = """
<div><button type="button" data-format="png">PNG</button><button type="button" data-format="svg">SVG</button>
<span role="status"></span></div>
"""

_pictures = st.components.v2.component("textlab_pictures", html=_PICTURES_HTML, css=_PICTURES_CSS, js=_PICTURES_JS)


Table = dict[str, Any] | Callable[[], dict[str, Any]] | None


def show_figure(figure: go.Figure, name: str, table: Table = None, alt: str = "", key: str | None = None) -> None:
    """Draw `figure` and, beside its title, its export.

    `name` is the file's name without ending (ours, not a person's); `table` its numbers by column, or what makes them
    when they are asked for; `alt` says in words what it shows. `key` distinguishes two figures of one name. The
    figure grows with the window, see `pages.shared.figure_size`.
    """
    key = key or name
    with fitted(figure, key) as shown:
        st.plotly_chart(
            shown,
            theme=None,
            key=f"figure_{key}",
            height="stretch",
            alt=alt or figure.layout.title.text,
            config={
                "displaylogo": False,
                "displayModeBar": "hover",
                "scrollZoom": False,
                "modeBarButtonsToRemove": ["toImage"],  # the export draws it with its title
            },
        )
        with corner(key):
            show_ways(lambda: figure, name, table, key)


def show_ways(draw: Callable[[], go.Figure], name: str, table: Table, key: str) -> None:
    """Only the export of a figure, for a view that shows it by other means; `draw` makes it when asked for."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        popover = st.popover(
            "Export", icon=":material/download:", type="tertiary", on_change="rerun", key=f"take_{key}"
        )
        if popover.open:
            with popover:
                _offer(draw(), name, table() if callable(table) else table, key)


def _offer(figure: go.Figure, name: str, table: dict[str, Any] | None, key: str) -> None:
    from plotly.offline import get_plotlyjs

    carried = go.Figure(figure)
    carried.update_layout(
        paper_bgcolor=style.paper(dark()),
        margin={"l": 56, "r": 56, "t": 88, "b": 56},
        title={"y": 0.94, "font": {"size": 26}},
    )
    st.caption("A picture for a slide, 16 : 9")
    _pictures(key=f"pictures_{key}", data={"figure": carried.to_json(), "name": name, "plotly": get_plotlyjs()})
    st.caption("A page that opens without a network; the numbers")
    carried.update_layout(height=None, autosize=True)
    page = carried.to_html(include_plotlyjs=True, full_html=True, default_height="100vh")
    page = page.replace("<head>", f'<head><meta name="generator" content="Laptop Text Lab {core.__version__}">', 1)
    with st.container(horizontal=True):
        st.download_button(
            "HTML", page, f"{name}.html", "text/html", key=f"html_{key}", on_click="ignore", width="stretch"
        )
        if table is not None:
            raw = bool(st.session_state.get(f"raw_{key}"))  # its switch stands under the buttons
            st.download_button(
                "CSV",
                as_csv(table, raw),
                f"{name}.csv",
                "text/csv",
                key=f"csv_{key}",
                on_click="ignore",
                width="stretch",
            )
    if table is not None:
        pick_raw(key)
