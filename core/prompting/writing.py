"""Drawing the answer: token after token, each with what the model thought of it, packed for sending."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.errors import Cancelled
from core.llama import Model
from core.llama_context import Context
from core.prompting.llama_sampler import Sampler
from core.prompting.memory import Memory
from core.prompting.readable import Readable
from core.prompting.settings import Settings, Step
from core.worker_process import Task

UPDATE_SECONDS = 0.04  # text is sent 25 times a second: quicker than eyes read, slow enough for a browser


class Scale:
    """From a row of scores to probabilities: softmax, entropy, rank, and the likeliest tokens. No copy of the row."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._scores, self._below = np.empty(model.size, np.float32), np.empty(model.size, np.float32)
        self._texts: dict[int, str] = {}

    def step(self, token: int, logits: np.ndarray, alternatives: int, left: np.ndarray | None = None) -> Step:
        """What the model thought of `token`, given its scores (vocabulary,); `left` is what sampling left over."""
        below = np.subtract(logits, logits.max(), out=self._below)
        scores = np.exp(below, out=self._scores)
        total = float(scores.sum())
        probability = float(scores[token]) / total
        if not alternatives:
            return Step("", token, probability)
        drawn = dict(zip(left["id"].tolist(), left["p"].tolist(), strict=True)) if left is not None else {}
        drawn_with = (drawn.get(token) or 1.0) if left is not None else 0.0  # the likeliest: nothing was drawn
        return Step("", token, probability, self._likeliest(scores, total, alternatives, drawn), drawn_with,
                    _entropy_bits(scores, below, total), int(np.count_nonzero(scores > scores[token])) + 1)

    def _likeliest(self, scores: np.ndarray, total: float, count: int, drawn: dict[int, float]) -> tuple[Any, ...]:
        count = min(count, len(scores))
        best = np.flatnonzero(scores >= 1e-3)  # of the likeliest one's: nearly always enough of them
        if len(best) < count:
            best = np.arange(len(scores))
        best = best[np.argpartition(scores[best], -count)[-count:]]
        best = best[np.argsort(-scores[best], kind="stable")]
        return tuple((token, self._text(token), score / total, drawn.get(token, 0.0))
                     for token, score in zip(best.tolist(), scores[best].tolist(), strict=True))

    def _text(self, token: int) -> str:
        if token not in self._texts:
            self._texts[token] = self.model.piece(token, special=True).decode("utf-8", "replace")
        return self._texts[token]


class Writer:
    """Draws the answer and packs it for sending."""

    def __init__(self, model: Model, context: Context, memory: Memory, settings: Settings,
                 started: float, timings: dict[str, Any]) -> None:
        self.model, self.context, self.memory, self.settings = model, context, memory, settings
        self.started, self.timings = started, timings
        self.readable = Readable(settings.stop)
        self.scale = Scale(model)

    def write(self, task: Task, prompt: list[int], most: int, context_ends: bool) -> Iterator[dict[str, Any]]:
        chosen, waiting, sent_at = self.settings, [], 0.0
        sampler = Sampler(
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
                    if chosen.alternatives:  # that the answer ends here was a choice too
                        waiting += [*self.readable.finish(), step]
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

    def _next(self, sampler: Sampler) -> tuple[int, Step]:
        logits = self.context.logits()
        token, left = sampler.draw(logits)
        step = self.scale.step(token, logits, self.settings.alternatives, left)
        if sampler.refused is not None:
            step = replace(step, refused=self.model.special_text(sampler.refused))
        sampler.accept(token)
        return token, step

    def _note_first_text(self, steps: list[Step]) -> None:
        if "first_token_seconds" not in self.timings and any(step.text for step in steps):
            self.timings["first_token_seconds"] = time.perf_counter() - self.started

    def _packed(self, steps: list[Step]) -> dict[str, Any]:
        self.timings["context_tokens"] = len(self.memory.tokens) + 1
        return {"steps": [as_sent(step) for step in steps], "timings": dict(self.timings)}


def as_sent(step: Step) -> dict[str, Any]:
    """A step for the pipe, without what has its default value: half the bytes on the pipe."""
    sent: dict[str, Any] = {"text": step.text, "token_id": step.token_id, "probability": step.probability}
    if step.refused:
        sent["refused"] = step.refused
    if step.alternatives:
        sent |= {"alternatives": step.alternatives, "after_sampling": step.after_sampling, "entropy": step.entropy,
                 "rank": step.rank}
    return sent


def _entropy_bits(scores: np.ndarray, below: np.ndarray, total: float) -> float:
    """Entropy of p = scores / total, scores = e^below, in bits: log2 total - sum(p below) / ln 2."""
    return max(0.0, (math.log(total) - float(np.dot(scores, np.maximum(below, -100.0))) / total) / math.log(2))
