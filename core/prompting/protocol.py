"""How OpenAI-compatible servers say things: probabilities in two forms, refusals in several."""

from __future__ import annotations

import http.client
import json
import math
import os
from typing import Any

from core.errors import UserError
from core.prompting.settings import Alternative, Step


class Refused(UserError):
    """A server answered with an error status."""

    def __init__(self, what: str, next_step: str, status: int) -> None:
        super().__init__(what, next_step)
        self.status = status


def step_from(text: str, told: Any) -> Step:
    """A step from either form in which servers give log-probabilities; NaN where they give none."""
    try:
        if told and told.get("content"):
            entry = told["content"][0]
            others = tuple(Alternative(int(other.get("id", -1)), str(other["token"]), math.exp(other["logprob"]))
                           for other in entry.get("top_logprobs", ()))
            return Step(text, int(entry.get("id", -1)), math.exp(entry["logprob"]), others)
        if told and told.get("token_logprobs"):
            tops = (told.get("top_logprobs") or [{}])[0] or {}
            others = tuple(Alternative(-1, str(token), math.exp(value)) for token, value in
                           sorted(tops.items(), key=lambda pair: -pair[1]))
            return Step(text, -1, math.exp(told["token_logprobs"][0]), others)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        pass
    return Step(text, -1, math.nan)


def key_for(host: str) -> str:
    """The key to send to a host; "" for none."""
    if host == "api.openai.com":
        return os.environ.get("OPENAI_API_KEY", "")
    return os.environ.get("TEXTLAB_API_KEY", "")


def refusal(host: str, response: Any) -> Refused:
    """The error for a response that is not 200, with the server's own words and what to do."""
    try:
        told = json.loads(response.read(20_000))
        message = short(told.get("error", told))
    except (ValueError, AttributeError, OSError, http.client.HTTPException):
        message = ""
    next_steps = {401: "Set the environment variable TEXTLAB_API_KEY and start the lab again.",
                  403: "Set the environment variable TEXTLAB_API_KEY and start the lab again.",
                  404: "Check the name of the model, and that the address ends in /v1.",
                  429: "The server is busy: wait a little.", 503: "The server may still be loading its model: wait."}
    return Refused(f"{host} refused with status {response.status}{f': {message}' if message else ''}.",
                   next_steps.get(response.status, "Change the question or the settings."), response.status)


def short(value: Any) -> str:
    """A problem or a server's message in one line."""
    if isinstance(value, dict):
        value = value.get("message", value)
    return str(value).strip().rstrip(".")[:300]
