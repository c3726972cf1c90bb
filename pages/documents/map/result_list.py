"""A list beside the map: hits of a query or groups, each with its colour, its number as a bar, and its text as text."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.documents.map.selected import told_by

HEIGHT = 500
LONGEST = 160
_HERE = Path(__file__).parent
_pressed = st.components.v2.component(
    "textlab_entries",
    html='<div class="tl-entries"></div>',
    js=(_HERE / "result_list.js").read_text(encoding="utf-8"),
    css=(_HERE / "result_list.css").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Entry:
    """`number` stands in front, `amount` says what `share` (0..1, the bar) means; `colour` is that of the point."""

    number: str
    amount: str
    text: str
    colour: str
    share: float


def show_entries(entries: Sequence[Entry], height: int = HEIGHT) -> None:
    """Draw the list; it scrolls within the height of the map."""
    with st.container(height=height, border=False):
        st.html("".join(_drawn(entry) for entry in entries))


def pick_entries(
    entries: Sequence[Entry], key: str, on_pick: Callable[[int, str], None], does: str, height: int = HEIGHT
) -> None:
    """Draw a list whose entries can be pressed: `on_pick(place, how)`; `how` is "" unless a key was held with it.

    `does` says what a press does.
    """

    def picked() -> None:
        told = told_by(key, "picked")
        if isinstance(told, dict) and 0 <= int(told.get("place", -1)) < len(entries):
            on_pick(int(told["place"]), str(told.get("how", "")))

    cut = [dataclasses.asdict(dataclasses.replace(entry, text=_short(entry.text))) for entry in entries]
    _pressed(key=key, data={"entries": cut, "height": height, "does": does}, on_picked_change=picked)


def _drawn(entry: Entry) -> str:
    width = 100 * min(max(entry.share, 0.0), 1.0)
    dot = f'<span style="width:.8rem;height:.8rem;border-radius:50%;flex:none;background:{entry.colour}"></span>'
    bar = (
        f'<span style="flex:1;height:.35rem;border-radius:.2rem;background:rgba(138,143,152,.25)">'
        f'<span style="display:block;height:100%;border-radius:.2rem;width:{width:.1f}%;background:{entry.colour}">'
        "</span></span>"
    )
    number = f"<b>{html.escape(entry.number)}</b>" if entry.number else ""
    return (
        f'<div style="margin:0 0 .9rem 0"><div style="display:flex;gap:.5rem;align-items:center">{dot}{number}{bar}'
        f'<span style="font-size:.85rem;opacity:.75;white-space:nowrap">{html.escape(entry.amount)}</span></div>'
        f'<div style="font-size:.95rem;line-height:1.35;margin-top:.15rem;overflow-wrap:anywhere">'
        f"{html.escape(_short(entry.text))}</div></div>"
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
