"""Chat templates of strangers, where they run: in a process of the gate. Declared in `core.runtime.readers`, imported
by nobody else; `core.prompting.templates` is the side that asks.

A template is a program. It runs in Jinja's immutable sandbox, which forbids attributes and endless ranges; here three
limits more: on the time and the output of the whole, and on what a single call may ask for, since one
`'a'.zfill(2500000000)` passes by both. What still finds a way costs the process, at the gate.

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
import types
from collections.abc import Callable, Iterator
from typing import Any

import jinja2
import jinja2.ext
import jinja2.sandbox

from core.errors import UserError

MOST_CHARACTERS = 4_000_000
MOST_SECONDS = 2.0
_WIDEST = 10_000  # what a call may be given as a width, an indentation, a count
_MOST_BITS = 256  # of a whole number
_TAKE_ANY_NUMBER = ("default", "d", "append", "get", "index", "count")
_WIDE_FIELD = re.compile(r"\d{5}|\*")
OTHER_WAY = "Use the completion view, where you write the whole prompt yourself."


def render(template: str, values: dict[str, Any]) -> str:
    """What the template writes with those values (`messages`, `bos_token` ...).

    Raises:
        UserError: the template refuses the conversation, takes too long, or is not a template.
    """
    length, pieces = 0, []
    try:
        with _deadline(MOST_SECONDS):
            for piece in _compiled(template).generate(
                **{"tools": None, "functions": None, "documents": None, **values},
                raise_exception=_refuse,
                strftime_now=_today,
            ):
                length += len(piece)
                if length > MOST_CHARACTERS:
                    raise _TooLong()
                pieces.append(piece)
    except _TooLong as problem:
        raise UserError("The model's chat template does not come to an end.", OTHER_WAY) from problem
    except MemoryError as problem:
        raise UserError("The model's chat template takes more memory than a template may.", OTHER_WAY) from problem
    except Exception as problem:  # it can raise whatever the methods of texts, numbers and lists raise
        raise UserError(
            f"The model's chat template refuses this conversation: {str(problem)[:200]}.", OTHER_WAY
        ) from problem
    return "".join(pieces)


class _TooLong(BaseException):
    """The template ran longer, or wrote more, than any honest one. Nothing in the template's run may catch it."""


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


def _check_call(name: str, subject: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """Refuse a call that one argument makes as long as it likes, before it is made.

    Raises:
        TemplateRuntimeError: a number in it is larger than any honest width, or a text is to be repeated too often.
    """
    values = [*arguments, *keywords.values()]
    if (
        any(isinstance(value, (int, float)) and not -_WIDEST <= value <= _WIDEST for value in values)
        and name not in _TAKE_ANY_NUMBER
    ):
        raise jinja2.TemplateRuntimeError(f"it calls “{name}” with a number beyond {_WIDEST:,}")
    texts = [value for value in (subject, *values) if isinstance(value, str)]
    if name == "replace" and len(texts) >= 2 and _replaced_length(texts) > MOST_CHARACTERS:
        raise jinja2.TemplateRuntimeError("it replaces so much that the text becomes endless")
    if name in ("format", "format_map") and texts and _WIDE_FIELD.search(texts[0]):
        raise jinja2.TemplateRuntimeError("it formats into a field without bound")


def _replaced_length(texts: list[str]) -> int:
    whole, old, new = texts[0], texts[1], texts[2] if len(texts) > 2 else ""
    times = whole.count(old) if old else len(whole) + 1
    return len(whole) + times * len(new)


def _checked(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of Jinja's that refuses as a method would; Jinja reads from its marks what it is to be passed first."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        passed = 1 if hasattr(function, "jinja_pass_arg") else 0
        _check_call(name, arguments[passed], arguments[passed + 1 :], keywords)
        return function(*arguments, **keywords)

    return call


class _Sandbox(jinja2.sandbox.ImmutableSandboxedEnvironment):
    """Jinja's own sandbox limits range(); what multiplies texts, lists and digits without bound is stopped here."""

    intercepted_binops = frozenset(["*", "**", "%", "+"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = all(isinstance(side, (int, float)) for side in (left, right))
        if operator == "**" or (operator == "*" and not numbers):
            raise jinja2.TemplateRuntimeError("it multiplies texts or takes powers")
        if operator == "%" and isinstance(left, str):
            _check_call("format", left, right if isinstance(right, tuple) else (right,), {})
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, int) and result.bit_length() > _MOST_BITS:
            raise jinja2.TemplateRuntimeError("it reckons with numbers without bound")
        if isinstance(result, (str, list, tuple)) and len(result) > MOST_CHARACTERS:
            raise jinja2.TemplateRuntimeError("it adds up texts or lists without bound")
        return result

    def call(self, context: Any, function: Any, *arguments: Any, **keywords: Any) -> Any:
        bare = getattr(function, "__wrapped__", function)  # Jinja wraps the texts' own `format`
        if isinstance(bare, types.BuiltinMethodType):
            _check_call(bare.__name__, bare.__self__, arguments, keywords)
        return super().call(context, function, *arguments, **keywords)


class _Generation(jinja2.ext.Extension):
    """{% generation %} marks the assistant's part for training; for a prompt it changes nothing."""

    tags = {"generation"}

    def parse(self, parser: Any) -> Any:
        parser.stream.skip(1)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


@functools.lru_cache(maxsize=8)
def _compiled(template: str) -> Any:
    environment = _Sandbox(
        trim_blocks=True, lstrip_blocks=True, autoescape=False, extensions=[jinja2.ext.loopcontrols, _Generation]
    )
    environment.filters["tojson"] = functools.partial(json.dumps, ensure_ascii=False)
    environment.filters = {name: _checked(name, function) for name, function in environment.filters.items()}
    environment.globals.pop("lipsum", None)
    return environment.from_string(template)


def _refuse(message: str) -> None:
    raise jinja2.TemplateRuntimeError(str(message)[:300])


def _today(form: str) -> str:
    return datetime.datetime.now().strftime(str(form)[:40])
