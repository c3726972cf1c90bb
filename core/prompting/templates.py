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

from core.runtime import gate

OWN = frozenset(["431b26af9939285ab6a69605b96fecb04a79025e969377d2fd2624511f447f0e"])
"""SHA-256 of the template that the Pocket models carry."""


def render(
    template: str, messages: Sequence[dict[str, str]], bos: str = "", eos: str = "", thinking: bool | None = None
) -> str:
    """The prompt for a list of {"role": "system" | "user" | "assistant", "content": text}.

    A last message of the assistant is left open, so that the model continues it.

    Raises:
        UserError: the template refuses the conversation, takes too long or too much memory, or is not a template.
    """
    messages = [dict(message) for message in messages]
    open_end = messages.pop()["content"] if messages and messages[-1]["role"] == "assistant" else ""
    values: dict[str, Any] = {"messages": messages, "bos_token": bos, "eos_token": eos, "add_generation_prompt": True}
    if thinking is not None:
        values["enable_thinking"] = thinking
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


def takes_system_prompt(template: str | None) -> bool:
    """Whether the template speaks of a system role. (Searched, in one pass, not run.)

    It does if it has the word, or writes whatever role a message has: {{ ... role ... }}.
    """
    if not template or "system" in template:
        return bool(template)
    parts = template.split("}")  # two "}" in a row leave an empty part between
    return any(
        after == "" and "{{" in part and "role" in part[part.index("{{") :]
        for part, after in zip(parts, parts[1:-1], strict=False)
    )
