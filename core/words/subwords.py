"""Vectors of unknown words from their pieces, as fastText makes them (Bojanowski et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass

from core.words.dtypes import Float32

LONGEST_WORD = 200
"""Characters of a word that are cut into pieces: more is no word."""


def pieces_of(word: str, shortest: int, longest: int, buckets: int) -> list[int]:
    """The buckets of a word's pieces of `shortest` to `longest` characters, < and > around the word included.

    Source: fastText's dictionary.cc, computed by gensim.
    """
    from gensim.models.fasttext import ft_ngram_hashes

    found: list[int] = ft_ngram_hashes(word[:LONGEST_WORD], shortest, longest, buckets)
    return found


@dataclass(frozen=True, eq=False)
class Subwords:
    """The vectors of pieces of words: `table` (B, D) float32 has a row for each bucket that a piece of `shortest` to
    `longest` characters falls into."""

    table: Float32
    shortest: int
    longest: int

    def vector(self, word: str) -> Float32 | None:
        """The mean of the rows of a word's pieces (D,), float32; None for a word without any."""
        rows = pieces_of(word, self.shortest, self.longest, len(self.table)) if word and len(self.table) else []
        if not rows:
            return None
        mean: Float32 = self.table[rows].mean(axis=0)
        return mean if bool(mean.any()) else None
