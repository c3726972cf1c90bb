"""A text and its tokens: as objects one by one, and as arrays for a text of any length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from core.tokens.vocabulary import UNKNOWN, Vocabulary


class Token(NamedTuple):
    """One token. `start` and `end` are byte offsets into the normalised text; `bytes` come from the vocabulary.

    A token that the tokenizer adds of its own (a beginning or an end) has start == end. `kind` is one of "normal",
    "byte", "control", "user-defined", "unknown", "unused".
    """

    id: int
    bytes: bytes
    start: int
    end: int
    kind: str


class Plain(NamedTuple):
    """What an engine made of a stretch of text without special tokens; all arrays (N,), offsets in bytes."""

    normalised: bytes
    ids: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    typed_starts: np.ndarray
    typed_ends: np.ndarray
    typed_length: int


@dataclass(frozen=True, eq=False)
class Encoded:
    """A text and its tokens as arrays (N,). `starts`, `ends`: bytes of `normalised`; `typed_*`: bytes of `text`."""

    text: str
    normalised: bytes
    ids: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    typed_starts: np.ndarray
    typed_ends: np.ndarray
    vocabulary: Vocabulary = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def tokens(self) -> list[Token]:
        return list(self.between(0, len(self)))

    def between(self, first: int, last: int) -> Iterator[Token]:
        """The tokens with numbers first <= i < last."""
        known = self.vocabulary
        for i in range(first, last):
            token = int(self.ids[i])
            yield Token(token, known.bytes_of(token), int(self.starts[i]), int(self.ends[i]), known.kind_of(token))

    @property
    def lost_bytes(self) -> int:
        """Bytes of the normalised text that stand only as “unknown”, or in no token at all, blanks left aside."""
        unknown = self.vocabulary.kinds[self.ids] == UNKNOWN
        lost = int((self.ends - self.starts)[unknown].sum())
        size = len(self.normalised)
        steps = np.zeros(size + 1, np.int32)
        np.add.at(steps, self.starts, 1)
        np.add.at(steps, self.ends, -1)
        bare = np.flatnonzero(np.cumsum(steps)[:size] == 0)
        if len(bare):
            left = np.frombuffer(self.normalised, np.uint8)[bare].tobytes()
            lost += len("".join(left.decode("utf-8", "surrogateescape").split()).encode("utf-8", "surrogateescape"))
        return lost


def marker(token: int) -> Plain:
    """A token that stands for no text."""
    none = np.zeros(1, np.int64)
    return Plain(b"", np.array([token]), none, none, none, none, 0)


def named(name: str, token: int) -> Plain:
    """A special token that stood in the text by its name."""
    spelled = name.encode()
    start, end = np.zeros(1, np.int64), np.array([len(spelled)])
    return Plain(spelled, np.array([token]), start, end, start, end, len(spelled))


def joined(text: str, parts: list[Plain], vocabulary: Vocabulary) -> Encoded:
    """Stretches put together again: offsets of each are moved behind what came before."""
    columns: tuple[list[np.ndarray], ...] = ([], [], [], [], [])
    moved, typed = 0, 0
    for part in parts:
        for column, values in zip(
            columns,
            (part.ids, part.starts + moved, part.ends + moved, part.typed_starts + typed, part.typed_ends + typed),
            strict=True,
        ):
            column.append(values)
        moved += len(part.normalised)
        typed += part.typed_length
    ids, starts, ends, typed_starts, typed_ends = (
        np.concatenate(column).astype(np.int32) if column else np.zeros(0, np.int32) for column in columns
    )
    normalised = b"".join(part.normalised for part in parts)
    return Encoded(text, normalised, ids, starts, ends, typed_starts, typed_ends, vocabulary)


def spans_of(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where pieces of those lengths begin and end when they lie one after another."""
    ends = np.cumsum(lengths, dtype=np.int64)
    return ends - lengths, ends
