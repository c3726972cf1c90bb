"""The answers of a lesson: of runs on the page, or asked one after another in a notebook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.prompting.runs import Run
from core.prompting.settings import Settings
from core.prompting.thinking import split

Said = str | None  # an answer; None where there is none


def said(run: Run | None) -> Said:
    """A run's answer; None where it was cut short, was stopped before its end, or has no words."""
    whole = run is not None and run.answered and run.ended_by != "stopped"
    return worded(run.answer) if whole and run is not None else None


def worded(text: str) -> Said:
    """A text that has words; None for any other."""
    return text if re.search(r"\w", text) else None


def answers(
    model: Any, prompts: Sequence[Any], settings: Settings | Sequence[Settings], thinking: bool | None = None
) -> list[Said]:
    """What `model` answers to each prompt, without its thinking; None for an answer without words.

    `settings`: for all, or one for each.
    """
    each = [settings] * len(prompts) if isinstance(settings, Settings) else settings
    found = []
    for prompt, chosen in zip(prompts, each, strict=True):
        steps = model.generate(prompt, chosen, thinking=thinking, cold=True)
        text = "".join(step.text for step in steps if not step.kind)
        found.append(worded(text if isinstance(prompt, str) else split(text).answer))
    return found
