"""An answer, free or bound to a form: its words with what the form overruled, and the verdict."""

from __future__ import annotations

import html
from typing import Any

from core.figures import style
from core.prompting.runs import Run
from core.prompting.structured import forms
from core.prompting.structured.forms import Verdict, judged, verdict
from pages.prompting import streaming


def answer_html(name: str, run: Run | None, form: dict[str, Any]) -> str:
    """One answer as it comes, then its verdict under `form` (what goes into `Settings`); words are escaped."""
    if run is None:
        return f"<b>{name}</b><p style='opacity:.7;margin:0'>waiting for its turn</p>"
    speed = f", {run.timings.generation_speed:,.0f} tokens/s" if run.timings.generation_speed else ""
    words = "".join(_piece(step.text, step.refused) for step in run.steps)
    said = html.escape(run.error.what) if run.error else _verdict_html(_verdict(run, form)) if run.done else ""
    return (
        f'<div><b>{name}</b> <span style="font-size:.9rem;opacity:.75">{html.escape(run.waiting_for)}'
        f"{run.timings.generated_tokens:,} tokens{speed}</span>{streaming.paragraph(words)}"
        f'<div style="margin-top:.3rem">{said}</div></div>'
    )


def _piece(text: str, refused: str) -> str:
    if not refused:
        return html.escape(text)
    return (
        f'<span title="{html.escape("the model wanted " + refused.strip())}" style="background:{style.ORANGE}33;'
        f'border-bottom:3px solid {style.ORANGE}">{html.escape(text) or "·"}</span>'
    )


def _verdict(run: Run, form: dict[str, Any]) -> Verdict:
    if run.settings.grammar or run.settings.json_schema is not None:
        return verdict(run.text, run.settings, run.ended_by)
    if "json_schema" in form:
        return judged(run.text, form["json_schema"], run.ended_by in forms.CUT)
    return Verdict(None, "")


def _verdict_html(found: Verdict) -> str:
    if not found.sentence:
        return ""
    colour, mark = {True: (style.BLUE, "✓"), False: (style.VERMILLION, "✗"), None: (style.GREY, "…")}[found.valid]
    return (
        f'<span style="border-left:4px solid {colour};padding-left:.6rem">{mark} {html.escape(found.sentence)}</span>'
    )
