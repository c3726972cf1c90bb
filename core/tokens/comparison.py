"""Several tokenizers over one text: their counts, and where they cut differently."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.tokens.display import cut_characters
from core.tokens.encoded import Encoded


@dataclass(frozen=True)
class Counts:
    """What a tokenizer made of a text. Characters are Unicode code points of the text as typed."""

    tokens: int
    characters: int
    bytes: int
    words: int
    cut_characters: int
    unknown_bytes: int

    @property
    def characters_per_token(self) -> float:
        return self.characters / self.tokens if self.tokens else 0.0

    @property
    def bytes_per_token(self) -> float:
        return self.bytes / self.tokens if self.tokens else 0.0

    @property
    def tokens_per_word(self) -> float:
        """Fertility: tokens for each stretch between blanks. Says nothing where words are not set apart by blanks."""
        return self.tokens / self.words if self.words else 0.0


def count(encoded: Encoded) -> Counts:
    """Counts of one encoded text."""
    size, words = _measured(encoded.text)
    return Counts(len(encoded), len(encoded.text), size, words, cut_characters(encoded), encoded.lost_bytes)


@functools.lru_cache(maxsize=2)
def _measured(text: str) -> tuple[int, int]:
    """Bytes and words of a text, the same for all tokenizers."""
    return len(text.encode()), len(text.split())


def cuts(encoded: Encoded, inked: np.ndarray) -> np.ndarray:
    """Whether a token begins at each byte of the typed text and at its end, (bytes + 1,); blanks are left aside.

    `inked`: the bytes that are not blank, sorted, and the text's length. Some tokenizers give the blank before a word
    to the word and some drop it, so a token counts from its first character that is not blank; tokens of blanks alone
    do not count.
    """
    places = inked[np.searchsorted(inked, encoded.typed_starts, "left")]
    begins = np.zeros(int(inked[-1]) + 1, bool)
    begins[places[places < encoded.typed_ends]] = True
    return begins


def differing(encodings: Sequence[Encoded]) -> list[tuple[int, int]]:
    """Stretches (start, end) of the typed text, in bytes, that the tokenizers do not all cut alike.

    A stretch lies between two places where all of them begin a token; it differs if one of them cuts inside it.
    """
    if len(encodings) < 2 or not encodings[0].text:
        return []
    inked = _inked(encodings[0].text)
    every = [cuts(encoded, inked) for encoded in encodings]
    agreed, some = np.logical_and.reduce(every), np.logical_or.reduce(every)
    agreed[inked[[0, -1]]] = True  # the text's own beginning and end are places for all
    edges = np.flatnonzero(agreed)
    busy = np.flatnonzero(np.add.reduceat(some, edges[:-1], dtype=np.int64) > 1) if len(edges) > 1 else edges[:0]
    last_inked = inked[np.searchsorted(inked, edges[busy + 1], "left") - 1] + 1
    return [(int(start), int(end)) for start, end in zip(edges[busy], last_inked, strict=True)]


def _inked(text: str) -> np.ndarray:
    """The bytes of `text` that belong to characters which are not blank, sorted, and its length in bytes."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    blank = np.isin(codes, [ord(character) for character in set(text) if character.isspace()])
    widths = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
    return np.append(np.flatnonzero(~np.repeat(blank, widths)), widths.sum())
