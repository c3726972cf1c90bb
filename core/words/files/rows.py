"""What a file of vectors holds, collected row by row: rows that cannot be used are left out, counted and named.

Every reader adds its rows to a `Collector`, so that all formats have the same rules: a row without a word, with a value
that is no finite number, or of the wrong length costs itself; of a word that occurs twice the first one stays; and a
file that is mostly wrong is refused with its first fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from core.errors import UnreadableFile
from core.words.subwords import Subwords

BLOCK = 8 << 20
"""Bytes read at a time: enough for the parser to run at full speed, and few enough for a progress bar that moves."""

MOST_DIMENSIONS = 20_000
"""Values in a row: published sets have up to 4,096; parsers take time and memory for each column."""

NAMED = 3
"""This many of the rows that were skipped are named in a note."""


class Rows(Protocol):
    """Where a matrix grows: `add` rows (n, D), then `finish` gives all of them."""

    def add(self, rows: np.ndarray) -> None: ...

    def finish(self) -> np.ndarray: ...


MakeRows = Callable[[int, int], Rows]
"""(number of rows that are announced, 0 if none; dimension) -> where the matrix goes."""

OnProgress = Callable[[float, str], None]
"""(fraction 0..1, what is being done)"""


class Stream(Protocol):
    """Bytes, block by block."""

    def read(self, size: int = -1, /) -> bytes: ...


class RowsInMemory:
    """Rows in memory until the file ends."""

    def __init__(self, count: int, dimension: int) -> None:
        self._dimension, self._parts = dimension, list[np.ndarray]()

    def add(self, rows: np.ndarray) -> None:
        self._parts.append(rows)

    def finish(self) -> np.ndarray:
        return np.concatenate(self._parts) if self._parts else np.empty((0, self._dimension), np.float32)


@dataclass(frozen=True)
class Content:
    """What a file of vectors holds: words, matrix (V, D) float32, and notes on what was left out or changed."""

    words: list[str]
    matrix: np.ndarray
    notes: tuple[str, ...] = ()
    subwords: Subwords | None = None


@dataclass
class Collector:
    """The rows of a file as they are read. `unit` is what a position counts: "line", "row" or "entry".

    `most`: rows after so many words are not used. `notes`: what else the reader has to say.
    """

    name: str
    dimension: int
    make_rows: MakeRows | None = None
    announced: int = 0
    most: int | None = None
    unit: str = "row"
    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rows: Rows = (self.make_rows or RowsInMemory)(self.announced, self.dimension)
        self._seen: set[str] = set()
        self._skipped: list[tuple[int, str, str]] = []
        self._skipped_count = 0
        self._twice = self._zeros = 0
        self._twice_named: list[str] = []
        self._first_row: np.ndarray | None = None
        self._equal = True

    @property
    def full(self) -> bool:
        """Whether there are as many words as were asked for."""
        return self.most is not None and len(self.words) >= self.most

    def skip(self, position: int, reason: str, word: str = "") -> None:
        """Leave out the row at `position` (from 1); `reason` completes the sentence "line 7 ..."."""
        self._skipped_count += 1
        if len(self._skipped) < NAMED:
            self._skipped.append((position, reason, word[:40]))

    def add(self, words: Sequence[str], rows: np.ndarray, first: int | Sequence[int]) -> None:
        """Add rows (n, D) of these words; `first` is the position of the first, or the positions of all."""
        if self.full or not words:
            return
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = np.ascontiguousarray(rows, dtype=np.float32)
        fine: np.ndarray = np.asarray(np.isfinite(matrix).all(axis=1))
        new = set(words)
        if len(new) < len(words) or "" in new or not fine.all() or not self._seen.isdisjoint(new):
            matrix, words = self._usable(words, matrix, fine, first)
        else:
            self._seen |= new
        if self.most is not None and len(self.words) + len(words) > self.most:
            words = words[: self.most - len(self.words)]
            matrix = matrix[: len(words)]
        if not len(words):
            return
        if self._first_row is None:
            self._first_row = matrix[0].copy()
        self._equal = self._equal and bool((matrix == self._first_row).all())
        self._zeros += int(np.count_nonzero(~matrix.any(axis=1)))
        self.words.extend(words)
        self._rows.add(matrix)

    def _usable(
        self, words: Sequence[str], matrix: np.ndarray, fine: np.ndarray, first: int | Sequence[int]
    ) -> tuple[np.ndarray, list[str]]:
        """The rows with a word that is new and numbers that are finite; the others are counted."""
        kept = []
        for i, word in enumerate(words):
            position = first + i if isinstance(first, int) else first[i]
            if not word:
                self.skip(position, "has no word")
            elif not fine[i]:
                self.skip(position, "has a value that is not a finite number", word)
            elif word in self._seen:
                self._twice += 1
                if len(self._twice_named) < NAMED and word not in self._twice_named:
                    self._twice_named.append(word)
            else:
                self._seen.add(word)
                kept.append(i)
        return matrix[kept], [words[i] for i in kept]

    def finish(self) -> Content:
        """Everything that was read, with its notes.

        Raises:
            UnreadableFile: nothing was read, or at least as many rows are wrong as right.
        """
        matrix = self._rows.finish()
        if self._skipped_count and self._skipped_count >= len(self.words):
            position, reason, word = self._skipped[0]
            shown = f" (“{word}”)" if word else ""
            others = f" So have {self._skipped_count - 1:,} more." if self._skipped_count > 1 else ""
            raise UnreadableFile(
                f"{self.unit.capitalize()} {position:,} of “{self.name}”{shown} {reason}.{others}",
                f"Each {self.unit} must be a word and its {self.dimension:,} numbers: fix the file or save it again.",
            )
        if not self.words:
            raise no_rows(self.name)
        return Content(self.words, matrix, tuple([*self.notes, *self._found()]))

    def _found(self) -> list[str]:
        """Notes on what was skipped, and on what looks wrong in what was read."""
        notes = []
        if self._skipped_count:
            named = [
                f"{self.unit} {position:,}{f' (“{word}”)' if word else ''} {reason}"
                for position, reason, word in sorted(self._skipped)
            ]
            more = f" and {self._skipped_count - len(named):,} more" if self._skipped_count > len(named) else ""
            were = f"{self.unit} was" if self._skipped_count == 1 else f"{_plural(self.unit)} were"
            notes.append(f"{self._skipped_count:,} {were} skipped: {'; '.join(named)}{more}")
        if self.full:
            notes.append(f"only the first {len(self.words):,} words were read")
        if self._twice:
            occur = "word occurs" if self._twice == 1 else "words occur"
            notes.append(f"{self._twice:,} {occur} twice; the first one counts ({', '.join(self._twice_named)[:120]})")
        if self._zeros:
            are, whose = ("vector is", "its") if self._zeros == 1 else ("vectors are", "their")
            notes.append(f"{self._zeros:,} {are} all zeros; {whose} cosine with every word is 0")
        if self._equal and len(self.words) > 1 and self._zeros < len(self.words):
            notes.append("all vectors are equal, so no word is nearer than another: check the file")
        if self.dimension == 1:
            notes.append("there is only one number per word, so every cosine is 1, 0 or -1: check the file")
        return notes + _implausible(self.words)


def _implausible(words: Sequence[str]) -> list[str]:
    """A note where most words are numbers: then words and values were probably mixed up, or there are none."""
    sample = words[:: max(1, len(words) // 2000)]
    counted = Counter(_is_written_number(word) for word in sample)
    if len(sample) > 1 and counted[True] * 2 > len(sample):
        return [f"{100 * counted[True] / len(sample):.0f} % of the words are numbers: check that the file has words"]
    return []


def _is_written_number(word: str) -> bool:
    try:
        float(word.replace(",", "."))
    except ValueError:
        return False
    return word[-1:].isdigit()


def _plural(unit: str) -> str:
    return "entries" if unit == "entry" else f"{unit}s"


def no_rows(name: str) -> UnreadableFile:
    """The error for a file without a single vector."""
    return UnreadableFile(f"“{name}” has no rows of vectors.", "Each line must be a word and its numbers.")


def clean(word: str) -> str:
    """A word that can be written as UTF-8: halves of surrogate pairs are replaced."""
    return word if word.isascii() else word.encode("utf-8", "replace").decode("utf-8")
