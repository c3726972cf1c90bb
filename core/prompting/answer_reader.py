"""What the events of a server's answer say: text, thinking, calls of tools, why it ended, and what it counted.

Fields of OpenAI's chat completions and completions, with what servers add to them or do otherwise: DeepSeek's and
vLLM's `reasoning_content`, OpenRouter's and Ollama's `reasoning`, Mistral's content in parts, whole messages instead of
deltas, Ollama's own /api/chat.

Source: https://platform.openai.com/docs/api-reference/chat-streaming; the documentation of the servers named
"""

from __future__ import annotations

import re
from typing import Any

from core.prompting.protocol import UNKNOWN, steps_from
from core.prompting.settings import THINKING, TOOL_CALL, Step

ENDINGS = {
    "length": "max tokens",
    "max_tokens": "max tokens",
    "model_length": "context full",
    "content_filter": "content filter",
    "tool_calls": "tool call",
    "function_call": "tool call",
}
_REASONING = ("reasoning_content", "reasoning", "thinking")
_HIGH, _LOW = re.compile("[\ud800-\udbff]$"), re.compile("[\ud800-\udfff]")


class AnswerReader:
    """Reads one answer, event by event. `finish` is why it ended ("" until it is said), `usage` what was counted."""

    def __init__(self) -> None:
        self.finish = ""
        self.usage: dict[str, Any] = {}
        self.timings: dict[str, Any] = {}
        self.heard = False
        """Whether any event was one of an answer."""
        self._begun = ""  # the first half of a character that JSON spells as two
        self._calls: dict[Any, dict[str, str]] = {}
        self._refused = False

    def take(self, event: dict[str, Any]) -> list[Step]:
        """The steps that an event brings: often one, none for an event that only counts."""
        if isinstance(event.get("usage"), dict):
            self.usage = event["usage"]
        if isinstance(event.get("timings"), dict):  # llama-server's own clock
            self.timings = event["timings"]
        choice = _first(event)
        if choice is None:
            self.heard |= bool(self.usage) or "choices" in event
            return []
        self.heard = True
        delta = choice.get("delta") if isinstance(choice.get("delta"), dict) else choice.get("message")
        said = delta if isinstance(delta, dict) else {}
        steps = [Step(text, -1, UNKNOWN, kind=THINKING) for text in _reasoning(said) if text]
        self._gather_calls(said.get("tool_calls"), said.get("function_call"))
        thought, text = _content(said.get("content", choice.get("text")))
        if thought:
            steps.append(Step(thought, -1, UNKNOWN, kind=THINKING))
        if isinstance(said.get("refusal"), str) and said["refusal"]:
            text, self._refused = text + said["refusal"], True
        steps += steps_from(self._whole_characters(text), choice.get("logprobs"))
        if choice.get("finish_reason"):
            self.finish = ENDINGS.get(str(choice["finish_reason"]), "end of text")
        return steps

    def end(self) -> list[Step]:
        """What is left when there are no more events: calls of tools, and half a character."""
        steps = [Step("\ufffd", -1, UNKNOWN)] if self._begun else []
        self._begun = ""
        if self._refused and self.finish in ("", "end of text"):
            self.finish = "refusal"
        for call in self._calls.values():
            steps.append(Step(f"{call['name']}({call['arguments']})", -1, UNKNOWN, kind=TOOL_CALL))
        if self._calls:
            self.finish = self.finish if self.finish not in ("", "end of text") else "tool call"
        return steps

    def _gather_calls(self, calls: Any, call: Any) -> None:
        """Calls come in pieces, which their index joins; `call` is the older form, of a single one."""
        pieces = [
            *(calls if isinstance(calls, list) else ()),
            *([{"function": call}] if isinstance(call, dict) else ()),
        ]
        for number, piece in enumerate(pieces):
            function = piece.get("function") if isinstance(piece, dict) else None
            if not isinstance(function, dict):
                continue
            whole = self._calls.setdefault(piece.get("index", number), {"name": "", "arguments": ""})
            for name in whole:
                whole[name] += function[name] if isinstance(function.get(name), str) else ""

    def _whole_characters(self, text: str) -> str:
        """Halves of a character that came in two events are joined; a half without its other one becomes U+FFFD."""
        text, self._begun = self._begun + text, ""
        if not text.isascii() and _LOW.search(text):
            if half := _HIGH.search(text):
                text, self._begun = text[: half.start()], half.group()
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text


def error_of(event: dict[str, Any]) -> Any:
    """What an event says went wrong; None where it says nothing. Some proxies send "error": null with each event."""
    return event.get("error") or (event if event.get("object") == "error" else None)


def _first(event: dict[str, Any]) -> dict[str, Any] | None:
    """The first choice; what Ollama's own protocol says counts as one."""
    choices = event.get("choices")
    if isinstance(choices, list):
        mine = [choice for choice in choices if isinstance(choice, dict) and choice.get("index") in (0, None)]
        return mine[0] if mine else None
    if isinstance(choices, dict):
        return choices
    if isinstance(event.get("message"), dict) or ("done" in event and isinstance(event.get("response", ""), str)):
        ended = event.get("done_reason") or "stop" if event.get("done") else None
        return {"message": event.get("message"), "text": event.get("response"), "finish_reason": ended}
    return None


def _reasoning(said: dict[str, Any]) -> list[str]:
    """Thinking in a field of its own. Some servers send the same text in two fields: the first one counts."""
    for name in _REASONING:
        value = said.get(name)
        if isinstance(value, str) and value:
            return [value]
        if isinstance(value, list):
            return ["".join(_texts(value))]
    return []


def _content(value: Any) -> tuple[str, str]:
    """(thinking, text) of a content, which is a text or a list of parts."""
    if isinstance(value, str):
        return "", value
    thought, text = [], []
    for part in value if isinstance(value, list) else ():
        if isinstance(part, str):
            text.append(part)
        elif isinstance(part, dict) and part.get("type") in ("thinking", "reasoning"):
            inner = part.get("thinking", part.get("text", ""))
            thought += [inner] if isinstance(inner, str) else _texts(inner)
        elif isinstance(part, dict):
            text += _texts([part])
    return "".join(thought), "".join(text)


def _texts(parts: Any) -> list[str]:
    return [
        part if isinstance(part, str) else part["text"]
        for part in (parts if isinstance(parts, list) else ())
        if isinstance(part, str) or (isinstance(part, dict) and isinstance(part.get("text"), str))
    ]
