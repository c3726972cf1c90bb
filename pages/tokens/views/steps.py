"""Steps: how one tokenizer arrives at its tokens, on a slider."""

from __future__ import annotations

import streamlit as st

from core.cached import tokens as cached_tokens
from core.errors import UserError
from core.tokens.display import describe
from core.tokens.replay import Replay
from core.tokens.steps import replay
from core.tokens.tokenizer import check
from pages.shared.frame import View
from pages.shared.live_text import live_text_area
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import user_errors
from pages.tokens.boxes import box, show_row
from pages.tokens.method_code import imports_code, load_code
from pages.tokens.sidebar import PageSettings

LONGEST = 200
FIRST_TEXT = "El perro come las manzanas 🤖"


def show(settings: PageSettings) -> None:
    st.session_state.setdefault("tokens_steps_text", FIRST_TEXT)
    _stage(settings)


@st.fragment
def _stage(settings: PageSettings) -> None:
    left, right = st.columns([2, 1], vertical_alignment="top")
    with left:
        text = live_text_area("A short text", key="tokens_steps_text", height=68)
    titles = dict(zip(settings.keys, settings.titles, strict=True))
    keys = list(titles)
    start = next((i for i, key in enumerate(keys) if key not in ("bert", "utf-8-bytes")), 0)
    key = right.selectbox("Tokenizer", keys, start, format_func=titles.__getitem__, key="tokens_steps_of")
    with user_errors():
        _show_steps(key or keys[0], titles[key or keys[0]], text)
    _show_how(key or keys[0], text)


def _show_steps(key: str, title: str, text: str) -> None:
    check(text)
    if not text:
        raise UserError("The text is empty.", "Type a few words.")
    if len(text) > LONGEST:
        raise UserError(
            f"The text has {len(text):,} characters; steps are shown for at most {LONGEST}.",
            "Shorten it, or use the view Compare.",
        )
    tokenizer = cached_tokens.tokenizer(key)
    found = replay(tokenizer, text)
    show_reading(
        "{} reaches {} tokens in {} steps.",
        title,
        len(found.ids),
        len(found.frames),
        caveat=f"{tokenizer.family}. "
        + (
            "The last step equals the engine's own tokens."
            if found.agrees
            else "The replay differs from the engine: do not trust it."
        ),
    )
    show_row("1  Typed", [box(text.encode(), 0)])
    show_row("2  Normalised", [box(found.normalised.encode(), 0)], _changes(found))
    show_row("3  Pre-tokenized", [box(piece, i) for i, piece in enumerate(found.pieces)], found.rule)
    _show_frames(found)
    names = {token.id: token.bytes for token in tokenizer.encode(text)}
    show_row("5  Ids", [box(names[token], i, str(token)) for i, token in enumerate(found.ids)])
    added = len(found.with_special) - len(found.ids)
    show_row(
        "6  Model input",
        [
            box(
                tokenizer.vocabulary.bytes_of(token),
                i,
                str(token),
                faded=added > 0 and tokenizer.vocabulary.kind_of(token) != "control",
            )
            for i, token in enumerate(found.with_special)
        ],
        f"{added} special token{'s' if added != 1 else ''} added" if added else "no special tokens added",
    )


def _show_frames(found: Replay) -> None:
    count = len(found.frames)
    if count > 1:
        number = st.slider("4  Step by step", 1, count, count, key=f"tokens_step_{count}")
    else:
        number = 1
    if count:
        frame = found.frames[number - 1]
        show_row("", [box(piece, i, fresh=i == frame.fresh) for i, piece in enumerate(frame.pieces)], frame.why)


def _changes(found: Replay) -> str:
    if found.normalised == found.typed:
        return "nothing changed"
    new = [character for character in dict.fromkeys(found.normalised) if character not in found.typed]
    gone = [character for character in dict.fromkeys(found.typed) if character not in found.normalised]
    parts = [
        f"removed: {', '.join(map(describe, gone[:4]))}" if gone else "",
        f"added: {', '.join(map(describe, new[:4]))}" if new else "",
    ]
    return "; ".join(filter(None, parts)) or "characters merged, dropped or repeated"


def _show_how(key: str, text: str) -> None:
    show_method(
        "",
        "byte pairs: Sennrich, Haddow and Birch 2016; Unigram: Kudo 2018; WordPiece: Devlin et al. 2019",
        f"{imports_code([key], 'steps')}\n"
        f"result = steps.replay({load_code(key)}, {ascii(text[:LONGEST])})\n"
        "for frame in result.frames:\n    print(frame.pieces, frame.why)\nassert result.agrees",
        explanation="The steps are replayed from the vocabulary in plain Python, beside the engine that does the work; "
        "on all 708 test pairs of llama.cpp the last step equals the engine's tokens.",
    )


VIEW = View(key="steps", title="Steps", order=2, show=show)
