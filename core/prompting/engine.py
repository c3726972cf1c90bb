"""A language model from a .gguf file, in a process of its own.

from core.prompting.engine import open_model
from core.prompting.settings import Settings

model = open_model("story.gguf")
for step in model.generate("Once upon a time", Settings(temperature=0, max_tokens=40)):
    print(step.text, end="")
print(model.timings.generation_speed, "tokens/s")
model.close()
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.errors import UserError, WorkerDied
from core.models.gguf import header as gguf_header
from core.models.gguf import parts as gguf_parts
from core.models.gguf.header import Header
from core.models.llama.background_tuning import BackgroundTuning
from core.models.llama.load_settings import LoadSettings
from core.models.llama.process import ModelProcess
from core.models.llama.tuning import Tuning
from core.models.specs import Spec
from core.prompting.answer import Answer
from core.prompting.decoding.memory_estimate import check_fits, estimate, measured_bytes
from core.prompting.settings import Settings, Step, Timings
from core.prompting.structured.constraints import grammar_of
from core.runtime.worker import Request, Worker

Prompt = str | Sequence[dict[str, str]] | Sequence[int]
IDLE_ANSWERS_S = 1.0  # an idle process that does not count a prompt within this time is not waited for
LONGEST_PROMPT = 2_000_000  # characters; more than any laptop's context holds

__all__ = ["Answer", "Model", "Settings", "Step", "Timings", "from_spec", "open_model"]


def open_model(path: str | Path, **load_settings: Any) -> Model:
    """A model, ready to be asked; its weights are loaded by the first question.

    `load_settings`: those of `core.models.llama.load_settings.LoadSettings`; n_ctx (tokens of context; 0: what it was
    trained for, at most 4,096), threads, gpu_layers, flash_attention, cache_type, batch.

    Raises:
        MissingModel, UnreadableFile: the file is not there, is no GGUF file, is damaged or cut short.
    """
    return Model(path, **load_settings)


def default_context(header: Header) -> int:
    """Tokens of context that a model is loaded with if nothing else is said."""
    return min(4096, header.context_length or 4096)


def from_spec(spec: Spec) -> Model:
    """The model of a catalogue's spec."""
    assert spec.path is not None
    return open_model(spec.path)


class Model:
    """A model file and the process that answers for it. Safe to share: questions are answered in their order."""

    def __init__(self, path: str | Path, **load_settings: Any) -> None:
        self.header = gguf_header.read(path)
        if not self.header.generates:
            raise UserError(
                f"“{self.header.path.name}” turns texts into vectors; it does not write.", "Choose a language model."
            )
        self.load_settings = LoadSettings(**load_settings).checked(self.header.context_length)
        self.path = gguf_parts.resolved(self.header.path)
        self.n_ctx = self.load_settings.n_ctx or default_context(self.header)
        chosen = {**self.load_settings.as_dict(), "n_ctx": self.n_ctx}
        self._worker = ModelProcess(
            "core.prompting.decoding.generation:ModelWorker", self.path, {"path": str(self.path), **chosen}
        )
        self._tuning = BackgroundTuning(self._worker, self.header.size_bytes, chosen)
        if self._tuning.known and not self.load_settings.fixed:
            self._worker.settings["tuning"] = self._tuning.known.as_dict()
        self._counter: Worker | None = None
        self._loading: Request | None = None
        self._reading: tuple[Request, list[Any], str] | None = None
        self.timings = Timings()
        self.settings = Settings()

    @property
    def chat_template(self) -> str | None:
        """None for a base model (completion only), which takes no turns."""
        return self.header.chat_template

    @property
    def pid(self) -> int | None:
        return self._worker.pid

    @property
    def alive(self) -> bool:
        return self._worker.alive

    @property
    def busy(self) -> bool:
        """Whether answers are under way or waiting."""
        return self._worker.busy

    def generate(self, prompt: Prompt, settings: Settings | None = None, **how: Any) -> Iterator[Step]:
        """The answer, token by token. Leaving the loop early stops the model. `timings` and `settings` tell the rest.

        `prompt`: a text to continue, a list of {"role", "content"} for a chat model, or token ids. `how`: cold=True
        (nothing re-used), conversation="name" (its context is cached under that name), thinking=True or False.

        Raises:
            UserError: settings out of bounds, a prompt that does not fit, a model without a chat template.
            WorkerDied: its process ended; asking again starts a new one.
        """
        answer = self.ask(prompt, settings, **how)
        self.settings = answer.settings
        with contextlib.closing(answer.steps()) as steps:
            for step in steps:
                if step is not None:
                    self.timings = answer.timings
                    yield step
        self.timings = answer.timings

    def ask(
        self,
        prompt: Prompt,
        settings: Settings | None = None,
        thinking: bool | None = None,
        cold: bool = False,
        conversation: str = "",
    ) -> Answer:
        """Put a question into the queue and come back at once."""
        chosen = (settings or Settings()).checked()
        sent = dataclasses.replace(chosen, grammar=grammar_of(self.path, chosen), json_schema=None)
        arguments, starting = self._as_arguments(prompt), not self._worker.alive
        if starting:
            check_fits(self.header, self.n_ctx, cache_type=self.load_settings.cache_type)
        ahead = self._make_way(prompt, conversation)
        request = self._worker.submit(
            "generate", **arguments, thinking=thinking, cold=cold, conversation=conversation, settings=sent
        )
        return Answer(request, chosen, starting, self._tuning.after_answer, ahead)

    def prepare(self, prompt: Prompt, thinking: bool | None = None, conversation: str = "") -> None:
        """Load the weights and read a prompt in the background, so that a question that continues it is answered
        sooner. The reading is given up for another question that comes meanwhile, the loading is not.

        Raises:
            UserError: there is too little memory, or a prompt that is none.
        """
        check_fits(self.header, self.n_ctx, cache_type=self.load_settings.cache_type)
        arguments, one = self._as_arguments(prompt), Settings(temperature=0, seed=1, max_tokens=1)
        self._loading = self._worker.submit("load")
        request = self._worker.submit(
            "generate", **arguments, thinking=thinking, conversation=conversation, settings=one
        )
        self._reading = request, list(prompt), conversation

    def _make_way(self, prompt: Prompt = "", conversation: str = "") -> list[Request]:
        """Give up what would only delay this question; what is under way that it waits for, or gains by."""
        self._tuning.make_way()
        ahead = [self._loading] if self._loading and not self._loading.done else []
        if self._reading and not self._reading[0].done:
            request, read, of_conversation = self._reading
            if of_conversation == conversation and list(prompt)[: len(read)] == read:
                ahead.append(request)
            else:
                request.cancel()
        return ahead

    def tokens_of(self, prompt: Prompt, thinking: bool | None = None) -> list[tuple[int, str, bool]]:
        """The exact prompt, token by token: (id, text, whether it is a special token)."""
        return [(token, text, special) for token, text, special in self._ask_vocabulary("tokenize", prompt, thinking)]

    def count(self, prompt: Prompt, thinking: bool | None = None) -> int:
        """How many tokens the exact prompt has; quicker than `tokens_of`."""
        return int(self._ask_vocabulary("count", prompt, thinking))

    def _ask_vocabulary(self, method: str, prompt: Prompt, thinking: bool | None) -> Any:
        """While the model is busy or not loaded yet, a second process that has only the vocabulary tells it at once."""
        arguments = {**self._as_arguments(prompt), "thinking": thinking}
        if self._worker.idle:
            request = self._worker.submit(method, **arguments, if_loaded=True)
            if request.place == 0:
                with contextlib.suppress(TimeoutError, WorkerDied):
                    if (answer := request.result(IDLE_ANSWERS_S)) is not None:
                        return answer
            request.cancel()  # somebody's question came in between, or the process hangs
        if self._counter is None:
            self._counter = Worker(
                "core.prompting.decoding.generation:ModelWorker", {"path": str(self.path), "vocabulary_only": True}
            )
        return self._counter.call(method, **arguments)

    def measure(self, prompt: Prompt, alternatives: int = 10, thinking: bool | None = None) -> list[Step]:
        """What the model thought of every token of a prompt: probability, rank, entropy, the likeliest instead."""
        return [Step.from_list(step) for step in self.submit_measure(prompt, alternatives, thinking).result()]

    def submit_measure(self, prompt: Prompt, alternatives: int = 10, thinking: bool | None = None) -> Request:
        """`measure` in the background: a request with its progress; its result: lists for `Step.from_list`."""
        arguments = self._as_arguments(prompt)
        if not self._worker.alive:
            check_fits(self.header, self.n_ctx, cache_type=self.load_settings.cache_type)
        self._make_way()
        return self._worker.submit("measure", **arguments, thinking=thinking, alternatives=alternatives)

    def load(self) -> dict[str, Any]:
        """Load the weights now; what was loaded, and with how many threads."""
        loaded: dict[str, Any] = self._worker.call("load")
        return loaded

    @property
    def memory_estimated(self) -> int:
        """Bytes of main memory that the process will take with its weights loaded."""
        gpu = self.facts.get("gpu") or {}
        return estimate(
            self.header, self.n_ctx, self.load_settings.cache_type, gpu.get("layers", 0) / max(gpu.get("of", 1), 1)
        ).total

    @property
    def facts(self) -> dict[str, Any]:
        """What its process reported on loading the model: "threads", "gpu" ({"layers", "of", "names"}); {} before."""
        return self._worker.notes if self.alive else {}

    @property
    def safe_note(self) -> str:
        """Why less than all of llama.cpp's native code is used: a sentence, or ""."""
        return self._worker.safe_note

    @property
    def tuning(self) -> Tuning | None:
        """What was measured of this model here; None before it was, and where the person chose threads or attention."""
        return None if self.load_settings.fixed else self._tuning.known

    @property
    def memory_measured(self) -> int | None:
        """Bytes that the process holds now; None before it runs, and where the system does not say."""
        return measured_bytes(self.pid) if self.pid and self.alive else None

    def close(self) -> None:
        """Let the processes and their memory go. A later question starts them again."""
        self._worker.close()
        if self._counter:
            self._counter.close()

    def kill(self) -> None:
        """End the process at once; answers under way end with `WorkerDied`."""
        self._worker.kill()

    def _as_arguments(self, prompt: Prompt) -> dict[str, Any]:
        if isinstance(prompt, str):
            if len(prompt) > LONGEST_PROMPT:
                raise UserError(f"The prompt has {len(prompt):,} characters.", "Take a part of it.")
            return {"prompt": prompt}
        items: list[Any] = list(prompt)
        if items and all(isinstance(item, int) for item in items):
            return {"prompt": items}
        if not self.chat_template:
            raise UserError(
                f"{self.header.name} is a base model (completion only): it has no chat template, so it takes no turns.",
                "Give it a text instead of messages.",
            )
        return {"messages": _checked_messages(items), "template": self.chat_template}


def _checked_messages(messages: list[Any]) -> list[dict[str, str]]:
    for message in messages:
        if (
            not isinstance(message, dict)
            or message.get("role") not in ("system", "user", "assistant")
            or not isinstance(message.get("content"), str)
        ):
            raise UserError(
                "A message needs a role (system, user or assistant) and a content that is text.",
                'For example {"role": "user", "content": "Hello"}.',
            )
    if not messages:
        raise UserError("There is no message to answer.", "Write one.")
    return [{"role": message["role"], "content": message["content"]} for message in messages]
