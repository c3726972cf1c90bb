"""How good a ranking is, by what people called relevant: nDCG, recall, reciprocal rank; and judged sets to try.

A judged set has documents, queries, and for each query the grades of documents (0: not relevant). It comes from a
folder in BEIR's layout, from the samples here, or from a person's own judgements
(`core.documents.retrieval.relevance_feedback`).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import storage
from core.documents import corpus
from core.errors import UnreadableFile, UserError
from core.runtime import gate

SAMPLES = {
    "lee-people": "50 news articles, judged alike by people (Lee)",
    "everyday-topics": "Everyday topics: the same topic counts as relevant",
}
ALIKE = 0.4  # the mean of people's judgements, 0 to 1, from which two articles count as alike


@dataclass(frozen=True)
class Facts:
    """What is said of a judged set: its key, how many texts and queries it has, and notes."""

    key: str
    texts: int
    queries: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """`grades[query][document]`: places in `queries` and `texts`, and grades above 0. `by_example`: the queries are
    documents of the set, and a query's own document is not counted among what it finds."""

    title: str
    texts: tuple[str, ...]
    queries: tuple[str, ...]
    grades: tuple[dict[int, float], ...]
    by_example: bool = False
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return storage.content_key(list(self.texts), list(self.queries), [sorted(one.items()) for one in self.grades])

    def facts(self) -> Facts:
        """What a page says of it."""
        return Facts(self.key, len(self.texts), len(self.queries), self.notes)


def ndcg(ranked: Sequence[int], grades: Mapping[int, float], count: int = 10) -> float:
    """Gains of the first `count`, each divided by log2(1 + its rank), as a share of the best possible order's.

    As trec_eval and BEIR have it: the gain is the grade. Source: Jaervelin and Kekaelaeinen 2002.
    Example: grades {1: 3, 2: 1}, ranked [2, 5, 1]: (1 + 3/2) / (3 + 1/1.585) = 2.5 / 3.631 = 0.689.
    """

    def gains(values: Sequence[float]) -> float:
        return float(sum(value / np.log2(place + 2) for place, value in enumerate(values[:count])))

    best = gains(sorted(grades.values(), reverse=True))
    return gains([grades.get(one, 0.0) for one in ranked]) / best if best else 0.0


def recall(ranked: Sequence[int], grades: Mapping[int, float], count: int = 10) -> float:
    """The share of the relevant documents that are among the first `count`."""
    relevant = {one for one, grade in grades.items() if grade > 0}
    return len(relevant & set(ranked[:count])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[int], grades: Mapping[int, float], count: int = 10) -> float:
    """1 / the rank of the first relevant document, 0 if none is among the first `count`; its mean is MRR."""
    return next((1 / place for place, one in enumerate(ranked[:count], 1) if grades.get(one, 0) > 0), 0.0)


MEASURES = (("nDCG@10", ndcg), ("recall@10", recall), ("MRR@10", reciprocal_rank))


def interval(values: np.ndarray, draws: int = 2000) -> tuple[float, float]:
    """The middle 95 % of the means when the queries are resampled with replacement (percentile bootstrap, seed 0)."""
    rows = np.random.default_rng(0).integers(0, len(values), (draws, len(values)))
    low, high = np.percentile(values[rows].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


# ---------------------------------------------------------------- judged sets


def sample(key: str) -> Judged:
    """One of `SAMPLES`.

    Raises:
        UserError: there is no such sample. UnreadableFile: gensim's package is not complete.
    """
    if key == "everyday-topics":
        made = corpus.load("everyday")
        topics = made.fields["topic"]
        grades = tuple(
            {row: 1.0 for row, other in enumerate(topics) if other == topic and row != place}
            for place, topic in enumerate(topics)
        )
        return Judged(SAMPLES[key], tuple(made.texts), tuple(made.texts), grades, True, ("each text is a query",))
    if key != "lee-people":
        raise UserError(f"There is no judged set called “{key[:60]}”.", "Choose one in the list.")
    spec = importlib.util.find_spec("gensim")
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places)), "test", "test_data") if places else Path("gensim")
    try:
        lines = (folder / "lee.cor").read_text(encoding="latin-1").splitlines()
        texts = [line.strip() for line in lines if line.strip()]
        alike = np.loadtxt(folder / "similarities0-1.txt")
        alike = np.triu(alike, 1) + np.triu(alike, 1).T
        if alike.shape != (len(texts), len(texts)):
            raise ValueError(f"{len(texts)} texts, judgements of shape {alike.shape}")
    except (OSError, ValueError) as problem:
        raise UnreadableFile(
            "The judged Lee articles are not in the installed gensim.", "Install gensim 4 again."
        ) from problem
    every = [
        {row: float(alike[place, row]) for row in range(len(texts)) if alike[place, row] >= ALIKE}
        for place in range(len(texts))
    ]
    kept = [place for place, one in enumerate(every) if one]
    return Judged(
        SAMPLES[key],
        tuple(texts),
        tuple(texts[place] for place in kept),
        tuple(every[place] for place in kept),
        True,
        (f"each of {len(kept)} articles is a query; those that people judged at least {ALIKE:.0%} alike are relevant",),
    )


def read_folder(path: str | Path) -> Judged:
    """A folder in BEIR's layout, read at the gate (`core.runtime.gate`), see `core.documents.retrieval.judged_folder`.

    Raises:
        UserError: a file is missing or not valid, or reading it takes too much.
    """
    found = gate.read("judged folder", named=str(path)[-80:], path=str(path), whole=True)
    return Judged(
        found["title"],
        tuple(found["texts"]),
        tuple(found["queries"]),
        tuple({int(place): float(grade) for place, grade in one} for one in found["grades"]),
        bool(found["by_example"]),
        tuple(found["notes"]),
    )


def facts_of_folder(path: str | Path) -> Facts:
    """What a page needs to know of it; its texts stay where they are.

    Raises:
        UserError: as `read_folder`.
    """
    found = gate.read("judged folder", named=str(path)[-80:], path=str(path), whole=False)
    return Facts(found["key"], found["texts"], found["queries"], tuple(found["notes"]))
