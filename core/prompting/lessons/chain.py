"""Questions in the background, each of which may depend on the answers before it: conversations, long summaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.errors import UserError
from core.prompting.asking import ask
from core.prompting.background import Background
from core.prompting.runs import Question, Run
from core.prompting.settings import Settings

Plan = Callable[[Sequence[str]], tuple[Any, Settings] | None]


class Chain(Background):
    """`plan(answers so far)` gives the next prompt and its settings, or None at the end. `runs` and `prompts` grow.

    An answer that fails ends the chain: what follows would have nothing to continue from. What was answered stays.
    """

    def __init__(self, model: Any, title: str, plan: Plan, kind: str = "lesson", thinking: bool | None = None) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self.prompts: list[Any] = []
        self.error: UserError | None = None
        self._model, self._title, self._plan, self._kind, self._thinking = model, title, plan, kind, thinking
        self.start(self._work, f"chain of {kind}")

    @property
    def answers(self) -> list[str]:
        """The texts of the answers that came to their end."""
        return [run.answer for run in self.runs if run.answered and run.ended_by != "stopped"]

    def stop(self) -> None:
        """End the answer under way and ask nothing more."""
        super().stop()
        for run in self.runs[-1:]:
            run.stop()

    def _work(self) -> None:
        try:
            while not self.ends() and (following := self._plan(self.answers)) is not None:
                if not self._ask(*following):
                    break
        except UserError as error:
            self.error = error

    def _ask(self, prompt: Any, settings: Settings) -> bool:
        run = ask(Question(self._model, self._title, prompt, settings, self._thinking), self._kind, patience=1e9)
        self.prompts.append(prompt)
        self.runs.append(run)
        while run.look(0.05):
            if self.ends():
                run.stop()
        self.error = run.error
        return run.answered and run.ended_by != "stopped"
