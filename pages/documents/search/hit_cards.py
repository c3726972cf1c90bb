"""The hits of one way of searching as a column of cards: both ranks, the matching words marked, and why it is there."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from core.documents.retrieval.answer import Explained
from core.documents.retrieval.ranking import DEPTH
from core.figures import search as figures


def show_cards(title: str, note: str, cards: Sequence[Explained], fused: bool = False) -> None:
    """Draw one column, with `fused` each card with how its score was made. All text of documents is escaped."""
    with st.container(border=False):
        st.html(
            f'<div style="font-weight:600;font-size:1.1rem">{html.escape(title)}</div>'
            f'<div style="opacity:.72;font-size:.88rem;line-height:1.4;min-height:2.8em;margin-bottom:.5rem">'
            f"{html.escape(note)}</div>"
            + (
                "".join(_drawn(place, card, fused) for place, card in enumerate(cards, 1))
                or '<p style="opacity:.75">Nothing: no document holds a word of the query.</p>'
            )
        )


def _drawn(place: int, card: Explained, fused: bool) -> str:
    colour = figures.COLOURS[card.kind]
    hit = card.hit
    pieces = "".join(
        f'<mark style="background:{figures.COLOURS[0]}55;color:inherit;padding:0 .1em;border-radius:.2em">'
        f"{html.escape(piece)}</mark>"
        if match
        else html.escape(piece)
        for piece, match in card.explanation.snippet
    )
    words = " + ".join(
        f"{html.escape(word)}{f' {amount:.1f}' if amount is not None else ''}"
        for word, _, amount in card.explanation.parts[:5]
    )
    ranks = " · ".join(
        (
            _rank("words", hit.keyword_rank, hit.bm25, "BM25 {:.1f}"),
            _rank("meaning", hit.vector_rank, hit.cosine, "cosine {:.2f}"),
        )
    )
    made = (
        (
            f'<br><span style="opacity:.8">fused <b>{hit.score:.2f}</b>: words {hit.words or 0:.2f}, '
            f'<span style="white-space:nowrap">meaning {hit.meaning or 0:.2f}</span></span>'
        )
        if fused
        else ""
    )
    return (
        f'<div style="border-left:4px solid {colour};padding:.1rem 0 .1rem .6rem;margin:0 0 .95rem 0">'
        f'<div style="font-size:.88rem;line-height:1.35"><b style="font-size:1.05rem">{place}</b>&ensp;'
        f'<span title="the document’s number in the corpus" style="opacity:.7">document {card.row + 1:,}</span>'
        f"<br>{ranks}{made}</div>"
        f'<div style="font-size:.95rem;line-height:1.4;overflow-wrap:anywhere;margin:.15rem 0">{pieces}</div>'
        f'<div style="font-size:.88rem;opacity:.8;line-height:1.35;overflow-wrap:anywhere">'
        f"{html.escape(card.explanation.why)}{f' Words: {words}.' if words else ''}</div></div>"
    )


def _rank(name: str, rank: int | None, score: float | None, form: str) -> str:
    if rank is None:
        return f'{name} <span style="opacity:.7">{"none" if name == "words" else f"beyond {DEPTH}"}</span>'
    shown = f' <span style="opacity:.7">({form.format(score)})</span>' if score is not None else ""
    return f'<span style="white-space:nowrap">{name} <b>{rank:,}</b>{shown}</span>'
