"""The card of the chosen model: its size, what it can do, its memory, where it runs, and what was measured of it."""

from __future__ import annotations

import html

import streamlit as st

from core.models.llama.tuning import DEEP
from core.prompting.engine import Model


def show_card(model: Model) -> None:
    """Draw it."""
    header = model.header
    millions = header.parameters / 1e6
    size = (
        f"{millions / 1000:.1f} billion"
        if millions >= 1000
        else f"{millions:,.1f} million"
        if millions < 10
        else f"{millions:,.0f} million"
    )
    demo = "A demonstration model of" if millions < 30 else "A model of"
    kind = "chat model" if header.chat_template else "base model (completion only)"
    more = " It is fluent and often wrong: do not trust its answers." if millions < 30 else ""
    megabytes = f"{header.size_bytes / 1e6:,.1f} MB"
    measured = model.memory_measured
    memory = f"Memory: {model.memory_estimated / 1e6:,.0f} MB estimated" + (
        f", {measured / 1e6:,.0f} MB measured." if measured else "."
    )
    st.html(
        f'<div style="font-size:.92rem;line-height:1.4"><b>{demo} {size} parameters</b>, {megabytes}'
        f", architecture {html.escape(header.architecture)}; {kind}.{more}<br>{memory}"
        f"{''.join('<br>' + html.escape(sentence) for sentence in running_sentences(model))}</div>"
    )


def running_sentences(model: Model) -> list[str]:
    """Where a model runs, what was measured of it here, and what is left out because it crashed."""
    sentences = []
    if facts := model.facts:
        threads, gpu = facts.get("threads", 0), facts.get("gpu") or {}
        where = (
            f"{gpu['layers']} of {gpu['of']} layers on {', '.join(gpu['names'])}" if gpu.get("layers") else "the CPU"
        )
        if threads:
            sentences.append(f"Runs on {where}, {threads} {'thread' if threads == 1 else 'threads'}.")
    if (tuning := model.tuning) and tuning.switchable:
        sentences.append(
            f"Measured here in {tuning.seconds:.1f} s: generation after {DEEP:,} tokens of context "
            + (
                f"{tuning.gain(DEEP):.1f} times as fast without flash attention, so it is switched off there."
                if tuning.gain(DEEP) > 1.02
                else "is fastest with flash attention, so it stays on."
            )
        )
    if model.safe_note:
        sentences.append(model.safe_note)
    return sentences
