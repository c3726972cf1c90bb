"""From a conversation to the exact prompt, by the chat template that the model's file carries.

A template is a program from a stranger: it runs in Jinja's immutable sandbox, with limits on loops' output and time.

Source: https://huggingface.co/docs/transformers/chat_templating
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime
import functools
import json
import re
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from core.errors import UserError

MOST_CHARACTERS = 4_000_000
MOST_SECONDS = 2.0
_OTHER_WAY = "Use the completion view, where you write the whole prompt yourself."


def render(template: str, messages: Sequence[dict[str, str]], bos: str = "", eos: str = "",
           thinking: bool | None = None) -> str:
    """The prompt for a list of {"role": "system" | "user" | "assistant", "content": text}.

    A last message of the assistant is left open, so that the model goes on with it.

    Raises:
        UserError: the template refuses the conversation, takes too long, or is not a template.
    """
    messages = [dict(message) for message in messages]
    open_end = messages.pop()["content"] if messages and messages[-1]["role"] == "assistant" else ""
    values: dict[str, Any] = {"messages": messages, "bos_token": bos, "eos_token": eos, "add_generation_prompt": True,
                              "tools": None, "raise_exception": _refuse, "strftime_now": _today}
    if thinking is not None:
        values["enable_thinking"] = thinking
    return _within_limits(template, values) + open_end


def can_think(template: str | None) -> bool:
    """Whether the template knows a switch for thinking aloud."""
    return bool(template) and "enable_thinking" in (template or "")


def takes_system_prompt(template: str | None) -> bool:
    """Whether the template speaks of a system role. (Read, not run: a template runs in the model's process only.)"""
    return bool(template) and bool(re.search(r"system|\{\{[^}]*role[^}]*\}\}", template or ""))


def _within_limits(template: str, values: dict[str, Any]) -> str:
    import jinja2

    length, pieces = 0, []
    try:
        with _deadline(MOST_SECONDS):
            for piece in _compiled(template).generate(**values):
                length += len(piece)
                if length > MOST_CHARACTERS:
                    raise _TooLong()
                pieces.append(piece)
    except _TooLong as problem:
        raise UserError("The model's chat template does not come to an end.", _OTHER_WAY) from problem
    except (jinja2.TemplateError, TypeError, ValueError, KeyError, AttributeError, OverflowError, RecursionError,
            MemoryError, ZeroDivisionError) as problem:
        raise UserError(f"The model's chat template refuses this conversation: {str(problem)[:200]}.",
                        _OTHER_WAY) from problem
    return "".join(pieces)


class _TooLong(Exception):
    """The template ran longer, or wrote more, than any honest one."""


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise `_TooLong` in this thread if the block lasts longer: a loop in a template may never hand back a piece."""
    thread, lock, left = threading.get_ident(), threading.Lock(), [False]

    def interrupt() -> None:
        with lock:
            if not left[0]:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_TooLong))

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            left[0] = True
        timer.cancel()


@functools.lru_cache(maxsize=8)
def _compiled(template: str) -> Any:
    import jinja2
    import jinja2.ext
    import jinja2.sandbox

    class Sandbox(jinja2.sandbox.ImmutableSandboxedEnvironment):
        """Jinja's own sandbox limits range(); multiplying texts or lists without bound is stopped here."""

        intercepted_binops = frozenset(["*", "**"])

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator == "**" or not all(isinstance(side, (int, float)) for side in (left, right)):
                raise jinja2.TemplateRuntimeError("it multiplies texts or takes powers")
            return super().call_binop(context, operator, left, right)

    class Generation(jinja2.ext.Extension):
        """{% generation %} marks the assistant's part for training; for a prompt it changes nothing."""

        tags = {"generation"}

        def parse(self, parser: Any) -> Any:
            parser.stream.skip(1)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    environment = Sandbox(trim_blocks=True, lstrip_blocks=True, autoescape=False,
                          extensions=[jinja2.ext.loopcontrols, Generation])
    environment.filters["tojson"] = functools.partial(json.dumps, ensure_ascii=False)
    return environment.from_string(template)


def _refuse(message: str) -> None:
    import jinja2

    raise jinja2.TemplateRuntimeError(str(message)[:300])


def _today(form: str) -> str:
    return datetime.datetime.now().strftime(str(form)[:40])
