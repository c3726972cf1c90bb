"""A prompt with its measured tokens and the answers grown from it, branch by branch."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from core.prompting.asking import ask
from core.prompting.engine import Model
from core.prompting.history.branches import Tree
from core.prompting.runs import Question, Run
from core.prompting.settings import Settings, Step
from core.runtime.worker import Request
from pages.prompting.code_lines import imports, model_code
from pages.prompting.probabilities.heat_method import ALTERNATIVES, LONGEST_ANSWER
from pages.prompting.sidebar import PageSettings


@dataclass
class Heat:
    """One prompt with the answers grown from it; `asked` says with which settings."""

    asked: tuple[Any, ...]
    prompt_asked: Any
    measuring: Request
    prompt: list[Step] = dataclasses.field(default_factory=list)
    tree: Tree | None = None
    branch: int = 0
    chosen: int | None = None

    @property
    def steps(self) -> list[Step]:
        """The prompt and the answer of the branch that is shown."""
        return self.prompt + (self.tree.steps(self.branch) if self.tree else [])

    @property
    def place(self) -> int | None:
        """The token that is looked at: the one chosen, or else where the model was least sure of its answer."""
        return self.chosen if self.chosen is not None else least_likely(self.steps, len(self.prompt))


def code(model: Model, heat: Heat, settings: Settings) -> str:
    """Lines that measure the prompt, with the tokens taken by hand, and generate what follows them."""
    run = heat.tree.branches[heat.branch].run if heat.tree else None
    taken = [step.token_id for step in heat.steps[len(heat.prompt) : len(heat.steps) - len(run.steps)]] if run else []
    chosen = run.settings if run else _limited(settings)
    return (
        f"{imports([model])}"
        f"model = {model_code(model)}\n"
        f"prompt = {heat.prompt_asked!r}\n"
        f"ids = [token for token, _, _ in model.tokens_of(prompt)]{f' + {taken}' if taken else ''}\n"
        f"steps = model.measure(ids, alternatives={ALTERNATIVES})\n"
        f"steps += model.generate(ids, {chosen.as_code()})\n"
        f"tokens = [(step.text, step.probability, step.rank, step.entropy) for step in steps]\n"
        f"others = steps[{heat.place or 0}].alternatives\n"
        f"result = tokens, [(other.text, other.probability, other.after_sampling) for other in others]\n"
        f"model.close()"
    )


def _limited(settings: Settings) -> Settings:
    return dataclasses.replace(settings, alternatives=ALTERNATIVES, max_tokens=min(settings.max_tokens, LONGEST_ANSWER))


def start_run(model: Model, tokens: list[int], settings: Settings) -> Run:
    """Have the model continue `tokens`, with the alternatives of each token."""
    chosen = _limited(settings)
    return ask(Question(model, model.path.stem, tokens, chosen, cold=False, conversation="heatmap"))


def take(page: PageSettings, heat: Heat, place: int, number: int) -> None:
    """Put another token at `place` of the answer and have the model continue from there, as a branch of its own."""
    assert isinstance(page.model, Model) and heat.tree
    tokens, taken = heat.tree.taking(heat.branch, place, heat.tree.steps(heat.branch)[place].alternatives[number])
    heat.branch = heat.tree.grow(start_run(page.model, tokens, page.settings), heat.branch, place, taken)
    heat.chosen = len(heat.prompt) + place


def least_likely(steps: list[Step], start: int) -> int | None:
    """The place of the answer where the model was least sure of what it wrote."""
    places = [place for place in range(start, len(steps)) if steps[place].text.strip() and steps[place].alternatives]
    return min(places, key=lambda place: steps[place].probability, default=None)
