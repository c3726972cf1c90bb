"""Several tokenizers over one text: their counts, and where they cut differently."""

from __future__ import annotations

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
    return Counts(len(encoded), len(encoded.text), len(encoded.text.encode()), len(encoded.text.split()),
                  cut_characters(encoded), encoded.lost_bytes)


def cuts(encoded: Encoded) -> np.ndarray:
    """Places in the typed text (bytes) where a token begins, sorted, blanks left aside.

    Some tokenizers give the blank before a word to the word and some drop it, so a token counts from its first
    character that is not blank; tokens of blanks alone do not count.
    """
    inked = _inked(encoded.text)
    next_inked = np.searchsorted(inked, encoded.typed_starts, "left")
    places = np.append(inked, len(encoded.text.encode()))[next_inked]
    return np.unique(places[places < encoded.typed_ends])


def differing(encodings: Sequence[Encoded]) -> list[tuple[int, int]]:
    """Stretches (start, end) of the typed text, in bytes, that the tokenizers do not all cut alike.

    A stretch lies between two places where all of them begin a token; it differs if one of them cuts inside it.
    """
    if len(encodings) < 2 or not encodings[0].text:
        return []
    every = [cuts(encoded) for encoded in encodings]
    agreed, some = every[0], every[0]
    for other in every[1:]:
        agreed, some = np.intersect1d(agreed, other), np.union1d(some, other)
    inked = _inked(encodings[0].text)
    edges = np.concatenate([agreed, [len(encodings[0].text.encode())]])
    if len(inked) and (not len(agreed) or agreed[0] > inked[0]):
        edges = np.concatenate([inked[:1], edges])
    busy = np.flatnonzero(np.diff(np.searchsorted(some, edges, "left")) > 1)
    last_inked = inked[np.searchsorted(inked, edges[busy + 1], "left") - 1] + 1
    return [(int(start), int(end)) for start, end in zip(edges[busy], last_inked, strict=True)]


def _inked(text: str) -> np.ndarray:
    """The bytes of `text` that belong to characters which are not blank, sorted."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    blank = np.isin(codes, [ord(character) for character in set(text) if character.isspace()])
    widths = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
    return np.flatnonzero(~np.repeat(blank, widths))
