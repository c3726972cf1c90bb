"""A context that computes each token the way that was found to be quickest here: attention and threads as it goes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from core.models.llama import cache_layout
from core.models.llama.context import Context
from core.models.llama.model import Model
from core.models.llama.pace import Pace
from core.models.llama.tuning import Tuning

LONG_PROMPT = 256  # tokens that are read together: from here on changing the way costs less than it gains


class TunedContext(Context):
    """A context that keeps count of its tokens and follows a `Tuning`.

    With `fixed` it changes nothing by itself: the person chose threads or attention, or wants each answer computed
    exactly as the last one.
    """

    def __init__(
        self,
        model: Model,
        size: int,
        threads: int,
        batch: int = 512,
        tuning: Tuning | None = None,
        fixed: bool = False,
        **more: Any,
    ) -> None:
        if tuning and tuning.switchable and not fixed and more.get("flash") is None:
            more["flash"] = True
        super().__init__(model, size, threads, batch, **more)
        self.depth, self._regret = 0, 0.0
        self.fixed, self.tuning = fixed, tuning
        self._threads = (threads, threads)
        self._writing, self._reading = Pace(threads), Pace(threads)
        self.follow(tuning)

    def follow(self, tuning: Tuning | None) -> None:
        """From now on choose by these measurements."""
        self.tuning = tuning
        if tuning is None or self.fixed:
            return
        self._writing, self._reading = Pace(tuning.threads_writing), Pace(tuning.threads_reading)
        if tuning.switchable and self.flash is None:
            try:
                self.flash = not cache_layout.read(self.save()).transposed if self.depth else None
            except ValueError:
                self.tuning = None
            if self.flash is None and self.tuning and not self.use_flash(True):
                self.tuning = None

    def begin(self) -> None:
        """A question comes: look how busy the machine is before its prompt is read."""
        if not self.fixed:
            self._reading.begin()
            self._writing.begin()

    def decode(self, tokens: Sequence[int], all_scores: bool = False) -> None:
        writing = len(tokens) == 1
        if not self.fixed:
            self._choose_attention(len(tokens))
            self._choose_threads()
        began, on_core = time.perf_counter(), time.thread_time()
        super().decode(tokens, all_scores)
        if not self.fixed:
            (self._writing if writing else self._reading).took(
                time.perf_counter() - began, time.thread_time() - on_core
            )
        self.depth += len(tokens)

    def keep(self, count: int) -> bool:
        kept = super().keep(count)
        self.depth = count if kept else 0
        return kept

    def restore(self, state: cache_layout.Buffer) -> bool:
        done = super().restore(state)
        self.depth = int.from_bytes(state[12:16], "little") if done else 0
        return done

    def _choose_threads(self) -> None:
        wanted = self._writing.threads, self._reading.threads
        if wanted != self._threads:
            self.use_threads(*wanted)
            self._threads = wanted

    def _choose_attention(self, count: int) -> None:
        """Change the way once what the present one has lost is more than the change takes.

        Of tokens that are written nobody knows how many will follow: what each lost is added up. A long prompt is read
        with flash attention.
        """
        tuning = self.tuning
        if tuning is None or not tuning.switchable or self.flash is None:
            return
        if count > 1:
            changes = not self.flash and count >= LONG_PROMPT
        else:
            self._regret = max(0.0, self._regret + tuning.lost_by_writing(self.flash, self.depth))
            changes = self._regret > tuning.switch_at(self.depth)
        if changes:
            self._regret = 0.0
            if not self.use_flash(not self.flash):
                self.tuning = None
