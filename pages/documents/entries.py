"""A list beside the map: hits of a query or groups, each with its colour, its number as a bar, and its text as text."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

HEIGHT = 500
LONGEST = 160


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


def _drawn(entry: Entry) -> str:
    text = entry.text if len(entry.text) <= LONGEST else entry.text[:LONGEST - 1].rstrip() + "…"
    width = 100 * min(max(entry.share, 0.0), 1.0)
    dot = f'<span style="width:.8rem;height:.8rem;border-radius:50%;flex:none;background:{entry.colour}"></span>'
    bar = (f'<span style="flex:1;height:.35rem;border-radius:.2rem;background:rgba(138,143,152,.25)">'
           f'<span style="display:block;height:100%;border-radius:.2rem;width:{width:.1f}%;background:{entry.colour}">'
           "</span></span>")
    number = f"<b>{html.escape(entry.number)}</b>" if entry.number else ""
    return (f'<div style="margin:0 0 .9rem 0"><div style="display:flex;gap:.5rem;align-items:center">{dot}{number}{bar}'
            f'<span style="font-size:.85rem;opacity:.75;white-space:nowrap">{html.escape(entry.amount)}</span></div>'
            f'<div style="font-size:.95rem;line-height:1.35;margin-top:.15rem;overflow-wrap:anywhere">'
            f"{html.escape(text)}</div></div>")
