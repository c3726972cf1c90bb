"""The model's own process: it loads the file when first asked, reads prompts, and draws token after token.

`ModelWorker` is the object that `core.runtime.worker` keeps in that process. Everything native happens here;
`core.prompting.engine` is the other end of the pipe.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from core.errors import Cancelled, UserError
from core.models.gguf import header as gguf_header
from core.models.llama import gpu, safe_mode, tuning
from core.models.llama import model as llama
from core.models.llama.context import Context
from core.models.llama.load_settings import CACHE_BYTES, FLASH, LoadSettings
from core.models.llama.tuned import TunedContext
from core.models.llama.tuning import Tuning
from core.prompting import templates
from core.prompting import thinking as thinking_marks
from core.prompting.decoding import sampler
from core.prompting.decoding.decode_loop import DecodeLoop, Scale
from core.prompting.decoding.kv_cache import KVCache
from core.prompting.settings import Settings, Step
from core.runtime.worker_process import Task

DEFAULT_CONTEXT = 4096
MEASURED_AT_ONCE = 64  # prompt tokens whose scores are held at one time: 40 MB with the largest vocabularies


class ModelWorker:
    """One model and one context. Its methods are called one at a time, in the order in which they were asked for."""

    def __init__(
        self,
        path: str,
        vocabulary_only: bool = False,
        mode: str = "full",
        tuning: dict[str, Any] | None = None,
        **load_settings: Any,
    ) -> None:
        """`mode`: a key of `core.models.llama.safe_mode`. `tuning`: what was measured of this model earlier."""
        self.path, self.vocabulary_only = path, vocabulary_only
        self.mode, self.settings = safe_mode.named(mode), LoadSettings(**load_settings)
        self.n_ctx, self.batch = self.settings.n_ctx, self.settings.batch
        threads = self.settings.threads or llama.suitable_threads(path)
        self.threads = threads if self.mode.threads else 1
        self.tuning = Tuning.from_dict(tuning) if tuning else None
        self.gpu: dict[str, Any] = {"layers": 0, "of": 0, "names": []}
        self.model: llama.Model | None = None
        self.context: TunedContext | None = None
        self.kv_cache: KVCache | None = None
        self.load_seconds, self._computed = 0.0, False
        self.template: str | None = None

    def load(self, task: Task) -> dict[str, Any]:
        """Load the weights if that has not been done, and say what was loaded."""
        model = self._vocabulary(task)
        if self.vocabulary_only:
            return {"vocabulary_size": model.size}
        context, _ = self._context(task)
        return {
            "n_ctx": context.size,
            "threads": self.threads,
            "weight_bytes": model.weight_bytes,
            "load_seconds": self.load_seconds,
            "vocabulary_size": model.size,
        }

    def tokenize(
        self,
        task: Task,
        prompt: str | None = None,
        messages: list[dict[str, str]] | None = None,
        template: str | None = None,
        thinking: bool | None = None,
        if_loaded: bool = False,
    ) -> list[list[Any]] | None:
        """The exact prompt, token by token: [id, text, whether it is a special token].

        With `if_loaded`, None rather than loading the weights for it.
        """
        if if_loaded and self.model is None:
            return None
        model = self._vocabulary(task)
        tokens = self._prompt_tokens(model, prompt, messages, template, thinking)
        return self._described(model, tokens)

    def count(
        self,
        task: Task,
        prompt: str | None = None,
        messages: list[dict[str, str]] | None = None,
        template: str | None = None,
        thinking: bool | None = None,
        if_loaded: bool = False,
    ) -> int | None:
        """How many tokens the exact prompt has; `if_loaded` as with `tokenize`."""
        if if_loaded and self.model is None:
            return None
        return len(self._prompt_tokens(self._vocabulary(task), prompt, messages, template, thinking))

    def try_grammar(self, task: Task, grammar: str) -> bool:
        """Build a sampler of it and throw it away. A bad one raises, or ends this process."""
        llama.library().llama_sampler_free(sampler.grammar_sampler(self._vocabulary(task), grammar))
        return True

    def generate(
        self,
        task: Task,
        prompt: str | list[int] | None = None,
        messages: list[dict[str, str]] | None = None,
        template: str | None = None,
        settings: dict[str, Any] | None = None,
        thinking: bool | None = None,
        cold: bool = False,
        conversation: str = "",
    ) -> Iterator[dict[str, Any]]:
        """Stream an answer: {"prompt": token ids}, then {"timings": {...}} and {"steps": [...]} as they come."""
        chosen = Settings(**(settings or {})).checked()
        timings: dict[str, Any] = {"seed": chosen.seed}
        templates.prepare(template)
        try:
            model = self._vocabulary(task)
            context, kv_cache = self._context(task, timings)
            tokens = self._prompt_tokens(model, prompt, messages, template, thinking)
            room = context.size - len(tokens)
            timings |= {"prompt_tokens": len(tokens), "context_size": context.size, "context_tokens": len(tokens)}
            self._check_room(context, tokens)
            yield {"prompt": tokens, "thinking": thinking_marks.opens(self._end_of(model, tokens))}
            started = time.perf_counter()
            task.on_cancel = context.abort
            context.allow()
            context.begin()
            task.check()
            if cold:
                kv_cache.forget()
            yield from self._read(task, kv_cache, tokens, conversation, timings)
            loop = DecodeLoop(model, context, kv_cache, chosen, started, timings)
            yield from loop.run(task, tokens, min(room, chosen.max_tokens), room < chosen.max_tokens)
        except Cancelled:
            timings["ended_by"] = "stopped"
        finally:
            task.on_cancel = None
        yield {"timings": timings}

    def measure(
        self,
        task: Task,
        prompt: str | list[int] | None = None,
        messages: list[dict[str, str]] | None = None,
        template: str | None = None,
        thinking: bool | None = None,
        alternatives: int = 10,
    ) -> list[list[Any]]:
        """What the model thought of every token of a prompt, as steps; the first token follows nothing: p = 1."""
        model = self._vocabulary(task)
        context, kv_cache = self._context(task)
        tokens = self._prompt_tokens(model, prompt, messages, template, thinking)
        self._check_room(context, tokens)
        task.on_cancel = context.abort
        context.allow()
        context.begin()
        kv_cache.recall(tokens)
        kv_cache.forget()
        scale, texts = Scale(model), [text for _, text, _ in self._described(model, tokens)]
        steps = [Step(texts[0], tokens[0], 1.0).as_list()]
        try:
            for start in range(0, len(tokens), MEASURED_AT_ONCE):
                kv_cache.read(tokens[start : start + MEASURED_AT_ONCE], all_scores=True)
                self._has_computed(task)
                for place in range(start + 1, min(start + MEASURED_AT_ONCE, len(tokens) - 1) + 1):
                    step = scale.step(tokens[place], context.logits(place - 1 - start), alternatives)
                    steps.append(replace(step, text=texts[place]).as_list())
                task.progress(min(1.0, (start + MEASURED_AT_ONCE) / len(tokens)), "reading the prompt")
        finally:
            task.on_cancel = None
        return steps

    @staticmethod
    def _check_room(context: Context, tokens: list[int]) -> None:
        if len(tokens) >= context.size:
            raise UserError(
                f"The prompt has {len(tokens):,} tokens; the context holds {context.size:,}.",
                f"Shorten the prompt or remove turns{context.longer}",
            )

    def _read(
        self, task: Task, kv_cache: KVCache, tokens: list[int], conversation: str, timings: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Read what of the prompt is not in the context yet, a batch at a time."""
        cached = kv_cache.recall(tokens, conversation)
        timings |= {"cached_tokens": cached, "evaluated_tokens": 0}
        yield {"timings": dict(timings)}
        task.progress(0, "reading the prompt")
        began = time.perf_counter()
        for start in range(cached, len(tokens), self.batch):
            kv_cache.read(tokens[start : start + self.batch])
            self._has_computed(task)
            done = min(start + self.batch, len(tokens))
            timings |= {"evaluated_tokens": done - cached, "prompt_seconds": time.perf_counter() - began}
            task.progress(done / len(tokens), "reading the prompt")
            if done < len(tokens):
                yield {"timings": dict(timings)}

    def _has_computed(self, task: Task) -> None:
        """From here on a crash is not one of code that cannot be used here at all."""
        if not self._computed:
            self._computed = True
            task.note(decoded=True)

    def _vocabulary(self, task: Task) -> llama.Model:
        if self.model is None:
            began = time.perf_counter()
            layers = 0 if self.vocabulary_only else self._gpu_layers(task)
            self.model = llama.Model(self.path, llama.stop_loading_by(task), self.vocabulary_only, self.mode, layers)
            self.load_seconds = time.perf_counter() - began
        return self.model

    def _gpu_layers(self, task: Task) -> int:
        """How many layers go onto the graphics card: as the person says, or as many as fit."""
        wanted = self.settings.gpu_layers
        if not self.mode.gpu or wanted == 0 or not llama.offloads():
            return 0
        header, cards = gguf_header.read(self.path), gpu.devices()
        layers = header.whole("block_count")
        cache = header.cache_bytes(self.n_ctx or DEFAULT_CONTEXT, CACHE_BYTES[self.settings.cache_type])
        fitting = gpu.layers_that_fit(header.size_bytes, layers, cache, cards)
        placed = fitting if wanted < 0 else min(wanted, layers + 1)
        self.gpu = {"layers": placed, "of": layers + 1, "names": [card.name for card in cards]}
        task.note(has_gpu=bool(cards))
        return placed

    def tune(self, task: Task) -> dict[str, Any] | None:
        """Measure what suits this model here, and follow it from now on; None if the machine was too busy to tell."""
        if self.context is None or self.context.fixed or self.model is None:
            return None
        bytes_per_token = gguf_header.read(self.path).cache_bytes(1)
        found = tuning.measure(self.model, self.context.size, self.threads, self.mode, bytes_per_token, task.check)
        if found is None:
            return None
        self.tuning = found
        self.context.follow(found)
        return found.as_dict()

    def _context(self, task: Task, timings: dict[str, Any] | None = None) -> tuple[TunedContext, KVCache]:
        model = self._vocabulary(task)
        if self.context is None or self.kv_cache is None:
            if not model.generates:
                raise UserError("This model turns texts into vectors; it does not write.", "Choose another model.")
            began = time.perf_counter()
            trained = model.trained_context or DEFAULT_CONTEXT
            self.context = TunedContext(
                model,
                self.n_ctx or min(DEFAULT_CONTEXT, trained),
                self.threads,
                self.batch,
                self.tuning,
                self.settings.fixed or self.gpu["layers"] > 0 or self.threads < 2,
                mode=self.mode,
                flash=FLASH[self.settings.flash_attention],
                cache_type=self.settings.cache_type,
            )
            self.kv_cache = KVCache(self.context)
            task.note(threads=self.threads, gpu=self.gpu)
            self.load_seconds += time.perf_counter() - began
            if timings is not None:
                timings["load_seconds"] = self.load_seconds
        return self.context, self.kv_cache

    def _prompt_tokens(
        self,
        model: llama.Model,
        prompt: str | list[int] | None,
        messages: list[dict[str, str]] | None,
        template: str | None,
        thinking: bool | None,
    ) -> list[int]:
        if isinstance(prompt, list):
            return [token for token in prompt if 0 <= token < model.size]
        bos = model.special_text(model.bos)
        if messages is not None:
            prompt = templates.prompt_for(template or "", messages, bos, model.special_text(model.eos), thinking)
        begins = bool(bos) and (prompt or "").startswith(bos)
        tokens = model.tokenize(prompt or "", add_bos=model.adds_bos and not begins)
        while len(tokens) > 1 and tokens[0] == tokens[1] == model.bos:
            del tokens[0]
        if not tokens:  # an empty prompt: the model still needs one token to start from
            tokens = [model.bos if model.bos >= 0 else max(model.eos, 0)]
        return tokens

    @staticmethod
    def _end_of(model: llama.Model, tokens: list[int]) -> str:
        """The last few tokens of a prompt as text."""
        return b"".join(model.piece(token, special=True) for token in tokens[-12:]).decode("utf-8", "replace")

    @staticmethod
    def _described(model: llama.Model, tokens: list[int]) -> list[list[Any]]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        controls = {token: model.is_control(token) for token in set(tokens)}
        return [
            [
                token,
                model.special_text(token) if controls[token] else decoder.decode(model.piece(token)),
                controls[token],
            ]
            for token in tokens
        ]
