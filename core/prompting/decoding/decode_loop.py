"""Drawing the answer: token after token, each with what the model thought of it, packed for sending."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.errors import Cancelled
from core.models.llama.context import Context
from core.models.llama.model import Model
from core.prompting.decoding.detokenizer import Detokenizer
from core.prompting.decoding.kv_cache import KVCache
from core.prompting.decoding.sampler import Candidates, Sampler, Scores
from core.prompting.settings import Alternative, Settings, Step
from core.runtime.worker_process import Task

BLOCK = 16_384  # scores worked on at once: 128 kB
DESCRIBED_AT_ONCE = 8
UPDATE_SECONDS = 0.04  # text is sent 25 times a second: quicker than eyes read, slow enough for a browser


class Scale:
    """From a row of scores to probabilities: softmax, entropy, rank, and the likeliest tokens.

    The row is read block by block, with room for one block's results: more would push the model's weights and our own
    code out of the processor's cache, which costs a small model more than the arithmetic.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        below, scores = np.empty((2, min(BLOCK, model.size)), np.float32)
        self._blocks = [
            (slice(start, min(start + BLOCK, model.size)), below[: model.size - start], scores[: model.size - start])
            for start in range(0, model.size, BLOCK)
        ]
        self._texts: dict[int, str] = {}

    def step(
        self,
        token: int,
        logits: Scores,
        alternatives: int,
        left: Candidates | None = None,
        text: str = "",
        highest: float | None = None,
    ) -> Step:
        """What the model thought of `token`, given its scores (vocabulary,); `left` is what sampling left over.

        `text` is the token's; `highest` the highest score, if it is known.
        """
        if highest is None:
            highest = float(logits.max())
        total, weighted = self._sums(logits, highest, bool(alternatives))
        own = float(logits[token])
        probability = math.exp(own - highest) / total
        if not alternatives:
            return Step(text, token, probability)
        drawn = dict(zip(left["id"].tolist(), left["p"].tolist(), strict=True)) if left is not None else {}
        drawn_with = (drawn.get(token) or 1.0) if left is not None else 0.0  # the likeliest: nothing was drawn
        return Step(
            text,
            token,
            probability,
            self._likeliest(logits, highest, total, alternatives, drawn),
            drawn_with,
            max(0.0, (math.log(total) - weighted / total) / math.log(2)),
            1 if own >= highest else int(np.count_nonzero(logits > own)) + 1,
        )

    def _sums(self, logits: Scores, highest: float, with_entropy: bool) -> tuple[float, float]:
        """Sum of s = e^z and, for the entropy, of s z, where z are the scores less the highest one.

        Entropy of p = s / total in bits: (ln total - sum(s z) / total) / ln 2.
        """
        total = weighted = 0.0
        for block, below, scores in self._blocks:
            np.subtract(logits[block], highest, out=below)
            np.exp(below, out=scores)
            total += float(np.add.reduce(scores))
            if with_entropy:
                np.maximum(below, -100.0, out=below)  # a score of -infinity can never come: 0 x -infinity counts as 0
                weighted += float(np.dot(scores, below))
        return total, weighted

    def _likeliest(
        self, logits: Scores, highest: float, total: float, count: int, drawn: dict[int, float]
    ) -> tuple[Alternative, ...]:
        count = min(count, len(logits))
        best = np.flatnonzero(logits >= highest - 6.9)  # a thousandth of the likeliest one's: nearly always enough
        if len(best) < count:
            best = np.arange(len(logits))
        if len(best) > count:
            best = best[np.argpartition(logits[best], -count)[-count:]]
        best = best[np.argsort(-logits[best], kind="stable")]
        return tuple(
            Alternative(token, self._text(token), math.exp(score - highest) / total, drawn.get(token, 0.0))
            for token, score in zip(best.tolist(), logits[best].tolist(), strict=True)
        )

    def _text(self, token: int) -> str:
        if token not in self._texts:
            self._texts[token] = self.model.piece(token, special=True).decode("utf-8", "replace")
        return self._texts[token]


class DecodeLoop:
    """Draws the answer and packs it for sending."""

    def __init__(
        self,
        model: Model,
        context: Context,
        kv_cache: KVCache,
        settings: Settings,
        started: float,
        timings: dict[str, Any],
    ) -> None:
        self.model, self.context, self.kv_cache, self.settings = model, context, kv_cache, settings
        self.started, self.timings = started, timings
        self.detokenizer = Detokenizer(settings.stop)
        self.scale = Scale(model)
        at_once = 1 if settings.stop else max(1, min(DESCRIBED_AT_ONCE, 2_000_000 // model.size))
        self._rows = np.empty((at_once, model.size), np.float32)
        self._drawn: list[tuple[int, Candidates | None, float | None, int | None]] = []
        self._generated, self._began, self._now = 0, 0.0, 0.0
        self._first_at: float | None = None

    def run(self, task: Task, prompt: list[int], most: int, context_ends: bool) -> Iterator[dict[str, Any]]:
        chosen, waiting, sent_at = self.settings, [], 0.0
        sampler = Sampler(
            self.model,
            temperature=chosen.temperature,
            top_k=chosen.top_k,
            top_p=chosen.top_p,
            min_p=chosen.min_p,
            repeat_penalty=chosen.repeat_penalty,
            repeat_window=chosen.repeat_window,
            seed=chosen.seed or 0,
            grammar=chosen.grammar,
        )
        try:
            for token in prompt[-chosen.repeat_window :] if chosen.repeat_window else ():
                sampler.accept(token, of_prompt=True)
            ended_by = "context full" if context_ends else "max tokens"
            for number in range(1, most + 1):
                token = self._draw(sampler)
                self._generated, self._now = number, time.perf_counter()
                self._began = self._began or self._now
                ends = self.model.ends(token)
                due = self._first_at is None or self._now - sent_at >= UPDATE_SECONDS
                if ends or due or len(self._drawn) == len(self._rows):
                    waiting += self._described(ends)
                if ends or self.detokenizer.stopped_by is not None:
                    ended_by = "end of text" if ends else "stop text"
                    break
                if waiting and due:
                    self._note_first_text(waiting)
                    yield self._packed(waiting)
                    waiting, sent_at = [], self._now
                task.check()
                if number < most:
                    self.kv_cache.read([token])
        except Cancelled:
            ended_by = "stopped"
        finally:
            sampler.close()
        waiting += [*self._described(), *self.detokenizer.finish()]
        self.timings["ended_by"] = ended_by
        self._note_first_text(waiting)
        packed = self._packed(waiting)
        if waiting:
            yield packed

    def _draw(self, sampler: Sampler) -> int:
        """Draw a token. What the model thought of it is worked out later, for a few tokens at once.

        While the model computes, its weights push everything else out of the processor's cache; fetching our code
        and tables back takes longer than running them.
        """
        logits = self.context.logits()
        token, left = sampler.draw(logits)
        sampler.accept(token)
        np.copyto(self._rows[len(self._drawn)], logits)
        self._drawn.append(
            (token, left.copy() if self.settings.alternatives else None, sampler.highest, sampler.refused)
        )
        return token

    def _described(self, last_ends: bool = False) -> list[Step]:
        """The tokens drawn since the last time, as steps that can be shown. `last_ends`: the last one ends the text."""
        shown: list[Step] = []
        for place, (token, left, highest, refused) in enumerate(self._drawn):
            text = self.detokenizer.text_of(self.model.piece(token))
            step = self.scale.step(token, self._rows[place], self.settings.alternatives, left, text, highest)
            if refused is not None:
                step = replace(step, refused=self.model.special_text(refused))
            if not (last_ends and place == len(self._drawn) - 1):
                shown += self.detokenizer.add(step)
            elif self.settings.alternatives:  # that the answer ends here was a choice too
                shown += [*self.detokenizer.finish(), replace(step, text="")]
        self._drawn.clear()
        return shown

    def _note_first_text(self, steps: list[Step]) -> None:
        if self._first_at is None and any(step.text for step in steps):
            self._first_at = self.timings["first_token_seconds"] = time.perf_counter() - self.started

    def _packed(self, steps: list[Step]) -> dict[str, Any]:
        self.timings |= {
            "context_tokens": len(self.kv_cache.tokens) + 1,
            "generated_tokens": self._generated,
            "generation_seconds": self._now - self._began,
        }
        return {"steps": [step.as_list() for step in steps], "timings": dict(self.timings)}
