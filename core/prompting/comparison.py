"""Two to four models, quantisations, settings or seeds on one prompt: what they wrote, how it varies, what it cost."""

from __future__ import annotations

import difflib
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from core.errors import UserError
from core.prompting.engine import Model
from core.prompting.history.database import connected
from core.prompting.runs import Run
from core.prompting.series import Question, Series, prompt_for
from core.prompting.settings import Settings

LETTERS = "ABCD"


@dataclass(frozen=True)
class Contestant:
    """One column: a model and how it draws."""

    model: Any
    title: str
    settings: Settings


@dataclass(frozen=True)
class Cost:
    """What a column's answers cost, in the median over its runs. `file_bytes` and `memory_bytes` None on a server."""

    words: float
    tokens: float
    speed: float | None
    first_token_seconds: float | None
    file_bytes: int | None
    memory_bytes: int | None


@dataclass(frozen=True)
class Spread:
    """How much the answers to one prompt vary: each different answer with how often it came, the commonest first.

    `shared_words`: with how many words all of them begin. `likeness`: the mean over all pairs of the share of words
    that both have in the same order (difflib's ratio, 0..1; 1 where all are the same).
    """

    answers: tuple[tuple[str, int], ...]
    shared_words: int
    likeness: float


@dataclass(frozen=True)
class Plan:
    """What a comparison asks: `times` questions to each contestant."""

    prompt: str
    contestants: Sequence[Contestant]
    system: str = ""
    times: int = 1


class Comparison:
    """The contestants' answers to one prompt, asked `times` times; `order` is that of the columns of a blind vote."""

    def __init__(
        self,
        prompt: str,
        contestants: Sequence[Contestant],
        system: str = "",
        times: int = 1,
        together: bool = False,
        kind: str = "compare",
    ) -> None:
        """`together`: all at the same time. `kind` of the saved answers; "": none is saved."""
        self.plan = Plan(prompt, tuple(contestants), system, times)
        self.labels = labels(self.contestants)
        self.order = list(range(len(self.contestants)))
        random.SystemRandom().shuffle(self.order)
        self.voted: int | None = None
        self.chosen: Any = None
        """What whoever asked for it wants to find again beside it."""
        questions = [
            Question(one.model, label, prompt_for(one.model, prompt, system), _settings(one.settings, number))
            for number in range(times)
            for one, label in zip(self.contestants, self.labels, strict=True)
        ]
        self.series = Series(questions, kind, together)

    @property
    def prompt(self) -> str:
        return self.plan.prompt

    @property
    def contestants(self) -> Sequence[Contestant]:
        return self.plan.contestants

    @property
    def times(self) -> int:
        return self.plan.times

    def texts(self, place: int) -> list[str]:
        """The answers of one contestant, as texts."""
        return [run.answer for run in self.runs(place)]

    def runs(self, place: int) -> list[Run]:
        """The answers of one contestant, as far as they were asked for."""
        return [run for run in self.series.runs[place :: len(self.contestants)] if run]

    def memory(self, place: int) -> int | None:
        return next((held for held in self.series.memory[place :: len(self.contestants)] if held), None)

    def cost(self, place: int) -> Cost:
        runs = [run for run in self.runs(place) if run.answered]
        model = self.contestants[place].model
        speeds = [run.timings.generation_speed for run in runs if run.timings.generation_speed]
        firsts = [run.timings.first_token_seconds for run in runs if run.timings.first_token_seconds is not None]
        return Cost(
            median([len(run.answer.split()) for run in runs] or [0]),
            median([run.timings.generated_tokens for run in runs] or [0]),
            median(speeds) if speeds else None,
            median(firsts) if firsts else None,
            model.header.size_bytes if isinstance(model, Model) else None,
            self.memory(place),
        )

    def spread(self, place: int) -> Spread:
        """How its answers vary; those cut short by an error are left out."""
        return spread([run.answer for run in self.runs(place) if run.answered])

    def unanswered(self, place: int) -> int:
        """How many of its questions failed."""
        return sum(1 for run in self.runs(place) if run.done and run.error)

    @property
    def standing(self) -> list[int]:
        """The contestants that can be voted for: all but those whose every question failed."""
        return [place for place in range(len(self.contestants)) if self.unanswered(place) < self.times]

    def vote(self, place: int | None) -> None:
        """Record which contestant was best (None: none was), while the names were hidden.

        One that gave no answer did not take part. Raises:
            UserError: so few gave an answer that there is nothing to choose.
        """
        standing = self.standing
        if len(standing) < 2 or place is not None and place not in standing:
            raise UserError("There is no choice: an answer was cut short by an error.", "Run all again.")
        self.voted = -1 if place is None else place
        best = "" if place is None else self.labels[place]
        others = [self.labels[number] for number in standing if number != place]
        with connected() as connection:
            connection.execute(
                "INSERT INTO votes(at, prompt, best, others) VALUES(?,?,?,?)",
                (time.time(), self.prompt, best, "\n".join(others)),
            )


def spread(texts: Sequence[str]) -> Spread:
    """How far texts agree.

    Example: ["a b", "a b", "a c"] -> answers (("a b", 2), ("a c", 1)), shared_words 1, likeness (1 + 1/2 + 1/2) / 3.
    """
    stripped = [text.strip() for text in texts]
    words = [text.split() for text in stripped]
    shared = 0
    while words and all(len(row) > shared and row[shared] == words[0][shared] for row in words):
        shared += 1
    pairs = [
        difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
        for place, one in enumerate(words)
        for other in words[place + 1 :]
    ]
    counted = sorted(Counter(stripped).items(), key=lambda item: -item[1])
    return Spread(tuple(counted), shared, sum(pairs) / len(pairs) if pairs else 1.0)


def labels(contestants: Sequence[Contestant]) -> list[str]:
    """A name for each that tells it from the others: its title, and the settings in which they differ."""
    titles = {one.title for one in contestants}
    temperatures = {one.settings.temperature for one in contestants}
    seeds = {one.settings.seed for one in contestants}
    found = []
    for one in contestants:
        parts = [one.title] if len(titles) > 1 else []
        parts += [f"temperature {one.settings.temperature:g}"] if len(temperatures) > 1 else []
        parts += [f"seed {one.settings.seed}"] if len(seeds) > 1 and one.settings.seed is not None else []
        found.append(", ".join(parts) or one.title)
    if len(set(found)) < len(found):
        found = [f"{label} ({number})" for number, label in enumerate(found, 1)]
    return found


def tally() -> list[tuple[str, int, int]]:
    """Blind votes so far: (label, votes won, votes it stood in), the most won first."""
    won: Counter[str] = Counter()
    stood: Counter[str] = Counter()
    with connected() as connection:
        for best, others in connection.execute("SELECT best, others FROM votes"):
            names = [name for name in [best, *others.split("\n")] if name]
            stood.update(names)
            won.update([best] if best else [])
    return sorted(((name, won[name], stood[name]) for name in stood), key=lambda row: (-row[1], row[0]))


def _settings(settings: Settings, number: int) -> Settings:
    """Each further question of one contestant has the next seed; the first keeps the one that was set."""
    if settings.seed is None:
        settings = settings.checked()
    return replace(settings, seed=((settings.seed or 0) + number) % (2**32 - 1))
