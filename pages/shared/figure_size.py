"""How large a figure is on the screen: it grows with the window, and its title wraps where the window is narrow.

A figure states its height for a window that is 760 pixels high. In a window that is taller by some pixels the figure is
taller by as many, in a lower one it is lower, so the sentence under it stays where it was, seen from below: at 1280 x
720 input, picture and sentence are on the screen together.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
import streamlit as st

DESIGNED_PX = 760  # the height of the window that figures state their height for
LEAST_PX = 300  # in a low window the page scrolls rather than showing a strip
TITLE_PX = 40  # of the margin above a figure, what its title takes there
DEFAULT_PX = 460
LONGEST_AXIS = 66  # characters
CHART_LEAST_PX = 180
PHONE_PX, SHRUNK = 640, 0.66  # in a window up to this width, figures are shown at this share of their size


@contextlib.contextmanager
def fitted(figure: go.Figure, key: str) -> Iterator[go.Figure]:
    """Within it, the place of a figure on the page, its title drawn; gives the figure to draw there.

    Plotly neither wraps a title nor knows the height of the window; a browser does both. The title stays in the figure,
    which is what a program reads, and is not shown there. The figure must be drawn with height="stretch".
    `key` is that of the figure.
    """
    shown = go.Figure(figure)
    title = shown.layout.title.text or ""
    height = int(shown.layout.height or DEFAULT_PX)
    name = "fitted_" + re.sub(r"[^a-zA-Z0-9_-]", "-", key)  # as Streamlit makes the name of a class of it
    above = shown.layout.margin.t
    if title:
        above = shown.layout.template.layout.margin.t if above is None else above
        shown.update_layout(margin={"t": max(8, (above or 0) - TITLE_PX)})
    shown.for_each_xaxis(_wrap)
    shown.update_layout(height=CHART_LEAST_PX, autosize=True)  # Streamlit stretches it from there
    with st.container(key=name, gap=None, height=height, border=False):
        heading = f'<p class="figure-title">{title}</p>' if title else ""
        st.html(f"<style>{_css(name, height)}</style>{heading}")
        yield shown


def _wrap(axis: go.layout.XAxis) -> None:
    """An axis' title in two lines, where it is too long for one on a phone."""
    text = axis.title.text or ""
    if len(text) > LONGEST_AXIS and "<br>" not in text:
        middle = min((abs(at - len(text) / 2), at) for at, letter in enumerate(text) if letter == " ")[1]
        axis.title.text = f"{text[:middle]}<br>{text[middle + 1 :]}"


def corner(key: str) -> Any:
    """Within `fitted`, the upper right corner of the figure, beside its title: for its export."""
    return st.container(key=f"corner_{key}")


def _css(name: str, height: int) -> str:
    """At most half as tall again as wide: on a phone the height of the window says little about the room. There the
    figure is drawn larger than its place and shown smaller, so that labels and notes at its sides have room, too."""
    tall = f"clamp({min(height, LEAST_PX)}px, calc(100vh - {DESIGNED_PX - height}px), 150vw)"
    wrapper, me = "[data-testid=stLayoutWrapper]", f".st-key-{name}"
    chart = f"{me} > [data-testid=stElementContainer]:has(.stPlotlyChart)"
    return (
        f"{wrapper}:has(> {me}) {{ height: {tall}; flex: 0 0 {tall}; }}"
        f"{me} {{ overflow: visible; position: relative; }}"
        f"{me} > {wrapper}:has(> [class*=st-key-corner_]) {{ position: absolute; top: -.45rem; right: 0; width: auto;"
        " flex: none; z-index: 1; }"
        f"{me} .gtitle {{ display: none; }}"
        f"{me} .figure-title {{ font-size: 1.25rem; font-weight: 600; line-height: 1.25; margin: 0;"
        " padding-right: 6rem; overflow-wrap: anywhere; }"
        f"@media (max-width: {PHONE_PX}px) {{ {me} {{ overflow: clip; }}"
        f" {chart} {{ min-width: {100 / SHRUNK:.2f}%; max-width: none;"
        f" flex: 0 0 calc(({tall} - {TITLE_PX + 25}px) / {SHRUNK}); }}"
        f" {chart} .js-plotly-plot {{ transform: scale({SHRUNK}); transform-origin: 0 0; }} }}"
    )
