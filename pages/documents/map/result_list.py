"""A list beside the map: hits of a query or clusters, each with its colour, its number as a bar, and its text."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.shared.map.selected import message_of

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
    """`number` comes first, `amount` says what `share` (0..1, the bar) means; `colour` is that of the point."""

    number: str
    amount: str
    text: str
    colour: str
    share: float


def pick_entries(
    entries: Sequence[Entry], key: str, on_pick: Callable[[int, str], None], does: str, height: int = HEIGHT
) -> None:
    """Draw a list whose entries can be pressed: `on_pick(place, how)`; `how` is "" unless a key was held with it.

    `does` says what a press does.
    """

    def picked() -> None:
        told = message_of(key, "picked")
        if isinstance(told, dict) and 0 <= int(told.get("place", -1)) < len(entries):
            on_pick(int(told["place"]), str(told.get("how", "")))

    cut = [dataclasses.asdict(dataclasses.replace(entry, text=_short(entry.text))) for entry in entries]
    _pressed(key=key, data={"entries": cut, "height": height, "does": does}, on_picked_change=picked)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
