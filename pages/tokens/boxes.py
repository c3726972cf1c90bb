"""Pieces of text as coloured boxes in a row, for the views that show a process. All text is escaped, never markup."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from core.tokens.display import runs

_FILLS = ("0,114,178,.17", "230,159,0,.22", "0,158,115,.17", "204,121,167,.24", "86,180,233,.24")
_BOX = (
    "display:inline-block;margin:0 2px 6px 0;padding:.1em .3em;border-radius:.3rem;unicode-bidi:isolate;"
    "overflow-wrap:anywhere;max-width:100%;line-height:1.35;text-align:center;"
)


def box(piece: bytes, number: int, under: str = "", fresh: bool = False, faded: bool = False) -> str:
    """One piece as an HTML box: its text with marks for what cannot be seen, or its bytes where it is half a character.

    `under` is below it in small type; `fresh` outlines it; `faded` makes it pale.
    """
    ring = "box-shadow:0 0 0 2.5px #D55E00;" if fresh else ""
    fade = "opacity:.45;" if faded else ""
    below = f'<br><span style="font-size:.72em;opacity:.8">{html.escape(under)}</span>' if under else ""
    return (
        f'<span dir="auto" style="{_BOX}background:rgba({_FILLS[number % len(_FILLS)]});{ring}{fade}">'
        f"{shown(piece)}{below}</span>"
    )


def shown(piece: bytes) -> str:
    """A piece's text as HTML, escaped, marks pale; hexadecimal where it is no whole characters."""
    try:
        parts = runs(piece.decode())
    except UnicodeDecodeError:
        return f'<code style="font-size:.8em">{piece.hex(" ").upper()}</code>'
    out = []
    for kind, text, mark in parts:
        if kind == "plain":
            out.append(html.escape(text))
        elif kind == "combining":
            out.append(html.escape(mark + text))
        elif kind == "named":
            out.append(
                f'<span style="font-size:.66em;border:1px solid;border-radius:.25em;padding:0 .2em">'
                f"{html.escape(mark)}</span>"
            )
        else:
            out.append(f'<span style="opacity:.45">{html.escape(mark)}</span>')
    return "".join(out) or '<span style="opacity:.5">nothing</span>'


def show_row(title: str, boxes: Sequence[str], note: str = "") -> None:
    """A titled row of boxes, with a note (plain text) beside the title."""
    beside = (
        f'<span style="opacity:.75;font-size:.95rem;overflow-wrap:anywhere"> {html.escape(note)}</span>' if note else ""
    )
    st.html(
        f'<div style="margin:.1rem 0 .35rem"><div style="margin-bottom:.3rem"><strong>{html.escape(title)}</strong>'
        f'{beside}</div><div style="font-size:1.15rem">{"".join(boxes)}</div></div>'
    )
