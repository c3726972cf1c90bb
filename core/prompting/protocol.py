"""The two formats in which OpenAI-compatible servers return log-probabilities."""

from __future__ import annotations

import math
from typing import Any

from core.prompting.settings import Alternative, Step


def step_from(text: str, logprobs: Any) -> Step:
    """A step from either form in which servers give log-probabilities; NaN where they give none."""
    try:
        if logprobs and logprobs.get("content"):
            entry = logprobs["content"][0]
            others = tuple(
                Alternative(int(other.get("id", -1)), str(other["token"]), math.exp(other["logprob"]))
                for other in entry.get("top_logprobs", ())
            )
            return Step(text, int(entry.get("id", -1)), math.exp(entry["logprob"]), others)
        if logprobs and logprobs.get("token_logprobs"):
            tops = (logprobs.get("top_logprobs") or [{}])[0] or {}
            others = tuple(
                Alternative(-1, str(token), math.exp(value))
                for token, value in sorted(tops.items(), key=lambda pair: -pair[1])
            )
            return Step(text, -1, math.exp(logprobs["token_logprobs"][0]), others)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        pass
    return Step(text, -1, math.nan)
