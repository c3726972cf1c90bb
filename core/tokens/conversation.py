"""A conversation as the model is fed it: whose tokens are whose, what the template adds, what falls out of the window.

The rendered text comes from a chat template (`core.prompting.templates` runs it); here it is cut into tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.tokens.encoded import Encoded
from core.tokens.engines.word_pieces import byte_positions
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import CONTROL


@dataclass(frozen=True)
class Turn:
    """One message: its own tokens, and those that the template puts around it."""

    role: str
    own: int
    template: int
    kept: bool
    hidden: tuple[str, ...]
    """Names of control tokens that stand in the message's own text: read as control, they would be an injection."""

    @property
    def tokens(self) -> int:
        return self.own + self.template


@dataclass(frozen=True)
class Conversation:
    """A rendered conversation. `owners` (N,) is the message of each token, -1 for the template's own."""

    rendered: str
    encoded: Encoded
    owners: np.ndarray
    turns: tuple[Turn, ...]
    double_begin: bool
    tail: int

    @property
    def total(self) -> int:
        return len(self.encoded)

    @property
    def overhead(self) -> float:
        """Of all tokens, the share that the template adds, 0..1."""
        return float((self.owners < 0).mean()) if len(self.owners) else 0.0


def locate(rendered: str, contents: Sequence[str]) -> list[tuple[int, int]]:
    """Where each message's text stands in the rendered text (characters), one after another; (p, p) if not found."""
    found, at = [], 0
    for content in contents:
        wanted = content.strip()
        start = rendered.find(wanted, at) if wanted else -1
        found.append((start, start + len(wanted)) if start >= 0 else (at, at))
        at = max(at, found[-1][1])
    return found


def look(
    tokenizer: Tokenizer, rendered: str, messages: Sequence[dict[str, str]], window: int, room_for_answer: int = 256
) -> Conversation:
    """Tokens of a rendered conversation, by message.

    `window`: tokens that the model can see. When they do not suffice, what a chat program does is what happens here:
    system messages stay, of the others the oldest fall out first, until `room_for_answer` is left.
    """
    tokenizer.check_vocabulary()
    encoded = tokenizer.analyse(rendered, parse_special=True)
    spans = locate(rendered, [message["content"] for message in messages])
    at = byte_positions(rendered)
    owners = np.full(len(encoded), -1)
    blocks = np.full(len(encoded), len(messages))
    middle = (encoded.typed_starts + np.maximum(encoded.typed_ends, encoded.typed_starts + 1)) / 2
    for number in range(len(messages) - 1, -1, -1):
        start, end = int(at[spans[number][0]]), int(at[spans[number][1]])
        owners[(middle > start) & (middle < end)] = number
        blocks[middle < end] = number  # the template's tokens before a message belong to it
    own = [int((owners == number).sum()) for number in range(len(messages))]
    around = [int(((blocks == number) & (owners < 0)).sum()) for number in range(len(messages))]
    tail = int((blocks == len(messages)).sum())
    kept = _kept(
        [message["role"] for message in messages],
        [a + b for a, b in zip(own, around, strict=True)],
        window - room_for_answer - tail,
    )
    turns = tuple(
        Turn(message["role"], own[i], around[i], kept[i], tuple(hidden_names(tokenizer, message["content"])))
        for i, message in enumerate(messages)
    )
    begin = [tokenizer.vocabulary.bytes_of(token).decode("utf-8", "replace") for token in tokenizer.begin]
    doubled = bool(begin) and rendered.startswith(begin[0])
    return Conversation(rendered, encoded, owners, turns, doubled, tail)


def _kept(roles: Sequence[str], sizes: Sequence[int], room: int) -> list[bool]:
    """Which messages still fit: system first, then from the newest back, without gaps.

    Worked: sizes 5 (system), 10, 10, 10 and room 26 keep the system and the last two.
    """
    kept = [role == "system" for role in roles]
    left = room - sum(size for size, stays in zip(sizes, kept, strict=True) if stays)
    for number in range(len(roles) - 1, -1, -1):
        if kept[number]:
            continue
        if sizes[number] > left:
            break
        kept[number] = True
        left -= sizes[number]
    return kept


def hidden_names(tokenizer: Tokenizer, text: str) -> list[str]:
    """Names of control tokens in a text that a person typed, each once."""
    kinds = tokenizer.vocabulary.kinds
    return list(
        dict.fromkeys(
            part for part, special in tokenizer.parts(text, True) if special is not None and kinds[special] == CONTROL
        )
    )
