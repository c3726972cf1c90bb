"""What is asked of a server, and how that is changed when the server refuses a part of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.models.openai_client import Refused
from core.prompting.settings import Settings

ADDITIONS = ("top_k", "min_p", "repeat_penalty", "seed", "stream_options", "grammar")
"""What llama.cpp and others add to OpenAI's protocol, or OpenAI itself added late."""
_NEEDED = ("model", "messages", "prompt", "stream")
_MOST = re.compile(
    r"(?:at most|maximum(?: is| of)?|less than or equal to|no more than|<=|between \d+ and)\D{0,12}(\d+)"
)
_INSTEAD = re.compile(r"[Uu]se '?`?(\w+)'?`? instead")


def body_of(model: str, prompt: str | Sequence[dict[str, str]], settings: Settings) -> tuple[str, dict[str, Any]]:
    """(path, body) of a request for a streamed answer: /completions for a text, /chat/completions for messages."""
    body: dict[str, Any] = {
        "model": model,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_tokens": settings.max_tokens,
        "seed": (settings.seed or 0) % 2**31,
        "top_k": settings.top_k,
        "min_p": settings.min_p,
        "repeat_penalty": settings.repeat_penalty,
    }
    if settings.stop:
        body["stop"] = list(settings.stop)[:4]
    if settings.grammar:
        body["grammar"] = settings.grammar
    if settings.json_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": settings.json_schema},
        }
    if isinstance(prompt, str):
        more: dict[str, Any] = {"logprobs": settings.alternatives} if settings.alternatives else {}
        return "/completions", {**body, **more, "prompt": prompt}
    more = {"logprobs": True, "top_logprobs": min(settings.alternatives, 20)} if settings.alternatives else {}
    return "/chat/completions", {**body, **more, "messages": [dict(message) for message in prompt]}


def without_refused(body: dict[str, Any], refused: Refused) -> tuple[dict[str, Any], str] | None:
    """The body as the server may take it, and a sentence on what was changed; None where nothing can be.

    Example: "Unsupported parameter: 'max_tokens' ... Use 'max_completion_tokens' instead." renames that parameter.
    """
    if refused.parameter.partition(".")[0] in _NEEDED:
        return None
    name = _named(body, refused)
    if name is None:
        left = {key: value for key, value in body.items() if key not in ADDITIONS}
        if left != body:
            return left, _sentence([key for key in ADDITIONS if key in body])
        return None
    instead = _INSTEAD.search(refused.message)
    if instead and instead.group(1) not in body and instead.group(1) != name:
        renamed = {instead.group(1) if key == name else key: value for key, value in body.items()}
        return renamed, ""
    most = _MOST.search(refused.message)
    if name in ("max_tokens", "max_completion_tokens", "top_logprobs", "logprobs") and most:
        value = int(most.group(1))
        if isinstance(body[name], int) and not isinstance(body[name], bool) and 0 < value < body[name]:
            return {**body, name: value}, f"The server takes {name} up to {value:,}."
    gone = set(ADDITIONS) & set(body) if name in ADDITIONS else {name}
    if name in ("logprobs", "top_logprobs"):
        gone = {"logprobs", "top_logprobs"} & set(body)
    if name in ("response_format", "grammar", "max_tokens", "max_completion_tokens"):
        return None  # an answer without it would not be what was asked for
    return {key: value for key, value in body.items() if key not in gone}, _sentence(sorted(gone))


def _named(body: dict[str, Any], refused: Refused) -> str | None:
    """The parameter that the refusal is about: named in a field of its own, or in the message."""
    for name in (refused.parameter, refused.parameter.partition(".")[0]):
        if name in body and name not in _NEEDED:
            return name
    found = [
        name for name in body if name not in _NEEDED and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", refused.message)
    ]
    return max(found, key=len) if found else None


def _sentence(names: Sequence[str]) -> str:
    if set(names) <= {"stream_options"}:
        return ""
    shown = ", ".join(name for name in names if name != "stream_options")
    return f"The server does not take {shown}: asked without {'it' if ',' not in shown else 'them'}."
