"""Lessons on the context: the same question with and without turns before, and a long text chunk by chunk."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.figures import style
from core.prompting.context_map import of_text, pieces
from core.prompting.engine import Model
from core.prompting.lessons import definitions, long_summary, verdicts_context
from core.prompting.lessons.answers import said
from core.prompting.lessons.chain import Chain, Plan
from pages.prompting import context_bar, streaming
from pages.prompting.lessons.lesson_answers import asked_once, mark_html, show_sentence, watch
from pages.prompting.lessons.lesson_code import chain_code, lesson_code
from pages.prompting.lessons.lesson_talks import lesson_settings
from pages.prompting.sidebar import PageSettings

CARD, TURN = 150, 64  # heights in pixels; tokens that a turn before may have


def _chained(page: PageSettings, lesson: str, about: Sequence[object], make: Callable[[], Plan]) -> Chain | None:
    """The chain of a plan, asked once."""

    def begin() -> Chain:
        return Chain(page.model, page.title, make(), thinking=page.thinking)

    return asked_once(page, lesson, [*about, page.settings], begin)


def _exact(model: Any, prompt: Any) -> str:
    """The exact prompt as the model reads it; of a server, whose template is unknown, the messages as sent."""
    if isinstance(model, Model):
        tokens = model.tokens_of(prompt)
        return context_bar.exact_html(of_text(tokens) if isinstance(prompt, str) else pieces(tokens, prompt))
    text = prompt if isinstance(prompt, str) else "\n".join(f"{turn['role']}: {turn['content']}" for turn in prompt)
    return (
        '<div style="font-family:var(--st-code-font,monospace);white-space:pre-wrap;overflow-wrap:anywhere">'
        f"{html.escape(text)}</div>"
    )


def show_sessions(page: PageSettings) -> str:
    """The last question in a fresh session and after other turns, and what the turns changed."""
    last = str(
        st.pills(
            "Last question",
            list(definitions.SESSIONS),
            default=next(iter(definitions.SESSIONS)),
            required=True,
            key="prompting_lesson_session",
            label_visibility="collapsed",
        )
    )
    turns = definitions.SESSIONS[last]
    size = getattr(page.model, "n_ctx", 0)
    settings = lesson_settings(page, max_tokens=min(page.settings.max_tokens, TURN, size // 8 or TURN))
    chain = _chained(
        page, "context", [turns, last, settings], lambda: definitions.two_sessions(page.model, turns, last, settings)
    )
    code = lesson_code(
        page,
        f"turns, last = {list(turns)!r}, {last!r}",
        *chain_code(page, f"definitions.two_sessions(model, turns, last, {settings.as_code()})"),
        'before = "\\n".join([*turns, *answered[1:-1]])',
        "result = answered, verdicts_context.context(answered[0], answered[-1], before, last).text",
        more=("from core.prompting.lessons import definitions, verdicts_context",),
    )
    if chain is None:
        return code
    slots = []
    for column, head in zip(st.columns(2), ("Fresh session", "After the turns before"), strict=True):
        with column.container(border=True, height=CARD):
            st.html(f"<b>{head}</b>: {html.escape(last)}")
            slots.append(st.empty())
    final = len(turns) + 1

    def draw() -> None:
        for slot, place in zip(slots, (0, final), strict=True):
            if len(chain.runs) > place:
                run = chain.runs[place]
                slot.html(streaming.paragraph(html.escape(str(run.error) if run.error else run.text)))
            elif not chain.done:
                slot.html(
                    f"<p style='opacity:.7;margin:0'>turn {max(len(chain.runs) - 1, 0)} of {len(turns)} before it</p>"
                )

    watch(chain, draw)
    fresh, after = (said(chain.runs[place]) if len(chain.runs) > place else None for place in (0, final))
    before = "\n".join([*turns, *(run.text for run in chain.runs[1:final])])
    if fresh and after:
        words = set(verdicts_context.from_context(fresh, after, before, last))
        marked = [(part, part in words) for part, _ in definitions.in_text(after, "")]
        slots[1].html(streaming.paragraph(mark_html(marked, style.GREEN, True)))
    show_sentence(verdicts_context.context(fresh, after, before, last))
    st.caption(
        "Green: words of the second answer that are in the turns before and neither in the first "
        "answer nor in the question. Temperature 0 in both."
    )
    st.html("<b>The two exact prompts</b>")
    for column, place in zip(st.columns(2), (0, final), strict=True):
        if len(chain.prompts) > place:
            column.html(_exact(page.model, chain.prompts[place]))
    return code


def show_long(page: PageSettings) -> str:
    """A text in chunks, each summarised with the summary before it: every prompt and summary as it comes."""
    text = (
        st.text_area(
            "Text",
            long_summary.TEXT,
            key="prompting_lesson_long",
            height=90,
            max_chars=60_000,
            persist_state="session",
            label_visibility="collapsed",
        )
        or ""
    )
    most_new = min(page.settings.max_tokens, 80, (getattr(page.model, "n_ctx", 0) or 2048) // 6)
    room = long_summary.room(page.model, most_new)
    size = int(
        st.number_input(
            "Tokens in a chunk",
            long_summary.LEAST_CHUNK,
            room,
            min(room, 130),
            step=10,
            key=f"prompting_lesson_chunk_{room}",
            width=220,
            help=f"Up to {room:,}: the rest of the context holds the summary before, the new one "
            "and the chat template.",
        )
    )
    parts = long_summary.chunks(page.model, text, size)
    chain = _chained(
        page, "long", [parts, most_new], lambda: long_summary.plan(page.model, parts, lesson_settings(page), most_new)
    )
    code = lesson_code(
        page,
        f"text = {text!r}",
        f"parts = long_summary.chunks(model, text, {size})",
        *chain_code(page, f"long_summary.plan(model, parts, {lesson_settings(page).as_code()}, {most_new})"),
        "result = answered, verdicts_context.long_summary(answered, len(parts), text).text",
        more=("from core.prompting.lessons import long_summary, verdicts_context",),
    )
    if chain is None:
        return code
    verdict, slots = st.container(), []
    for number, part in enumerate(parts):
        with st.container(border=True):
            tokens = long_summary.count_tokens(page.model, part)
            st.html(f"<b>Chunk {number + 1} of {len(parts)}</b>, {tokens} tokens{_unit(page)}")
            left, right = st.columns(2)
            slots.append((left.empty(), right.empty()))

    def draw() -> None:
        for number, (left, right) in enumerate(slots):
            if len(chain.runs) > number:
                run = chain.runs[number]
                prompt = chain.prompts[number]
                left.html(
                    f'<div style="font-size:.92rem;white-space:pre-wrap;opacity:.8">{html.escape(_last(prompt))}</div>'
                )
                right.html(streaming.paragraph(html.escape(str(run.error) if run.error else run.text)))
            else:
                left.html(f'<p style="opacity:.7;margin:0">{"not asked" if chain.done else "waiting for its turn"}</p>')

    watch(chain, draw)
    with verdict:
        show_sentence(verdicts_context.long_summary(chain.answers, len(parts), text, str(chain.error or "")))
    if chain.answers:
        place = len(chain.answers) - 1
        slots[place][1].html(
            streaming.paragraph(mark_html(definitions.in_text(chain.answers[-1], text), style.ORANGE, False))
        )
        st.caption(
            "Left: the prompt. Right: the summary. Orange: words of the last summary that are "
            "nowhere in the whole text."
        )
    return code


def _unit(page: PageSettings) -> str:
    return "" if isinstance(page.model, Model) else " (estimated: the server does not count them)"


def _last(prompt: Any) -> str:
    return prompt if isinstance(prompt, str) else str(prompt[-1]["content"])
