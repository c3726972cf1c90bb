"""Several questions in the background, one after another: for comparing, for prompt sets, for lessons.

One at a time is the default because two models on one processor slow each other, and their times would mean nothing.
Between two questions of a series other people's questions have their turn.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

from core.errors import UserError
from core.prompting.asking import ask
from core.prompting.background import PATIENCE_SECONDS, Background
from core.prompting.decoding.memory_estimate import check_fits
from core.prompting.engine import Model
from core.prompting.runs import Question, Run

__all__ = ["Question", "Series", "prompt_for"]


def prompt_for(model: Any, text: str, system: str = "", before: Sequence[dict[str, str]] = ()) -> Any:
    """The prompt for a model that may chat or not: turns for one with a chat template, else the bare text."""
    if not model.chat_template:
        return "\n".join([*([system] if system.strip() else []), *(turn["content"] for turn in before), text])
    first = [{"role": "system", "content": system}] if system.strip() else []
    return [*first, *before, {"role": "user", "content": text}]


class Series(Background):
    """Questions and their runs, by place. `memory` is what a model's process held after its answer, in bytes."""

    def __init__(
        self,
        questions: Sequence[Question],
        kind: str,
        together: bool = False,
        patience: float | None = PATIENCE_SECONDS,
        also: Callable[[int, Run], None] | None = None,
    ) -> None:
        """`also(place, run)` is called at the end of each; `patience` None continues with nobody looking."""
        super().__init__(patience)
        self.questions = tuple(questions)
        self.runs: list[Run | None] = [None] * len(self.questions)
        self.memory: list[int | None] = [None] * len(self.questions)
        self._kind, self._also = kind, also
        self.start(self._ask_together if together else self._ask_in_turn, f"series of {kind}")

    @property
    def finished(self) -> int:
        """How many have ended."""
        return sum(1 for run in self.runs if run and run.done)

    @property
    def current(self) -> Run | None:
        """The run under way."""
        return next((run for run in self.runs if run and not run.done), None)

    def stop(self) -> None:
        """End the run under way and ask nothing more; what was answered stays."""
        super().stop()
        for run in self.runs:
            if run and not run.done:
                run.stop()

    def _ask_together(self) -> None:
        threads = [
            threading.Thread(target=self._ask, args=(place,), daemon=True) for place in range(len(self.questions))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask_in_turn(self) -> None:
        for place in range(len(self.questions)):
            if not self.ends():
                self._ask(place)

    def _ask(self, place: int) -> None:
        asked = self.questions[place]
        self._make_room(asked.model)
        run = ask(asked, self._kind, patience=1e9)
        self.runs[place] = run
        while run.look(0.05):
            if self.ends():
                run.stop()
        if isinstance(asked.model, Model):
            self.memory[place] = asked.model.memory_measured
        if self._also:
            with contextlib.suppress(UserError):
                self._also(place, run)

    def _make_room(self, model: Any) -> None:
        """Let an idle model of this series go where the next one would not fit beside it."""
        if not isinstance(model, Model) or model.alive:
            return
        for other in {id(question.model): question.model for question in self.questions}.values():
            try:
                return check_fits(model.header, model.n_ctx)
            except UserError:
                if other is not model and isinstance(other, Model) and other.alive and not other.busy:
                    other.close()
