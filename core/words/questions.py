"""Thousands of analogies at once: accuracy by section, and which word is nearest to each sum.

Questions share their words: the 19,544 of Mikolov et al. 2013 are made of 905. So the cosines of these few words with
the vocabulary are computed once, in blocks, and each question only adds rows of that table, whatever the dimension.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.errors import UnreadableFile, UserError
from core.words.analogy_methods import EPSILON, METHODS
from core.words.dtypes import Float32
from core.words.vectors import WordVectors

LANDINGS = ("the expected word", "a", "b", "c", "another word")

BLOCK = 4096
"""Words of the vocabulary at a time: the table of one block stays in the processor's cache."""


@dataclass(frozen=True)
class Question:
    """a is to b as c is to `expected`."""

    section: str
    a: str
    b: str
    c: str
    expected: str


@dataclass(frozen=True)
class Section:
    """Counts of one section. `landed` counts the nearest word of all, query words included, by `LANDINGS`."""

    name: str
    correct: int
    answered: int
    asked: int
    landed: tuple[int, ...] = ()

    @property
    def share(self) -> float:
        """Accuracy on the questions whose words are in the vocabulary, 0..1; NaN if there are none."""
        return self.correct / self.answered if self.answered else float("nan")


@dataclass(frozen=True)
class Accuracy:
    """Counts by section, how they were made, and the seconds it took. Iterating gives the sections.

    `right` has, for each question (Q,), 1 where the answer is right, 0 where it is wrong, -1 where a word is missing.
    """

    sections: tuple[Section, ...]
    method: str
    exclude_inputs: bool
    vocabulary: int
    seconds: float
    right: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int8), compare=False)

    def __iter__(self) -> Iterator[Section]:
        return iter(self.sections)

    def __len__(self) -> int:
        return len(self.sections)

    @property
    def total(self) -> Section:
        """All sections together."""
        landed = tuple(int(n) for n in np.sum([section.landed for section in self.sections], axis=0))
        return Section(
            "all",
            sum(section.correct for section in self.sections),
            sum(section.answered for section in self.sections),
            sum(section.asked for section in self.sections),
            landed,
        )


def read_questions(path: Path) -> list[Question]:
    """The questions of a file: lines `: section` and `a b c d`.

    Raises:
        UnreadableFile: the file is missing, or a line does not have four words.
    """
    questions: list[Question] = []
    section = "all"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"“{path.name}” cannot be read as text ({problem}).", "Choose another file.") from problem
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or line.startswith("//"):
            continue
        if words[0].startswith(":"):
            section = line.lstrip(": ").strip()
        elif len(words) == 4:
            questions.append(Question(section, *words))
        else:
            raise UnreadableFile(
                f"Line {number:,} of “{path.name}” has {len(words)} words.",
                "Each line is four words (a b c d) or “: section”.",
            )
    return questions


def google_analogies() -> Path:
    """The 19,544 questions of Mikolov, Chen, Corrado and Dean 2013, in gensim's package.

    Raises:
        UnreadableFile: the package is not installed.
    """
    return package_data("questions-words.txt")


def package_data(name: str) -> Path:
    """A published word list in gensim's package, found without importing it."""
    import importlib.util

    spec = importlib.util.find_spec("gensim")
    positions = spec.submodule_search_locations if spec else None
    path = Path(next(iter(positions))) / "test" / "test_data" / name if positions else Path(name)
    if not path.is_file():
        raise UnreadableFile(f"The list {name} is not on this computer.", "Install the requirements again.")
    return path


def evaluate(
    vectors: WordVectors,
    questions: list[Question],
    method: str,
    exclude_inputs: bool,
    first: int | None = 300_000,
    on_progress: Callable[[float, str], None] | None = None,
) -> Accuracy:
    """Answer every question whose four words are among the first words of the vocabulary.

    A word that is missing as written is searched in lower case.

    Raises:
        UserError: there is no such method.
    """
    if method not in METHODS:
        raise UserError(f"There is no method “{method[:40]}”.", f"Choose one of {', '.join(METHODS)}.")
    started = time.perf_counter()
    size = min(len(vectors), first or len(vectors))
    rows = np.array(
        [[_row(vectors, word, size) for word in (q.a, q.b, q.c, q.expected)] for q in questions], np.int64
    ).reshape(-1, 4)
    known = np.flatnonzero((rows >= 0).all(axis=1))
    landed, answers = _answers(vectors, rows[known], method, exclude_inputs, size, on_progress)
    kinds = np.full(len(known), 4)
    for kind, column in ((3, 2), (2, 1), (1, 0), (0, 3)):
        kinds[landed == rows[known, column]] = kind
    correct = answers == rows[known, 3]
    names = np.array([questions[i].section for i in known])
    asked: dict[str, int] = {}
    for question in questions:
        asked[question.section] = asked.get(question.section, 0) + 1
    sections = []
    for name, number in asked.items():
        mine = names == name if len(known) else np.zeros(0, bool)
        sections.append(
            Section(
                name,
                int(correct[mine].sum()),
                int(mine.sum()),
                number,
                tuple(int((kinds[mine] == kind).sum()) for kind in range(5)),
            )
        )
    right = np.full(len(questions), -1, np.int8)
    right[known] = correct
    return Accuracy(tuple(sections), method, exclude_inputs, size, time.perf_counter() - started, right)


def _row(vectors: WordVectors, word: str, size: int) -> int:
    for form in (word, word.lower()):
        row = vectors.index.get(form, -1)
        if 0 <= row < size:
            return row
    return -1


def _answers(
    vectors: WordVectors,
    rows: np.ndarray,
    method: str,
    exclude_inputs: bool,
    size: int,
    on_progress: Callable[[float, str], None] | None,
) -> tuple[np.ndarray, np.ndarray]:
    """(nearest word of all, answer) of each question: rows of the vocabulary, two arrays (Q,)."""
    words, positions = np.unique(rows[:, :3], return_inverse=True)
    order = np.lexsort(
        (positions.reshape(-1, 3)[:, 1], positions.reshape(-1, 3)[:, 0])
    )  # equal pairs (a, b) next to each other
    inputs, positions = rows[order, :3], positions.reshape(-1, 3)[order]
    starts = list(range(0, size, BLOCK))
    best = np.full((2, len(rows)), -np.inf, np.float32)
    found = np.full((2, len(rows)), -1, np.int64)
    with ThreadPoolExecutor(2) as pool:  # numpy lets go of the interpreter; a third thread gains nothing on a laptop
        blocks = pool.map(
            lambda start: _block(
                vectors, words, positions, inputs, method, start, min(start + BLOCK, size), exclude_inputs
            ),
            starts,
        )
        for number, (scores, picks) in enumerate(blocks, 1):
            better = scores > best
            best[better], found[better] = scores[better], picks[better]
            if on_progress:
                on_progress(number / len(starts), f"{min(number * BLOCK, size):,} of {size:,} words compared")
    back = np.empty_like(found)
    back[:, order] = found
    return back[0], back[1] if exclude_inputs else back[0]


def _block(
    vectors: WordVectors,
    words: np.ndarray,
    positions: np.ndarray,
    inputs: np.ndarray,
    method: str,
    start: int,
    stop: int,
    exclude_inputs: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Best scores and their rows in one block of the vocabulary: two arrays (2, Q), with inputs and without."""
    table, gram = _table(vectors, words, method, start, stop)
    scores = np.full((2, len(positions)), -np.inf, np.float32)
    picks = np.full((2, len(positions)), -1, np.int64)
    edges = np.flatnonzero(np.any(np.diff(positions[:, :2], axis=0, prepend=-1), axis=1))
    for low, high in itertools.pairwise([*edges, len(positions)]):  # nothing where no question can be asked
        a, b, thirds = positions[low, 0], positions[low, 1], positions[low:high, 2]
        values = _scores(table, gram, a, b, thirds, method)
        at = np.arange(high - low)
        best = values.argmax(axis=1)
        scores[0, low:high], picks[0, low:high] = values[at, best], best + start
        if exclude_inputs:
            inside = inputs[low:high] - start
            for column in range(3):
                there = (inside[:, column] >= 0) & (inside[:, column] < stop - start)
                values[at[there], inside[there, column]] = -np.inf
            hit = (best[:, None] == inside).any(axis=1)  # only where an input won must a second best be found
            if hit.any():
                best[hit] = values[hit].argmax(axis=1)
            scores[1, low:high], picks[1, low:high] = values[at, best], best + start
    return scores, picks


def _table(
    vectors: WordVectors, words: np.ndarray, method: str, start: int, stop: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cosines of the questions' words with a block of the vocabulary (W, n), and among themselves (W, W)."""
    units = vectors.units(words)
    table = units @ vectors.matrix[start:stop].T
    table *= vectors.inverse_lengths[start:stop]
    if method == "add-raw":
        table *= vectors.lengths[words][:, None]
    elif method == "mul":
        np.log(np.maximum((table + 1) / 2, 1e-9), out=table)
    gram = units @ units.T if method == "pair-direction" else np.empty((0, 0), np.float32)
    return table, gram


def _scores(table: Float32, gram: Float32, a: int, b: int, thirds: np.ndarray, method: str) -> Float32:
    """The scores of questions with one pair (a, b) and several c, for a block of the vocabulary (len(thirds), n).

    Up to a factor for each question, which changes no order.
    """
    to_c: Float32 = table[thirds]
    if method == "only-c":
        return to_c
    if method == "mul":
        to_c += table[b] - np.log(np.exp(table[a]) + EPSILON)
        return to_c
    offset = table[b] - table[a]
    if method != "pair-direction":
        to_c += offset
        return to_c
    distance = np.maximum(2 - 2 * to_c, 1e-6)
    values: Float32 = (offset - (gram[b, thirds] - gram[a, thirds])[:, None]) / np.sqrt(distance)
    values[distance < 1e-5] = 0
    return values
