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
from pages.tokens.sidebar import PageSettings, first_text, in_catalogue, link_text
from pages.tokens.token_columns import column, show_columns

LONGEST = 1_000_000
PAGE = 1800


def show(settings: PageSettings) -> None:
    st.session_state.setdefault("tokens_text", first_text())
    _stage(settings)


@st.fragment
def _stage(settings: PageSettings) -> None:
    text = live_text_area("Text", key="tokens_text", height=104, placeholder="Type or paste any text")
    link_text(settings.link_text, text)
    with user_errors():
        _compare(settings, text)
    _show_how(settings, text)


def _compare(settings: PageSettings, text: str) -> None:
    if len(text) > LONGEST:
        raise UserError(
            f"The text has {len(text):,} characters; {LONGEST:,} is the most that is drawn here.",
            "Use a part of it, or core.tokens.tokenizers in a notebook, which has no limit.",
        )
    settings, encodings = encode(settings, text)
    counts = [count(encoded) for encoded in encodings]
    differs = differing(encodings)  # all that is to be computed before anything is drawn: what is sent comes in one go
    pages = pages_of(text, PAGE)
    start, end = pages[_page_number(len(pages))]
    columns = []
    for key, title, encoded, counted in zip(settings.keys, settings.titles, encodings, counts, strict=True):
        tokenizer = cached_tokens.tokenizer(key)
        first, last = tokens_between(encoded, start, end, (start, end) == pages[-1])
        columns.append(column(title, tokenizer.about, counted, draw(tokenizer, encoded, first, last), len(encoded)))
    _read_out(settings, counts)
    if len(pages) > 1:
        st.pagination(len(pages), key="tokens_page")
    show_columns(
        columns,
        [stretch for stretch in differs if stretch[0] < end and start < stretch[1]],
        settings.show_ids,
        settings.show_bytes,
        key="tokens_columns",
    )
    _show_table(settings, counts)


def _page_number(count: int) -> int:
    """The page that was turned to, from 0; it is picked below, and known from the session here."""
    return min(max(int(st.session_state.get("tokens_page") or 1) - 1, 0), count - 1)


def _read_out(settings: PageSettings, counts: list[Counts]) -> None:
    if counts[0].characters == 0:
        show_reading("The text is empty. Type something above, or choose a sample text in the sidebar.")
        return
    ranked = sorted(zip(settings.titles, counts, strict=True), key=lambda item: item[1].tokens)
    (least, few), (most, many) = ranked[0], ranked[-1]
    if len(ranked) == 1:
        show_reading("{} splits these {} characters into {} tokens.", least, f"{few.characters:,}", f"{few.tokens:,}")
    elif few.tokens == many.tokens:
        show_reading(
            "All {} split these {} characters into {} tokens.", len(ranked), f"{few.characters:,}", f"{few.tokens:,}"
        )
    else:
        more = _more(few.tokens, many.tokens)
        show_reading(
            "{} needs {} tokens, {} needs {}: {} more for the same {} characters.",
            least,
            f"{few.tokens:,}",
            most,
            f"{many.tokens:,}",
            more,
            f"{few.characters:,}",
            caveat=_caveat(settings, counts),
        )


def _more(few: int, many: int) -> str:
    """How much more, in words that are true of small differences too."""
    if not few:
        return f"{many:,} tokens"
    share = 100 * (many / few - 1)
    return f"{share:.0f} %" if share >= 1 else f"{many - few:,} token{'s' if many - few > 1 else ''}"


def _caveat(settings: PageSettings, counts: list[Counts]) -> str:
    lost = [title for title, counted in zip(settings.titles, counts, strict=True) if counted.unknown_bytes]
    if lost:
        one = len(lost) == 1
        return (
            f"{' and '.join(lost)} {'maps' if one else 'map'} part of the text to unknown tokens (hatched) or none, "
            f"so {'its count looks' if one else 'their counts look'} too low."
        )
    return "Stretches that are split differently are outlined."


def _show_table(settings: PageSettings, counts: list[Counts]) -> None:
    """The counts as a plain table: a sortable grid takes longer to draw than a person needs to type a letter."""
    heads = (
        "Tokenizer",
        "Tokens",
        "Characters per token",
        "Bytes per token",
        "Tokens per word",
        "Characters split",
        "Unknown bytes",
        "Verified by",
        "Licence",
    )
    rows = []
    for key, title, counted in zip(settings.keys, settings.titles, counts, strict=True):
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


def _show_how(settings: PageSettings, text: str) -> None:
    show_method(
        "",
        "each tokenizer's own vocabulary and rules, named in the table above",
        f"{imports_code(settings.keys)}\ntext = {text_code(text)}\n{made_code(settings.keys, settings.titles)}"
        f"result = {{title: [(token.id, token.bytes) for token in one.encode(\n"
        f"              text, add_special={settings.add_special}, parse_special={settings.parse_special})]\n"
        "          for title, one in made.items()}\ncounts = {title: len(tokens) for title, tokens in result.items()}",
        {"add special tokens": settings.add_special, "read special tokens": settings.parse_special},
        "Every token's bytes are looked up in the vocabulary. Decoding one id at a time would show a replacement "
        "character wherever a character is split over tokens; here the character is drawn once, whole, above the bytes "
        "of each of its tokens. *Characters* are Unicode code points; *words* are separated by spaces, so tokens per "
        "word means nothing for Chinese, Japanese or Thai.",
    )


VIEW = View(key="compare", title="Compare", order=1, show=show)
