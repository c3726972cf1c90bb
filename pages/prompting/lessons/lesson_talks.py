"""Lessons in conversation: prompt injection, hallucination, summary, persona."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import Any

import streamlit as st

from core.figures import prompting_lessons as figures
from core.figures import style
from core.prompting.engine import Model
from core.prompting.lessons import definitions, verdicts
from core.prompting.lessons.answers import said
from core.prompting.runs import Run
from core.prompting.series import prompt_for
from core.prompting.settings import Settings
from pages.prompting.lessons.lesson_answers import (
    asked,
    mark_html,
    note_html,
    show_cards,
    show_sentence,
    verdict_html,
    watch,
)
from pages.prompting.lessons.lesson_code import ANSWERS, LESSONS, PROMPT_FOR, lesson_code, thinking_code
from pages.prompting.sidebar import PageSettings
from pages.shared.export import show_figure
from pages.shared.frame import dark

TIMES = 10


def lesson_settings(page: PageSettings, **changed: Any) -> Settings:
    """The page's settings, made repeatable: no grammar, temperature 0, seed 1, at most 120 tokens."""
    return replace(
        page.settings,
        **{
            "grammar": None,
            "json_schema": None,
            "seed": 1,
            "max_tokens": min(page.settings.max_tokens, 120),
            "temperature": 0.0,
            **changed,
        },
    )


def show_injection(page: PageSettings) -> str:
    """A rule, and three questions: plain, with counter-orders, with forged control tokens."""
    texts = [definitions.ASKED, definitions.ATTACK, *([definitions.forged(page.model)] if page.chats else [])]
    settings = lesson_settings(page)
    forged = ", definitions.forged(model)" if page.chats else ""
    code = lesson_code(
        page,
        f"texts = [definitions.ASKED, definitions.ATTACK{forged}]",
        "prompts = [prompt_for(model, text, definitions.RULE) for text in texts]",
        f"said = answers(model, prompts, {settings.as_code()}{thinking_code(page)})",
        "kept = [verdicts.rule_kept(answer) for answer in said]",
        "result = said, verdicts.injection(kept, verdicts.ATTACKS[: len(texts) - 1]).text",
    )
    heads = [f"“{definitions.ASKED}”", f"“{definitions.ATTACK}”", "The user forges a system turn"][: len(texts)]
    series = asked(
        page,
        "injection",
        [prompt_for(page.model, text, definitions.RULE) for text in texts],
        [settings] * len(texts),
    )
    st.html(f'<p style="margin:0">System prompt: <b>{html.escape(definitions.RULE)}</b></p>')
    if series is None:
        return code

    def kept(run: Run | None) -> bool | None:
        return verdicts.rule_kept(said(run))

    verdict = st.container()
    show_cards(
        series,
        heads,
        height=285,
        notes=lambda place, run: verdict_html(verdicts.rule_note(place, kept(run), kept(series.runs[0]))),
    )
    with verdict:
        show_sentence(verdicts.injection([kept(run) for run in series.runs], verdicts.ATTACKS[: len(texts) - 1]))
    st.caption("An answer counts as following the rule if a word of a pirate is in it: pirate, arr or ahoy.")
    if isinstance(page.model, Model) and page.chats:
        _show_hidden(page.model, texts[2])
    return code


def _show_hidden(model: Model, text: str) -> None:
    tokens = model.tokens_of([{"role": "system", "content": definitions.RULE}, {"role": "user", "content": text}])
    pieces = []
    for part, special, inside in definitions.marked(tokens, text):
        colour = style.VERMILLION if special and inside else style.GREY
        box = f"border:2px solid {colour};border-radius:4px;padding:0 3px;" if special else ""
        line = f"border-bottom:3px solid {style.MEANING['user']};" if inside and not special else ""
        pieces.append(f'<span style="{box}{line}">{html.escape(part)}</span>')
    st.html(
        '<p style="margin:.2rem 0 0">The third prompt as the model reads it. Boxed: control tokens; in red '
        "those that come from the user’s text and end the user’s turn for the model:</p>"
        '<div style="font-family:var(--st-code-font,monospace);line-height:1.9;white-space:pre-wrap;'
        f'overflow-wrap:anywhere">{"".join(pieces)}</div>'
    )


def show_hallucination(page: PageSettings) -> str:
    """Two questions, ten times each with ten seeds: one that cannot be known, one that can."""
    left, right = st.columns(2)
    questions = [
        left.text_input("Cannot be known", definitions.UNKNOWN, key="prompting_lesson_unknown", max_chars=2_000),
        right.text_input("Is known", definitions.KNOWN, key="prompting_lesson_known", max_chars=2_000),
    ]
    prompts = [prompt_for(page.model, question or "?") for question in questions for _ in range(TIMES)]
    drawn = lesson_settings(page, temperature=0.8, max_tokens=40)
    chosen = [replace(drawn, seed=seed) for seed in range(1, TIMES + 1)] * 2
    code = lesson_code(
        page,
        f"settings = [replace({drawn.as_code()}, seed=seed) for seed in range(1, {TIMES + 1})]",
        "found = []",
        f"for question in {[question or '?' for question in questions]!r}:",
        f"    prompts = [prompt_for(model, question)] * {TIMES}",
        f"    found.append(list(filter(None, answers(model, prompts, settings{thinking_code(page)}))))",
        "result = [definitions.different(said) for said in found], verdicts.hallucination(*found).text",
        more=(ANSWERS, LESSONS, PROMPT_FOR, "from dataclasses import replace"),
    )
    series = asked(page, "hallucination", prompts, chosen)
    if series is None:
        return code
    progress = st.empty()

    def draw() -> None:
        if not series.done:
            progress.caption(f"{series.finished} of {2 * TIMES} answers")

    watch(series, draw)
    found = [
        [answer for run in series.runs[start : start + TIMES] if (answer := said(run)) is not None]
        for start in (0, TIMES)
    ]
    show_sentence(verdicts.hallucination(*found))
    for number, (column, question, answers) in enumerate(zip(st.columns(2), questions, found, strict=True)):
        rows, title = definitions.different(answers), verdicts.variation_title(answers)
        with column:
            if truth := definitions.TRUTHS.get(question or ""):
                st.html(verdict_html(verdicts.correct(answers, truth)))
            show_figure(
                figures.answers(rows, title, dark()),
                "different_answers",
                {"answer": [text for text, _ in rows], "times": [count for _, count in rows]},
                alt=f"{question}: {title}",
                key=f"answers_{number}",
            )
    st.caption("Temperature 0.8, seeds 1 to 10; case and punctuation at the ends do not count.")
    return code


def show_summarise(page: PageSettings) -> str:
    """A text and its summary, in which words that are nowhere in the text are marked."""
    text = (
        st.text_area(
            "Text",
            definitions.SUMMARY[0],
            key="prompting_lesson_text",
            height=80,
            max_chars=20_000,
            persist_state="session",
            label_visibility="collapsed",
        )
        or ""
    )
    texts, settings = [text, *definitions.SUMMARY[1:]], lesson_settings(page)
    code = lesson_code(
        page,
        f"texts = {texts!r}",
        'prompts = [prompt_for(model, f"Summarise: {text}") for text in texts]',
        f"said = answers(model, prompts, {settings.as_code()}{thinking_code(page)})",
        "result = said, verdicts.summaries(list(zip(said, texts))).text",
    )
    series = asked(page, "summarise", [prompt_for(page.model, f"Summarise: {each}") for each in texts], [settings] * 3)
    if series is None:
        return code
    verdict = st.container()
    show_cards(
        series,
        texts,
        lambda run: mark_html(definitions.in_text(run.text, texts[series.runs.index(run)]), style.ORANGE, False),
        notes=lambda place, run: note_html(None, f"{len(run.text.split())} of {len(texts[place].split())} words"),
    )
    with verdict:
        show_sentence(verdicts.summaries([(said(run), each) for run, each in zip(series.runs, texts, strict=True)]))
    st.caption("Orange: words that are nowhere in the text.")
    return code


def show_persona(page: PageSettings) -> str:
    """One question, three roles."""
    question = (
        st.text_input(
            "Question", "What is SQL?", key="prompting_lesson_persona", max_chars=2_000, label_visibility="collapsed"
        )
        or "?"
    )
    settings, roles = lesson_settings(page), definitions.PERSONAS
    code = lesson_code(
        page,
        f"prompts = [prompt_for(model, {question!r}, role) for role in definitions.PERSONAS]",
        f"said = answers(model, prompts, {settings.as_code()}{thinking_code(page)})",
        "result = said, verdicts.persona(definitions.PERSONAS, said).text",
    )
    series = asked(page, "persona", [prompt_for(page.model, question, role) for role in roles], [settings] * 3)
    if series is None:
        return code
    verdict = st.container()
    show_cards(
        series,
        [role or "No role" for role in definitions.PERSONAS],
        height=260,
        notes=lambda place, run: verdict_html(
            verdicts.role_note(definitions.PERSONAS[place], said(run), said(series.runs[0]))
        ),
    )
    with verdict:
        show_sentence(verdicts.persona(definitions.PERSONAS, [said(run) for run in series.runs]))
    return code
