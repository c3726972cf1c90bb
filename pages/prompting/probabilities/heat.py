"""A prompt with its measured tokens and the answers grown from it, branch by branch."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from core.prompting.engine import Model
from core.prompting.history.branches import Tree
from core.prompting.runs import Run
from core.prompting.settings import Settings, Step
from core.runtime.worker import Request
from pages.prompting.probabilities.heat_method import ALTERNATIVES, LONGEST_ANSWER
from pages.prompting.sidebar import PageSettings


@dataclass
class Heat:
    """One prompt with the answers grown from it; `asked` says with which settings."""

    asked: tuple[Any, ...]
    measuring: Request
    prompt: list[Step] = dataclasses.field(default_factory=list)
    tree: Tree | None = None
    branch: int = 0
    chosen: int | None = None

    @property
    def steps(self) -> list[Step]:
        """The prompt and the answer of the branch that is shown."""
        return self.prompt + (self.tree.steps(self.branch) if self.tree else [])


def start_run(model: Model, tokens: list[int], settings: Settings) -> Run:
    """Have the model go on after `tokens`, with the alternatives of each token."""
    chosen = dataclasses.replace(
        settings, alternatives=ALTERNATIVES, max_tokens=min(settings.max_tokens, LONGEST_ANSWER)
    )
    return Run(lambda: model.ask(tokens, chosen, conversation="heatmap"))


def take(page: PageSettings, heat: Heat, place: int, number: int) -> None:
    """Put another token at `place` of the answer and have the model go on from there, as a branch of its own."""
    assert isinstance(page.model, Model) and heat.tree
    tokens, taken = heat.tree.taking(heat.branch, place, heat.tree.steps(heat.branch)[place].alternatives[number])
    heat.branch = heat.tree.grow(start_run(page.model, tokens, page.settings), heat.branch, place, taken)
    heat.chosen = len(heat.prompt) + place


def least_likely(steps: list[Step], start: int) -> int | None:
    """The place of the answer where the model was least sure of what it wrote."""
    places = [place for place in range(start, len(steps)) if steps[place].text.strip() and steps[place].alternatives]
    return min(places, key=lambda place: steps[place].probability, default=None)
