"""The two formats in which OpenAI-compatible servers return log-probabilities, as steps."""

from __future__ import annotations

import math
from typing import Any

from core.prompting.settings import Alternative, Step

UNKNOWN = math.nan


def steps_from(text: str, logprobs: Any) -> list[Step]:
    """The steps of one event: one for each token that it gives log-probabilities for, else one for its text.

    Where the tokens' texts, joined, are not the event's text (half characters, text that comes later), the first step
    has the text and the others have none. Probabilities are NaN where a server gives none; an event without text or
    tokens has no step.
    """
    entries = _entries(logprobs)
    if not entries:
        return [Step(text, -1, UNKNOWN)] if text else []
    texts = [entry.text for entry in entries]
    if "".join(texts) != text:
        texts = [text] + [""] * (len(entries) - 1)
    return [
        Step(each, entry.token_id, entry.probability, entry.alternatives)
        for each, entry in zip(texts, entries, strict=True)
    ]


def _entries(logprobs: Any) -> list[Step]:
    """The tokens that an event names, as steps with the tokens' own texts."""
    if not isinstance(logprobs, dict):
        return []
    if isinstance(logprobs.get("content"), list):
        return [_chat_entry(entry) for entry in logprobs["content"] if isinstance(entry, dict)]
    values, tokens = logprobs.get("token_logprobs"), logprobs.get("tokens")
    if not isinstance(values, list):
        return []
    tops: Any = logprobs.get("top_logprobs")
    tops = tops if isinstance(tops, list) else []
    names = tokens if isinstance(tokens, list) and len(tokens) == len(values) else [""] * len(values)
    return [
        Step(str(name), -1, _probability(value), _from_mapping(tops[place] if place < len(tops) else None))
        for place, (name, value) in enumerate(zip(names, values, strict=True))
    ]


def _chat_entry(entry: dict[str, Any]) -> Step:
    tops = entry.get("top_logprobs")
    others = [
        Alternative(_id(other), _text(other), _probability(other.get("logprob")))
        for other in (tops if isinstance(tops, list) else ())
        if isinstance(other, dict)
    ]
    known = tuple(other for other in others if not math.isnan(other.probability))
    return Step(_text(entry), _id(entry), _probability(entry.get("logprob")), known)


def _from_mapping(tops: Any) -> tuple[Alternative, ...]:
    found = [
        Alternative(-1, str(token), _probability(value))
        for token, value in (tops.items() if isinstance(tops, dict) else ())
    ]
    return tuple(
        sorted((other for other in found if not math.isnan(other.probability)), key=lambda other: -other.probability)
    )


def _probability(logprob: Any) -> float:
    """e^logprob; NaN for what is no number. Minus infinity is 0, and rounding above 0 is 1."""
    if isinstance(logprob, bool) or not isinstance(logprob, (int, float)) or math.isnan(logprob):
        return UNKNOWN
    return math.exp(min(float(logprob), 0.0))


def _text(entry: dict[str, Any]) -> str:
    """A token's text: from its bytes where they are whole characters, else as the server spells it."""
    spelt = entry.get("bytes")
    if isinstance(spelt, list) and spelt:
        try:
            return bytes(spelt).decode("utf-8")
        except (ValueError, TypeError):
            pass
    return str(entry.get("token", ""))


def _id(entry: dict[str, Any]) -> int:
    found = entry.get("id")
    return found if isinstance(found, int) and not isinstance(found, bool) else -1
