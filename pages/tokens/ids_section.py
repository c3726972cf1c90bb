"""In the view Round trip: a text's ids to copy, ids as text again, and the difference of two texts in tokens."""

from __future__ import annotations

import streamlit as st

from core.cached import tokens as cached_tokens
from core.errors import UserError
from core.tokens.id_lists import Change, differences, parse
from core.tokens.round_trip import trip
from core.tokens.tokenizer import Tokenizer, check
from pages.shared.csv_button import show_csv
from pages.shared.live_text import live_text_area
from pages.shared.reading import show_reading
from pages.shared.user_errors import user_errors
from pages.tokens.boxes import box, show_row
from pages.tokens.sidebar import PageSettings

LONGEST = 20_000
SHOWN = 300
OUTCOMES = {"lossless": "the same", "normalised": "the same letters, written differently", "lost": "another text"}
FIRST_TEXT = "The dog eats the apples."
FIRST_OTHER = "The dogs ate an apple."


def show_ids(settings: PageSettings) -> None:
    """Draw the section: one's own texts, there and back."""
    st.session_state.setdefault("tokens_ids_text", FIRST_TEXT)
    st.session_state.setdefault("tokens_ids_other", FIRST_OTHER)
    st.markdown("### Your own text, its ids, and back")
    _stage(settings)


@st.fragment
def _stage(settings: PageSettings) -> None:
    titles = dict(zip(settings.keys, settings.titles, strict=True))
    chosen = st.selectbox("Tokenizer of the ids", list(titles), format_func=titles.__getitem__, key="tokens_ids_of")
    key = chosen if chosen in titles else settings.keys[0]
    left, right = st.columns(2)
    with left:
        text = live_text_area("Text", key="tokens_ids_text", height=90)
    with right:
        other = live_text_area("Second text", key="tokens_ids_other", height=90)
    with user_errors():
        tokenizer = cached_tokens.tokenizer(key)
        for one in (text, other):
            check(one)
            if len(one) > LONGEST:
                raise UserError(
                    f"The text has {len(one):,} characters; {LONGEST:,} are the most here.",
                    "Use a part of it, or count it as a file in the view Languages.",
                )
        ids = _show_ids(tokenizer, titles[key], text)
        _show_difference(tokenizer, text, other)
        _show_text_of(tokenizer, ids)


def _show_ids(tokenizer: Tokenizer, title: str, text: str) -> list[int]:
    tokens = tokenizer.encode(text)
    ids = [token.id for token in tokens]
    came_back = OUTCOMES[trip(tokenizer, text).outcome]
    show_reading(
        "{} makes {} tokens of this text; decoded, it is {}. The ids, to copy:",
        title,
        f"{len(ids):,}",
        came_back,
    )
    st.code(" ".join(map(str, ids)) or " ", language=None, wrap_lines=True)
    table = {
        "id": ids,
        "token": [repr(token.bytes.decode("utf-8", "backslashreplace"))[1:-1] for token in tokens],
        "bytes": [token.bytes.hex(" ") for token in tokens],
        "kind": [token.kind for token in tokens],
    }
    show_csv(table, "token-ids", "tokens_ids_table")
    return ids


def _show_difference(tokenizer: Tokenizer, text: str, other: str) -> None:
    st.markdown("#### The difference of the two texts")
    changes = differences(tokenizer, text, other)
    counts = {
        kind: sum(len(one.tokens) for one in changes if one.kind == kind) for kind in ("removed", "added", "same")
    }
    show_reading(
        "{} tokens stay, {} go, {} come.", f"{counts['same']:,}", f"{counts['removed']:,}", f"{counts['added']:,}"
    )
    show_row("Tokens", _boxes(tokenizer, changes), "pale, −: only in the first; outlined, +: only in the second")


def _boxes(tokenizer: Tokenizer, changes: list[Change]) -> list[str]:
    signs = {"same": "", "removed": "− ", "added": "+ "}
    every = [(one.kind, token) for one in changes for token in one.tokens][:SHOWN]
    return [
        box(
            tokenizer.vocabulary.bytes_of(token),
            number,
            f"{signs[kind]}{token}",
            fresh=kind == "added",
            faded=kind == "removed",
        )
        for number, (kind, token) in enumerate(every)
    ]


def _show_text_of(tokenizer: Tokenizer, ids: list[int]) -> None:
    st.markdown("#### Ids back to text")
    typed = st.text_input(
        "Ids",
        " ".join(map(str, ids[:200])),
        key="tokens_ids_typed",
        max_chars=20_000,
        placeholder="15043 2787",
        help="Numbers with blanks or commas between them",
        persist_state="session",
    )
    found = parse(typed or "", tokenizer.vocabulary_size)
    if found:
        st.code(tokenizer.decode(found), language=None, wrap_lines=True)
        known = tokenizer.vocabulary
        show_row("Token by token", [box(known.bytes_of(token), i, str(token)) for i, token in enumerate(found[:SHOWN])])
