"""Relevance feedback: judge the hits of both rankings, without seeing which ranking found them."""

from __future__ import annotations

import streamlit as st

from core import storage
from core.cached import documents as cached_documents
from core.documents.retrieval import relevance_feedback
from core.documents.retrieval.answer import Answer, ask
from pages.documents.sidebar import PageSettings
from pages.shared.job_status import result_or_progress
from pages.shared.user_errors import user_errors

POOLED = 5  # of each ranking


def show_thumbs(page: PageSettings) -> None:
    """A query, the first hits of both rankings in an order without meaning, and a thumb for each; saved at once."""
    assert page.corpus is not None
    given = relevance_feedback.given(page.corpus)
    total = sum(len(one) for one in given.values())
    query = st.text_input(
        "Query to judge",
        key="documents_thumbs_query",
        persist_state="session",
        placeholder="A query to judge, for example: bush fires near Sydney",
        label_visibility="collapsed",
        max_chars=relevance_feedback.LONGEST_QUERY,
    ).strip()
    st.caption(
        f"{total} thumbs on {len(given)} queries are saved on this machine."
        if total
        else "Type a query; then judge for each document whether it answers it."
    )
    if not query:
        return
    encoded = result_or_progress(page.encoding(), "Encoding documents")
    if encoded is None:
        return
    with user_errors():
        store = cached_documents.search_arrays(page.corpus_key, encoded["vectors"])
        for row in pooled(ask(store, query, page.encoder.encode_query(query), page.corpus)):
            _ask_for_thumb(page, query, row, given.get(query, {}))


def pooled(answer: Answer) -> list[int]:
    """The first rows of both rankings together, in an order that depends on their content alone."""
    rows = {*answer.rows("keyword")[:POOLED], *answer.rows("vector")[:POOLED]}
    return sorted(rows, key=lambda row: storage.content_key(answer.query, answer.corpus.ids[row]))


def _ask_for_thumb(page: PageSettings, query: str, row: int, given: dict[str, int]) -> None:
    assert page.corpus is not None
    one = page.corpus.ids[row]
    key = f"thumb_{storage.content_key(query, one)}"
    if key not in st.session_state and one in given:
        st.session_state[key] = given[one]
    text, press = st.columns([6, 1], vertical_alignment="center")
    text.text(page.corpus.texts[row][:220])
    with press:
        up = st.feedback("thumbs", key=key)
    if up != given.get(one):
        relevance_feedback.give(page.corpus, query, one, None if up is None else bool(up))
