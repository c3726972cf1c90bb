"""The lesson on sentiment: the same sentences by a language model, by the nearest labelled sentence, by a word list."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from core.cached import objects as cached_objects
from core.errors import UserError
from core.figures import style
from core.prompting.lessons.answers import said
from core.prompting.lessons.verdicts_context import sentiment as verdict
from core.prompting.runs import Run
from core.prompting.series import prompt_for
from core.runtime import server_state
from core.workflows import sentiment
from pages.prompting.lessons.lesson_answers import asked, show_sentence, watch
from pages.prompting.lessons.lesson_code import ANSWERS, PROMPT_FOR, lesson_code, thinking_code
from pages.prompting.lessons.lesson_talks import lesson_settings
from pages.prompting.sidebar import PageSettings

_CELL = "padding:.25rem .6rem;border-top:1px solid rgba(138,143,152,.35);text-align:left;vertical-align:top"
Way = tuple[str, Sequence[str | None], Sequence[str]]  # name, label by sentence (None: not there), tip by sentence


def show_sentiment(page: PageSettings) -> str:
    """A table of the sentences with what each way says, right and wrong counted."""
    items = sentiment.sentences()
    labels = [item.label for item in items]
    settings = lesson_settings(page, grammar=sentiment.GRAMMAR, max_tokens=8)
    series = asked(
        page,
        "sentiment",
        [prompt_for(page.model, sentiment.question(item.sentence)) for item in items],
        [settings] * len(items),
    )
    code = lesson_code(
        page,
        "items = sentiment.sentences()",
        "prompts = [prompt_for(model, sentiment.question(item.sentence)) for item in items]",
        f"said = answers(model, prompts, {settings.as_code()}{thinking_code(page)})",
        'vectors = sentiment.encoded([item.sentence for item in items], catalog.load("minilm").encode_query)',
        "near = sentiment.by_neighbour(vectors, [item.label for item in items])",
        "result = [(item.sentence, item.label, sentiment.label_in(answer), label, sentiment.by_words(item.sentence))",
        "    for item, answer, (label, _) in zip(items, said, near)]",
        more=(ANSWERS, PROMPT_FOR, "from core.workflows import sentiment", "from core import catalog"),
    )
    if series is None:
        return code
    others = [
        _by_neighbour([item.sentence for item in items], labels),
        ("Word list", [sentiment.by_words(item.sentence) for item in items], [""] * len(items)),
    ]
    verdict_slot, table = st.container(), st.empty()

    def draw() -> None:
        answers = [_label(run) for run in series.runs]
        table.html(_table([(page.title, answers, [run.text if run else "" for run in series.runs]), *others]))

    watch(series, draw)
    answers = [_label(run) for run in series.runs]
    rows = [_share(name, given, labels) for name, given, _ in [(page.title, answers, ()), *others] if any(given)]
    with verdict_slot:
        show_sentence(verdict(rows, [answer for answer in answers if answer]))
        st.caption(
            "Intervals: 95 %, Wilson. Guessing one of three "
            "labels is right a third of the time. The nearest sentence is by MiniLM among the other nineteen; "
            "the list, written with these sentences in view, "
            "knows no “not”."
        )
    return code


def _label(run: Run | None) -> str | None:
    answer = said(run)
    return None if answer is None else sentiment.label_in(answer) or "no label"


def _by_neighbour(texts: list[str], labels: list[str]) -> Way:
    saved = server_state.sentiment_runs
    try:
        if "vectors" not in saved:
            saved["vectors"] = sentiment.encoded(texts, cached_objects.load("minilm").encode_query)
    except UserError as error:
        return "Nearest sentence", [None] * len(texts), [str(error)] * len(texts)
    near = sentiment.by_neighbour(saved["vectors"], labels)
    return "Nearest sentence", [label for label, _ in near], [f"nearest: {texts[place]}" for _, place in near]


def _share(name: str, said_labels: Sequence[str | None], labels: Sequence[str]) -> tuple[str, int, int, float, float]:
    """Of the sentences that were answered."""
    both = [(one, label) for one, label in zip(said_labels, labels, strict=True) if one is not None]
    return sentiment.share(name, [one for one, _ in both], [label for _, label in both])


def _table(ways: Sequence[Way]) -> str:
    items = sentiment.sentences()
    labels = [item.label for item in items]
    heads = []
    for name, said_labels, _ in ways:
        _, right, count, low, high = _share(name, said_labels, labels)
        figures = f"{right} of {count} right ({low:.0%} to {high:.0%})" if count else "no answer yet"
        heads.append(
            f'<th style="{_CELL};border:0">{html.escape(name)}<br><span style="font-weight:400">{figures}</span></th>'
        )
    rows = []
    for place, item in enumerate(items):
        cells = "".join(_cell(said_labels[place], item.label, tips[place]) for _, said_labels, tips in ways)
        rows.append(
            f'<tr><td style="{_CELL}">{html.escape(item.sentence)}</td><td style="{_CELL}">{item.label}</td>'
            f"{cells}</tr>"
        )
    return (
        f'<table style="border-collapse:collapse;width:100%;font-size:.98rem;line-height:1.35"><tr>'
        f'<th style="{_CELL};border:0">Sentence</th><th style="{_CELL};border:0">Expected</th>{"".join(heads)}</tr>'
        f"{''.join(rows)}</table>"
    )


def _cell(label: str | None, expected: str, tip: str) -> str:
    if label is None:
        return f'<td style="{_CELL};opacity:.6" title="{html.escape(tip)}">–</td>'
    colour, mark = (style.BLUE, "✓") if label == expected else (style.VERMILLION, "✗")
    return (
        f'<td style="{_CELL}" title="{html.escape(tip)}"><b style="color:{colour}">{mark}</b> {html.escape(label)}</td>'
    )
