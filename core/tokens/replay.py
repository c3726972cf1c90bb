"""A text on its way through a tokenizer, step by step: what `core.tokens.steps` finds and pages draw."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """The pieces after a step; `fresh` is the number of the piece it made; `why` says what decided."""

    pieces: tuple[bytes, ...]
    fresh: int
    why: str


@dataclass(frozen=True)
class Replay:
    """A text on its way through a tokenizer. `pieces`: what the rule cut first; `frames`: step by step from there."""

    typed: str
    normalised: str
    rule: str
    pieces: tuple[bytes, ...]
    frames: tuple[Frame, ...]
    ids: tuple[int, ...]
    with_special: tuple[int, ...]
    agrees: bool
