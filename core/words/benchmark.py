"""How well a set of vectors agrees with human ratings: published lists of word pairs with scores.

WordSim353 (Finkelstein et al. 2002) asks how related two words are, SimLex999 (Hill et al. 2015) how similar. Protocol:
words as written, else in another case; pairs with a missing word are left out and counted; Spearman's rho over the
rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import UnreadableFile, UserError
from core.words.lists import as_written
from core.words.questions import package_data
from core.words.statistics import Interval, bootstrap, permuted_correlations, ranks, spearman
from core.words.vectors import WordVectors
from core.words.verdicts import Coverage, Test, null_interval, p_from_null

LISTS = {"WordSim353": ("wordsim353.tsv", 10.0), "SimLex999": ("simlex999.txt", 10.0)}


@dataclass(frozen=True, eq=False)
class Agreement:
    """Spearman's rho with its 95 % interval over the pairs; `pairs` of `asked` could be scored.

    `test` has p and null of rho with the ratings in other orders; `rows` are the positions of the pairs in the list.
    """

    name: str
    rho: Interval
    pairs: int
    asked: int
    words: tuple[tuple[str, str], ...]
    ratings: np.ndarray
    cosines: np.ndarray
    test: Test
    rows: tuple[int, ...] = ()


def read_pairs(path: Path) -> list[tuple[str, str, float]]:
    """Lines of two words and a score, by tab; lines that start with # and a header line are skipped.

    Raises:
        UnreadableFile: the file is missing or a line is malformed.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"“{path.name}” cannot be read as text ({problem}).", "Choose another file.") from problem
    pairs: list[tuple[str, str, float]] = []
    for number, line in enumerate(lines, 1):
        fields = line.split("\t")
        if not line.strip() or line.startswith("#"):
            continue
        try:
            pairs.append((fields[0].strip(), fields[1].strip(), float(fields[2])))
        except (IndexError, ValueError) as problem:
            if not pairs:
                continue  # the header line
            raise UnreadableFile(
                f"Line {number} of “{path.name}” is not two words and a score.",
                "Each line is word, word and score with tabs between them.",
            ) from problem
    return pairs


def agreement(vectors: WordVectors, name: str, first: int | None = None) -> Agreement:
    """The set's agreement with one of `LISTS`, on the `first` words of the vocabulary (None: all).

    Raises:
        UserError: fewer than ten pairs are in the vocabulary.
    """
    return agreement_with(vectors, name, read_pairs(package_data(LISTS[name][0])), first)


def agreement_with(
    vectors: WordVectors, name: str, asked: Sequence[tuple[str, str, float]], first: int | None = None
) -> Agreement:
    """The same with pairs (word, word, rating) of one's own.

    Raises:
        UserError: fewer than ten pairs are in the vocabulary.
    """
    size = first or len(vectors)
    words, ratings, cosines, rows = [], [], [], []
    for position, (one, other, score) in enumerate(asked):
        a, b = as_written(vectors, [one, other])
        if max(vectors.index.get(a, size), vectors.index.get(b, size)) < size:
            words.append((a, b))
            ratings.append(score)
            cosines.append(vectors.similarity(a, b))
            rows.append(position)
    if len(words) < 10:
        raise UserError(
            f"Only {len(words)} of the {len(asked)} pairs of {name} are in the vocabulary.",
            "Choose vectors with more words, or a list with more pairs.",
        )
    x, y = np.array(ratings), np.array(cosines)
    rho = bootstrap(lambda drawn: spearman(x[drawn], y[drawn]), len(x), 500)
    null, exact = permuted_correlations(ranks(x), ranks(y))
    coverage = Coverage(f"pairs of {name}", len(words), len(asked))
    p = p_from_null(rho.value, null, "greater", exact)
    test = Test(rho.value, p, null_interval(null, "greater"), "greater", effect="r", coverage=[coverage])
    return Agreement(name, rho, len(words), len(asked), tuple(words), x, y, test, tuple(rows))
