"""What the lessons share: asking a series once for its content, watching it, and its answers as cards."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from core import storage
from core.prompting.background import Background
from core.prompting.lessons.verdicts import Sentence
from core.prompting.runs import Run
from core.prompting.series import Question, Series
from core.prompting.settings import Settings
from core.runtime import server_state
from pages.prompting import streaming
from pages.prompting.sidebar import PageSettings
from pages.prompting.window_state import store
from pages.shared.reading import show_reading

MOST_RUNS = 60
HEAD_PIXELS, NOTE_PIXELS = 50, 130  # of a card: its head and edges, and with a note of up to three lines
Work = TypeVar("Work", bound=Background)
TextOf = Callable[[Run], str]  # safe HTML for a run's words


def asked(page: PageSettings, lesson: str, prompts: Sequence[object], settings: Sequence[Settings]) -> Series | None:
    """The series for these prompts, asked once and there again after a reload; None until it is asked for, which a
    large model and a server wait for."""

    def begin() -> Series:
        questions = [
            Question(page.model, page.title, prompt, chosen, page.thinking)
            for prompt, chosen in zip(prompts, settings, strict=True)
        ]
        return Series(questions, "lesson")

    return asked_once(page, lesson, [prompts, settings], begin)


def asked_once(page: PageSettings, lesson: str, about: Sequence[object], begin: Callable[[], Work]) -> Work | None:
    """What `begin` starts, once for each content: `about` says what is asked."""
    runs = server_state.lesson_runs
    key = storage.content_key(lesson, page.title, repr(about))
    if offer_again(lesson, key in runs or page.small) or key not in runs and page.small:
        work = begin()
        if key in runs:
            runs[key].stop()
        store(runs, key, work, MOST_RUNS)
    return runs.get(key)


def offer_again(lesson: str, asked_before: bool) -> bool:
    """The button that asks: the first time, or once more."""
    return st.button(
        "Run again" if asked_before else "Ask",
        icon=":material/play_arrow:",
        key=f"prompting_ask_{lesson}",
        type="tertiary" if asked_before else "primary",
    )


def watch(series: Background, draw: Callable[[], None]) -> None:
    """Draw until the series has ended, with a way to stop it."""
    if not series.done:
        streaming.show_stop(series)
        while series.look(0.06):
            draw()
        st.rerun()
    draw()


def show_cards(
    series: Series,
    heads: Sequence[str],
    text_of: TextOf | None = None,
    height: int = 190,
    notes: Callable[[int, Run], str] | None = None,
) -> None:
    """One card for each run: its head, the answer as it comes, and a note when it has ended.

    A long answer scrolls within `height` (pixels of head, answer and a short note); the note under it is always seen.
    """
    slots = []
    for column, head in zip(st.columns(len(heads)), heads, strict=True):
        with column.container(border=True, gap="xsmall"):
            st.html(f"<b>{html.escape(head)}</b>")
            answer = st.container(height=height - (NOTE_PIXELS if notes else HEAD_PIXELS), border=False).empty()
            slots.append((answer, st.empty()))

    def draw() -> None:
        for place, (slot, under) in enumerate(slots):
            run = series.runs[place]
            if run is None:
                slot.html("<p style='opacity:.7;margin:0'>waiting for its turn</p>")
            elif run.error:
                slot.html(streaming.paragraph(html.escape(str(run.error))))
            else:
                words = text_of(run) if text_of and run.done else html.escape(run.text)
                note = notes(place, run) if notes and run.done else ""
                slot.html(streaming.paragraph(words))
                if note:
                    under.html(note)

    watch(series, draw)


def note_html(good: bool | None, sentence: str) -> str:
    """A small verdict under an answer; `sentence` is ours."""
    colour = {True: "#0072B2", False: "#D55E00", None: "#8A8F98"}[good]
    return (
        f'<div style="margin-top:.5rem;border-left:4px solid {colour};padding-left:.6rem;font-size:.95rem">'
        f"{html.escape(sentence)}</div>"
    )


def verdict_html(sentence: Sentence) -> str:
    """A computed sentence under an answer."""
    return note_html(sentence.good, sentence.text)


def show_sentence(sentence: Sentence) -> None:
    """A computed sentence under a picture."""
    show_reading(sentence.template, *sentence.values, caveat=sentence.caveat)


def mark_html(parts: Sequence[tuple[str, bool]], colour: str, when: bool) -> str:
    """Words whose flag equals `when` on a tinted ground; everything escaped."""
    return "".join(
        f'<span style="background:{colour}44;border-bottom:2px solid {colour}">{html.escape(text)}</span>'
        if flag is when and text.strip()
        else html.escape(text)
        for text, flag in parts
    )
