"""A conversation as the model is fed it: whose tokens are whose, what the template adds, what falls out of the window.

The rendered text comes from a chat template (`core.prompting.templates` runs it, `core.tokens.located` finds the
messages in it); here it is cut into tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.tokens.encoded import Encoded, Plain, joined, marker
from core.tokens.engines.word_pieces import byte_positions
from core.tokens.located import Located
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
    dropped: tuple[str, ...] = ()
    """What of the message the template leaves out: the model never sees it."""

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
    sure: bool = True
    """Whether the messages' places were shown by marks; else they are where the prompt changes with a message."""

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
    tokenizer: Tokenizer,
    rendered: str | Located,
    messages: Sequence[dict[str, Any]],
    window: int,
    room_for_answer: int = 256,
) -> Conversation:
    """Tokens of a rendered conversation, by message.

    `rendered`: where the messages stand (`core.tokens.located.locate`), or the prompt alone, in which their texts are
    looked for. A model that wants a beginning token gets it where the template does not write it, as a chat program
    does. `window`: tokens that the model can see. When they do not suffice, what a chat program does is what happens
    here: system messages stay, of the others the oldest fall out first, until `room_for_answer` is left.
    """
    tokenizer.check_vocabulary()
    if isinstance(rendered, str):
        spans = locate(rendered, [str(message["content"]) for message in messages])
        rendered = Located(rendered, tuple((span,) for span in spans), tuple(() for _ in spans))
    text = rendered.rendered
    doubled = bool(tokenizer.begin_name) and bool(tokenizer.begin) and text.startswith(tokenizer.begin_name)
    encoded = tokenizer.analyse(text, parse_special=True)
    if tokenizer.begin and not doubled:
        begins = [marker(token) for token in tokenizer.begin]
        encoded = joined(text, [*begins, _as_plain(encoded)], encoded.vocabulary)
    owners, blocks = _owners(encoded, rendered, len(messages))
    own = [int((owners == number).sum()) for number in range(len(messages))]
    around = [int(((blocks == number) & (owners < 0)).sum()) for number in range(len(messages))]
    tail = int((blocks == len(messages)).sum())
    kept = _kept(
        [message["role"] for message in messages],
        [a + b for a, b in zip(own, around, strict=True)],
        window - room_for_answer - tail,
    )
    turns = tuple(
        Turn(
            message["role"],
            own[i],
            around[i],
            kept[i],
            tuple(hidden_names(tokenizer, str(message["content"]))),
            rendered.dropped[i],
        )
        for i, message in enumerate(messages)
    )
    return Conversation(text, encoded, owners, turns, doubled, tail, rendered.sure)


def _as_plain(encoded: Encoded) -> Plain:
    size = len(encoded.text.encode())
    return Plain(
        encoded.normalised,
        encoded.ids,
        encoded.starts,
        encoded.ends,
        encoded.typed_starts,
        encoded.typed_ends,
        size,
    )


def _owners(encoded: Encoded, found: Located, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each token (N,): the message whose text its middle lies in, -1 for the template's own; and the message that it
    is counted with: a template's token goes with the next message, those behind the last with none (`count`)."""
    at = byte_positions(found.rendered)
    owners, blocks = np.full(len(encoded), -1), np.full(len(encoded), count)
    middle = (encoded.typed_starts + np.maximum(encoded.typed_ends, encoded.typed_starts + 1)) / 2
    stretches = sorted((start, end, number) for number, spans in enumerate(found.spans) for start, end in spans)
    for start, end, number in reversed(stretches):
        owners[(middle > at[start]) & (middle < at[end])] = number
        blocks[middle < at[end]] = number
    return owners, blocks


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
