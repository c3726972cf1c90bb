"""What a person sets for one answer, what comes back token by token, and how long each part took."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.errors import UserError


@dataclass(frozen=True)
class Settings:
    """How the next token is drawn, and when to end.

    The order is llama.cpp's: repeat penalty, grammar, top-k, top-p, min-p, temperature, draw. Temperature 0 takes the
    likeliest token each time. `seed` None draws one, which `Timings` records. `alternatives` is how many of the
    likeliest tokens each `Step` lists.
    """

    temperature: float = 0.8
    top_p: float = 0.95
    top_k: int = 40
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    repeat_window: int = 64
    seed: int | None = None
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    grammar: str | None = None
    json_schema: dict[str, Any] | None = None
    alternatives: int = 0

    def checked(self) -> Settings:
        """The same settings with a seed drawn if there was none.

        Raises:
            UserError: a value is out of range.
        """
        limits = {
            "temperature": (0, 10),
            "top_p": (0, 1),
            "min_p": (0, 1),
            "top_k": (0, 1_000_000),
            "repeat_penalty": (0.01, 10),
            "repeat_window": (0, 100_000),
            "max_tokens": (1, 1_000_000),
            "alternatives": (0, 100),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if (
                isinstance(value, bool)
                or not isinstance(value, (int, float))
                or not math.isfinite(value)
                or not least <= value <= most
            ):
                raise UserError(f"{name.replace('_', ' ')} is {value!r}.", f"It can be {least:,} to {most:,}.")
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)
        if len(stop) > 16 or any(not isinstance(text, str) or not text or len(text) > 200 for text in stop):
            raise UserError("There can be up to 16 stop sequences of 1 to 200 characters.", "Shorten the list.")
        if self.grammar and self.json_schema is not None:
            raise UserError("A grammar and a JSON schema were both given.", "Use one of them.")
        seed = random.SystemRandom().randrange(2**32 - 1) if self.seed is None else int(self.seed)
        if not 0 <= seed < 2**32 - 1:
            raise UserError(f"The seed is {seed}.", "It can be 0 to 4,294,967,294.")
        return replace(self, stop=stop, seed=seed, top_k=int(self.top_k), max_tokens=int(self.max_tokens))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_code(self) -> str:
        """The Python expression that makes these settings, without what has its default value.

        Example: Settings(temperature=0, max_tokens=20).as_code() == "Settings(temperature=0, max_tokens=20)".
        """
        shown = (
            f"{field.name}={value!r}" for field in fields(self) if (value := getattr(self, field.name)) != field.default
        )
        return f"Settings({', '.join(shown)})"


@dataclass(frozen=True)
class Alternative:
    """A token that could have come: its probability before sampling, and after it (0 if sampling left it out)."""

    token_id: int
    text: str
    probability: float
    after_sampling: float = 0.0


THINKING, TOOL_CALL = "thinking", "tool call"
BROKEN_OFF = "broken off"  # `ended_by` of an answer that an error cut short: there is no answer


@dataclass(frozen=True)
class Step:
    """One token of the answer. The texts of all steps of no `kind`, joined, are the answer.

    `text` is what this token made readable: "" while a character still lacks bytes. `probability` is the model's own,
    before sampling (0..1); `after_sampling` the one it was drawn with; `entropy` of the model's own distribution in
    bits; `rank` 1 for the likeliest. `refused` is the token that was drawn first, where a grammar did not allow it.
    `kind` is THINKING or TOOL_CALL for what a server sends beside the answer.
    """

    text: str
    token_id: int
    probability: float
    alternatives: tuple[Alternative, ...] = ()
    after_sampling: float = 0.0
    entropy: float = 0.0
    rank: int = 0
    refused: str = ""
    kind: str = ""

    def as_list(self) -> list[Any]:
        """The step as JSON can say it: from the model's process, in the history, in the recorded run.

        The values in the order of `_WRITTEN`, NaN as None, without the default values at the end: an answer without
        alternatives takes a third of the bytes.

        Example: Step("a", 7, 0.5).as_list() == ["a", 7, 0.5].
        """
        others = [[each.token_id, each.text, each.probability, each.after_sampling] for each in self.alternatives]
        numbers = [
            None if math.isnan(value) else value for value in (self.probability, self.after_sampling, self.entropy)
        ]
        values = [self.text, self.token_id, *numbers, self.rank, others, self.refused, self.kind]
        while values[-1] in (0, [], "") and len(values) > 3:
            values.pop()
        return values

    @classmethod
    def from_list(cls, values: Sequence[Any]) -> Step:
        """The step that `as_list` wrote.

        Raises:
            TypeError, ValueError: too few values, too many, or alternatives that are none.
        """
        if not 3 <= len(values) <= len(_WRITTEN):
            raise ValueError("no token")
        step = dict(zip(_WRITTEN, values, strict=False))
        for name in ("probability", "after_sampling", "entropy"):
            if name in step and step[name] is None:
                step[name] = math.nan if name == "probability" else 0.0
        return cls(**{**step, "alternatives": tuple(Alternative(*each) for each in step.get("alternatives", ()))})


_WRITTEN = ("text", "token_id", "probability", "after_sampling", "entropy", "rank", "alternatives", "refused", "kind")


@dataclass(frozen=True)
class Timings:
    """Where the time of one answer went. Seconds of wall-clock time; tokens are counted by the model's tokenizer.

    `queue_seconds`: waiting for answers asked for earlier. `load_seconds`: loading the model, if this answer had to.
    `first_token_seconds`: from the start of work (after queue and load) to the first token that can be read.
    `cached_tokens` of the prompt were still in the context; `evaluated_tokens` were computed.
    """

    load_seconds: float = 0.0
    queue_seconds: float = 0.0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    evaluated_tokens: int = 0
    prompt_seconds: float = 0.0
    first_token_seconds: float | None = None
    generated_tokens: int = 0
    generation_seconds: float = 0.0
    context_tokens: int = 0
    context_size: int = 0
    seed: int = 0
    ended_by: str = ""

    @property
    def prompt_speed(self) -> float | None:
        """Prompt tokens per second; None where fewer than 8 were computed, which says nothing about speed."""
        measurable = self.evaluated_tokens >= 8 and self.prompt_seconds > 0
        return self.evaluated_tokens / self.prompt_seconds if measurable else None

    @property
    def generation_speed(self) -> float | None:
        """Tokens per second after the first one."""
        counted = self.generated_tokens - 1
        return counted / self.generation_seconds if counted > 0 and self.generation_seconds > 0 else None
