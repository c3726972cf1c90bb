"""The columns of a comparison: names, words as they come, and how far several answers of one column vary."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.figures import style
from core.prompting.comparison import LETTERS, Comparison, Cost, spread
from core.prompting.runs import Run
from pages.prompting import streaming
from pages.prompting.views.prompt_cache import different

HEIGHT = 200
ALIKE = 0.3  # share of common words below which marking the others would mark everything


def make_slots(count: int) -> list[tuple[Any, Any]]:
    """A heading and a body for each column, to be drawn into again and again."""
    slots = []
    for column in st.columns(count, border=True):
        with column:
            slots.append((st.empty(), st.container(height=HEIGHT, border=False, autoscroll=True).empty()))
    return slots


def draw(comparison: Comparison, order: Sequence[int], hidden: bool, slots: Sequence[tuple[Any, Any]]) -> None:
    """Everything that is there of each column. The first column is what the others' words are held against."""
    done = comparison.series.done
    first = comparison.runs(order[0])
    for number, (place, (head, body)) in enumerate(zip(order, slots, strict=True)):
        runs = comparison.runs(place)
        name = "" if hidden else comparison.labels[place]
        head.html(_heading(LETTERS[number], name, style.CATEGORIES[number], runs, hidden))
        if comparison.times > 1:
            body.html(_spread(comparison, place))
        elif not runs:
            body.html('<p style="opacity:.7;margin:0">waiting for its turn</p>')
        else:
            body.html(_answer(runs[0], first[0] if number and first and done else None))


def _heading(letter: str, name: str, colour: str, runs: Sequence[Run], hidden: bool) -> str:
    run = next((run for run in runs if not run.done), runs[-1] if runs else None)
    note = ""
    if run and not hidden:
        speed = run.timings.generation_speed
        note = run.waiting_for or (f"{run.timings.generated_tokens:,} tokens" + (f", {speed:,.0f}/s" if speed else ""))
    return (
        f'<div style="line-height:1.3;min-height:2.9rem"><span style="background:{colour};color:#fff;'
        f'border-radius:4px;padding:0 .45rem;font-weight:700;margin-right:.5rem">{letter}</span>'
        f'<b style="overflow-wrap:anywhere">{html.escape(name)}</b><br>'
        f'<span style="font-size:.9rem;opacity:.75">{html.escape(note) or "&nbsp;"}</span></div>'
    )


def _answer(run: Run, other: Run | None) -> str:
    if run.error:
        return streaming.paragraph(f"{html.escape(run.text)}<br><i>{html.escape(str(run.error))}</i>")
    text = run.answer.lstrip("\n")
    if other and other.answered and other.answer != run.answer and spread([text, other.answer]).likeness >= ALIKE:
        return streaming.paragraph(different(text, other.answer.lstrip("\n")))
    return streaming.answer_html(run.text.lstrip("\n"), writing=not run.done, thought=run.thought)


def _spread(comparison: Comparison, place: int) -> str:
    """The different answers of one column, the commonest first, each with how often it came."""
    runs = comparison.runs(place)
    ended, broken = sum(run.answered for run in runs), comparison.unanswered(place)
    found = comparison.spread(place)
    bars = "".join(
        f'<div style="margin:.35rem 0"><span style="display:inline-block;height:.7rem;width:{100 * count / ended:.1f}%;'
        f'max-width:60%;background:{style.BLUE};border-radius:2px;margin-right:.5rem"></span>{count} ×'
        f'<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.4">{html.escape(text) or "(no words)"}'
        "</div></div>"
        for text, count in found.answers
    )
    lead = f"<b>{len(found.answers)} different</b> of {ended} answers"
    if broken:
        lead += f"; {broken} not answered"
    if ended > 1:
        lead += f"; similarity {found.likeness:.2f}; {found.shared_words} words in common at the start"
    return f'<div style="font-size:1rem"><p style="margin:0 0 .3rem">{lead}</p>{bars}</div>'


def finding(labels: Sequence[str], costs: Sequence[Cost]) -> str:
    """The title of the figure: who wrote how much faster than whom."""
    rows = sorted(((cost.speed, label) for cost, label in zip(costs, labels, strict=True) if cost.speed), reverse=True)
    if len(rows) < 2:
        return "What each answer cost"
    times = rows[0][0] / rows[-1][0]
    if times < 1.1:
        return "All generate at about the same speed"
    return f"{rows[0][1]} generates {times:.1f} times as fast as {rows[-1][1]}"
