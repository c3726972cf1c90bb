"""What the first rows of a file say before it is imported: its texts, their languages, and what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.documents import languages
from core.documents.encoders import DEFAULT_ENCODER
from core.documents.ingest.sources import ImportOptions, Look
from pages.shared.user_errors import show_note

TEXTS_SHOWN, LETTERS_SHOWN = 3, 300


def joined(looked: Look, text: Sequence[str]) -> list[str]:
    """The texts of the first rows."""
    rows = zip(*(looked.columns[name] for name in text), strict=True) if text else ()
    joined = ("\n".join(str(value) for value in row if value not in (None, "")) for row in rows)
    return [one for one in joined if one.strip()]


def show_texts(looked: Look, text: Sequence[str]) -> None:
    """Draw the first texts, cut."""
    some = joined(looked, text)
    for number, one in enumerate(some[:TEXTS_SHOWN], 1):
        cut = " ".join(one.split())
        st.text(f"{number}. {cut[:LETTERS_SHOWN]}{'…' if len(cut) > LETTERS_SHOWN else ''}")


def show_warnings(looked: Look, text: Sequence[str], encoder_key: str) -> None:
    """The languages of the first texts, and a warning where the encoder was not made for them; equal texts are said."""
    some = joined(looked, text)
    found = languages.shares(some)
    if found:
        told = ", ".join(f"{name} {100 * share:.0f} %" for name, share in found[:4])
        st.caption(f"Languages of the first {len(some):,} texts: {told}")
    foreign = languages.foreign_to_english(found)
    if encoder_key == DEFAULT_ENCODER and foreign > 0.2:
        show_note(
            f"{100 * foreign:.0f} % of the texts are not English, and the encoder MiniLM was made for English: other "
            "languages are placed by shared names and signs more than by meaning.",
            "Add a multilingual encoder such as paraphrase-multilingual-MiniLM-L12-v2 in the view Encoders.",
        )
    if len(some) > 1 and len(set(some)) == 1:
        show_note("The first texts are all the same.", "Look whether another column holds the text.")


def show_lost(looked: Look) -> None:
    """Draw which of the first rows cannot be read, with their lines and the reason."""
    if not looked.bad:
        return
    st.text(f"Of the first rows {len(looked.bad):,} cannot be read:")
    st.dataframe(
        [{"file": row.file, "line": row.line, "problem": row.problem} for row in looked.bad[:200]],
        hide_index=True,
        height=38 + 35 * min(len(looked.bad), 3),
    )


def passages_of(looked: Look, text: Sequence[str], options: ImportOptions) -> int:
    """About how many passages there will be."""
    some = joined(looked, text)
    if not some:
        return looked.rows
    words = [len(one.split()) for one in some]
    step = max(options.words - options.overlap, 1)
    each = [1 + max(count - options.words, 0) / step if options.words else 1 for count in words]
    return max(1, int(looked.rows * sum(each) / len(each)))
