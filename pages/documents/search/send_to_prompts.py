"""From hits to an answer: some passages are sent to the prompts page, where a model answers from them."""

from __future__ import annotations

import streamlit as st

from core.documents.retrieval.answer import Answer
from pages.shared.passages import send_passages

FIRST = 3


def offer_answer(answer: Answer) -> None:
    """Choose among the fused hits; the chosen passages are sent to the prompts page.

    A link rather than `st.switch_page`, which fails while settings of this page are in the URL.
    """
    rows = answer.rows("hybrid")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Passages**", width="content")
        chosen = st.multiselect(
            "Passages",
            rows,
            rows[:FIRST],
            key=f"documents_passages_{answer.query}",
            format_func=lambda row: f"{row + 1}: {answer.corpus.texts[row][:40]}",
            label_visibility="collapsed",
            help="The fused hits that the model reads",
        )
        st.page_link(
            "pages/prompt_playground.py",
            label="Answer from these passages",
            icon=":material/forum:",
            disabled=not chosen,
            width="content",
            query_params={"prompting_view": "Lessons"},
            help="Opens the prompts page with your question and these passages",
        )
    send_passages(
        answer.query,
        [
            {
                "id": answer.corpus.ids[row],
                "title": f"Document {row + 1} of {answer.corpus.title}",
                "text": answer.corpus.texts[row],
            }
            for row in chosen
        ],
    )
