"""What a tokenizer knows: the bytes and the kind of every token, held in a few arrays rather than 100,000 objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

KINDS = ("", "normal", "unknown", "control", "user-defined", "unused", "byte")
"""Kinds of token by their number in GGUF files and in SentencePiece models (0 is never used)."""

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)


class Vocabulary:
    """The tokens by id. `blob` holds their bytes one after another, `offsets` (V + 1,) where each begins.

    `kinds` (V,) are numbers into `KINDS`.
    """

    def __init__(self, tokens: Iterable[bytes], kinds: Sequence[int] | np.ndarray | None = None) -> None:
        tokens = list(tokens)
        lengths = np.fromiter((len(token) for token in tokens), np.uint32, len(tokens))
        self.blob = b"".join(tokens)
        self.offsets = np.zeros(len(tokens) + 1, np.uint32)
        np.cumsum(lengths, out=self.offsets[1:])
        self.kinds = np.full(len(tokens), NORMAL, np.uint8) if kinds is None else np.asarray(kinds, np.uint8)
        if len(self.kinds) != len(tokens):
            raise ValueError("one kind for each token")

    @classmethod
    def of_arrays(cls, blob: bytes, offsets: np.ndarray, kinds: np.ndarray) -> Vocabulary:
        """The vocabulary of those arrays, which may have come from anywhere.

        Raises:
            ValueError: they do not fit each other.
        """
        made = cls([])
        fits = (
            isinstance(blob, bytes)
            and kinds.ndim == 1
            and offsets.shape == (len(kinds) + 1,)
            and offsets.dtype.kind in "iu"
            and kinds.dtype.kind in "iu"
            and offsets[0] == 0
            and offsets[-1] == len(blob)
            and bool((offsets[1:] >= offsets[:-1]).all())
            and bool(((kinds >= NORMAL) & (kinds <= BYTE)).all())
        )
        if not fits:
            raise ValueError("its tokens and their kinds do not fit each other")
        made.blob, made.offsets, made.kinds = blob, offsets.astype(np.uint32), kinds.astype(np.uint8)
        return made

    def __len__(self) -> int:
        return len(self.kinds)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Bytes of each token, (V,)."""
        return np.diff(self.offsets)

    def in_a_row(self, ids: np.ndarray) -> tuple[bytes, np.ndarray, np.ndarray]:
        """The bytes of those tokens (N,) one after another, and where each begins and ends in them."""
        lengths = self.lengths[ids].astype(np.int64)
        ends = np.cumsum(lengths)
        starts = ends - lengths
        places = np.arange(ends[-1] if len(ids) else 0) + np.repeat(self.offsets[ids] - starts, lengths)
        return np.frombuffer(self.blob, np.uint8)[places].tobytes(), starts, ends

    def bytes_of(self, token_id: int) -> bytes:
        """The bytes that token adds to a text (for a control token: those of its name)."""
        return self.blob[self.offsets[token_id] : self.offsets[token_id + 1]]

    def kind_of(self, token_id: int) -> str:
        return KINDS[self.kinds[token_id]]

    def named(self, *kinds: int) -> dict[str, int]:
        """The tokens of those kinds by name, longest name first: what has to be looked for in a text."""
        chosen = np.flatnonzero(np.isin(self.kinds, kinds))
        names = {self.bytes_of(int(i)).decode("utf-8", "replace"): int(i) for i in chosen}
        return dict(sorted((item for item in names.items() if item[0]), key=lambda item: -len(item[0])))
