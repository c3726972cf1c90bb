"""The frame of a page: which views it has, which one is shown, and whether the screen is dark.

A view is one file in the page's folder (`pages/words/views/neighbours.py`) that ends in

    VIEW = View(key="neighbours", title="Neighbours", order=1, show=show)

where `show(settings)` draws it; `settings` is what was chosen in the sidebar (vectors, a model ...).
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

MANY_VIEWS = 9


@dataclass(frozen=True)
class View:
    """One way to look at the page's subject.

    `title` is its name on the screen and in the URL (?words_view=Pair: Streamlit writes there what it shows), `key` its
    name in code, `order` its place in the row of views. `once`: titles it had before, which shared links still carry.
    """

    key: str
    title: str
    order: int
    show: Callable[[Any], None]
    once: tuple[str, ...] = ()


@functools.cache
def find_views(area: str) -> dict[str, View]:
    """The views in the folder pages/<area>/views/, in their order, by key."""
    folder = importlib.import_module(f"pages.{area}.views")
    names = [module.name for module in pkgutil.iter_modules(folder.__path__)]
    modules = [importlib.import_module(f"pages.{area}.views.{name}") for name in names]
    views = sorted((module.VIEW for module in modules), key=lambda view: view.order)
    return {view.key: view for view in views}


def pick_view(area: str, title: str) -> View:
    """Draw the page's title and, beside it, the row of views; give the chosen one. The choice lives in the URL."""
    views = find_views(area)
    if len(views) > MANY_VIEWS:  # closer together, so that at 1280 pixels they stand in one row beside the title
        st.html(f"<style>.st-key-{area}_view button {{ padding-inline: .5rem; }}</style>")
    renamed = _follow_an_old_link(f"{area}_view", views)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.markdown(f"# {title}", width="content")
        key = (
            st.segmented_control(
                "View",
                list(views),
                format_func=lambda key: views[key].title,
                default=None if renamed else next(iter(views)),
                required=True,
                key=f"{area}_view",
                bind="query-params",
                label_visibility="collapsed",
            )
            if len(views) > 1
            else None
        )
    return views.get(key or "", next(iter(views.values())))


def _follow_an_old_link(name: str, views: dict[str, View]) -> bool:
    """Choose the view that the address calls by a title of before."""
    for view in views.values():
        if st.query_params.get(name) in view.once:
            st.query_params[name] = view.title
            st.session_state[name] = view.key
            return True
    return False


def dark() -> bool:
    """Whether the person's screen shows the dark theme."""
    return st.context.theme.type == "dark"
