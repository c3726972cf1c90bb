"""From a conversation to the exact prompt, by the chat template that the model's file carries.

A template is a program from a stranger. It is rendered at the gate (`core.runtime.gate`), in a process with limits;
only that of the Pocket models, which ship with the lab, is rendered here.

Source: https://huggingface.co/docs/transformers/chat_templating
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from typing import Any

from core.errors import UserError
from core.runtime import gate

OWN = frozenset(["431b26af9939285ab6a69605b96fecb04a79025e969377d2fd2624511f447f0e"])
"""SHA-256 of the template that the Pocket models carry."""


def render(
    template: str,
    messages: Sequence[dict[str, Any]],
    bos: str = "",
    eos: str = "",
    thinking: bool | None = None,
    prefill: bool = True,
    tools: Sequence[dict[str, Any]] | None = None,
) -> str:
    """The prompt for a list of {"role": "system" | "user" | "assistant" | "tool", "content": text}.

    `prefill`: a last message of the assistant is left open, so that the model continues it; else it is closed like the
    others. `tools`: descriptions of functions (JSON schema) for templates that know them.

    Raises:
        UserError: the template refuses the conversation, takes too long or too much memory, or is not a template.
    """
    messages = [dict(message) for message in messages]
    is_open = prefill and bool(messages) and messages[-1]["role"] == "assistant"
    open_end = messages.pop()["content"] if is_open else ""
    values: dict[str, Any] = {"messages": messages, "bos_token": bos, "eos_token": eos, "add_generation_prompt": True}
    if thinking is not None:
        values["enable_thinking"] = thinking
    if tools:
        values["tools"] = list(tools)
    digest = _digest(template)
    text: str = gate.read("chat template", keep=digest, own=digest in OWN, template=template, values=values)
    return text + open_end


def prepare(template: str | None) -> None:
    """Have a process ready for a template that will be rendered soon, while the model is still being loaded."""
    if template and _digest(template) not in OWN and not gate.gate.pids:
        threading.Thread(target=gate.warm, daemon=True, name="gate: ready for a chat template").start()


def _digest(template: str) -> str:
    return hashlib.sha256(template.encode("utf-8", "surrogatepass")).hexdigest()


def can_think(template: str | None) -> bool:
    """Whether the template has a switch for thinking."""
    return bool(template) and "enable_thinking" in (template or "")


def prompt_for(template: str, messages: Sequence[dict[str, Any]], *more: Any, **how: Any) -> str:
    """The prompt as `render` makes it, for conversations that the template as such has no room for, too.

    A system prompt goes before the first question where the template refuses it or leaves it out, as with Gemma 1 and
    2 and the first Mistral models; several messages of one side in a row become one where it wants them in turn.

    `more` and `how` are `render`'s: the marks at both ends, thinking, prefill, tools.

    Raises:
        UserError: as `render`, of the conversation as it was given.
    """
    messages = [dict(message) for message in messages]
    if messages and messages[0]["role"] == "system" and not takes_system_prompt(template):
        messages = _system_in_first_question(messages)
    try:
        return render(template, messages, *more, **how)
    except UserError:
        joined = _in_turn(messages)
        if joined == messages:
            raise
        return render(template, joined, *more, **how)


def takes_system_prompt(template: str) -> bool:
    """Whether a system prompt comes out of the template: found by rendering one, once for each template."""
    digest = _digest(template)
    if digest not in _takes_system:
        mark = f"system-{digest[:12]}"
        probe = [{"role": "system", "content": mark}, {"role": "user", "content": "Hello"}]
        try:
            _takes_system[digest] = mark in render(template, probe)
        except UserError:
            _takes_system[digest] = False
    return _takes_system[digest]


_takes_system: dict[str, bool] = {}


def _system_in_first_question(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    system, *others = messages
    if others and others[0]["role"] == "user":
        return [{**others[0], "content": f"{system['content']}\n\n{others[0]['content']}"}, *others[1:]]
    return [{**system, "role": "user"}, *others]


def _in_turn(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Messages of one side in a row as one, with an empty line between their texts; the first is a question."""
    joined: list[dict[str, str]] = []
    for message in messages:
        if joined and joined[-1]["role"] == message["role"]:
            joined[-1] = {**message, "content": f"{joined[-1]['content']}\n\n{message['content']}"}
        else:
            joined.append(dict(message))
    opening = 1 if joined and joined[0]["role"] == "system" else 0
    if len(joined) > opening and joined[opening]["role"] == "assistant":
        joined.insert(opening, {"role": "user", "content": "…"})
    return joined
