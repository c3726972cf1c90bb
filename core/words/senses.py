"""One word in several sentences: reading them as they are typed, and how well vectors keep its senses apart."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_SENTENCES, LONGEST_SENTENCE = 60, 600
LONGEST_SENSE = 24
DRAWS, EXACT_UP_TO = 4000, 4000
SENSE = re.compile(rf"\s*([^\s:][^:]{{0,{LONGEST_SENSE - 1}}}?)\s*:\s+(?=\S)")


@dataclass(frozen=True)
class Occurrence:
    """The word in a sentence, at the characters `start` to `end`; `sense` is the label typed before it, or ""."""

    sentence: str
    start: int
    end: int
    sense: str = ""


def read_sentences(text: str, word: str) -> tuple[list[Occurrence], list[tuple[int, str]]]:
    """(each occurrence of `word` in the lines of `text`, the lines left out: number from 1 and why).

    A line is a sentence; "river: He sat on the bank." labels it. The label has at most two words and not the word
    itself. The word is found whatever its case, as a whole word; a line that has it twice gives two occurrences.

    Example: read_sentences("river: The bank is wet.\\nNo such word.", "bank") gives one occurrence with the sense
    "river" at 4..8, and [(2, "“bank” is not in it")].
    """
    pattern = re.compile(rf"(?<!\w){re.escape(word.strip())}(?!\w)", re.IGNORECASE)
    found: list[Occurrence] = []
    lost: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or not word.strip():
            continue
        label = SENSE.match(line)
        sense = label[1] if label and len(label[1].split()) <= 2 and not pattern.search(label[1]) else ""
        sentence = " ".join((line[label.end() :] if label and sense else line).split())
        if len(sentence) > LONGEST_SENTENCE:
            lost.append((number, f"more than {LONGEST_SENTENCE} characters"))
            continue
        places = [match.span() for match in pattern.finditer(sentence)]
        if not places:
            lost.append((number, f"“{word.strip()}” is not in it"))
        for start, end in places:
            if len(found) < MOST_SENTENCES:
                found.append(Occurrence(sentence, start, end, sense))
            else:
                lost.append((number, f"only the first {MOST_SENTENCES} count"))
    return found, lost


@dataclass(frozen=True, eq=False)
class Separation:
    """How vectors of one word keep its senses apart.

    `same` and `other` are the mean cosines of pairs with the same sense and with different ones (NaN without such
    pairs), `right` counts the occurrences whose nearest other one has their sense, of `counted` (those whose sense
    occurs twice), `by_chance` is what labels dealt at random give on average. `p_value` is the share of ways to deal
    the labels that make same - other as large as it is, with the real one among them. `pairs` (P,) are the cosines,
    `is_same` (P,) which of them are of one sense, `is_other` (P,) which of two; a pair without a label is neither.
    """

    same: float
    other: float
    right: int
    counted: int
    by_chance: float
    p_value: float
    pairs: np.ndarray
    is_same: np.ndarray
    is_other: np.ndarray


def separation(vectors: np.ndarray, senses: Sequence[str], seed: int = 0) -> Separation:
    """The separation of senses by vectors (N, D), one for each occurrence; an occurrence without a label counts in no
    number but `pairs`.

    Example: (1, 0), (1, 0), (0, 1), (0, 1) with senses a, a, b, b: same 1, other 0, all 4 right, p = 1/3 (of three ways
    to deal two and two labels one is as good).
    Source: permutation test: Good 2005, section 3; every way is tried where there are at most 4,000, else 4,000 are
    drawn with a fixed seed.
    """
    labels = np.array(senses, dtype=object)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.asarray(vectors, dtype=np.float64) / np.where(lengths > 0, lengths, 1)
    cosines = np.clip(units @ units.T, -1, 1)
    first, second = np.triu_indices(len(units), 1)
    pairs = cosines[first, second]
    named_pairs = [bool(labels[i]) and bool(labels[j]) for i, j in zip(first, second, strict=True)]
    equal = [labels[i] == labels[j] for i, j in zip(first, second, strict=True)]
    is_same, is_other = np.array(named_pairs, bool) & np.array(equal, bool), np.array(named_pairs, bool)
    is_other &= ~is_same
    known = np.flatnonzero([bool(label) for label in labels])
    inner = cosines[np.ix_(known, known)]
    named = labels[known]
    same, other = _means(inner, named)
    right, counted, by_chance = _nearest(inner, named)
    return Separation(same, other, right, counted, by_chance, _p_value(inner, named, seed), pairs, is_same, is_other)


def _means(cosines: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    first, second = np.triu_indices(len(labels), 1)
    equal = labels[first] == labels[second]
    values = cosines[first, second]
    return (
        float(values[equal].mean()) if equal.any() else math.nan,
        float(values[~equal].mean()) if (~equal).any() else math.nan,
    )


def _nearest(cosines: np.ndarray, labels: np.ndarray) -> tuple[int, int, float]:
    sizes = Counter(labels.tolist())
    rows = [row for row, label in enumerate(labels) if sizes[label] > 1]
    if not rows or len(sizes) < 2:
        return 0, 0, 0.0
    others = cosines.copy()
    np.fill_diagonal(others, -np.inf)
    right = sum(labels[int(np.argmax(others[row]))] == labels[row] for row in rows)
    return int(right), len(rows), sum((sizes[labels[row]] - 1) / (len(labels) - 1) for row in rows)


def _p_value(cosines: np.ndarray, labels: np.ndarray, seed: int) -> float:
    """NaN where there is nothing to compare: one sense only, or no two occurrences of one."""
    sizes = Counter(labels.tolist())
    if len(sizes) < 2 or max(sizes.values()) < 2:
        return math.nan
    codes = np.unique(labels.astype(str), return_inverse=True)[1]
    first, second = np.triu_indices(len(labels), 1)
    values = cosines[first, second]

    def gap(dealt: np.ndarray) -> float:
        equal = dealt[first] == dealt[second]
        return float(values[equal].mean() - values[~equal].mean())

    real = gap(codes) - 1e-12
    ways = math.factorial(len(codes))
    for size in sizes.values():
        ways //= math.factorial(size)
    if ways <= EXACT_UP_TO and len(sizes) == 2:
        ones = int((codes == 1).sum())
        dealt = np.zeros((ways, len(codes)), int)
        for row, chosen in enumerate(itertools.combinations(range(len(codes)), ones)):
            dealt[row, list(chosen)] = 1
        return float(np.mean([gap(row) >= real for row in dealt]))
    rng = np.random.default_rng(seed)
    reached = sum(gap(rng.permutation(codes)) >= real for _ in range(DRAWS))
    return (reached + 1) / (DRAWS + 1)
