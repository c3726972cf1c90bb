"""Groups of documents, found among the vectors themselves (not on the map), at several levels, with their keywords."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Progress = Callable[[float, str], None]
LEVELS = (4, 8, 16, 32, 64, 128)  # groups, coarse to fine; how many of them, `levels_for` says
LARGEST_FOR_EXACT = 4000  # Ward's method compares every pair: 4,000 documents are 64 MB of distances

STOP_WORDS = frozenset(
    """
a about above after again against all also am an and any are aren as at be because been before being below between
both but by can cannot could did didn do does doesn doing don down during each either else ever every few first for
from further get give given go got had has have having he her here hers him himself his how however i if in into is
isn it its itself just last less like ll made make many may me might more most much must my myself near never new
next no nor not now of off often on once one only or other our ours out over own part per put quite rather re
really said same say says second see set several shall she should since so some still such t take than that the
their theirs them then there these they thing things this those though three through to today together told too
took two under until up upon us use used using ve very want was wasn way we well were what when where whether which
while who whom whose why will with within without would yes yet you your yours yourself mr mrs ms day days week
year years time people
""".split()
)


@dataclass(frozen=True)
class Clusters:
    """`labels` (N, L) int: the group of each document at each level, coarse to fine, groups by size from 0; finer
    groups lie within coarser ones. `keywords[level][group]` are the words that set the group apart."""

    labels: np.ndarray
    keywords: tuple[tuple[tuple[str, ...], ...], ...]

    def name(self, level: int, group: int, words: int = 3) -> str:
        """A group's keywords as one label."""
        return " · ".join(self.keywords[level][group][:words]) or f"group {group + 1}"

    def sizes(self, level: int) -> list[tuple[str, int]]:
        """(what is said of a cluster, how many documents it has) for each cluster of a level, the largest first."""
        counts = np.bincount(self.labels[:, level], minlength=len(self.keywords[level]))
        return [(self.describe(level, group), int(count)) for group, count in enumerate(counts)]

    def describe(self, level: int, group: int) -> str:
        """All that is said of a group: its keywords."""
        return ", ".join(self.keywords[level][group]) or self.name(level, group)


def levels_for(count: int) -> tuple[int, ...]:
    """How many groups `count` documents are parted into, coarse to fine: 4, 8 and 16, and on to 32, 64 and 128 as long
    as a level has twice the square of its groups in documents.

    Example: 300 documents have 4, 8, 16 groups; 2,048 have 32 as well, 8,192 have 64, 32,768 and more have 128.
    """
    return tuple(groups for groups in LEVELS if groups <= 16 or 2 * groups * groups <= count)


def find(
    vectors: np.ndarray, texts: Sequence[str], levels: Sequence[int] | None = None, on_progress: Progress | None = None
) -> Clusters:
    """Join the nearest groups again and again (Ward 1963) until `levels` groups are left (by default those of
    `levels_for`); name each by its keywords."""
    levels = levels_for(len(vectors)) if levels is None else levels
    report = on_progress or (lambda fraction, doing: None)
    report(0.05, "grouping the documents")
    labels = np.stack([cut for cut in ward_levels(np.asarray(vectors, dtype=np.float32), levels, report)], axis=1)
    report(0.8, "finding the words of each group")
    counted = [words_of(text) for text in texts]
    named = []
    for level in range(labels.shape[1]):
        report(0.8 + 0.2 * level / labels.shape[1], "finding the words of each group")
        named.append(keywords(counted, labels[:, level]))
    return Clusters(labels, tuple(named))


def ward_levels(vectors: np.ndarray, levels: Sequence[int], report: Progress) -> list[np.ndarray]:
    """For each level a label (N,) per row; label 0 is the largest group.

    Above 4,000 rows, rows are first gathered round 1,000 centres, and the centres are joined.
    Source: Ward 1963, by scipy.cluster.hierarchy.linkage.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(vectors) <= LARGEST_FOR_EXACT:
        members, centres = np.arange(len(vectors)), vectors
    else:
        members, centres = gather(vectors, 1000, report)
    if len(centres) < 2:
        return [np.zeros(len(vectors), dtype=np.int32) for _ in levels]
    tree = linkage(centres, method="ward")
    return [by_size(fcluster(tree, min(level, len(centres)), criterion="maxclust")[members]) for level in levels]


def gather(vectors: np.ndarray, count: int, report: Progress, rounds: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """k-means on unit rows: (the centre of each row (N,), the centres (count, D)); the same rows, the same answer."""
    centres = vectors[np.random.default_rng(0).choice(len(vectors), count, replace=False)].copy()
    members = np.zeros(len(vectors), dtype=np.int64)
    for number in range(rounds):
        for start in range(0, len(vectors), 4096):
            members[start : start + 4096] = (vectors[start : start + 4096] @ centres.T).argmax(axis=1)
            report(0.05 + 0.6 * (number + start / len(vectors)) / rounds, "gathering near documents")
        order = np.argsort(members, kind="stable")
        filled, starts = np.unique(members[order], return_index=True)
        sums = np.add.reduceat(vectors[order], starts, axis=0)
        centres[filled] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return members, centres


def by_size(labels: np.ndarray) -> np.ndarray:
    """The same groups, numbered from 0 by falling size. Example: 7, 5, 5 becomes 1, 0, 0."""
    groups, inverse, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    place = np.empty(len(groups), dtype=np.int32)
    place[np.argsort(-sizes, kind="stable")] = np.arange(len(groups), dtype=np.int32)
    return place[inverse.reshape(-1)]


def words_of(text: str, longest: int = 20_000) -> Counter[str]:
    """The words of a text with their counts: lower case, letters only, three or more, no function words."""
    found = re.findall(r"[^\W\d_]{3,}", text[:longest].lower())
    return Counter(word for word in found if word not in STOP_WORDS)


def keywords(counted: Sequence[Counter[str]], labels: np.ndarray, count: int = 6) -> tuple[tuple[str, ...], ...]:
    """The words that set each group apart, by class TF-IDF: frequency in the group x log(1 + A / frequency overall).

    A is the mean number of words per group. A word must stand in at least two documents of a group of five or more.
    Source: Grootendorst 2022 (BERTopic), equation 3.
    Example: groups "cat cat dog" and "dog": A = 2; cat scores 2/3 log(1 + 2/2) = 0.46, dog 1/3 log(1 + 2/2) = 0.23.
    """
    groups = int(labels.max()) + 1 if len(labels) else 0
    inside = [Counter[str]() for _ in range(groups)]
    spread = [Counter[str]() for _ in range(groups)]
    sizes = np.bincount(labels, minlength=groups)
    for words, label in zip(counted, labels, strict=True):
        inside[label].update(words)
        spread[label].update(words.keys())
    overall = Counter[str]()
    for words in inside:
        overall.update(words)
    mean = sum(overall.values()) / max(groups, 1)
    named = []
    for label, words in enumerate(inside):
        total = max(sum(words.values()), 1)
        least = 2 if sizes[label] >= 5 else 1
        scores = {
            word: number / total * np.log(1 + mean / overall[word])
            for word, number in words.items()
            if spread[label][word] >= least
        }
        named.append(tuple(_distinct(sorted(scores, key=lambda word: (-scores[word], word)), count)))
    return tuple(named)


def _distinct(words: Sequence[str], count: int) -> list[str]:
    """The first `count` words, without the plural of one that is there already."""
    kept: list[str] = []
    for word in words:
        if not any(word == other + "s" or other == word + "s" for other in kept):
            kept.append(word)
        if len(kept) == count:
            break
    return kept
