"""Which corpus: chosen by its id, so that two of one name are two; renamed and deleted. The link carries it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

import streamlit as st

from core.cached import documents as cached_documents
from core.documents import corpus, samples
from core.documents.corpus import Saved
from core.documents.ingest import sources
from pages.shared.linked_choice import pick_linked
from pages.shared.user_errors import user_errors

KEY = "documents_corpus"


def pick_corpus() -> str:
    """Draw the list of corpora and give the key of the one that was chosen."""
    listed = corpus.listed()
    labels = {**{spec.key: spec.title for spec in samples.SPECS}, **labels_of(listed)}
    titles = {**{one.title: one.key for one in reversed(listed)}, **{spec.title: spec.key for spec in samples.SPECS}}
    key = pick_linked(
        "Corpus",
        labels,
        KEY,
        default=samples.SPECS[0].key,
        earlier=titles,  # links of earlier versions carry titles
        wanted=st.session_state.pop("documents_next", None),  # a corpus that was just imported
    )
    return str(key)


def labels_of(listed: Sequence[Saved], now: float | None = None) -> dict[str, str]:
    """What each saved corpus is called in the list, no two alike: its name, what of its path tells it from another of
    that name, how many texts it has, and when it was read.

    Example: two files data.csv become "data.csv (a) · 120 · 14:02" and "data.csv (b) · 98 · 14:03".
    """
    often = Counter(one.title for one in listed)
    labels: dict[str, str] = {}
    for title, many in often.items():
        same = [one for one in listed if one.title == title]
        origins = [one.origin or one.key for one in same]
        ends = sources.distinct_paths(origins) if many > 1 and len(set(origins)) == many else [""] * many
        for one, end in zip(same, ends, strict=True):
            folder = PurePath(end).parent.as_posix() if one.origin and end else ""
            apart = f" ({folder})" if folder not in ("", ".") else ""
            parts = [f"{title}{apart}", f"{one.count:,}" if one.count >= 0 else "", _when(one.made, now)]
            label = " · ".join(part for part in parts if part)
            labels[one.key] = label if label not in labels.values() else f"{label} · {one.key[:4]}"
    return {one.key: labels[one.key] for one in listed}


def _when(made: float, now: float | None = None) -> str:
    """The time of today, or the day. Example: "14:02", "27 Nov", "27 Nov 2025"."""
    then, today = time.localtime(made), time.localtime(now)
    if then[:3] == today[:3]:
        return time.strftime("%H:%M", then)
    return time.strftime("%d %b" if then[0] == today[0] else "%d %b %Y", then).lstrip("0")


def show_management(key: str) -> None:
    """Draw what can be done with a saved corpus: rename it, delete it."""
    if key in samples.BY_KEY:
        return
    with st.popover("Rename or delete", icon=":material/edit:", type="tertiary"):
        known = corpus.saved()
        with user_errors():
            name = st.text_input("Name", known.get(key, ""), key=f"documents_name_{key}", max_chars=120)
            if st.button("Rename", key=f"documents_rename_{key}", disabled=name == known.get(key), width="stretch"):
                corpus.rename(key, name)
                cached_documents.corpus.clear(key)
                st.rerun()
        if st.button("Delete this corpus", icon=":material/delete:", width="stretch"):
            corpus.forget(key)
            st.rerun()
