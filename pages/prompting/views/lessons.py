"""Lessons: experiments on language models, one press each, with a question before and a computed sentence after."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.prompting.lessons.definitions import LESSONS
from pages.prompting import state_keys
from pages.prompting.lessons import lesson_context, lesson_sentiment, lesson_talks, lesson_words
from pages.prompting.sidebar import PageSettings
from pages.shared.frame import View
from pages.shared.method import show_method

SHOWN: dict[str, Callable[[PageSettings], str]] = {
    "injection": lesson_talks.show_injection,
    "hallucination": lesson_talks.show_hallucination,
    "bias": lesson_words.show_bias,
    "relation": lesson_words.show_relation,
    "summarise": lesson_talks.show_summarise,
    "long": lesson_context.show_long,
    "persona": lesson_talks.show_persona,
    "context": lesson_context.show_sessions,
    "sentiment": lesson_sentiment.show_sentiment,
    "documents": lesson_words.show_documents,
}


def show(page: PageSettings) -> None:
    """The row of lessons, what to watch, and the experiment, which gives its lines of Python."""
    titles = {lesson.key: lesson for lesson in LESSONS}
    lesson_words.take_passages()
    st.session_state.setdefault(state_keys.LESSON, LESSONS[0].key)
    key = st.pills(
        "Lesson",
        list(titles),
        format_func=lambda key: titles[key].title,
        required=True,
        key=state_keys.LESSON,
        persist_state="session",
        label_visibility="collapsed",
    )
    lesson = titles[str(key)]
    st.markdown(f"**What to watch.** {lesson.watch}")
    _show_method(SHOWN[lesson.key](page))


def _show_method(code: str) -> None:
    show_method(
        r"\frac{p(\text{she})}{p(\text{she}) + p(\text{he})}, \qquad p(\text{word}) = \prod_t p(\text{token}_t)",
        "Perez and Ribeiro 2022 (prompt injection); Sheng et al. 2019 (bias in next words); US Bureau of Labor "
        "Statistics 2015 (shares); Mikolov et al. 2013 (relations of word vectors); Wilson 1927 (intervals); Wu et al. "
        "2021, arXiv 2109.10862 (long texts by summaries of parts)",
        code,
        {"temperature": "0, where nothing else is said"},
        "Every question is asked on a fresh context, one after the other, and saved in the history. The sentences "
        "are computed from the answers; one that was stopped or cut short counts as none. Probabilities "
        "of next words are the model's own, before any sampler. A word of several tokens has their product. A "
        "server returns only its likeliest tokens: words that are not among them are left out.",
    )


VIEW = View(key="lessons", title="Lessons", order=8, show=show)
