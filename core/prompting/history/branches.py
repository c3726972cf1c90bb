"""An answer as a tree: at any token another one can be taken, and the model continues from there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.prompting.runs import Run
from core.prompting.settings import Alternative, Step


@dataclass
class Branch:
    """One way the answer went: `kept` tokens of the parent, the token `taken` instead, and what followed."""

    run: Run
    parent: int | None = None
    kept: int = 0
    taken: Step | None = None


@dataclass
class Tree:
    """All branches of one prompt, in the order in which they were grown; branch 0 is the model's own."""

    prompt: list[int]
    branches: list[Branch] = field(default_factory=list)

    def steps(self, number: int) -> list[Step]:
        """The whole answer along one branch."""
        branch = self.branches[number]
        before = self.steps(branch.parent)[: branch.kept] if branch.parent is not None else []
        return before + ([branch.taken] if branch.taken else []) + branch.run.steps

    def taking(self, number: int, place: int, other: Alternative) -> tuple[list[int], Step]:
        """Token ids of the prompt up to `place` in branch `number` with `other` there, and `other` as a step."""
        steps = self.steps(number)
        old = steps[place]
        taken = replace(
            old,
            text=other.text,
            token_id=other.token_id,
            probability=other.probability,
            after_sampling=other.after_sampling,
            rank=1 + sum(each.probability > other.probability for each in old.alternatives),
        )
        return [*self.prompt, *(step.token_id for step in steps[:place]), other.token_id], taken

    def grow(self, run: Run, number: int, place: int, taken: Step) -> int:
        """Add a branch; its number."""
        self.branches.append(Branch(run, number, place, taken))
        return len(self.branches) - 1

    def label(self, number: int) -> str:
        """ "the model's own", or which token was taken where."""
        branch = self.branches[number]
        if branch.parent is None or branch.taken is None:
            return "the model’s own"
        return f"{number}: “{branch.taken.text.strip() or '␣'}” at token {branch.kept + 1} of the answer"
