"""How good a ranking is, by what people called relevant: nDCG, recall, reciprocal rank; and judged sets to try.

A judged set has documents, queries, and for each query the grades of documents (0: not relevant). It comes from a
folder in BEIR's layout, from the samples here, or from one's own thumbs (`core.documents.thumbs`).
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents import corpus
from core.errors import UnreadableFile, UserError

SAMPLES = {"lee-people": "50 news articles, judged alike by people (Lee)",
           "everyday-topics": "Everyday topics: the same topic counts as relevant"}
ALIKE = 0.4  # the mean of people's judgements, 0 to 1, from which two articles count as alike


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
    """Where 95 % of the means lie when the queries are drawn anew with replacement (percentile bootstrap, seed 0)."""
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
        grades = tuple({row: 1.0 for row, other in enumerate(topics) if other == topic and row != place}
                       for place, topic in enumerate(topics))
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
        raise UnreadableFile("The judged Lee articles are not in the installed gensim.", "Install gensim 4 again.") \
            from problem
    every = [{row: float(alike[place, row]) for row in range(len(texts)) if alike[place, row] >= ALIKE}
             for place in range(len(texts))]
    kept = [place for place, one in enumerate(every) if one]
    return Judged(SAMPLES[key], tuple(texts), tuple(texts[place] for place in kept),
                  tuple(every[place] for place in kept), True,
                  (f"each of {len(kept)} articles is a query; those that people judged at least {ALIKE:.0%} alike are "
                   "relevant", ))


def read_folder(path: str | Path) -> Judged:
    """A folder in BEIR's layout: corpus.jsonl (_id, title, text), queries.jsonl (_id, text) and judgements in
    qrels/test.tsv (or dev, train), tab-separated: query, document, grade. Only queries with a judgement are taken.

    Raises:
        UnreadableFile: a file is missing or does not fit; the message names the line.
    """
    folder = Path(path).expanduser()
    documents = {str(row["_id"]): " ".join(filter(None, (row.get("title"), row.get("text"))))
                 for row in _lines(folder / "corpus.jsonl")}
    queries = {str(row["_id"]): str(row["text"]) for row in _lines(folder / "queries.jsonl", ("_id", "text"))}
    places = {name: place for place, name in enumerate(documents)}
    tables = [folder / "qrels" / f"{part}.tsv" for part in ("test", "dev", "train")]
    table = next((one for one in tables if one.is_file()), None)
    if table is None:
        raise UnreadableFile(f"There are no judgements in {folder.name}.", "They are looked for in qrels/test.tsv.")
    grades: dict[str, dict[int, float]] = {}
    lost = 0
    for number, line in enumerate(table.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        parts = line.split("\t")
        try:
            query, document, grade = parts[0], parts[1], float(parts[2])
        except (IndexError, ValueError) as problem:
            if number == 1 or not line.strip():
                continue  # a header
            raise UnreadableFile(f"Line {number} of {table.name} is no judgement: “{line[:60]}”.",
                                 "It should be: query, document, grade, with tabs between.") from problem
        if query not in queries or document not in places:
            lost += 1
        elif grade > 0:
            grades.setdefault(query, {})[places[document]] = grade
    if not grades:
        raise UnreadableFile("No judgement names a query and a document of this folder.", "Check their ids.")
    notes = (f"{lost:,} judgements of unknown queries or documents were left out",) if lost else ()
    return Judged(folder.name[:80], tuple(documents.values()), tuple(queries[name] for name in grades),
                  tuple(grades.values()), notes=notes)


def _lines(path: Path, wanted: tuple[str, ...] = ("_id",)) -> Iterator[dict[str, Any]]:
    try:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict) or any(name not in row for name in wanted):
                        raise UnreadableFile(f"Line {number} of {path.name} has no {' or no '.join(wanted)}.",
                                             "Each line is a JSON object, as BEIR's are.")
                    yield row
    except OSError as problem:
        raise UnreadableFile(f"There is no {path.name} in {path.parent.name or path.parent}.", "Give a folder in "
                             "BEIR's layout: corpus.jsonl, queries.jsonl, qrels/test.tsv.") from problem
    except ValueError as problem:
        raise UnreadableFile(f"{path.name} is not made of JSON lines ({str(problem)[:80]}).",
                             "Each line is a JSON object, as BEIR's are.") from problem
