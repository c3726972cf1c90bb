"""Inspect and compare: one text through two to six tokenizers, token by token."""

from __future__ import annotations

import html

import streamlit as st

from core import catalog
from core.cached import tokens as cached_tokens
from core.errors import UserError
from core.tokens.comparison import Counts, count, differing
from core.tokens.display import draw, pages_of, tokens_between
from pages.shared.frame import View
from pages.shared.live_text import live_text_area
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import user_errors
from pages.tokens.encodings import encode
from pages.tokens.method_code import imports_code, made_code, text_code
from pages.tokens.sidebar import Desk, first_text, in_catalogue
from pages.tokens.token_columns import column, show_columns

LONGEST = 1_000_000
PAGE = 1800


def show(desk: Desk) -> None:
    st.session_state.setdefault("tokens_text", first_text())
    _stage(desk)


@st.fragment
def _stage(desk: Desk) -> None:
    text = live_text_area("Text", key="tokens_text", height=104, placeholder="Type or paste any text")
    with user_errors():
        _compare(desk, text)
    _show_how(desk, text)


def _compare(desk: Desk, text: str) -> None:
    if len(text) > LONGEST:
        raise UserError(
            f"The text has {len(text):,} characters; {LONGEST:,} is the most that is drawn here.",
            "Take a part of it, or use core.tokens.tokenizers in a notebook, which has no limit.",
        )
    desk, encodings = encode(desk, text)
    counts = [count(encoded) for encoded in encodings]
    differs = differing(encodings)  # all that is to be computed before anything is drawn: what is sent comes in one go
    pages = pages_of(text, PAGE)
    start, end = pages[_page_number(len(pages))]
    columns = []
    for key, title, encoded, counted in zip(desk.keys, desk.titles, encodings, counts, strict=True):
        tokenizer = cached_tokens.tokenizer(key)
        first, last = tokens_between(encoded, start, end, (start, end) == pages[-1])
        columns.append(column(title, tokenizer.about, counted, draw(tokenizer, encoded, first, last), len(encoded)))
    _read_out(desk, counts)
    if len(pages) > 1:
        st.pagination(len(pages), key="tokens_page")
    show_columns(
        columns,
        [stretch for stretch in differs if stretch[0] < end and start < stretch[1]],
        desk.show_ids,
        desk.show_bytes,
        key="tokens_columns",
    )
    _show_table(desk, counts)


def _page_number(count: int) -> int:
    """The page that was turned to, from 0; it is picked below, and known from the session here."""
    return min(max(int(st.session_state.get("tokens_page") or 1) - 1, 0), count - 1)


def _read_out(desk: Desk, counts: list[Counts]) -> None:
    if counts[0].characters == 0:
        show_reading("The text is empty. Type something above, or press one of the texts in the sidebar.")
        return
    ranked = sorted(zip(desk.titles, counts, strict=True), key=lambda item: item[1].tokens)
    (least, few), (most, many) = ranked[0], ranked[-1]
    if len(ranked) == 1:
        show_reading("{} makes {} tokens of these {} characters.", least, f"{few.tokens:,}", f"{few.characters:,}")
    elif few.tokens == many.tokens:
        show_reading(
            "All {} make {} tokens of these {} characters.", len(ranked), f"{few.tokens:,}", f"{few.characters:,}"
        )
    else:
        more = f"{100 * (many.tokens / max(few.tokens, 1) - 1):.0f} %"
        show_reading(
            "{} needs {} tokens, {} needs {}: {} more for the same {} characters.",
            least,
            f"{few.tokens:,}",
            most,
            f"{many.tokens:,}",
            more,
            f"{few.characters:,}",
            caveat=_caveat(desk, counts),
        )


def _caveat(desk: Desk, counts: list[Counts]) -> str:
    lost = [title for title, counted in zip(desk.titles, counts, strict=True) if counted.unknown_bytes]
    if lost:
        return f"{' and '.join(lost)} gives part of the text up as unknown (hatched), so its count flatters."
    return "Stretches that are not cut alike are ringed."


def _show_table(desk: Desk, counts: list[Counts]) -> None:
    """The counts as a plain table: a grid that can be sorted takes longer to draw than a person to type a letter."""
    heads = (
        "Tokenizer",
        "Tokens",
        "Characters per token",
        "Bytes per token",
        "Tokens per word",
        "Characters cut",
        "Bytes unknown",
        "How we know",
        "Licence",
    )
    rows = []
    for key, title, counted in zip(desk.keys, desk.titles, counts, strict=True):
        rows.append(
            (
                title,
                f"{counted.tokens:,}",
                f"{counted.characters_per_token:.3f}",
                f"{counted.bytes_per_token:.3f}",
                f"{counted.tokens_per_word:.3f}",
                f"{counted.cut_characters:,}",
                f"{counted.unknown_bytes:,}",
                cached_tokens.tokenizer(key).proof,
                _licence(key),
            )
        )
    style = 'style="text-align:{};padding:.35rem .6rem;border-bottom:1px solid rgba(138,143,152,.35);font-weight:{}"'
    lines = []
    for row, weight in ((heads, 650), *((row, 400) for row in rows)):
        cells = (
            f"<td {style.format('right' if 0 < i < 7 else 'left', weight)}>{html.escape(cell)}</td>"
            for i, cell in enumerate(row)
        )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    st.html(
        f'<div style="overflow-x:auto"><table style="border-collapse:collapse;width:100%;font-size:.95rem">'
        f"{''.join(lines)}</table></div>"
    )


def _licence(key: str) -> str:
    return catalog.find(key).licence if in_catalogue(key) else "the model's own"


def _show_how(desk: Desk, text: str) -> None:
    show_method(
        "",
        "each tokenizer's own vocabulary and rules, named in the table above",
        f"{imports_code(desk.keys)}\ntext = {text_code(text)}\n{made_code(desk.keys, desk.titles)}"
        f"result = {{title: [(token.id, token.bytes) for token in one.encode(\n"
        f"              text, add_special={desk.add_special}, parse_special={desk.parse_special})]\n"
        "          for title, one in made.items()}\ncounts = {title: len(tokens) for title, tokens in result.items()}",
        {"add special tokens": desk.add_special, "read special tokens": desk.parse_special},
        "Every token's bytes are looked up in the vocabulary. Decoding one id at a time would show a replacement mark "
        "wherever a character is cut over tokens; here the character is drawn once, whole, over the bytes that "
        "each of its tokens holds. *Characters* are Unicode code points; *words* are what stands between blanks, so "
        "tokens per word says nothing for Chinese, Japanese or Thai.",
    )


VIEW = View(key="compare", title="Compare", order=1, show=show)
