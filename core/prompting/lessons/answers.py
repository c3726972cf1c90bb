"""The answers of a lesson in a notebook: one prompt after another, each on a fresh context."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.prompting.lessons.verdicts import Said, worded
from core.prompting.settings import Settings


def answers(
    model: Any, prompts: Sequence[Any], settings: Settings | Sequence[Settings], thinking: bool | None = None
) -> list[Said]:
    """What `model` answers to each prompt; None for an answer without words. `settings`: for all, or one for each."""
    each = [settings] * len(prompts) if isinstance(settings, Settings) else settings
    return [
        worded("".join(step.text for step in model.generate(prompt, chosen, thinking=thinking, cold=True)))
        for prompt, chosen in zip(prompts, each, strict=True)
    ]
