"""The model's own process: it loads the file when first asked, reads prompts, and draws token after token.

`Host` is the object that `core.worker` keeps in that process. Everything native happens here; `core.prompting.engine`
is the other end of the pipe.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from core.errors import Cancelled, UserError
from core.prompting import llama, llama_sampler, templates
from core.prompting.memory import Memory
from core.prompting.readable import Readable
from core.prompting.settings import Settings, Step
from core.worker_process import Task

UPDATE_SECONDS = 0.04  # text is sent 25 times a second: quicker than eyes read, slow enough for a browser
DEFAULT_CONTEXT = 4096


class Host:
    """One model and one context. Its methods are called one at a time, in the order in which they were asked for."""

    def __init__(self, path: str, n_ctx: int = 0, threads: int = 0, batch: int = 512,
                 vocabulary_only: bool = False) -> None:
        self.path, self.n_ctx, self.batch, self.vocabulary_only = path, n_ctx, batch, vocabulary_only
        self.threads = threads or suitable_threads(os.path.getsize(path) if os.path.exists(path) else 0)
        self.model: llama.Model | None = None
        self.context: llama.Context | None = None
        self.memory: Memory | None = None
        self.load_seconds = 0.0
        self.template: str | None = None

    def load(self, task: Task) -> dict[str, Any]:
        """Load the weights if that has not been done, and say what was loaded."""
        model = self._vocabulary(task)
        if self.vocabulary_only:
            return {"vocabulary_size": model.size}
        context, _ = self._context(task)
        return {"n_ctx": context.size, "threads": self.threads, "weight_bytes": model.weight_bytes,
                "load_seconds": self.load_seconds, "vocabulary_size": model.size}

    def tokenize(self, task: Task, prompt: str | None = None, messages: list[dict[str, str]] | None = None,
                 template: str | None = None, thinking: bool | None = None) -> list[list[Any]]:
        """The exact prompt, token by token: [id, text, whether it is a special token]."""
        model = self._vocabulary(task)
        tokens = self._prompt_tokens(model, prompt, messages, template, thinking)
        return self._described(model, tokens)

    def try_grammar(self, task: Task, grammar: str) -> bool:
        """Build a sampler of it and throw it away. A bad one raises, or ends this process."""
        llama.library().llama_sampler_free(llama_sampler.grammar_sampler(self._vocabulary(task), grammar))
        return True

    def generate(self, task: Task, prompt: str | list[int] | None = None,
                 messages: list[dict[str, str]] | None = None, template: str | None = None,
                 settings: dict[str, Any] | None = None, thinking: bool | None = None, cold: bool = False,
                 conversation: str = "") -> Iterator[dict[str, Any]]:
        """Stream an answer: {"timings": {...}} whenever they change, {"steps": [...]} with readable tokens."""
        chosen = Settings(**(settings or {})).checked()
        timings: dict[str, Any] = {"seed": chosen.seed}
        try:
            model = self._vocabulary(task)
            context, memory = self._context(task, timings)
            tokens = self._prompt_tokens(model, prompt, messages, template, thinking)
            room = context.size - len(tokens)
            timings |= {"prompt_tokens": len(tokens), "context_size": context.size, "context_tokens": len(tokens)}
            if room <= 0:
                raise UserError(f"The prompt has {len(tokens):,} tokens; the context holds {context.size:,}.",
                                "Shorten the prompt, remove turns, or choose a longer context.")
            started = time.perf_counter()
            task.on_cancel = context.abort
            context.allow()
            task.check()
            if cold:
                memory.forget()
            yield from self._read(task, memory, tokens, conversation, timings)
            writer = _Writer(model, context, memory, chosen, started, timings)
            yield from writer.write(task, tokens, min(room, chosen.max_tokens), room < chosen.max_tokens)
        except Cancelled:
            timings["ended_by"] = "stopped"
        finally:
            task.on_cancel = None
        yield {"timings": timings}

    def _read(self, task: Task, memory: Memory, tokens: list[int], conversation: str,
              timings: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Read what of the prompt is not in the context yet, a batch at a time."""
        cached = memory.recall(tokens, conversation)
        timings |= {"cached_tokens": cached, "evaluated_tokens": 0}
        yield {"timings": dict(timings)}
        began = time.perf_counter()
        for start in range(cached, len(tokens), self.batch):
            memory.read(tokens[start:start + self.batch])
            done = min(start + self.batch, len(tokens))
            timings |= {"evaluated_tokens": done - cached, "prompt_seconds": time.perf_counter() - began}
            task.progress(done / len(tokens), "reading the prompt")
            if done < len(tokens):
                yield {"timings": dict(timings)}

    def _vocabulary(self, task: Task) -> llama.Model:
        if self.model is None:
            began = time.perf_counter()
            self.model = llama.Model(self.path, _stopper(task), self.vocabulary_only)
            self.load_seconds = time.perf_counter() - began
        return self.model

    def _context(self, task: Task, timings: dict[str, Any] | None = None) -> tuple[llama.Context, Memory]:
        model = self._vocabulary(task)
        if self.context is None or self.memory is None:
            if not model.generates:
                raise UserError("This model turns texts into vectors; it does not write.", "Choose another model.")
            began = time.perf_counter()
            trained = model.trained_context or DEFAULT_CONTEXT
            self.context = llama.Context(model, self.n_ctx or min(DEFAULT_CONTEXT, trained), self.threads, self.batch)
            self.memory = Memory(self.context)
            self.load_seconds += time.perf_counter() - began
            if timings is not None:
                timings["load_seconds"] = self.load_seconds
        return self.context, self.memory

    def _prompt_tokens(self, model: llama.Model, prompt: str | list[int] | None,
                       messages: list[dict[str, str]] | None, template: str | None,
                       thinking: bool | None) -> list[int]:
        if isinstance(prompt, list):
            return [token for token in prompt if 0 <= token < model.size]
        bos = model.special_text(model.bos)
        if messages is not None:
            prompt = templates.render(template or "", messages, bos, model.special_text(model.eos), thinking)
        begins = bool(bos) and (prompt or "").startswith(bos)
        tokens = model.tokenize(prompt or "", add_bos=model.adds_bos and not begins)
        while len(tokens) > 1 and tokens[0] == tokens[1] == model.bos:
            del tokens[0]
        if not tokens:  # an empty prompt: the model still needs one token to start from
            tokens = [model.bos if model.bos >= 0 else max(model.eos, 0)]
        return tokens

    @staticmethod
    def _described(model: llama.Model, tokens: list[int]) -> list[list[Any]]:
        reader = Readable()
        described = []
        for token in tokens:
            control = model.is_control(token)
            text = model.piece(token, special=True).decode("utf-8", "replace") if control else \
                "".join(step.text for step in reader.add(Step("", token, 1.0), model.piece(token)))
            described.append([token, text, control])
        return described


class _Writer:
    """Draws the answer and packs it for sending."""

    def __init__(self, model: llama.Model, context: llama.Context, memory: Memory, settings: Settings,
                 started: float, timings: dict[str, Any]) -> None:
        self.model, self.context, self.memory, self.settings = model, context, memory, settings
        self.started, self.timings = started, timings
        self.readable = Readable(settings.stop)
        self._scores = np.empty(model.size, np.float32)

    def write(self, task: Task, prompt: list[int], most: int, context_ends: bool) -> Iterator[dict[str, Any]]:
        chosen, waiting, sent_at = self.settings, [], 0.0
        sampler = llama_sampler.Sampler(
            self.model, temperature=chosen.temperature, top_k=chosen.top_k, top_p=chosen.top_p, min_p=chosen.min_p,
            repeat_penalty=chosen.repeat_penalty, repeat_window=chosen.repeat_window, seed=chosen.seed or 0,
            grammar=chosen.grammar)
        try:
            for token in prompt[-chosen.repeat_window:] if chosen.repeat_window else ():
                sampler.accept(token, of_prompt=True)
            ended_by, began = "context full" if context_ends else "max tokens", 0.0
            for number in range(1, most + 1):
                token, step = self._next(sampler)
                now = time.perf_counter()
                began = began or now
                self.timings |= {"generated_tokens": number, "generation_seconds": now - began}
                if self.model.ends(token):
                    ended_by = "end of text"
                    break
                waiting += self.readable.add(step, self.model.piece(token))
                if self.readable.stopped_by is not None:
                    ended_by = "stop text"
                    break
                self._note_first_text(waiting)
                if waiting and now - sent_at >= UPDATE_SECONDS:
                    yield self._packed(waiting)
                    waiting, sent_at = [], now
                task.check()
                if number < most:
                    self.memory.read([token])
        except Cancelled:
            ended_by = "stopped"
        finally:
            sampler.close()
        waiting += self.readable.finish()
        self.timings["ended_by"] = ended_by
        self._note_first_text(waiting)
        if waiting:
            yield self._packed(waiting)

    def _next(self, sampler: llama_sampler.Sampler) -> tuple[int, Step]:
        logits = self.context.logits()
        token, left = sampler.draw(logits)
        highest = logits.max()
        scores = np.exp(np.subtract(logits, highest, out=self._scores), out=self._scores)
        total = float(scores.sum())
        probability = float(scores[token]) / total
        if not self.settings.alternatives:
            sampler.accept(token)
            return token, Step("", token, probability)
        drawn_with = _probability(left, token) or 1.0  # taking the likeliest leaves nothing to chance
        step = Step("", token, probability, self._alternatives(scores, total, left), drawn_with,
                    _entropy_bits(scores, total), int(np.count_nonzero(scores > scores[token])) + 1)
        sampler.accept(token)
        return token, step

    def _alternatives(self, scores: np.ndarray, total: float, left: np.ndarray) -> tuple[Any, ...]:
        count = min(self.settings.alternatives, len(scores))
        best = np.argpartition(scores, -count)[-count:]
        best = best[np.argsort(-scores[best], kind="stable")]
        return tuple((int(token), self.model.piece(int(token), special=True).decode("utf-8", "replace"),
                      float(scores[token]) / total, _probability(left, int(token))) for token in best)

    def _note_first_text(self, steps: list[Step]) -> None:
        if "first_token_seconds" not in self.timings and any(step.text for step in steps):
            self.timings["first_token_seconds"] = time.perf_counter() - self.started

    def _packed(self, steps: list[Step]) -> dict[str, Any]:
        self.timings["context_tokens"] = len(self.memory.tokens) + 1
        return {"steps": [_as_sent(step) for step in steps], "timings": dict(self.timings)}


def suitable_threads(file_bytes: int) -> int:
    """One thread for a small model: its threads would wait for each other longer than they compute.

    Measured on two busy cores, 3 million parameters: 1,770 tokens/s with one thread, 54 with two.
    """
    return 1 if file_bytes < 64_000_000 else llama.physical_threads()


def _as_sent(step: Step) -> dict[str, Any]:
    """Without what has its default value: half the bytes on the pipe."""
    sent: dict[str, Any] = {"text": step.text, "token_id": step.token_id, "probability": step.probability}
    if step.alternatives:
        sent |= {"alternatives": step.alternatives, "after_sampling": step.after_sampling, "entropy": step.entropy,
                 "rank": step.rank}
    return sent


def _probability(left: np.ndarray, token: int) -> float:
    found = np.flatnonzero(left["id"] == token)
    return float(left["p"][found[0]]) if len(found) else 0.0


def _entropy_bits(scores: np.ndarray, total: float) -> float:
    """Entropy of scores / total in bits: log2 total - sum(s log2 s) / total."""
    positive = scores[scores > 1e-12]
    return float(max(0.0, np.log2(total) - float((positive * np.log2(positive)).sum()) / total))


def _stopper(task: Task) -> Callable[[float], bool]:
    def stop(fraction: float) -> bool:
        try:
            task.progress(fraction, "loading the model")
        except Cancelled:
            return True
        return False
    return stop
